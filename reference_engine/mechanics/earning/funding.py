"""Funding: what all earned is scaled down to what is funded; a protected part isn't."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.vocabulary.numbers import Percent, format_money, format_percent


def _example(title: str, funding: str, payouts: str) -> Example:
    return Example(
        title,
        "conventions: {rounding: exact}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
        f"earn: [{{flat rate: {{rate: 10%}}}}, {{funding: {funding}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 6,000.00 EUR | 2026-01-15\nD-2 | Ben | 4,000.00 EUR | 2026-01-16",
        },
        payouts,
    )


@mechanic(
    "When all payees together earned more than is funded, everybody's amount is scaled down by the same factor.",
    examples=(
        _example(
            "800.00 of 1,000.00 is funded",
            "{funded: 800.00 EUR}",
            "Ana | 2026-01 | 480.00 EUR\nBen | 2026-01 | 320.00 EUR",
        ),
        _example(
            "On the bound nothing is scaled",
            "{funded: 1000.00 EUR}",
            "Ana | 2026-01 | 600.00 EUR\nBen | 2026-01 | 400.00 EUR",
        ),
        _example(
            "Above it neither",
            "{funded: 1200.00 EUR}",
            "Ana | 2026-01 | 600.00 EUR\nBen | 2026-01 | 400.00 EUR",
        ),
        _example(
            "Half is protected: only the other half is scaled, by 300.00 / 500.00",
            "{funded: 800.00 EUR, protected: 50%}",
            "Ana | 2026-01 | 480.00 EUR\nBen | 2026-01 | 320.00 EUR",
        ),
    ),
    formula="factor = min(1, (funded - protected part) / (earned by all - protected part)); paid = protected part + rest x factor",
    boundary="The amounts of a pay period are scaled together. At exactly the funded amount the factor is 1. With less funded than "
    "protected the factor is 0.",
    sources=("https://docs.oracle.com/cd/E28727_01/hcm91fp2/eng/psbooks/hhvc/htm/hhvc10.htm",),
    words={"PeopleSoft": "funding adjustment", "general": "pool funding, scaling factor, budget cap"},
)
@dataclass(frozen=True)
class Funding(Mechanic):
    """funded: what may be paid to all in a pay period.  protected: the share of each amount that isn't scaled."""

    from_figures = True
    on_amounts = True
    reads_others = True

    funded: Expression
    protected: Percent | None = None

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        currencies = set(lines.currency.tolist())
        if len(currencies) > 1:
            run.problem(
                "currency-mixed",
                f"the amounts to be scaled are in {', '.join(sorted(currencies))}.",
                self.where,
                "They can't be added.",
                "State the plan's currency.",
            )
            return lines
        order = np.argsort(lines.period, kind="stable")
        starts = np.searchsorted(lines.period[order], np.arange(len(run.periods)))
        signed = Exact(lines.amount.num * lines.sign, lines.amount.den, lines.amount.bound)
        earned = signed[order].sums(starts)
        first = np.zeros(len(run.periods), dtype=np.int64)
        funded = run.cells(np.full(len(run.periods), lines.payee[0]), first + np.arange(len(run.periods)))
        limit = funded.number(self.funded, self.where, run.problems).value
        kept = earned.times(0 if self.protected is None else self.protected.value)
        zero = Exact.full(len(run.periods), 0)
        rest, room = (earned - kept).maximum(zero), (limit - kept).maximum(zero)
        none = (rest.num == 0) | (room >= rest)
        one = Exact.full(len(run.periods), 1)
        factor = Exact.where(none, one, room.over(Exact.where(rest.num == 0, one, rest)))
        share = one.times(0 if self.protected is None else self.protected.value)
        scale = (share + (one - share) * factor)[lines.period]
        return lines.change(amount=lines.amount * scale, rate=lines.rate * scale)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None or before.amount == after.amount or not before.amount:
            return ""
        return (
            f"All together earned more than is funded ({formula_words(self.funded)}), so {format_percent(after.amount / before.amount)} of it is paid: "
            f"{format_money(before.amount, before.currency)} x {format_percent(after.amount / before.amount)} = {format_money(after.amount, after.currency)}."
        )
