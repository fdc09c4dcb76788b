"""The world that plans are calculated on: typed standard tables, read strictly from text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from reference_engine.columns import Array
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.table import Table
from reference_engine.table_reader import check_keys, check_spans, joined, read_table
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.tables import TABLES, TextTable

TERRITORY_OWNER = "territory owner"
"""The owner of a deal that belongs to whoever holds its territory."""
MAX_SHOWN = 50


@dataclass(frozen=True)
class World:
    """All that a calculation looks at beside the plans."""

    tables: dict[str, Table] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)

    def table(self, name: str) -> Table:
        """A standard table; an empty one where the world doesn't have it."""
        found = self.tables.get(name)
        return found if found is not None else Table(name, 0, {}, {}, {}, "", ())

    @cached_property
    def payees(self) -> tuple[str, ...]:
        """Every payee, in the order in which they are first named: in payees, then wherever they are mentioned."""
        names: dict[str, None] = dict.fromkeys(self.table("payees").words("payee").tolist())
        for table, column in _MENTIONS:
            names.update(dict.fromkeys(self.table(table).words(column).tolist()))
        names.pop("", None)
        names.pop(TERRITORY_OWNER, None)
        return tuple(names)

    @cached_property
    def payee_code(self) -> dict[str, int]:
        return {payee: code for code, payee in enumerate(self.payees)}

    def payee_column(self, name: str) -> Array:
        """A text column of the payees table, one entry for each payee of the world."""
        out = np.full(len(self.payees), "", dtype=object)
        table = self.table("payees")
        if table.size:
            codes = [self.payee_code[p] for p in table.words("payee").tolist()]
            out[codes] = table.words(name)
        return out

    @cached_property
    def managers(self) -> Array:
        """The code of each payee's manager; -1 where there is none."""
        return np.array(
            [self.payee_code.get(m, -1) for m in self.payee_column("manager").tolist()], dtype=np.int64
        )

    def period(self, label: str) -> Period:
        return self.calendar.period(label)


_MENTIONS = (
    ("payees", "manager"),
    ("plan_assignments", "payee"),
    ("quotas", "payee"),
    ("territories", "owner"),
    ("credit_splits", "payee"),
    ("deals", "owner"),
    ("retail_sales", "retailer"),
    ("draws", "payee"),
    ("opening_balances", "payee"),
)


def read_world(
    tables: Iterable[TextTable], problems: list[Problem], calendar: Calendar | None = None
) -> World:
    """Reads standard tables from text.  Adds a Problem for whatever can't be read; several parts of one table join.

    calendar: the company's fiscal years where they are stated outside the tables.
    """
    parts: dict[str, list[TextTable]] = {}
    for text in tables:
        if text.name not in TABLES:
            problems.append(
                Problem(
                    "unknown-table",
                    f'"{text.name}" isn\'t a standard table.',
                    Where(text.file, text.header_line),
                    remedy=did_you_mean(text.name, TABLES),
                )
            )
            continue
        parts.setdefault(text.name, []).append(text)
    read: dict[str, Table] = {}
    for name, texts in parts.items():
        columns = [read_table(TABLES[name], text, problems) for text in texts]
        table = columns[0] if len(columns) == 1 else joined(columns)
        check_keys(TABLES[name], table, problems)
        check_spans(table, problems)
        read[name] = table
    calendar = _calendar(read.get("fiscal_calendar"), calendar or Calendar(), problems)
    world = World(read, calendar)
    _check_labels(world, problems)
    _check_payees(world, problems)
    return world


def _calendar(table: Table | None, calendar: Calendar, problems: list[Problem]) -> Calendar:
    if table is None or not table.size:
        return calendar
    periods: list[Period] = []
    years = list(calendar.fiscal_starts)
    for row, label in enumerate(table.words("period").tolist()):
        first, last = table.days("from")[row], table.days("to")[row]
        if np.isnat(first) or np.isnat(last):
            continue
        if last < first:
            problems.append(Problem("calendar-order", f"{label} ends before it starts.", table.where(row)))
            continue
        if label.startswith("FY") and label[2:].isdigit():
            # A row for a whole fiscal year says when the year starts; its months and quarters follow.
            years.append((int(label[2:]), first.astype(object)))
            continue
        period = Period(first.astype(object), last.astype(object), label)
        if periods and (period.first - periods[-1].last).days != 1:
            problems.append(
                Problem(
                    "calendar-gap",
                    f"{label} doesn't start on the day after {periods[-1].label} ends ({periods[-1].last}).",
                    table.where(row),
                    "A deal in a gap would be paid in no period, one in an overlap in two.",
                    "Make the periods meet, in order.",
                )
            )
        periods.append(period)
    return Calendar(tuple(years), tuple(periods), calendar.pay_cadence)


def _check_payees(world: World, problems: list[Problem]) -> None:
    """Where payees are listed, nobody else may be named: a slip in a name would pay nobody."""
    listed = world.table("payees")
    if not listed.size:
        return
    for name, column in _MENTIONS:
        table = world.table(name)
        unknown: dict[str, int] = {}
        for row, payee in enumerate(table.words(column).tolist()):
            if payee and payee not in listed.index and payee != TERRITORY_OWNER:
                unknown.setdefault(payee, row)
        for payee, row in list(unknown.items())[:MAX_SHOWN]:
            problems.append(
                Problem(
                    "unknown-payee",
                    f'{name}, column "{column}": there is no payee "{payee}".',
                    table.where(row),
                    "Nobody would be paid, or the wrong one.",
                    did_you_mean(payee, listed.index) or "Add the payee to payees.",
                )
            )


def _check_labels(world: World, problems: list[Problem]) -> None:
    for table in world.tables.values():
        for spec in TABLES[table.name].fields:
            if spec.kind != "period":
                continue
            for row, label in enumerate(table.words(spec.name).tolist()):
                if not label:
                    continue
                try:
                    world.calendar.period(label)
                except NotAPeriod as error:
                    problems.append(
                        Problem(
                            "not-a-period", f'{table.name}, column "{spec.name}": {error}', table.where(row)
                        )
                    )
