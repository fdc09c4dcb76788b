"""Commission free: lines of products that are marked so earn nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic


@mechanic(
    "A line of a product that is marked commission free earns nothing.  It stands last, after what would pay.",
    examples=(
        Example(
            "One free line, one that pays",
            "components: [{component: Commission, measure: revenue, records: invoice lines, credits: [direct], earn: [{flat rate: {rate: 10%}}, commission free]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 30.00 EUR | 2026-01-15",
                "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 30.00 EUR | 2026-01-20",
                "invoice_lines": "invoice | line | amount | commission free\nI-1 | 1 | 20.00 EUR | no\nI-1 | 2 | 10.00 EUR | yes",
            },
            "Ana | 2026-01 | 2.00 EUR",
        ),
        Example(
            "The mark stands on the product; a return of it takes nothing back",
            "components: [{component: Commission, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}, commission free]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "products": "product | commission free\nX | yes\nY | no",
                "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 30.00 EUR | 2026-01-15 | X\nD-2 | Ana | 50.00 EUR | 2026-01-15 | Y",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 30.00 EUR\nR-2 | D-2 | 2026-02-10 | 20.00 EUR",
            },
            "Ana | 2026-01 | 5.00 EUR\nAna | 2026-02 | -2.00 EUR",
        ),
        Example(
            "The line's own mark goes before the product's",
            "components: [{component: Commission, measure: revenue, records: invoice lines, credits: [direct], earn: [{flat rate: {rate: 10%}}, commission free]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "products": "product | commission free\nX | yes",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 30.00 EUR | 2026-01-15",
                "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 30.00 EUR | 2026-01-20",
                "invoice_lines": "invoice | line | amount | product | commission free\nI-1 | 1 | 20.00 EUR | X | no\nI-1 | 2 | 10.00 EUR | X | ",
            },
            "Ana | 2026-01 | 2.00 EUR",
        ),
    ),
    formula="amount = 0 where the line or its product is marked, else the amount before",
    boundary="The mark of an invoice line goes before the mark of its product.  A return of a free product takes nothing back.",
    sources=("https://docs.idynamics.es/en/commissions/direct/setup.html",),
    words={"iDynamics": "item excluded from commission", "Incentivate": "excluded lines"},
)
@dataclass(frozen=True)
class CommissionFree(Mechanic):
    """No parameters: the mark stands on the invoice line or on the product."""

    adjusts = True

    proportional = True

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        free = np.where(lines.event >= 0, run.events.free[lines.event], False).astype(bool)
        if not free.any():
            return lines.change()
        rule = run.rule("the product is commission free", where=self.where)
        nothing = Exact.full(len(lines), 0)
        return lines.change(
            amount=Exact.where(free, nothing, lines.amount),
            rate=Exact.where(free, nothing, lines.rate),
            has_rate=lines.has_rate | free,
            rate_unit=np.where(free, "", lines.rate_unit),
            rule=np.where(free, rule, lines.rule),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rule is not None and after.rule.words == "the product is commission free":
            return "The product is commission free, so the line earns nothing."
        return ""
