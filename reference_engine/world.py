"""The world that plans are calculated on: typed standard tables, read strictly from text."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.numbers import (
    NotANumber,
    minor_units,
    parse_money,
    parse_number,
    parse_percent,
)
from reference_engine.vocabulary.tables import TABLES, Field, TableSchema, TextTable

TERRITORY_OWNER = "territory owner"
"""The owner of a deal that belongs to whoever holds its territory."""
NO_DATE = np.datetime64("NaT", "D")
MAX_SHOWN = 50


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


@dataclass(frozen=True)
class World:
    """All that a calculation looks at beside the plans."""

    tables: dict[str, Table] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)

    def table(self, name: str) -> Table:
        """A standard table; an empty one where the world doesn't have it."""
        found = self.tables.get(name)
        return found if found is not None else Table(name, 0, {}, {}, {}, "", ())

    @cached_property
    def payees(self) -> tuple[str, ...]:
        """Every payee, in the order in which they are first named: in payees, then wherever they are mentioned."""
        names: dict[str, None] = dict.fromkeys(self.table("payees").words("payee").tolist())
        for table, column in _MENTIONS:
            names.update(dict.fromkeys(self.table(table).words(column).tolist()))
        names.pop("", None)
        names.pop(TERRITORY_OWNER, None)
        return tuple(names)

    @cached_property
    def payee_code(self) -> dict[str, int]:
        return {payee: code for code, payee in enumerate(self.payees)}

    def payee_column(self, name: str) -> Array:
        """A text column of the payees table, one entry for each payee of the world."""
        out = np.full(len(self.payees), "", dtype=object)
        table = self.table("payees")
        if table.size:
            codes = [self.payee_code[p] for p in table.words("payee").tolist()]
            out[codes] = table.words(name)
        return out

    @cached_property
    def managers(self) -> Array:
        """The code of each payee's manager; -1 where there is none."""
        return np.array(
            [self.payee_code.get(m, -1) for m in self.payee_column("manager").tolist()], dtype=np.int64
        )

    def period(self, label: str) -> Period:
        return self.calendar.period(label)


_MENTIONS = (
    ("payees", "manager"),
    ("plan_assignments", "payee"),
    ("quotas", "payee"),
    ("territories", "owner"),
    ("credit_splits", "payee"),
    ("deals", "owner"),
    ("retail_sales", "retailer"),
    ("draws", "payee"),
    ("opening_balances", "payee"),
)


def read_world(
    tables: Iterable[TextTable], problems: list[Problem], calendar: Calendar | None = None
) -> World:
    """Reads standard tables from text.  Adds a Problem for whatever can't be read; several parts of one table join.

    calendar: the company's fiscal years where they are stated outside the tables.
    """
    parts: dict[str, list[TextTable]] = {}
    for text in tables:
        if text.name not in TABLES:
            problems.append(
                Problem(
                    "unknown-table",
                    f'"{text.name}" isn\'t a standard table.',
                    Where(text.file, text.header_line),
                    remedy=did_you_mean(text.name, TABLES),
                )
            )
            continue
        parts.setdefault(text.name, []).append(text)
    read: dict[str, Table] = {}
    for name, texts in parts.items():
        columns = [_read_table(TABLES[name], text, problems) for text in texts]
        table = columns[0] if len(columns) == 1 else _joined(columns)
        _check_keys(TABLES[name], table, problems)
        _check_spans(table, problems)
        read[name] = table
    calendar = _calendar(read.get("fiscal_calendar"), calendar or Calendar(), problems)
    world = World(read, calendar)
    _check_labels(world, problems)
    _check_payees(world, problems)
    return world


