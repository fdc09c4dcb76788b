"""Quotas of an interval: what is stated for it, or the sum of what is stated for the parts that make it up."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import Array, Exact, ends_of, is_same, taken
from reference_engine.people import NEVER, Days, clipped, without
from reference_engine.problems import Problem, Where
from reference_engine.proration import Portion
from reference_engine.quota_entries import ASSIGNED, Entries, QuotaMechanic, QuotaRun
from reference_engine.vocabulary.calendar import Period

There = Callable[[int], list[Days]]
"""The spans in which a payee is employed and on the plan."""


@dataclass(frozen=True)
class QuotaCells:
    """Amounts of payees for intervals, as matrices.  where: positions in `places`."""

    amount: Exact
    present: Array
    currency: Array
    where: Array
    places: Sequence[Where]

    def place(self, payee: int, interval: int) -> Where:
        return self.places[int(self.where[payee, interval])]


@dataclass
class Book:
    """The quotas, or the target incentives, of one plan: entries after every step.

    steps: (what made them, the entries).  factor: what counts of each of the last entries; counted: whether anything
    of it counts.  portions: of the entries that count in part.
    """

    run: QuotaRun
    steps: list[tuple[QuotaMechanic | None, Entries]]
    final: Entries
    counted: Array
    portions: dict[int, Portion]
    problems: list[Problem]


def resolved(book: Book, intervals: Sequence[Period], measure: str, there: There) -> QuotaCells:
    """The entries of each payee summed into intervals.  there: when each payee is there.

    The first source counts that fills the interval: what is stated, by the assignment, by the plan.  A source fills an interval with entries for it, or with entries for parts that make it up.
    """
    run, entries = book.run, book.final
    size, count = len(run.world.payees), len(intervals)
    shape = (size, count)
    amount = Exact.full(shape, 0)
    present = np.zeros(shape, dtype=bool)
    currency = np.full(shape, "", dtype=object)
    where = np.zeros(shape, dtype=np.int64)
    places = run.wheres or [Where()]
    cells = QuotaCells(amount, present, currency, where, places)
    if not len(entries):
        return cells
    at, exact = _placed(run.periods, intervals)
    own = run.is_payee(entries.holder)
    wanted = own & ((entries.measure == measure) | (entries.measure == "") if measure else True)
    wanted &= ~_less_specific(entries, np.asarray(wanted, dtype=bool), measure)
    # STATED, ASSIGNED and DEFAULT in this order.
    for level in np.bincount(entries.level).nonzero()[0].tolist():
        for fits in (exact, (at >= 0) & ~exact):
            rows = (wanted & (entries.level == level) & fits[entries.period]).nonzero()[0]
            if len(rows):
                cells = _filled(cells, book, rows, at, fits is exact, intervals, there)
    return cells


def _placed(periods: Sequence[Period], intervals: Sequence[Period]) -> tuple[Array, Array]:
    """For each period the position of the interval that it lies in, -1 for none, and whether it is the interval."""
    firsts = [i.first for i in intervals]
    at: list[int] = []
    for period in periods:
        found = bisect_right(firsts, period.first) - 1
        at.append(found if found >= 0 and period.last <= intervals[found].last else -1)
    exact = [i >= 0 and p == intervals[i] for i, p in zip(at, periods, strict=True)]
    return np.array(at, dtype=np.int64), np.array(exact, dtype=bool)


def used(book: Book, payee: int, interval: Period, measure: str) -> list[int]:
    """The entries whose sum is what a payee has for an interval."""
    entries, periods = book.final, book.run.periods
    mine = np.flatnonzero(entries.holder == payee)
    wanted = np.zeros(len(entries), dtype=bool)
    wanted[mine] = not measure or ((entries.measure[mine] == measure) | (entries.measure[mine] == ""))
    wanted &= ~_less_specific(entries, wanted, measure)
    inside: list[int] = []
    for row in np.flatnonzero(wanted).tolist():
        period = periods[int(entries.period[row])]
        if interval.first <= period.first and period.last <= interval.last:
            inside.append(row)
    for level in sorted({int(entries.level[r]) for r in inside}):
        own = [r for r in inside if entries.level[r] == level]
        exact = [r for r in own if periods[int(entries.period[r])] == interval]
        for rows in (exact, [r for r in own if r not in exact]):
            if any(book.counted[r] for r in rows):
                return rows
    return []


def _filled(
    cells: QuotaCells,
    book: Book,
    rows: Array,
    at: Array,
    whole: bool,
    intervals: Sequence[Period],
    there: There,
) -> QuotaCells:
    """The cells that nothing has filled yet, filled by these entries where they are complete."""
    entries, run = book.final, book.run
    count = len(intervals)
    cell = entries.holder[rows] * count + at[entries.period[rows]]
    free = ~cells.present.ravel()[cell]
    rows, cell = rows[free], cell[free]
    if not len(rows):
        return cells
    if (cell[1:] <= cell[:-1]).any():
        order = np.lexsort((entries.period[rows], cell))
        rows, cell = rows[order], cell[order]
    new = np.ones(len(cell), dtype=bool)
    new[1:] = cell[1:] != cell[:-1]
    starts = new.nonzero()[0]
    keys = cell[starts]
    total = entries.amount[rows].sums(starts)
    counted = np.add.reduceat(book.counted[rows].astype(np.int64), starts) > 0
    units = taken(entries.currency, rows)
    mixed = (
        starts[:0]
        if is_same(units) or len(starts) == len(rows)
        else (units != units[starts].repeat(ends_of(starts, len(rows)) - starts)).nonzero()[0]
    )
    if len(mixed):
        row = int(rows[mixed[0]])
        book.problems.append(
            Problem(
                "currency-mixed",
                f'the quotas of "{run.names[int(entries.holder[row])]}" for one interval are in several currencies.',
                run.wheres[int(entries.where[row])],
                "They can't be added.",
                "State them in one currency.",
            )
        )
    complete = np.ones(len(keys), dtype=bool)
    own_days = int(entries.level[rows[0]]) == ASSIGNED
    if not whole or own_days:
        first, last = _windows(book, rows)
        covered = np.add.reduceat((last - first).astype(np.int64) + 1, starts)
        wanted = np.array([i.days for i in intervals], dtype=np.int64)[keys % count]
        ends = np.append(starts[1:], len(rows))
        # So many days as the interval has are taken for the interval; anything else is looked at span by span.
        for i in np.flatnonzero(covered != wanted).tolist():
            own = slice(int(starts[i]), int(ends[i]))
            spans = list(
                zip(first[own].tolist(), last[own].tolist(), entries.period[rows[own]].tolist(), strict=True)
            )
            if _overlap(spans):
                _overlapping(book, int(rows[own][0]), intervals[int(keys[i]) % count])
            interval = intervals[int(keys[i]) % count]
            left = without(
                clipped(there(int(keys[i]) // count), interval.first, interval.last),
                [(a, b) for a, b, _ in spans],
            )
            complete[i] = not left
    if own_days:
        _check_doubled(book, rows)
    good = complete & counted
    flat = keys[good]
    size = cells.present.size
    index = np.full(size, -1, dtype=np.int64)
    index[flat] = good.nonzero()[0]
    amount = Exact.where(index >= 0, total[np.maximum(index, 0)], cells.amount.ravel())
    present, currency, where = (
        cells.present.ravel().copy(),
        cells.currency.ravel().copy(),
        cells.where.ravel().copy(),
    )
    present[flat], currency[flat], where[flat] = True, units[starts[good]], entries.where[rows[starts[good]]]
    shape = cells.present.shape
    return QuotaCells(
        amount.reshape(*shape),
        present.reshape(shape),
        currency.reshape(shape),
        where.reshape(shape),
        cells.places,
    )


def _less_specific(entries: Entries, wanted: Array, measure: str) -> Array:
    """The entries for every measure where there is one for this measure, of the same source and period."""
    if not measure or is_same(entries.measure) or not (entries.measure[wanted] == measure).any():
        return np.zeros(len(entries), dtype=bool)
    key = (entries.holder * (int(entries.period.max()) + 1) + entries.period) * 4 + entries.level
    own = wanted & (entries.measure == measure)
    found: Array = wanted & (entries.measure == "") & np.isin(key, key[own])
    return found


def _windows(book: Book, rows: Array) -> tuple[Array, Array]:
    """The days that each entry speaks of: its period; of an assignment as far as the assignment goes."""
    entries, periods = book.final, book.run.periods
    first = np.array([p.first for p in periods], dtype="datetime64[D]")[entries.period[rows]]
    last = np.array([p.last for p in periods], dtype="datetime64[D]")[entries.period[rows]]
    own = entries.level[rows] == ASSIGNED
    return (
        np.where(own, np.maximum(first, entries.first[rows]), first),
        np.where(own, np.minimum(last, entries.last[rows]), last),
    )


def _overlap(spans: list[tuple[date, date, int]]) -> bool:
    """Whether entries of different periods speak of the same days."""
    ordered = sorted(spans)
    return any(b >= c and p != q for i, (_, b, p) in enumerate(ordered) for c, _, q in ordered[i + 1 :])


def _overlapping(book: Book, row: int, interval: Period) -> None:
    entries, run = book.final, book.run
    problem = Problem(
        "quota-overlap",
        f'"{run.names[int(entries.holder[row])]}" has quotas for {interval.label} whose periods overlap.',
        run.wheres[int(entries.where[row])],
        "Their sum would count some days twice.",
        "State either the longer period or its parts.",
    )
    if problem not in book.problems:
        book.problems.append(problem)


def _twice(book: Book, one: int, other: int) -> bool:
    """Whether two entries of one period count some days twice.

    Each counts for its own days where it counts in part, or where its days fill the period.  A quota that runs on after its
    assignment may share days with the next; assignments may not.
    """
    if one in book.portions and other in book.portions:
        return False
    entries = book.final
    for row in (one, other):
        period = book.run.periods[int(entries.period[row])]
        fills = entries.first[row] <= np.datetime64(period.first) and entries.last[row] >= np.datetime64(period.last)
        if row not in book.portions and not fills:
            return True
    (first, last), (begin, end) = _stated(book, one), _stated(book, other)
    return first <= end and begin <= last


def _stated(book: Book, row: int) -> Days:
    """The days of the assignment that an entry comes from."""
    first = last = NEVER
    for _, entries in reversed(book.steps):
        if row < 0:
            break
        first, last = entries.first[row].astype(object), entries.last[row].astype(object)
        row = int(entries.origin[row])
    return first, last


def _check_doubled(book: Book, rows: Array) -> None:
    """Two assignments to one plan that share a period each count for their own days, or the sum would be too much."""
    entries, run = book.final, book.run
    own = rows[entries.level[rows] == ASSIGNED]
    if len(own) < 2 or book.problems:
        return
    same = (entries.holder[own][1:] == entries.holder[own][:-1]) & (
        entries.period[own][1:] == entries.period[own][:-1]
    )
    for i in np.flatnonzero(same).tolist():
        if not _twice(book, int(own[i]), int(own[i + 1])):
            continue
        row = int(own[i + 1])
        book.problems.append(
            Problem(
                "proration",
                f'"{run.names[int(entries.holder[row])]}" has two assignments to "{run.plan.name}" in '
                f"{run.periods[int(entries.period[row])].label}, and both count in full.",
                run.wheres[int(entries.where[row])],
                f"The {run.kind} would be counted twice.",
                "Let the assignments follow each other, and state proration.of so that each counts for its own days.",
            )
        )
