"""Standard tables with typed columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reference_engine.columns import Array, Exact
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
        return column if column is not None else np.full(self.size, "", dtype=object)

    def days(self, name: str) -> Array:
        """A date column; NaT where the table doesn't have it."""
        column = self.dates.get(name)
        return column if column is not None else np.full(self.size, NO_DATE)

    def amounts(self, name: str) -> Numbers:
        """A number column; absent everywhere where the table doesn't have it."""
        column = self.numbers.get(name)
        if column is not None:
            return column
        blank = np.full(self.size, "", dtype=object)
        return Numbers(Exact(np.zeros(self.size, np.int64)), np.zeros(self.size, dtype=bool), blank)

    @cached_property
    def index(self) -> dict[str, int]:
        """First key column -> row, for tables whose first key column names the row."""
        column = self.words(TABLES[self.name].key[0])
        return {value: row for row, value in enumerate(column.tolist())}
