"""The world that plans are calculated on: typed standard tables, read strictly from text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from reference_engine.columns import Array
from reference_engine.fiscal_calendar import read_calendar
from reference_engine.people import People
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.reporting import Reporting, reporting
from reference_engine.table import Table, empty
from reference_engine.table_reader import check_keys, check_spans, joined, read_table
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.tables import TABLES, TextTable
from reference_engine.words import coded, distinct

TERRITORY_OWNER = "territory owner"
"""The owner of a deal that belongs to whoever holds its territory."""
BY_RULE = "by rule"
"""The owner of a deal for which matching_rules find who is credited."""
MAX_SHOWN = 50


@dataclass(frozen=True)
class World:
    """All that a calculation looks at beside the plans."""

    tables: dict[str, Table] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)

    def table(self, name: str) -> Table:
        """A standard table; an empty one where the world doesn't have it."""
        return self.tables.get(name) or empty(name)

    @cached_property
    def payees(self) -> tuple[str, ...]:
        """Every payee, in the order in which they are first named: in payees, then wherever they are mentioned."""
        names: dict[str, None] = dict.fromkeys(distinct(self.table("payees").words("payee")))
        for name, column in _MENTIONS:
            if name in self.tables:
                names.update(dict.fromkeys(distinct(self.tables[name].words(column))))
        names.pop("", None)
        for word in (TERRITORY_OWNER, BY_RULE, *self.table("groups").words("group").tolist()):
            if word in names and word not in self.table("payees").index:
                names.pop(word)
        if not names and self.table("reported_measures").size:
            # Figures of a company without people still need somebody to stand for it.
            return ("company",)
        return tuple(names)

    @cached_property
    def payee_code(self) -> dict[str, int]:
        return {payee: code for code, payee in enumerate(self.payees)}

    def payee_column(self, name: str) -> Array:
        """A text column of the payees table, one entry for each payee of the world."""
        if name not in self._payee_columns:
            out = np.empty(len(self.payees), dtype=object)
            out[:] = ""
            table = self.table("payees")
            if table.size:
                out[self.codes_of(table.words("payee"))] = table.words(name)
            out.flags.writeable = False
            self._payee_columns[name] = out
        return self._payee_columns[name]

    @cached_property
    def _payee_columns(self) -> dict[str, Array]:
        return {}

    @cached_property
    def kept(self) -> dict[tuple[str, object], Any]:
        """What was made of the world once and is asked for again: who is on a plan, exchange rates."""
        return {}

    @cached_property
    def _coded(self) -> dict[int, tuple[object, Array]]:
        return {}

    def codes_of(self, names: Array) -> Array:
        """The codes of a column of payees' names; -1 for a name that is no payee's."""
        words = coded(names)
        key = id(words.names)
        if key not in self._coded:
            own = np.array([self.payee_code.get(n, -1) for n in words.names], dtype=np.int64)
            # The names are kept too, so that no others can take their place in memory.
            self._coded[key] = (words.names, own)
        code = self._coded[key][1]
        found: Array = code[words.codes]
        return found

    @cached_property
    def managers(self) -> Array:
        """The code of each payee's manager; -1 where there is none."""
        return self.codes_of(self.payee_column("manager"))

    @cached_property
    def reporting(self) -> Reporting:
        """Who reports to whom, and when: the dated reporting lines, or the managers where there are none."""
        table = self.table("reporting_lines")
        if table.size:
            codes = [
                np.array([self.payee_code[p] for p in table.words(c).tolist()], dtype=np.int64)
                for c in ("payee", "manager")
            ]
            return reporting(len(self.payees), codes[0], codes[1], table.days("from"), table.days("to"))
        return reporting(len(self.payees), *self.people.manager_lines())

    @cached_property
    def people(self) -> People:
        """Who works when, as what and for whom."""
        return People(self)

    def period(self, label: str) -> Period:
        return self.calendar.period(label)


_MENTIONS = (
    ("payees", "manager"),
    ("plan_assignments", "payee"),
    ("quotas", "payee"),
    ("reported_measures", "payee"),
    ("fund_claims", "payee"),
    ("territories", "owner"),
    ("credit_splits", "payee"),
    ("deals", "owner"),
    ("pipeline", "owner"),
    ("retail_sales", "retailer"),
    ("draws", "payee"),
    ("reporting_lines", "payee"),
    ("reporting_lines", "manager"),
    ("matching_rules", "payee"),
    ("crediting_rules", "payee"),
    ("groups", "payee"),
    ("named_accounts", "payee"),
    ("holdovers", "payee"),
    ("credit_holds", "payee"),
    ("opening_balances", "payee"),
    ("processed_results", "payee"),
    ("employment_events", "payee"),
    ("seller_quotas", "payee"),
    ("salaries", "payee"),
    ("adjustments", "payee"),
    ("advances", "payee"),
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
    calendar = read_calendar(read.get("fiscal_calendar"), calendar or Calendar(), problems)
    world = World(read, calendar)
    _check_labels(world, problems)
    _check_payees(world, problems)
    return world


def _check_payees(world: World, problems: list[Problem]) -> None:
    """Where payees are listed, nobody else may be named: a slip in a name would pay nobody."""
    listed = world.table("payees")
    if not listed.size:
        return
    known = {TERRITORY_OWNER, BY_RULE, *world.table("groups").words("group").tolist()}
    for name, column in _MENTIONS:
        table = world.tables.get(name)
        words = None if table is None else table.text.get(column)
        if table is None or words is None:
            continue
        unknown: dict[str, int] = {}
        for row, payee in enumerate(words.tolist()):
            if payee and payee not in listed.index and payee not in known:
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
