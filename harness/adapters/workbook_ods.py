"""Sheets of OpenDocument workbooks, whose XML says the exact text of every value."""

from __future__ import annotations

import zipfile
from typing import Any

from defusedxml.ElementTree import fromstring

from harness.adapters.text_format import TextFormat
from harness.adapters.workbook import Cells, NotASheet, Range, Sheet, chosen, padded

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_WIDEST, _LONGEST = 16_384, 1_048_576
MOST_CELLS = 50_000_000


def sheet_of_ods(archive: zipfile.ZipFile, form: TextFormat, cells: Cells) -> Sheet:
    """Reads the sheet that the mapping means."""
    root = fromstring(archive.read("content.xml"), forbid_dtd=True)
    tables = {str(t.get(f"{_TABLE}name")): t for t in root.iter(f"{_TABLE}table")}
    name = chosen(list(tables), [], form.sheet)
    rows: dict[int, dict[int, str]] = {}
    merged: list[Range] = []
    number = count = 0
    for row in tables[name].iter(f"{_TABLE}table-row"):
        times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        found = _row(row, number + 1, cells, merged)
        if found:
            count += times * len(found)
            if number + times > _LONGEST or count > MOST_CELLS:
                raise NotASheet("archive-refused", "a row is repeated more often than a sheet has rows.", "Export it again.", "So much from so little is no export; it is made to fill the memory.")
            hidden = row.get(f"{_TABLE}visibility", "visible") != "visible"
            cells.hidden += times if hidden else 0
            rows.update((number + 1 + i, found) for i in range(times))
        number += times
    return Sheet(name, padded(rows), merged, cells.notes(name, 0, len(tables) - 1))


def _row(row: Any, number: int, cells: Cells, merged: list[Range]) -> dict[int, str]:
    out: dict[int, str] = {}
    column = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        text = _cell(cell, number, column + 1, cells)
        if text:
            if column + times > _WIDEST:
                raise NotASheet("archive-refused", "a cell is repeated more often than a sheet has columns.", "Export it again.", "So much from so little is no export; it is made to fill the memory.")
            out.update((column + 1 + i, text) for i in range(times))
        down, across = int(cell.get(f"{_TABLE}number-rows-spanned", "1")), int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        if down > 1 or across > 1:
            merged.append(Range(number, column + 1, number + down - 1, column + across))
        column += times
    return out


def _cell(cell: Any, row: int, column: int, cells: Cells) -> str:
    kind = cell.get(f"{_OFFICE}value-type")
    if cell.get(f"{_TABLE}formula"):
        cells.formula(kind is not None, row, column)
    if kind in ("float", "currency"):
        return cells.number(cell.get(f"{_OFFICE}value", ""), row, column)
    if kind == "percentage":
        return cells.number(cell.get(f"{_OFFICE}value", ""), row, column, percent=True)
    if kind == "date":
        return cells.moment(cell.get(f"{_OFFICE}date-value", ""), row, column)
    if kind == "boolean":
        return "yes" if cell.get(f"{_OFFICE}boolean-value") == "true" else "no"
    text = "\n".join("".join(p.itertext()) for p in cell if p.tag == f"{_TEXT}p")
    if text.startswith("#") and cell.get(f"{_TABLE}formula") and kind == "string" and text.rstrip("!?").isupper():
        return cells.error(text, row, column)
    return cells.text(text, row, column)
