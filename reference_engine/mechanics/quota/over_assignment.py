"""Over-assignment: the quotas on the street total more than the plan of the company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun
from reference_engine.vocabulary.numbers import Percent

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"


@mechanic(
    "The quotas of payees are raised by a percentage above what their territories are planned to sell; below zero it lowers them.",
    examples=(
        Example(
            "Two quotas of 5 million each, 15% over-assigned: 11.5 million on the street for a target of 10 million",
            f"quota: [{{top down: {{split: evenly}}}}, {{over assignment: {{by: 15%}}}}]\n{_ANY}",
            {
                "payees": "payee\nAna\nBen",
                "territory_quotas": "territory | period | quota\nEurope | FY2026 | 10,000,000.00 EUR",
                "quota_allocations": "parent | child\nEurope | Ana\nEurope | Ben",
            },
            "",
            quotas="Europe | FY2026 | 10,000,000.00 EUR\nAna | FY2026 | 5,750,000.00 EUR\nBen | FY2026 | 5,750,000.00 EUR",
            source="by hand, after https://ryanconsulting.ai/courses/fa-commission-modeling/quota-setting-methodology",
        ),
        Example(
            "Only of some roles",
            f"quota: [{{over assignment: {{by: 20%, roles: [AE]}}}}]\n{_ANY}",
            {
                "payees": "payee | role\nAna | AE\nBen | Manager",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR\nBen | 2026-Q1 | 100.00 EUR",
            },
            "",
            quotas="Ana | 2026-Q1 | 120.00 EUR\nBen | 2026-Q1 | 100.00 EUR",
        ),
        Example(
            "Under-assignment",
            f"quota: [{{over assignment: {{by: -10%}}}}]\n{_ANY}",
            {"payees": "payee\nAna", "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR"},
            "",
            quotas="Ana | 2026-Q1 | 90.00 EUR",
        ),
    ),
    formula="street quota = quota x (1 + by); quota coverage = sum of street quotas / target",
    boundary="Written twice it compounds, as it does over levels; for a percentage of each level see top down.",
    sources=(
        "https://www.tigereye.com/blog/over-assignment-drives-sales-culture",
        "https://www.121sv.com/insights/over-assigning-quotas-a-power-to-be-used-for-good-not-for-evil",
        "https://ryanconsulting.ai/courses/fa-commission-modeling/quota-setting-methodology",
    ),
    words={
        "TigerEye": "over-assignment",
        "Alexander Group": "quota over-assignment",
        "ryanconsulting": "quota coverage",
    },
)
@dataclass(frozen=True)
class OverAssignment(QuotaMechanic):
    """by: more than is planned.  roles: whose quotas; every payee's where none is named."""

    by: Percent
    roles: tuple[str, ...] = ()

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        rows = np.flatnonzero(run.is_payee(entries.holder))
        if self.roles:
            last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
            roles = run.people.roles_on(entries.holder[rows], last[entries.period[rows]])
            rows = rows[np.isin(roles.astype(str), self.roles)]
        note = run.note(f"over-assigned by {self.by}")
        return entries.change(rows, entries.amount[rows].times(1 + self.by.value), np.full(len(rows), note))
