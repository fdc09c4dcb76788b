"""Ramp: a new payee carries a share of the quota that grows with the months since the hire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, percent_words
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.numbers import Percent

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_MONTHS = "\n".join(f"Ana | 2026-{m:02d} | 10,000.00 EUR" for m in range(1, 6))


@mechanic(
    "For the first months after the hire only a share of the quota counts, by a list of percentages.",
    examples=(
        Example(
            "Hired on the first of January: 0%, 25%, 50%, then the whole quota",
            f"conventions: {{rounding: exact, ramp.first_month: hire month}}\nquota: [{{ramp: {{shares: [0%, 25%, 50%]}}}}]\n{_ANY}",
            {"payees": "payee | hired\nAna | 2026-01-01", "quotas": f"payee | period | quota\n{_MONTHS}"},
            "",
            quotas="Ana | 2026-01 | 0.00 EUR\nAna | 2026-02 | 2,500.00 EUR\nAna | 2026-03 | 5,000.00 EUR\nAna | 2026-04 | 10,000.00 EUR\nAna | 2026-05 | 10,000.00 EUR",
            source="https://support2.salescookie.com/portal/en/kb/articles/kb-recipe-how-to-configure-ramped-quotas",
        ),
        Example(
            "Hired on 20 January: February is the first full month, and the first percentage counts in January too",
            "conventions: {rounding: exact, ramp.first_month: first full month, proration.of: neither}\n"
            f"quota: [{{ramp: {{shares: [25%, 50%]}}}}]\n{_ANY}",
            {"payees": "payee | hired\nAna | 2026-01-20", "quotas": f"payee | period | quota\n{_MONTHS}"},
            "",
            quotas="Ana | 2026-01 | 2,500.00 EUR\nAna | 2026-02 | 2,500.00 EUR\nAna | 2026-03 | 5,000.00 EUR\nAna | 2026-04 | 10,000.00 EUR\nAna | 2026-05 | 10,000.00 EUR",
        ),
        Example(
            "The same hire, with January as the first month",
            f"conventions: {{rounding: exact, ramp.first_month: hire month, proration.of: neither}}\nquota: [{{ramp: {{shares: [25%, 50%]}}}}]\n{_ANY}",
            {"payees": "payee | hired\nAna | 2026-01-20", "quotas": f"payee | period | quota\n{_MONTHS}"},
            "",
            quotas="Ana | 2026-01 | 2,500.00 EUR\nAna | 2026-02 | 5,000.00 EUR\nAna | 2026-03 | 10,000.00 EUR\nAna | 2026-04 | 10,000.00 EUR\nAna | 2026-05 | 10,000.00 EUR",
        ),
        Example(
            "By quarters: 0%, 25%, 50%, 100% of the quarter's quota; who was hired years ago carries all of it",
            f"conventions: {{rounding: exact, ramp.first_month: hire month}}\nquota: [{{ramp: {{shares: [0%, 25%, 50%, 100%], each: quarter}}}}]\n{_ANY}",
            {
                "payees": "payee | hired\nAna | 2026-01-01\nBen | 2020-01-01",
                "quotas": "payee | period | quota\n"
                + "\n".join(f"{p} | 2026-Q{q} | 300,000.00 USD" for p in ("Ana", "Ben") for q in (1, 2, 3)),
            },
            "",
            quotas="Ana | 2026-Q1 | 0.00 USD\nAna | 2026-Q2 | 75,000.00 USD\nAna | 2026-Q3 | 150,000.00 USD\n"
            "Ben | 2026-Q1 | 300,000.00 USD\nBen | 2026-Q2 | 300,000.00 USD\nBen | 2026-Q3 | 300,000.00 USD",
            source="https://kellblog.com/tag/sales-productivity/",
        ),
        Example(
            "The ramp ends inside the quarter: 50%, 75% and 100% of three even months",
            f"conventions: {{rounding: exact, ramp.first_month: hire month}}\nquota: [{{ramp: {{shares: [50%, 75%]}}}}]\n{_ANY}",
            {
                "payees": "payee | hired\nAna | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 90,000.00 EUR",
            },
            "",
            quotas="Ana | 2026-Q1 | 67,500.00 EUR",
        ),
    ),
    formula="quota of month m since the hire = quota x share m; after the last share the whole quota",
    boundary="The month of the hire is the first, or the first full month is, as ramp.first_month says.  A quota of several months is taken as even "
    "months; those before the hire don't count for its share, which proration sees to.  A month at 0% has a quota of zero.  Who has no "
    "day of hire isn't ramped.",
    sources=(
        "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_ramp.htm",
        "https://wiki.himodus.com/docs/metrics/quarterly-quota",
        "https://support2.salescookie.com/portal/en/kb/articles/kb-recipe-how-to-configure-ramped-quotas",
        "https://kellblog.com/tag/sales-productivity/",
    ),
    words={"Salesforce Spiff": "ramp", "Sales Cookie": "ramped quotas", "Kellblog": "productivity ramp"},
)
@dataclass(frozen=True)
class Ramp(QuotaMechanic):
    """shares: of the quota, one for each month (or quarter) since the hire.  each: how long a share counts.  roles: who is ramped; everybody where none is
    named.  since: the hire, or the first day on the plan.  of: what is ramped."""

    shares: tuple[Percent, ...]
    each: Literal["month", "quarter"] = "month"
    roles: tuple[str, ...] = ()
    since: Literal["hire", "plan"] = "hire"
    of: Literal["quota", "target incentive", "both"] = "quota"

    kinds: ClassVar[tuple[str, ...]] = ("quota", "target incentive")

    def needs(self) -> tuple[str, ...]:
        return ("ramp.first_month",)

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        if self.of not in (run.kind, "both") or not self.shares:
            return entries.kept()
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        payee = np.flatnonzero(run.is_payee(entries.holder))
        # Only who was hired, or came to the plan, shortly before can still be on the ramp.
        reach = np.timedelta64((len(self.shares) + 1) * (31 if self.each == "month" else 92), "D")
        first = np.array([p.first for p in run.periods], dtype="datetime64[D]")
        known: dict[tuple[int, int], Fraction | None] = {}
        rows: list[int] = []
        factors: list[Fraction] = []
        for row in payee[
            self._new(
                entries.holder[payee], run, first[entries.period[payee]] - reach, last[entries.period[payee]]
            )
        ].tolist():
            key = (int(entries.holder[row]), int(entries.period[row]))
            if key not in known:
                known[key] = self._share(run, *key)
            factor = known[key]
            if factor is not None and factor != 1:
                rows.append(row)
                factors.append(factor)
        at = np.array(rows, dtype=np.int64)
        words = run.noted(f"{percent_words(f)} count while ramping up" for f in factors)
        return entries.change(
            at, entries.amount[at] * Exact.of(factors) if rows else entries.amount[at], words
        )

    def _new(self, holder: Array, run: QuotaRun, since: Array, until: Array) -> Array:
        """Which of these may be new."""
        if self.since == "plan":
            return np.ones(len(holder), dtype=bool)
        hired = run.people.hired[holder]
        found = (hired >= since) & (hired <= until) | np.isin(holder, list(run.people.hires))
        return np.asarray(found, dtype=bool)

    def _share(self, run: QuotaRun, holder: int, code: int) -> Fraction | None:
        """The share of the quota of a period; None where the payee isn't ramped."""
        period = run.periods[code]
        start = self._start(run, holder, period)
        if start is None:
            return None
        if (
            self.roles
            and str(run.people.roles_on(np.array([holder]), np.array([period.last], "datetime64[D]"))[0])
            not in self.roles
        ):
            return None
        months = [m for m in _months(run, period) if m.last >= start]
        shares = [self._of_month(m, start, run) for m in months]
        return sum(shares, Fraction(0)) / len(shares) if shares else None

    def _of_month(self, month: Period, start: date, run: QuotaRun) -> Fraction:
        index = (month.last.year - start.year) * 12 + month.last.month - start.month
        if run.plan.conventions["ramp.first_month"] == "first full month" and start.day > 1:
            index = max(index - 1, 0)
        if self.each == "quarter":
            index //= 3
        return self.shares[index].value if index < len(self.shares) else Fraction(1)

    def _start(self, run: QuotaRun, holder: int, period: Period) -> date | None:
        if self.since == "hire":
            return run.people.hired_before(holder, period.last)
        table = run.world.table("plan_assignments")
        mine = (table.words("plan") == run.plan.name) & (table.words("payee") == run.names[holder])
        days = [d for d in table.days("from")[mine].tolist() if d <= period.last]
        return min(days, default=None)


def _months(run: QuotaRun, period: Period) -> list[Period]:
    return run.world.calendar.periods(period.first, period.last, "month")
