"""Sheets of xlsx workbooks, from the XML itself: the text of each number, what is hidden, merged or a formula."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import Any

from defusedxml.ElementTree import fromstring, iterparse

from harness.adapters.text_format import TextFormat
from harness.adapters.workbook import Cells, NotASheet, Range, Sheet, chosen, padded

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")
_DATE_IDS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_PERCENT_IDS = {9, 10}
# Text in quotes, escaped characters, colours and conditions in brackets are no date letters; [h] is a duration.
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]')


def sheet_of_xlsx(archive: zipfile.ZipFile, form: TextFormat, cells: Cells) -> Sheet:
    """Reads the sheet that the mapping means."""
    book = _xml(archive, "xl/workbook.xml")
    relations = {r.get("Id"): r.get("Target") for r in _xml(archive, "xl/_rels/workbook.xml.rels")}
    sheets = {s.get("name"): (s.get("state", "visible"), relations.get(_relation(s))) for s in _all(book, "sheet")}
    names = [str(n) for n in sheets]
    name = chosen(names, [n for n in names if sheets[n][0] != "visible"], form.sheet)
    target = str(sheets[name][1] or "")
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    if path not in archive.namelist():
        raise NotASheet("workbook-damaged", f'the sheet "{name}" isn\'t in the file.', "Export it again.")
    from_1904 = any(p.get("date1904") in ("1", "true") for p in _all(book, "workbookPr"))
    reader = _Reader(_texts(archive), _styles(archive), from_1904, cells)
    with archive.open(path) as stream:
        rows = reader.rows(stream)
    return Sheet(name, padded(rows), reader.merged, cells.notes(name, reader.hidden_columns, len(names) - 1))


class _Reader:
    def __init__(self, texts: list[str], styles: list[str], from_1904: bool, cells: Cells) -> None:
        self.texts, self.styles, self.from_1904, self.cells = texts, styles, from_1904, cells
        self.merged: list[Range] = []
        self.hidden_columns = 0

    def rows(self, stream: Any) -> dict[int, dict[int, str]]:
        rows: dict[int, dict[int, str]] = {}
        number = 0
        for _, element in iterparse(stream, events=("end",), forbid_dtd=True):
            tag = element.tag.rpartition("}")[2]
            if tag == "row":
                number = int(element.get("r") or number + 1)
                self.cells.hidden += element.get("hidden") in ("1", "true")
                rows[number] = self._row(element, number)
                element.clear()
            elif tag == "col" and element.get("hidden") in ("1", "true"):
                self.hidden_columns += int(element.get("max", "1")) - int(element.get("min", "1")) + 1
            elif tag == "mergeCell":
                self.merged.append(_range(element.get("ref", "A1:A1")))
        return rows

    def _row(self, element: Any, number: int) -> dict[int, str]:
        out: dict[int, str] = {}
        column = 0
        for cell in element:
            if cell.tag.rpartition("}")[2] != "c":
                continue
            column = _place(cell.get("r"))[1] if cell.get("r") else column + 1
            text = self._cell(cell, number, column)
            if text:
                out[column] = text
        return out

    def _cell(self, cell: Any, row: int, column: int) -> str:
        kind = cell.get("t", "n")
        value, inline, formula = None, "", False
        for part in cell:
            tag = part.tag.rpartition("}")[2]
            if tag == "v":
                value = part.text
            elif tag == "is":
                inline = _joined(part)
            elif tag == "f":
                formula = True
        if formula:
            self.cells.formula(value is not None, row, column)
        if kind == "inlineStr":
            return self.cells.text(inline, row, column)
        if value is None:
            return ""
        if kind == "s":
            at = int(value)
            if at >= len(self.texts):
                raise NotASheet("workbook-damaged", "a cell names a text that the workbook doesn't have.", "Export it again.")
            return self.cells.text(self.texts[at], row, column)
        if kind == "str":
            return self.cells.text(value, row, column)
        if kind == "b":
            return "yes" if value == "1" else "no"
        if kind == "e":
            return self.cells.error(value, row, column)
        if kind == "d":
            return self.cells.moment(value, row, column)
        style = int(cell.get("s", "0"))
        form = self.styles[style] if style < len(self.styles) else ""
        if form == "date":
            return self.cells.serial(value, row, column, from_1904=self.from_1904)
        return self.cells.number(value, row, column, percent=form == "percent")


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    if name not in archive.namelist():
        raise NotASheet("workbook-damaged", f"the workbook has no part {name}.", "Export it again, or as CSV.")
    return fromstring(archive.read(name), forbid_dtd=True)


def _relation(sheet: Any) -> str:
    """The id of a sheet's part; its namespace differs between the two forms of the standard."""
    return next((str(value) for name, value in sheet.attrib.items() if name.endswith("}id")), "")


def _all(element: Any, tag: str) -> Iterator[Any]:
    return (e for e in element.iter() if e.tag.rpartition("}")[2] == tag)


def _texts(archive: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    out = []
    with archive.open("xl/sharedStrings.xml") as stream:
        for _, element in iterparse(stream, events=("end",), forbid_dtd=True):
            if element.tag.rpartition("}")[2] == "si":
                out.append(_joined(element))
                element.clear()
    return out


def _joined(element: Any) -> str:
    """All runs of a text, without the reading aids of Japanese."""
    out = []
    for part in element:
        tag = part.tag.rpartition("}")[2]
        if tag == "t":
            out.append(part.text or "")
        elif tag == "r":
            out += [t.text or "" for t in part if t.tag.rpartition("}")[2] == "t"]
    return "".join(out)


def _styles(archive: zipfile.ZipFile) -> list[str]:
    """What each cell style makes of a number: "date", "percent" or ""."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    root = _xml(archive, "xl/styles.xml")
    own = {int(f.get("numFmtId")): str(f.get("formatCode", "")) for f in _all(root, "numFmt")}
    styles = next(_all(root, "cellXfs"), None)
    return [_kind(int(x.get("numFmtId", "0")), own) for x in (styles if styles is not None else ())]


def _kind(number: int, own: dict[int, str]) -> str:
    code = own.get(number)
    if code is None:
        return "date" if number in _DATE_IDS else "percent" if number in _PERCENT_IDS else ""
    letters = _NOT_FORMAT.sub("", code.split(";")[0]).casefold()
    if "%" in letters:
        return "percent"
    return "date" if "general" not in letters and any(c in letters for c in "ymdhs") else ""


def _range(text: str) -> Range:
    first, _, last = text.partition(":")
    a, b = _place(first), _place(last or first)
    return Range(a[0], a[1], b[0], b[1])


def _place(text: str) -> tuple[int, int]:
    match = _ADDRESS.match(text)
    if match is None:
        raise NotASheet("workbook-damaged", f'"{text[:20]}" is no place of a sheet.', "Export it again.")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column
