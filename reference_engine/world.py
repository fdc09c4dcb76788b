"""The world that plans are calculated on: typed standard tables, read strictly from text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np

from reference_engine.columns import Array
from reference_engine.fiscal_calendar import read_calendar
from reference_engine.people import People
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.reporting import Reporting, lasting, reporting
from reference_engine.table import Table, empty
from reference_engine.table_reader import check_keys, check_spans, joined, read_table
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.tables import TABLES, TextTable
from reference_engine.words import Words, as_words, distinct

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
        names: dict[str, None] = {}
        known: list[object] = []
        for name, column in (("payees", "payee"), *_MENTIONS):
            if name not in self.tables:
                continue
            words = self.tables[name].words(column)
            own = as_words(words)
            if own is not None and any(own.names is k for k in known):
                continue
            found = distinct(words)
            names.update(dict.fromkeys(found))
            if own is not None and len(found) == len(own.names):
                # Columns that share their names can't mention anybody else.
                known.append(own.names)
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
        return dict(zip(self.payees, range(len(self.payees)), strict=True))

    def payee_column(self, name: str) -> Array:
        """A text column of the payees table, one entry for each payee of the world."""
        if name not in self._payee_columns:
            out = np.empty(len(self.payees), dtype=object)
            out[:] = ""
            table = self.table("payees")
            if name in table.text:
                out[self._listed] = table.text[name]
            out.flags.writeable = False
            self._payee_columns[name] = out
        return self._payee_columns[name]

    @cached_property
    def _listed(self) -> Array:
        """The code of each row of payees."""
        return self.codes_of(self.table("payees").words("payee"))

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
        words = as_words(names)
        if words is None:
            known = self.payee_code
            return np.array([known.get(n, -1) for n in names.tolist()], dtype=np.int64)
        found: Array = self.codes_of_names(words)[words.codes]
        return found

    def codes_of_names(self, words: Words) -> Array:
        """The code of each name of a column; -1 for a name that is no payee's."""
        key = id(words.names)
        if key not in self._coded:
            listed = list(words.names)
            own = (
                np.arange(len(listed))
                if listed == list(self.payees)
                else np.fromiter(map(self.payee_code.get, listed, repeat(-1)), np.int64, len(listed))
            )
            # The names are kept too, so that no others can take their place in memory.
            self._coded[key] = (words.names, own)
        return self._coded[key][1]

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
        if not self.people.managers_change:
            return lasting(self.managers)
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
    _check_words(world, problems)
    if not listed.size:
        return
    known = {"", TERRITORY_OWNER, BY_RULE, *world.table("groups").words("group").tolist(), *listed.index}
    for name, column in _MENTIONS:
        table = world.tables.get(name)
        if table is None or (words := table.text.get(column)) is None:
            continue
        named = words.tolist()
        if known.issuperset(named):
            continue
        unknown = [payee for payee in dict.fromkeys(named) if payee not in known]
        for payee in unknown[:MAX_SHOWN]:
            problems.append(
                Problem(
                    "unknown-payee",
                    f'{name}, column "{column}": there is no payee "{payee}".',
                    table.where(named.index(payee)),
                    "Nobody would be paid, or the wrong one.",
                    did_you_mean(payee, listed.index, "Add the payee to payees."),
                )
            )


def _check_words(world: World, problems: list[Problem]) -> None:
    """Only what is sold can belong to the holder of a territory, or to whom rules find."""
    for name, column in _MENTIONS:
        if column == "owner" and name != "territories":
            continue
        table = world.tables.get(name)
        words = table.text.get(column) if table is not None else None
        if table is None or words is None:
            continue
        named = words.tolist()
        for word in (TERRITORY_OWNER, BY_RULE):
            if word in named and word not in world.table("payees").index:
                problems.append(
                    Problem(
                        "unknown-payee",
                        f'{name}, column "{column}": "{word}" is no payee; only the owner of a deal can be written so.',
                        table.where(named.index(word)),
                        "Nobody would be paid, or the wrong one.",
                        "Write the payee's name.",
                    )
                )


def _check_labels(world: World, problems: list[Problem]) -> None:
    for table in world.tables.values():
        for column in TABLES[table.name].periods:
            for row, label in enumerate(table.words(column).tolist()):
                if not label:
                    continue
                try:
                    world.calendar.period(label)
                except NotAPeriod as error:
                    problems.append(
                        Problem(
                            "not-a-period",
                            f'{table.name}, column "{column}": {error.what}',
                            table.where(row),
                            "The row would count for no time.",
                            error.remedy,
                        )
                    )
