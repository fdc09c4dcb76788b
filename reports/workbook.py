"""The differences as an Excel workbook: one sheet of totals, and one sheet for each grain that a finance user can filter and sum."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from reference_engine.vocabulary.numbers import MINOR_UNITS
from reports.csv_files import difference_rows
from reports.record_types import Grain, RunRecord

Sheet = Any
"""A sheet that is written row by row; the library's types leave out what it has."""
FILE = "differences.xlsx"
MOST = 50_000
"""Differences that a workbook holds; with more it has the totals alone, and says that the CSV files have the rows."""
_DIGITS = 15
_LONGEST = 32_000
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z", re.ASCII)
_TIME = re.compile(rb"(?<=>)\d{4}-\d\d-\d\dT[\d:.]+Z?(?=<)")
_MONEY = ("expected", "actual", "difference", "before", "after")
_NO_SHEET = re.compile(r"[\\/*?:\[\]]")


def workbook(record: RunRecord) -> bytes:
    """The workbook's bytes.

    Amounts are numbers with their currency's decimals, written from their text, so no digit changes on the way; an amount of
    more than 15 digits stays text, for Excel would round it.  Keys and codes are text and keep their zeros; nothing is a formula.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    total = sum(1 for _ in record.differences)
    _summary(book.create_sheet("Summary"), record, total)
    if total <= MOST:
        taken = {"summary"}
        for grain in record.grains:
            _grain(book.create_sheet(_title(grain.name, taken)), record, grain)
    file = io.BytesIO()
    book.save(file)
    return _steady(file, record.circumstances.started)


def _steady(file: io.BytesIO, day: str) -> bytes:
    """The same bytes for the same record: times of writing are replaced by the run's own."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            content = before.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _TIME.sub(day.encode("ascii", "replace"), content)
            after.writestr(zipfile.ZipInfo(entry.filename), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _summary(sheet: Sheet, record: RunRecord, total: int) -> None:
    _widths(sheet, (28, 14, 14, 14, 14, 10, 18, 18, 18))
    sheet.append(_cells(sheet, [record.identity.title], is_bold=True))
    sheet.append(_cells(sheet, [record.verdict.sentence]))
    sheet.append(_cells(sheet, [f"Run {record.circumstances.run_id}, {record.circumstances.started}"]))
    if total > MOST:
        told = f"The {total:,} differences are in the CSV files beside this workbook: a sheet takes {MOST:,} here."
        sheet.append(_cells(sheet, [told]))
    sheet.append([])
    heads = ("compared", "agree", "differ", "known")
    sheet.append(_cells(sheet, ["", *heads, "currency", *_sides(record)], is_bold=True))
    for grain in record.grains:
        currencies = sorted({*grain.expected, *grain.actual, *grain.difference}) or [""]
        for number, currency in enumerate(currencies):
            counts: list[Any] = (
                [grain.compared, grain.matched, grain.differences, grain.known] if not number else [None] * 4
            )
            sums = (totals.get(currency, "") for totals in (grain.expected, grain.actual, grain.difference))
            row = [*_cells(sheet, [grain.name]), *counts, *_cells(sheet, [currency])]
            sheet.append([*row, *(_amount(sheet, amount, currency) for amount in sums)])


def _sides(record: RunRecord) -> tuple[str, str, str]:
    from reports.pages.words import side_words

    words = side_words(record)
    return words.expected, words.actual, f"{words.actual} minus {words.expected}"


def _grain(sheet: Sheet, record: RunRecord, grain: Grain) -> None:
    from openpyxl.utils import get_column_letter

    header, rows = difference_rows(record, grain)
    first = len(grain.keys)
    money = [n for n, name in enumerate(header) if n > first and name.removeprefix("trueup ") in _MONEY]
    currency = next(
        n for n, name in enumerate(header) if n > first and name.removeprefix("trueup ") == "currency"
    )
    _widths(sheet, _widths_of(header, rows))
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{len(rows) + 1}"
    sheet.append(_cells(sheet, header, is_bold=True))
    for row in rows:
        sheet.append(
            [_amount(sheet, c, row[currency]) if n in money else _text(sheet, c) for n, c in enumerate(row)]
        )


def _widths_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[int]:
    for n, name in enumerate(header):
        longest = max((len(row[n]) for row in rows[:1_000]), default=0)
        yield min(max(longest, len(name)) + 3, 60)


def _widths(sheet: Sheet, widths: Iterable[int]) -> None:
    from openpyxl.utils import get_column_letter

    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width


def _cells(sheet: Sheet, texts: Iterable[str], *, is_bold: bool = False) -> list[Any]:
    from openpyxl.styles import Font

    cells = [_text(sheet, text) for text in texts]
    for cell in cells:
        if is_bold and cell is not None:
            cell.font = Font(bold=True)
    return cells


def _text(sheet: Sheet, text: str) -> Any:
    """A cell that is text whatever it looks like."""
    from openpyxl.cell import WriteOnlyCell

    if not text:
        return None
    told = "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs", "Cn") else f"\\u{ord(c):04x}"
        for c in text
    )
    cell = WriteOnlyCell(sheet, value="")
    cell.value = told if len(told) <= _LONGEST else told[:_LONGEST] + " ... (cut; the CSV file has it all)"
    cell.data_type = "s"
    return cell


def _amount(sheet: Sheet, amount: str, currency: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if not _NUMBER.match(amount) or len(re.sub(r"\D", "", amount).strip("0")) > _DIGITS:
        return _text(sheet, amount)
    # As a Decimal it would be written through a float; a text that is marked as a number keeps its digits.
    cell = WriteOnlyCell(sheet, value=amount)
    cell.data_type = "n"
    shown = max(MINOR_UNITS.get(currency, 2) if currency else 0, len(amount.partition(".")[2]))
    whole = "#,##0" + ("." + "0" * shown if shown else "")
    cell.number_format = f"{whole};[Red]-{whole}"
    return cell


def _title(name: str, taken: set[str]) -> str:
    """A sheet's name: at most 31 characters, none that Excel forbids, and none twice."""
    plain = _NO_SHEET.sub(" ", "".join(c for c in name if c.isprintable())).strip(" '")[:28] or "Differences"
    title, number = plain, 1
    while title.lower() in taken:
        number += 1
        title = f"{plain} {number}"
    taken.add(title.lower())
    return title
