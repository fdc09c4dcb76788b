"""The files of an evidence package: which there are, their hashes, row counts and control totals."""

from __future__ import annotations

import csv
import hashlib
import os
import re
import stat
import sys
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from harness.evidence.manifest_types import SUMS, ColumnTotals, SealedFile
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.numbers import MINOR_UNITS, plain_number

AMOUNTS = ("amount", "expected", "actual", "difference")
"""Columns whose sums are kept, in a table that has a column `currency`."""
STEADY = (".csv", ".parquet", ".feature", ".yaml", ".yml")
"""Kinds of files that carry no time and no run id: the same run leaves the same bytes."""
_NUMBER = re.compile(r"-?\d{1,200}(\.\d{1,200})?\Z", re.ASCII)
_FRACTION = re.compile(r"-?\d{1,200}/[1-9]\d{0,200}\Z", re.ASCII)


def files_of(folder: Path) -> dict[str, Path]:
    """Every file in the folder by its name in the package, in the order of their names.

    Raises Stopped where a link or a device lies in it: what it shows may change, and may lie anywhere.
    """
    found: dict[str, Path] = {}
    problems: list[Problem] = []
    rooms = [folder]
    while rooms:
        room = rooms.pop()
        try:
            with os.scandir(room) as entries:
                listed = list(entries)
        except OSError as error:
            raise Stopped(_unreadable(room, error)) from None
        for entry in listed:
            path = Path(entry.path)
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                rooms.append(path)
            elif stat.S_ISREG(mode):
                found[path.relative_to(folder).as_posix()] = path
            else:
                what = "a link" if stat.S_ISLNK(mode) else "no ordinary file"
                problems.append(_foreign(path, what))
    if problems:
        raise Stopped(problems)
    return dict(sorted(found.items()))


def sealed(name: str, path: Path) -> SealedFile:
    """One file as the manifest lists it."""
    try:
        digest, size = hash_of(path)
        rows, totals = table_of(path)
    except OSError as error:
        raise Stopped(_unreadable(path, error)) from None
    return SealedFile(name, digest, size, rows, totals)


def hash_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size.  A link isn't followed."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size


def table_of(path: Path) -> tuple[int | None, tuple[ColumnTotals, ...]]:
    """Data rows and control totals of a table that trueup wrote; None for other files."""
    kind = path.suffix.lower()
    if kind == ".parquet":
        return parquet_rows(path), ()
    return _csv_table(path) if kind == ".csv" else (None, ())


def parquet_rows(path: Path) -> int | None:
    """Rows by the file's own count; None where it can't be read as Parquet."""
    import duckdb

    if re.search(r"[*?\[{]", str(path)):
        return None  # DuckDB would take the name for a pattern.
    try:
        with duckdb.connect(":memory:", config={"threads": 1}) as connection:
            row = connection.execute("select num_rows from parquet_file_metadata(?)", [str(path)]).fetchone()
    except duckdb.Error:
        return None
    return int(row[0]) if row else None


def sums_text(files: Iterable[SealedFile]) -> bytes:
    """The list that `sha256sum -c` reads."""
    lines = []
    for file in files:
        name = file.name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
        mark = "\\" if name != file.name else ""
        lines.append(f"{mark}{file.sha256}  {name}\n")
    return os.fsencode("".join(lines))


def steady(files: Iterable[SealedFile]) -> dict[str, str]:
    """The files that are the same in every run over the same inputs, with their hashes."""
    return {f.name: f.sha256 for f in files if Path(f.name).suffix.lower() in STEADY and f.name != SUMS}


def _csv_table(path: Path) -> tuple[int | None, tuple[ColumnTotals, ...]]:
    csv.field_size_limit(sys.maxsize)
    rows = 0
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(file)
        try:
            header = next(reader, [])
            currency = header.index("currency") if header.count("currency") == 1 else -1
            columns = [n for n in AMOUNTS if header.count(n) == 1] if currency >= 0 else []
            summed = [_Sum(n, header.index(n)) for n in columns]
            for row in reader:
                rows += 1
                if currency < len(row):
                    for one in summed:
                        one.add(row, row[currency])
        except csv.Error:
            return None, ()
    return rows, tuple(ColumnTotals(s.column, s.totals()) for s in summed if s.good)


class _Sum:
    """The sum of one column by currency, in whole units of the decimals that its cells have."""

    def __init__(self, column: str, position: int) -> None:
        self.column, self.position, self.good = column, position, True
        self.whole: dict[tuple[str, int], int] = {}
        self.broken: dict[str, Fraction] = {}

    def add(self, row: list[str], currency: str) -> None:
        text = row[self.position] if self.position < len(row) else ""
        if not text or not self.good:
            return
        if _NUMBER.match(text):
            before, _, after = text.partition(".")
            key = (currency, len(after))
            self.whole[key] = self.whole.get(key, 0) + int(before + after)
        elif _FRACTION.match(text):
            self.broken[currency] = self.broken.get(currency, Fraction(0)) + Fraction(text)
        else:
            self.good = False  # Not a column of amounts after all.

    def totals(self) -> Mapping[str, str]:
        sums = dict(self.broken)
        for (currency, decimals), units in self.whole.items():
            sums[currency] = sums.get(currency, Fraction(0)) + Fraction(units, 10**decimals)
        return {c: plain_number(v, MINOR_UNITS.get(c, 2) if c else 0) for c, v in sorted(sums.items())}


def _foreign(path: Path, what: str) -> Problem:
    why = "What it shows may change without a trace, or lie outside the package."
    return Problem(
        "package-foreign",
        f"this is {what}",
        Where(str(path)),
        why,
        "Take it out, or ask for the package as it was made.",
    )


def _unreadable(path: Path, error: OSError) -> Problem:
    what = f"the package can't be read here: {error.strerror or error}"
    return Problem(
        "package-unreadable",
        what,
        Where(str(path)),
        "What isn't read isn't proved.",
        "Get the right to read it, or another copy.",
    )
