"""Flat rate: a percentage of the base of every line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact, same
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import Percent, format_money, format_percent
from reference_engine.vocabulary.plan import Conventions


@mechanic(
    "Every line pays the same percentage of its base.",
    examples=(
        Example(
            "10% of two deals and a return",
            "components: [{component: Commission, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Ana | 10.10 EUR | 2026-02-01",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 100.00 EUR",
            },
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | -8.99 EUR",
            "2026-01 | D-1 | 1,000.00 EUR | 10% | 100.00 EUR\n2026-02 | D-2 | 10.10 EUR | 10% | 1.01 EUR\n"
            "2026-02 | return R-1 | -100.00 EUR | 10% | -10.00 EUR",
        ),
        Example(
            "Rounded half up per line: 1% of 10.50 is 0.11, twice; rounded on the total it is 0.21",
            "conventions: {rounding: [{at: line, mode: half up, decimals: 2}]}\n"
            "components: [{component: Commission, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 10.50 EUR | 2026-01-15\nD-2 | Ana | 10.50 EUR | 2026-01-16",
            },
            "Ana | 2026-01 | 0.22 EUR",
        ),
        Example(
            "60% of the rate at the booking, 40% at the payment",
            "components: [{component: Commission, measure: bookings, events: {booking: 60%, payment: 40%}, credits: [direct], earn: [{flat rate: {rate: 10%}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 1,000.00 EUR | 2026-01-20",
                "payments": "payment | invoice | amount | date\nP-1 | I-1 | 500.00 EUR | 2026-02-20",
            },
            "Ana | 2026-01 | 60.00 EUR\nAna | 2026-02 | 20.00 EUR",
        ),
    ),
    formula="amount = rate x base",
    boundary="There is no bound.  A return pays back its percentage.  Where the cent is rounded, on the line or on a total, is the plan's rounding.",
    sources=(
        "https://www.xactlycorp.com/blog/sales-commission-structures",
        "https://docs.oracle.com/cd/F92336_01/fscm92pbr50/eng/fscm/somt/CalculatingCommissions-9f3029.html",
        "https://learn.microsoft.com/en-us/previous-versions/dynamicsgp/developer/cc508126(v=msdn.10)",
    ),
    words={
        "Xactly": "flat rate",
        "PeopleSoft": "percentage",
        "Dynamics GP": "commission percent",
        "SAP": "per-credit rule",
    },
)
@dataclass(frozen=True)
class FlatRate(Mechanic):
    """rate: per 1 of the base."""

    proportional = True

    rate: Percent

    def from_sums(self, conventions: Conventions, accumulate: str) -> bool:
        return True

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        rate = Exact.full(len(lines), self.rate.value)
        rule = run.rule(f"{self.rate} of {run.component.measure}", where=self.where)
        return rated(lines, rate, same(rule, len(lines), np.int64))

    def say(self, before: LineView | None, after: LineView) -> str:
        return rate_words(after)


def rated(lines: Lines, rate: Exact, rule: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Lines:
    """Lines at a rate per 1 of their base, of which each event earns its share."""
    effective = rate * lines.share
    return lines.change(
        rate=effective,
        has_rate=same(True, len(lines), bool),
        rate_unit=same("", len(lines)),
        amount=lines.base * effective,
        currency=lines.unit,
        rule=rule,
    )


def rate_words(line: LineView) -> str:
    """base x rate = amount, in words."""
    if line.rate is None:
        return ""
    share = f" ({format_percent(line.share)} of the rate is earned at this event)" if line.share != 1 else ""
    amount = format_money(line.base * line.rate, line.currency)
    return f"{format_money(line.base, line.unit)} x {format_percent(line.rate)} = {amount}{share}."
