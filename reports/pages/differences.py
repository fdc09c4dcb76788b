"""The table of differences: the rows for the page's own table, and the first of them for readers without
scripts.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from reports.pages import figures
from reports.pages.figures import Row
from reports.pages.row_columns import json_bytes
from reports.pages.row_parts import in_order, rows_of
from reports.record_types import Grain, RunRecord

Form = Literal["auto", "file", "folder"]
"""One file that holds everything, or a small page with its rows in a folder beside it."""
FOLDER_FROM = 6_000_000
"""Characters of packed rows from which they lie beside the page, where nothing else is asked for."""
FOLDER = "rows"
STATIC_ROWS = 2_000


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
    """data: what the script has to know of the rows, safe inside a script element.  parts: packed rows inside the page, by name.

    beside: the files of packed rows in the folder `rows`, where the page doesn't hold them.
    """

    count: int
    grains: tuple[StaticTable, ...]
    data: str
    parts: Mapping[str, str]
    beside: Mapping[str, bytes]


def csv_name(grains: Iterable[Grain], name: str) -> str:
    """The file of a grain's differences: differences.csv for the finest, its name added for the others."""
    names = [grain.name for grain in grains]
    if names and names[0] == name:
        return "differences.csv"
    stem = "".join(c if c.isascii() and c.isalnum() else "_" for c in name.casefold()) or "other"
    same = [n for n in names[1 : names.index(name)] if n.casefold() == name.casefold()]
    return f"differences_{stem}{len(same) or ''}.csv"


def differences_page(record: RunRecord, form: Form = "auto") -> DifferencesPage:
    """The table of differences of a record."""
    left = STATIC_ROWS
    tables = []
    for grain in record.grains:
        rows = in_order(record, grain)
        shown = tuple(figures.table_row(difference, grain.keys) for difference in rows[:left])
        left -= len(shown)
        if rows:
            csv = csv_name(record.grains, grain.name)
            tables.append(StaticTable(grain.name, grain.keys, shown, len(rows) - len(shown), csv))
    found = rows_of(record)
    parts = {name: base64.b64encode(part).decode() for name, part in found.parts.items()}
    index, beside = dict(found.index), {}
    if form == "folder" or (form == "auto" and sum(map(len, parts.values())) > FOLDER_FROM):
        sums = {name: hashlib.sha256(part.encode()).hexdigest()[:16] for name, part in parts.items()}
        beside = {
            f"{name}.js": f'trueupRows("{name}","{sums[name]}","{part}");\n'.encode()
            for name, part in parts.items()
        }
        index["beside"] = {"folder": FOLDER, "sums": sums}
        parts = {}
    return DifferencesPage(
        len(record.differences), tuple(tables), script_safe(json_bytes(index).decode()), parts, beside
    )


def script_safe(text: str) -> str:
    """JSON text that can't end the script element that holds it, nor open a comment in it."""
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
