"""For every: each full multiple of a value earns an amount, or goods that are worth it; parts of it earn nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.ladder import ladder
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE, Piece
from reference_engine.mechanics.tier_table import returns_open, tier_below
from reference_engine.mechanics.tier_words import amount_words, earned_before_words
from reference_engine.mechanics.tiers import PayTier, Rung, number, words
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money, Quantity, format_money, format_number
from reference_engine.vocabulary.plan import Conventions


def _plan(earn: str, measure: str = "units", accumulate: str = "period", pays: str = "monthly") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}}}\n"
        f"components: [{{component: C, measure: {measure}, credits: [direct], earn: [{{for every: {earn}}}]}}]"
    )


@mechanic(
    "Every full multiple of a number of units, or of an amount, earns an amount or free goods; what is left over earns nothing.",
    examples=(
        Example(
            "One free unit worth 9.00 for every 10: 9 earn none, 10 one, 29 two",
            _plan("{every: 10, free units: 1, worth: 9.00 EUR}"),
            {
                "plan_assignments": "payee | plan | from\nAda | P | 2026-01-01\nBob | P | 2026-01-01\nCyd | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Ada | X | 9 | 2026-01-10\nS-2 | Bob | X | 10 | 2026-01-10\nS-3 | Cyd | X | 29 | 2026-01-10",
            },
            "Ada | 2026-01 | 0.00 EUR\nBob | 2026-01 | 9.00 EUR\nCyd | 2026-01 | 18.00 EUR",
        ),
        Example(
            "5.00 for every 1,000.00 of bookings of the quarter; what is left of January counts on, a return takes a multiple back",
            _plan("{every: 1000.00 EUR, pays: 5.00 EUR}", "bookings", "quarter"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,600.00 EUR | 2026-01-15\nD-2 | Ana | 400.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-03-10 | 0.01 EUR",
            },
            "Ana | 2026-01 | 5.00 EUR\nAna | 2026-02 | 5.00 EUR\nAna | 2026-03 | -5.00 EUR",
            source="https://pricefx.atlassian.net/wiki/spaces/ACC/pages/4770596031",
        ),
        Example(
            "Every order alone: 12 and 12 units are two orders without a full 20",
            _plan("{every: 20, pays: 5.00 EUR}", accumulate="none"),
            {
                "plan_assignments": "payee | plan | from\nAda | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Ada | X | 12 | 2026-01-10\nS-2 | Ada | X | 12 | 2026-01-11\nS-3 | Ada | X | 45 | 2026-02-11",
            },
            "Ada | 2026-01 | 0.00 EUR\nAda | 2026-02 | 10.00 EUR",
        ),
    ),
    formula="whole part of (A / every) x pays; free goods: x free units x worth; less what was earned before in the interval",
    boundary="Just a full multiple earns.  It is the whole part, not a proportion.  Below zero the whole part is taken towards zero.  A return "
    "may take a multiple back.  With tier.accumulate: none each record is divided alone.",
    sources=(
        "https://github.com/MicrosoftDocs/dynamics-365-unified-operations-public/blob/01e904d8b08eb143ce88b0ea3fdef6723d2b063a/articles/supply-chain/rebate-management/rebate-management-deals.md",
        "https://pricefx.atlassian.net/wiki/spaces/ACC/pages/4770596031",
    ),
    words={"Microsoft Dynamics 365": "free goods", "Pricefx": "repeating bonus", "loyalty": "buy 10 get 1"},
)
@dataclass(frozen=True)
class ForEvery(Mechanic):
    """every: an amount or a number of units.  pays: for each full multiple.

    free units: instead, how many units are free for each full multiple.  worth: what each free unit is worth.
    """

    every: Money | Quantity
    pays: Money | None = None
    free_units: Quantity | None = None
    worth: Money | None = None

    @property
    def counts_units(self) -> bool:  # type: ignore[override]
        return isinstance(self.every, Quantity)

    def needs(self) -> tuple[str, ...]:
        return ("tier.accumulate",)

    def check(self, problems: list[Problem]) -> None:
        goods = self.free_units is not None and self.worth is not None
        half = (self.free_units is None) != (self.worth is None)
        if (self.pays is None) == (not goods) or half:
            problems.append(
                Problem(
                    "tiers-pays",
                    '"for every" must say either what it pays, or how many free units and what each is worth.',
                    self.where,
                    "What a full multiple earns would be a guess.",
                    "Write  pays: 5.00 EUR  or  free units: 1, worth: 9.00 EUR",
                )
            )
        if number(self.every) <= 0:
            problems.append(
                Problem(
                    "tiers-order",
                    f"every {words(self.every)} isn't above zero.",
                    self.where,
                    remedy="State a number above zero.",
                )
            )

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        if conventions.get("tier.accumulate") == "none" and conventions.get("returns.earn") is None:
            problems.append(returns_open(self))

    def _each(self) -> Money:
        if self.pays is not None:
            return self.pays
        assert self.free_units is not None
        assert self.worth is not None
        return Money(self.free_units.value * self.worth.amount, self.worth.currency)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        each = self._each()
        below = tier_below(PayTier(self.every, None, pays=each, where=self.where))
        table = (Rung(replace(below, to=None), False),)
        found = ladder(lines, run, table, self.where)
        if found is None:
            return lines
        multiples = found.counts.times(1 / number(self.every)).rounded("down", 0)
        amount = multiples.times(each.amount)
        if self.free_units is not None:
            said = f"{format_number(self.free_units.value)} free worth {self.worth} for every {words(self.every)}"
        else:
            said = f"{each} for every {words(self.every)}"
        rule = np.full(amount.shape, run.rule(said, f"for every {words(self.every)}", self.where))
        every = np.ones(amount.shape, dtype=bool)
        return found.settle(lines, [Piece(found.counts, found.unit, None, "", amount, rule, every)])

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind == EARNED_BEFORE:
            return earned_before_words(after)
        earned = format_money(after.amount, after.currency)
        each = self._each()
        every = words(self.every) + ("" if isinstance(self.every, Money) else " units")
        times = after.amount / each.amount if each.amount else Fraction(0)
        held = amount_words(after.base, after.unit)
        if not times:
            return f"{held} {'is' if after.unit else 'are'} less than {every}, so it earns nothing."
        return f"{held} {'holds' if after.unit else 'hold'} {every} {format_number(times)} time{'' if times == 1 else 's'} in full: {format_number(times)} x {each} = {earned}."
