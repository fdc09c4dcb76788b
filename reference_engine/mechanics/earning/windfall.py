"""Windfall: an exceptionally large deal is carved out of the quota, cut, or held for review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.vocabulary.numbers import format_money

_TIERS = "{marginal: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 10%}]}}"
_TABLES = {
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 1,000.00 EUR",
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 500.00 EUR | 2026-01-15\nD-2 | Ana | 2,000.00 EUR | 2026-02-15\nD-3 | Ana | 400.00 EUR | 2026-03-15",
}


def _plan(windfall: str, earn: str = _TIERS) -> str:
    return (
        "pays: quarterly\neligible: everyone\nconventions: {rounding: exact, tier.accumulate: period}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{windfall: {windfall}}}, {earn}]}}]"
    )


@mechanic(
    "A record above a limit is paid without retiring quota, counts or is paid only up to the limit, or is held for review.",
    examples=(
        Example(
            "2,000.00 is above the limit: it is paid at the rate of the tier reached, 5%, and retires no quota",
            _plan("{above: 1000.00 EUR, treatment: paid without quota}"),
            _TABLES,
            "Ana | 2026-Q1 | 145.00 EUR",
            attainments="Ana | 2026-Q1 | 900.00 EUR | 1,000.00 EUR | 90%",
        ),
        Example(
            "Just at the limit it is an ordinary deal",
            _plan("{above: 200% * quota of bookings, treatment: paid without quota}"),
            _TABLES,
            "Ana | 2026-Q1 | 240.00 EUR",
            attainments="Ana | 2026-Q1 | 2,900.00 EUR | 1,000.00 EUR | 290%",
        ),
        Example(
            "Only the limit counts for the quota: 500.00 + 1,000.00; half of the deal is paid at 5%, half at 10%",
            _plan("{above: 100% * quota of bookings, treatment: quota up to the limit}"),
            _TABLES,
            "Ana | 2026-Q1 | 215.00 EUR",
            attainments="Ana | 2026-Q1 | 1,900.00 EUR | 1,000.00 EUR | 190%",
        ),
        Example(
            "Cut to the limit: 1,000.00 counts and is paid on",
            _plan("{above: 1000.00 EUR, treatment: cut to the limit}"),
            _TABLES,
            "Ana | 2026-Q1 | 140.00 EUR",
        ),
        Example(
            "Held for review: neither paid nor counted",
            _plan("{above: 1000.00 EUR, treatment: held for review}"),
            _TABLES,
            "Ana | 2026-Q1 | 45.00 EUR",
        ),
        Example(
            "Approved after the review: an ordinary deal",
            _plan("{above: 1000.00 EUR, treatment: held for review, approved: [D-2]}"),
            _TABLES,
            "Ana | 2026-Q1 | 240.00 EUR",
        ),
        Example(
            "A part of the windfall deal is returned: the return takes back what its part earned, and no quota",
            _plan("{above: 1000.00 EUR, treatment: paid without quota}"),
            {**_TABLES, "returns": "return | of | date | amount\nR-1 | D-2 | 2026-03-20 | 500.00 EUR"},
            "Ana | 2026-Q1 | 120.00 EUR",
            attainments="Ana | 2026-Q1 | 900.00 EUR | 1,000.00 EUR | 90%",
        ),
    ),
    formula="a windfall: credit of the deal > above",
    boundary="Just at the limit it is no windfall. A return is one where its deal is; cut deals return the same part of what was cut. "
    "A windfall that retires no quota is paid in the tier in which the running total stands before it.",
    sources=(
        "https://www.concertfinance.com/windfall-deals/",
        "https://intelligentspm.vercel.app/learn/policies/scp-003",
        "https://bravado.co/war-room/posts/uncapped-commission-being-capped",
    ),
    words={"Concert Finance": "windfall carve-out", "Alexander Group": "mega deal"},
)
@dataclass(frozen=True)
class Windfall(Mechanic):
    """above: the limit, an amount or a formula over figures such as `25% * quota of bookings this year`.

    treatment: what happens to a record whose deal's credit is above it.  approved: deals that a review let through.
    It stands before the mechanics that count or pay.
    """

    adjusts = True
    on_base = True

    above: Expression
    treatment: Literal["paid without quota", "quota up to the limit", "cut to the limit", "held for review"]
    approved: tuple[str, ...] = ()

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        limit = run.cells(lines.payee, lines.period).number(self.above, self.where, run.problems)
        if run.problems:
            return lines
        wrong = np.flatnonzero((limit.unit != lines.unit) & (limit.value.num != 0))
        for at in wrong[:1].tolist():
            run.problem(
                "currency-mixed",
                f"the limit of a windfall is in {limit.unit[at] or 'no currency'}, and {run.events.record[lines.event[at]]} is in {lines.unit[at] or 'units'}.",
                self.where,
                "They can't be compared.",
                "State the plan's currency, and exchange rates.",
            )
        if len(wrong):
            return lines
        part = self._part(lines, run)
        most = limit.value * part
        size = lines.base.absolute()
        approved = np.isin(run.events.deal[lines.event].astype(str), np.array(self.approved, dtype=str))
        windfall = (size > most) & ~approved
        if not windfall.any():
            return lines
        zero = Exact.full(len(lines), 0)
        seen = lines.base if lines.counted is None else lines.counted
        if self.treatment == "paid without quota":
            return lines.change(counted=Exact.where(windfall, zero, seen))
        if self.treatment == "held for review":
            return lines.change(counted=Exact.where(windfall, zero, seen), held=lines.held | windfall)
        sign = Exact(lines.base.sign().astype(np.int64))
        cut = Exact.where(windfall, most * sign, lines.base)
        if self.treatment == "cut to the limit":
            ratio = cut.over(Exact.where(lines.base.num != 0, lines.base, Exact.full(len(lines), 1)))
            counted = (
                None if lines.counted is None else Exact.where(windfall, lines.counted * ratio, lines.counted)
            )
            return lines.change(base=cut, counted=counted)
        return lines.change(counted=Exact.where(windfall, most * sign, seen))

    def _part(self, lines: Lines, run: ComponentRun) -> Exact:
        """The part of its deal that a return is of; 1 for every other record."""
        events, event = run.events, lines.event
        back: Array = events.source[event] == SOURCE["returns of deals"]
        one = Exact.full(len(lines), 1)
        if not back.any():
            return one
        deals = run.world.table("deals")
        row = np.array([deals.index.get(d, 0) for d in events.deal[event].tolist()], dtype=np.int64)
        whole = deals.amounts("amount").value[row].absolute()
        whole = Exact.where(back & (whole.num != 0), whole, one)
        return Exact.where(back, events.amount[event].absolute().over(whole), one)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None:
            return ""
        if after.base != before.base:
            return f"It is above the limit of a windfall: {format_money(before.base, before.unit)} is cut to {format_money(after.base, after.unit)}."
        if after.held and not before.held:
            return f"It is above the limit of a windfall ({formula_words(self.above)}), so it is held until the review approves it."
        return ""
