"""Who can be paid, who is on which plan, and what is expected of them."""

from __future__ import annotations

from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import Rows
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
    "G21",
    "given",
    '"{payee}" is on plan "{plan}" for {period}',
    meaning="A payee is on a plan from the first to the last day of a period.",
    example='"Ana Ruiz" is on plan "AE Growth" for FY2026',
)
def on_plan(scene: Scene, payee: str, plan: str, period: str) -> None:
    scene.assignments.append((payee, plan, period, scene.where))


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
