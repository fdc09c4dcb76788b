"""Measures as payee-by-period matrices, and the quotas they are compared with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reference_engine.attainments import AttainmentColumns
from reference_engine.columns import Array, Exact, is_same, same, some
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines
from reference_engine.mechanics.background import attained
from reference_engine.mechanics.tiers import Banded
from reference_engine.missing_quota import no_quota
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Where
from reference_engine.quota_entries import amount_words
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.numbers import Money


class Matrix:
    """The payees of some lines against the run's periods.

    payees: the codes that occur, ascending; also those of `also`, who have no line.  row: of each line among them.
    """

    def __init__(self, lines: Lines, periods: int, also: Array | None = None) -> None:
        everyone = lines.payee if also is None else np.concatenate([lines.payee, also])
        if also is None and not some(everyone[1:] < everyone[:-1]):
            # Lines come by payee as a rule, so nothing has to be sorted.
            new = np.ones(len(everyone), dtype=bool)
            new[1:] = everyone[1:] != everyone[:-1]
            self.payees, self.row = everyone[new], new.cumsum() - 1
        else:
            self.payees, row = np.unique(everyone, return_inverse=True)
            self.row = row[: len(lines)]
        self.selling = also is None
        self.periods = periods
        self.period = lines.period
        cell = self.row * periods + lines.period
        self.order: Array | None = None
        if some(cell[1:] < cell[:-1]):
            self.order = np.argsort(cell, kind="stable")
            cell = cell[self.order]
        self.counts = np.bincount(cell, minlength=len(self.payees) * periods)
        self.starts = self.counts.cumsum() - self.counts

    def sums(self, values: Exact) -> Exact:
        """The values summed into payee x period."""
        ordered = values if self.order is None else values[self.order]
        return ordered.sums(self.starts).reshape(len(self.payees), self.periods)

    def has_lines(self) -> Array:
        """Where a payee has any line in a period."""
        return np.asarray(self.counts.reshape(len(self.payees), self.periods) > 0, dtype=bool)

    def currency(self, lines: Lines, run: ComponentRun, unit: Array, what: str) -> Array:
        """One currency for each payee.  A Problem where a payee's records have several."""
        if is_same(unit) and self.selling:
            return same(unit.item(0), len(self.payees))
        out = np.full(len(self.payees), "", dtype=object)
        first = np.zeros(len(self.payees), dtype=np.int64)
        rows, positions = np.unique(self.row, return_index=True)
        first[rows] = positions
        out[rows] = unit[positions]
        for line in np.flatnonzero(unit != out[self.row]).tolist()[:1]:
            run.problem(
                "currency-mixed",
                f'{what} of "{run.world.payees[int(lines.payee[line])]}" mixes {out[self.row[line]]} and {unit[line]}.',
                run.plan.where,
                "Currencies can't be added.",
                "State the plan's currency, and exchange rates.",
            )
        return out


def accumulated(matrix: Exact, interval: Array) -> Exact:
    """Running totals along the periods that begin again with each interval."""
    return matrix.along(interval.searchsorted(interval))


def stacked(columns: list[Exact]) -> Exact:
    """Columns of payees, one for each period, as a payee-by-period matrix."""
    return Exact.stacked(columns)


def check_bounds(run: ComponentRun, tiers: Sequence[Banded], unit: Array, where: Where) -> bool:
    """Whether tiers of money are in the currency of all lines; a Problem where they aren't."""
    currencies = {b.currency for t in tiers for b in (t.from_,) if isinstance(b, Money)}
    wrong = sorted(set(unit.tolist()) - currencies)
    if currencies and wrong:
        run.problem(
            "currency-mixed",
            f"the tiers are in {', '.join(sorted(currencies))}, and lines are in {wrong[0] or 'units'}.",
            where,
            "They can't be compared.",
            "State the plan's currency, and exchange rates."
            if wrong[0]
            else "Write the bounds as numbers of units, or count money instead.",
        )
    return not (currencies and wrong)


