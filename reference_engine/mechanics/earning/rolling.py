"""Rolling: every tier that is reached pays; the highest on the whole value, those below it up to their own end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reference_engine.columns import Exact
from reference_engine.mechanics.ladder import Ladder
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import Piece
from reference_engine.mechanics.tier_table import FigureTable
from reference_engine.mechanics.tiers import number

_D365 = (
    "https://github.com/MicrosoftDocs/dynamics-365-unified-operations-public/blob/01e904d8b08eb143ce88b0ea3fdef6723d2b063a/"
    "articles/supply-chain/rebate-management/rebate-management-deals.md"
)


def _plan(pays: str = "quarterly", accumulate: str = "period") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}, tier.bound: upper tier}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{rolling: {tiers: "
        "[{from: 0.00 EUR, to: 1000.00 EUR, rate: 10%}, {from: 1000.00 EUR, rate: 25%}]}}]}]"
    )


@mechanic(
    "Every tier that is reached pays: the highest on the whole measure, the ones below it on the measure up to their own end.",
    examples=(
        Example(
            "10% of 1,000.00 and 25% of all 2,000.00",
            _plan(),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 2,000.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 600.00 EUR",
            "2026-Q1 | up to 1,000.00 EUR | 1,000.00 EUR | 10% | 100.00 EUR\n2026-Q1 | above 1,000.00 EUR | 2,000.00 EUR | 25% | 500.00 EUR",
            source=_D365,
        ),
        Example(
            "Just below, on and above the bound, which belongs to the upper tier",
            _plan(),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 999.00 EUR | 2026-01-15\nD-2 | Ben | 1,000.00 EUR | 2026-01-15\nD-3 | Cho | 1,001.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 99.90 EUR\nBen | 2026-Q1 | 350.00 EUR\nCho | 2026-Q1 | 350.25 EUR",
        ),
        Example(
            "Monthly pay on the quarter: the second month brings the difference, a return takes the upper tier away again",
            _plan("monthly", "quarter"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 600.00 EUR | 2026-01-15\nD-2 | Ana | 600.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-03-10 | 300.00 EUR",
            },
            "Ana | 2026-01 | 60.00 EUR\nAna | 2026-02 | 340.00 EUR\nAna | 2026-03 | -310.00 EUR",
        ),
    ),
    formula="R(A) = rate of the highest tier reached x A + sum over the tiers below it of rate x their upper end",
    boundary="A value just on a bound goes by tier.bound, or by the parameter reached.  Below zero only the first tier counts.  The tiers "
    "overlap on purpose: a part of the value is paid twice.",
    sources=(_D365,),
    words={"Microsoft Dynamics 365": "rolling"},
)
@dataclass(frozen=True)
class Rolling(FigureTable):
    """Its tiers pay a rate, or an amount for each unit."""

    pays_by = ("rate", "per unit")

    def pieces(self, ladder: Ladder) -> list[Piece]:
        out: list[Piece] = []
        for position, rung in enumerate(ladder.rungs):
            highest = ladder.top == position
            counted = ladder.counts
            if rung.tier.to is not None:
                counted = Exact.where(highest, counted, counted.minimum(ladder.bound(number(rung.tier.to))))
            piece = ladder.piece(
                position, ladder.spread(counted), ladder.reached(position), ", on everything"
            )
            below = ladder.rule(position, ", on everything up to its end")
            out.append(replace(piece, rule=np.where(highest, piece.rule, below)))
        return out
