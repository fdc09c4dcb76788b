"""Who reports to whom, and when: the hierarchy along which credit rolls up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, same

FIRST_DAY = np.datetime64("0001-01-01", "D")
LAST_DAY = np.datetime64("9999-12-31", "D")
_SHIFT = 1 << 23
"""More days than there are from the first day to the last."""


@dataclass(frozen=True)
class Layer:
    """Reporting lines of which no payee has two on one day, sorted by payee and first day.  Both days count."""

    key: Array
    payee: Array
    manager: Array
    last: Array

    def managers(self, payee: Array, day: Array) -> Array:
        """The manager of each payee on each day; -1 where there is none."""
        at = np.searchsorted(self.key, payee * _SHIFT + _number(day), side="right") - 1
        safe = np.maximum(at, 0)
        found = (at >= 0) & (self.payee[safe] == payee) & (day <= self.last[safe])
        return np.where(found, self.manager[safe], -1)


@dataclass(frozen=True)
class Reporting:
    """The reporting lines of a company.

    payee, manager, first, last: one entry for each line.  dated: whether some line doesn't hold always.
    several: whether a payee may have several managers on one day.  dense: the one manager of each payee, -1 for none,
    where no line is dated and nobody has several; layers: of the others.
    """

    payee: Array
    manager: Array
    first: Array
    last: Array
    layers: tuple[Layer, ...]
    dense: Array
    dated: bool

    @property
    def several(self) -> bool:
        return len(self.layers) > 1

    def leads(self, size: int) -> Array:
        """Which payees have anybody below them, on any day."""
        out = np.zeros(size, dtype=bool)
        out[self.manager] = True
        return out

    def above(self, payee: Array, day: Array) -> list[Array]:
        """The managers of each payee on each day, -1 for none: one column for each manager that a payee may have."""
        if not self.dated and not self.several:
            return [self.dense[payee]]
        return [layer.managers(payee, day) for layer in self.layers]


def lasting(manager: Array) -> Reporting:
    """Reporting lines that hold always.  manager: of each payee, -1 for none."""
    payee = (manager >= 0).nonzero()[0]
    first, last = (same(day, len(payee), day.dtype) for day in (FIRST_DAY, LAST_DAY))
    return Reporting(payee, manager[payee], first, last, (), manager, False)


def reporting(size: int, payee: Array, manager: Array, first: Array, last: Array) -> Reporting:
    """The reporting lines of `size` payees; a blank first or last day (NaT) leaves the line open."""
    first = np.where(np.isnat(first), FIRST_DAY, first)
    last = np.where(np.isnat(last), LAST_DAY, last)
    dated = bool((first > FIRST_DAY).any() or (last < LAST_DAY).any())
    order = np.lexsort((manager, first, payee))
    ends: dict[int, list[np.datetime64]] = defaultdict(list)
    number = np.zeros(len(order), dtype=np.int64)
    alone = not (np.diff(payee[order]) == 0).any()
    for row in () if alone else order.tolist():
        layers = ends[int(payee[row])]
        free = next((i for i, end in enumerate(layers) if end < first[row]), len(layers))
        if free == len(layers):
            layers.append(last[row])
        layers[free] = last[row]
        number[row] = free
    found: list[Layer] = []
    for layer in range(int(number.max()) + 1 if len(number) else 0):
        rows = order[number[order] == layer]
        found.append(
            Layer(payee[rows] * _SHIFT + _number(first[rows]), payee[rows], manager[rows], last[rows])
        )
    dense = np.full(size, -1, dtype=np.int64)
    dense[payee[order[::-1]]] = manager[order[::-1]]
    return Reporting(payee, manager, first, last, tuple(found), dense, dated)


def loops(lines: Reporting) -> list[tuple[int, np.datetime64]]:
    """Payees who report, over some levels, to themselves, each with the first day on which they do."""
    rest = _left_over(lines.payee, lines.manager)
    if not len(rest):
        return []
    found: dict[int, np.datetime64] = {}
    for day in np.unique(lines.first[rest]):
        on = rest[(lines.first[rest] <= day) & (lines.last[rest] >= day)]
        for row in _left_over(lines.payee[on], lines.manager[on]).tolist():
            found.setdefault(int(lines.payee[on[row]]), day)
    return list(found.items())


def _left_over(payee: Array, manager: Array) -> Array:
    """The lines that lie on a loop or between loops: who nobody of them reports to, or who reports to none, is out."""
    rows = np.arange(len(payee))
    size = int(max(payee.max(), manager.max())) + 2 if len(rows) else 0
    while len(rows):
        led, leads = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
        led[payee[rows]], leads[manager[rows]] = True, True
        inner = leads[payee[rows]] & led[manager[rows]]
        if inner.all():
            break
        rows = rows[inner]
    return rows


def _number(day: Array) -> Array:
    days: Array = (day - FIRST_DAY).astype(np.int64)
    return days
