"""The table of differences: the rows for the page's own table, and the first of them for readers without
scripts.
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reference_engine.vocabulary.numbers import MINOR_UNITS
from reports.difference_types import Derivation, Difference, StatementLine
from reports.pages import figures
from reports.pages.figures import Row
from reports.record_types import Grain, RunRecord

STATIC_ROWS = 2_000
COMPRESS_FROM = 1_000_000
"""Characters of row data from which they are compressed inside the page."""
FACETS = ("plan", "class", "kind", "product", "category", "component", "period", "stage")
_FACETS_MOST, _CHOICES_MOST = 9, 400


@dataclass(frozen=True, slots=True)
class StaticTable:
    """The first rows of one grain.  more: rows that only the CSV file has."""

    grain: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int
    csv: str


@dataclass(frozen=True, slots=True)
class DifferencesPage:
    """data: the rows for the script, safe inside a script element.  encoding: json, or gzip (in base64)."""

    count: int
    grains: tuple[StaticTable, ...]
    data: str
    encoding: str


def csv_name(grains: Iterable[Grain], name: str) -> str:
    """The file of a grain's differences: differences.csv for the finest, its name added for the others."""
    names = [grain.name for grain in grains]
    if names and names[0] == name:
        return "differences.csv"
    stem = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.casefold()) or "other"
    same = [n for n in names[1 : names.index(name)] if n.casefold() == name.casefold()]
    return f"differences_{stem}{len(same) or ''}.csv"


def differences_page(record: RunRecord) -> DifferencesPage:
    """The table of differences of a record."""
    left = STATIC_ROWS
    tables = []
    for grain in record.grains:
        rows = [difference for difference in record.differences if difference.grain == grain.name]
        shown = tuple(figures.table_row(difference, grain.keys) for difference in rows[:left])
        left -= len(shown)
        if rows:
            csv = csv_name(record.grains, grain.name)
            tables.append(StaticTable(grain.name, grain.keys, shown, len(rows) - len(shown), csv))
    text = json.dumps(embedded(record), ensure_ascii=False, separators=(",", ":"))
    encoding = "json"
    if len(text) > COMPRESS_FROM:
        packed = gzip.compress(text.encode("utf-8", "replace"), 6, mtime=0)
        text, encoding = base64.b64encode(packed).decode(), "gzip"
    return DifferencesPage(len(record.differences), tuple(tables), script_safe(text), encoding)


def script_safe(text: str) -> str:
    """JSON text that can't end the script element that holds it, nor open a comment in it."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def embedded(record: RunRecord) -> dict[str, Any]:
    """The differences column by column, each text once: small, and quick to search."""
    rows = (*record.differences, *record.accepted, *record.tolerated)
    currencies = sorted({currency for row in rows for currency in (row.currency, *row.other)})
    return {
        "decimals": {currency: MINOR_UNITS.get(currency, 2) for currency in currencies},
        "causes": {group.id: group.sentence for group in record.groups},
        "settled": _settled(record),
        "grains": [_grain(record, grain) for grain in record.grains],
    }


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


def _grain(record: RunRecord, grain: Grain) -> dict[str, Any]:
    rows = [difference for difference in record.differences if difference.grain == grain.name]
    flat = [_flat(row) for row in rows]
    paths = list(dict.fromkeys(path for row in flat for path in row))
    columns = {path: _column([row.get(path) for row in flat]) for path in paths}
    return {
        "name": grain.name,
        "keys": list(grain.keys),
        "csv": csv_name(record.grains, grain.name),
        "count": len(rows),
        "columns": columns,
        "facets": _facets(columns),
    }


def _flat(difference: Difference) -> dict[str, Any]:
    flat: dict[str, Any] = {
        name: getattr(difference, name) for name in ("id", "expected", "actual", "difference", "currency")
    }
    flat |= {"class": difference.class_, "stage": difference.stage, "field": difference.field}
    flat |= {"other": [list(pair) for pair in difference.other.items()]}
    flat |= {"group": difference.group, "follows": list(difference.follows_from)}
    flat |= {f"k.{name}": text for name, text in difference.key.items()}
    flat |= {f"a.{name}": text for name, text in difference.attributes.items()}
    if difference.ours:
        for field in dataclasses.fields(Derivation):
            value = getattr(difference.ours, field.name)
            if field.name == "lines":
                value = [_line(line, difference.ours) for line in value]
            flat[f"o.{field.name}"] = list(value) if isinstance(value, tuple) else value
    if difference.theirs:
        flat |= {"t.file": difference.theirs.file, "t.line": difference.theirs.line}
        flat |= {f"t.r.{name}": text for name, text in difference.theirs.row.items()}
    return {path: value for path, value in flat.items() if value not in ("", [], 0)}


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


def _column(values: list[Any]) -> dict[str, list[Any]]:
    texts: dict[object, int] = {}
    distinct: list[Any] = []
    places = []
    for value in values:
        if value is None:
            places.append(-1)
            continue
        place = texts.setdefault(value if type(value) is str else (json.dumps(value),), len(distinct))
        if place == len(distinct):
            distinct.append(value)
        places.append(place)
    if 2 * len(distinct) > len(values):
        return {"values": values}
    return {"distinct": distinct, "places": places}


def _facets(columns: dict[str, dict[str, list[Any]]]) -> list[dict[str, str]]:
    names = {path[2:]: path for path in columns if path.startswith("k.")}
    names |= {path[2:]: path for path in columns if path.startswith("a.")}
    names |= {"class": "class", "stage": "stage"}
    folded = {name.casefold(): (name, path) for name, path in names.items() if path in columns}
    chosen: list[dict[str, str]] = []
    own = [path for path in columns if path.startswith("a.")]
    for name in dict.fromkeys((*FACETS, *(path[2:].casefold() for path in own))):
        if name in folded and len(chosen) < _FACETS_MOST:
            choices = _choices(columns[folded[name][1]])
            if choices <= _CHOICES_MOST and (choices > 1 or name in FACETS[:4]):
                chosen.append({"name": folded[name][0], "path": folded[name][1]})
    return chosen


def _choices(column: dict[str, list[Any]]) -> int:
    distinct = column.get("distinct")
    return len(distinct) if distinct is not None else len({str(v) for v in column["values"] if v is not None})
