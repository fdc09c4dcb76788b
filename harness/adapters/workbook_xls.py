"""Sheets of old Excel workbooks (xls).

They keep every number as a binary fraction; its shortest text is what was typed, up to the fifteen digits that count here.
"""

from __future__ import annotations

import io
from typing import Any

import xlrd

from harness.adapters.text_format import TextFormat
from harness.adapters.workbook import Cells, NotASheet, Range, Sheet, chosen, padded


def sheet_of_xls(data: bytes, form: TextFormat, cells: Cells) -> Sheet:
    """Reads the sheet that the mapping means."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except Exception as error:
        # xlrd raises whatever a damaged file makes it stumble over.
        locked = "ncrypt" in str(error) or "password" in str(error)
        if locked or b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e" in data:
            raise NotASheet("archive-refused", "the workbook is protected by a password.", "Save it without one.") from None
        raise NotASheet("workbook-damaged", "the workbook is damaged or cut off.", "Export it again, or as CSV.", "Rows would be missing.") from None
    hidden = [s.name for s in book.sheets() if s.visibility]
    name = chosen(book.sheet_names(), hidden, form.sheet)
    sheet = book.sheet_by_name(name)
    rows: dict[int, dict[int, str]] = {}
    for at in range(sheet.nrows):
        info = sheet.rowinfo_map.get(at)
        cells.hidden += bool(info and info.hidden)
        rows[at + 1] = {c + 1: text for c in range(sheet.row_len(at)) if (text := _cell(book, sheet, at, c, cells))}
    merged = [Range(a + 1, c + 1, b, d) for a, b, c, d in sheet.merged_cells]
    columns = sum(bool(info.hidden) for info in sheet.colinfo_map.values())
    return Sheet(name, padded(rows), merged, cells.notes(name, columns, book.nsheets - 1))


def _cell(book: Any, sheet: Any, row: int, column: int, cells: Cells) -> str:
    kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
    if kind == xlrd.XL_CELL_TEXT:
        return cells.text(value, row + 1, column + 1)
    if kind == xlrd.XL_CELL_NUMBER:
        code = book.format_map[book.xf_list[sheet.cell_xf_index(row, column)].format_key].format_str
        return cells.number(repr(value), row + 1, column + 1, percent="%" in code)
    if kind == xlrd.XL_CELL_DATE:
        return cells.serial(repr(value), row + 1, column + 1, from_1904=bool(book.datemode))
    if kind == xlrd.XL_CELL_BOOLEAN:
        return "yes" if value else "no"
    return cells.error(xlrd.error_text_from_code.get(value, "?"), row + 1, column + 1) if kind == xlrd.XL_CELL_ERROR else ""
