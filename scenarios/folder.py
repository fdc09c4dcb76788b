"""Folder: a world on disk, as files named after the standard tables, with a manifest of what is in them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.numbers import minor_units, parse_number, plain_number
from reference_engine.vocabulary.tables import TABLES
from scenarios.draft import Edge
from scenarios.providers import faker_version

MANIFEST = "manifest.json"
MADE_BY = "trueup generate"
FORMATS = ("csv", "parquet")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a world comes from: with these, and the versions in the manifest, it can be made again.

    plans: the plan files that go with it.  in_bulk: made by scenarios.bulk, whose draws are other ones.
    """

    recipe: str
    seed: int
    deals: int
    company: str
    plans: tuple[str, ...]
    in_bulk: bool = False


@dataclass(slots=True)
class TableFile:
    """One table while it is written.  totals: column -> currency (or "units") -> exact sum of its cells."""

    name: str
    header: tuple[str, ...]
    path: Path
    rows: int = 0
    totals: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    _stream: io.BufferedWriter | None = None
    _summed: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def __enter__(self) -> TableFile:
        for position, column in enumerate(self.header):
            spec = TABLES[self.name].field(column)
            if spec and (spec.kind == "money" or column == "units"):
                self._summed[column] = (position, spec.kind == "money")
        self._stream = self.path.open("wb")
        self.write_text(csv_text([self.header]), 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream:
            self._stream.close()

    def write(self, rows: Iterable[Sequence[str]]) -> None:
        """Adds rows of text cells and adds their amounts to the control totals."""
        listed = list(rows)
        currency = self.header.index("currency") if "currency" in self.header else None
        for column, (position, is_money) in self._summed.items():
            for row in listed:
                number, _, unit = row[position].partition(" ")
                if number:
                    stated = row[currency] if currency is not None else ""
                    self.add_total(column, (unit or stated) if is_money else "units", parse_number(number))
        self.write_text(csv_text(listed), len(listed))

    def write_text(self, text: str, rows: int) -> None:
        """Adds rows that are CSV text already; whoever makes it adds its totals."""
        assert self._stream is not None, "a table is written inside its with block"
        self._stream.write(text.encode("utf-8"))
        self.rows += rows

    def add_total(self, column: str, unit: str, amount: Fraction) -> None:
        """Adds to a control total.  unit: a currency, or "units"."""
        sums = self.totals.setdefault(column, {})
        sums[unit] = sums.get(unit, Fraction(0)) + amount

    def entry(self) -> dict[str, object]:
        """What the manifest says about this table."""
        with self.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        totals = {
            column: {unit: plain_number(total, _decimals(unit)) for unit, total in sorted(sums.items())}
            for column, sums in self.totals.items()
        }
        return {"file": self.path.name, "rows": self.rows, "sha256": digest, "control_totals": totals}


class WorldFolder:
    """A folder that is written beside its place and put there whole.

    folder: new, empty, or made by trueup generate before; anything else stops with a Problem.
    """

    def __init__(self, folder: str | Path, form: str = "csv") -> None:
        if form not in FORMATS:
            raise Stopped(
                Problem(
                    "unknown-format",
                    f'"{form}" is not a format for tables.',
                    Where(str(folder)),
                    "No other form could be read back.",
                    f"Choose one of: {', '.join(FORMATS)}.",
                )
            )
        self.folder, self.form = Path(os.path.abspath(folder)), form
        self._named = str(folder)
        self.files: list[TableFile] = []
        self._beside = self.folder.parent / f".{self.folder.name}.{os.getpid()}.partial"

    def __enter__(self) -> WorldFolder:
        _check_replaceable(self.folder, self._named)
        shutil.rmtree(self._beside, ignore_errors=True)
        self._beside.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._beside, ignore_errors=True)

    def table(self, name: str, header: tuple[str, ...]) -> TableFile:
        """A table to be written inside a with block."""
        self.files.append(TableFile(name, header, self._beside / f"{name}.csv"))
        return self.files[-1]

    def finish(self, origin: Origin | None, edges: Iterable[Edge]) -> Path:
        """Writes the manifest and puts the folder in its place.  Returns the manifest's path."""
        if self.form == "parquet":
            for table in self.files:
                table.path = _as_parquet(table.path)
        manifest = {
            "made_by": MADE_BY,
            "versions": {"trueup": _trueup_version(), "faker": faker_version()},
            "origin": asdict(origin) if origin else None,
            "tables": {table.name: table.entry() for table in self.files},
            "edges": [asdict(edge) for edge in edges],
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"
        (self._beside / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
        old = self.folder.parent / f".{self.folder.name}.{os.getpid()}.old"
        if self.folder.exists():
            os.replace(self.folder, old)
        try:
            os.replace(self._beside, self.folder)
        except OSError:
            if old.exists():
                os.replace(old, self.folder)
            raise
        shutil.rmtree(old, ignore_errors=True)
        return self.folder / MANIFEST


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV: comma, quotes only where needed, lines end with a line feed.

    The cells stay exactly as they are, a leading = included: these files are read by machines, and a changed
    name would be another payee.
    """
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """The manifest of a folder that `write` made."""
    found: dict[str, Any] = json.loads((Path(folder) / MANIFEST).read_text(encoding="utf-8"))
    return found


def _check_replaceable(folder: Path, named: str) -> None:
    if not folder.exists():
        return
    found = ["a file, not a folder"]
    if folder.is_dir():
        found = sorted({path.name for path in folder.iterdir()} - _made_by_us(folder))
    if not found:
        return
    raise Stopped(
        Problem(
            "folder-not-ours",
            f"the folder for the world holds something else: {', '.join(found[:5])}.",
            Where(named),
            "Everything in the folder would be replaced.",
            "Name a new or empty folder, or one that trueup generate made.",
        )
    )


def _made_by_us(folder: Path) -> set[str]:
    """The names of the files that an earlier run wrote into the folder."""
    try:
        manifest = read_manifest(folder)
        if manifest["made_by"] != MADE_BY:
            return set()
        tables: dict[str, dict[str, str]] = manifest["tables"]
        return {MANIFEST, *(table["file"] for table in tables.values())}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()


def _decimals(unit: str) -> int:
    return 0 if unit in ("units", "") else minor_units(unit)


def _as_parquet(path: Path) -> Path:
    """The same text cells as Parquet, in place of the CSV file."""
    import duckdb

    target = path.with_suffix(".parquet")
    with duckdb.connect() as connection:
        table = connection.read_csv(
            str(path), header=True, all_varchar=True, delimiter=",", quotechar='"', na_values=["\x00"]
        )
        table.write_parquet(str(target))
    path.unlink()
    return target


def _trueup_version() -> str:
    try:
        return version("trueup")
    except PackageNotFoundError:
        return "not installed"
