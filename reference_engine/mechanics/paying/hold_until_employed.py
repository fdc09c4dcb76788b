"""Hold until employed: nothing is paid before a payee has been employed for so many days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from reference_engine.columns import Array
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import Portions, divided, record_day, say_portion
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.world import World


def _example(title: str, hired: str, payouts: str, count: str = "from the next day") -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, hold.count: {count}}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}], pay: [{hold until employed: {days: 90}}]}]",
        {
            "payees": f"payee | hired\nAna | {hired}",
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-15\nD-2 | Ana | 200.00 EUR | 2026-04-20",
        },
        payouts,
    )


@mechanic(
    "What a new payee earns is held until the payee has been employed for a number of days; then all of it is paid.",
    examples=(
        _example(
            "Hired on 31 December: 90 days later is 31 March",
            "2025-12-31",
            "Ana | 2026-03 | 10.00 EUR\nAna | 2026-04 | 20.00 EUR",
        ),
        _example("Hired a day later, all is paid in April", "2026-01-01", "Ana | 2026-04 | 30.00 EUR"),
        _example(
            "With the first day counted, 1 January gives 31 March",
            "2026-01-01",
            "Ana | 2026-03 | 10.00 EUR\nAna | 2026-04 | 20.00 EUR",
            "from the day itself",
        ),
        _example(
            "Employed long enough: nothing is held",
            "2020-05-01",
            "Ana | 2026-01 | 10.00 EUR\nAna | 2026-04 | 20.00 EUR",
        ),
    ),
    formula="payable on = the later of the record's day and hired + days",
    boundary="What becomes payable on the last day of a period is paid in it. The amount is that of the period in which it was earned. "
    "Who left before that day is never paid.",
    sources=(
        "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/deposit-rules_a4a43c0f-d7e8-42fe-a7e2-56dd241de94d",
    ),
    words={"SAP": "hold with conditions"},
)
@dataclass(frozen=True)
class HoldUntilEmployed(Mechanic):
    """days: of employment, from the day in the column hired of payees."""

    holds = True

    days: int

    def needs(self) -> tuple[str, ...]:
        return ("hold.count",)

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        hired = world.table("payees").days("hired")
        hired = hired[~np.isnat(hired)]
        if not len(hired):
            return None
        newest: date = hired.max().astype(object)
        return newest + timedelta(days=self.days)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        hired, left = (payee_days(run, column)[lines.payee] for column in ("hired", "left"))
        unknown = np.flatnonzero(np.isnat(hired))
        if len(unknown):
            payee = run.world.payees[int(lines.payee[unknown[0]])]
            run.problem(
                "hired-unknown",
                f'payees doesn\'t say when "{payee}" was hired.',
                self.where,
                f"Pay is held for the first {self.days} days of employment.",
                'Fill the column "hired" of payees.',
            )
            return lines.change()
        counted = 1 if run.conventions["hold.count"] == "from the day itself" else 0
        free = hired + max(self.days - counted, 0)
        day = np.maximum(record_day(lines, run), free)
        day[left < free] = np.datetime64("NaT")
        words = f"payable after {self.days} days of employment"
        return divided(lines, run, Portions.whole(day, words), self.where, rest="left before")

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)


def payee_days(run: ComponentRun, name: str) -> Array:
    """A date column of payees, one entry for each payee of the world; NaT where none is stated."""
    out = np.full(len(run.world.payees), np.datetime64("NaT", "D"))
    table = run.world.table("payees")
    if table.size:
        out[[run.world.payee_code[p] for p in table.words("payee").tolist()]] = table.days(name)
    return out
