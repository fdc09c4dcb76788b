"""Exports kept as workbooks: read like text, exactly, or refused with the place of the cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from harness.tests.test_traps_files import Read, read

pytestmark = pytest.mark.trap

MAPPING = """
target: A workbook
format: {%s}
grains:
  - grain: results
    expected: payouts
    file: %s
    key:
      payee: {column: PayeeID_}
      period: {from: Start, to: End}
    values:
      amount: {column: Value_, currency: EUR}
"""
HEADER = ["PayeeID_", "Start", "End", "Value_"]


def workbook(rows: list[list[Any]], change: Callable[[Any], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if change:
        change(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def row(payee: Any, value: Any, start: Any = date(2024, 1, 1), end: Any = date(2024, 1, 31)) -> list[Any]:
    return [payee, start, end, value]


def read_book(folder: Path, data: bytes, form: str = "", name: str = "results.xlsx") -> Read:
    return read(folder, data, mapping=MAPPING % (form, name), name=name)


def edited(data: bytes, part: str, pattern: str, new: str) -> bytes:
    """A workbook with one of its parts changed, as no library would write it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == part:
                text, count = re.subn(pattern, new, content.decode())
                assert count, text
                content = text.encode()
            archive.writestr(entry.filename, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("form", ["", "culture: de-DE, dates: day first", "culture: fr-FR, dates: month first"])
def test_t30_a_workbook_reads_like_its_text(tmp_path: Path, form: str) -> None:
    found = read_book(tmp_path, workbook([HEADER, row("000417", 1234.5), row("P2", -0.1), row("P3", 7)]), form)
    assert found.amounts == {"000417": 123450, "P2": -10, "P3": 700}
    assert found.table is not None
    assert found.table.rows[0].key[1] == "2024-01-01 to 2024-01-31"


def test_t30_numbers_are_what_the_sheet_shows(tmp_path: Path) -> None:
    data = workbook([HEADER, row("P1", 0.1), row("P2", 1), row("P3", 2)])
    found = read_book(tmp_path, edited(data, SHEET, "<v>0.1</v>", "<v>0.30000000000000004</v>"))
    assert found.amounts["P1"] == 30
    assert "1 numbers had more digits than a workbook shows" in found.notes
    assert read_book(tmp_path, edited(data, SHEET, "<v>0.1</v>", "<v>1.2345678900000001E7</v>")).amounts["P1"] == 1234567890
    assert read_book(tmp_path, edited(data, SHEET, "<v>0.1</v>", "<v>1E400000000</v>")).slugs == {"workbook-damaged"}


def test_t04_long_numbers_have_lost_their_digits(tmp_path: Path) -> None:
    found = read_book(tmp_path, workbook([HEADER, row(34973036760692913, 1)]))
    assert found.slugs == {"identifier-damaged"}
    assert "A2" in found.problems[0].what
    assert read_book(tmp_path, workbook([HEADER, row("34973036760692913", 1)])).amounts == {"34973036760692913": 100}


def test_t30_periods_that_a_spreadsheet_made_dates_of_show(tmp_path: Path) -> None:
    mapping = MAPPING.replace("{from: Start, to: End}", '{column: Start, pattern: "{mon} {yy}"}') % ("", "results.xlsx")
    assert read(tmp_path, workbook([HEADER, row("P1", 1, "Jan 20")]), mapping=mapping, name="results.xlsx").amounts == {"P1": 100}
    assert read(tmp_path, workbook([HEADER, row("P1", 1, date(2026, 1, 20))]), mapping=mapping, name="results.xlsx").slugs == {"not-a-period"}


def test_t30_times_of_day_and_the_calendar_of_1904(tmp_path: Path) -> None:
    late = workbook([HEADER, row("P1", 1, datetime.fromisoformat("2024-01-01T23:30"))])
    assert read_book(tmp_path, late).slugs == {"time-of-day"}
    cut = read_book(tmp_path, late, "time of day: cut off")
    assert cut.table is not None
    assert cut.table.rows[0].key[1] == "2024-01-01 to 2024-01-31"
    # The same serial numbers, counted from 1904.
    data = edited(workbook([HEADER, row("P1", 1)]), "xl/workbook.xml", r"<workbookPr ?/>", '<workbookPr date1904="1"/>')
    moved = read_book(tmp_path, data)
    assert moved.table is not None, moved.problems
    assert moved.table.rows[0].key[1] == "2028-01-02 to 2028-02-01"


def test_t30_formulas_without_a_result_are_refused(tmp_path: Path) -> None:
    data = workbook([HEADER, row("P1", "=1+1"), row("P2", 3)])
    found = read_book(tmp_path, data)
    assert found.slugs == {"formula-without-value"}
    assert "D2" in found.problems[0].what
    kept = edited(data, SHEET, r"<f>1\+1</f><v ?/>|<f>1\+1</f><v></v>", "<f>1+1</f><v>2</v>")
    read_again = read_book(tmp_path, kept)
    assert read_again.amounts == {"P1": 200, "P2": 300}
    assert "1 cells are formulas" in read_again.notes
    assert read_book(tmp_path, workbook([HEADER, row("P1", "#N/A")])).slugs <= {"workbook-error", "not-a-number"}


def test_t30_hidden_rows_are_read_and_counted(tmp_path: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions["B"].hidden = True

    found = read_book(tmp_path, workbook([HEADER, row("P1", 1), row("P2", 2)], hide))
    assert found.amounts == {"P1": 100, "P2": 200}
    assert "1 rows of the sheet" in found.notes
    assert "columns of the sheet" in found.notes


def test_t30_merged_cells_are_refused_where_rows_are(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Incentive details", None, None, None], HEADER, row("P1", 1), row(None, 2)]
    form = "header: by its columns"
    assert read_book(tmp_path, workbook([*rows[:3], row("P2", 2)], lambda s: s.merge_cells("A1:D1")), form).amounts == {"P1": 100, "P2": 200}
    found = read_book(tmp_path, workbook(rows, lambda s: s.merge_cells("A3:A4")), form)
    assert found.slugs == {"workbook-merged"}
    assert "A3:A4" in found.problems[0].what


def test_t24_titles_blank_rows_and_totals_of_a_sheet(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Payments"], [], ["Created", datetime.fromisoformat("2024-04-02T10:15")], HEADER, row("P1", 1.5), row("P2", 2), ["Grand Total", None, None, 3.5], ["Confidential"]]
    mapping = (MAPPING % ("header: by its columns, rows end before: [Confidential]", "results.xlsx")).replace("    key:", "    total rows: {column: PayeeID_, are: Grand Total}\n    key:")
    assert read(tmp_path, workbook(rows), mapping=mapping, name="results.xlsx").amounts == {"P1": 150, "P2": 200}
    rows[5] = row("P2", 2.01)
    assert read(tmp_path, workbook(rows), mapping=mapping, name="results.xlsx").slugs == {"total-apart"}


def test_several_sheets_need_a_name(tmp_path: Path) -> None:
    def second(sheet: Any) -> None:
        sheet.title = "Payments"
        sheet.parent.create_sheet("Notes").append(["x"])

    data = workbook([HEADER, row("P1", 1)], second)
    found = read_book(tmp_path, data)
    assert found.slugs == {"workbook-sheet"}
    assert "Payments, Notes" in found.problems[0].what
    assert read_book(tmp_path, data, "sheet: Payments").amounts == {"P1": 100}
    assert read_book(tmp_path, data, "sheet: Payment").slugs == {"workbook-sheet"}


def test_t13_percents_of_a_sheet_are_what_it_shows(tmp_path: Path) -> None:
    mapping = """
target: A workbook
grains:
  - grain: attainments
    expected: attainments
    file: results.xlsx
    key:
      payee: {column: PayeeID_}
      measure: {constant: bookings}
      period: {constant: 2026-Q1}
    values:
      attainment: {column: Value_, decimals: 4, written as: a percent}
"""

    def percent(sheet: Any) -> None:
        sheet["D2"].number_format = "0.00%"

    found = read(tmp_path, workbook([HEADER, row("P1", 0.875)], percent), mapping=mapping, name="results.xlsx")
    assert found.amounts == {"P1": 8750}


@pytest.mark.parametrize(
    ("part", "pattern", "new", "slug"),
    [
        (SHEET, r"^", '<!DOCTYPE x [<!ENTITY a "b">]>', "workbook-damaged"),
        (SHEET, r"</worksheet>", "", "workbook-damaged"),
        (SHEET, r'r="A2"', 'r="2A"', "workbook-damaged"),
        ("xl/workbook.xml", r"^", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "workbook-damaged"),
    ],
)
def test_hostile_and_broken_workbooks(tmp_path: Path, part: str, pattern: str, new: str, slug: str) -> None:
    data = edited(workbook([HEADER, row("P1", 1)]), part, pattern, new)
    assert read_book(tmp_path, data).slugs == {slug}


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([HEADER, row("P1", 1)]))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in old.infolist():
            archive.writestr(entry.filename, old.read(entry))
        archive.writestr("xl/media/bomb.bin", b"\0" * (80 << 20))
    assert read_book(tmp_path, out.getvalue()).slugs == {"archive-refused"}


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="Results">
<table:table-row>{header}</table:table-row>{rows}<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(*rows: str) -> bytes:
    header = "".join(f'<table:table-cell office:value-type="string"><text:p>{name}</text:p></table:table-cell>' for name in HEADER)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", ODS.format(header=header, rows="".join(rows)))
    return out.getvalue()


def ods_row(payee: str, value: str, more: str = "") -> str:
    days = "".join(f'<table:table-cell office:value-type="date" office:date-value="{day}"/>' for day in ("2024-01-01", "2024-01-31T00:00:00"))
    return f'<table:table-row {more}><table:table-cell office:value-type="string"><text:p>{payee}</text:p></table:table-cell>{days}{value}</table:table-row>'


def test_t30_an_ods_sheet(tmp_path: Path) -> None:
    value = '<table:table-cell office:value-type="float" office:value="{}"/>'
    data = ods(ods_row("000417", value.format("1234.5")), ods_row("P2", value.format("-0.1"), 'table:visibility="filter"'))
    found = read_book(tmp_path, data, name="results.ods")
    assert found.amounts == {"000417": 123450, "P2": -10}
    assert "1 rows of the sheet" in found.notes
    formula = '<table:table-cell table:formula="of:=1+1"/>'
    assert read_book(tmp_path, ods(ods_row("P1", formula)), name="results.ods").slugs == {"formula-without-value"}
    bomb = ods_row("P1", value.format("1"), 'table:number-rows-repeated="900000000"')
    assert read_book(tmp_path, ods(bomb), name="results.ods").slugs == {"archive-refused"}
    wide = value.format("1").replace("office:value-type", 'table:number-columns-repeated="900000000" office:value-type')
    assert read_book(tmp_path, ods(ods_row("P1", wide)), name="results.ods").slugs == {"archive-refused"}


def test_t30_an_old_sheet(tmp_path: Path) -> None:
    """old_workbook.xls was written once with xlwt 1.3; its third row is hidden, and its value is 0.1 + 0.2 as a binary fraction."""
    data = (Path(__file__).parent / "old_workbook.xls").read_bytes()
    found = read_book(tmp_path, data, name="results.xls")
    assert found.amounts == {"000417": 123450, "Peña": -10, "P3": 30}
    assert found.table is not None
    assert found.table.rows[0].key[1] == "2024-01-01 to 2024-01-31"
    assert "1 rows of the sheet" in found.notes
    assert "1 numbers had more digits" in found.notes
    assert read_book(tmp_path, data[:3000], name="results.xls").slugs == {"workbook-damaged"}