def quota_matrix(
    run: ComponentRun, matrix: Matrix, measured: Exact, accumulate: str, unit: Array, where: Where
) -> tuple[Exact, Array]:
    """The quota of each payee for the interval that each period lies in, and where there is one.

    measured: the measure up to each period.  unit: the currency of each payee's measure.  A payee who is measured but
    has no quota is a Problem.  Where a quota of zero counts as 100%, the quota is what was measured; where it counts as
    0%, there is none.  Attainments of each interval are kept on the run.
    """
    position, intervals = run.intervals(accumulate)
    cells = run.quotas.cells(run.plan.name, intervals, run.component.measure)
    quota, there = cells.amount[matrix.payees], cells.present[matrix.payees]
    currency = cells.currency[matrix.payees]
    # Sales and returns that cancel out need a quota too: their tier is on the statement.
    sold = matrix.has_lines()
    sold_in = np.zeros(there.shape, dtype=bool)
    for t, i in enumerate(position.tolist()):
        sold_in[:, i] |= sold[:, t]
    reading = run.conventions.get("quota.zero")
    zero = there & (quota.num == 0)
    for r, i in _few(sold_in & ~there):
        payee, interval = run.world.payees[int(matrix.payees[r])], intervals[i]
        no_quota(
            run,
            payee,
            interval,
            f'"{payee}" has {run.component.measure} in {interval.label} but no quota for it.',
            f'The plan "{run.plan.name}" pays by attainment of a quota.',
            where,
        )
    wrong = there & (quota.num < 0)
    if reading in (None, "refuse"):
        wrong |= zero
    for r, i in _few(wrong):
        payee, interval = run.world.payees[int(matrix.payees[r])], intervals[i]
        stated = quota[r].at(i)
        what = f'the quota of "{payee}" for {interval.label} is {amount_words(stated, str(currency[r, i]))}'
        place = cells.place(int(matrix.payees[r]), i)
        if reading is None and not stated:
            found = open_convention("quota.zero", f"{what}, and the plan doesn't state quota.zero.", place, run.conventions)
            if found not in run.problems:
                run.problems.append(found)
            continue
        run.problem("quota-zero", f"{what}.", place, "No attainment can be made of it.", "State a quota above 0.")
    for r, i in _few(there & ~zero & sold_in & (currency != unit[:, None])):
        payee = run.world.payees[int(matrix.payees[r])]
        run.problem(
            "currency-mixed",
            f'the quota of "{payee}" for {intervals[i].label} is in {currency[r, i] or "units"}, and the {run.component.measure} are in {unit[r] or "units"}.',
            cells.place(int(matrix.payees[r]), i),
            "They can't be compared.",
            "State the plan's currency, and exchange rates.",
        )
    there = there & (quota.num >= 0)
    amount, present = quota[:, position], (there & ~zero)[:, position]
    if reading == "attainment 100%" and zero.any():
        whole = zero[:, position] & (measured.num > 0)
        amount = Exact.where(whole, measured, amount)
        present = present | whole
    _keep_attainments(run, matrix, measured, position, intervals, quota, there, zero, currency)
    return amount, present


def attainment_matrix(
    run: ComponentRun, matrix: Matrix, measured: Exact, accumulate: str, unit: Array, where: Where
) -> tuple[Exact, Array]:
    """The attainment of each payee up to each period, rounded where the plan says so, and where there is one.

    A quota of zero has the attainment that the convention quota.zero gives it.
    """
    quota, present = quota_matrix(run, matrix, measured, accumulate, unit, where)
    if run.problems:
        return Exact.full(quota.shape, 0), present
    attainment = Exact.where(
        present, measured.over(Exact.where(present, quota, Exact.full(quota.shape, 1))), Exact.full(quota.shape, 0)
    )
    rounding = run.conventions.round_at("attainment")
    if rounding is not None:
        # 56.9% has one decimal, which is the third of the ratio.
        attainment = attainment.rounded(rounding.mode, rounding.decimals + 2)
    reading = run.conventions.get("quota.zero")
    attained(run, matrix, measured, quota, present, unit, accumulate, attainment)
    if reading in ("attainment 0%", "attainment 100%"):
        position, intervals = run.intervals(accumulate)
        cells = run.quotas.cells(run.plan.name, intervals, run.component.measure)
        zero = (cells.present & (cells.amount.num == 0))[matrix.payees][:, position]
        value = Exact.full(quota.shape, 1 if reading == "attainment 100%" else 0)
        attainment, present = Exact.where(zero, value, attainment), present | zero
    return attainment, present


def target_matrix(run: ComponentRun, matrix: Matrix, accumulate: str) -> tuple[Exact, Array, Array]:
    """The target incentive of each payee for the interval that each period lies in, where there is one, and its currency."""
    position, intervals = run.intervals(accumulate)
    cells = run.quotas.cells(run.plan.name, intervals, kind="target incentive")
    rows = matrix.payees
    return cells.amount[rows][:, position], cells.present[rows][:, position], cells.currency[rows][:, position]


def _few(mask: Array) -> list[tuple[int, int]]:
    """The first cells of a mask: a problem that everybody has needn't be said of everybody."""
    return [(int(r), int(i)) for r, i in np.argwhere(mask)[:20]] if some(mask) else []


def _keep_attainments(
    run: ComponentRun,
    matrix: Matrix,
    measured: Exact,
    position: Array,
    intervals: list[Period],
    quota: Exact,
    there: Array,
    zero: Array,
    currency: Array,
) -> None:
    r, i = np.nonzero(there)
    if not len(r):
        return
    last = np.zeros(len(intervals), dtype=np.int64)
    last[position] = np.arange(len(position))
    reached, wanted, none = measured[r, last[i]], quota[r, i], zero[r, i]
    if some(none):
        ratio = reached.over(Exact.where(none, Exact.full(len(r), 1), wanted))
        fixed = 1 if run.conventions.get("quota.zero") == "attainment 100%" else 0
        ratio = Exact.where(none, Exact.full(len(r), fixed), ratio)
    else:
        ratio = reached.over(wanted)
    rounding = run.conventions.round_at("attainment")
    if rounding is not None:
        ratio = ratio.rounded(rounding.mode, rounding.decimals + 2)
    run.attainments.append(
        AttainmentColumns(matrix.payees[r], i, intervals, reached, wanted, ratio, currency[r, i])
    )
