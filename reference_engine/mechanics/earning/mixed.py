"""Mixed tiers: each tier says whether it pays on everything or only on what is above its bound."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.mechanics.ladder import Ladder
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import Piece
from reference_engine.mechanics.tier_table import FigureTable
from reference_engine.mechanics.tiers import PayTier

_PEOPLE = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01\nDee | P | 2026-01-01",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR\nBen | 2026-Q1 | 100.00 EUR\nCho | 2026-Q1 | 100.00 EUR\nDee | 2026-Q1 | 100.00 EUR",
}


def _plan(pays: str = "quarterly", accumulate: str = "period", bound: str = "upper tier") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}, tier.bound: {bound}}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{mixed: {tiers: "
        "[{from: 0%, to: 50%, rate: 5%, on: everything}, {from: 50%, to: 100%, rate: 10%, on: everything}, {from: 100%, rate: 15%, on: what is above}]}}]}]"
    )


@dataclass(frozen=True, slots=True)
class MixedTier(PayTier):
    """on: everything from the first sale, or only what is above the tier's lower bound."""

    on: Literal["everything", "what is above"] = field(kw_only=True)


@mechanic(
    "Each tier says for itself whether reaching it re-prices everything from the first sale or pays only what comes on top.",
    examples=(
        Example(
            "Half the rate below 50%, the full rate back to the first deal from 50%, 1.5 times the rate only above 100%",
            _plan(),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 40.00 EUR | 2026-01-15\nD-2 | Ben | 50.00 EUR | 2026-01-15\n"
                "D-3 | Cho | 100.00 EUR | 2026-01-15\nD-4 | Dee | 120.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 2.00 EUR\nBen | 2026-Q1 | 5.00 EUR\nCho | 2026-Q1 | 10.00 EUR\nDee | 2026-Q1 | 13.00 EUR",
            "2026-Q1 | up to 50% | 40.00 EUR | 5% | 2.00 EUR\n2026-Q1 | 50% to 100% | 250.00 EUR | 10% | 25.00 EUR\n2026-Q1 | above 100% | 20.00 EUR | 15% | 3.00 EUR",
            source="https://comp.quotapath.com:443/account-executive/accelerators-decelerators",
        ),
        Example(
            "Just below, on and above 50%, which belongs to the lower tier",
            _plan(bound="lower tier"),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 49.00 EUR | 2026-01-15\nD-2 | Ben | 50.00 EUR | 2026-01-15\nD-3 | Cho | 51.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 2.45 EUR\nBen | 2026-Q1 | 2.50 EUR\nCho | 2026-Q1 | 5.10 EUR",
        ),
        Example(
            "Monthly: the decelerator is released in the month that reaches 50%; a return below 50% takes it back",
            _plan("monthly", "quarter"),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 40.00 EUR | 2026-01-15\nD-2 | Ana | 80.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-03-15 | 80.00 EUR",
            },
            "Ana | 2026-01 | 2.00 EUR\nAna | 2026-02 | 11.00 EUR\nAna | 2026-03 | -11.00 EUR",
        ),
    ),
    formula="with j the highest tier reached that pays on everything: F(A) = rate j x A up to the end of tier j + the slices of the tiers above j",
    boundary="A value just on a bound goes by tier.bound, or by the parameter reached.  Below zero the first tier goes on.  A return may lose "
    "a tier, for what was sold before as well where the tier pays on everything.",
    sources=(
        "https://comp.quotapath.com:443/account-executive/accelerators-decelerators",
        "https://comp.quotapath.com/account-executive/accelerators-cliff",
    ),
    words={
        "QuotaPath": "decelerator released from the first dollar, cliff",
        "Varicent": "accelerator and decelerator",
    },
)
@dataclass(frozen=True)
class Mixed(FigureTable):
    """Its tiers pay a rate, a multiple of what was earned before it in the list, or an amount for each unit."""

    pays_by = ("rate", "times", "per unit")

    tiers: tuple[MixedTier, ...]

    def pieces(self, ladder: Ladder) -> list[Piece]:
        start = np.zeros(ladder.counts.shape, dtype=np.int64)
        for position, rung in enumerate(ladder.rungs):
            if isinstance(rung.tier, MixedTier) and rung.tier.on == "everything":
                start = np.where(ladder.reached(position), position, start)
        nothing = Exact.full(ladder.counts.shape, 0)
        out: list[Piece] = []
        below = nothing
        for position in range(len(ladder.rungs)):
            inside = ladder.within(position)
            below = below + inside
            whole = start == position
            above = (start < position) & ladder.reached(position)
            counted = Exact.where(whole, below, Exact.where(above, inside, nothing))
            piece = ladder.piece(position, ladder.spread(counted), whole | above, ", on what lies in it")
            everything = ladder.rule(position, ", on everything")
            to_its_end = ladder.rule(position, ", on everything up to its end")
            rule = np.where(whole, np.where(ladder.top == position, everything, to_its_end), piece.rule)
            out.append(replace(piece, rule=rule))
        return out
