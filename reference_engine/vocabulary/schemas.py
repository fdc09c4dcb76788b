"""How a standard table is described: its columns, their kinds and its key."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

CALENDAR_PATTERNS = ("4-4-5", "4-5-4", "5-4-4", "13 periods of 4 weeks", "biweekly", "weekly", "semi-monthly")
KINDS = {
    "text": "any text",
    "money": "a number and its currency, like 1,200.50 EUR; a file may keep the currency in a column of its own",
    "amount": "money, like 1,200.50 EUR, or a plain number of units, like 12",
    "percent": "a number with a percent sign, like 12.5%",
    "number": "digits with a point for decimals, like 12 or 0.92",
    "date": "year-month-day, like 2026-03-31",
    "period": "2026-03, 2026-P03, 2026-Q1, 2026-H1 or FY2026",
    "yes/no": "yes or no",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a standard table.

    required: a blank cell or a missing column is a Problem.  choices: the only words allowed, if any.
    """

    name: str
    kind: str = "text"
    required: bool = False
    meaning: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """One standard table.  key: the columns that name a row; two rows with the same key are a Problem."""

    name: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    meaning: str = ""
    extra_columns: bool = False
    """Whether a project may add text columns of its own, for rules to look at."""

    def field(self, name: str) -> Field | None:
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {f.name: f for f in self.fields}

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self._by_name)

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The columns that hold periods."""
        return tuple(f.name for f in self.fields if f.kind == "period")

    @cached_property
    def needed(self) -> frozenset[str]:
        return frozenset(self.required)

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(f.name for f in self.fields if f.required)


def column(
    name: str, kind: str = "text", meaning: str = "", *, must: bool = False, choices: tuple[str, ...] = ()
) -> Field:
    """A column of a standard table."""
    return Field(name, kind, must, meaning, choices)


KNOWN = column("known", "date", "the day on which it became known; the business date where blank")
CURRENCY = column("currency", "text", "the currency of the row's amounts, where the cells don't say it")
