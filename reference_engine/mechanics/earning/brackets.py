"""Brackets: each line's own base picks a tier, and the tier's rate pays on the whole base."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words, rated
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tiers import Tier, check, number
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money, format_money
from reference_engine.vocabulary.plan import Conventions

GAP = "between the brackets: nothing"


@mechanic(
    "The amount of each line picks one bracket, whose rate pays on the whole amount.  Nothing adds up over lines.",
    examples=(
        Example(
            "Whole-number bounds with gaps: 500.50 lies between two brackets",
            "conventions: {rounding: exact, tier.bound: both ends inclusive, tier.gap: earns nothing, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{brackets: {tiers: "
            "[{from: 0.00 EUR, to: 500.00 EUR, rate: 1%}, {from: 501.00 EUR, to: 2000.00 EUR, rate: 2%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 500.00 EUR | 2026-01-15\nD-2 | Ana | 500.50 EUR | 2026-02-15\n"
                "D-3 | Ana | 501.00 EUR | 2026-03-15\nD-4 | Ana | 2,001.00 EUR | 2026-04-15",
            },
            "Ana | 2026-01 | 5.00 EUR\nAna | 2026-02 | 0.00 EUR\nAna | 2026-03 | 10.02 EUR\nAna | 2026-04 | 0.00 EUR",
        ),
        Example(
            "Shared bounds: 500.00 takes the upper bracket",
            "conventions: {rounding: exact, tier.bound: upper tier, tier.gap: earns nothing, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{brackets: {tiers: "
            "[{from: 0.00 EUR, to: 500.00 EUR, rate: 1%}, {from: 500.00 EUR, rate: 2%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 499.00 EUR | 2026-01-15\nD-2 | Ana | 500.00 EUR | 2026-02-15\nD-3 | Ana | 501.00 EUR | 2026-03-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-04-10 | 500.00 EUR",
            },
            "Ana | 2026-01 | 4.99 EUR\nAna | 2026-02 | 10.00 EUR\nAna | 2026-03 | 10.02 EUR\nAna | 2026-04 | -10.00 EUR",
        ),
    ),
)
@dataclass(frozen=True)
class Brackets(Mechanic):
    """tiers: bounds in money.  With both ends inclusive, bounds are written as printed and may leave gaps."""

    tiers: tuple[Tier, ...]

    def needs(self) -> tuple[str, ...]:
        return ("tier.bound", "tier.gap", "returns.earn")

    def check(self, problems: list[Problem]) -> None:
        if not all(isinstance(t.from_, Money) for t in self.tiers):
            problems.append(
                Problem(
                    "tiers-kind",
                    "the bounds of brackets must be amounts of money.",
                    self.where,
                    remedy="Write 500.00 EUR.",
                )
            )

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        if conventions.get("tier.bound") is None:
            # Whether bounds may leave gaps depends on the answer, which is asked for already.
            return
        inclusive = conventions["tier.bound"] == "both ends inclusive"
        check(self.tiers, '"brackets"', self.where, problems, shared_bounds=not inclusive, open_top=False)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        currencies = {t.from_.currency for t in self.tiers if isinstance(t.from_, Money)}
        wrong = sorted(set(lines.unit.tolist()) - currencies)
        if wrong:
            run.problem(
                "currency-mixed",
                f"the brackets are in {', '.join(currencies)}, and lines are in {wrong[0]}.",
                self.where,
                "They can't be compared.",
                "State the plan's currency, and exchange rates.",
            )
            return lines
        bound = run.conventions["tier.bound"]
        rate = Exact.full(len(lines), 0)
        rule = np.full(len(lines), run.rule(GAP, where=self.where))
        for position, tier in enumerate(self.tiers):
            low = Exact.full(len(lines), number(tier.from_))
            # The outer bounds belong to their tier; the convention is about bounds that two tiers share.
            inside = lines.base > low if bound == "lower tier" and position else lines.base >= low
            if tier.to is not None:
                high = Exact.full(len(lines), number(tier.to))
                shares = position + 1 < len(self.tiers) and self.tiers[position + 1].from_ == tier.to
                inside &= lines.base < high if bound == "upper tier" and shares else lines.base <= high
            rate = Exact.where(inside, Exact.full(len(lines), tier.rate.value), rate)
            rule = np.where(inside, run.rule(f"bracket {tier.label} at {tier.rate}", where=tier.where), rule)
        return rated(lines, rate, rule)

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rule is not None and after.rule.words == GAP:
            return f"{format_money(after.base, after.unit)} lies in no bracket, so the line earns nothing."
        return f"{format_money(after.base, after.unit)} lies in the {after.rule.words if after.rule else 'bracket'}: {rate_words(after)}"
