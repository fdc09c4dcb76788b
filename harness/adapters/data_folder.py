"""Data folders: the standard tables as CSV or Parquet files, or made from other files by a tables.yaml."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from harness.adapters.delimited import TextFormat, read_text_file
from harness.adapters.findings import Findings
from harness.adapters.parquet_table import read_parquet
from harness.adapters.table_definitions import DEFINITIONS, read_definitions
from reference_engine.plans.document import load_yaml
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.tables import TABLES, TextTable

KINDS = (".csv", ".parquet")


_REMEDIES = {
    "file-encoding": "Save it again as UTF-8.",
    "file-nul": "Save it again as UTF-8.",
    "file-empty": "Write at least its header, or remove the file.",
}


def read_data_folder(path: Path, problems: list[Problem]) -> list[TextTable]:
    """Reads every standard table of a folder as text, in the order in which the tables are documented.

    A folder with a tables.yaml says there from which files and columns its tables come; files named after a
    standard table count as well.  Adds Problems; a table with Problems isn't in the result.
    """
    if not path.is_dir():
        problems.append(
            Problem(
                "data-folder",
                "there is no such folder.",
                Where(str(path)),
                remedy="Give the folder that holds the standard tables, such as payees.csv and deals.csv.",
            )
        )
        return []
    defined: dict[str, TextTable] = {}
    stated: set[str] = set()
    used: set[Path] = set()
    definitions = path / DEFINITIONS
    if definitions.is_file():
        defined, stated, used = read_definitions(definitions, problems)
    tables = dict(defined)
    for name, file in sorted(_files(path, used, problems).items()):
        if name in stated:
            problems.append(
                Problem(
                    "table-twice",
                    f"{name} is a file of the folder and is made by {DEFINITIONS} as well.",
                    Where(str(file)),
                    "It can't be told which of the two counts.",
                    "Keep one.",
                )
            )
            continue
        table = read_table_file(file, name, problems)
        if table is not None:
            tables[name] = table
    if not tables and not stated and not any(p.where.file.startswith(str(path)) for p in problems):
        problems.append(
            Problem(
                "data-folder",
                "the folder holds no standard table.",
                Where(str(path)),
                remedy=f"Name its files after the tables, such as payees.csv, or add a {DEFINITIONS}.",
            )
        )
    return [tables[name] for name in TABLES if name in tables]


def read_table_file(file: Path, name: str, problems: list[Problem]) -> TextTable | None:
    """Reads one CSV or Parquet file as the standard table `name`; a byte order mark of a CSV file is fine."""
    before = len(problems)
    findings = Findings(problems, str(file))
    if file.suffix == ".parquet":
        table = read_parquet(file, name, findings)
    else:
        text = read_text_file(file, TextFormat(encoding="utf-8 with bom"), findings)
        table = None
        if text is not None:
            rows = tuple(tuple(row.cells) for row in text.rows)
            lines = tuple(row.line for row in text.rows)
            table = TextTable(name, text.header, rows, str(file), lines, text.header_line)
    findings.close()
    for at in range(before, len(problems)):
        # A standard table has one form; a mapping could declare another, and the messages of exports speak of that.
        remedy = _REMEDIES.get(problems[at].slug)
        if remedy is not None:
            what = problems[at].what.replace("utf-8 with bom", "UTF-8")
            problems[at] = replace(problems[at], what=what, remedy=remedy)
    return table


def _named_by_mappings(path: Path) -> set[str]:
    """The files that a mapping in the folder names: an export and its lookups may lie beside the data."""
    named: set[str] = set()
    for file in sorted(path.glob("*.yaml")):
        node = load_yaml(file, []) if file.name != DEFINITIONS else None
        waiting = [node] if node is not None else []
        while waiting:
            entry = waiting.pop()
            waiting += [*entry.nodes(), *(child for _, child in entry.items())]
            if entry.is_text:
                named.add(entry.text())
    return named


def _files(path: Path, used: set[Path], problems: list[Problem]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    named = _named_by_mappings(path)
    for file in sorted(path.iterdir()):
        if file.suffix not in KINDS or not file.is_file() or file in used:
            continue
        if file.stem not in TABLES:
            if file.name in named:
                continue
            problems.append(
                Problem(
                    "unknown-table",
                    f'"{file.name}" isn\'t named after a standard table.',
                    Where(str(file)),
                    "A table that nobody reads could be one that you rely on.",
                    did_you_mean(file.stem, TABLES),
                )
            )
        elif file.stem in found:
            problems.append(
                Problem(
                    "table-twice",
                    f"{file.stem} stands twice, as {found[file.stem].name} and as {file.name}.",
                    Where(str(file)),
                    "It can't be told which of the two counts.",
                    "Keep one.",
                )
            )
        else:
            found[file.stem] = file
    return found


def write_tables(tables: Iterable[TextTable], folder: Path) -> list[Path]:
    """Writes standard tables as CSV files named after them; several parts of one table become one file.

    Cells are written as they are, because the files are input for a calculation.  Returns the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts: dict[str, list[TextTable]] = {}
    for table in tables:
        parts.setdefault(table.name, []).append(table)
    written = []
    for name, same in parts.items():
        header = tuple(dict.fromkeys(column for table in same for column in table.header))
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        for table in same:
            at = [table.header.index(column) if column in table.header else None for column in header]
            writer.writerows([row[i] if i is not None else "" for i in at] for row in table.rows)
        written.append(write_text(folder / f"{name}.csv", text.getvalue()))
    return written


def write_text(file: Path, text: str) -> Path:
    """Writes a whole file beside its place, then puts it there: a stopped run leaves the old one whole."""
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file