def _read_table(schema: TableSchema, text: TextTable, problems: list[Problem]) -> Table:
    header_where = Where(text.file, text.header_line)
    header: dict[str, int] = {}
    known = [f.name for f in schema.fields]
    for position, name in enumerate(text.header):
        if name in header:
            problems.append(
                Problem(
                    "column-twice", f'the column "{name}" stands twice.', header_where, remedy="Remove one."
                )
            )
        elif name not in known and not schema.extra_columns:
            problems.append(
                Problem(
                    "unknown-column",
                    f'unknown column "{name}" in {schema.name}.',
                    header_where,
                    remedy=did_you_mean(name, known),
                )
            )
        elif name not in known and (near := _near_miss(name, known, text.header)):
            problems.append(
                Problem(
                    "unknown-column",
                    f'unknown column "{name}" in {schema.name}.',
                    header_where,
                    "It would be taken for a column of your own.",
                    f"Did you mean: {near}",
                )
            )
        elif not name:
            problems.append(
                Problem(
                    "unknown-column", f"column {position + 1} of {schema.name} has no name.", header_where
                )
            )
        header.setdefault(name, position)
    for name in schema.required:
        if name not in header:
            near = did_you_mean(name, [h for h in text.header if h not in known])
            hint = (
                near.replace("Did you mean", "Perhaps it is called")
                if near.startswith("Did")
                else f'Add the column "{name}".'
            )
            problems.append(
                Problem(
                    "missing-column",
                    f'{schema.name} has no column "{name}".',
                    header_where,
                    "It is required.",
                    hint,
                )
            )
    size = len(text.rows)
    lines = text.lines or (0,) * size
    short = [(row, len(cells)) for row, cells in enumerate(text.rows) if len(cells) != len(text.header)]
    for row, count in short[:MAX_SHOWN]:
        problems.append(
            Problem(
                "cell-count",
                f"{schema.name}: this row has {count} cells; the header has {len(text.header)}.",
                Where(text.file, lines[row]),
                "A cell may be read as the one beside it.",
                "Add or remove a cell, or quote a cell that holds the delimiter.",
            )
        )
    if short:
        return Table(schema.name, 0, {}, {}, {}, text.file, ())
    columns = [list(c) for c in zip(*text.rows, strict=True)] if size else [[] for _ in text.header]
    reader = _Cells(schema, text.file, lines, problems)
    words: dict[str, Array] = {}
    dates: dict[str, Array] = {}
    numbers: dict[str, Numbers] = {}
    currencies = columns[header["currency"]] if "currency" in header else None
    for name, position in header.items():
        cells = columns[position]
        spec = schema.field(name) or Field(name)
        if spec.required:
            reader.check_present(spec, cells)
        if spec.kind == "date":
            dates[name] = reader.dates(spec, cells)
        elif spec.kind in ("money", "percent", "number"):
            numbers[name] = reader.numbers(spec, cells, currencies)
        else:
            words[name] = reader.words(spec, cells)
    return Table(schema.name, size, words, dates, numbers, text.file, tuple(lines))


def _near_miss(name: str, known: list[str], header: tuple[str, ...]) -> str:
    """The column that a name of one's own is probably a slip of: very near, and missing from the header."""
    absent = [k for k in known if k not in header]
    return next(iter(difflib.get_close_matches(name.casefold(), absent, n=1, cutoff=0.85)), "")


