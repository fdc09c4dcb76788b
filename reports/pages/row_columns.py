"""Packs a column of texts as small as it goes, losing nothing: what assets/columns.js reads in the browser.

A report of 100,000 differences has to stay a file that can be sent.  Numbers become bytes, repeated texts are kept
once, and a text that is made of its row's other texts ("INV-" and the deal) is kept as its pattern.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Values = Sequence[Any]
"""The cells of one column: text, None where there is none, or lists of texts."""
_NUMBER = re.compile(r"(-?)(0|[1-9]\d{0,13})(?:\.(\d{1,9}))?\Z", re.ASCII)
_COUNTED = re.compile(r"(.*?)(0|[1-9]\d{0,13})\Z", re.ASCII | re.DOTALL)
_HEXADECIMAL = re.compile(r"(.*?)([0-9a-f]{8,16})\Z", re.ASCII | re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LEADING = re.compile(r"-?(0|[1-9]\d{0,17})(\D.*|)\Z", re.ASCII | re.DOTALL)
_MOST = 2**47
_MARKS = ("\ue000", "\ue0ff")
"""Characters of the private use area stand in a pattern for the other columns' texts."""
RAW = "\ue0f1"
"""Begins a pattern whose text has such characters itself, and is kept as it stands."""
_BETWEEN = "\ue0f0"
_MARKED = re.compile("[\ue000-\ue0ff]")
_FEW = 0.2
_SAMPLE = 150
"""Patterns or distinct texts are worth keeping apart where they are at most this share of the rows."""


def packed(columns: Mapping[str, tuple[Mapping[str, Any], bytes]]) -> bytes:
    """One compressed part: its columns' descriptions as one line of JSON, and the bytes of their numbers after it."""
    heads, planes, at = {}, [], 0
    for path, (head, numbers) in columns.items():
        heads[path] = {**head, "at": at}
        planes.append(numbers)
        at += len(numbers)
    return gzip.compress(json_bytes(heads) + b"\n" + b"".join(planes), 9, mtime=0)


