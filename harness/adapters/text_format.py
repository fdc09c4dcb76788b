"""How a text file is written, and what is read of it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

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
    "windows-1251": "cp1251",
    "windows-1253": "cp1253",
    "windows-1254": "cp1254",
    "windows-1255": "cp1255",
    "windows-1257": "cp1257",
    "iso-8859-2": "iso-8859-2",
    "iso-8859-9": "iso-8859-9",
    "code page 437": "cp437",
    "code page 850": "cp850",
    "utf-16": "utf-16",
    "shift-jis": "shift_jis",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc-kr": "euc_kr",
}
QUOTINGS = ("double quotes", "none")
MAX_CELL = 1_000_000
BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Letters that appear when UTF-8 text is read with a one-byte encoding: "Ã¶" for "ö".
MISREAD = ("Ã¤", "Ã¶", "Ã¼", "Ã©", "Ã¨", "Ã±", "Ã¡", "Ã³", "Ã­", "Â ", "â€™", "ï»¿")


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How a text file is written.  Every part is declared; only the defaults below are assumed.

    delimiter: one character.  quoting: "double quotes" or "none".  columns: names of the cells of a file
    without a header.  skip_first, skip_last: lines before the header, and rows at the end, that aren't data.
    culture: decides decimal and thousands marks.  dates: year first, month first or day first.
    trim: whether blanks around a cell are removed.  negative: the accepted ways to write a negative amount.
    layout: delimited, fixed width or json; "": by the file's name.  widths: of the columns.  header_by_columns: titles may stand
    above the header, which is found by its columns.  header_once: only the first of several files has one.  ends_before: what
    a footer begins with.  blank_words: cells that say nothing, such as NULL.  cut_off_time: a date may have a time of day, which
    doesn't count.  rows_at: where the rows are in JSON.  sheet: of a workbook; "": its only one.  most_rows: as many rows mean that the export was cut off.
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
    layout: str = ""
    widths: tuple[int, ...] = ()
    header_by_columns: bool = False
    header_once: bool = False
    ends_before: tuple[str, ...] = ()
    blank_words: tuple[str, ...] = ()
    cut_off_time: bool = False
    rows_at: str = ""
    most_rows: int = 0
    sheet: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is a delimited file of rows under one header and nothing else."""
        return not (
            self.layout or self.header_by_columns or self.header_once or self.ends_before or self.blank_words or self.cut_off_time or self.most_rows or self.sheet
        )

    def layout_of(self, name: str) -> str:
        """How a file of this name is laid out: as declared, else by its name."""
        plain = name.casefold().removesuffix(".gz").removesuffix(".zip").removesuffix(".tar")
        return self.layout or ("json" if plain.endswith(".json") else "delimited")


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
    notes: tuple[str, ...] = ()
    """What a reader of the results should know of how the file was read."""
