"""Advance and as earned: the first months of a policy's commission are paid at once, the others month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import Portions, divided, months_later, record_day, say_portion
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import add_months
from reference_engine.vocabulary.numbers import Percent
from reference_engine.world import World


def _example(
    title: str,
    amount: str,
    rate: str,
    terms: str,
    payouts: str,
    source: str = "by hand",
    conventions: str = "rounding: exact",
    more: str = "",
    **tables: str,
) -> Example:
    return Example(
        title,
        f"conventions: {{{conventions}}}\n"
        f"components: [{{component: first year, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: {rate}}}}}], pay: [{{advance and as earned: {{{terms}}}}}{more}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": f"deal | owner | amount | closed\nP-1 | Ana | {amount} | 2026-01-20",
            **tables,
        },
        payouts,
        source=source,
    )


@mechanic(
    "A percentage of a commission is advanced with the sale; the months that it doesn't cover are paid one by one as they are earned.",
    examples=(
        _example(
            "1,200.00 of premium at 110%, 75% advanced: months 10, 11 and 12 follow",
            "1,200.00 USD",
            "110%",
            "advance: 75%, months: 12",
            "Ana | 2026-01 | 990.00 USD\nAna | 2026-10 | 110.00 USD\nAna | 2026-11 | 110.00 USD\nAna | 2026-12 | 110.00 USD",
            "https://www.fflilluminate.com/compensation",
        ),
        _example(
            "600.00 of premium at 95%, 75% advanced",
            "600.00 USD",
            "95%",
            "advance: 75%, months: 12",
            "Ana | 2026-01 | 427.50 USD\nAna | 2026-10 | 47.50 USD\nAna | 2026-11 | 47.50 USD\nAna | 2026-12 | 47.50 USD",
            "http://www.finalexpensesuperstar.com/blog/how-to-figure-out-your-commissions",
        ),
        _example(
            "As earned: nothing is advanced, and month 1 is the month of the sale",
            "300.00 USD",
            "10%",
            "advance: 0%, months: 3",
            "Ana | 2026-01 | 10.00 USD\nAna | 2026-02 | 10.00 USD\nAna | 2026-03 | 10.00 USD",
        ),
        _example(
            "All of it is advanced",
            "300.00 USD",
            "10%",
            "advance: 100%, months: 12",
            "Ana | 2026-01 | 30.00 USD",
        ),
        _example(
            "Lapsed in June, month 6: 3 of the 9 advanced months are taken back, and months 10 to 12 are never paid",
            "1,200.00 USD",
            "110%",
            "advance: 75%, months: 12",
            "Ana | 2026-01 | 990.00 USD\nAna | 2026-06 | -330.00 USD",
            conventions="rounding: exact, clawback.rate: historic, clawback.lapse: earned, clawback.of: what was paid, months.count: calendar months",
            more=", {clawback: {unserved: months, of months: 9}}",
            cancellations="deal | date\nP-1 | 2026-06-05",
        ),
    ),
    formula="with the sale: commission x advance; in month advance x months + 1 and each later one up to months: commission / months",
    boundary="Month 1 is the month of the sale: month 10 is paid nine months after it. The advance covers whole months: 75% of 12 are 9. "
    "A return gives back the same parts at the same distances.",
    sources=(
        "https://www.fflilluminate.com/compensation",
        "http://www.finalexpensesuperstar.com/blog/how-to-figure-out-your-commissions",
    ),
    words={"insurance carriers": "advance; as earned", "Family First Life": "total advance"},
)
@dataclass(frozen=True)
class AdvanceAndAsEarned(Mechanic):
    """advance: the part paid with the sale; 0% where all of it is paid as earned.  months: for which the commission is."""

    holds = True

    advance: Percent
    months: int

    def check(self, problems: list[Problem]) -> None:
        covered = self.advance.value * self.months
        if not (0 <= self.advance.value <= 1 and 1 <= self.months <= 600 and covered.denominator == 1):
            problems.append(
                Problem(
                    "advance-months",
                    f"an advance of {self.advance} doesn't cover whole months out of {self.months}.",
                    self.where,
                    "The month in which the payment as earned begins isn't known.",
                    "State an advance that covers whole months, like 75% of 12 months: nine.",
                )
            )

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return add_months(last, self.months - 1)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        day = record_day(lines, run)
        covered = int(self.advance.value * self.months)
        later = list(range(covered, self.months))
        shares = [Fraction(1, self.months)] * len(later)
        days = [months_later(day, k) for k in later]
        words = [f"as earned in month {k + 1} of {self.months}" for k in later]
        if covered:
            shares, days = [self.advance.value, *shares], [day, *days]
            words = [f"the advance of {self.advance}", *words]
        return divided(lines, run, Portions.each(Exact.of(shares), days, words), self.where)

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
