"""Retroactive tiers: the tier reached pays on everything since the start of the interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words
from reference_engine.mechanics.measure import Matrix, accumulated, check_bounds, quota_matrix
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tiers import Tier, check, number
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent, format_money

EARNED_BEFORE = "earned before"


def _example(bound: str, pays: str) -> str:
    return (
        f"pays: quarterly\nconventions: {{rounding: exact, tier.accumulate: period, tier.bound: {bound}}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: "
        "[{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 7%}]}}]}]" + pays
    )


_PEOPLE = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR\nBen | 2026-Q1 | 100.00 EUR\nCho | 2026-Q1 | 100.00 EUR",
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 99.00 EUR | 2026-01-15\nD-2 | Ben | 100.00 EUR | 2026-01-15\nD-3 | Cho | 101.00 EUR | 2026-01-15",
}


@mechanic(
    "The highest tier reached pays its rate on the whole measure, from the first euro; what was earned before is deducted.",
    examples=(
        Example(
            "Below, on and above 100%: the bound takes the upper tier",
            _example("upper tier", ""),
            _PEOPLE,
            "Ana | 2026-Q1 | 4.95 EUR\nBen | 2026-Q1 | 7.00 EUR\nCho | 2026-Q1 | 7.07 EUR",
        ),
        Example(
            "The bound takes the lower tier",
            _example("lower tier", ""),
            _PEOPLE,
            "Ana | 2026-Q1 | 4.95 EUR\nBen | 2026-Q1 | 5.00 EUR\nCho | 2026-Q1 | 7.07 EUR",
        ),
        Example(
            "Monthly pay on a quota of a quarter: crossing the bound re-prices the earlier month",
            "pays: monthly\nconventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 7%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 80.00 EUR | 2026-01-15\nD-2 | Ana | 20.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-15 | 10.00 EUR",
            },
            "Ana | 2026-01 | 4.00 EUR\nAna | 2026-02 | 3.00 EUR\nAna | 2026-03 | -2.50 EUR",
        ),
    ),
)
@dataclass(frozen=True)
class Retroactive(Mechanic):
    """tiers: bounds as attainment (percents), or as money."""

    tiers: tuple[Tier, ...]

    def needs(self) -> tuple[str, ...]:
        return ("tier.bound", "tier.accumulate")

    def check(self, problems: list[Problem]) -> None:
        check(self.tiers, '"retroactive"', self.where, problems)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        accumulate = run.conventions["tier.accumulate"]
        interval, _ = run.intervals(accumulate)
        matrix = Matrix(lines, len(run.periods))
        measured = accumulated(matrix.sums(lines.signed_base()), interval)
        currency = matrix.currency(lines, run, lines.unit, run.component.measure)
        quota: Exact | None = None
        present = np.ones(measured.shape, dtype=bool)
        check_bounds(run, self.tiers, lines.unit, self.where)
        if isinstance(self.tiers[0].from_, Percent):
            quota, present = quota_matrix(run, matrix, measured, accumulate, currency, self.where)
        if run.problems:
            return lines
        above = run.conventions["tier.bound"] != "lower tier"
        rate = Exact.full(measured.shape, self.tiers[0].rate.value)
        rule = np.full(measured.shape, self._rule(run, self.tiers[0]))
        for tier in self.tiers[1:]:
            bound = (
                quota.times(number(tier.from_))
                if quota is not None
                else Exact.full(measured.shape, number(tier.from_))
            )
            reached = (measured >= bound if above else measured > bound) & present
            rate = Exact.where(reached, Exact.full(measured.shape, tier.rate.value), rate)
            rule = np.where(reached, self._rule(run, tier), rule)
        return due_less_earned(run, matrix, measured, rate, rule, currency, currency, interval)

    def _rule(self, run: ComponentRun, tier: Tier) -> int:
        return run.rule(f"tier {tier.label} at {tier.rate}, on everything", tier.label, tier.where)

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind == EARNED_BEFORE:
            return (
                f"{format_money(-after.amount, after.currency)} of it was earned before in the same interval."
            )
        return f"The {after.rule.words if after.rule else 'tier'} is reached: {rate_words(after)}"


def due_less_earned(
    run: ComponentRun,
    matrix: Matrix,
    base: Exact,
    rate: Exact,
    rule: Array,
    unit: Array,
    currency: Array,
    interval: Array,
) -> Lines:
    """A line of base x rate for each payee and period in which something changes, and one that deducts what was earned before."""
    due = base * rate
    payees, periods = due.shape
    prior = Exact.full((payees, periods), 0)
    if periods > 1:
        same = np.append(False, interval[1:] == interval[:-1])
        shifted = due[:, np.maximum(np.arange(periods) - 1, 0)]
        prior = Exact.where(np.broadcast_to(same, due.shape), shifted, prior)
    changed = ~due.same(prior)
    sold = np.zeros(due.shape, dtype=bool)
    sold[matrix.row, np.arange(periods)[matrix.period]] = True
    r, t = np.nonzero(changed | sold)
    first = Lines.plain(
        matrix.payees[r],
        t,
        due[r, t],
        currency[r],
        rule=rule[r, t],
        base=base[r, t],
        unit=unit[r],
        rate=rate[r, t],
    )
    r2, t2 = np.nonzero((changed | sold) & (prior.num != 0))
    before = run.rule("earned before in the same interval", EARNED_BEFORE)
    second = Lines.plain(
        matrix.payees[r2], t2, -prior[r2, t2], currency[r2], kind=EARNED_BEFORE, rule=np.full(len(r2), before)
    )
    return Lines.joined([first, second]) if len(r2) else first