def json_bytes(value: object) -> bytes:
    """JSON as UTF-8.  Half characters of broken texts are kept as escapes, which the browser reads back."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text).encode()


def column(values: Values, others: Mapping[str, Values]) -> tuple[dict[str, Any], bytes]:
    """The smallest form of a column.  others: columns that the browser will have before this one."""
    texts = values if all(value is None or type(value) is str for value in values) else None
    if texts is not None:
        same = _same(texts, others)
        if same:
            return same
        for form in (_amounts, _counted, _hexadecimal):
            found = form(texts)
            if found and _few(texts) is None:
                return _pattern(texts, others) or found
            if found and form is _amounts:
                return found
    distinct = _few(values)
    if distinct is None:
        return _pattern(values, others) or ({"kind": "values", "values": list(values)}, b"")
    if len(distinct) > 50 and (found := _pattern(values, others)):
        return found
    return _dictionary(values, distinct)


def _same(values: Values, others: Mapping[str, Values]) -> tuple[dict[str, Any], bytes] | None:
    """A column that has another one's texts, or none: the export's own copy of a key, mostly."""
    some = [row for row, value in enumerate(values) if value is not None][:_SAMPLE]
    for name, side in others.items():
        if all(values[row] == side[row] for row in some) and all(
            value is None or value == text for value, text in zip(values, side, strict=True)
        ):
            codes = [0 if value is None else 1 for value in values]
            head = {"kind": "pattern", "of": {_MARKS[0]: name}, "distinct": [_MARKS[0]]}
            return {**head, **_width(codes)}, _planes(codes)
    return None


def is_copy(head: Mapping[str, Any]) -> bool:
    """Whether a column only repeats another one."""
    return bool(head["kind"] == "pattern" and head["distinct"] == [_MARKS[0]])


def difference_of(difference: Values, actual: Values, expected: Values) -> bool:
    """Whether every difference is written just as the browser would write actual minus expected."""
    return all(
        d is not None and d == _less(a or "", e or "")
        for d, a, e in zip(difference, actual, expected, strict=True)
    )


def _less(actual: str, expected: str) -> str | None:
    parts = [_NUMBER.match(text or "0") for text in (actual, expected)]
    if parts[0] is None or parts[1] is None:
        return None
    decimals = max(len(part[3] or "") for part in parts if part)
    units = [int(part[1] + part[2] + (part[3] or "").ljust(decimals, "0")) for part in parts if part]
    return _decimal(units[0] - units[1], decimals) if max(map(abs, units)) < _MOST else None


def _decimal(units: int, decimals: int) -> str:
    digits = str(abs(units)).rjust(decimals + 1, "0")
    sign = "-" if units < 0 else ""
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def _amounts(values: Values) -> tuple[dict[str, Any], bytes] | None:
    """Numbers with as many decimals each: 0 for none, else twice the size and one, and one more below zero."""
    decimals = next((len(v) - v.index(".") - 1 if "." in v else 0 for v in values if v), None)
    if decimals is None or decimals > 9:
        return None
    codes = []
    for value in values:
        if value is None:
            codes.append(0)
            continue
        match = _NUMBER.match(value)
        if match is None or len(match[3] or "") != decimals:
            return None
        size = int(match[2] + (match[3] or ""))
        if 2 * size + 2 >= _MOST or (size == 0 and match[1]):
            return None
        codes.append(2 * size + (2 if match[1] else 1))
    return {"kind": "amounts", "decimals": decimals, **_width(codes)}, _planes(codes)


def _counted(values: Values) -> tuple[dict[str, Any], bytes] | None:
    """A text that is the same in all rows, with a number after it."""
    return _affixed(values, "counted", _COUNTED, int)


def _hexadecimal(values: Values) -> tuple[dict[str, Any], bytes] | None:
    """A text that is the same in all rows, with as many hexadecimal digits after it."""
    first = next((v for v in values if v), "")
    match = _HEXADECIMAL.match(first)
    if match is None:
        return None
    digits = min(len(match[2]), 11)
    form = re.compile(f"(.*)([0-9a-f]{{{digits}}})\\Z", re.ASCII | re.DOTALL)
    found = _affixed(values, "hexadecimal", form, lambda text: int(text, 16))
    if found is None and len(match[2]) == 12:
        return _long_hexadecimal(values, match[1])
    return found and ({**found[0], "digits": digits}, found[1])


def _long_hexadecimal(values: Values, prefix: str) -> tuple[dict[str, Any], bytes] | None:
    form = re.compile(re.escape(prefix) + "([0-9a-f]{12})\\Z", re.ASCII)
    matches = [form.match(value or "") for value in values]
    if not all(matches):
        return None
    rows = b"".join(bytes.fromhex(match[1]) for match in matches if match)
    return {"kind": "bytes", "prefix": prefix, "width": 6}, b"".join(rows[i::6] for i in range(6))


def _affixed(
    values: Values, kind: str, form: re.Pattern[str], number: Callable[[str], int]
) -> tuple[dict[str, Any], bytes] | None:
    prefix, codes = None, []
    for value in values:
        if value is None:
            codes.append(0)
            continue
        match = form.match(value)
        if match is None or (prefix is not None and match[1] != prefix) or len(match[1]) > 40:
            return None
        prefix = match[1]
        codes.append(number(match[2]) + 1)
    if prefix is None or max(codes) >= _MOST:
        return None
    return {"kind": kind, "prefix": prefix, **_width(codes)}, _planes(codes)


def _few(values: Values) -> list[Any] | None:
    """The distinct values, in the order of their first rows; None where they are too many to be worth it."""
    seen: dict[Any, Any] = {}
    most = max(64, int(_FEW * len(values)))
    for value in values:
        if value is not None:
            key = value if type(value) is str else json.dumps(value)
            seen.setdefault((type(value) is str, key), value)
            if len(seen) > most:
                return None
    return list(seen.values())


def _dictionary(values: Values, distinct: list[Any]) -> tuple[dict[str, Any], bytes]:
    places = {_key(value): place for place, value in enumerate(distinct, 1)}
    codes = [0 if value is None else places[_key(value)] for value in values]
    return {"kind": "distinct", "distinct": distinct, **_width(codes)}, _planes(codes)


def _key(value: object) -> tuple[bool, str]:
    return (True, value) if type(value) is str else (False, json.dumps(value))


def _pattern(values: Values, others: Mapping[str, Values]) -> tuple[dict[str, Any], bytes] | None:
    """Texts made of the row's other texts: few patterns, and which of them each row has."""
    used = _used(values, others)
    if not used:
        return None
    sides = [(mark, others[name], ord(mark) % 2) for mark, name in used.items()]
    most = max(64, int(_FEW * len(values)))
    patterns: dict[tuple[bool, str], tuple[int, Any]] = {}
    codes = []
    for row, value in enumerate(values):
        if value is None:
            codes.append(0)
            continue
        parts = [
            (grouped(text) if said else text, mark)
            for mark, side, said in sides
            if type(text := side[row]) is str and len(text) > 2 and not _MARKED.search(text)
        ]
        pattern = _row_pattern(value, parts)
        place = patterns.setdefault(_key(pattern), (len(patterns) + 1, pattern))
        codes.append(place[0])
        if len(patterns) > most:
            return None
    distinct = [pattern for _, pattern in patterns.values()]
    return {"kind": "pattern", "of": used, "distinct": distinct, **_width(codes)}, _planes(codes)


