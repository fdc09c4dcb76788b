"""Conditions on attributes, as tables state them: values, ranges of numbers and beginnings of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np

from reference_engine.columns import Array
from reference_engine.table import Table
from reference_engine.vocabulary.numbers import NotANumber, parse_number

_RANGE = re.compile(r"(\d+(?:\.\d+)?)\s*-\s*(\d+(?:\.\d+)?)\Z")
_MORE = re.compile(r"(\d+(?:\.\d+)?)\+\Z")
_LIMIT = re.compile(r"(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\Z")


def fits(value: str, condition: str) -> bool:
    """Whether a value is what a condition says.

    A condition lists values with commas: a word, `100-999`, `1000+`, `<50`, `>=50`, or `75*` for what begins with 75.
    Digits that begin with a zero, such as a postal code, are compared as text, never as a number.
    """
    return any(_fits(value, part.strip()) for part in condition.split(","))


def mask(column: Array, condition: str) -> Array:
    """Where a text column is what the condition says."""
    answer = {v: fits(v, condition) for v in dict.fromkeys(column.tolist())}
    if len(answer) == 1:
        return np.full(len(column), next(iter(answer.values())))
    return np.array([answer[v] for v in column.tolist()], dtype=bool)


def conditions(table: Table, names: Mapping[str, object]) -> list[dict[str, str]]:
    """For each row its conditions: those of its own columns (all but `names`), and of its columns field and is."""
    own = {name: column for name, column in table.text.items() if name not in names}
    out = [{n: str(c[row]) for n, c in own.items() if c[row]} for row in range(table.size)]
    for row, name in enumerate(table.words("field").tolist()):
        if name:
            out[row][name] = str(table.words("is")[row])
    return out


def all_of(wanted: Mapping[str, str], column: Callable[[str], Array], size: int) -> Array:
    """Where every condition holds."""
    out = np.ones(size, dtype=bool)
    for name, condition in wanted.items():
        out &= mask(column(name), condition)
    return out


def _fits(value: str, part: str) -> bool:
    if value == part:
        return True
    if not value:
        return False
    if part.endswith("*"):
        return value.startswith(part[:-1])
    if found := _RANGE.match(part):
        low, high = found.groups()
        if _is_code(low) or _is_code(high):
            return len(value) == len(low) and low <= value <= high
        return _compared(value, ">=", low) and _compared(value, "<=", high)
    if found := _MORE.match(part):
        return _compared(value, ">=", found[1])
    if found := _LIMIT.match(part):
        return _compared(value, found[1], found[2])
    return False


def _compared(value: str, how: str, bound: str) -> bool:
    if _is_code(value):
        return False
    try:
        number, limit = parse_number(value), parse_number(bound)
    except NotANumber:
        return False
    return {"<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit}[how]


def _is_code(text: str) -> bool:
    """Digits that begin with a zero name something; they aren't a number."""
    return len(text) > 1 and text[0] == "0" and text[1] != "."
