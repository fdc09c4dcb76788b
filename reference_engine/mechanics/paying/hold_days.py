"""Hold for days: a commission becomes payable so many days after the day of its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from reference_engine.columns import Array
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import Portions, divided, record_day, say_portion
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.world import World


def _example(title: str, count: str, hold: str, payouts: str, holidays: str = "") -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, hold.count: {count}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{{hold days: {{{hold}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-02-12\nD-2 | Ana | 200.00 EUR | 2026-02-13\nD-3 | Ana | 400.00 EUR | 2026-02-14",
            **({"holidays": holidays} if holidays else {}),
        },
        payouts,
    )


@mechanic(
    "A commission becomes payable a number of days after the day of its record, and is paid in the period of that day.",
    examples=(
        _example(
            "15 days after 13 February is 28 February: still February; a day later is March",
            "from the next day",
            "days: 15",
            "Ana | 2026-02 | 30.00 EUR\nAna | 2026-03 | 40.00 EUR",
        ),
        _example(
            "The day of the record counts as the first of the 15 days",
            "from the day itself",
            "days: 15",
            "Ana | 2026-02 | 70.00 EUR",
        ),
        _example(
            "Ten business days: Friday 13 February gives Friday 27 February, Saturday 14 February gives 27 February too",
            "from the next day",
            "days: 10, counted in: business days",
            "Ana | 2026-02 | 70.00 EUR",
        ),
        _example(
            "A holiday on 20 February moves Friday 13 February to Monday 2 March",
            "from the next day",
            "days: 10, counted in: business days",
            "Ana | 2026-02 | 10.00 EUR\nAna | 2026-03 | 60.00 EUR",
            "date | name\n2026-02-20 | Founders' Day",
        ),
    ),
    formula="payable on = day of the record + days; the day itself counts as day 1 where hold.count says so",
    boundary="A commission that becomes payable on the last day of a period is paid in that period. A return is held for as many "
    "days from its own day. A line that no single record causes is held from the last day of its period.",
    sources=("https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1171932.html",),
    words={"NetSuite": "commission eligibility period", "SAP": "hold"},
)
@dataclass(frozen=True)
class HoldDays(Mechanic):
    """days: how many.  counted in: calendar days, or business days: Monday to Friday without the table holidays."""

    holds = True

    days: int
    counted_in: Literal["calendar days", "business days"] = "calendar days"

    def needs(self) -> tuple[str, ...]:
        return ("hold.count",)

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        # Seven calendar days hold at least five business days and, at worst, as many holidays as are listed.
        if self.counted_in == "calendar days":
            return last + timedelta(days=self.days)
        return last + timedelta(days=self.days * 7 // 5 + 7 + world.table("holidays").size)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        day = self._payable(record_day(lines, run), run)
        return divided(lines, run, Portions.whole(day, f"payable after {self._words()}"), self.where)

    def _payable(self, day: Array, run: ComponentRun) -> Array:
        days = self.days - (1 if run.conventions["hold.count"] == "from the day itself" else 0)
        if self.counted_in == "calendar days" or days < 0:
            return np.asarray(day + max(days, 0))
        holidays = run.world.table("holidays").days("date")
        holidays = holidays[~np.isnat(holidays)]
        forward = run.conventions["hold.count"] == "from the day itself"
        return np.busday_offset(day, days, roll="forward" if forward else "backward", holidays=holidays)

    def _words(self) -> str:
        return f"{self.days} {self.counted_in if self.days != 1 else self.counted_in[:-1]}"

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
