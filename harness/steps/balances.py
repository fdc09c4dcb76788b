"""What stands beside the calculation: draws, balances, adjustments, and what was paid before."""

from __future__ import annotations

from harness.catalogue import sentence
from harness.derived_tables import PaidBefore
from harness.scene import Scene
from harness.table_schemas import ADJUSTMENTS, Rows, refuse_negative_value
from reference_engine.vocabulary.numbers import Money


@sentence(
    "G39",
    "given",
    "these adjustments:",
    table=ADJUSTMENTS,
    meaning="Amounts entered by hand, with their reason and who approved them. Where a payee is on one plan only, the plan need not be named.",
    example="these adjustments:",
)
def adjustments(scene: Scene, table: Rows) -> None:
    scene.adjustments.append(table)


@sentence(
    "G40",
    "given",
    'the payout of "{payee}" for {period} was {money}',
    meaning="What a period had come to when it was closed. Recalculated, only the difference is paid, in the next open period.",
    example='the payout of "Ana Ruiz" for 2026-Q1 was 0.00 EUR',
)
def paid_before(scene: Scene, payee: str, period: str, money: Money) -> None:
    scene.paid_before.append(PaidBefore(payee, period, str(money), scene.where))


@sentence(
    "G41",
    "given",
    '"{payee}" has a {draw} draw of {money} per {unit} from {period} to {period}',
    meaning="An advance that tops low periods up; a recoverable one is paid back from the earnings above it.",
    example='"Ana Ruiz" has a recoverable draw of 3,000.00 EUR per month from 2026-01 to 2026-03',
)
def draw(scene: Scene, payee: str, draw: str, money: Money, unit: str, period: str, period_2: str) -> None:
    refuse_negative_value(money, "a draw", scene.where, scene.problems)
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
