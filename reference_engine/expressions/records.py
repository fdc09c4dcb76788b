"""What an expression may say of a record: its own columns, then those of its deal, its product and its account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.events import Events
from reference_engine.expressions.evaluate import Column, as_number
from reference_engine.problems import Where
from reference_engine.table import NO_DATE, Table
from reference_engine.vocabulary.tables import TABLES
from reference_engine.world import World

if TYPE_CHECKING:
    from reference_engine.results import Part

_OWN = ("amount", "units", "cost", "margin", "date", "closed", "record", "line", "deal", "invoice", "kind")
"""What every record has, whatever its table is."""
_THROUGH = (("deals", "deal"), ("products", "product"), ("accounts", "account"))
"""The tables whose columns a record borrows, and by which of its columns."""


class RecordScope:
    """The records of a world as rows of an expression.

    parts: the components that are calculated already; `earned by C` is what C earned on the record.
    """

    def __init__(self, world: World, events: Events, parts: Mapping[str, Part] | None = None) -> None:
        self.world, self.events = world, events
        self.parts: Mapping[str, Part] = {} if parts is None else parts
        self._columns: dict[str, Column | None] = {}

    def __len__(self) -> int:
        return len(self.events)

    def row(self, index: int) -> tuple[str, Where]:
        e = self.events
        return f"{e.kind[index]} {e.record[index]}", e.where(index)

    def fill(self, name: str) -> str:
        return ""

    def known(self) -> Iterable[str]:
        names = dict.fromkeys((*_OWN, *self.events.attributes))
        for table in (*self.events.tables, *(self.world.table(t) for t, _ in _THROUGH)):
            names |= dict.fromkeys((*table.text, *table.numbers, *table.dates))
        return names

    def column(self, name: str) -> Column | None:
        if name not in self._columns:
            self._columns[name] = self._find(name)
        return self._columns[name]

    def _find(self, name: str) -> Column | None:
        built_in = self._built_in(name)
        own = self.events.attributes.get(name)
        if built_in is None or name == "amount" or own is None or not (own != "").any():
            return built_in if built_in is not None else self._of_tables_or_words(name)
        # A column that the project itself calls so is what its people mean.
        stated = np.asarray(own != "", dtype=bool)
        if built_in.kind == "text":
            return Column.of("text", np.where(stated, own, built_in.words))
        read = as_number(Column.of("text", np.where(stated, own, "")))
        if built_in.kind != "number" or read.kind != "number":
            return Column.of("text", self._filled(name, own))
        there = np.ones(len(own), dtype=bool) if built_in.present is None else built_in.present
        currency = np.where((read.unit == "") & (built_in.unit != ""), built_in.unit, read.unit)
        return Column.number(
            Exact.where(stated, read.value, built_in.value),
            np.where(stated, currency, built_in.unit).astype(object),
            stated | there,
        )

    def _built_in(self, name: str) -> Column | None:
        """What every record has by itself."""
        e = self.events
        if name == "amount":
            return Column.number(e.amount, e.currency)
        if name == "cost":
            return Column.number(e.cost, e.currency, e.has_cost)
        if name == "margin":
            return Column.number(e.amount - e.cost, e.currency, e.has_cost)
        if name == "units":
            return Column.number(e.units)
        if name == "date":
            return Column.of("date", e.date)
        if name == "closed":
            return Column.of("date", e.deal_date)
        if name in ("record", "line", "deal", "invoice", "kind"):
            return Column.of("text", getattr(e, name))
        return None

    def _of_tables_or_words(self, name: str) -> Column | None:
        e = self.events
        if name.startswith("earned by ") and name.removeprefix("earned by ") in self.parts:
            return self._earned(self.parts[name.removeprefix("earned by ")])
        found = self._of_tables(name)
        if found is not None:
            return found
        if name in e.attributes:
            return Column.of("text", self._filled(name, e.attributes[name]))
        return None

    def _filled(self, name: str, words: Array) -> Array:
        """A text column; a record that leaves it blank borrows it from its deal, product or account."""
        out = words
        for table, by in _THROUGH:
            column = self.world.table(table).text.get(name)
            blank = out == ""
            if column is None or not len(column) or not blank.any():
                continue
            rows = self._rows(table, by)
            out = np.where(blank & (rows >= 0), column[np.maximum(rows, 0)], out)
        return out

    def _earned(self, part: Part) -> Column:
        """What a component that is calculated already earned on each record, over all payees."""
        lines = part.lines
        at = np.flatnonzero(lines.event >= 0)
        order = at[np.argsort(lines.event[at], kind="stable")]
        starts = np.searchsorted(lines.event[order], np.arange(len(self.events)))
        unit = np.full(len(self.events), "", dtype=object)
        unit[lines.event[at]] = lines.currency[at]
        earned = lines.amount[order].sums(starts)
        # A record that takes back is written with its positive amount, and so is what it earned.
        return Column.number(Exact(earned.num * self.events.sign, earned.den, earned.bound), unit)

    def _of_tables(self, name: str) -> Column | None:
        """A number or a date of the record's own table, or else of its deal, product or account."""
        parts = [
            (table, np.where(self.events.table == at, self.events.row, -1))
            for at, table in enumerate(self.events.tables)
        ]
        parts += [(self.world.table(t), self._rows(t, by)) for t, by in _THROUGH]
        kinds = {_kind(table.name, name, table) for table, _ in parts} - {""}
        if not kinds or kinds == {"text"}:
            return None
        size = len(self.events)
        if kinds == {"date"}:
            days = np.full(size, NO_DATE)
            for table, rows in parts:
                take = (rows >= 0) & np.isnat(days)
                if name in table.dates:
                    days[take] = table.dates[name][rows[take]]
            return Column.of("date", days)
        value = Exact.full(size, 0)
        unit = np.full(size, "", dtype=object)
        present = np.zeros(size, dtype=bool)
        for table, rows in parts:
            if name not in table.numbers:
                continue
            numbers = table.numbers[name]
            safe = np.maximum(rows, 0)
            take = (rows >= 0) & ~present & numbers.present[safe]
            if not take.any():
                continue
            value = Exact.where(take, numbers.value[safe], value)
            if numbers.currency is not None and holds_money(table.name, name):
                unit = np.where(take, numbers.currency[safe], unit)
            present |= take
        return Column.number(value, unit, present)

    def _rows(self, table: str, by: str) -> Array:
        index = self.world.table(table)
        if not index.size:
            return np.full(len(self.events), -1, dtype=np.int64)
        words = self.events.deal if by == "deal" else self.events.attribute(by)
        return np.array([index.index.get(w, -1) for w in words.tolist()], dtype=np.int64)


def holds_money(table: str, column: str) -> bool:
    """Whether a standard column holds money."""
    field = TABLES[table].field(column)
    return field is not None and field.kind == "money"


def _kind(table: str, name: str, columns: Table) -> str:
    if name in columns.numbers:
        return "number"
    if name in columns.dates:
        return "date"
    return "text" if name in columns.text else ""