def _used(values: Values, others: Mapping[str, Values]) -> dict[str, str]:
    """Which columns a sample of the texts is made of, by the mark that stands for each; none where it isn't worth it."""
    names = [
        name for name, side in others.items() if any(type(t) is str and len(t) > 2 for t in side[:_SAMPLE])
    ][-70:]
    step = max(1, len(values) // _SAMPLE)
    rows = [row for row in range(0, len(values), step) if values[row] is not None][: 2 * _SAMPLE]
    times: dict[str, int] = {}
    seen: set[tuple[bool, str]] = set()
    for row in rows:
        parts = []
        for i, name in enumerate(names):
            text = others[name][row]
            if type(text) is str and len(text) > 2 and not _MARKED.search(text):
                parts.append((text, _mark(i, said=False)))
                said = grouped(text)
                if said != text and len(said) > 2:
                    parts.append((said, _mark(i, said=True)))
        pattern = _row_pattern(values[row], parts)
        seen.add(_key(pattern))
        for mark in set("".join(_texts(pattern))):
            if _MARKS[0] <= mark < RAW:
                times[mark] = times.get(mark, 0) + 1
    if len(seen) > max(8, len(rows) // 2):
        return {}
    marks = [(_mark(i, said=said), name) for i, name in enumerate(names) for said in (False, True)]
    return {mark: name for mark, name in marks if times.get(mark, 0) * 50 > len(rows)}


def _mark(place: int, *, said: bool) -> str:
    """What stands in a pattern for a column's text (even), or for its number as sentences have it (odd)."""
    return chr(ord(_MARKS[0]) + 2 * place + said)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [text for item in value for text in _texts(item)] if isinstance(value, list) else []


def _row_pattern(value: Any, parts: list[tuple[str, str]]) -> Any:
    parts.sort(key=_longest)
    return _replaced(value, parts)


def _longest(part: tuple[str, str]) -> int:
    return -len(part[0])


def _replaced(value: Any, parts: list[tuple[str, str]]) -> Any:
    if isinstance(value, list):
        if not all(type(item) is str for item in value) or _MARKED.search("".join(value)):
            return [_replaced(item, parts) for item in value]
        return _marked(_BETWEEN.join(value), parts).split(_BETWEEN)
    if not isinstance(value, str):
        return value
    return RAW + value if _MARKED.search(value) else _marked(value, parts)


def _marked(text: str, parts: list[tuple[str, str]]) -> str:
    for form, mark in parts:
        text = text.replace(form, mark)
    return text


def grouped(text: str) -> str:
    """The number that a text begins with, without its sign and with thousands commas; columns.js has the same."""
    match = _LEADING.match(text)
    return f"{int(match[1]):,}{match[2]}" if match else text


def product(base: str | None, rate: str | None) -> str | None:
    """Base times rate as sentences have it; None where the rate is no percentage.  columns.js has the same."""
    sides = _NUMBER.match(base or ""), _NUMBER.match((rate or "").removesuffix("%"))
    if sides[0] is None or sides[1] is None or not rate or rate[-1] != "%":
        return None
    units, decimals = 1, 2
    for side in sides:
        rest = side[3] or "" if side else ""
        units *= int(f"{side[1]}{side[2]}{rest}") if side else 1
        decimals += len(rest)
    digits = str(abs(units)).rjust(decimals + 1, "0")
    rest = digits[-decimals:].rstrip("0")
    return ("-" if units < 0 else "") + f"{int(digits[:-decimals]):,}" + (f".{rest}" if rest else "")


def _width(codes: Sequence[int]) -> dict[str, int]:
    return {"width": max(1, (max(codes, default=0).bit_length() + 7) // 8)}


def _planes(codes: Sequence[int]) -> bytes:
    """The numbers byte by byte: first the lowest byte of all of them, then the next."""
    whole = array("Q", codes)
    if sys.byteorder == "big":
        whole.byteswap()
    numbers = whole.tobytes()
    return b"".join(numbers[at :: whole.itemsize] for at in range(_width(codes)["width"]))