class _Cells:
    """Reads the cells of one table, column by column, and collects Problems."""

    def __init__(
        self, schema: TableSchema, file: str, lines: tuple[int, ...], problems: list[Problem]
    ) -> None:
        self.schema, self.file, self.lines, self.problems = schema, file, lines, problems

    def problem(self, slug: str, row: int, spec: Field, what: str, remedy: str = "") -> None:
        self.problems.append(
            Problem(
                slug,
                f'{self.schema.name}, column "{spec.name}": {what}',
                Where(self.file, self.lines[row]),
                remedy=remedy,
            )
        )

    def check_present(self, spec: Field, cells: list[str]) -> None:
        for row, cell in enumerate(cells):
            if not cell:
                self.problem(
                    "blank-cell",
                    row,
                    spec,
                    "the cell is blank; a value is required.",
                    f"Write {_form(spec)}.",
                )

    def words(self, spec: Field, cells: list[str]) -> Array:
        allowed = ("yes", "no") if spec.kind == "yes/no" else spec.choices
        if allowed:
            wrong = set(cells) - {*allowed, ""}
            for row, cell in enumerate(cells):
                if cell in wrong:
                    self.problem(
                        "unknown-word",
                        row,
                        spec,
                        f'"{cell}" isn\'t one of the words allowed.',
                        did_you_mean(cell, allowed),
                    )
        for row, cell in enumerate(cells):
            if cell and (cell[0].isspace() or cell[-1].isspace()):
                self.problem(
                    "spaces-around",
                    row,
                    spec,
                    f'"{cell}" begins or ends with a blank.',
                    "Remove it: with a blank it is another name.",
                )
        out = np.empty(len(cells), dtype=object)
        out[:] = cells
        return out

    def dates(self, spec: Field, cells: list[str]) -> Array:
        out = np.full(len(cells), NO_DATE)
        known: dict[str, date | None] = {}
        for row, cell in enumerate(cells):
            if not cell:
                continue
            if cell not in known:
                known[cell] = parse_date(cell)
            day = known[cell]
            if day is None:
                self.problem(
                    "not-a-date",
                    row,
                    spec,
                    f'"{cell}" is not a date.',
                    "Write year-month-day, like 2026-03-31.",
                )
            else:
                out[row] = day
        return out

    def numbers(self, spec: Field, cells: list[str], currencies: list[str] | None) -> Numbers:
        values: list[Any] = [0] * len(cells)
        currency = [""] * len(cells)
        present = np.zeros(len(cells), dtype=bool)
        for row, cell in enumerate(cells):
            if not cell:
                continue
            try:
                if spec.kind == "money":
                    values[row], currency[row] = self._money(cell, currencies[row] if currencies else "")
                else:
                    values[row] = parse_percent(cell).value if spec.kind == "percent" else parse_number(cell)
                present[row] = True
            except NotANumber as error:
                self.problem("not-a-number", row, spec, str(error))
        units = np.empty(len(cells), dtype=object)
        units[:] = currency
        return Numbers(Exact.of(values), present, units if spec.kind == "money" else None)

    def _money(self, cell: str, stated: str) -> tuple[Any, str]:
        if cell[-1:].isalpha():
            money = parse_money(cell)
            if stated and stated != money.currency:
                raise NotANumber(f'"{cell}" isn\'t in {stated}, which the column "currency" states.')
            return money.amount, money.currency
        if not stated:
            raise NotANumber(
                f'"{cell}" has no currency. Write it after the amount (1,200.50 EUR) or add a column "currency".'
            )
        amount = parse_number(cell)
        decimals = minor_units(stated)
        if (amount * 10**decimals).denominator != 1:
            raise NotANumber(f'"{cell}" has more than the {decimals} decimals that {stated} has.')
        return amount, stated


