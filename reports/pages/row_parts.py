"""The rows of the table of differences, cut into parts that a browser unpacks when it needs them.

Columns that the table shows, filters, searches or groups by are a part each.  What only an opened row shows (the
calculation, the exported row's place) is cut into parts of a few thousand rows, the biggest differences first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from reference_engine.vocabulary.numbers import MINOR_UNITS
from reports.difference_types import Derivation, Difference, StatementLine
from reports.pages import figures
from reports.pages.row_columns import Values, column, difference_of, is_copy, packed, product
from reports.pages.words import side_words
from reports.record_check import number
from reports.record_types import Grain, RunRecord

FACETS = ("plan", "class", "kind", "product", "category", "component", "period", "stage")
_FACETS_MOST, _CHOICES_MOST = 9, 400
HEAD = 100
"""Rows that the page has at once, before anything is unpacked."""
DETAILS = 5_000
"""Rows whose details are one part."""
_WIDE = 24
"""An export with more columns than this keeps them with the details, where they aren't searched."""
_VERY_WIDE = 200
_OURS = ("deal", "record", "line", "date", "payee", "plan", "component", "period", "rule", "rate")
_PRODUCT = "*"


@dataclass(frozen=True, slots=True)
class Rows:
    """index: what the page holds as plain JSON.  parts: the packed columns by name."""

    index: dict[str, Any]
    parts: Mapping[str, bytes]


def rows_of(record: RunRecord) -> Rows:
    """All differences of a record, grain by grain, the biggest money first."""
    every = (*record.differences, *record.accepted, *record.tolerated)
    currencies = sorted({currency for row in every for currency in (row.currency, *row.other)})
    parts: dict[str, bytes] = {}
    by_grain = {grain.name: in_order(record, grain) for grain in record.grains}
    places = {row.id: place for rows in by_grain.values() for place, row in enumerate(rows)}
    grains = [
        _grain(grain, by_grain[grain.name], f"g{i}", places, parts) for i, grain in enumerate(record.grains)
    ]
    if record.identity.kind == "compare":
        words = side_words(record)
        for grain in grains:
            grain["words"] = {
                "expected": words.expected,
                "actual": words.actual,
                "ours": words.ours_title,
                "theirs": words.theirs_title,
                "oursNone": words.ours_none,
                "theirsNone": words.theirs_none,
            }
    index = {
        "decimals": {currency: MINOR_UNITS.get(currency, 2 if currency else 0) for currency in currencies},
        "causes": {group.id: group.sentence for group in record.groups},
        "settled": _settled(record),
        "grains": grains,
    }
    return Rows(index, parts)


def in_order(record: RunRecord, grain: Grain) -> list[Difference]:
    """A grain's differences as the table shows them first: the biggest money on top, whatever its sign."""
    rows = [difference for difference in record.differences if difference.grain == grain.name]
    return sorted(rows, key=_size, reverse=True)


def _size(row: Difference) -> int:
    return max(abs(_units(amount)) for amount in (row.difference, *row.other.values()))


def _units(amount: str) -> int:
    """An amount in units of its twelfth decimal: quick to compare; anything finer is cut off."""
    whole, _, rest = amount.partition(".")
    if "/" in amount:
        return int(number(amount) * 10**12)
    return int(f"{whole}{rest[:12].ljust(12, '0')}") if amount else 0


def _grain(
    grain: Grain, rows: list[Difference], name: str, places: Mapping[str, int], parts: dict[str, bytes]
) -> dict[str, Any]:
    listed = _listed(grain, rows)
    order = sorted(listed, key=lambda path: _length(listed[path]))
    written: dict[str, Values] = {}
    where: dict[str, str] = {}
    for path in order:
        values = listed[path]
        if path == "difference" and difference_of(values, listed["actual"], listed["expected"]):
            packing: tuple[dict[str, Any], bytes] = ({"kind": "less"}, b"")
        else:
            packing = column(values, written)
        if path not in ("id", "difference") and not is_copy(packing[0]):
            written[path] = values
        where[path] = f"{name}-c{len(where)}"
        parts[where[path]] = packed({path: packing})
    texts = {path: values for path, values in listed.items() if path not in ("id", "other")}
    for start in range(0, len(rows), DETAILS):
        some = slice(start, start + DETAILS)
        parts[f"{name}-d{start // DETAILS}"] = _details(
            rows[some], {path: values[some] for path, values in texts.items()}, places
        )
    counts = {path: Counter(values) for path, values in listed.items() if path not in ("other", "id")}
    return {
        "name": grain.name,
        "keys": list(grain.keys),
        "follows": grain.follows_from,
        "count": len(rows),
        "part": name,
        "details": DETAILS,
        "columns": {path: where[path] for path in listed},
        "facets": _facets(counts),
        "fields": _fields(grain, counts, len(rows)),
        "groups": [[group, n] for group, n in counts.get("group", Counter()).items() if group],
        "sums": _sums(rows),
        "head": {path: list(values[:HEAD]) for path, values in listed.items()},
    }


