"""Who can be paid, who is on which plan, and what is expected of them."""

from __future__ import annotations

from datetime import date

from harness.catalogue import sentence
from harness.derived_tables import OnPlan
from harness.scene import Scene
from harness.table_schemas import Rows
from reference_engine.plans.document import Node
from reference_engine.vocabulary.numbers import Money
from reference_engine.vocabulary.tables import TABLES


@sentence(
    "G07",
    "given",
    "these payees:",
    table=TABLES["payees"],
    meaning="People, retailers and partners who can be paid.",
    example="these payees:",
)
def payees(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())


@sentence(
    "G08",
    "given",
    '"{payee}" joins on {date}',
    meaning="The first day of employment. With a proration, quota and target incentive of that period are a part by the days from it on.",
    example='"Ana Ruiz" joins on 2026-02-01',
)
def joins(scene: Scene, payee: str, date: date) -> None:
    scene.add_row("employment_events", payee=payee, event="hire", from_=date.isoformat())


@sentence(
    "G09",
    "given",
    '"{payee}" leaves on {date}',
    meaning="The last day of employment; that day still counts.",
    example='"Ana Ruiz" leaves on 2026-02-14',
)
def leaves(scene: Scene, payee: str, date: date) -> None:
    scene.add_row("employment_events", payee=payee, event="termination", from_=date.isoformat())


@sentence(
    "G10",
    "given",
    '"{payee}" is on {leave} leave from {date} to {date}',
    meaning="A leave of absence, both days included. Days of unpaid leave don't count for quota and target incentive; what other leave does, the plan states.",
    example='"Ana Ruiz" is on unpaid leave from 2026-02-01 to 2026-02-28',
)
def on_leave(scene: Scene, payee: str, leave: str, date: date, date_2: date) -> None:
    cells = {"from_": date.isoformat(), "to": date_2.isoformat(), "value": leave}
    scene.add_row("employment_events", payee=payee, event="leave", **cells)
    if leave == "unpaid":
        for name in ("leave.quota", "leave.target"):
            scene.shared.implied[name] = Node.of("days excluded", scene.where)


@sentence(
    "G11",
    "given",
    "these employment events:",
    table=TABLES["employment_events"],
    meaning="What happens to people inside a year: hire, move, promotion, manager change, leave, return, termination.",
    example="these employment events:",
)
def employment_events(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())


@sentence(
    "G21",
    "given",
    '"{payee}" is on plan "{plan}" for {period}',
    meaning="A payee is on a plan from the first to the last day of a period.",
    example='"Ana Ruiz" is on plan "AE Growth" for FY2026',
)
def on_plan(scene: Scene, payee: str, plan: str, period: str) -> None:
    scene.assignments.append(OnPlan(payee, plan, period, scene.where))


@sentence(
    "G22",
    "given",
    "these plan assignments:",
    table=TABLES["plan_assignments"],
    meaning="Who is on which plan from which day, with quota and target incentive where the plan needs them.",
    example="these plan assignments:",
)
def plan_assignments(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())


@sentence(
    "G25",
    "given",
    '"{payee}" has a quota of {money} for {period}',
    meaning="What a payee is expected to sell in a period.",
    example='"Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1',
)
def quota(scene: Scene, payee: str, money: Money, period: str) -> None:
    scene.add_row("quotas", payee=payee, period=period, quota=str(money))


@sentence(
    "G26",
    "given",
    "these quotas:",
    table=TABLES["quotas"],
    meaning="What payees are expected to sell, with a ramp for those who are new.",
    example="these quotas:",
)
def quotas(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())
