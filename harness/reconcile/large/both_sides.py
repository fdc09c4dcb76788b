"""Both sides of a comparison from files of any size: what provably agrees is set aside, the rest is read row by row."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, overload

from harness.adapters.cells import Lookups
from harness.adapters.cultures import NotReadable
from harness.adapters.delimited import TextFile, TextRow
from harness.adapters.findings import Findings
from harness.adapters.mapping import GrainMapping
from harness.adapters.mapping import Mapping as TargetMapping
from harness.adapters.parquet_table import is_parquet
from harness.adapters.rows import ProvenRows, ResultRow, ResultTable
from harness.adapters.several_files import files_of, fits, is_pattern
from harness.adapters.text_export import GrainReader, read_export
from harness.reconcile.large.agreeing import Agreeing, set_aside
from harness.reconcile.large.joined_files import put_together
from harness.reconcile.large.loading import Side, load, opened
from harness.reconcile.large.text_files import OnlyByRow, every_row
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.numbers import MINOR_UNITS

LARGE = 8_000_000
"""Bytes of both files from which on they are compared out of core."""
Tables = dict[str, ResultTable]


@dataclass(frozen=True)
class Room:
    """What a large comparison may use.  memory: a limit such as 2GB; folder: where it writes what doesn't fit."""

    memory: str = ""
    folder: Path | None = None
    from_bytes: int = LARGE


def read_both(
    mapping: TargetMapping, left: Path, right: Path, problems: list[Problem], room: Room | None = None
) -> tuple[Tables, Tables]:
    """Reads two exports of one mapping, to be compared with each other.

    Small ones are read as they are.  Of large ones every row is counted and summed, and those that may differ are read.
    """
    room = room or Room()
    before = len(problems)
    tables: tuple[Tables, Tables] = {}, {}
    rest = []
    for grain in mapping.grains:
        pair = files_of_grain(mapping, grain, left), files_of_grain(mapping, grain, right)
        if not pair[0] or not pair[1] or size_of(*pair[0], *pair[1]) < room.from_bytes:
            rest.append((grain, ""))
            continue
        try:
            tables[0][grain.name], tables[1][grain.name] = _large(mapping, grain, (pair[0], pair[1]), room)
        except OnlyByRow as only:
            rest.append((grain, str(only)))
    if not rest:
        return tables
    others = replace(mapping, grains=tuple(grain for grain, _ in rest))
    why = {grain.name: text for grain, text in rest if text}
    for side, path in enumerate((left, right)):
        for name, table in read_export(others, path, problems).items():
            note = f"{table.file} was read row by row, in memory: {why[name]}." if name in why else ""
            tables[side][name] = replace(table, notes=(*table.notes, note)) if note else table
    return tables if len(problems) == before else ({}, {})


def files_of_grain(mapping: TargetMapping, grain: GrainMapping, path: Path) -> list[Path]:
    """The files of a grain; none where read_export has something to say about it."""
    if path.is_dir():
        if is_pattern(grain.file):
            return files_of(path, grain.file)
        return [path / grain.file] if grain.file and (path / grain.file).is_file() else []
    named = [g for g in mapping.grains if fits(path.name, g.file)]
    taken = grain in named if named else len(mapping.grains) == 1
    return [path] if taken and path.is_file() else []


def size_of(*files: Path) -> int:
    """Bytes that the files take as text, roughly."""
    # Parquet is packed: a tenth of what the same rows take as text.
    return sum(file.stat().st_size * (10 if is_parquet(file) else 1) for file in files)


def _large(
    mapping: TargetMapping, grain: GrainMapping, pair: tuple[list[Path], list[Path]], room: Room
) -> tuple[ResultTable, ResultTable]:
    if not grain.is_rows:
        raise OnlyByRow("which of its rows are results is decided row by row")
    if grain.add_up:
        raise OnlyByRow("rows with the same key are added up")
    if grain.amount.is_number or grain.amount.percent or grain.amount.rounded or grain.amount.of != "amount":
        raise OnlyByRow("it compares figures other than money")
    if grain.form.dates != "year first" and any(
        s.span or s.name == "date" for s in (*grain.key, *grain.fields)
    ):
        raise OnlyByRow("whether its dates show their order is looked up in every row")
    with database(room) as connection, tempfile.TemporaryDirectory(prefix="trueup-", dir=room.folder) as work:
        left, right = (
            opened_side(connection, name, mapping, grain, files, Path(work) / name)
            for name, files in zip(("expected", "actual"), pair, strict=True)
        )
        sides = (left, right)
        load(connection, left, right, None)
        load(connection, right, left, left.stored)
        units = Units(grain)
        found = set_aside(connection, left, right, grain, units)
        expected, actual = (read_side(connection, side, found, i, units) for i, side in enumerate(sides))
    return expected, actual


