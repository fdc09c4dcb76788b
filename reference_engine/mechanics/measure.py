"""Measures as payee-by-period matrices, and the quotas they are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import AttainmentColumns, ComponentRun
from reference_engine.lines import Lines
from reference_engine.mechanics.tiers import Tier
from reference_engine.problems import Where
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.numbers import Money, format_money


class Matrix:
    """The payees of some lines against the run's periods.

    payees: the codes that occur, ascending; also those of `also`, who have no line.  row: of each line among them.
    """

    def __init__(self, lines: Lines, periods: int, also: Array | None = None) -> None:
        everyone = lines.payee if also is None else np.concatenate([lines.payee, also])
        self.payees, row = np.unique(everyone, return_inverse=True)
        self.row = row[: len(lines)]
        self.periods = periods
        self.period = lines.period
        cell = self.row * periods + lines.period
        self.order = np.argsort(cell, kind="stable")
        self.starts = np.searchsorted(cell[self.order], np.arange(len(self.payees) * periods))

    def sums(self, values: Exact) -> Exact:
        """The values summed into payee x period."""
        return values[self.order].sums(self.starts).reshape(len(self.payees), self.periods)

    def currency(self, lines: Lines, run: ComponentRun, unit: Array, what: str) -> Array:
        """One currency for each payee.  A Problem where a payee's records have several."""
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
    columns: list[Exact] = []
    for t in range(matrix.shape[1]):
        column = matrix[:, t]
        columns.append(columns[-1] + column if t and interval[t] == interval[t - 1] else column)
    return stacked(columns)


def stacked(columns: list[Exact]) -> Exact:
    """Columns of payees, one for each period, as a payee-by-period matrix."""
    flat = Exact.concat(columns)
    size = len(columns[0])
    order = np.arange(len(flat)).reshape(len(columns), size).T.ravel()
    return flat[order].reshape(size, len(columns))


def check_bounds(run: ComponentRun, tiers: Sequence[Tier], unit: Array, where: Where) -> bool:
    """Whether tiers of money are in the currency of all lines; a Problem where they aren't."""
    currencies = {b.currency for t in tiers for b in (t.from_,) if isinstance(b, Money)}
    wrong = sorted(set(unit.tolist()) - currencies)
    if currencies and wrong:
        run.problem(
            "currency-mixed",
            f"the tiers are in {', '.join(sorted(currencies))}, and lines are in {wrong[0]}.",
            where,
            "They can't be compared.",
            "State the plan's currency, and exchange rates.",
        )
    return not (currencies and wrong)


def quota_matrix(
    run: ComponentRun, matrix: Matrix, measured: Exact, accumulate: str, unit: Array, where: Where
) -> tuple[Exact, Array]:
    """The quota of each payee for the interval that each period lies in, and where there is one.

    measured: the measure up to each period.  unit: the currency of each payee's measure.  A payee who is measured but has no quota is a Problem.  Attainments of
    each interval are kept on the run.
    """
    position, intervals = run.intervals(accumulate)
    cadence = _cadence(run, accumulate)
    zero_as_none = run.conventions.get("quota.zero") == "attainment 0%"
    values: list[Fraction] = []
    units: list[str] = []
    rows: list[tuple[int, int]] = []
    nonzero = measured.num != 0
    present = np.zeros((len(matrix.payees), len(intervals)), dtype=bool)
    table: dict[tuple[int, int], int] = {}
    for r, code in enumerate(matrix.payees.tolist()):
        payee = run.world.payees[code]
        for i, interval in enumerate(intervals):
            quota = run.quotas.quota(payee, run.plan.name, interval, cadence, run.component.measure)
            if quota is None:
                if nonzero[r, position == i].any():
                    run.problem(
                        "no-quota",
                        f'"{payee}" has {run.component.measure} in {interval.label} but no quota for it.',
                        where,
                        f'The plan "{run.plan.name}" pays by attainment of a quota.',
                        f'Add a quota of "{payee}" for {interval.label}.',
                    )
                continue
            if quota.amount <= 0 and not (quota.amount == 0 and zero_as_none):
                run.problem(
                    "quota-zero",
                    f'the quota of "{payee}" for {interval.label} is {format_money(quota.amount, quota.currency)}.',
                    quota.where,
                    "No attainment can be made of it.",
                    "State a quota above 0."
                    if quota.amount
                    else "State a quota above 0, or the convention  quota.zero: attainment 0%.",
                )
                continue
            if quota.currency != unit[r] and nonzero[r, position == i].any():
                run.problem(
                    "currency-mixed",
                    f'the quota of "{payee}" for {interval.label} is in {quota.currency}, and the {run.component.measure} are in {unit[r]}.',
                    quota.where,
                    "They can't be compared.",
                    "State the plan's currency, and exchange rates.",
                )
            _check_whole_interval(run, payee, interval, quota.where)
            table[r, i] = len(values)
            values.append(quota.amount)
            units.append(quota.currency)
            rows.append((r, i))
            present[r, i] = quota.amount > 0
    quotas = Exact.of([*values, 1])
    index = np.full((len(matrix.payees), len(intervals)), len(values), dtype=np.int64)
    for key, at in table.items():
        index[key] = at
    _keep_attainments(run, matrix, measured, position, intervals, quotas, rows, units)
    by_period = index[:, position]
    return quotas[by_period], present[:, position]


def _check_whole_interval(run: ComponentRun, payee: str, interval: Period, where: Where) -> None:
    """A Problem where somebody comes or goes inside the interval of a quota, which would have to be prorated."""
    table = run.world.table("payees")
    row = table.index.get(payee) if table.size else None
    if row is None:
        return
    for column, inside in (
        ("hired", (interval.first + timedelta(days=1), interval.last)),
        ("left", (interval.first, interval.last - timedelta(days=1))),
    ):
        day = table.days(column)[row]
        if not np.isnat(day) and inside[0] <= day.astype(object) <= inside[1]:
            run.problem(
                "proration",
                f'"{payee}" was {column} on {day}, inside {interval.label}.'
                if column == "hired"
                else f'"{payee}" left on {day}, inside {interval.label}.',
                table.where(row),
                f"The quota for {interval.label} would have to be prorated, which trueup doesn't calculate yet ({where}).",
                "Leave the date out only if the whole quota counts.",
            )


def _cadence(run: ComponentRun, accumulate: str) -> str:
    return (
        accumulate if accumulate != "period" else run.plan.pays or run.world.calendar.pay_cadence or "month"
    )


def _keep_attainments(
    run: ComponentRun,
    matrix: Matrix,
    measured: Exact,
    position: Array,
    intervals: list[Period],
    quotas: Exact,
    rows: list[tuple[int, int]],
    units: list[str],
) -> None:
    if not rows:
        return
    r = np.array([row for row, _ in rows], dtype=np.int64)
    i = np.array([interval for _, interval in rows], dtype=np.int64)
    last = np.array([np.flatnonzero(position == k).max() for k in range(len(intervals))], dtype=np.int64)
    reached = measured[r, last[i]]
    quota = quotas[np.arange(len(rows))]
    ratio = [a / b if b else a * 0 for a, b in zip(reached.fractions(), quota.fractions(), strict=True)]
    run.attainments.append(
        AttainmentColumns(
            matrix.payees[r], i, intervals, reached, quota, ratio, np.array(units, dtype=object)
        )
    )
