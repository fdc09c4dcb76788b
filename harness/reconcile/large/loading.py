"""One side of a large comparison: its file read by DuckDB as text, and of every row what decides whether it agrees.

What is kept of a row is small: two 64-bit prints of its key and compared values, and its amount as an exact decimal.
A row of which something isn't proven keeps NULL, and is read by the row reader later.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.adapters.cells import CellReader, Lookups
from harness.adapters.cultures import number_form
from harness.adapters.delimited import TextFile, TextRow
from harness.adapters.findings import Findings
from harness.adapters.mapping import CellSpec, GrainMapping
from harness.adapters.parquet_table import cell_text, exactly, export_columns, is_parquet, read_parquet_export
from harness.adapters.text_export import GrainReader
from harness.reconcile.large.cell_sql import (
    NOT_COMPARED,
    Codes,
    amount_of,
    amount_of_number,
    amount_of_text,
    decimals_of,
    has_type_of_its_own,
    is_read_as_it_is,
    listed,
    meanings,
    name,
    text,
)
from harness.reconcile.large.joined_files import Places
from harness.reconcile.large.text_files import MAX_LINE, Looked, OnlyByRow, look, rows_at
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import MINOR_UNITS

_WHITE = "".join(chr(c) for c in range(0x3001) if chr(c).isspace() and c)
_SAMPLE = 200
_FEW = 1000


@dataclass
class Side:
    """One side, loaded.  keys, fields, currency, amount: the SQL of its values, over the columns of `source`."""

    table: str
    grain: GrainMapping
    file: Path
    reader: GrainReader
    looked: Looked | None
    source: str = ""
    keys: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    currency: str = ""
    amount: str = ""
    stored: int = 2
    filters: tuple[str, ...] = ()
    rows: int = 0
    statement: str = ""
    kinds: dict[str, str] = field(default_factory=dict)
    typed: dict[str, str] = field(default_factory=dict)
    full: frozenset[str] = frozenset()
    lookups: Lookups = field(default_factory=lambda: Lookups([], []))
    looked_up: dict[str, tuple[CellsAlone, int, str]] = field(default_factory=dict)
    """Key parts whose codes are translated: their reader, how many columns they have, and the SQL of their text."""
    places: Places | None = None
    """Where each row stands, if the file is put together from several."""
    name: str = ""
    """What people know the file by."""

    def text_rows(self, numbers: Sequence[int]) -> list[TextRow]:
        """Rows by their number, from 0 and ascending."""
        if self.looked is not None:
            return rows_at(self.looked, numbers)
        found = read_parquet_export(self.file, self.grain.form, Findings([], str(self.file)), numbers)
        if found is None:
            raise OnlyByRow("its rows can't be found again")
        return found.rows


def load(connection: Any, side: Side, other: Side, stored: int | None) -> None:
    """Loads a side into its table.  stored: the decimals of amounts, where the other side says them.

    Raises OnlyByRow where only the row reader can read the file.
    """
    table = side.table
    # Where both sides have a column of one type, its values are compared as they are instead of as text.
    side.typed = {c: k for c, k in side.kinds.items() if k != "VARCHAR" and other.kinds.get(c) == k}
    sql = _Statement(connection, side, stored)
    quick, usual = True, True
    while True:
        side.statement = sql.create(quick=quick, usual=usual)
        try:
            connection.execute(side.statement)
        except Exception as error:
            raise _reason(error) from None
        side.rows, unproven, odd = sql.counted()
        if side.looked is not None and side.rows != side.looked.rows:
            raise OnlyByRow("its rows can be told apart in two ways")
        again = (quick and unproven > _FEW + side.rows // 200, usual and odd)
        if not any(again):
            return
        # The usual way of writing isn't this file's: once more, with every way that the mapping allows.
        quick, usual = quick and not again[0], usual and not again[1]
        connection.execute(f"DROP TABLE {table}")


def _reason(error: Exception) -> Exception:
    import duckdb

    if isinstance(error, duckdb.OutOfMemoryException):
        return error
    return OnlyByRow("a row isn't written as the others are") if isinstance(error, duckdb.Error) else error


def opened(connection: Any, table: str, grain: GrainMapping, file: Path, lookups: Lookups) -> Side:
    """A side whose columns are bound.  Raises OnlyByRow where the row reader has something to say about it."""
    problems: list[Problem] = []
    side = _opened(connection, table, grain, file, lookups, Findings(problems, str(file)))
    if side is None or problems or lookups.problems or not side.reader.is_bound:
        raise OnlyByRow("something in it isn't as the mapping says")
    side.lookups = lookups
    return side


def _opened(
    connection: Any, table: str, grain: GrainMapping, file: Path, lookups: Lookups, findings: Findings
) -> Side | None:
    if is_parquet(file):
        import duckdb

        if grain.form.trim:
            raise OnlyByRow("blanks around cells are removed")
        try:
            columns = export_columns(connection, file, findings)
        except duckdb.Error:
            raise OnlyByRow("it can't be read as Parquet") from None
        if columns is None:
            return None
        made = TextFile(tuple(c for c, _ in columns), 0, [])
        reader = GrainReader(grain, made, file.name, lookups, findings)
        source = f"read_parquet({text(exactly(file))})"
        return Side(
            table,
            grain,
            file,
            reader,
            None,
            source,
            kinds=dict(columns),
            full=_without_nulls(connection, file),
        )
    looked = look(file, grain.form)
    header = _header(looked)
    if len(set(header)) != len(header) or not all(h.strip() for h in header):
        raise OnlyByRow("its header names columns twice or not at all")
    made = TextFile(
        header, looked.first_line - 1 if grain.form.header else 0, [], grain.form.skip_first, looked.open_end
    )
    reader = GrainReader(grain, made, file.name, lookups, findings)
    return Side(table, grain, file, reader, looked, _csv_source(looked, header))


def _without_nulls(connection: Any, file: Path) -> frozenset[str]:
    """The columns of a Parquet file that have no blank cell, as the file itself states."""
    found = connection.execute(
        "SELECT path_in_schema FROM parquet_metadata($1) GROUP BY 1 "
        "HAVING bool_and(stats_null_count IS NOT NULL) AND sum(stats_null_count) = 0",
        [exactly(file)],
    ).fetchall()
    return frozenset(str(column) for (column,) in found)


def _header(looked: Looked) -> tuple[str, ...]:
    if not looked.form.header:
        return looked.form.columns
    if looked.form.quoting == "double quotes":
        rows = list(
            csv.reader([looked.raw_header], delimiter=looked.form.delimiter, quoting=csv.QUOTE_MINIMAL)
        )
    else:
        rows = list(csv.reader([looked.raw_header], delimiter=looked.form.delimiter, quoting=csv.QUOTE_NONE))
    if len(rows) != 1:
        raise OnlyByRow("its header can't be read")
    return tuple(rows[0])


def _csv_source(looked: Looked, header: tuple[str, ...]) -> str:
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(header)))
    names = ", ".join(f"'c{i}'" for i in range(len(header)))
    quote = '"' if looked.quoted else ""
    form = looked.form
    return (
        f"read_csv({text(exactly(looked.path))}, auto_detect = false, header = false, skip = {looked.first_line - 1}, "
        f"delim = {text(form.delimiter)}, quote = '{quote}', escape = '{quote}', strict_mode = true, null_padding = false, "
        f"force_not_null = [{names}], max_line_size = {MAX_LINE}, "
        f"columns = {{{columns}}})"
    )


class _Statement:
    """The SQL that loads one side."""

    def __init__(self, connection: Any, side: Side, stored: int | None) -> None:
        self.connection, self.side, self.grain = connection, side, side.grain
        self.header = side.reader.text.header
        self.codes = Codes(connection)
        self.codes.made = 1000 if side.table == "actual" else 0
        self.checks: list[tuple[str, str]] = []
        self.must: list[str] = []
        side.keys = tuple(self._value(r) for r in side.reader.key if r is not None)
        side.fields = tuple(self._value(r) for r in side.reader.fields if r is not None)
        constant = self.grain.amount.currency.constant
        self.only = constant
        if constant is None:
            currency = side.reader.currency
            assert currency is not None
            side.currency = self._currency(currency)
            side.stored = self._usual_decimals(currency) if stored is None else stored
        else:
            side.currency = text(constant)
            side.stored = decimals_of(self.grain, constant)
        side.filters = tuple(
            f"{self._cell(at)} IN ({listed(sorted(wanted))})"
            for at, wanted in side.reader.filters
            if at is not None
        )

    def _cell(self, at: int) -> str:
        """A cell as text."""
        if self.side.looked is not None:
            return f"c{at}"
        column = self.header[at]
        if column in self.side.full and self.side.kinds[column] == "VARCHAR":
            return name(column)
        return cell_text(column, self.side.kinds[column], self.grain.form)

    def _blank_free_value(self, at: int) -> str:
        """A cell as what it is compared by: its text, or where both sides have the same type and no blanks, its value."""
        column = self.header[at]
        return name(column) if column in self.side.typed and column in self.side.full else self._cell(at)

    def create(self, *, quick: bool, usual: bool) -> str:
        """quick: only the usual ways to write texts and amounts are proven.  usual: only currencies of the usual decimals."""
        side = self.side
        side.amount = self._amount(quick=quick, usual=usual)
        key = ", ".join(side.keys)
        row = [*reversed(side.keys), *side.fields]
        first = f"hash({key})"
        if side.filters:
            first = f"CASE WHEN {' AND '.join(side.filters)} THEN {first} END"
        rest = f"hash({', '.join(row)})"
        # A row agrees only with a row of the same texts, so it is enough to look at those of one side.
        looks = self.checks if side.table == "expected" or self.grain.absent_is_zero else []
        known = [
            *self.must,
            *(check[0 if quick else 1] for check in looks),
            *(f"{k} IS NOT NULL" for k in (*side.keys, *side.fields) if k.startswith("getvariable")),
        ]
        if known:
            rest = f"CASE WHEN {' AND '.join(known)} THEN {rest} END"
        currency = "" if self.only is not None else f",\n  {side.currency} AS currency"
        return (
            f"CREATE TEMP TABLE {side.table} AS\n"
            f"SELECT {first} AS key,\n  {rest} AS compared,\n  {side.amount} AS amount{currency}\nFROM {side.source}"
        )

    def counted(self) -> tuple[int, int, bool]:
        """How many rows there are, how many aren't proven, and whether a currency has other decimals than the usual."""
        odd = (
            [c for c in MINOR_UNITS if decimals_of(self.grain, c) != self.side.stored]
            if self.only is None
            else []
        )
        which = f"coalesce(bool_or(currency IN ({listed(odd)})), false)" if odd else "false"
        query = f"SELECT count(*), count(key) - count(CASE WHEN compared IS NOT NULL AND amount IS NOT NULL THEN key END), {which} FROM {self.side.table}"  # noqa: S608  (codes of ours alone)
        rows, unproven, found = self.connection.execute(query).fetchone()
        return int(rows), int(unproven), bool(found)

    def _amount(self, *, quick: bool, usual: bool) -> str:
        at = self.side.reader.amount_at
        assert at is not None
        form = number_form(self.grain.form.culture, self.grain.form.negative)
        one: Callable[[int, int], str]
        column = self.header[at]
        kind = self.side.kinds.get(column, "VARCHAR")
        if kind == "VARCHAR":
            raw = self._cell(at)

            def one(decimals: int, stored: int) -> str:
                return amount_of_text(raw, form, decimals, stored, quick=quick)
        elif kind.startswith("DECIMAL") or kind.endswith(("INT", "INTEGER")):
            scale = int(kind.rstrip(")").split(",")[1]) if kind.startswith("DECIMAL") else 0

            def one(decimals: int, stored: int) -> str:
                return amount_of_number(name(column), scale, decimals, stored)
        else:
            raise OnlyByRow("its amounts aren't numbers")
        if usual and self.only is None:
            return one(self.side.stored, self.side.stored)
        return amount_of(self.grain, self.only, self.side.currency, self.side.stored, one)

    def _currency(self, reader: CellReader) -> str:
        spec = reader.spec
        if spec.codes is None and spec.lookup is None and not spec.pattern:
            self.connection.execute(
                f"CREATE TYPE IF NOT EXISTS currency_code AS ENUM ({listed(MINOR_UNITS)})"
            )
            raw = self._cell(reader.number - 1)
            self.must.append(f"TRY_CAST({raw} AS currency_code) IS NOT NULL")
            return f"TRY_CAST({raw} AS currency_code)"
        value = self._value(reader)
        self.connection.execute(f"CREATE TYPE IF NOT EXISTS currency_code AS ENUM ({listed(MINOR_UNITS)})")
        self.must.append(f"TRY_CAST({value} AS currency_code) IS NOT NULL")
        return f"TRY_CAST({value} AS currency_code)"

    def _usual_decimals(self, reader: CellReader) -> int:
        """The decimals of the currency of the first rows; other currencies are looked at one by one."""
        raws = [row.cells for row in self._sample()]
        for cells in raws:
            try:
                currency = reader.read(cells)
            except ValueError:
                continue
            if currency in MINOR_UNITS:
                return decimals_of(self.grain, str(currency))
        return decimals_of(self.grain, "EUR")

    def _sample(self) -> list[TextRow]:
        looked = self.side.looked
        size = (
            looked.rows
            if looked is not None
            else int(
                self.connection.execute(f"SELECT count(*) FROM {self.side.source}").fetchone()[0]  # noqa: S608  (path quoted)
            )
        )
        return self.side.text_rows(range(min(size, _SAMPLE))) if size else []

    def _value(self, reader: CellReader) -> str:
        """Our value of a cell; NULL where the row reader would refuse it."""
        spec = reader.spec
        if spec.constant is not None:
            return text(spec.constant)
        if is_read_as_it_is(spec):
            at = reader.number - 1
            if self.header[at] not in self.side.typed or self.header[at] not in self.side.full:
                self._must_be_an_identifier(self._cell(at), spec, at)
            return self._blank_free_value(at)
        return self._looked_up(reader)

    def _must_be_an_identifier(self, raw: str, spec: CellSpec, at: int) -> None:
        """Neither blank nor with blanks around it."""
        looked = self.side.looked
        kind = self.side.kinds.get(self.header[at], "VARCHAR")
        if (looked is not None and not looked.blanks) or kind != "VARCHAR":
            if not spec.blank:
                self.checks.append((f"{raw} <> ''",) * 2)
            return
        # Most texts begin and end with a visible ASCII character; only the others need the long look.
        plain = f"{raw} BETWEEN '!' AND '~' AND reverse({raw}) BETWEEN '!' AND '~'"
        empty = f"{raw} = '' OR " if spec.blank else f"{raw} <> '' AND "
        self.checks.append(
            (plain, f"CASE WHEN {plain} THEN true ELSE {empty}trim({raw}, {text(_WHITE)}) = {raw} END")
        )

    def _looked_up(self, reader: CellReader) -> str:
        """Through the distinct texts of the column, each read by the row reader itself."""
        spec = reader.spec
        parts = spec.span or (spec,)
        ats = [next(i for i, h in enumerate(self.header) if h in part.columns) for part in parts]
        raws = [self._cell(at) for at in ats]
        joined = f"concat_ws(chr(31), {', '.join(raws)})" if len(raws) > 1 else raws[0]
        known = (
            spec.codes
            if spec.codes is not None and spec.others != "as they are" and not has_type_of_its_own(spec)
            else None
        )
        if known is not None:
            found = [*known, *([""] if "" not in known else [])]
        else:
            query = f"SELECT DISTINCT {joined} FROM {self.side.source} LIMIT 200001"  # noqa: S608  (names and path quoted)
            try:
                found = sorted(str(v) for (v,) in self.connection.execute(query).fetchall())
            except Exception as error:
                raise _reason(error) from None
        alone = CellsAlone(reader, ats, len(self.header))
        if spec in self.grain.key:
            self.side.looked_up[spec.name] = (alone, len(raws), joined)
        meaning = meanings(alone, [v.split("\x1f") for v in found])
        value = self.codes.value_of(joined, meaning)
        if spec.others == "not compared" and known is not None:
            value = f"coalesce({value}, {text(NOT_COMPARED)})"
        return value


class CellsAlone:
    """A reader of cells that are given alone instead of in their row."""

    def __init__(self, reader: CellReader, ats: Sequence[int], width: int) -> None:
        self.reader, self.ats, self.width = reader, ats, width

    def read(self, cells: Sequence[str]) -> str | None:
        """Our value.  Raises NotReadable."""
        return self.reader.read(self._row(cells))

    def code(self, cells: Sequence[str]) -> str:
        """The target's code."""
        return self.reader.code(self._row(cells))

    def _row(self, cells: Sequence[str]) -> list[str]:
        row = [""] * self.width
        for at, cell in zip(self.ats, cells, strict=True):
            row[at] = cell
        return row
