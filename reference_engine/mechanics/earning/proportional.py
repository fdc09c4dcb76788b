"""Proportional sum: the tiers passed pay in full, the tier reached pays in proportion; what they pay adds up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell_cells, tell_lines
from reference_engine.mechanics.ladder import Ladder
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE, Piece
from reference_engine.mechanics.tier_table import TierTable
from reference_engine.mechanics.tier_words import TierSaid, earned_before_words, piece_words
from reference_engine.mechanics.tiers import PayTier, check, number
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import format_money, format_percent
from reference_engine.vocabulary.plan import Conventions

_PERCENTS = (
    "[{from: 0.00 USD, to: 1000.00 USD, rate: 1%}, {from: 1000.00 USD, to: 5000.00 USD, rate: 2%}, "
    "{from: 5000.00 USD, to: 10000.00 USD, rate: 3%}, {from: 10000.00 USD, to: 1000000.00 USD, rate: 0%}]"
)
_AMOUNTS = "[{from: 0.00 USD, to: 1000.00 USD, pays: 100.00 USD}, {from: 1000.00 USD, to: 3000.00 USD, pays: 300.00 USD}]"


def _plan(tiers: str, accumulate: str, pays: str = "quarterly") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}, returns.earn: mirror}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{proportional: {{tiers: {tiers}}}}}]}}]"
    )


@mechanic(
    "Tiers that are passed count in full and the tier reached in proportion to how far it is filled; the sum of what they pay is the rate, or the amount.",
    examples=(
        Example(
            "A table of percents: all of the first tier and a quarter of the second make 1% + 0.5%, of 2,000.00",
            _plan(_PERCENTS, "none"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 2,000.00 USD | 2026-01-15",
            },
            "Ana | 2026-Q1 | 30.00 USD",
            source="https://docs.oracle.com/en/cloud/saas/readiness/sales/24b/salm-24b/24B-spm-wn-f31649.htm",
        ),
        Example(
            "A table of amounts: below, on and above the bound, and beyond the last tier",
            _plan(_AMOUNTS, "none"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01\nDee | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 500.00 USD | 2026-01-15\nD-2 | Ben | 1,000.00 USD | 2026-01-15\n"
                "D-3 | Cho | 2,000.00 USD | 2026-01-15\nD-4 | Dee | 9,000.00 USD | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 100.00 USD",
            },
            "Ana | 2026-Q1 | 40.00 USD\nBen | 2026-Q1 | 100.00 USD\nCho | 2026-Q1 | 250.00 USD\nDee | 2026-Q1 | 400.00 USD",
        ),
        Example(
            "Accumulated over the quarter: each month brings what the sum has grown; below zero nothing is earned",
            _plan(_AMOUNTS, "quarter", "monthly"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 USD | 2026-01-15\nD-2 | Ana | 1,000.00 USD | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-10 | 1,000.00 USD\nR-2 | D-2 | 2026-03-10 | 1,500.00 USD",
            },
            "Ana | 2026-01 | 100.00 USD\nAna | 2026-02 | 150.00 USD\nAna | 2026-03 | -250.00 USD",
        ),
    ),
    formula="P(A) = sum over the tiers of what the tier pays x (part of A in the tier / width of the tier); with percents earned = P(A) x base",
    boundary="A value just on a bound pays the same from both sides.  Below zero P is zero.  Above the last tier every tier counts in full.  "
    "A tier without an end has no width, so the last must end.",
    sources=(
        "https://docs.oracle.com/cd/G11809_01/trans/F77870-03/examples-of-calculating-earnings-using-interpolated-rates.html",
        "https://docs.oracle.com/en/cloud/saas/readiness/sales/24b/salm-24b/24B-spm-wn-f31649.htm",
        "https://support.oracle.com/knowledge/Oracle%20Cloud/2719192_1.html",
    ),
    words={"Oracle Fusion": "proportional split, interpolated rates"},
)
@dataclass(frozen=True)
class Proportional(TierTable):
    """Its tiers pay a rate, which still has to be multiplied by the base, or an amount, which is paid as it is."""

    pays_by = ("rate", "pays")
    bound_matters = False

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        super().check_under(conventions, problems)
        if self.tiers and self.tiers[-1].to is None:
            problems.append(
                Problem(
                    "proportional-open",
                    'the last tier of "proportional" has no end.',
                    self.tiers[-1].where,
                    "How far a value fills a tier without an end can't be said.",
                    'Fill its "to"; above it every tier counts in full.',
                )
            )

    def check_table(self, conventions: Conventions, problems: list[Problem], both: bool, gaps: bool) -> None:
        check(
            self.tiers,
            f'"{self.name}"',
            self.where,
            problems,
            shared_bounds=not both,
            gaps=gaps,
            open_top=False,
        )

    def read(self, lines: Lines, run: ComponentRun) -> Lines:
        found = self.ladder(lines, run)
        if found is None:
            return lines
        self.tell(found, run)
        self._tell_shares(found, lines)
        return found.settle(lines, self.pieces(found))

    def _shares(self, ladder: Ladder) -> Iterator[tuple[PayTier, Exact]]:
        """What each tier brings: of its rate or amount the part to which it is filled."""
        shape = ladder.counts.shape
        nothing = Exact.full(shape, 0)
        for position, rung in enumerate(ladder.rungs):
            tier = rung.tier
            if tier.to is None:
                continue
            width = number(tier.to) - number(tier.from_)
            inside = ladder.within(position).maximum(nothing)
            if ladder.quota is None:
                part = inside.times(tier.value / width)
            else:
                safe = Exact.where(ladder.present, ladder.quota, Exact.full(shape, 1))
                share = inside.over(safe).times(tier.value / width)
                part = Exact.where(ladder.present, share, nothing)
            yield tier, part

    def pieces(self, ladder: Ladder) -> list[Piece]:
        shape = ladder.counts.shape
        total = Exact.full(shape, 0)
        for _, part in self._shares(ladder):
            total = total + part
        rule = np.full(shape, ladder.run.rule("the tiers in proportion", "in proportion", self.where))
        every = np.ones(shape, dtype=bool)
        if self.tiers[0].kind == "pays":
            # What a record takes back has a count above zero and a sign of its own.
            return [Piece(ladder.counts, ladder.unit, None, "", total, rule, every)]
        rounding = ladder.run.conventions.round_at("rate")
        if rounding is not None:
            total = total.rounded(rounding.mode, rounding.decimals + 2)
        return [Piece(ladder.base, ladder.unit, total, "", ladder.base * total, rule, every)]

    def _tell_shares(self, ladder: Ladder, lines: Lines) -> None:
        """What each tier brings, for whoever explains it: all of it where it is passed, else its part."""
        run = ladder.run
        if run.notes is None:
            return
        shares = list(self._shares(ladder))

        def words(at: tuple[int, ...]) -> str:
            found: list[str] = []
            for tier, part in shares:
                value = part[at[0]].at(at[1]) if len(at) > 1 else part.at(at[0])
                if not value:
                    continue
                name = format_money(value, tier.currency) if tier.currency else format_percent(value)
                whole = "all" if value == tier.value else "a part"
                of = TierSaid(tier.label, "", "").words(" of the quota" if ladder.quota is not None else "")
                found.append(f"{name} for {whole} of the tier {of}")
            return f"It fills the tiers in turn: {', '.join(found)}." if found else "It reaches into no tier."

        if ladder.matrix is not None:
            tell_cells(run, ladder.matrix, lambda row, t: words((row, t)))
            return
        tell_lines(run, lines, lambda line: words((line,)))

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind == EARNED_BEFORE:
            return earned_before_words(after)
        return f"Together they earn {piece_words(after)}"
