"""Standard tables with typed columns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import overload

import numpy as np

from reference_engine.columns import Array, Exact, same
from reference_engine.problems import Where
from reference_engine.vocabulary.tables import TABLES

NO_DATE = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Numbers:
    """A column of numbers.  present: where a number was written; elsewhere the value is 0.

    currency: of each amount, for money.
    """

    value: Exact
    present: Array
    currency: Array | None = None


@dataclass(frozen=True)
class Table:
    """One standard table with typed columns.

    text: text and choice columns, and periods as labels.  dates: datetime64[D], NaT where blank.
    lines: the line of each row in its file.  starts: for a table of several files, the first row of each and its file.
    """

    name: str
    size: int
    text: dict[str, Array]
    dates: dict[str, Array]
    numbers: dict[str, Numbers]
    file: str
    lines: tuple[int, ...]
    starts: tuple[tuple[int, str], ...] = ()

    def where(self, row: int) -> Where:
        """Where a row stands."""
        file = next((f for start, f in reversed(self.starts) if row >= start), self.file)
        return Where(file, self.lines[row] if row < len(self.lines) else 0)

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the table was read from."""
        return tuple(dict.fromkeys(f for _, f in self.starts)) or (self.file,)

    def words(self, name: str) -> Array:
        """A text column; blanks where the table doesn't have it."""
        column = self.text.get(name)
        return column if column is not None else same("", self.size)

    def days(self, name: str) -> Array:
        """A date column; NaT where the table doesn't have it."""
        column = self.dates.get(name)
        return column if column is not None else same(NO_DATE, self.size, NO_DATE.dtype)

    def amounts(self, name: str) -> Numbers:
        """A number column; absent everywhere where the table doesn't have it."""
        column = self.numbers.get(name)
        if column is not None:
            return column
        return _absent(self.size)

    @cached_property
    def index(self) -> dict[str, int]:
        """First key column -> row, for tables whose first key column names the row."""
        column = self.words(TABLES[self.name].key[0])
        return {value: row for row, value in enumerate(column.tolist())}


@lru_cache(maxsize=1024)
def _absent(size: int) -> Numbers:
    return Numbers(Exact.full(size, 0), same(False, size, bool), same("", size))


@cache
def empty(name: str) -> Table:
    """A standard table that nobody has filled."""
    return Table(name, 0, {}, {}, {}, "", ())


class Wheres(Sequence[Where]):
    """Places, of single rows and of whole tables, each looked up only when somebody asks for it."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._parts: list[Table | Where] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Where: ...
    @overload
    def __getitem__(self, index: slice) -> list[Where]: ...
    def __getitem__(self, index: int | slice) -> Where | list[Where]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._size))]
        if not 0 <= index < self._size:
            raise IndexError(index)
        part = bisect_right(self._starts, index) - 1
        found = self._parts[part]
        return found if isinstance(found, Where) else found.where(index - self._starts[part])

    def append(self, where: Where) -> None:
        """One more place."""
        self._add(where, 1)

    def add(self, table: Table) -> int:
        """All rows of a table; the position of the first."""
        self._add(table, table.size)
        return self._size - table.size

    def _add(self, part: Table | Where, size: int) -> None:
        if size:
            self._starts.append(self._size)
            self._parts.append(part)
            self._size += size
