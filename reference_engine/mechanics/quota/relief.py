"""Relief: a quota follows what its holder can sell to, where the change is material."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, percent_words
from reference_engine.vocabulary.numbers import Percent

NOTHING = Percent(Fraction(0))
_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_QUOTAS = "payee | period | quota\nAna | 2026-Q1 | 100,000.00 EUR\nBen | 2026-Q1 | 100,000.00 EUR\nCho | 2026-Q1 | 100,000.00 EUR"
_CHANGES = "holder | period | before | after\nAna | 2026-Q1 | 1,000 | 851\nBen | 2026-Q1 | 1,000 | 850\nCho | 2026-Q1 | 1,000 | 1,300"


@mechanic(
    "A quota is lowered or raised with the opportunity of its holder, where the change is material.",
    examples=(
        Example(
            "A loss of 14.9% changes nothing, one of 15% counts whole; a gain of 30% too",
            f"quota: [{{relief: {{material from: 15%, change: whole, of: losses and gains}}}}]\n{_ANY}",
            {"quotas": _QUOTAS, "territory_changes": _CHANGES},
            "",
            quotas="Ana | 2026-Q1 | 100,000.00 EUR\nBen | 2026-Q1 | 85,000.00 EUR\nCho | 2026-Q1 | 130,000.00 EUR",
            source="by hand, after http://www.businessrefinery.com/yc3/454/123/",
        ),
        Example(
            "Only what is above 15%: a loss of 15% is none, a gain of 30% is 15%",
            f"quota: [{{relief: {{material from: 15%, change: what is above, of: losses and gains}}}}]\n{_ANY}",
            {"quotas": _QUOTAS, "territory_changes": _CHANGES},
            "",
            quotas="Ana | 2026-Q1 | 100,000.00 EUR\nBen | 2026-Q1 | 100,000.00 EUR\nCho | 2026-Q1 | 115,000.00 EUR",
        ),
        Example(
            "Losses only, and at least 70% of the quota stays",
            f"quota: [{{relief: {{material from: 15%, change: whole, of: losses, keeps at least: 70%}}}}]\n{_ANY}",
            {"quotas": _QUOTAS, "territory_changes": _CHANGES.replace("850", "600")},
            "",
            quotas="Ana | 2026-Q1 | 100,000.00 EUR\nBen | 2026-Q1 | 70,000.00 EUR\nCho | 2026-Q1 | 100,000.00 EUR",
        ),
    ),
    formula="change = after / before - 1; quota x (1 + change) where |change| >= material from",
    boundary="A change just as large as the threshold is material.  Without a row in territory_changes nothing changes.",
    sources=(
        "http://www.businessrefinery.com/yc3/454/123/",
        "https://intelligentspm.vercel.app/learn/policies/scp-002",
    ),
    words={"policy SCP-002": "quota relief, materiality", "plan texts": "territory change adjustment"},
)
@dataclass(frozen=True)
class Relief(QuotaMechanic):
    """material from: the least change that counts.  change: the whole, or what is above the threshold.  of: losses, gains or
    both.  keeps at least: the share of the quota that stays, however large the loss."""

    material_from: Percent
    change: Literal["whole", "what is above"]
    of: Literal["losses", "gains", "losses and gains"]
    keeps_at_least: Percent = NOTHING

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        table = run.world.table("territory_changes")
        before, after = table.amounts("before").value, table.amounts("after").value
        factors: dict[tuple[int, int], tuple[Fraction, str]] = {}
        for row, holder in enumerate(table.words("holder").tolist()):
            period = run.labelled(str(table.words("period")[row]), table.where(row))
            if period is None or before.at(row) <= 0:
                run.problem(
                    "quota-relief",
                    f'the opportunity of "{holder}" before the change isn\'t above 0.',
                    table.where(row),
                    "A change of nothing has no percentage.",
                    'Correct the column "before".',
                )
                continue
            change = after.at(row) / before.at(row) - 1
            wanted = self.of == "losses and gains" or (change < 0) == (self.of == "losses")
            if not wanted or abs(change) < self.material_from.value:
                continue
            counts = change
            if self.change == "what is above":
                counts = (
                    change - self.material_from.value if change > 0 else change + self.material_from.value
                )
            factor = max(1 + counts, self.keeps_at_least.value)
            words = f"the opportunity changed by {percent_words(change)}, so {percent_words(factor)} of the quota count"
            factors[run.holder(holder), period] = factor, words
        keys = list(zip(entries.holder.tolist(), entries.period.tolist(), strict=True))
        rows = np.array([i for i, key in enumerate(keys) if key in factors], dtype=np.int64)
        found = [factors[keys[i]] for i in rows.tolist()]
        amount = entries.amount[rows] * Exact.of([f for f, _ in found]) if len(rows) else entries.amount[rows]
        return entries.change(rows, amount, run.noted(w for _, w in found))