def _listed(grain: Grain, rows: Sequence[Difference]) -> dict[str, Values]:
    names = ("id", "expected", "actual", "difference", "currency", "stage", "field", "group")
    found: dict[str, Values] = {name: [getattr(row, name) or None for row in rows] for name in names}
    found["class"] = [row.class_ for row in rows]
    if any(row.other for row in rows):
        found["other"] = [[list(pair) for pair in row.other.items()] or None for row in rows]
    _texts(found, "k.", [row.key for row in rows], grain.keys)
    _texts(found, "a.", [row.attributes for row in rows])
    for name in _OURS:
        found[f"o.{name}"] = [getattr(row.ours, name) or None if row.ours else None for row in rows]
    exported = [row.theirs.row if row.theirs else {} for row in rows]
    if len(_names(exported)) <= _WIDE:
        _texts(found, "t.r.", exported)
    always = {"id", "class", "expected", "actual", "difference", "currency"}
    return {
        path: values for path, values in found.items() if path in always or any(v is not None for v in values)
    }


def _texts(
    found: dict[str, Values], prefix: str, rows: Sequence[Mapping[str, str]], first: Iterable[str] = ()
) -> None:
    for name in dict.fromkeys((*first, *_names(rows))):
        found[prefix + name] = [row.get(name) or None for row in rows]


