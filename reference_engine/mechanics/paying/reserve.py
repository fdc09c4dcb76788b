"""Reserve: a part of every commission is withheld and paid later, when the risk of a cancellation is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

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
    title: str, pay: str, payouts: str, rate: str = "10%", conventions: str = "rounding: exact", **more: str
) -> Example:
    return Example(
        title,
        f"conventions: {{{conventions}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: {rate}}}}}], pay: [{pay}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-31",
            **more,
        },
        payouts,
    )


@mechanic(
    "A part of each commission is withheld and paid after a number of days or months.",
    examples=(
        _example(
            "70% at the sale, 30% when 90 days are over: 1 May",
            "{reserve: {withheld: 30%, after days: 90}}",
            "Ana | 2026-01 | 70.00 EUR\nAna | 2026-05 | 30.00 EUR",
        ),
        _example(
            "89 days after 31 January is 30 April",
            "{reserve: {withheld: 30%, after days: 89}}",
            "Ana | 2026-01 | 70.00 EUR\nAna | 2026-04 | 30.00 EUR",
        ),
        _example(
            "One month after 31 January is 28 February",
            "{reserve: {withheld: 30%, after months: 1}}",
            "Ana | 2026-01 | 70.00 EUR\nAna | 2026-02 | 30.00 EUR",
        ),
        _example(
            "Cancelled in March: what was paid is taken back, and the reserve is never paid",
            "{reserve: {withheld: 30%, after months: 6}}, {clawback: {within days: 90}}",
            "Ana | 2026-01 | 70.00 EUR\nAna | 2026-03 | -70.00 EUR",
            conventions="rounding: exact, clawback.window: last day included, clawback.rate: historic",
            cancellations="deal | date\nD-1 | 2026-03-10",
        ),
        _example(
            "33.335 of 100.01 rounded: the reserve is what the rest leaves over",
            "{reserve: {withheld: 33.333%, after months: 2}}",
            "Ana | 2026-01 | 66.67 EUR\nAna | 2026-03 | 33.34 EUR",
            rate="10.001%",
            conventions="rounding: [{at: line, mode: half up, decimals: 2}]",
        ),
    ),
    formula="paid at once = commission x (1 - withheld); the rest is paid on the day of the record + the days or months",
    boundary="A reserve that falls due on the last day of a period is paid in it. A return gives back the same shares at the same distances. "
    "Where the plan rounds lines, the part paid at once is rounded and the reserve is the rest, so that they always sum to the commission.",
    sources=(
        "https://www.erplingo.com/sap-glossary/en/icm/cancellation-reserves",
        "https://staging.zepys.com/learn/how-to-handle-refunds-and-clawbacks-with-agents",
    ),
    words={"SAP": "cancellation reserve", "Zepys": "holdback", "Fullcast": "reserve"},
)
@dataclass(frozen=True)
class Reserve(Mechanic):
    """withheld: which part.  after days, after months: when it is paid, counted from the day of the record; one of them."""

    holds = True

    withheld: Percent
    after_days: int | None = None
    after_months: int | None = None

    def check(self, problems: list[Problem]) -> None:
        if not 0 <= self.withheld.value <= 1:
            problems.append(
                Problem(
                    "share-range",
                    f"{self.withheld} of a commission can't be withheld.",
                    self.where,
                    remedy="State 0% to 100%.",
                )
            )
        if (self.after_days is None) == (self.after_months is None):
            problems.append(
                Problem(
                    "reserve-release",
                    '"reserve" must say when it is paid: "after days" or "after months".',
                    self.where,
                    "It would never be paid, or at two times.",
                    "State one of them, like  reserve: {withheld: 30%, after months: 6}",
                )
            )

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        if self.after_months is not None:
            return add_months(last, self.after_months)
        return last + timedelta(days=self.after_days or 0)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        day = record_day(lines, run)
        later = (
            months_later(day, self.after_months)
            if self.after_months is not None
            else np.asarray(day + (self.after_days or 0))
        )
        shares = Exact.of([1 - self.withheld.value, self.withheld.value])
        words = ["the part that isn't withheld", f"the reserve of {self.withheld}"]
        return divided(lines, run, Portions.each(shares, [day, later], words), self.where, residue="last")

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
