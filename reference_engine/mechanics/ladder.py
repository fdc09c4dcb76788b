"""Ladders: a table of tiers looked up for each line alone, or for what a payee has added up to in each period."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from reference_engine.columns import Array, Exact, some
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines
from reference_engine.mechanics.measure import Matrix, accumulated, check_bounds, quota_matrix
from reference_engine.mechanics.settled import Piece, laid, less_earned
from reference_engine.mechanics.tiers import (
    Rung,
    number,
)
from reference_engine.problems import Where
from reference_engine.vocabulary.numbers import (
    Money,
    Percent,
)


@dataclass
class Ladder:
    """A table over cells: one cell for each line, or for each payee and period.

    counts: what picks the tier.  base: what a rate pays on.  quota: in the cells, where bounds are percents; present:
    where there is one.  unit: of each line, or of each payee.  matrix: None where the cells are lines.  by_tier: whether
    a statement shows its lines by tier, or by record.
    """

    run: ComponentRun
    rungs: tuple[Rung, ...]
    counts: Exact
    base: Exact
    quota: Exact | None
    present: Array
    unit: Array
    currency: Array
    matrix: Matrix | None
    interval: Array
    by_tier: bool = True

    def along(self, lines: Lines, counts: Exact, base: Exact) -> Ladder:
        """The same table looked up on each line, for what it says there."""
        quota, present = self.quota, self.present
        if self.matrix is not None:
            cell = self.matrix.row, lines.period
            quota = None if quota is None else quota[cell]
            present = present[cell]
        return Ladder(
            self.run, self.rungs, counts, base, quota, present, lines.unit, lines.currency, None, self.interval, self.by_tier
        )

    def bound(self, value: Fraction) -> Exact:
        """A bound in what is counted: itself, or that percentage of the quota."""
        if self.quota is not None:
            return self.quota.times(value)
        return Exact.full(self.counts.shape, value)

    def lower(self, position: int) -> Exact:
        return self.bound(number(self.rungs[position].tier.from_))

    def reached(self, position: int) -> Array:
        """Where a tier is reached.  The first always is."""
        if not position:
            return np.ones(self.counts.shape, dtype=bool)
        rung = self.rungs[position]
        value, bound = self.looked_up, self.lower(position)
        if value is not None:
            bound = Exact.full(self.counts.shape, number(rung.tier.from_))
        else:
            value = self.counts
        return np.asarray((value > bound if rung.strict else value >= bound) & self.present)

    @cached_property
    def looked_up(self) -> Exact | None:
        """The attainment as it is looked up, where the plan rounds it before; None where nothing is rounded."""
        rounding = self.run.conventions.round_at("attainment")
        if rounding is None or self.quota is None:
            return None
        safe = Exact.where(self.present, self.quota, Exact.full(self.quota.shape, 1))
        # 56.9% has one decimal, which is the third of the ratio.
        return self.counts.over(safe).rounded(rounding.mode, rounding.decimals + 2)

    @cached_property
    def top(self) -> Array:
        """The position of the highest tier that is reached."""
        out = np.zeros(self.counts.shape, dtype=np.int64)
        for position in range(1, len(self.rungs)):
            out = np.where(self.reached(position), position, out)
        return out

    def within(self, position: int, upto: Array | None = None) -> Exact:
        """How much of the count lies in a tier.  Below zero the first tier goes on.  upto: where the tier has no end."""
        tier = self.rungs[position].tier
        beyond = self.counts.absolute().maximum(Exact.full(self.counts.shape, 0))
        end = self.counts
        if tier.to is not None:
            ceiling = self.bound(number(tier.to))
            if self.quota is not None:
                # An attainment of 0% never leaves the first tier, however much is sold.
                ceiling = Exact.where(self.present, ceiling, beyond)
            end = self.counts.minimum(ceiling)
        if upto is not None:
            end = Exact.where(upto, self.counts, end)
        if not position:
            return end
        lower = self.lower(position)
        if self.quota is not None:
            lower = Exact.where(self.present, lower, beyond)
        inside = end - lower
        return inside.maximum(Exact.full(inside.shape, 0))

    def spread(self, counted: Exact) -> Exact:
        """The base that belongs to a part of what is counted: the part itself, or the same share of the base."""
        if self.base is self.counts:
            return counted
        nothing = self.counts.num == 0
        safe = Exact.where(nothing, Exact.full(self.counts.shape, 1), self.counts)
        return Exact.where(nothing, Exact.full(self.counts.shape, 0), counted.over(safe) * self.base)

    def rule(self, position: int, more: str = "") -> int:
        rung = self.rungs[position]
        label = rung.label if self.by_tier else ""
        return self.run.rule(f"tier {rung.label} {rung.pay_words}{more}", label, rung.tier.where)

    def piece(
        self,
        position: int,
        base: Exact,
        where: Array | None = None,
        more: str = "",
        counted: Exact | None = None,
    ) -> Piece:
        """What a tier pays on a base; a fixed amount is paid where the mask holds.  Elsewhere nothing."""
        tier = self.rungs[position].tier
        mask = np.ones(self.counts.shape, dtype=bool) if where is None else where
        rule = np.full(self.counts.shape, self.rule(position, more), dtype=np.int64)
        value = Exact.full(self.counts.shape, tier.value)
        nothing = Exact.full(self.counts.shape, 0)
        if tier.kind == "pays":
            if not position:
                # Who has sold nothing has reached no tier, not even the first.
                mask = mask & (self.counts.num > 0)
            shown = self.counts if counted is None else counted
            return Piece(shown, self.unit, None, "", Exact.where(mask, value, nothing), rule, mask)
        kept = Exact.where(mask, base, nothing)
        return Piece(kept, self.unit, value, tier.currency, kept * value, rule, mask)

    def settle(self, lines: Lines, pieces: list[Piece]) -> Lines:
        """The lines of these pieces: on each line, or what is due so far less what was earned before."""
        money = self.rungs[0].tier.currency
        if self.matrix is None:
            return laid(lines, pieces, money)
        currency = np.full(len(self.matrix.payees), money, dtype=object) if money else self.currency
        return less_earned(self.run, self.matrix, self.interval, pieces, currency)


def ladder(
    lines: Lines,
    run: ComponentRun,
    tiers: tuple[Rung, ...],
    where: Where,
    *,
    cap: Fraction | None = None,
    by: Expression | None = None,
) -> Ladder | None:
    """The table over the lines of a component.  None, with Problems on the run, where it can't be looked up.

    cap: the attainment above which nothing more counts.  by: the figure that picks the tier; what the component counts
    where there is none.
    """
    accumulate = run.accumulate
    kind = tiers[0].tier.kind
    percents = any(isinstance(r.tier.from_, Percent) for r in tiers) and by is None
    if by is None:
        check_bounds(run, [r.tier for r in tiers], lines.unit, where)
    _check_unit(lines, run, kind, where)
    own = accumulate == "none"
    interval, _ = run.intervals("period" if own else accumulate)
    matrix = Matrix(lines, len(run.periods))
    counts = lines.counts()
    measured = accumulated(matrix.sums(counts), interval)
    unit = matrix.currency(lines, run, lines.unit, run.component.measure)
    quota: Exact | None = None
    present = np.ones(measured.shape, dtype=bool)
    if percents:
        quota, present = quota_matrix(run, matrix, measured, "period" if own else accumulate, unit, where)
    if run.problems:
        return None
    # Where every line counts and pays the same, nothing has to be divided.
    same = kind != "times" and lines.counted is None and not some(lines.share.num != lines.share.den)
    if own:
        counted = lines.base if lines.counted is None else lines.counted
        base = counted if same else lines.amount if kind == "times" else lines.base * lines.share
        if quota is not None:
            quota, present = quota[matrix.row, lines.period], present[matrix.row, lines.period]
        else:
            present = np.ones(len(lines), dtype=bool)
        return Ladder(run, tiers, counted, base, quota, present, lines.unit, lines.currency, None, interval)
    currency = unit
    base = measured
    if kind == "times":
        signed = Exact(lines.amount.num * lines.sign, lines.amount.den, lines.amount.bound)
        base = accumulated(matrix.sums(signed), interval)
        currency = matrix.currency(lines, run, lines.currency, "what is earned")
    elif not same:
        base = accumulated(matrix.sums(lines.signed_base() * lines.share), interval)
    if cap is not None and quota is not None:
        most = Exact.where(present, quota.times(cap), measured)
        above = measured > most
        part = most.over(Exact.where(above & (measured.num != 0), measured, Exact.full(measured.shape, 1)))
        measured = measured.minimum(most)
        base = measured if same else Exact.where(above, base * part, base)
    if by is not None:
        found = _figure(by, matrix, run, tiers, where)
        return (
            None
            if run.problems
            else Ladder(run, tiers, found, base, None, present, unit, currency, matrix, interval)
        )
    return Ladder(run, tiers, measured, base, quota, present, unit, currency, matrix, interval)


def line_ladder(lines: Lines, run: ComponentRun, tiers: tuple[Rung, ...], where: Where) -> Ladder | None:
    """The table over lines whose totals run along: without percents nothing has to be added up by period."""
    if any(isinstance(r.tier.from_, Percent) for r in tiers):
        return ladder(lines, run, tiers, where)
    check_bounds(run, [r.tier for r in tiers], lines.unit, where)
    _check_unit(lines, run, tiers[0].tier.kind, where)
    interval, _ = run.intervals("period" if run.accumulate == "none" else run.accumulate)
    every = np.ones(len(lines), dtype=bool)
    if run.problems:
        return None
    return Ladder(
        run, tiers, lines.counts(), lines.base, None, every, lines.unit, lines.currency, None, interval
    )


def _figure(
    by: Expression, matrix: Matrix, run: ComponentRun, tiers: tuple[Rung, ...], where: Where
) -> Exact:
    """The figure that picks the tier, of each payee and period."""
    shape = len(matrix.payees), len(run.periods)
    payee, period = np.repeat(matrix.payees, shape[1]), np.tile(np.arange(shape[1]), shape[0])
    column = run.cells(payee, period).number(by, where, run.problems)
    first = tiers[0].tier.from_
    wanted = first.currency if isinstance(first, Money) else ""
    wrong = sorted(
        {u for u, n in zip(column.unit.tolist(), column.value.num.tolist(), strict=True) if n and u != wanted}
    )
    if wrong:
        run.problem(
            "currency-mixed",
            f'the tiers are in {wanted or "plain numbers"}, and "{by}" is in {wrong[0] or "plain numbers"}.',
            where,
            "They can't be compared.",
            "Write the bounds as the figure is.",
        )
    return column.value.reshape(*shape)


def _check_unit(lines: Lines, run: ComponentRun, kind: str, where: Where) -> None:
    units = set(lines.unit.tolist())
    if kind == "rate" and "" in units:
        run.problem(
            "measure-mechanic",
            f'the tiers pay a percentage, and "{run.component.name}" counts units.',
            where,
            "A percentage of units is no money.",
            "Write  per unit: 5.00 EUR  or  pays: 500.00 EUR  in every tier.",
        )
    if kind == "per unit" and units - {""}:
        run.problem(
            "measure-mechanic",
            f'the tiers pay an amount for each unit, and "{run.component.name}" counts money.',
            where,
            "An amount for each euro is a rate.",
            "Write  rate: 5%  in every tier, or count units.",
        )
