"""Floor: the base of a line is never below an amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import Money, format_money


@mechanic(
    "The base of each line is at least an amount.  It stands before what pays.",
    examples=(
        Example(
            "A line sold below cost has a margin of 0, not below",
            "components: [{component: Margin, measure: margin, credits: [direct], earn: [{floor: {per: line, base: 0.00 EUR}}, {flat rate: {rate: 4%}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 150.00 EUR | 2026-01-15",
                "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 150.00 EUR | 2026-01-20",
                "invoice_lines": "invoice | line | amount | units | unit cost\nI-1 | 1 | 100.00 EUR | 2 | 30.00 EUR\nI-1 | 2 | 50.00 EUR | 2 | 40.00 EUR",
            },
            "Ana | 2026-01 | 1.60 EUR",
        ),
        Example(
            "Just below, on and above a least base of 100.00",
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{floor: {per: line, base: 100.00 EUR}}, {flat rate: {rate: 5%}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 99.00 EUR | 2026-01-15\nD-2 | Ana | 100.00 EUR | 2026-02-15\nD-3 | Ana | 101.00 EUR | 2026-03-15",
            },
            "Ana | 2026-01 | 5.00 EUR\nAna | 2026-02 | 5.00 EUR\nAna | 2026-03 | 5.05 EUR",
        ),
        Example(
            "A return mirrors a sale of its amount, which would have counted 100.00 at least",
            "conventions: {rounding: exact, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{floor: {per: line, base: 100.00 EUR}}, {flat rate: {rate: 5%}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 40.00 EUR | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 40.00 EUR",
            },
            "Ana | 2026-01 | 5.00 EUR\nAna | 2026-02 | -5.00 EUR",
        ),
    ),
    formula="base = max(base, floor)",
    boundary="Just the floor counts as it is.  A return mirrors a sale, or counts by its own negative amount: returns.earn.",
    sources=("https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_N1123608.html",),
    words={"NetSuite": "commission basis never below zero", "Oracle Sales Compensation": "margin floor"},
)
@dataclass(frozen=True)
class Floor(Mechanic):
    """per: line.  base: the least that counts."""

    adjusts = True
    on_base = True

    base: Money
    per: Literal["line"]

    def needs(self) -> tuple[str, ...]:
        return ("returns.earn",)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not same_currency(lines, self.base.currency, run, "floor", self):
            return lines
        return lines.change(base=lines.base.maximum(Exact.full(len(lines), self.base.amount)))

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None or before.base == after.base:
            return ""
        return f"The base of {format_money(before.base, before.unit)} is raised to {self.base}, the least that counts."


def same_currency(lines: Lines, currency: str, run: ComponentRun, what: str, mechanic: Mechanic) -> bool:
    """Whether the lines are in the currency of a limit; a Problem where they aren't."""
    wrong = [u for u in set(lines.unit.tolist()) if u != currency]
    if wrong:
        run.problem(
            "currency-mixed",
            f"the {what} is in {currency}, and lines are in {wrong[0] or 'units'}.",
            mechanic.where,
            "They can't be compared.",
            "State the plan's currency, and exchange rates.",
        )
    return not wrong