def parse_date(text: str) -> date | None:
    """A date written year-month-day; None for any other text."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _form(spec: Field) -> str:
    if spec.choices:
        return " or ".join(spec.choices)
    return {
        "money": "an amount, like 1,200.50 EUR",
        "percent": "a percent, like 8%",
        "number": "a number, like 12",
        "date": "a date, like 2026-03-31",
        "period": "a period, like 2026-Q1",
        "yes/no": "yes or no",
    }.get(spec.kind, "a value")


def _joined(tables: list[Table]) -> Table:
    """Several tables of one name as one."""
    first = tables[0]
    names = {name: None for t in tables for name in (*t.text, *t.dates, *t.numbers)}
    text: dict[str, Array] = {}
    dates: dict[str, Array] = {}
    numbers: dict[str, Numbers] = {}
    for name in names:
        if any(name in t.dates for t in tables):
            dates[name] = np.concatenate([t.days(name) for t in tables])
        elif any(name in t.numbers for t in tables):
            columns = [t.amounts(name) for t in tables]
            units = [c.currency for c in columns if c.currency is not None]
            numbers[name] = Numbers(
                Exact.concat([c.value for c in columns]),
                np.concatenate([c.present for c in columns]),
                np.concatenate(units) if len(units) == len(columns) else None,
            )
        else:
            text[name] = np.concatenate([t.words(name) for t in tables])
    lines = tuple(line for t in tables for line in t.lines)
    starts: list[tuple[int, str]] = []
    size = 0
    for table in tables:
        starts.append((size, table.file))
        size += table.size
    return Table(first.name, size, text, dates, numbers, first.file, lines, tuple(starts))


def _check_spans(table: Table, problems: list[Problem]) -> None:
    """A span that ends before it starts covers no day, so it would count for nothing."""
    if "from" not in table.dates or "to" not in table.dates:
        return
    for row in np.flatnonzero(table.days("to") < table.days("from")).tolist()[:MAX_SHOWN]:
        problems.append(
            Problem(
                "dates-order",
                f"{table.name}: the row ends on {table.days('to')[row]}, before it starts on {table.days('from')[row]}.",
                table.where(row),
                "It would count on no day.",
                "Correct one of the dates.",
            )
        )


def _check_keys(schema: TableSchema, table: Table, problems: list[Problem]) -> None:
    columns = [
        (
            table.days(k).astype(str)
            if k in table.dates
            else table.amounts(k).value.num.astype(str)
            if k in table.numbers
            else table.words(k)
        ).tolist()
        for k in schema.key
    ]
    seen: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(zip(*columns, strict=True)):
        if key in seen:
            problems.append(
                Problem(
                    "duplicate-row",
                    f"{schema.name}: {', '.join(k for k in key if k and k != 'NaT')} stands twice; first on line {table.where(seen[key]).line}.",
                    table.where(row),
                    "It would count twice, or only one of them would.",
                    "Remove one, or give it a name of its own.",
                )
            )
        else:
            seen[key] = row


def _calendar(table: Table | None, calendar: Calendar, problems: list[Problem]) -> Calendar:
    if table is None or not table.size:
        return calendar
    periods: list[Period] = []
    years = list(calendar.fiscal_starts)
    for row, label in enumerate(table.words("period").tolist()):
        first, last = table.days("from")[row], table.days("to")[row]
        if np.isnat(first) or np.isnat(last):
            continue
        if last < first:
            problems.append(Problem("calendar-order", f"{label} ends before it starts.", table.where(row)))
            continue
        if label.startswith("FY") and label[2:].isdigit():
            # A row for a whole fiscal year says when the year starts; its months and quarters follow.
            years.append((int(label[2:]), first.astype(object)))
            continue
        period = Period(first.astype(object), last.astype(object), label)
        if periods and (period.first - periods[-1].last).days != 1:
            problems.append(
                Problem(
                    "calendar-gap",
                    f"{label} doesn't start on the day after {periods[-1].label} ends ({periods[-1].last}).",
                    table.where(row),
                    "A deal in a gap would be paid in no period, one in an overlap in two.",
                    "Make the periods meet, in order.",
                )
            )
        periods.append(period)
    return Calendar(tuple(years), tuple(periods), calendar.pay_cadence)


def _check_payees(world: World, problems: list[Problem]) -> None:
    """Where payees are listed, nobody else may be named: a slip in a name would pay nobody."""
    listed = world.table("payees")
    if not listed.size:
        return
    for name, column in _MENTIONS:
        table = world.table(name)
        unknown: dict[str, int] = {}
        for row, payee in enumerate(table.words(column).tolist()):
            if payee and payee not in listed.index and payee != TERRITORY_OWNER:
                unknown.setdefault(payee, row)
        for payee, row in list(unknown.items())[:MAX_SHOWN]:
            problems.append(
                Problem(
                    "unknown-payee",
                    f'{name}, column "{column}": there is no payee "{payee}".',
                    table.where(row),
                    "Nobody would be paid, or the wrong one.",
                    did_you_mean(payee, listed.index) or "Add the payee to payees.",
                )
            )


def _check_labels(world: World, problems: list[Problem]) -> None:
    for table in world.tables.values():
        for spec in TABLES[table.name].fields:
            if spec.kind != "period":
                continue
            for row, label in enumerate(table.words(spec.name).tolist()):
                if not label:
                    continue
                try:
                    world.calendar.period(label)
                except NotAPeriod as error:
                    problems.append(
                        Problem(
                            "not-a-period", f'{table.name}, column "{spec.name}": {error}', table.where(row)
                        )
                    )
