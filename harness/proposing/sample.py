"""A sample of an export taken apart: how it is packed, encoded and divided, where its header and its footer are."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from harness.adapters.findings import Findings
from harness.adapters.json_file import read_json
from harness.adapters.parquet_table import is_parquet, read_parquet_export
from harness.adapters.text_format import DELIMITERS, MISREAD, TextFile, TextFormat
from harness.adapters.wrapping import WORKBOOKS, contents
from reference_engine.problems import Problem, Stopped

TOTALS = ("total", "grand total", "sum", "subtotal", "gesamt", "summe")
MOST_LINES = 20_000


@dataclass
class Sample:
    """What a sample is made of.  format: the words of a mapping's format that differ from the defaults, with why.  doubts: what it leaves open."""

    header: tuple[str, ...]
    rows: list[list[str]]
    format: dict[str, tuple[str, str]] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)
    notes: tuple[str, ...] = ()
    totals: tuple[str, tuple[str, ...]] | None = None


def sample_of(path: Path) -> Sample:
    """Takes a sample apart.  Raises Stopped where it is no table."""
    problems: list[Problem] = []
    findings = Findings(problems, str(path))
    found = _table(path, findings)
    if found is None or problems:
        raise Stopped(problems)
    _totals(found)
    return found


def _table(path: Path, findings: Findings) -> Sample | None:
    if is_parquet(path):
        return _plain(read_parquet_export(path, TextFormat(), findings))
    notes: list[str] = []
    data = contents(path, "", True, findings, notes)
    if data is None:
        return None
    if data.startswith(WORKBOOKS):
        from harness.adapters.workbook import read_sheet

        sheet = read_sheet(data, TextFormat(), findings)
        if sheet is None:
            return None
        found = _headed([row.cells for row in sheet.rows], findings)
        return found and _noted(found, (*notes, *sheet.notes))
    text, encoding, why = _decoded(data)
    if text.lstrip()[:1] in "[{" and ".json" in path.suffixes:
        found = _plain(read_json(text, TextFormat(), findings))
    else:
        found = _delimited(text, findings)
    if found is None:
        return None
    found.format = {"encoding": (encoding, why), **found.format}
    if encoding == "windows-1252":
        found.doubts.append("the encoding: bytes that aren't UTF-8 can be of any one-byte code page; look at names with accents")
    wrong = next((mark for mark in MISREAD if mark in text), None)
    if wrong:
        found.doubts.append(f'letters look damaged ("{wrong}"): they were so before this export was written')
    return _noted(found, tuple(notes))


def _noted(found: Sample, notes: tuple[str, ...]) -> Sample:
    found.notes = (*found.notes, *notes)
    return found


def _plain(text: TextFile | None) -> Sample | None:
    return Sample(text.header, [row.cells for row in text.rows], notes=text.notes) if text is not None else None


def _decoded(data: bytes) -> tuple[str, str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), "utf-16", "it begins with the mark of UTF-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig", "replace"), "utf-8 with bom", "it begins with the mark of UTF-8"
    try:
        return data.decode("utf-8"), "utf-8", "every byte of it is sound UTF-8"
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace"), "windows-1252", "it isn't UTF-8"


def _delimited(text: str, findings: Findings) -> Sample | None:
    lines = io.StringIO(text, newline="").readlines()[:MOST_LINES]
    best: tuple[int, int, str, list[list[str]]] | None = None
    for name, mark in DELIMITERS.items():
        if name == "period":
            # A period stands in every number; only people know whether it divides columns.
            continue
        try:
            rows = [row for row in csv.reader(lines, delimiter=mark, strict=True) if row]
        except csv.Error:
            continue
        ((usual, times),) = Counter(len(row) for row in rows).most_common(1) or ((0, 0),)
        if usual > 1 and (best is None or (times, usual) > best[:2]):
            best = (times, usual, name, rows)
    if best is None:
        findings.add("wrong-delimiter", "no delimiter makes columns of this file.", why="A mapping needs columns.", remedy="It may be of fixed width: write the mapping with  layout: fixed width  and  widths.")
        return None
    found = _headed(best[3], findings)
    if found is not None and best[2] != "comma":
        found.format["delimiter"] = (best[2], f"it makes {best[1]} columns of {best[0]:,} of {len(best[3]):,} lines")
    return found


def _headed(rows: Sequence[list[str]], findings: Findings) -> Sample | None:
    """The first row as wide as most rows whose cells are all filled, different and no numbers is the header."""
    ((usual, _),) = Counter(len(row) for row in rows).most_common(1) or ((0, 0),)
    at = next((i for i, row in enumerate(rows) if _names_columns(row, usual)), None)
    if at is None:
        findings.add("header-not-found", "no line names the columns.", why="Which column is which can't be told.", remedy="Write the mapping with  header: no  and  columns: [...].")
        return None
    row = rows[at]
    body = [r for r in rows[at + 1 :] if len(r) == usual]
    footer = [r for r in rows[at + 1 :] if len(r) != usual or (sum(bool(c) for c in r) == 1 and usual > 2)]
    body = [r for r in body if r not in footer]
    found = Sample(tuple(row), body)
    if at:
        found.format["header"] = ("by its columns", f"{at} lines stand above the header")
    first = next((next((c for c in r if c), "") for r in footer if any(r)), "")
    if first:
        found.format["rows end before"] = (f"['{first.split()[0]}']" if "'" not in first else "[]", f'"{first[:40]}" stands below the rows')
    if not body:
        findings.add("file-empty", "the sample has no rows.", remedy="Give a sample with some rows of each kind.")
        return None
    return found


def _names_columns(row: Sequence[str], usual: int) -> bool:
    return len(row) == usual and all(c.strip() for c in row) and len(set(row)) == usual and not any(_is_value(c) for c in row)


def _is_value(text: str) -> bool:
    plain = text.strip("()-+ %").replace(",", "").replace(".", "")
    return plain.isdigit()


def _totals(found: Sample) -> None:
    """Rows whose text says that they add up others."""
    for at, name in enumerate(found.header):
        words = tuple(dict.fromkeys(r[at] for r in found.rows if r[at].strip().casefold() in TOTALS))
        if words:
            found.totals = (name, words)
            found.rows = [r for r in found.rows if r[at] not in words]
            return
