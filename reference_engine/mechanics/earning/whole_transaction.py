"""Whole transaction: the running total picks the tier of each record, which pays on all of it; none is divided."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import running_totals
from reference_engine.mechanics.ladder import line_ladder
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.running import in_order, restored, segments
from reference_engine.mechanics.tier_table import TierTable, no_rate_before
from reference_engine.mechanics.tier_words import part_words, piece_words, tier_of

_TABLES = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 80.00 EUR | 2026-01-15\nD-2 | Ana | 40.00 EUR | 2026-02-15\nD-3 | Ana | 50.00 EUR | 2026-03-15",
}


def _plan(reading: str, bound: str = "upper tier") -> str:
    return (
        f"conventions: {{rounding: exact, tier.accumulate: quarter, tier.bound: {bound}, attainment.includes_current: {reading}, transaction.order: date and name}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{whole transaction: {tiers: "
        "[{from: 0.00 EUR, to: 100.00 EUR, rate: 5%}, {from: 100.00 EUR, rate: 10%}]}}]}]"
    )


@mechanic(
    "The tier that the running total has reached pays on the whole record, also on the one that crosses the bound; earlier records keep their rate.",
    examples=(
        Example(
            "The record that crosses is paid at the new rate: it counts itself",
            _plan("yes"),
            _TABLES,
            "Ana | 2026-01 | 4.00 EUR\nAna | 2026-02 | 4.00 EUR\nAna | 2026-03 | 5.00 EUR",
        ),
        Example(
            "The record that crosses is paid at the old rate: only what came before it counts",
            _plan("no"),
            _TABLES,
            "Ana | 2026-01 | 4.00 EUR\nAna | 2026-02 | 2.00 EUR\nAna | 2026-03 | 5.00 EUR",
        ),
        Example(
            "Just below, on and above the bound, which belongs to the upper tier; a return falls back through it",
            _plan("yes"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 99.00 EUR | 2026-01-15\nD-2 | Ben | 100.00 EUR | 2026-01-15\nD-3 | Cho | 101.00 EUR | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-3 | 2026-02-10 | 21.00 EUR",
            },
            "Ana | 2026-01 | 4.95 EUR\nBen | 2026-01 | 10.00 EUR\nCho | 2026-01 | 10.10 EUR\nCho | 2026-02 | -1.05 EUR",
        ),
        Example(
            "The same day: with the largest first, the smaller one has crossed the bound",
            "conventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier, attainment.includes_current: yes, "
            'transaction.order: "date, largest first"}\n'
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{whole transaction: {tiers: "
            "[{from: 0.00 EUR, to: 100.00 EUR, rate: 5%}, {from: 100.00 EUR, rate: 10%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 20.00 EUR | 2026-01-15\nD-2 | Ana | 90.00 EUR | 2026-01-15",
            },
            "Ana | 2026-01 | 6.50 EUR",
            "2026-01 | D-2 | 90.00 EUR | 5% | 4.50 EUR\n2026-01 | D-1 | 20.00 EUR | 10% | 2.00 EUR",
        ),
    ),
    formula="amount of a record = its base x rate of the tier of A; A = the running total with the record, or before it",
    boundary="A value just on a bound goes by tier.bound.  A return is paid back at the rate of the tier that the running total then has.  "
    "The order of the records decides which one crosses: transaction.order.  The total begins again with each interval.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1126040.html",
        "https://oracle.hydrogen.sagittarius.connect.product.adaptavist.com/en/cloud/saas/netsuite/ns-online-help/section_N1129540.html",
        "https://helpcenter.xactlycorp.com/article/incent-concepts-how-credit-attainments-are-calculated",
    ),
    words={
        "NetSuite": "payout-only categories, stepped by transaction",
        "Xactly": "rate by credit attainment",
    },
)
@dataclass(frozen=True)
class WholeTransaction(TierTable):
    """Its tiers pay a rate, a multiple of the rate before it, or an amount for each unit."""

    pays_by = ("rate", "times", "per unit")

    def needs(self) -> tuple[str, ...]:
        return (*super().needs(), "attainment.includes_current", "transaction.order")

    def deal_by_deal(self, run: ComponentRun) -> bool:
        return True

    def read(self, lines: Lines, run: ComponentRun) -> Lines:
        times = any(t.times is not None for t in self.tiers)
        if times and not bool(lines.has_rate.all()):
            no_rate_before(self, run)
            return lines
        table = self.rungs(run.conventions)
        found = line_ladder(lines, run, table, self.where) if len(lines) else None
        if found is None:
            return lines
        interval = np.arange(len(lines)) if run.accumulate == "none" else found.interval[lines.period]
        order = in_order(lines, run, interval)
        before, after = lines.counts()[order].running(segments(lines.payee[order], interval[order]))
        stands = after if run.conventions["attainment.includes_current"] == "yes" else before
        base = lines.amount if times else lines.base * lines.share
        if run.notes is not None:
            at = found.along(lines, lines.counts(), base)
            so_far, now = restored(before, order), restored(after, order)
            running_totals(run, lines, so_far, now, at.quota, at.present, interval)
        along = replace(found.along(lines, restored(stands, order), base), by_tier=False)
        pieces = [along.piece(k, base, along.top == k) for k in range(len(along.rungs))]
        return along.settle(lines, pieces)

    def say(self, before: LineView | None, after: LineView) -> str:
        tier = tier_of(after)
        if tier is None or tier.span == "all":
            return part_words(after)
        return (
            f"By that it stands in the tier {tier.words(' of the quota')}, which pays {tier.pays} on the whole record: "
            f"{piece_words(after)}"
        )
