"""The cost of commissions over the life of a deal."""

from __future__ import annotations

from fractions import Fraction

from harness.catalogue import sentence
from harness.comparison import Comparison, difference
from harness.scene import Scene
from harness.table_schemas import EXPENSE, Rows
from harness.verdicts import NotCalculated
from reference_engine.expense import spread
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money


@sentence(
    "G35",
    "given",
    "commission cost is spread over {n} months",
    meaning="What is paid on a deal is an expense in equal monthly parts, from the month of its booking on. Each month is rounded so that the months total the cost.",
    example="commission cost is spread over 36 months",
)
def spread_over(scene: Scene, n: int) -> None:
    if not 1 <= n <= 1200:
        scene.problems.append(Problem("wrong-value", f"{n} months can't be spread over", scene.where, remedy="Write a number from 1 to 1200."))
        return
    scene.expense_months = n


@sentence(
    "T14",
    "then",
    'the expense of deal "{deal}" is spread:',
    table=EXPENSE,
    meaning="The expense of some months, and what is left after each.",
    example='the expense of deal "D-1" is spread:',
)
def expense_of(scene: Scene, deal: str, table: Rows) -> None:
    __tracebackhide__ = True
    if not scene.expense_months:
        raise NotCalculated("Nothing says over how many months the cost is spread. Add: commission cost is spread over 36 months")
    outcome = scene.outcome
    credits = outcome.credits(deal)
    if not credits:
        raise NotCalculated(f'There is no credit of a deal "{deal}" in this scenario.')
    sums: dict[str, Fraction] = {}
    for line in outcome.result.line_rows():
        if deal in (line.deal, line.record):
            sums[line.currency] = sums.get(line.currency, Fraction(0)) + line.amount
    comparison = Comparison(f"The expense of deal {deal} is not spread as expected.", ("", "period", "expense", "computed", "remaining", "computed", "difference"))
    first = credits[0].date
    schedule = {e.period: e for currency, amount in sums.items() if amount for e in spread(Money(amount, currency), first, scene.expense_months)}
    for row in table.rows:
        period, expense, remaining = row.text["period"], row.values["expense"], row.values["remaining"]
        assert isinstance(expense, Money)
        assert isinstance(remaining, Money)
        found = schedule.get(period)
        nothing = Money(Fraction(0), expense.currency)
        computed, left = (found.expense, found.remaining) if found is not None else (nothing, nothing)
        ok = (computed, left) == (expense, remaining)
        comparison.add("", period, str(expense), str(computed), str(remaining), str(left), difference(expense, computed), ok=ok)
    comparison.finish()
