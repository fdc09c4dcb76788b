"""Pay at the end of: what is calculated each month is paid with the last pay period of a quarter or year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import Portions, divided, say_portion
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.calendar import NotAPeriod
from reference_engine.world import World


def _example(title: str, interval: str, payouts: str, until: str = "") -> Example:
    return Example(
        title,
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{{pay at end of: {{interval: {interval}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-02-05\nD-2 | Ana | 200.00 EUR | 2026-03-31\nD-3 | Ana | 400.00 EUR | 2026-04-01",
        },
        payouts,
        until=until,
    )


@mechanic(
    "What is calculated each pay period is paid with the last one of its quarter, half-year or year; the periods before pay nothing.",
    examples=(
        _example(
            "February is paid with March, and April with June",
            "quarter",
            "Ana | 2026-03 | 30.00 EUR\nAna | 2026-06 | 40.00 EUR",
        ),
        _example("All of it is paid with December", "year", "Ana | 2026-12 | 70.00 EUR"),
        _example(
            "Before the quarter is over its commission is held",
            "quarter",
            "Ana | 2026-03 | 30.00 EUR",
            "2026-05-31",
        ),
    ),
    formula="pay period = the last pay period of the interval in which the line is earned",
    boundary="What is earned in the last period itself is paid in it. Lines of the periods before are shown where they are earned, with the "
    "period of their payment. Returns wait alike.",
    sources=(
        "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_rules_quarter.htm",
        "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/deposit-rules_a4a43c0f-d7e8-42fe-a7e2-56dd241de94d",
    ),
    words={"Salesforce Spiff": "end of quarter", "SAP": "deposit of a quarterly rule"},
)
@dataclass(frozen=True)
class PayAtEndOf(Mechanic):
    """interval: quarter, half-year or year of the company's calendar."""

    holds = True

    interval: Literal["quarter", "half-year", "year"]

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        try:
            return world.calendar.period_of(last, self.interval).last
        except NotAPeriod:
            return None

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        interval, intervals = run.intervals(self.interval)
        end = np.array([p.last for p in intervals], dtype="datetime64[D]")
        day = end[interval[lines.period]]
        return divided(
            lines, run, Portions.whole(day, f"waits for the end of the {self.interval}"), self.where
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
