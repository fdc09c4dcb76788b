"""Single target: all or nothing at one target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import attained, during, tell_cells
from reference_engine.mechanics.ladder import ladder
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_table import REACHED, tier_below
from reference_engine.mechanics.tier_words import amount_words, earned_before_words, piece_words
from reference_engine.mechanics.tiers import PayTier, check_pays, rungs, words
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money, Percent, Quantity

_THREE = "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01"


def _plan(target: str, pays: str = "quarterly", accumulate: str = "period") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{single target: {target}}}]}}]"
    )


@mechanic(
    "One target: whoever reaches it earns an amount, or a percentage of everything; whoever doesn't earns nothing.",
    examples=(
        Example(
            "Just below, on and above the target, where at least the target is asked for",
            _plan("{target: 100000.00 EUR, reached: at least, pays: 1000.00 EUR}"),
            {
                "plan_assignments": _THREE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 90,000.00 EUR | 2026-01-15\nD-2 | Ben | 100,000.00 EUR | 2026-01-15\nD-3 | Cho | 110,000.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 0.00 EUR\nBen | 2026-Q1 | 1,000.00 EUR\nCho | 2026-Q1 | 1,000.00 EUR",
            source="https://pricefx.atlassian.net/wiki/spaces/ACC/pages/5933793826/Rebate+Types+Reference+Rebate+Management",
        ),
        Example(
            "The same, where more than the target is asked for",
            _plan("{target: 100000.00 EUR, reached: more than, pays: 1000.00 EUR}"),
            {
                "plan_assignments": _THREE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 90,000.00 EUR | 2026-01-15\nD-2 | Ben | 100,000.00 EUR | 2026-01-15\nD-3 | Cho | 110,000.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 0.00 EUR\nBen | 2026-Q1 | 0.00 EUR\nCho | 2026-Q1 | 1,000.00 EUR",
        ),
        Example(
            "5% of all purchases of the year, once a million is reached; a return below it takes everything back",
            _plan("{target: 1000000.00 USD, reached: at least, rate: 5%}", "monthly", "year"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 700,000.00 USD | 2026-01-15\nD-2 | Ana | 500,000.00 USD | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-15 | 200,000.01 USD",
            },
            "Ana | 2026-01 | 0.00 USD\nAna | 2026-02 | 60,000.00 USD\nAna | 2026-03 | -60,000.00 USD",
            source="https://nicsystemsinc.feedbear.com/boards/ideas/posts/volume-based-rebates",
        ),
    ),
    formula="pays, or rate x A, or per unit x A, where A reaches the target; else 0; earned in a period = that - what was earned before",
    boundary="A value just on the target goes by the parameter reached, or by tier.bound.  A return below the target takes everything back.",
    sources=(
        "https://pricefx.atlassian.net/wiki/spaces/ACC/pages/5933793826/Rebate+Types+Reference+Rebate+Management",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign20.html",
        "https://claimds.com/docs/growth-and-target-rebates",
    ),
    words={
        "Pricefx": "single target",
        "Siebel": "hurdle with its operator",
        "ClaimDS": "target achievement",
    },
)
@dataclass(frozen=True)
class SingleTarget(Mechanic):
    """target: an amount, units, or a percentage of the quota.  pays: a fixed amount.  rate: instead, of the base.
    per unit: instead, an amount for each unit.

    reached: at least, or more than; the convention tier.bound where it isn't said.
    """

    target: Money | Percent | Quantity
    pays: Money | None = None
    rate: Percent | None = None
    per_unit: Money | None = None
    reached: Literal["at least", "more than"] | None = None

    @property
    def counts_units(self) -> bool:  # type: ignore[override]
        return isinstance(self.target, Quantity) or self.per_unit is not None

    def needs(self) -> tuple[str, ...]:
        return ("tier.accumulate",) if self.reached is not None else ("tier.bound", "tier.accumulate")

    def _tier(self) -> PayTier:
        return PayTier(self.target, None, self.rate, None, self.pays, self.per_unit, where=self.where)

    def check(self, problems: list[Problem]) -> None:
        check_pays((self._tier(),), '"single target"', self.where, ("pays", "rate", "per unit"), problems)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        tier = self._tier()
        bound = REACHED.get(self.reached or "", run.conventions.get("tier.bound") or "")
        below = tier_below(tier)
        found = ladder(lines, run, rungs((below, tier), bound, ""), self.where)
        if found is None:
            return lines
        position, intervals = run.intervals("period" if run.accumulate == "none" else run.accumulate)
        if found.matrix is not None and found.quota is not None:
            attained(run, found.matrix, found.counts, found.quota, found.present, found.unit, run.accumulate)
        elif found.matrix is not None:
            tell_cells(
                run,
                found.matrix,
                lambda row, t: (
                    f"{during(intervals[int(position[t])], run.periods[t])}, "
                    f"{amount_words(found.counts[row].at(t), str(found.unit[row]))} counts."
                ),
            )
        return found.settle(lines, [found.piece(k, found.base, found.top == k) for k in (0, 1)])

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind:
            return earned_before_words(after)
        if after.amount == 0:
            return f"The target of {words(self.target)} isn't reached, so nothing is earned."
        return f"The target of {words(self.target)} is reached: {piece_words(after)}"
