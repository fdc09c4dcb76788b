"""Threshold: a line whose base is under an amount earns nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.floor import same_currency
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import amount_words
from reference_engine.mechanics.tiers import number
from reference_engine.vocabulary.numbers import Money, Quantity


@mechanic(
    "A line whose base is under an amount earns nothing; a base of just that amount earns.",
    examples=(
        Example(
            "Just below, on and just above 250.00",
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 2%}}, {threshold: {base under: 250.00 EUR}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 249.50 EUR | 2026-01-15\nD-2 | Ana | 250.00 EUR | 2026-02-15\nD-3 | Ana | 250.50 EUR | 2026-03-15",
            },
            "Ana | 2026-01 | 0.00 EUR\nAna | 2026-02 | 5.00 EUR\nAna | 2026-03 | 5.01 EUR",
        ),
        Example(
            "Units: an order of fewer than 10 earns nothing",
            "components: [{component: C, measure: units, credits: [direct], earn: [{per unit: {amount: 2.00 EUR}}, {threshold: {base under: 10}}]}]",
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 9 | 2026-01-10\nS-2 | Lyon | X | 10 | 2026-02-10",
            },
            "Lyon | 2026-01 | 0.00 EUR\nLyon | 2026-02 | 20.00 EUR",
        ),
        Example(
            "A return mirrors a sale of its amount: a small return of a large deal takes nothing back",
            "conventions: {rounding: exact, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 2%}}, {threshold: {base under: 250.00 EUR}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 100.00 EUR\nR-2 | D-1 | 2026-03-10 | 250.00 EUR",
            },
            "Ana | 2026-01 | 20.00 EUR\nAna | 2026-02 | 0.00 EUR\nAna | 2026-03 | -5.00 EUR",
        ),
    ),
    formula="amount = 0 where base < base under, else the amount before",
    boundary="A base of just that amount earns.  What is to be reached by a period, not by a line, is a tier of 0% in marginal, retroactive or "
    "mixed, the threshold of percent to goal, or a gate.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1126040.html",
        "https://bonuspaycalc.com/guides/bonus-payout-curve-explained.html",
    ),
    words={
        "NetSuite": "threshold",
        "Microsoft Dynamics 365": "minimum amount",
        "Siebel": "hurdle per transaction",
    },
)
@dataclass(frozen=True)
class Threshold(Mechanic):
    """base under: what is below earns nothing."""

    adjusts = True

    base_under: Money | Quantity

    @property
    def counts_units(self) -> bool:  # type: ignore[override]
        return isinstance(self.base_under, Quantity)

    def needs(self) -> tuple[str, ...]:
        return ("returns.earn",)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        unit = self.base_under.currency if isinstance(self.base_under, Money) else ""
        if not same_currency(lines, unit, run, "threshold", self):
            return lines
        below = lines.base < Exact.full(len(lines), number(self.base_under))
        rule = run.rule(f"nothing under {self.base_under}", where=self.where)
        nothing = Exact.full(len(lines), 0)
        return lines.change(
            amount=Exact.where(below, nothing, lines.amount),
            rate=Exact.where(below, nothing, lines.rate),
            rule=np.where(below, rule, lines.rule),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.base >= number(self.base_under):
            return ""
        return f"{amount_words(after.base, after.unit)} {'is' if after.unit else 'are'} under {self.base_under}, so the line earns nothing."
