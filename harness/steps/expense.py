"""The cost of commissions over the life of a deal."""

from __future__ import annotations

import re
from fractions import Fraction

from harness.catalogue import sentence
from harness.comparison import Comparison, difference
from harness.scene import Scene
from harness.statement import total
from harness.table_schemas import EXPENSE, Rows
from harness.verdicts import NotCalculated
from reference_engine.expense import spread
from reference_engine.problems import Problem, did_you_mean
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
    if scene.expense_months not in (0, n):
        what = f"cost is spread over {scene.expense_months} months and over {n}"
        scene.problems.append(Problem("fact-twice", what, scene.where, "Only one of them could count.", "Keep one."))
    scene.expense_months = n


@sentence(
    "T14",
    "then",
    'the expense of deal "{deal}" is spread:',
    table=EXPENSE,
    meaning="The expense of some months, and what is left after each. What is earned on a deal, or taken back, in a later month than its booking has no single "
    "treatment; such a deal is refused.",
    example='the expense of deal "D-1" is spread:',
)
def expense_of(scene: Scene, deal: str, table: Rows) -> None:
    __tracebackhide__ = True
    if not scene.expense_months:
        raise NotCalculated("Nothing says over how many months the cost is spread. Add: commission cost is spread over 36 months")
    outcome = scene.outcome
    lines = [line for line in outcome.result.line_rows() if line.deal == deal and line.amount]
    credits = [c for c in outcome.credits(deal) if c.deal == deal]
    if not lines or not credits:
        known = dict.fromkeys(c.deal for c in outcome.result.credit_rows() if c.deal)
        hint = "" if deal in known else did_you_mean(deal, known)
        raise NotCalculated(f'No commission is earned on a deal "{deal}", so there is no cost to spread. {hint}'.rstrip())
    costs = total(Money(line.amount, line.currency) for line in lines)
    first = credits[0].date
    later = [line for line in lines if line.date is None or line.date.replace(day=1) != first.replace(day=1)]
    if later or len(costs) != 1:
        listed = "\n".join(f"  {line.date}, {line.payee}, {line.label}: {Money(line.amount, line.currency)}" for line in (later or lines)[:20])
        raise NotCalculated(
            f"The commission on deal {deal} {'comes in several currencies' if not later else 'changes after the month of its booking'}, "
            f"and how the expense of the months before changes with it isn't settled by the sentence:\n{listed}"
        )
    comparison = Comparison(f"The expense of deal {deal} is not spread as expected.", ("", "period", "expense", "computed", "remaining", "computed", "difference"))
    schedule = {e.period: e for e in spread(costs[0], first, scene.expense_months)}
    for row in table.rows:
        period, expense, remaining = row.text["period"], row.values["expense"], row.values["remaining"]
        assert isinstance(expense, Money)
        assert isinstance(remaining, Money)
        if not re.fullmatch(r"\d{4}-\d{2}", period):
            comparison.note(f"{period} is no month; the cost is spread by calendar months, like {next(iter(schedule))}.")
            continue
        found = schedule.get(period)
        nothing = Money(Fraction(0), costs[0].currency)
        computed, left = (found.expense, found.remaining) if found is not None else (nothing, nothing)
        ok = (computed, left) == (expense, remaining)
        comparison.add("", period, str(expense), str(computed), str(remaining), str(left), difference(expense, computed), ok=ok)
    comparison.finish()
