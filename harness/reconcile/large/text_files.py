"""Delimited files as DuckDB may read them: looked at byte by byte first, and single rows fetched by their number.

DuckDB and the row reader must split a file into the same rows.  What could be split in two ways isn't read here.
"""

from __future__ import annotations

import codecs
import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness.adapters.delimited import ENCODINGS, TextFormat, TextRow
from harness.adapters.wrapping import is_packed

_PIECE = 1 << 20
_ROWS = 20_000
_BLANKS = (b" ", b"\t", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
_UTF8 = ("utf-8", "utf-8-sig")
MAX_LINE = 1_000_000


class OnlyByRow(Exception):
    """The row reader has to read this; the message says why, for people."""


@dataclass(frozen=True)
class Looked:
    """What a text file looks like.  start: byte of the first row after the header.

    rows: how many there are.  blanks: whether a cell could start or end with white space.  raw_header: the header's
    own text, "" where there is none.
    """

    path: Path
    form: TextFormat
    start: int
    rows: int
    quoted: bool
    blanks: bool
    ends: bytes
    raw_header: str
    open_end: bool

    @property
    def first_line(self) -> int:
        """The line of the first row after the header, from 1."""
        return self.form.skip_first + (1 if self.form.header else 0) + 1


def look(path: Path, form: TextFormat) -> Looked:
    """Looks at every byte of a file.  Raises OnlyByRow where DuckDB could see other rows than the row reader."""
    if not form.is_plain or form.layout_of(path.name) != "delimited" or is_packed(path):
        raise OnlyByRow("it isn't a plain delimited file")
    if form.trim:
        raise OnlyByRow("blanks around cells are removed")
    if form.skip_last:
        raise OnlyByRow("rows at the end are skipped")
    codec = ENCODINGS[form.encoding]
    if codec not in _UTF8:
        raise OnlyByRow(f"the file is in {form.encoding}")
    if path.stat().st_size == 0:
        raise OnlyByRow("the file is empty")
    with path.open("rb") as file:
        data = _Bytes(file.fileno())
        seen = _read_through(data, begin := len(codecs.BOM_UTF8) if data[:3] == codecs.BOM_UTF8 else 0)
        if begin and codec == "utf-8":
            raise OnlyByRow("the file starts with a mark that the mapping doesn't declare")
        quoted = form.quoting != "none" and seen.quotes
        if seen.returns not in (0, seen.breaks):
            raise OnlyByRow("its lines end in several ways")
        start, raw_header = _after_header(data, form, begin)
        if start >= len(data):
            raise OnlyByRow("it has no rows")
        looked = Looked(
            path,
            form,
            start,
            0,
            quoted,
            seen.blanks,
            b"\r\n" if seen.returns else b"\n",
            raw_header,
            data[-1:] != b"\n",
        )
        if form.delimiter not in (raw_header or data.line(start).decode("utf-8")):
            # Of a single column an empty line could be a blank cell; with several, DuckDB counts other rows than lines.
            raise OnlyByRow("it has a single column")
        skipped = form.skip_first + form.header
        rows = _count(data, looked) if quoted else seen.breaks - skipped + looked.open_end
    return replace(looked, rows=rows)


def _after_header(data: _Bytes, form: TextFormat, start: int) -> tuple[int, str]:
    """The byte of the first row after the header, and the header's own text."""
    raw = b""
    with_header = form.skip_first + form.header
    for number in range(with_header):
        raw = data.line(start)
        if not raw.endswith(b"\n"):
            raise OnlyByRow("it has fewer lines than are skipped, or no rows")
        start += len(raw)
        if number >= form.skip_first and (not raw.strip() or raw.count(b'"') % 2):
            raise OnlyByRow("its header is blank or stands on several lines")
    return start, raw.decode("utf-8").rstrip("\r\n") if form.header else ""


class _Bytes:
    """The bytes of an open file, read piece by piece."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.size = os.fstat(number).st_size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, at: slice) -> bytes:
        start, stop, _ = at.indices(self.size)
        return os.pread(self.number, stop - start, start) if stop > start else b""

    def line(self, start: int) -> bytes:
        """The line that starts there, with its end."""
        found = b""
        while b"\n" not in found:
            more = self[start + len(found) : start + len(found) + 65_536]
            if not more:
                return found
            if len(found) > MAX_LINE:
                raise OnlyByRow("a line is longer than a million characters")
            found += more
        return found[: found.index(b"\n") + 1]


@dataclass
class _Seen:
    """What stands anywhere in a file."""

    quotes: bool = False
    blanks: bool = False
    returns: int = 0
    breaks: int = 0


def _read_through(data: _Bytes, begin: int) -> _Seen:
    """Reads every byte once.  Raises OnlyByRow for what only the row reader may judge."""
    seen = _Seen()
    decoder = None
    before = b"\n"
    for at in range(begin, len(data), _PIECE):
        piece = data[at : at + _PIECE]
        if b"\0" in piece:
            raise OnlyByRow("it holds a NUL byte")
        try:
            if decoder is None and not piece.isascii():
                decoder = codecs.getincrementaldecoder("utf-8")("strict")
                seen.blanks = True
            if decoder is not None:
                decoder.decode(piece)
        except UnicodeDecodeError:
            raise OnlyByRow("it isn't UTF-8 throughout") from None
        seen.breaks += int(np.count_nonzero(np.frombuffer(piece, dtype=np.uint8) == 10))
        seen.quotes = seen.quotes or b'"' in piece
        seen.blanks = seen.blanks or any(blank in piece for blank in _BLANKS)
        if b"\r" in piece or before == b"\r":
            pairs = piece.count(b"\r\n") + (before == b"\r" and piece[:1] == b"\n")
            single = piece.count(b"\r") + (before == b"\r") - (piece[-1:] == b"\r")
            if pairs != single:
                raise OnlyByRow("its lines end in several ways")
            seen.returns += pairs
        before = piece[-1:]
    try:
        if decoder is not None:
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise OnlyByRow("it isn't UTF-8 throughout") from None
    if before == b"\r":
        raise OnlyByRow("its lines end in several ways")
    return seen


def _count(data: _Bytes, looked: Looked) -> int:
    return sum(len(ends) for ends in _ends(data, looked)) + looked.open_end


def _ends(data: _Bytes, looked: Looked) -> Iterator[Any]:
    """The positions just behind each row's line feed, piece by piece.  A line feed inside quotes ends no row."""
    open_quotes = 0
    previous = b"\n"
    delimiter = looked.form.delimiter.encode()
    for at in range(looked.start, len(data), _PIECE):
        piece = np.frombuffer(data[at : at + _PIECE], dtype=np.uint8)
        feeds = np.flatnonzero(piece == 10)
        if looked.quoted:
            quotes = np.flatnonzero(piece == 34)
            after = data[at + len(piece) : at + len(piece) + 1] or b"\n"
            _check_quotes(piece, quotes, open_quotes, previous, after, delimiter)
            inside = (np.searchsorted(quotes, feeds) + open_quotes) % 2 == 1
            feeds = feeds[~inside]
            open_quotes = (open_quotes + len(quotes)) % 2
            previous = piece[-1:].tobytes()
        yield feeds + (at + 1)
    if open_quotes:
        raise OnlyByRow("a quoted cell never ends")


def _check_quotes(
    piece: Any, quotes: Any, open_quotes: int, previous: bytes, after: bytes, delimiter: bytes
) -> None:
    """Every quote opens a cell at its start, closes it at its end, or is doubled; else readers differ."""
    if not len(quotes):
        return
    if len(delimiter) != 1:
        raise OnlyByRow("its delimiter isn't one byte")
    padded = np.concatenate([np.frombuffer(previous, np.uint8), piece, np.frombuffer(after, np.uint8)])
    opening = quotes[open_quotes % 2 :: 2]
    closing = quotes[(open_quotes + 1) % 2 :: 2]
    before = padded[opening]
    behind = padded[closing + 2]
    edges = np.array([delimiter[0], 10, 13, 34], dtype=np.uint8)
    if not np.isin(before, edges).all() or not np.isin(behind, edges).all():
        raise OnlyByRow("a quote stands inside a cell")


def rows_at(looked: Looked, numbers: Sequence[int]) -> list[TextRow]:
    """Rows by their number, from 0 and ascending, as the row reader reads them."""
    wanted = np.asarray(numbers, dtype=np.int64)
    if not len(wanted):
        return []
    raws: list[str] = []
    starts: list[int] = []
    with looked.path.open("rb") as file:
        data = _Bytes(file.fileno())
        first, start, taken = 0, looked.start, 0
        for ends in _pieces(data, looked):
            until = int(np.searchsorted(wanted, first + len(ends)))
            for number in wanted[taken:until]:
                at = int(number) - first
                begin = start if at == 0 else int(ends[at - 1])
                raws.append(data[begin : int(ends[at])].decode("utf-8"))
                starts.append(begin)
            taken = until
            if taken == len(wanted):
                break
            start = int(ends[-1]) if len(ends) else start
            first += len(ends)
        lines = (
            _lines_of(data, looked, starts) if looked.quoted else [looked.first_line + int(n) for n in wanted]
        )
    return _split(looked, raws, lines)


def every_row(looked: Looked) -> Iterator[list[TextRow]]:
    """All rows, some ten thousand at a time."""
    with looked.path.open("rb") as file:
        data = _Bytes(file.fileno())
        start, line = looked.start, looked.first_line
        for ends in _pieces(data, looked):
            for first in range(0, len(ends), _ROWS):
                raws, lines = [], []
                for end in ends[first : first + _ROWS].tolist():
                    raw = data[start:end]
                    raws.append(raw.decode("utf-8"))
                    lines.append(line)
                    line += raw.count(b"\n") if looked.quoted else 1
                    start = end
                yield _split(looked, raws, lines)


def _split(looked: Looked, raws: Sequence[str], lines: Sequence[int]) -> list[TextRow]:
    """Rows as text into their cells, as the row reader splits them."""
    if looked.form.quoting == "double quotes":
        reader = csv.reader(
            raws, delimiter=looked.form.delimiter, quotechar='"', doublequote=True, strict=True
        )
    else:
        reader = csv.reader(raws, delimiter=looked.form.delimiter, quoting=csv.QUOTE_NONE, strict=True)
    cells = list(reader)
    if len(cells) != len(raws):
        raise OnlyByRow("its rows can't be found again")
    return [TextRow(line, row, raw.rstrip("\r\n")) for line, row, raw in zip(lines, cells, raws, strict=True)]


def _pieces(data: _Bytes, looked: Looked) -> Iterator[Any]:
    """The ends of all rows; the last row may have no line feed."""
    yield from _ends(data, looked)
    if looked.open_end:
        yield np.array([len(data)], dtype=np.int64)


def _lines_of(data: _Bytes, looked: Looked, starts: Sequence[int]) -> list[int]:
    """The line at which each row starts, where cells may have line feeds."""
    lines, line, at = [], looked.first_line, looked.start
    for position in starts:
        for piece in range(at, position, _PIECE):
            line += data[piece : min(piece + _PIECE, position)].count(b"\n")
        at = position
        lines.append(line)
    return lines
