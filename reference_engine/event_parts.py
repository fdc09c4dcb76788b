"""Parts of the list of events, one for each table that is read, and how they are put together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from reference_engine.columns import Array, Exact, concatenated, same
from reference_engine.events import Events
from reference_engine.table import Table
from reference_engine.words import as_words


@dataclass
class EventPart:
    """The events of one table.  known: the day on which each became known."""

    source: int
    table: Table
    kind: Array
    record: Array
    line: Array
    deal: Array
    invoice: Array
    date: Array
    deal_date: Array
    owner: Array
    amount: Exact
    currency: Array
    units: Exact
    cost: Exact
    has_cost: Array
    sign: Array
    free: Array
    attributes: dict[str, Array]
    known: Array

    def __len__(self) -> int:
        return self.table.size


def pick(column: Array, rows: Array, missing: Any = None) -> Array:
    """column[rows]; the missing value (NaT for dates) where the row is -1."""
    if not len(column):
        if column.dtype.kind == "M":
            return np.full(len(rows), np.datetime64("NaT", "D"))
        return np.full(len(rows), missing, dtype=column.dtype)
    if as_words(column) is not None:
        # Codes have no word for what is missing.
        column = np.asarray(column)
    out = column[rows].copy()
    out[rows < 0] = np.datetime64("NaT", "D") if missing is None else missing
    return out


def pick_numbers(column: Exact, rows: Array) -> Exact:
    """column[rows]; 0 where the row is -1."""
    if not len(column):
        return Exact(np.zeros(len(rows), np.int64))
    return Exact.where(rows >= 0, column[rows], Exact.full(len(rows), 0))


def only(part: EventPart, keep: Array) -> EventPart:
    """The part with the other rows' owner and source removed, so that they are credited to nobody."""
    rows = np.flatnonzero(keep)
    table = Table(
        part.table.name,
        len(rows),
        {k: v[rows] for k, v in part.table.text.items()},
        {k: v[rows] for k, v in part.table.dates.items()},
        {},
        part.table.file,
        tuple(part.table.lines[r] for r in rows.tolist() if r < len(part.table.lines)),
    )
    values: dict[str, Any] = {
        f.name: {k: v[rows] for k, v in part.attributes.items()}
        if f.name == "attributes"
        else getattr(part, f.name)
        for f in fields(part)
    }
    for name, value in values.items():
        if isinstance(value, (np.ndarray, Exact)):
            values[name] = value[rows]
    values["table"] = table
    return EventPart(**values)


def joined(parts: list[EventPart]) -> Events:
    """All parts as one list of events."""
    names = dict.fromkeys(name for p in parts for name in p.attributes)

    def column(name: str, dtype: Any = object) -> Array:
        if len(parts) == 1:
            return np.asarray(getattr(parts[0], name))
        return np.concatenate([np.asarray(getattr(p, name)) for p in parts]) if parts else np.zeros(0, dtype)

    return Events(
        concatenated([same(p.source, len(p), np.int8) for p in parts])
        if parts
        else np.zeros(0, np.int8),
        column("kind"),
        column("record"),
        column("line"),
        column("deal"),
        column("invoice"),
        column("date", "datetime64[D]"),
        column("deal_date", "datetime64[D]"),
        column("owner", np.int64),
        Exact.concat([p.amount for p in parts]),
        column("currency"),
        Exact.concat([p.units for p in parts]),
        Exact.concat([p.cost for p in parts]),
        column("has_cost", bool),
        column("sign", np.int64),
        column("free", bool),
        np.concatenate([np.arange(len(p)) for p in parts]) if parts else np.zeros(0, np.int64),
        {
            n: np.concatenate([p.attributes.get(n, same("", len(p))) for p in parts])
            for n in names
        },
        tuple(p.table for p in parts),
        concatenated([same(i, len(p), np.int64) for i, p in enumerate(parts)]) if parts else np.zeros(0, np.int64),
    )
