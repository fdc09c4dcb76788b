"""Expected results that were calculated before, against a target's export, both too large to hold: what provably agrees is set aside.

The expected file is added up by DuckDB under the mapping's key, and then compared as any large file is.  Of what differs the
expected rows are read as the calculation wrote them, so that every difference has its lines and payouts.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from harness.adapters.cells import Lookups
from harness.adapters.delimited import TextFormat
from harness.adapters.mapping import AmountSpec, CellSpec, GrainMapping
from harness.adapters.mapping import Mapping as TargetMapping
from harness.adapters.parquet_table import exactly
from harness.adapters.rows import ResultRow, ResultTable
from harness.reconcile.expected import LINE_COLUMNS, PAYOUT_COLUMNS, WrongCell, line_of, payout_of
from harness.reconcile.grain_rows import OF_ATTRIBUTES
from harness.reconcile.large.agreeing import set_aside
from harness.reconcile.large.both_sides import (
    Room,
    Units,
    database,
    files_of_grain,
    opened_side,
    read_side,
    size_of,
)
from harness.reconcile.large.cell_sql import listed, name, text
from harness.reconcile.large.loading import Side, load, opened
from harness.reconcile.large.text_files import OnlyByRow
from reference_engine.problems import Problem
from reference_engine.vocabulary.results import EarnedLine, Payout

FILES = {"lines": ("lines.csv", LINE_COLUMNS, line_of), "payouts": ("payouts.csv", PAYOUT_COLUMNS, payout_of)}
MOST_BENEATH = 1_000_000
"""Lines beneath payouts that differ; of more, the payouts stand alone."""


@dataclass(frozen=True)
class LargeSides:
    """Both sides of every grain, and the expected rows of what differs.

    lines: beneath the payouts that differ as well.  days: the first and last day of every period that is expected.
    """

    expected: Mapping[str, ResultTable]
    actual: Mapping[str, ResultTable]
    lines: Sequence[EarnedLine]
    payouts: Sequence[Payout]
    days: Mapping[str, tuple[date, date]]


def is_large(path: Path, actual: Path, mapping: TargetMapping, room: Room) -> bool:
    """Whether the two sides are so large that what agrees is set aside instead of read."""
    ours = [file for kind in FILES if (file := file_of(path, kind)) is not None]
    theirs = [file for grain in mapping.grains for file in files_of_grain(mapping, grain, actual)]
    return bool(ours and theirs) and size_of(*ours, *dict.fromkeys(theirs)) >= room.from_bytes


def file_of(path: Path, kind: str) -> Path | None:
    """The file of a kind of expected rows; None where there is none."""
    wanted, columns, _ = FILES[kind]
    if path.is_dir():
        return path / wanted if (path / wanted).is_file() else None
    if not path.is_file():
        return None
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = set(file.readline(1_000_000).rstrip("\r\n").split(","))
    return path if set(columns) <= header else None


def read_large(
    mapping: TargetMapping, path: Path, actual: Path, problems: list[Problem], room: Room
) -> LargeSides:
    """Both sides, every grain.  Raises OnlyByRow where a grain has to be read row by row."""
    expected: dict[str, ResultTable] = {}
    theirs: dict[str, ResultTable] = {}
    single: list[EarnedLine] = []
    lines: list[EarnedLine] = []
    payouts: list[Payout] = []
    days: dict[str, tuple[date, date]] = {}
    for grain in mapping.grains:
        files = files_of_grain(mapping, grain, actual)
        if grain.expected not in FILES:
            raise OnlyByRow(f"{grain.name} compares {grain.expected}")
        file = file_of(path, grain.expected)
        if file is None or not files:
            continue
        with (
            database(room) as connection,
            tempfile.TemporaryDirectory(prefix="trueup-", dir=room.folder) as work,
        ):
            one = _Expected(connection, grain, file)
            days |= one.days()
            left, right = (
                one.side(Path(work)),
                opened_side(connection, "actual", mapping, grain, files, Path(work) / "actual"),
            )
            load(connection, left, right, None)
            load(connection, right, left, left.stored)
            units = Units(grain)
            found = set_aside(connection, left, right, grain, units)
            ours = read_side(connection, left, found, 0, units)
            theirs[grain.name] = read_side(connection, right, found, 1, units)
            expected[grain.name] = one.with_rows(ours)
            for row in expected[grain.name].differing.rows:
                single += [s for s in row.sources if isinstance(s, EarnedLine)]
                payouts += [s for s in row.sources if isinstance(s, Payout)]
            beneath = file_of(path, "lines") if grain.expected == "payouts" else None
            if beneath is not None:
                lines += _beneath(connection, beneath, expected[grain.name].differing.rows)
    # Lines that stand beneath a payout which differs are there already; two lines may say the same, and both count.
    whole = {_paid_in(line) for line in lines}
    lines += [line for line in single if _paid_in(line) not in whole]
    return LargeSides(expected, theirs, lines, payouts, days)


class _Expected:
    """One file of expected rows, as DuckDB reads and adds it up."""

    def __init__(self, connection: Any, grain: GrainMapping, file: Path) -> None:
        self.connection, self.grain, self.file = connection, grain, file
        _, self.columns, self.read = FILES[grain.expected]
        if grain.add_up or not grain.is_plain or grain.amount.rounded or grain.amount.percent:
            raise OnlyByRow("it compares figures in another way than by their sum")
        names = {*grain.key_names, *(f.name for f in grain.fields), *grain.expected_where}
        known = {*self.columns, *(OF_ATTRIBUTES if grain.expected == "lines" else ())}
        if not names <= known:
            raise OnlyByRow(f"the expected file has no column for {', '.join(sorted(names - known))}")
        if "rate" in names:
            raise OnlyByRow("rates are compared as numbers")
        self.source = _source(connection, file, self.columns)
        self.key = [self._value(n) for n in grain.key_names]
        self.where = " AND ".join(
            f"{_cell(n)} IN ({listed(sorted(v))})" for n, v in sorted(grain.expected_where.items())
        )

    def _value(self, wanted: str) -> str:
        """Our value of a key or field, as the row reader has it."""
        if wanted not in self.grain.span_names:
            return _cell(wanted)
        if wanted != "period" or self.grain.expected != "payouts":
            raise OnlyByRow("the days of its periods stand in no column")
        return f"CASE WHEN {_cell('period')} = '' THEN '' ELSE {_cell('from')} || ' to ' || {_cell('to')} END"

    def days(self) -> dict[str, tuple[date, date]]:
        """The periods that payouts state with their days."""
        if self.grain.expected != "payouts":
            return {}
        query = f"SELECT DISTINCT {_cell('period')}, {_cell('from')}, {_cell('to')} FROM {self.source} LIMIT 10000"  # noqa: S608  (of names of ours alone)
        try:
            return {label: (date.fromisoformat(first), date.fromisoformat(last)) for label, first, last in self.connection.execute(query).fetchall()}
        except ValueError:
            raise OnlyByRow("the days of a period aren't dates") from None

    def side(self, folder: Path) -> Side:
        """The rows added up under the key, as a side of a large comparison."""
        only = self.grain.amount.currency.constant
        keys = ", ".join(f"{value} AS {name(f'k{i}')}" for i, value in enumerate(self.key))
        fields = [self._field(i, f.name) for i, f in enumerate(self.grain.fields)]
        amount = f"sum(CAST({_cell('amount')} AS DECIMAL(38, 6)))"
        checks = [
            f"count(DISTINCT {_cell('currency')})",
            *(f"count(DISTINCT {self._value(f.name)})" for f in self.grain.fields if f.name != "lines"),
        ]
        many = f"greatest({', '.join(checks)})"
        target = folder / "expected.parquet"
        groups = ", ".join(str(i + 1) for i in range(len(self.key)))
        query = (
            f"SELECT {', '.join([keys, *fields])}, {amount} AS amount, min({_cell('currency')}) AS currency, {many} AS many, count(*) AS n "  # noqa: S608  (of names of ours alone)
            f"FROM {self.source}{' WHERE ' + self.where if self.where else ''} GROUP BY {groups}"
        )
        place = str(target).replace("'", "''")
        import duckdb

        try:
            self.connection.execute(f"COPY ({query}) TO '{place}' (FORMAT parquet)")
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            raise OnlyByRow(
                "a row of the expected file isn't written as trueup writes it, or an amount has no exact decimals"
            ) from None
        rows, most, currencies = self.connection.execute(
            "SELECT count(*), max(many), list(DISTINCT currency) FROM read_parquet($1)", [exactly(target)]
        ).fetchone()
        if not rows:
            raise OnlyByRow("nothing is expected")
        if most > 1:
            raise OnlyByRow("rows under one key have several currencies or values")
        if only is not None and set(currencies) != {only}:
            raise OnlyByRow("not everything that is expected is in the mapping's currency")
        side = opened(self.connection, "expected", self._grain(), target, Lookups([], []))
        side.name = str(self.file)
        return side

    def _field(self, number: int, wanted: str) -> str:
        value = (
            f"CAST(sum(CAST({_cell('lines')} AS BIGINT)) AS VARCHAR)"
            if wanted == "lines"
            else f"min({self._value(wanted)})"
        )
        return f"{value} AS {name(f'f{number}')}"

    def _grain(self) -> GrainMapping:
        """How the added-up rows are read: every column is our own value already."""
        money = self.grain.amount
        currency = (
            money.currency if money.currency.constant is not None else CellSpec("currency", ("currency",))
        )
        return replace(
            self.grain,
            key=tuple(CellSpec(n, (f"k{i}",), blank=True) for i, n in enumerate(self.grain.key_names)),
            fields=tuple(CellSpec(f.name, (f"f{i}",), blank=True) for i, f in enumerate(self.grain.fields)),
            amount=AmountSpec(("amount",), currency, money.decimals),
            form=TextFormat(),
            file="",
            rows_where={},
            expected_where={},
        )

    def with_rows(self, table: ResultTable) -> ResultTable:
        """The table whose differing rows have the expected rows that they are made of."""
        proven = table.proven
        assert proven is not None
        read, kept = self.connection.execute(
            f"SELECT count(*), {f'count(*) FILTER (WHERE {self.where})' if self.where else 'count(*)'} FROM {self.source}"  # noqa: S608
        ).fetchone()
        sources: dict[tuple[str, ...], list[Any]] = defaultdict(list)
        for key, row in self._rows([row.key for row in proven.differing]):
            sources[key].append(row)
        rows = [replace(row, sources=tuple(sources[row.key])) for row in proven.differing]
        if not all(row.sources for row in rows):
            raise OnlyByRow("its rows can't be found again")
        notes = list(_notes(self.grain, int(read), int(kept), len(table.rows)))
        return replace(
            table,
            read=int(read),
            left_out=int(read) - int(kept),
            file=str(self.file),
            notes=tuple(notes),
            proven=replace(proven, differing=rows),
        )

    def _rows(self, keys: Sequence[tuple[str, ...]]) -> Iterator[tuple[tuple[str, ...], Any]]:
        """The expected rows under these keys, in the order of the file."""
        if not keys:
            return
        columns = [f"k{i}" for i in range(len(self.key))]
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE wanted_keys ({', '.join(f'{name(c)} VARCHAR' for c in columns)})"
        )
        self.connection.register(
            "given_keys", {c: _objects([key[i] for key in keys]) for i, c in enumerate(columns)}
        )
        self.connection.execute("INSERT INTO wanted_keys SELECT DISTINCT * FROM given_keys")
        self.connection.unregister("given_keys")
        on = " AND ".join(f"{value} = w.{name(c)}" for value, c in zip(self.key, columns, strict=True))
        cells = ", ".join(_cell(c) for c in self.columns)
        query = (
            f"SELECT {', '.join(self.key)}, {cells} FROM {self.source} AS e JOIN wanted_keys AS w ON {on}"  # noqa: S608  (of names of ours alone)
            f"{' WHERE ' + self.where if self.where else ''}"
        )
        for row in self.connection.execute(query).fetchall():
            yield tuple(row[: len(self.key)]), _object(self.read, self.columns, row[len(self.key) :])


def _paid_in(line: EarnedLine) -> tuple[str, ...]:
    """The payout that a line belongs to."""
    return (line.payee, line.plan, line.component, line.pay_period, line.currency)


def _beneath(connection: Any, file: Path, rows: Sequence[ResultRow]) -> list[EarnedLine]:
    """The lines that the payouts which differ are made of."""
    wanted = {
        (s.payee, s.plan, s.component, s.period, s.currency)
        for row in rows
        for s in row.sources
        if isinstance(s, Payout)
    }
    if not wanted:
        return []
    source = _source(connection, file, LINE_COLUMNS)
    names = ("payee", "plan", "component", "pay period", "currency")
    ordered = sorted(wanted)
    connection.register(
        "given_payouts", {f"p{i}": _objects([one[i] for one in ordered]) for i in range(len(names))}
    )
    on = " AND ".join(f"{_cell(n)} = w.p{i}" for i, n in enumerate(names))
    cells = ", ".join(_cell(c) for c in LINE_COLUMNS)
    query = f"SELECT {cells} FROM {source} JOIN given_payouts AS w ON {on} LIMIT {MOST_BENEATH + 1}"  # noqa: S608  (of names of ours alone)
    found = connection.execute(query).fetchall()
    connection.unregister("given_payouts")
    return [_object(line_of, LINE_COLUMNS, row) for row in found] if len(found) <= MOST_BENEATH else []


def _source(connection: Any, file: Path, columns: Sequence[str]) -> str:
    """The file as a table of texts, named as trueup writes them."""
    import duckdb

    source = (
        f"read_csv({text(exactly(file))}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', "
        "null_padding = false, strict_mode = true, ignore_errors = false, max_line_size = 10000000)"
    )
    try:
        found = [str(row[0]) for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]  # noqa: S608
    except duckdb.Error:
        raise OnlyByRow("the expected file can't be read as trueup writes it") from None
    if not set(columns) <= set(found):
        raise OnlyByRow("the expected file has other columns than trueup writes")
    return source


def _cell(column: str) -> str:
    """A cell as it was before it was made harmless for spreadsheets; a blank one is a blank text.  Or what the attributes say."""
    if column in OF_ATTRIBUTES:
        return f"coalesce(json_extract_string(nullif({_cell('attributes')}, ''), '$.{column}'), '')"
    raw = f"coalesce({name(column)}, '')"
    return f"(CASE WHEN starts_with({raw}, '''') THEN substr({raw}, 2) ELSE {raw} END)"


def _object(read: Callable[[dict[str, str]], Any], columns: Sequence[str], row: Sequence[str]) -> Any:
    try:
        return read(dict(zip(columns, map(str, row), strict=True)))
    except WrongCell as error:
        raise OnlyByRow(str(error)) from None


def _objects(values: Sequence[str]) -> Any:
    import numpy as np

    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _notes(grain: GrainMapping, read: int, kept: int, rows: int) -> Iterator[str]:
    if kept < read:
        conditions = "; ".join(f"{n} is {' or '.join(v)}" for n, v in grain.expected_where.items())
        yield f"{read - kept:,} of {read:,} expected {grain.expected} don't count: only those where {conditions}."
    if rows < kept:
        yield f"{kept:,} expected {grain.expected} add up to {rows:,} {'row' if rows == 1 else 'rows'}, one for each {', '.join(grain.key_names)}."
    yield "Both sides are so large that what agrees was counted and summed, and only what differs was read row by row."
