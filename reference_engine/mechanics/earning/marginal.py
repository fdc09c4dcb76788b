"""Marginal tiers: each slice of what a payee sells is paid at the rate of its own tier."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words
from reference_engine.mechanics.measure import Matrix, accumulated, check_bounds, quota_matrix
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tiers import Tier, check, number
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent

_TIERS = "[{from: 0%, to: 100%, rate: 8%}, {from: 100%, to: 120%, rate: 12%}, {from: 120%, rate: 15%}]"
_PLAN = (
    "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period}\n"
    f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{marginal: {{tiers: {_TIERS}}}}}]}}]"
)
_PEOPLE = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 100,000.00 EUR",
}


@mechanic(
    "Each slice of the measure is paid at the rate of its own tier, deal by deal; a deal that crosses a bound is divided.",
    examples=(
        Example(
            "130% of quota, in two deals",
            _PLAN,
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 60,000.00 EUR | 2026-01-15\nD-2 | Ana | 70,000.00 EUR | 2026-03-20",
            },
            "Ana | 2026-Q1 | 11,900.00 EUR",
            "2026-Q1 | up to 100% | 100,000.00 EUR | 8% | 8,000.00 EUR\n2026-Q1 | 100% to 120% | 20,000.00 EUR | 12% | 2,400.00 EUR\n"
            "2026-Q1 | above 120% | 10,000.00 EUR | 15% | 1,500.00 EUR",
        ),
        Example(
            "A return is taken back from the top tier reached",
            _PLAN,
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 110,000.00 EUR | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-15 | 20,000.00 EUR",
            },
            "Ana | 2026-Q1 | 7,200.00 EUR",
        ),
    ),
)
@dataclass(frozen=True)
class Marginal(Mechanic):
    """tiers: bounds as attainment (percents), as money, or as units; they share their bounds."""

    tiers: tuple[Tier, ...]

    def needs(self) -> tuple[str, ...]:
        return ("tier.accumulate",)

    def check(self, problems: list[Problem]) -> None:
        check(self.tiers, '"marginal"', self.where, problems)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        accumulate = run.conventions["tier.accumulate"]
        interval, _ = run.intervals(accumulate)
        values = lines.signed_base()
        quota: Exact | None = None
        has_quota = np.ones(len(lines), dtype=bool)
        if not check_bounds(run, self.tiers, lines.unit, self.where):
            return lines
        if isinstance(self.tiers[0].from_, Percent):
            matrix = Matrix(lines, len(run.periods))
            measured = accumulated(matrix.sums(values), interval)
            unit = matrix.currency(lines, run, lines.unit, run.component.measure)
            amounts, present = quota_matrix(run, matrix, measured, accumulate, unit, self.where)
            if run.problems:
                return lines
            quota = amounts[matrix.row, lines.period]
            has_quota = present[matrix.row, lines.period]
        ceilings: list[Exact | None] = []
        for tier in self.tiers:
            if tier.to is None:
                ceilings.append(None)
            elif quota is not None:
                # An attainment of 0% never leaves the first tier, however much is sold.
                beyond = Exact.full(len(lines), values.absolute().total() + 1)
                ceilings.append(Exact.where(has_quota, quota.times(number(tier.to)), beyond))
            else:
                ceilings.append(Exact.full(len(lines), number(tier.to)))
        rules = [run.rule(f"tier {t.label} at {t.rate}", t.label, t.where) for t in self.tiers]
        parts = slices(values, segments(lines.payee, interval[lines.period]), ceilings)
        return sliced(lines, parts, [t.rate.value for t in self.tiers], rules)

    def say(self, before: LineView | None, after: LineView) -> str:
        return f"This part lies in the {after.rule.words if after.rule else 'tier'}: {rate_words(after)}"


def segments(*keys: Array) -> Array:
    """Where, in lines sorted by these keys, a new segment starts: a mask."""
    size = len(keys[0])
    new = np.zeros(size, dtype=bool)
    if size:
        new[0] = True
        for key in keys:
            new[1:] |= key[1:] != key[:-1]
    return new


def running(values: Exact, new: Array) -> tuple[Exact, Exact]:
    """The running total of each segment, before and after each value."""
    total = values.cumsum()
    before = total - values
    starts = np.flatnonzero(new)
    base = before[starts][np.cumsum(new) - 1]
    return before - base, total - base


def slices(values: Exact, new: Array, ceilings: list[Exact | None]) -> list[Exact]:
    """For each tier the part of each value that lies in it, as the running total of its segment passes through."""
    before, after = running(values, new)
    lower: Exact | None = None
    out: list[Exact] = []
    for ceiling in ceilings:
        inside = values if ceiling is None else after.minimum(ceiling) - before.minimum(ceiling)
        out.append(inside if lower is None else inside - lower)
        lower = inside
    return out


def sliced(
    lines: Lines, parts: list[Exact], rates: list[Fraction], rules: list[int], rate_unit: str = ""
) -> Lines:
    """One line for each part that isn't 0, in the order of lines and tiers; a line without any keeps its first."""
    empty = np.ones(len(lines), dtype=bool)
    at: list[Array] = []
    tier: list[Array] = []
    for number_of_tier, part in enumerate(parts):
        found = part.nonzero()
        empty[found] = False
        at.append(found)
        tier.append(np.full(len(found), number_of_tier))
    none = np.flatnonzero(empty)
    row = np.concatenate([*at, none])
    k = np.concatenate([*tier, np.zeros(len(none), dtype=np.int64)])
    order = np.lexsort((k, row))
    row, k = row[order], k[order]
    stacked = Exact.concat(parts)
    base = stacked[k * len(lines) + row]
    rate = Exact.of(rates)[k]
    out = lines.take(row)
    effective = rate * out.share
    return out.change(
        base=base,
        sign=np.ones(len(row), dtype=np.int64),
        rate=effective,
        has_rate=np.ones(len(row), dtype=bool),
        rate_unit=np.full(len(row), rate_unit, dtype=object),
        amount=base * effective,
        currency=np.full(len(row), rate_unit, dtype=object) if rate_unit else out.unit,
        rule=np.array(rules, dtype=np.int64)[k],
        origin=row,
    )
