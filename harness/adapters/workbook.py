"""Exports kept as workbooks (xlsx, ods, xls): every cell as the text that the mapping's format would have for it.

A workbook keeps numbers as binary fractions and shows fifteen digits of them.  What Excel shows is what counts here: a number
with more digits is cut to fifteen, which gives 0.3 back where the file says 0.30000000000000004; a whole number of more than
fifteen digits has lost some and is refused.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from harness.adapters.cultures import number_form
from harness.adapters.findings import Findings
from harness.adapters.text_format import MAX_CELL, TextFormat, TextRow

DIGITS = 15
MAGNITUDE = 40
"""Digits before or after the point beyond which a number is damaged."""
MOST = 2 << 30
"""Bytes that all parts of a workbook may have together."""
RATIO = 500
FREE = 64 << 20


@dataclass(frozen=True)
class Range:
    """A merged block of cells; rows and columns from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def text(self) -> str:
        return f"{address(self.first_row, self.first_column)}:{address(self.last_row, self.last_column)}"


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows as they are numbered there, all of one width."""

    name: str
    rows: list[TextRow]
    merged: Sequence[Range] = ()
    notes: tuple[str, ...] = ()

    def check_merged(self, first: int, last: int, findings: Findings) -> None:
        """Refuses merged cells between the header and the last row: only the first of them has a value."""
        for block in self.merged:
            if block.first_row <= last and block.last_row >= first:
                findings.add(
                    "workbook-merged", f"the cells {block.text} are merged.", block.first_row, block.first_column,
                    why="Only the first of them has the value; the others would be blank.", remedy="Unmerge them in the export and fill each cell, or export CSV.",
                )  # fmt: skip


class NotASheet(ValueError):
    """The workbook can't be read; slug, what and remedy for people."""

    def __init__(self, slug: str, what: str, remedy: str, why: str = "") -> None:
        super().__init__(what)
        self.slug, self.what, self.remedy, self.why = slug, what, remedy, why


class Cells:
    """Makes text of typed cells, and remembers what a reader of the results should know."""

    def __init__(self, form: TextFormat, findings: Findings) -> None:
        self.form, self.findings = form, findings
        self.mark = number_form(form.culture, form.negative).decimal
        self.cut = self.formulas = self.hidden = 0

    def number(self, text: str, row: int, column: int, *, percent: bool = False) -> str:
        try:
            value = Decimal(text)
        except InvalidOperation:
            self.findings.add("workbook-damaged", f'the cell {address(row, column)} should be a number and holds "{text[:40]}".', row, column, remedy="Export it again.")
            return ""
        if not value.is_finite() or abs(value.adjusted()) > MAGNITUDE:
            self.findings.add("workbook-damaged", f"the cell {address(row, column)} holds a number that no system pays: {text[:40]}.", row, column, remedy="Correct it in the target.")
            return ""
        digits = len(value.as_tuple().digits)
        if digits > DIGITS:
            if value == value.to_integral_value():
                self.findings.add(
                    "identifier-damaged", f"the cell {address(row, column)} is a number of more than {DIGITS} digits; a workbook loses those beyond.", row, column,
                    why="It could be one of many identifiers.", remedy="Export the column as text, or export CSV.",
                )  # fmt: skip
                return ""
            value = value.quantize(Decimal(1).scaleb(value.adjusted() - DIGITS + 1))
            self.cut += 1
        if percent:
            value *= 100
        shown = format(value, "f")
        shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
        shown = "0" if shown in ("-0", "") else shown
        return (shown.replace(".", self.mark) if self.mark != "." else shown) + ("%" if percent else "")

    def serial(self, text: str, row: int, column: int, *, from_1904: bool = False) -> str:
        """A date as the number of its day.  Before March 1900 the old calendar of workbooks has a day too many."""
        try:
            value = Decimal(text)
            days = int(value)
            base = date(1904, 1, 1) if from_1904 else date(1899, 12, 30) if days > 60 else date(1899, 12, 31)
            day = base + timedelta(days=days)
        except (InvalidOperation, OverflowError, ValueError):
            self.findings.add("workbook-damaged", f"the cell {address(row, column)} should be a date and can't be one.", row, column, remedy="Export it again.")
            return ""
        seconds = round((value - days) * 86_400)
        return self.day(day) + (f" {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" if seconds else "")

    def day(self, day: date) -> str:
        pattern = {"year first": "{0:04d}-{1:02d}-{2:02d}", "month first": "{1:02d}/{2:02d}/{0:04d}", "day first": "{2:02d}.{1:02d}.{0:04d}"}
        return pattern[self.form.dates].format(day.year, day.month, day.day)

    def moment(self, text: str, row: int, column: int) -> str:
        """An ISO date, with or without a time, as ods writes it."""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            self.findings.add("workbook-damaged", f"the cell {address(row, column)} should be a date and can't be one.", row, column, remedy="Export it again.")
            return ""
        return self.day(at.date()) + (f" {at:%H:%M:%S}" if "T" in text and at.time() != at.time().min else "")

    def text(self, text: str, row: int, column: int) -> str:
        if len(text) > MAX_CELL:
            self.findings.add("workbook-damaged", f"the cell {address(row, column)} has more than {MAX_CELL:,} characters.", row, column, remedy="Shorten it in the target.")
            return ""
        return text

    def error(self, word: str, row: int, column: int) -> str:
        self.findings.add("workbook-error", f"the cell {address(row, column)} shows the error {word}.", row, column, why="Its value was never calculated.", remedy="Correct the formula, or leave the row out of the export.")
        return ""

    def formula(self, has_value: bool, row: int, column: int) -> None:
        self.formulas += has_value
        if not has_value:
            self.findings.add(
                "formula-without-value", f"the cell {address(row, column)} is a formula whose result isn't kept in the file.", row, column,
                why="trueup calculates no formulas of other people.", remedy="Open the workbook in Excel and save it, or export values.",
            )  # fmt: skip

    def notes(self, sheet: str, hidden_columns: int, others: int) -> tuple[str, ...]:
        said = [
            f"{self.cut:,} numbers had more digits than a workbook shows; its fifteen were taken." if self.cut else "",
            f"{self.formulas:,} cells are formulas; the results that the workbook kept were taken." if self.formulas else "",
            f'{self.hidden:,} rows of the sheet "{sheet}" are hidden or filtered; they were read like the others.' if self.hidden else "",
            f'{hidden_columns:,} columns of the sheet "{sheet}" are hidden.' if hidden_columns else "",
            f'The sheet "{sheet}" was read; the workbook has {others:,} more.' if others else "",
        ]
        return tuple(s for s in said if s)


