"""Every record of the world as one column-wise list of events: what happened, when, to which deal, for how much."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.problems import Where
from reference_engine.table import Table

SOURCES = (
    "deals",
    "invoices",
    "invoice lines",
    "payments",
    "retail sales",
    "returns of deals",
    "returns of sales",
    "cancellations",
    "write-offs",
    "recognitions",
    "pipeline",
)
SOURCE = {name: code for code, name in enumerate(SOURCES)}


def is_of(source: Array, *names: str) -> Array:
    """Which of these codes are of these sources."""
    found: Array = _lookup(names)[source]
    return found


@lru_cache(maxsize=256)
def _lookup(names: tuple[str, ...]) -> Array:
    out = np.zeros(len(SOURCES), dtype=bool)
    out[[SOURCE[name] for name in names]] = True
    return out


@dataclass(frozen=True)
class Events:
    """Events as columns; all have the same length.

    source: code in SOURCES.  kind: the word people use (booking, invoice, credit note, ...).  record, line: what
    names it.  deal: the deal it belongs to, or "".  date: business date.  deal_date: the deal's own date.  owner: the
    payee's code, -1 where the territory decides.  amount, cost: always as written (a credit note is positive);
    sign: -1 for what takes back.  table, row: where it stands.
    """

    source: Array
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
    row: Array
    attributes: dict[str, Array]
    tables: tuple[Table, ...]
    table: Array

    def __len__(self) -> int:
        return len(self.source)

    def where(self, index: int) -> Where:
        return self.tables[int(self.table[index])].where(int(self.row[index]))

    def attribute(self, name: str) -> Array:
        """A text column that the record, its product or its account has; blanks where none has it."""
        found = self.attributes.get(name)
        return found if found is not None else np.full(len(self), "", dtype=object)

    def take(self, index: Array) -> Events:
        """The events at these positions."""
        values: dict[str, Any] = {}
        for f in fields(self):
            value = getattr(self, f.name)
            if f.name == "attributes":
                values[f.name] = {k: v[index] for k, v in value.items()}
            elif f.name == "tables":
                values[f.name] = value
            else:
                values[f.name] = value[index]
        return Events(**values)
