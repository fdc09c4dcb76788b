"""Slab sum: the fixed amounts of all tiers that are reached add up."""

from __future__ import annotations

from dataclasses import dataclass

from reference_engine.mechanics.ladder import Ladder
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import Piece
from reference_engine.mechanics.tier_table import FigureTable


def _plan(pays: str = "quarterly", accumulate: str = "period") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}, tier.bound: upper tier}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{slab sum: {tiers: "
        "[{from: 0.00 EUR, to: 1000.00 EUR, pays: 10.00 EUR}, {from: 1000.00 EUR, to: 5000.00 EUR, pays: 20.00 EUR}, {from: 5000.00 EUR, pays: 50.00 EUR}]}}]}]"
    )


@mechanic(
    "Each tier that is reached pays its fixed amount; the amounts of all of them add up.",
    examples=(
        Example(
            "6,000.00 touches three slabs: 10 + 20 + 50; the highest slab alone would be 50 (that is retroactive)",
            _plan(),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 6,000.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 80.00 EUR",
        ),
        Example(
            "Just below, on and above the bound, which belongs to the upper tier",
            _plan(),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 999.99 EUR | 2026-01-15\nD-2 | Ben | 1,000.00 EUR | 2026-01-15\nD-3 | Cho | 1,000.01 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 10.00 EUR\nBen | 2026-Q1 | 30.00 EUR\nCho | 2026-Q1 | 30.00 EUR",
        ),
        Example(
            "Monthly pay on the quarter: a new slab brings its amount once, a return of everything takes all back",
            _plan("monthly", "quarter"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 900.00 EUR | 2026-01-15\nD-2 | Ana | 200.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-10 | 900.00 EUR\nR-2 | D-2 | 2026-03-10 | 200.00 EUR",
            },
            "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | 20.00 EUR\nAna | 2026-03 | -30.00 EUR",
        ),
    ),
    formula="S(A) = sum of the amounts of all tiers that A has reached; earned in a period = S(A) - what was earned before",
    boundary="A value just on a bound goes by tier.bound, or by the parameter reached.  Nothing sold, or less than nothing, has reached no tier, "
    "not even the first.",
    sources=(
        "https://docs.oracle.com/en/industries/financial-services/banking-virtual-account/14.7.2.0.0/chgug/examples-tier-based-amount.html",
    ),
    words={"Oracle Banking": "tier based amount", "NetSuite": "fixed amount for each bracket"},
)
@dataclass(frozen=True)
class SlabSum(FigureTable):
    """Its tiers pay fixed amounts."""

    pays_by = ("pays",)

    def pieces(self, ladder: Ladder) -> list[Piece]:
        return [ladder.piece(k, ladder.base, ladder.reached(k)) for k in range(len(ladder.rungs))]
