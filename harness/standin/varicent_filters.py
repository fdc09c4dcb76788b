"""The filter grammar of Varicent's REST, and the order of rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation

from harness.standin.varicent_model import Cell, Column, Row

_PART = re.compile(r"(?P<field>[^=^$<>⊇]+?)(?P<op><>|=|\^|\$|⊇)(?P<value>.*)\Z", re.DOTALL)


class BadFilter(ValueError):
    """The filter isn't written as the documentation says."""


def filtered(columns: Sequence[Column], rows: Sequence[Row], text: str) -> list[Row]:
    """The rows for which every part of a filter holds; parts are joined with a semicolon."""
    tests = [_test(columns, part) for part in text.split(";") if part] if text else []
    return [row for row in rows if all(test(row) for test in tests)]


def _test(columns: Sequence[Column], part: str) -> Callable[[Row], bool]:
    match = _PART.match(part)
    names = [c.name for c in columns]
    if match is None or match["field"] not in names:
        raise BadFilter(part)
    at, op, value = names.index(match["field"]), match["op"], match["value"]
    if value == "NULL":
        return lambda row: (row[at] is None) == (op == "=")
    if op == "<>":
        return lambda row: said(row[at]) != value
    if op == "^":
        return lambda row: said(row[at]).casefold().startswith(value.casefold())
    if op == "$":
        return lambda row: said(row[at]).casefold().endswith(value.casefold())
    if op == "⊇":
        return lambda row: value.casefold() in said(row[at]).casefold()
    if value[:1] in "[(" and value[-1:] in "])" and "\\," in value:
        return _interval(at, value)
    if "\\," in value:
        wanted = {v.casefold() for v in value.split("\\,")}
        return lambda row: said(row[at]).casefold() in wanted
    return lambda row: said(row[at]) == value


def _interval(at: int, value: str) -> Callable[[Row], bool]:
    low, _, high = value[1:-1].partition("\\,")

    def holds(row: Row) -> bool:
        cell = row[at]
        if cell is None:
            return False
        above = not low or (_rank(cell, low) > 0 or (value[0] == "[" and _rank(cell, low) == 0))
        return above and (not high or _rank(cell, high) < 0 or (value[-1] == "]" and _rank(cell, high) == 0))

    return holds


def _rank(cell: str | Decimal, bound: str) -> int:
    if isinstance(cell, Decimal):
        try:
            other = Decimal(bound)
        except InvalidOperation:
            raise BadFilter(bound) from None
        return (cell > other) - (cell < other)
    return (cell > bound) - (cell < bound)


def ordered(columns: Sequence[Column], rows: Sequence[Row], text: str) -> list[Row]:
    """The rows in the order of columns; a minus sign means downwards."""
    names = [c.name for c in columns]
    out = list(rows)
    for name in reversed(text.split(",")):
        if name.lstrip("-") not in names:
            raise BadFilter(name)
        at = names.index(name.lstrip("-"))
        out.sort(key=lambda row: (row[at] is not None, "" if isinstance(row[at], Decimal) else said(row[at]), row[at] if isinstance(row[at], Decimal) else 0), reverse=name.startswith("-"))
    return out


def said(cell: Cell) -> str:
    """A cell as text."""
    return "" if cell is None else _number(cell) if isinstance(cell, Decimal) else cell


def _number(value: Decimal) -> str:
    """Without trailing zeros, and without rounding, whatever its length."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
