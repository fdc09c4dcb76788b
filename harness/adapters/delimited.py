"""Delimited text files, read strictly as declared, with the line of every row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.adapters.findings import Findings

DELIMITERS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "pipe": "|",
    "caret": "^",
    "backquote": "`",
    "period": ".",
}
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8 with bom": "utf-8-sig",
    "windows-1252": "cp1252",
    "windows-1250": "cp1250",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "utf-16": "utf-16",
    "shift-jis": "shift_jis",
}
QUOTINGS = ("double quotes", "none")
_MAX_CELL = 1_000_000
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Letters that appear when UTF-8 text is read with a one-byte encoding: "Ã¶" for "ö".
_MISREAD = ("Ã¤", "Ã¶", "Ã¼", "Ã©", "Ã¨", "Ã±", "Ã¡", "Ã³", "Ã­", "Â ", "â€™", "ï»¿")


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text file is written.  Every part is declared; only the defaults below are assumed.

    delimiter: one character.  quoting: "double quotes" or "none".  columns: names of the cells of a file
    without a header.  skip_first, skip_last: lines before the header, and rows at the end, that aren't data.
    culture: decides decimal and thousands marks.  dates: year first, month first or day first.
    trim: whether blanks around a cell are removed.  negative: the accepted ways to write a negative amount.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    quoting: str = "double quotes"
    header: bool = True
    columns: tuple[str, ...] = ()
    skip_first: int = 0
    skip_last: int = 0
    culture: str = "en-US"
    dates: str = "year first"
    trim: bool = False
    negative: tuple[str, ...] = ("minus",)


@dataclass(frozen=True, slots=True)
class TextRow:
    """One row as it stands in its file.  line: where it starts, from 1."""

    line: int
    cells: list[str]
    raw: str


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file's header and rows.  skipped: rows left out because the format says so."""

    header: tuple[str, ...]
    header_line: int
    rows: list[TextRow]
    skipped: int = 0
    open_end: bool = False
    """Whether the last row has no line break: the file may have been cut off."""
    broken: tuple[TextRow, ...] = ()
    """Rows with another number of cells than the header, where the reader takes each row by itself."""


def read_text_file(
    path: Path, form: TextFormat, findings: Findings, *, row_by_row: bool = False
) -> TextFile | None:
    """Reads a whole file.  Adds a finding for whatever isn't as declared, and then returns None.

    row_by_row: rows with too many or too few cells are set apart instead.
    """
    text = _decoded(path, form, findings)
    if text is None:
        return None
    lines = io.StringIO(text, newline="").readlines()
    body = lines[form.skip_first :]
    if not any(line.strip() for line in body):
        findings.add(
            "file-empty",
            "the file is empty.",
            remedy="Export it again; a target without results has at least a header.",
        )
        return None
    if form.quoting == "double quotes":
        reader = csv.reader(body, delimiter=form.delimiter, quotechar='"', doublequote=True, strict=True)
    else:
        reader = csv.reader(body, delimiter=form.delimiter, quoting=csv.QUOTE_NONE, strict=True)
    before = findings.count
    rows = _rows(reader, body, form, findings)
    if not rows:
        if findings.count == before:
            findings.add(
                "file-empty",
                "the file has no rows.",
                remedy="Export it again; a target without results has at least a header.",
            )
        return None
    if form.header:
        first = rows.pop(0)
        header, header_line = tuple(first.cells), first.line
        if not _header_is_sound(first, form, findings):
            return None
    else:
        header, header_line = form.columns, 0
    skipped = form.skip_first
    if form.skip_last:
        skipped += min(form.skip_last, len(rows))
        rows = rows[: -form.skip_last]
    broken: tuple[TextRow, ...] = ()
    if row_by_row:
        broken = tuple(row for row in rows if len(row.cells) != len(header))
        rows = [row for row in rows if len(row.cells) == len(header)] if broken else rows
    _check_counts(broken if broken and not rows else rows, header, form, findings)
    return (
        TextFile(header, header_line, rows, skipped, not lines[-1].endswith(("\n", "\r")), broken)
        if findings.count == before
        else None
    )


