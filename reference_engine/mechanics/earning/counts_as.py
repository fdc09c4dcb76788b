"""Counts as: what a record adds to measures and tiers is another of its fields than what is paid on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.record_values import on_lines
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import formula_words

_PEOPLE = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR",
}


def _plan(earn: str, pays: str = "monthly") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: [{{at: line, mode: half up, decimals: 2}}], tier.accumulate: quarter, tier.bound: upper tier, returns.earn: signed}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{counts as: {value: arr}}, "
        f"{earn}]}}]"
    )


@mechanic(
    "The quota and the tiers count one field of a record, and the commission is paid on another.",
    examples=(
        Example(
            "The quota is of recurring revenue (arr), the commission is on the whole amount: the deal that crosses is divided as its arr is",
            _plan("{marginal: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 10%}]}}"),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed | arr\nD-1 | Ana | 300.00 EUR | 2026-01-15 | 80.00 EUR\nD-2 | Ana | 200.00 EUR | 2026-02-15 | 40.00 EUR",
            },
            "Ana | 2026-01 | 15.00 EUR\nAna | 2026-02 | 15.00 EUR",
            source="https://intercom.help/quotapath/en/articles/10443731-components-with-different-earnings-attainment-fields",
        ),
        Example(
            "Retroactive tiers: the arr picks the tier, just at the quota, and the whole amount is paid",
            _plan("{retroactive: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 10%}]}}"),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed | arr\nD-1 | Ana | 300.00 EUR | 2026-01-15 | 80.00 EUR\nD-2 | Ana | 200.00 EUR | 2026-02-15 | 20.00 EUR",
            },
            "Ana | 2026-01 | 15.00 EUR\nAna | 2026-02 | 35.00 EUR",
        ),
        Example(
            "A return counts its own part of the deal's arr; a deal that counts nothing is paid in the tier in which the total stands",
            _plan("{marginal: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 10%}]}}"),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed | arr\nD-1 | Ana | 200.00 EUR | 2026-01-15 | 110.00 EUR\nD-2 | Ana | 100.00 EUR | 2026-01-16 | 0.00 EUR",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 100.00 EUR",
            },
            "Ana | 2026-01 | 20.91 EUR\nAna | 2026-02 | -5.91 EUR",
        ),
    ),
    formula="count of a record = value x credit share; amount = base x rate of the tier that the counts have reached",
    boundary="A record that counts nothing lies wholly in the tier in which the running total stands.  A return counts the same share of the "
    "deal's value as it is of the deal's amount.",
    sources=(
        "https://intercom.help/quotapath/en/articles/10443731-components-with-different-earnings-attainment-fields",
    ),
    words={
        "QuotaPath": "different earnings and attainment fields",
        "Oracle Sales Compensation": "quota credit apart from payment",
    },
)
@dataclass(frozen=True)
class CountsAs(Mechanic):
    """value: what a record adds to quota and tiers, from its fields.  It stands before the table that counts."""

    adjusts = True
    on_base = True

    value: Expression

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        value, unit = on_lines(self.value, lines, run, self.where)
        wrong = np.flatnonzero((unit != lines.unit) & (value.num != 0))
        if len(wrong):
            at = int(wrong[0])
            run.problem(
                "currency-mixed",
                f"{run.events.record[lines.event[at]]} counts in {unit[at] or 'units'}, and is paid in {lines.unit[at] or 'units'}.",
                self.where,
                "The quota is in one currency." if unit[at] else "A percentage is paid on money, and tiers by units pay for units.",
                "State the plan's currency, and exchange rates."
                if unit[at]
                else "Let a figure pick the tier instead:  retroactive: {by: units sold, tiers: [...]} , with units sold as a measure.",
            )
        if run.problems:
            return lines
        sign = run.events.sign[lines.event] * lines.sign
        seen = run.credits.share if run.credits.counted is None else run.credits.counted
        counted = value * self._part(lines, run) * seen[lines.credit] * Exact(sign)
        rounding = run.conventions.round_at("credit")
        if rounding is not None:
            counted = counted.rounded(rounding.mode, rounding.decimals)
        return lines.change(counted=counted)

    def _part(self, lines: Lines, run: ComponentRun) -> Exact:
        """The part of its deal that a return is of; 1 for every other record."""
        events = run.events
        event = lines.event
        back = events.source[event] == SOURCE["returns of deals"]
        one = Exact.full(len(lines), 1)
        if not back.any():
            return one
        deals = run.world.table("deals")
        row = np.array([deals.index.get(d, -1) for d in events.deal[event].tolist()], dtype=np.int64)
        whole = deals.amounts("amount").value[np.maximum(row, 0)]
        whole = Exact.where(back & (whole.num != 0), whole, one)
        return Exact.where(back, events.amount[event].over(whole), one)

    def say(self, before: LineView | None, after: LineView) -> str:
        return f"Towards the quota and the tiers its {formula_words(self.value)} counts."
