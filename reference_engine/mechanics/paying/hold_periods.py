"""Hold for periods: a commission is paid so many pay periods after the one in which it is earned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import MONTHS, Portions, divided, say_portion
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import add_months
from reference_engine.world import World


def _example(title: str, periods: int, payouts: str, pays: str = "monthly", returns: str = "") -> Example:
    return Example(
        title,
        f"pays: {pays}\ncomponents: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{{hold periods: {{periods: {periods}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-31\nD-2 | Ana | 200.00 EUR | 2026-02-01",
            **({"returns": returns} if returns else {}),
        },
        payouts,
    )


@mechanic(
    "A commission is paid a number of pay periods after the one in which it is earned.",
    examples=(
        _example(
            "Two months: the last day of January is paid in March, the first of February in April",
            2,
            "Ana | 2026-03 | 10.00 EUR\nAna | 2026-04 | 20.00 EUR",
        ),
        _example("One quarter", 1, "Ana | 2026-Q2 | 30.00 EUR", "quarterly"),
        _example(
            "A return waits as long as a sale does",
            2,
            "Ana | 2026-03 | 10.00 EUR\nAna | 2026-04 | 20.00 EUR\nAna | 2026-05 | -10.00 EUR",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-03-10 | 100.00 EUR",
        ),
    ),
    formula="pay period = period in which it is earned + periods",
    boundary="The amount is that of the period in which it is earned. 0 periods hold nothing.",
    sources=(
        "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/deposit-rules_a4a43c0f-d7e8-42fe-a7e2-56dd241de94d",
    ),
    words={"SAP": "hold, period type"},
)
@dataclass(frozen=True)
class HoldPeriods(Mechanic):
    """periods: how many pay periods."""

    holds = True

    periods: int

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return add_months(last, MONTHS.get(cadence, 1) * self.periods) if self.periods else None

    def check(self, problems: list[Problem]) -> None:
        if self.periods > 120:
            problems.append(
                Problem(
                    "hold-too-long",
                    f"a hold of {self.periods} pay periods is hardly meant.",
                    self.where,
                    "What is held that long would be paid in no period that is calculated.",
                    "State 120 periods or fewer.",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        never = np.append(last, np.full(self.periods + 1, np.datetime64("NaT", "D")))
        day = never[lines.period + self.periods]
        words = f"held for {self.periods} pay period{'s' if self.periods != 1 else ''}"
        return divided(lines, run, Portions.whole(day, words), self.where)

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
