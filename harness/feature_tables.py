"""Tables of features as text: their cells as written, and their rows aligned."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_NUMBER = re.compile(r"[-+]?\d[\d,]*(?:\.\d+)?(?:%| ?[A-Z]{3}| units?)?")


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows of a table as lines.  A cell that is a number stands at the right of its column."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    if not widths:
        return ["|"] * len(rows)
    return ["| " + " | ".join(map(_padded, row, widths)) + " |" for row in rows]


def width(text: str) -> int:
    """How many columns a text takes on a screen."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(bool(unicodedata.combining(c)) for c in text)


def raw_cells(row: str) -> list[str]:
    """The cells of a table's row as they are written, escapes and all."""
    cells, cell, pairs = [], "", iter(row.strip())
    for char in pairs:
        if char == "|":
            cells.append(cell.strip())
            cell = ""
        else:
            cell += char + next(pairs, "") if char == "\\" else char
    return cells[1:]


def behind(row: str) -> str:
    """What stands behind the last | of a row.  The parser ignores it, and its author may not know."""
    return re.split(r"(?<!\\)(?:\\\\)*\|", row)[-1].strip()


def _padded(cell: str, wanted: int) -> str:
    gap = " " * (wanted - width(cell))
    return gap + cell if _NUMBER.fullmatch(cell) else cell + gap
