"""Total: every tier that is reached pays on the whole value."""

from __future__ import annotations

from dataclasses import dataclass

from reference_engine.mechanics.ladder import Ladder
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import Piece
from reference_engine.mechanics.tier_table import FigureTable


def _plan(pays: str = "quarterly", accumulate: str = "period") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}, tier.bound: upper tier}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{total: {tiers: "
        "[{from: 0.00 EUR, to: 1000.00 EUR, rate: 10%}, {from: 1000.00 EUR, rate: 25%}]}}]}]"
    )


@mechanic(
    "Every tier that is reached pays its rate on the whole measure; the rates add up.",
    examples=(
        Example(
            "10% and 25% on all of 2,000.00",
            _plan(),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 2,000.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 700.00 EUR",
            "2026-Q1 | up to 1,000.00 EUR | 2,000.00 EUR | 10% | 200.00 EUR\n2026-Q1 | above 1,000.00 EUR | 2,000.00 EUR | 25% | 500.00 EUR",
            source="https://github.com/MicrosoftDocs/dynamics-365-unified-operations-public/blob/01e904d8b08eb143ce88b0ea3fdef6723d2b063a/articles/supply-chain/rebate-management/rebate-management-deals.md",
        ),
        Example(
            "Just below, on and above the bound, which belongs to the upper tier",
            _plan(),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 999.00 EUR | 2026-01-15\nD-2 | Ben | 1,000.00 EUR | 2026-01-15\nD-3 | Cho | 1,001.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 99.90 EUR\nBen | 2026-Q1 | 350.00 EUR\nCho | 2026-Q1 | 350.35 EUR",
        ),
        Example(
            "Monthly pay on the quarter: the second month brings the difference, a return takes the upper tier away again",
            _plan("monthly", "quarter"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 600.00 EUR | 2026-01-15\nD-2 | Ana | 600.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-03-10 | 300.00 EUR",
            },
            "Ana | 2026-01 | 60.00 EUR\nAna | 2026-02 | 360.00 EUR\nAna | 2026-03 | -330.00 EUR",
        ),
    ),
    formula="T(A) = A x the sum of the rates of all tiers that A has reached; earned in a period = T(A) - what was earned before",
    boundary="A value just on a bound goes by tier.bound, or by the parameter reached.  Below zero only the first tier counts.  A return may "
    "lose a tier, for what was sold before as well.",
    sources=(
        "https://github.com/MicrosoftDocs/dynamics-365-unified-operations-public/blob/01e904d8b08eb143ce88b0ea3fdef6723d2b063a/articles/supply-chain/rebate-management/rebate-management-deals.md",
    ),
    words={"Microsoft Dynamics 365": "total"},
)
@dataclass(frozen=True)
class Total(FigureTable):
    """Its tiers pay a rate, a multiple of what was earned before it in the list, or an amount for each unit."""

    pays_by = ("rate", "times", "per unit")

    def pieces(self, ladder: Ladder) -> list[Piece]:
        return [
            ladder.piece(k, ladder.base, ladder.reached(k), more=", on everything")
            for k in range(len(ladder.rungs))
        ]
