"""Cells of Varicent as they compare after a round trip, by the type of their column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

_NUMBERS = ("decimal", "int", "integer", "numeric", "number", "money", "double", "float", "long")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?", re.ASCII)
_MIDNIGHT = re.compile(r"T00:00:00(\.0+)?Z?\Z")


def plain(row: Sequence[str], types: Sequence[str]) -> tuple[str, ...]:
    """A row as it compares: a day with or without midnight, a number with or without needless zeros, and text as it stands.

    An identifier that is text is never read as a number, or 007 and 7 would be one payee.
    """
    return tuple(_plain(cell, kind.casefold()) for cell, kind in zip(row, types, strict=True))


def _plain(cell: str, kind: str) -> str:
    if kind.startswith("date"):
        return _MIDNIGHT.sub("", cell)
    if kind not in _NUMBERS or not _NUMBER.fullmatch(cell):
        return cell
    text = format(Decimal(cell), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
