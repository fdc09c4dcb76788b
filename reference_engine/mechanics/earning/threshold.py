"""Threshold: a line whose base is under an amount earns nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.floor import same_currency
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import Money, format_money


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
    ),
)
@dataclass(frozen=True)
class Threshold(Mechanic):
    """base under: what is below earns nothing."""

    base_under: Money

    def needs(self) -> tuple[str, ...]:
        return ("returns.earn",)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not same_currency(lines, self.base_under.currency, run, "threshold", self):
            return lines
        below = lines.base < Exact.full(len(lines), self.base_under.amount)
        rule = run.rule(f"nothing under {self.base_under}", where=self.where)
        nothing = Exact.full(len(lines), 0)
        return lines.change(
            amount=Exact.where(below, nothing, lines.amount),
            rate=Exact.where(below, nothing, lines.rate),
            rule=np.where(below, rule, lines.rule),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.base >= self.base_under.amount:
            return ""
        return (
            f"{format_money(after.base, after.unit)} is under {self.base_under}, so the line earns nothing."
        )
