"""Leave threshold: a leave changes quota and target only where it is longer than so many days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from reference_engine.mechanics.quota_examples import LEAVES
from reference_engine.mechanics.registry import mechanic
from reference_engine.people import Leave
from reference_engine.proration import WorkTime
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun


@mechanic(
    "A leave counts only when it is longer than so many days of the fiscal year; a shorter one changes nothing.",
    examples=LEAVES,
    formula="counts when days of leave in the year > more than",
    boundary="Strictly more: 60 days of leave change nothing where more than 60 are needed, 61 do, and then all of them count.",
    sources=("https://www.sec.gov/Archives/edgar/data/790705/000095013409004583/v51690exv10w1.htm",),
    words={"Tekelec plan": "leave in excess of 60 days"},
)
@dataclass(frozen=True)
class LeaveThreshold(QuotaMechanic):
    """more than: days.  of: calendar days or work days.  leaves: of one year added up, or each by itself.  kinds of leave:
    the kinds that may count; every one where none is named."""

    more_than: int
    of: Literal["calendar days", "work days"]
    leaves: Literal["added up", "each by itself"]
    kinds_of_leave: tuple[str, ...] = ()

    kinds: ClassVar[tuple[str, ...]] = ("quota", "target incentive")
    limits_leave: ClassVar[bool] = True

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        return entries.kept()

    def counts(self, leave: Leave, all_leaves: Sequence[Leave], run: QuotaRun, work: WorkTime) -> bool:
        """Whether a leave is long enough in any of the years in which it lies."""
        if self.kinds_of_leave and leave.kind not in self.kinds_of_leave:
            return False
        together = (
            [x for x in all_leaves if not self.kinds_of_leave or x.kind in self.kinds_of_leave]
            if self.leaves == "added up"
            else [leave]
        )
        first, last = max(leave.first, run.horizon[0]), min(leave.last, run.horizon[1])
        while first <= last:
            year = run.world.calendar.period_of(first, "year")
            days = sum(self._days(max(x.first, year.first), min(x.last, year.last), work) for x in together)
            if days > self.more_than:
                return True
            first = date.fromordinal(year.last.toordinal() + 1)
        return False

    def _days(self, first: date, last: date, work: WorkTime) -> int:
        if last < first:
            return 0
        return work.work_days(first, last) if self.of == "work days" else (last - first).days + 1
