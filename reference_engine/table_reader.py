"""Reads a standard table strictly from text: every cell that can't be read is a Problem at its line."""

from __future__ import annotations

import difflib
from datetime import date
from typing import Any

import numpy as np

from reference_engine.columns import DAY, EPOCH, Array, Exact
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.table import NO_DATE, Numbers, Table
from reference_engine.vocabulary.dates import parse_date
from reference_engine.vocabulary.numbers import (
    NotANumber,
    minor_units,
    parse_money,
    parse_number,
    parse_percent,
    too_many_decimals,
)
from reference_engine.vocabulary.schemas import Field, TableSchema
from reference_engine.vocabulary.tables import TextTable

MAX_SHOWN = 50
_NO_DAY = int(NO_DATE.astype(np.int64))


def read_table(schema: TableSchema, text: TextTable, problems: list[Problem]) -> Table:
    """One table from its text.  Adds a Problem for whatever can't be read."""
    header = {name: position for position, name in enumerate(text.header)}
    if len(header) < len(text.header) or not schema.needed <= header.keys() <= schema.names:
        header = _checked_header(schema, text, problems)
    size, width = len(text.rows), len(text.header)
    lines = text.lines or (0,) * size
    if not {width}.issuperset(map(len, text.rows)):
        _check_widths(schema, text, lines, problems)
        return Table(schema.name, 0, {}, {}, {}, text.file, ())
    columns: list[tuple[str, ...]] = list(zip(*text.rows, strict=True)) if size else [()] * width
    reader = _Cells(schema, text.file, lines, problems)
    words: dict[str, Array] = {}
    dates: dict[str, Array] = {}
    numbers: dict[str, Numbers] = {}
    currencies = columns[header["currency"]] if "currency" in header else None
    for name, position in header.items():
        cells = columns[position]
        spec = schema.field(name) or Field(name)
        if spec.required and "" in cells:
            reader.check_present(spec, cells)
        if spec.kind == "date":
            dates[name] = reader.dates(spec, cells)
        elif spec.kind in ("money", "amount", "percent", "number"):
            numbers[name] = reader.numbers(spec, cells, currencies)
        else:
            words[name] = reader.words(spec, cells)
    return Table(schema.name, size, words, dates, numbers, text.file, tuple(lines))


def _checked_header(schema: TableSchema, text: TextTable, problems: list[Problem]) -> dict[str, int]:
    """The position of each column.  A Problem for each that stands twice, is unknown or is missing."""
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
                    "unknown-column",
                    f"column {position + 1} of {schema.name} has no name.",
                    header_where,
                    "Nothing says what its cells mean.",
                    "Write its name into the header, or remove the column.",
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
    return header


