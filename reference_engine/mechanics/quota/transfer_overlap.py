"""Transfer overlap: after a move the old quota runs on for some days beside the new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.people import NEVER
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun
from reference_engine.vocabulary.calendar import CADENCES, NotAPeriod, Period

_PLAN = (
    "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period, curve.below: zero, curve.above: flat, proration.of: quota and target, "
    "proration.basis: calendar days, proration.start_day_counts: yes, proration.end_day_counts: yes, proration.factor_decimals: exact}\n"
    "quota: [{transfer overlap: {days: DAYS}}]\n"
    "components: [{component: target, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
)
_ON = (
    "payee | plan | from | to | quota | period\nAna | P | 2026-01-01 | LAST | 90,000.00 EUR | quarter\n"
    "Ana | P | NEXT | | 180,000.00 EUR | quarter"
)


@mechanic(
    "When an assignment ends and another follows, the quota of the old one runs on for some days.",
    examples=(
        Example(
            "A move on 1 February: 31 + 28 of 90 days of the old quota, 59 of 90 of the new",
            _PLAN.replace("DAYS", "28"),
            {"plan_assignments": _ON.replace("LAST", "2026-01-31").replace("NEXT", "2026-02-01")},
            "",
            quotas="Ana | 2026-Q1 | 59,000.00 EUR\nAna | 2026-Q1 | 118,000.00 EUR\nAna | 2026-Q2 | 180,000.00 EUR\n"
            "Ana | 2026-Q3 | 180,000.00 EUR\nAna | 2026-Q4 | 180,000.00 EUR",
            source="by hand, after https://pulserevops.com/knowledge/q266",
        ),
        Example(
            "Without days nothing runs on",
            _PLAN.replace("DAYS", "0"),
            {"plan_assignments": _ON.replace("LAST", "2026-01-31").replace("NEXT", "2026-02-01")},
            "",
            quotas="Ana | 2026-Q1 | 31,000.00 EUR\nAna | 2026-Q1 | 118,000.00 EUR\nAna | 2026-Q2 | 180,000.00 EUR\n"
            "Ana | 2026-Q3 | 180,000.00 EUR\nAna | 2026-Q4 | 180,000.00 EUR",
        ),
        Example(
            "Over the end of the quarter: 16 of 91 days of the next",
            _PLAN.replace("DAYS", "30"),
            {
                "plan_assignments": _ON.replace("LAST", "2026-03-17")
                .replace("NEXT", "2026-03-18")
                .replace("90,000.00", "91,000.00")
            },
            "",
            quotas="Ana | 2026-Q1 | 91,000.00 EUR\nAna | 2026-Q1 | 28,000.00 EUR\nAna | 2026-Q2 | 16,000.00 EUR\n"
            "Ana | 2026-Q2 | 180,000.00 EUR\nAna | 2026-Q3 | 180,000.00 EUR\nAna | 2026-Q4 | 180,000.00 EUR",
        ),
        Example(
            "By months, 45 days from 31 January: all of February and 17 of the 31 days of March; the sales count against both quotas",
            _PLAN.replace("DAYS", "45")
            .replace("pays: quarterly", "pays: monthly")
            .replace("rounding: exact", "rounding: [{at: payout, mode: half up, decimals: 2}]")
            .replace("tier.accumulate: period", "tier.accumulate: period, tier.bound: upper tier")
            .replace("{flat rate: {rate: 1%}}", "{retroactive: {tiers: [{from: 0%, to: 100%, rate: 1%}, {from: 100%, rate: 2%}]}}"),
            {
                "plan_assignments": _ON.replace("LAST", "2026-01-31").replace("NEXT", "2026-02-01").replace("quarter", "month"),
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 180,000.00 EUR | 2026-02-10\n"
                "D-2 | Ana | 229,354.84 EUR | 2026-03-10\nD-3 | Ana | 180,000.00 EUR | 2026-04-10",
            },
            "Ana | 2026-02 | 1,800.00 EUR\nAna | 2026-03 | 4,587.10 EUR\nAna | 2026-04 | 3,600.00 EUR",
        ),
    ),
    formula="the old quota counts up to its last day + days",
    boundary="The new quota counts from its first day, so that both count in the overlap.  Nothing runs on after the employment.",
    sources=("https://pulserevops.com/knowledge/q266",),
    words={"pulserevops": "transfer overlap"},
)
@dataclass(frozen=True)
class TransferOverlap(QuotaMechanic):
    """days: for which the quota of an assignment that has ended runs on."""

    days: int

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        out = entries.kept()
        last = entries.last.copy()
        more: list[Entries] = []
        for row in np.flatnonzero(entries.last < np.datetime64(NEVER, "D")).tolist():
            period = run.periods[int(entries.period[row])]
            ended = entries.last[row].astype(object)
            if not period.first <= ended <= period.last or not self.days:
                continue
            until = ended + timedelta(days=self.days)
            last[row] = until
            following = self._following(period, run)
            while following is not None and following.first <= until:
                at = np.array([row])
                more.append(
                    entries.take(
                        at,
                        period=np.array([run.period(following)]),
                        last=np.array([until], dtype="datetime64[D]"),
                        note=np.array([run.note(f"runs on until {until}")]),
                    )
                )
                following = self._following(following, run)
        first = out.take(np.arange(len(out)), last=last, origin=out.origin)
        return Entries.joined([first, *more]) if more else first

    def _following(self, period: Period, run: QuotaRun) -> Period | None:
        """The next period of the same kind."""
        for cadence in CADENCES:
            try:
                if run.world.calendar.period_of(period.first, cadence) == period:
                    return run.world.calendar.period_of(period.last + timedelta(days=1), cadence)
            except (NotAPeriod, KeyError):
                continue
        return None