def opened_side(
    connection: Any, name: str, mapping: TargetMapping, grain: GrainMapping, files: list[Path], work: Path
) -> Side:
    """A side with its columns bound; several files are put together first, in the folder work.  Raises OnlyByRow."""
    folder = files[0].parent
    lookups = Lookups([Path(mapping.file).parent, folder] if mapping.file else [folder], [])
    if len(files) == 1:
        side = opened(connection, name, grain, files[0], lookups)
        side.name = files[0].name
        return side
    work.mkdir()
    file, places = put_together(connection, files, grain.form, work)
    side = opened(connection, name, grain, file, lookups)
    side.places, side.name = places, grain.file
    return side


@contextmanager
def database(room: Room) -> Iterator[Any]:
    """A DuckDB of its own that writes what doesn't fit into a folder of its own, which is removed afterwards."""
    import duckdb

    folder = Path(tempfile.mkdtemp(prefix="trueup-", dir=room.folder))
    try:
        config: dict[str, Any] = {
            "temp_directory": str(folder),
            "preserve_insertion_order": "true",
        }
        if room.memory:
            config["memory_limit"] = room.memory
        config["threads"] = max(
            1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )
        try:
            with duckdb.connect(config=config) as connection:
                connection.execute("SET enable_progress_bar = false")
                yield connection
        except duckdb.OutOfMemoryException:
            raise Stopped(
                Problem(
                    "memory-limit",
                    f"the comparison doesn't fit into {room.memory or 'the memory of this machine'}, even with what is put on the disk.",
                    Where("(comparison)"),
                    remedy="Give more with --memory, such as --memory 4GB, or free space on the disk of the temporary folder.",
                )
            ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Units:
    """Amounts in whole units of the decimals that their currency is compared to."""

    def __init__(self, grain: GrainMapping) -> None:
        self.stated = grain.amount.decimals

    def decimals(self, currency: str) -> int:
        own = MINOR_UNITS[currency]
        return own if self.stated is None else max(self.stated, own)

    def __call__(self, currency: str, amount: Decimal) -> int:
        whole = Decimal(amount).scaleb(self.decimals(currency))
        units = int(whole)
        if units != whole:
            raise OnlyByRow("an amount isn't whole in its currency's decimals")
        return units


def read_side(connection: Any, side: Side, found: Agreeing, at: int, units: Units) -> ResultTable:
    """The table of a side: the rows that may differ read, the others counted."""
    numbers = found.apart[at]
    rows = side.text_rows(numbers)
    reader = _reader(side, rows)
    reader.read_elsewhere = found.rows[at] - found.left_out[at] - len(numbers)
    table = reader.table()
    if reader.findings.count:
        raise OnlyByRow("most of its rows can't be read")
    proven = ProvenRows(
        found.matched - found.tolerated,
        found.rows[at] - found.left_out[at] - len(numbers),
        found.sums[at],
        found.tolerated,
        found.tolerated_money,
        list(table.rows),
        found.sql,
    )
    if len(table.rows) + len(table.unreadable) != len(numbers):
        raise OnlyByRow("its rows can't be found again")
    _check_sums(connection, side, reader, rows, found, at)
    control = dict(proven.sums)
    for currency, amount in table.control.items():
        control[currency] = control.get(currency, 0) + amount
    return ResultTable(
        side.grain.name,
        RowsOfFile(side, proven.rows + len(table.rows)),
        {c: units.decimals(c) for c in found.sums[at]} | dict(table.decimals),
        read=found.rows[at],
        left_out=found.left_out[at],
        file=side.name,
        header=reader.text.header,
        codes=_codes(connection, side, table) if at == 1 else {},
        notes=tuple(_notes(side, found, at)),
        unreadable=table.unreadable,
        control=control,
        proven=proven,
    )


def _check_sums(
    connection: Any, side: Side, reader: GrainReader, rows: Sequence[TextRow], found: Agreeing, at: int
) -> None:
    """The amounts that are read row by row must add up to what DuckDB sums them to: both read the same rows alike."""
    unsaid = "" if side.grain.amount.currency.constant is not None else " OR currency IS NULL"
    query = f"SELECT rowid FROM {side.table} WHERE (amount IS NULL{unsaid}) AND key IN (SELECT key FROM differing)"  # noqa: S608  (of names of ours alone)
    unread = {int(n) for (n,) in connection.execute(query).fetchall()}
    sums: dict[str, int] = {}
    for number, row in zip(found.apart[at], rows, strict=True):
        if number not in unread:
            units, currency = reader.amount(row.cells)
            sums[currency] = sums.get(currency, 0) + units
    for currency, total in found.whole[at].items():
        if found.sums[at].get(currency, 0) + sums.get(currency, 0) != total:
            raise OnlyByRow("its amounts are read in two ways")


def _reader(side: Side, rows: list[TextRow]) -> GrainReader:
    problems: list[Problem] = []
    old = side.reader.text
    text = TextFile(old.header, old.header_line, rows, old.skipped, old.open_end)
    reader = GrainReader(side.grain, text, side.name, side.lookups, Findings(problems, str(side.file)))
    if side.places is not None:
        reader.place = side.places.of
    if problems:
        raise OnlyByRow("something in it isn't as the mapping says")
    return reader


def _codes(connection: Any, side: Side, table: ResultTable) -> Mapping[str, Mapping[str, str]]:
    """The target's one code for each of our values in the file; columns read as they are need none."""
    codes: dict[str, Mapping[str, str]] = dict(table.codes)
    for name, (reader, raws, joined) in side.looked_up.items():
        where = f" WHERE {' AND '.join(side.filters)}" if side.filters else ""
        seen: dict[str, str | None] = {}
        at = side.grain.key_names.index(name)
        unread = Counter(bad.source.codes[at] for bad in table.unreadable if bad.source.codes)
        query = f"SELECT {joined}, count(*) FROM {side.source}{where} GROUP BY 1 ORDER BY 1"  # noqa: S608  (names and path quoted)
        for text, count in connection.execute(query).fetchall():
            cells = str(text).split("\x1f") if raws > 1 else [str(text)]
            try:
                value = reader.read(cells)
            except NotReadable:
                continue
            code = reader.code(cells)
            if unread[code] == count:
                continue
            seen[value or ""] = None if (value or "") in seen else code
        codes[name] = {value: code for value, code in seen.items() if code is not None}
    return codes


def _notes(side: Side, found: Agreeing, at: int) -> Iterator[str]:
    if side.places is not None:
        yield f"{side.name} was read as one table from {len(side.places.names):,} files."
    if side.looked is not None and side.looked.open_end:
        yield f"The last row of {side.name} has no line break at its end; check that the export is whole."
    if found.left_out[at]:
        conditions = "; ".join(f"{c} is {' or '.join(v)}" for c, v in side.grain.rows_where.items())
        yield (
            f"{found.left_out[at]:,} of {found.rows[at]:,} rows of {side.name} don't count: only those where {conditions}."
        )
    if side.looked is not None and side.grain.form.skip_first:
        yield f"{side.grain.form.skip_first:,} lines of {side.name} are skipped as the mapping says."
    if found.tolerated and at == 1:
        yield f"{found.tolerated:,} more rows differ within the tolerance; they are counted and summed, not listed."


class RowsOfFile(Sequence[ResultRow]):
    """All rows of a file, read anew each time: so many don't fit into memory."""

    def __init__(self, side: Side, size: int) -> None:
        self.side, self.size = side, size

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[ResultRow]:
        for rows in self._pieces():
            reader = _reader(self.side, rows)
            reader.read_elsewhere = self.size
            yield from reader.table().rows

    def _pieces(self) -> Iterator[list[TextRow]]:
        if self.side.looked is not None:
            yield from every_row(self.side.looked)
            return
        for first in range(0, self.side.rows, 100_000):
            yield self.side.text_rows(range(first, min(first + 100_000, self.side.rows)))

    @overload
    def __getitem__(self, at: int) -> ResultRow: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ResultRow]: ...
    def __getitem__(self, at: int | slice) -> ResultRow | Sequence[ResultRow]:
        return list(self)[at]