def _names(rows: Iterable[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _details(rows: Sequence[Difference], listed: Mapping[str, Values], places: Mapping[str, int]) -> bytes:
    found: dict[str, Values] = {}
    for name in ("base", "base_currency", "unrounded", "plan_file", "plan_line", "rest", "rest_lines"):
        found[f"o.{name}"] = [_text(getattr(row.ours, name)) if row.ours else None for row in rows]
    found["t.file"] = [row.theirs.file or None if row.theirs else None for row in rows]
    found["t.line"] = [_text(row.theirs.line) if row.theirs else None for row in rows]
    exported = [row.theirs.row if row.theirs else {} for row in rows]
    if not any(path.startswith("t.r.") for path in listed):
        if len(_names(exported)) <= _VERY_WIDE:
            _texts(found, "t.r.", exported)
        else:
            found["t.cells"] = [[x for pair in row.items() for x in pair] or None for row in exported]
    for name, of in (
        ("rounding", _listing("rounding")),
        ("sentences", _listing("sentences")),
        ("lines", _lines),
    ):
        found[f"o.{name}"] = [of(row.ours) or None if row.ours else None for row in rows]
    found["trouble"] = [row.trouble or None for row in rows]
    found["also"] = [row.also or None for row in rows]
    found["b.file"] = [row.before.file or None if row.before else None for row in rows]
    found["b.line"] = [_text(row.before.line) if row.before else None for row in rows]
    found["b.cells"] = [
        [x for pair in row.before.row.items() for x in pair] or None if row.before else None for row in rows
    ]
    found["follows"] = [[places.get(i, i) for i in row.follows_from] or None for row in rows]
    others = dict(listed)
    rate = listed.get("o.rate")
    if rate:
        others[_PRODUCT] = [product(a, b) for a, b in zip(found["o.base"], rate, strict=True)]
    packing = {}
    for path, values in found.items():
        if any(value is not None for value in values):
            packing[path] = column(values, others)
            if not is_copy(packing[path][0]):
                others[path] = values
    return packed(packing)


def _text(value: str | int) -> str | None:
    return str(value) if value else None


def _listing(name: str) -> Callable[[Derivation], list[Any]]:
    return lambda ours: list(getattr(ours, name))


def _lines(ours: Derivation) -> list[list[str]]:
    return [_line(line, ours) for line in ours.lines]


def _line(line: StatementLine, ours: Derivation) -> list[str]:
    """What the script shows of one line of a payout, in the order in which it reads it."""
    earned = f"earned in {line.period}" if line.period else ""
    component = "" if line.component in (ours.component, line.label) else line.component
    about = (line.deal if line.deal not in line.label else "", component, line.date, earned)
    return [
        line.label,
        " \u00b7 ".join(x for x in about if x),
        line.base,
        line.base_currency,
        line.rate,
        line.amount,
        line.rule,
        line.plan_file,
        str(line.plan_line or ""),
    ]


def _length(values: Values) -> int:
    """How long a column's texts are, from its first rows; lists come last."""
    some = [len(v) if type(v) is str else 1_000 for v in values[:500] if v is not None]
    return sum(some) * 100 // len(some) if some else 0


def _facets(counts: Mapping[str, Counter[Any]]) -> list[dict[str, Any]]:
    names = {path[2:]: path for path in counts if path.startswith("k.")}
    names |= {path[2:]: path for path in counts if path.startswith("a.")}
    names |= {"class": "class", "stage": "stage"}
    folded = {name.casefold(): (name, path) for name, path in names.items() if path in counts}
    chosen: list[dict[str, Any]] = []
    own = [path for path in counts if path.startswith("a.")]
    for name in dict.fromkeys((*FACETS, *(path[2:].casefold() for path in own))):
        if name in folded and len(chosen) < _FACETS_MOST:
            label, path = folded[name]
            choices = counts[path]
            if len([c for c in choices if c is not None]) <= _CHOICES_MOST and (
                len(choices) > 1 or name in FACETS[:4]
            ):
                chosen.append(
                    {"name": label, "path": path, "choices": [[c or "", n] for c, n in choices.items()]}
                )
    return chosen


def _fields(grain: Grain, counts: Mapping[str, Counter[Any]], rows: int) -> list[list[str]]:
    """What rows can be grouped by: the name that people see, and the column."""
    names: dict[str, tuple[str, str]] = {}
    paths = ["class", "stage", "group", "currency", *(f"k.{key}" for key in grain.keys)]
    paths += [path for path in counts if path.startswith("a.")]
    paths += [f"o.{name}" for name in ("payee", "plan", "component", "period", "rule", "rate")]
    for path in paths:
        name = "cause" if path == "group" else path.partition(".")[2] or path
        if path in counts and 1 <= len(counts[path]) <= max(40, rows * 3 // 5):
            names.setdefault(name.casefold(), (name, path))
    return [list(pair) for pair in names.values()]


def _sums(rows: Sequence[Difference]) -> list[list[str]]:
    """Exact sums of all rows, one line a currency: expected, actual, difference."""
    sums: dict[str, list[Fraction]] = {}
    for row in rows:
        own = sums.setdefault(row.currency, [Fraction(0), Fraction(0), Fraction(0)])
        for place, text in enumerate((row.expected, row.actual, row.difference)):
            own[place] += number(text)
        for currency, amount in row.other.items():
            foreign = sums.setdefault(currency, [Fraction(0), Fraction(0), Fraction(0)])
            foreign[1] += number(amount)
            foreign[2] += number(amount)
    return [[currency, *(figures.exact(value) for value in values)] for currency, values in sums.items()]


def _settled(record: RunRecord) -> dict[str, list[str]]:
    """Rows that aren't in the table, and that one of its rows follows from: grain, row, difference, currency, why."""
    needed = {i for difference in record.differences for i in difference.follows_from}
    keys = {grain.name: grain.keys for grain in record.grains}
    return {
        row.id: [
            row.grain,
            " \u00b7 ".join(text for name in keys[row.grain] if (text := row.key.get(name, ""))),
            row.difference,
            row.currency,
            why,
        ]
        for rows, why in ((record.accepted, "known"), (record.tolerated, "within tolerance"))
        for row in rows
        if row.id in needed
    }
