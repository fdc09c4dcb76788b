"""Spread: what the children are short of their parent's quota is distributed over them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, amount_words, percent_words
from reference_engine.quota_parts import parts_of, unit_of
from reference_engine.quota_tree import Weighted, blended, tree
from reference_engine.vocabulary.numbers import Money, Percent, Quantity

_ANY = "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]"
_TREE = "parent | child\nEurope | Ana\nEurope | Ben"
_TOP = "territory | period | quota\nEurope | FY2026 | 1,000.00 EUR"
_OWN = "payee | period | quota\nAna | FY2026 | 400.00 EUR\nBen | FY2026 | 300.00 EUR"


@mechanic(
    "What the quotas of the children differ from their parent's is distributed over them, by a metric or evenly.",
    examples=(
        Example(
            "300 are missing; without a metric each child gets half",
            f"quota: [{{spread: {{of: variance}}}}]\n{_ANY}",
            {"territory_quotas": _TOP, "quotas": _OWN, "quota_allocations": _TREE},
            "",
            quotas="Europe | FY2026 | 1,000.00 EUR\nAna | FY2026 | 550.00 EUR\nBen | FY2026 | 450.00 EUR",
            source="by hand, after https://docs.oracle.com/en/cloud/saas/sales/oasal/sales-quota-plan-components.html",
        ),
        Example(
            "By potential, 1 to 2: prior sales and a part of the increase",
            f"quota: [{{spread: {{of: variance, by: potential}}}}]\n{_ANY}",
            {
                "territory_quotas": _TOP,
                "quotas": _OWN,
                "quota_allocations": _TREE,
                "quota_metrics": "holder | metric | value\nAna | potential | 10\nBen | potential | 20",
            },
            "",
            quotas="Europe | FY2026 | 1,000.00 EUR\nAna | FY2026 | 500.00 EUR\nBen | FY2026 | 500.00 EUR",
        ),
        Example(
            "The full amount is distributed anew, whatever the children had",
            f"quota: [{{spread: {{of: full amount, by: potential}}}}]\n{_ANY}",
            {
                "territory_quotas": _TOP,
                "quotas": _OWN,
                "quota_allocations": _TREE,
                "quota_metrics": "holder | metric | value\nAna | potential | 1\nBen | potential | 3",
            },
            "",
            quotas="Europe | FY2026 | 1,000.00 EUR\nAna | FY2026 | 250.00 EUR\nBen | FY2026 | 750.00 EUR",
        ),
        Example(
            "Too much below: the difference is taken off",
            f"quota: [{{spread: {{of: variance}}}}]\n{_ANY}",
            {"territory_quotas": _TOP.replace("1,000", "500"), "quotas": _OWN, "quota_allocations": _TREE},
            "",
            quotas="Europe | FY2026 | 500.00 EUR\nAna | FY2026 | 300.00 EUR\nBen | FY2026 | 200.00 EUR",
        ),
    ),
    formula="child = own quota + (parent - sum of the children) x metric / sum of the metric; of the full amount: parent x metric / sum",
    boundary="No variance changes nothing.  Without a metric the parts are even.  Levels are spread from the top down.",
    sources=(
        "https://equizzing.com/39474-which-three-objectives-are-achieved-by-a-spread-formula",
        "https://docs.oracle.com/en/cloud/saas/sales/oasal/sales-quota-plan-components.html",
        "https://calcquiz.com/category/business/sales/",
    ),
    words={
        "Oracle Sales": "spread formula, weighted fair share",
        "CalcQuiz": "prior sales plus a share of the increase",
    },
)
@dataclass(frozen=True)
class Spread(QuotaMechanic):
    """of: the variance, or the full amount.  by: a word of quota_metrics; evenly where none is named.  round to: the unit of
    the parts."""

    of: Literal["variance", "full amount"]
    by: str = ""
    round_to: Money | Quantity | None = None

    def needs(self) -> tuple[str, ...]:
        return ("quota.residue",) if self.round_to is not None else ()

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        amounts = entries.amount.fractions()
        changed: dict[int, tuple[Fraction, str]] = {}
        at: dict[tuple[int, int, str], int] = {}
        for row in range(len(entries)):
            at[int(entries.holder[row]), int(entries.period[row]), str(entries.measure[row])] = row
        for parent, below in tree(run).items():
            for (holder, period, measure), top in list(at.items()):
                if holder != run.holder(parent):
                    continue
                mine = [c for c in below if (run.holder(c.name), period, measure) in at]
                if not mine:
                    continue
                rows = [at[run.holder(c.name), period, measure] for c in mine]
                weighted = (Weighted(self.by, Percent(Fraction(1)), where=self.where),)
                shares = (
                    blended(run, [c.name for c in mine], weighted, self.where)
                    if self.by
                    else [(Fraction(1, len(mine)), "an even part")] * len(mine)
                )
                if run.problems:
                    return entries
                own = [Fraction(0) if self.of == "full amount" else amounts[r] for r in rows]
                rest = amounts[top] - sum(own, Fraction(0))
                unit = str(entries.currency[top])
                residue = run.plan.conventions.get("quota.residue") or "nobody"
                parts = parts_of(Exact.of([rest]), [s for s, _ in shares], unit_of(self.round_to), residue)
                for row, before, (share, _), part in zip(rows, own, shares, parts, strict=True):
                    amounts[row] = before + part.at(0)
                    words = f"{percent_words(share)} of the {amount_words(rest, unit)} that {parent} had left"
                    changed[row] = (amounts[row], words)
        rows_ = np.array(sorted(changed), dtype=np.int64)
        return entries.change(
            rows_,
            Exact.of([changed[r][0] for r in rows_.tolist()] or [0])[: len(rows_)],
            run.noted(changed[r][1] for r in rows_.tolist()),
        )