def _check_widths(
    schema: TableSchema, text: TextTable, lines: tuple[int, ...], problems: list[Problem]
) -> None:
    """A Problem for each row that has more or fewer cells than the header."""
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

    def check_present(self, spec: Field, cells: tuple[str, ...]) -> None:
        for row, cell in enumerate(cells):
            if not cell:
                self.problem(
                    "blank-cell",
                    row,
                    spec,
                    "the cell is blank; a value is required.",
                    f"Write {_form(spec)}.",
                )

    def words(self, spec: Field, cells: tuple[str, ...]) -> Array:
        allowed = ("yes", "no") if spec.kind == "yes/no" else spec.choices
        if allowed and (wrong := set(cells) - {*allowed, ""}):
            for row, cell in enumerate(cells):
                if cell in wrong:
                    self.problem(
                        "unknown-word",
                        row,
                        spec,
                        f'"{cell}" isn\'t one of the words allowed.',
                        did_you_mean(cell, allowed),
                    )
        if cells != tuple(map(str.strip, cells)) or "\0" in "".join(cells):
            self._check_blanks(spec, cells)
        out = np.empty(len(cells), dtype=object)
        out[:] = cells
        return out

    def _check_blanks(self, spec: Field, cells: tuple[str, ...]) -> None:
        for row, cell in enumerate(cells):
            if cell != cell.strip():
                self.problem(
                    "spaces-around",
                    row,
                    spec,
                    f'"{cell}" begins or ends with a blank.',
                    "Remove it: with a blank it is another name.",
                )
            elif "\0" in cell:
                self.problem(
                    "spaces-around", row, spec, f"the cell {cell!r} holds a NUL character.", "Remove it: nobody sees it."
                )

    def dates(self, spec: Field, cells: tuple[str, ...]) -> Array:
        days = [_NO_DAY] * len(cells)
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
                days[row] = day.toordinal() - EPOCH
        return np.array(days, dtype=np.int64).view(DAY)

    def numbers(
        self, spec: Field, cells: tuple[str, ...], currencies: tuple[str, ...] | None
    ) -> Numbers:
        values: list[Any] = [0] * len(cells)
        currency = [""] * len(cells)
        present = np.zeros(len(cells), dtype=bool)
        for row, cell in enumerate(cells):
            if not cell:
                continue
            try:
                stated = currencies[row] if currencies else ""
                if spec.kind == "amount" and not stated and not cell[-1:].isalpha():
                    values[row] = parse_number(cell)
                elif spec.kind in ("money", "amount"):
                    values[row], currency[row] = self._money(cell, stated)
                else:
                    values[row] = parse_percent(cell).value if spec.kind == "percent" else parse_number(cell)
                present[row] = True
            except NotANumber as error:
                self.problem("not-a-number", row, spec, error.what, error.remedy)
        units = np.empty(len(cells), dtype=object)
        units[:] = currency
        return Numbers(Exact.of(values), present, units if spec.kind in ("money", "amount") else None)

    def _money(self, cell: str, stated: str) -> tuple[Any, str]:
        if cell[-1:].isalpha():
            money = parse_money(cell)
            if stated and stated != money.currency:
                raise NotANumber(
                    f'"{cell}" isn\'t in {stated}, which the column "currency" states.',
                    "Correct one of the two.",
                )
            return money.amount, money.currency
        if not stated:
            raise NotANumber(
                f'"{cell}" has no currency.',
                'Write it after the amount (1,200.50 EUR) or add a column "currency".',
            )
        amount = parse_number(cell)
        decimals = minor_units(stated)
        if 10**decimals % amount.denominator:
            raise too_many_decimals(cell, stated, decimals)
        return amount, stated


def _form(spec: Field) -> str:
    if spec.choices:
        return " or ".join(spec.choices)
    return {
        "money": "an amount, like 1,200.50 EUR",
        "amount": "an amount, like 1,200.50 EUR, or a number of units, like 12",
        "percent": "a percent, like 8%",
        "number": "a number, like 12",
        "date": "a date, like 2026-03-31",
        "period": "a period, like 2026-Q1",
        "yes/no": "yes or no",
    }.get(spec.kind, "a value")


def joined(tables: list[Table]) -> Table:
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


def check_spans(table: Table, problems: list[Problem]) -> None:
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


def check_keys(schema: TableSchema, table: Table, problems: list[Problem]) -> None:
    """A Problem for each row whose key stands in an earlier row too."""
    columns = [
        (
            table.dates[k]
            if k in table.dates
            else table.numbers[k].value.num
            if k in table.numbers
            else table.words(k)
        ).tolist()
        for k in schema.key
    ]
    keys: list[tuple[Any, ...]] = list(zip(*columns, strict=True))
    if len(set(keys)) == len(keys):
        return
    seen: dict[tuple[Any, ...], int] = {}
    for row, key in enumerate(keys):
        if key in seen:
            problems.append(
                Problem(
                    "duplicate-row",
                    f"{schema.name}: {', '.join(str(k) for k in key if k not in ('', None))} stands twice; first on line {table.where(seen[key]).line}.",
                    table.where(row),
                    "It would count twice, or only one of them would.",
                    "Remove one, or give it a name of its own.",
                )
            )
        else:
            seen[key] = row