_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of new and of old Excel workbooks begin; no text does."""


def _decoded(path: Path, form: TextFormat, findings: Findings) -> str | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        findings.add(
            "file-unreadable", f"the file can't be read: {error.strerror}.", remedy="Check the path."
        )
        return None
    if data.startswith(_WORKBOOKS):
        findings.add(
            "file-workbook",
            "this is an Excel workbook, not a text file.",
            why="A workbook changes what it shows: leading zeros, long numbers and dates.",
            remedy="Have the target export CSV or Parquet; or save the sheet as CSV, and check its identifiers and dates.",
        )
        return None
    codec = ENCODINGS[form.encoding]
    if codec == "utf-8" and data.startswith(_BOMS):
        kind = "UTF-8" if data.startswith(codecs.BOM_UTF8) else "UTF-16"
        findings.add(
            "file-bom",
            f"the file starts with a {kind} byte order mark, which the mapping doesn't declare.",
            1,
            why="It would become part of the first column's name.",
            remedy=f"Say encoding: {'utf-8 with bom' if kind == 'UTF-8' else 'utf-16'} in the mapping.",
        )
        return None
    if codec != "utf-16" and b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        findings.add(
            "file-nul",
            "the file holds a NUL byte, so it isn't text in this encoding, or it is damaged.",
            line,
            remedy="Export it again; if it is UTF-16, say encoding: utf-16 in the mapping's format.",
        )
        return None
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        findings.add(
            "file-encoding",
            f"the file isn't {form.encoding} text: byte {error.start + 1:,} can't be read.",
            line,
            why="Names and identifiers would be damaged.",
            remedy="Declare the encoding that the target writes, such as windows-1252, or export as utf-8.",
        )
        return None
    if codec not in ("utf-8", "utf-8-sig", "utf-16"):
        wrong = next((mark for mark in _MISREAD if mark in text), None)
        if wrong:
            findings.add(
                "file-encoding",
                f'the text holds "{wrong}": UTF-8 looks like this when it is read as {form.encoding}.',
                text[: text.index(wrong)].count("\n") + 1,
                why="Names and identifiers would be damaged.",
                remedy="Say encoding: utf-8 in the mapping's format.",
            )
            return None
    if "\0" in text:
        findings.add(
            "file-nul",
            "the file holds a NUL character.",
            text[: text.index("\0")].count("\n") + 1,
            why="Nobody sees it, and it makes another name of the cell.",
            remedy="Export it again; the encoding that the mapping declares may be wrong too.",
        )
        return None
    return text


class _CsvReader(Protocol):
    """What csv.reader returns, whose own type has no public name."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


def _rows(reader: _CsvReader, body: list[str], form: TextFormat, findings: Findings) -> list[TextRow]:
    rows: list[TextRow] = []
    csv.field_size_limit(_MAX_CELL)
    trim: Callable[[str], str] = str.strip
    read = 0
    try:
        for cells in reader:
            start, read = read, reader.line_num
            if not cells:
                continue
            raw = body[start] if read == start + 1 else "".join(body[start:read])
            if form.trim:
                cells = [trim(c) for c in cells]
            rows.append(TextRow(form.skip_first + start + 1, cells, raw.rstrip("\r\n")))
    except csv.Error as error:
        findings.add(
            "csv-quoting",
            _csv_words(str(error)),
            form.skip_first + read + 1,
            why="Where a cell ends can't be told, so its neighbours can't be trusted either.",
            remedy="Double every quote inside a quoted cell, or say quoting: none if it never quotes.",
            row=body[read] if read < len(body) else "",
        )
    return rows


def _csv_words(message: str) -> str:
    if "end of data" in message:
        return "a quoted cell starts in this row and never ends."
    if "expected after" in message:
        return "a quoted cell is followed by something other than the delimiter."
    if "larger than" in message:
        return f"a cell has more than {_MAX_CELL:,} characters."
    return f"the row can't be split into cells: {message}."


def _header_is_sound(row: TextRow, form: TextFormat, findings: Findings) -> bool:
    other = next((n for n, mark in DELIMITERS.items() if n != "period" and mark in row.cells[0]), None)
    if len(row.cells) == 1 and other and DELIMITERS[other] != form.delimiter:
        findings.add(
            "wrong-delimiter",
            f'the header has no "{form.delimiter}" but "{DELIMITERS[other]}".',
            row.line,
            why="The whole row would be one cell.",
            remedy=f"If the target writes it so, say delimiter: {other} in the mapping's format.",
            row=row.raw,
        )
        return False
    seen: dict[str, int] = {}
    sound = True
    for number, name in enumerate(row.cells, 1):
        if not name.strip():
            findings.add(
                "column-unnamed",
                f"column {number} has no name.",
                row.line,
                number,
                remedy="Name it in the export.",
                row=row.raw,
            )
            sound = False
        elif name in seen:
            findings.add(
                "column-twice",
                f'the column "{name}" stands twice, as number {seen[name]} and {number}.',
                row.line,
                number,
                why="It can't be told which of the two holds the value.",
                remedy="Name them apart in the export.",
                row=row.raw,
            )
            sound = False
        seen.setdefault(name, number)
    return sound


def _check_counts(rows: Sequence[TextRow], header: tuple[str, ...], form: TextFormat, findings: Findings) -> None:
    width = len(header)
    for row in rows:
        if len(row.cells) != width:
            findings.add(
                "cell-count",
                f"this row has {len(row.cells)} cells; the header has {width}.",
                row.line,
                why="A delimiter inside a value, or a missing one, moves later cells to the wrong column.",
                remedy=f'Put quotes around values that hold "{form.delimiter}", or use another delimiter.',
                row=row.raw,
            )
