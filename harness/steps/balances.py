"""Draws, balances, and programmes for retailers."""

from __future__ import annotations

from datetime import date

from harness.catalogue import sentence
from harness.plan_drafts import PlanDraft
from harness.scene import Scene
from harness.table_schemas import PROGRAM, Rows
from reference_engine.plans.document import Node
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money


@sentence(
    "G40",
    "given",
    'the payout of "{payee}" for {period} was {money}',
    meaning="What was already paid for a period, for corrections.",
    example='the payout of "Ana Ruiz" for 2026-Q1 was 0.00 EUR',
)
def paid_before(scene: Scene, payee: str, period: str, money: Money) -> None:
    what = "trueup doesn't calculate corrections of closed periods yet, so what was paid before would have no effect"
    scene.problems.append(Problem("not-yet", what, scene.where, "The step would be ignored.", "Remove the step."))


@sentence(
    "G41",
    "given",
    '"{payee}" has a {draw} draw of {money} per {unit} from {period} to {period}',
    meaning="An advance that tops low periods up; a recoverable one is paid back from the earnings above it.",
    example='"Ana Ruiz" has a recoverable draw of 3,000.00 EUR per month from 2026-01 to 2026-03',
)
def draw(scene: Scene, payee: str, draw: str, money: Money, unit: str, period: str, period_2: str) -> None:
    scene.add_row("draws", payee=payee, kind=draw, amount=str(money), per=unit, from_=period, to=period_2)


@sentence(
    "G42",
    "given",
    '"{payee}" enters {period} with a balance of {money}',
    meaning="What stands open from before: negative is owed by the payee.",
    example='"Ana Ruiz" enters 2026-01 with a balance of -600.00 EUR',
)
def opening_balance(scene: Scene, payee: str, period: str, money: Money) -> None:
    scene.add_row("opening_balances", payee=payee, period=period, balance=str(money))


@sentence(
    "G43",
    "given",
    'the retailer program "{program}" from {date} to {date}:',
    table=PROGRAM,
    meaning="A volume rebate: each unit sold in the programme's time, net of returns, earns the reward of its own band.",
    example='the retailer program "Summer Phones" from 2026-07-01 to 2026-09-30:',
)
def retailer_program(scene: Scene, program: str, date: date, date_2: date, table: Rows) -> None:
    draft = PlanDraft(program, scene.where, component="rebate")
    if scene.drafts.setdefault(program, draft) is not draft:
        scene.problems.append(Problem("plan-stated-twice", f'"{program}" is stated twice', scene.where, remedy="Keep one."))
        return
    bands = []
    for row in table.rows:
        band = {"product": row.text["product"], "from": row.text["from units"], "pays": row.text["reward per unit"]}
        if row.text.get("to units"):
            band["to"] = row.text["to units"]
        bands.append(Node.of(band, row.where))
    draft.earns("units", "unit bands", {"bands": bands}, scene.where, scene.problems)
    rewards = [row.values.get("reward per unit") for row in table.rows]
    currencies = {r.currency for r in rewards if isinstance(r, Money)}
    if len(currencies) == 1:
        draft.settings["currency"] = Node.of(currencies.pop(), scene.where)
    draft.settings["eligible"] = Node.of("everyone", scene.where)
    draft.settings["valid"] = Node.of({"from": date.isoformat(), "to": date_2.isoformat()}, scene.where)
