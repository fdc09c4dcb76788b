"""Delimited text files, read strictly as declared, with the line of every row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from harness.adapters.findings import Findings
from harness.adapters.json_file import read_json
from harness.adapters.page_rows import fixed_width, from_header_on, up_to_footer
from harness.adapters.text_format import (
    BOMS,
    DELIMITERS,
    ENCODINGS,
    MAX_CELL,
    MISREAD,
    QUOTINGS,
    TextFile,
    TextFormat,
    TextRow,
)
from harness.adapters.wrapping import WORKBOOKS, contents

__all__ = ["DELIMITERS", "ENCODINGS", "QUOTINGS", "TextFile", "TextFormat", "TextRow", "read_text_file"]

def read_text_file(
    path: Path,
    form: TextFormat,
    findings: Findings,
    *,
    row_by_row: bool = False,
    inside: str = "",
    needed: Sequence[Sequence[str]] = (),
) -> TextFile | None:
    """Reads a whole file.  Adds a finding for whatever isn't as declared, and then returns None.

    row_by_row: rows with too many or too few cells are set apart instead.  inside: the file that is meant of those packed in
    this one.  needed: the columns by which a header below titles is found, each with the names that it may have.
    """
    notes: list[str] = []
    data = contents(path, inside, form.header, findings, notes)
    if data is not None and data.startswith(WORKBOOKS):
        return _of_workbook(data, form, findings, row_by_row, needed, notes)
    text = _decoded(data, form, findings) if data is not None else None
    if text is None:
        return None
    if form.layout_of(inside or path.name) == "json":
        read = read_json(text, form, findings)
    else:
        read = _read_lines(text, form, findings, row_by_row, needed)
    if read is None:
        return None
    return replace(read, rows=_without_words(read.rows, form), notes=(*notes, *_damaged_letters(text, form), *read.notes))


def _read_lines(text: str, form: TextFormat, findings: Findings, row_by_row: bool, needed: Sequence[Sequence[str]]) -> TextFile | None:
    lines = io.StringIO(text, newline="").readlines()
    body = lines[form.skip_first :]
    if not any(line.strip() for line in body):
        findings.add(
            "file-empty",
            "the file is empty.",
            remedy="Export it again; a target without results has at least a header.",
        )
        return None
    before = findings.count
    if form.layout == "fixed width":
        rows = fixed_width(body, form, findings)
    else:
        if form.quoting == "double quotes":
            reader = csv.reader(body, delimiter=form.delimiter, quotechar='"', doublequote=True, strict=True)
        else:
            reader = csv.reader(body, delimiter=form.delimiter, quoting=csv.QUOTE_NONE, strict=True)
        rows = _rows(reader, body, form, findings)
    if not rows:
        if findings.count == before:
            findings.add(
                "file-empty",
                "the file has no rows.",
                remedy="Export it again; a target without results has at least a header.",
            )
        return None
    return table_of(rows, form.skip_first, form, findings, row_by_row, needed, open_end=not lines[-1].endswith(("\n", "\r")))


def table_of(
    rows: list[TextRow],
    skipped: int,
    form: TextFormat,
    findings: Findings,
    row_by_row: bool,
    needed: Sequence[Sequence[str]],
    *,
    open_end: bool = False,
) -> TextFile | None:
    """The header and the rows under it, without what stands above and below.  skipped: lines left out already."""
    before = findings.count
    if form.header and form.header_by_columns:
        found = from_header_on(rows, needed, findings)
        if found is None:
            return None
        skipped += len(rows) - len(found)
        rows = found
    if form.header:
        first = rows.pop(0)
        header, header_line = tuple(first.cells), first.line
        if not _header_is_sound(first, form, findings):
            return None
    else:
        header, header_line = form.columns, 0
    if form.ends_before:
        kept = up_to_footer(rows, form.ends_before, len(header), findings)
        skipped += len(rows) - len(kept)
        rows = kept
    if form.skip_last:
        skipped += min(form.skip_last, len(rows))
        rows = rows[: -form.skip_last]
    broken: tuple[TextRow, ...] = ()
    if row_by_row:
        broken = tuple(row for row in rows if len(row.cells) != len(header))
        rows = [row for row in rows if len(row.cells) == len(header)] if broken else rows
    _check_counts(broken if broken and not rows else rows, header, form, findings)
    return (
        TextFile(header, header_line, rows, skipped, open_end, broken)
        if findings.count == before
        else None
    )


def _of_workbook(
    data: bytes, form: TextFormat, findings: Findings, row_by_row: bool, needed: Sequence[Sequence[str]], notes: list[str]
) -> TextFile | None:
    from harness.adapters.workbook import read_sheet

    sheet = read_sheet(data, form, findings)
    if sheet is None:
        return None
    rows = [row for row in sheet.rows if row.line > form.skip_first]
    if not rows:
        findings.add("file-empty", f'the sheet "{sheet.name}" has no rows.', remedy="Export it again, or name another sheet.")
        return None
    table = table_of(rows, form.skip_first, form, findings, row_by_row, needed)
    if table is None:
        return None
    last = max((row.line for row in table.rows), default=table.header_line)
    before = findings.count
    sheet.check_merged(table.header_line or 1, last, findings)
    if findings.count != before:
        return None
    return replace(table, rows=_without_words(table.rows, form), notes=(*notes, *sheet.notes))


def _without_words(rows: list[TextRow], form: TextFormat) -> list[TextRow]:
    """The rows with words that say nothing as blanks."""
    words = frozenset(form.blank_words)
    if not words:
        return rows
    return [replace(r, cells=["" if c in words else c for c in r.cells]) if not words.isdisjoint(r.cells) else r for r in rows]


def _damaged_letters(text: str, form: TextFormat) -> list[str]:
    """That text was damaged before it was exported: it is stored so in the target, or an earlier step read it wrongly."""
    wrong = next((mark for mark in MISREAD if mark in text), None) if ENCODINGS[form.encoding] in ("utf-8", "utf-8-sig", "utf-16") else None
    return [f'The file holds "{wrong}", which is how damaged letters look: they were so before this export was written.'] if wrong else []


def _decoded(data: bytes, form: TextFormat, findings: Findings) -> str | None:
    codec = ENCODINGS[form.encoding]
    if codec == "utf-8" and data.startswith(BOMS):
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
        wrong = next((mark for mark in MISREAD if mark in text), None)
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
    csv.field_size_limit(MAX_CELL)
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
        return f"a cell has more than {MAX_CELL:,} characters."
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
