"""Excess over quota: what is sold above the quota is paid, or picks the tier that pays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.ladder import Ladder, ladder
from reference_engine.mechanics.measure import check_bounds
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE, Piece
from reference_engine.mechanics.tier_table import TierTable
from reference_engine.mechanics.tier_words import earned_before_words, piece_words, reached_words
from reference_engine.mechanics.tiers import PayTier, Rung
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent
from reference_engine.vocabulary.plan import Conventions

_PEOPLE = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 11,000.00 EUR\nBen | 2026-Q1 | 15,000.00 EUR\nCho | 2026-Q1 | 15,000.00 EUR",
}


def _plan(earn: str, pays: str = "quarterly", accumulate: str = "period") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}, tier.bound: upper tier}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{excess over quota: {earn}}}]}}]"
    )


@mechanic(
    "Only what is above the quota counts: it is paid at a rate, or it picks a tier that pays on the excess or on everything.",
    examples=(
        Example(
            "10% of what is above the quota; below it and just on it nothing",
            _plan("{rate: 10%, on: the excess}"),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 12,000.00 EUR | 2026-01-15\nD-2 | Ben | 13,000.00 EUR | 2026-01-15\nD-3 | Cho | 15,000.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 100.00 EUR\nBen | 2026-Q1 | 0.00 EUR\nCho | 2026-Q1 | 0.00 EUR",
            source="https://github.com/Pragmatists/bonus-calculator-java",
        ),
        Example(
            "The excess picks the tier, which pays on everything: 1,000.00 above is just on the second",
            _plan(
                "{on: everything, tiers: [{from: 0.00 EUR, to: 1000.00 EUR, rate: 1%}, {from: 1000.00 EUR, rate: 2%}]}"
            ),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 12,000.00 EUR | 2026-01-15\nD-2 | Ben | 15,500.00 EUR | 2026-01-15\nD-3 | Cho | 14,000.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 240.00 EUR\nBen | 2026-Q1 | 155.00 EUR\nCho | 2026-Q1 | 0.00 EUR",
        ),
        Example(
            "Monthly pay on the quarter's quota; a return takes back what it had brought above the quota",
            _plan("{rate: 10%, on: the excess}", "monthly", "quarter"),
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 10,000.00 EUR | 2026-01-15\nD-2 | Ana | 3,000.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-15 | 500.00 EUR",
            },
            "Ana | 2026-01 | 0.00 EUR\nAna | 2026-02 | 200.00 EUR\nAna | 2026-03 | -50.00 EUR",
        ),
    ),
    formula="E = max(0, A - quota); earned = rate x E; or the rate of the tier that E has reached x E, or x A; less what was earned before",
    boundary="Just on the quota the excess is zero: with a rate nothing is earned, and tiers pay only where something is above the quota.  "
    "A value just on a bound of the tiers goes by tier.bound.  A return lowers the excess.",
    sources=(
        "https://support.oracle.com/knowledge/Oracle%20E-Business%20Suite/417111_1.html",
        "https://github.com/Pragmatists/bonus-calculator-java",
    ),
    words={"Oracle E-Business Suite": "excess over quota", "Siebel": "amount over quota"},
)
@dataclass(frozen=True)
class ExcessOverQuota(TierTable):
    """rate: of the excess, where there is one rate only.  tiers: bounds of the excess in money or units.  on: what is paid on."""

    tiers: tuple[PayTier, ...] = ()
    rate: Percent | None = None
    on: Literal["the excess", "everything"] = "the excess"

    pays_by = ("rate", "pays", "per unit")

    def needs(self) -> tuple[str, ...]:
        return super().needs() if self.tiers else ("tier.accumulate",)

    def check(self, problems: list[Problem]) -> None:
        if (self.rate is None) == (not self.tiers):
            problems.append(
                Problem(
                    "tiers-pays",
                    '"excess over quota" must say either its rate or its tiers.',
                    self.where,
                    "What the excess earns would be a guess.",
                    "Write  rate: 10%  or  tiers: [...]",
                )
            )
        if self.tiers and any(isinstance(t.from_, Percent) for t in self.tiers):
            problems.append(
                Problem(
                    "tiers-kind",
                    "the bounds of an excess must be amounts of money or units.",
                    self.where,
                    remedy="For percents of the quota take marginal or retroactive.",
                )
            )
        if self.tiers:
            super().check(problems)

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        if self.tiers:
            super().check_under(conventions, problems)

    def ladder(self, lines: Lines, run: ComponentRun) -> Ladder | None:
        all_, none = Percent(Fraction(1)), Percent(Fraction(0))
        by_quota = (
            Rung(PayTier(none, all_, rate=none, where=self.where), False),
            Rung(PayTier(all_, None, rate=self.rate or none, where=self.where), False),
        )
        found = ladder(lines, run, by_quota, self.where)
        if found is None or found.quota is None:
            return None
        super().tell(found, run)
        nothing = Exact.full(found.counts.shape, 0)
        excess = Exact.where(found.present, (found.counts - found.quota).maximum(nothing), nothing)
        if not self.tiers:
            return replace(found, counts=excess, base=found.base if self.on == "everything" else excess)
        check_bounds(run, self.tiers, lines.unit, self.where)
        if run.problems:
            return None
        whole = self.on == "everything"
        return replace(
            found,
            rungs=self.rungs(run.conventions),
            counts=excess,
            base=found.base if whole else excess,
            quota=None,
            present=np.ones(excess.shape, dtype=bool),
        )

    def tell(self, ladder: Ladder, run: ComponentRun) -> None:
        """The attainment is kept already, before the excess is taken for what counts."""

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind == EARNED_BEFORE:
            return earned_before_words(after)
        if not after.amount and not after.base:
            return "Nothing is above the quota, so nothing is earned."
        if not self.tiers:
            what = (
                "What is above the quota is"
                if self.on == "the excess"
                else "The quota is passed, so everything is"
            )
            return f"{what} paid at {self.rate}: {piece_words(after)}"
        return reached_words(after, what="With what is above the quota the tier")

    def pieces(self, ladder: Ladder) -> list[Piece]:
        above = ladder.counts.num > 0
        if not self.tiers:
            return [ladder.piece(1, ladder.base, above, more=f", on {self.on}")]
        return [
            ladder.piece(k, ladder.base, above & (ladder.top == k), more=f", on {self.on}")
            for k in range(len(ladder.rungs))
        ]