def read_sheet(data: bytes, form: TextFormat, findings: Findings) -> Sheet | None:
    """The rows of the sheet that the mapping means; None, with findings, where one can't be read exactly."""
    before = findings.count
    cells = Cells(form, findings)
    try:
        if not data.startswith(b"PK"):
            from harness.adapters.workbook_xls import sheet_of_xls

            sheet = sheet_of_xls(data, form, cells)
        else:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                _check_size(archive, len(data))
                if "content.xml" in archive.namelist():
                    from harness.adapters.workbook_ods import sheet_of_ods

                    sheet = sheet_of_ods(archive, form, cells)
                else:
                    from harness.adapters.workbook_xlsx import sheet_of_xlsx

                    sheet = sheet_of_xlsx(archive, form, cells)
    except NotASheet as error:
        findings.add(error.slug, error.what, why=error.why, remedy=error.remedy)
        return None
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, SyntaxError) as error:
        what = "the workbook forbids itself to be read: it defines entities" if "Entities" in type(error).__name__ or "DTD" in type(error).__name__ else "the workbook is damaged or cut off"
        findings.add("workbook-damaged", f"{what}.", why="Rows would be missing.", remedy="Export it again, or as CSV.")
        return None
    return sheet if findings.count == before else None


def _check_size(archive: zipfile.ZipFile, packed: int) -> None:
    names = set()
    size = 0
    for entry in archive.infolist():
        size += entry.file_size
        if entry.flag_bits & 1:
            raise NotASheet("archive-refused", "the workbook is protected by a password.", "Save it without one.")
        if entry.filename in names:
            raise NotASheet("archive-refused", "the workbook holds two parts of the same name.", "Export it again.", "It can't be told which of the two counts.")
        names.add(entry.filename)
    if size > MOST or (size > FREE and size > packed * RATIO):
        raise NotASheet("archive-refused", f"the workbook unpacks to {size >> 20:,} MB from {packed:,} bytes.", "Ask where it comes from. If it is sound, save it as CSV.", "So much from so little is no export; it is made to fill the memory.")


def chosen(names: Sequence[str], hidden: Sequence[str], wanted: str) -> str:
    """The sheet that the mapping means: the one that it names, else the only one that isn't hidden."""
    if wanted:
        if wanted not in names:
            raise NotASheet("workbook-sheet", f'the workbook has no sheet "{wanted}"; it has {", ".join(names)}.', "Correct  sheet:  in the mapping's format.")
        return wanted
    shown = [name for name in names if name not in hidden]
    if len(shown) != 1:
        raise NotASheet("workbook-sheet", f"the workbook has {len(shown)} sheets: {', '.join(shown)}.", "Say which one counts:  sheet: NAME  in the mapping's format.", "It can't be told which of them holds the results.")
    return shown[0]


def padded(rows: dict[int, dict[int, str]]) -> list[TextRow]:
    """Rows of one width, without those that are wholly blank.  A row: column from 1 -> text."""
    width = max((max(cells) for cells in rows.values() if cells), default=0)
    out = []
    for number in sorted(rows):
        cells = [rows[number].get(column, "") for column in range(1, width + 1)]
        if any(cells):
            out.append(TextRow(number, cells, ",".join(cells)))
    if not out:
        return out
    used = max(i for row in out for i, cell in enumerate(row.cells) if cell) + 1
    return out if used == width else [TextRow(r.line, r.cells[:used], r.raw) for r in out]


def address(row: int, column: int) -> str:
    """C7 for row 7, column 3."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
