"""Quotas as columns: what is stated for whom and for which period, and what the quota mechanics of a plan make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, ClassVar

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.mechanics.registry import Mechanic
from reference_engine.people import ALWAYS, NEVER, Leave, People
from reference_engine.problems import Problem, Where
from reference_engine.proration import WorkTime
from reference_engine.table import Wheres
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money, format_number, format_percent
from reference_engine.vocabulary.plan import Plan
from reference_engine.words import coded
from reference_engine.world import World

STATED, ASSIGNED, DEFAULT = 0, 1, 2
"""Where a quota comes from: a table of quotas, the assignment to the plan, the plan's default.  The first found counts."""
FIRST, LAST = np.datetime64(ALWAYS, "D"), np.datetime64(NEVER, "D")


@dataclass(frozen=True)
class Entries:
    """Amounts for a holder and a period, as columns of one length.

    holder: code of a payee, or of a territory behind the payees.  period: code of the period.  level: STATED,
    ASSIGNED or DEFAULT.  first, last: the days for which the entry holds inside its period.  origin: the entry of the
    step before, -1 for a new one.  note: position of the words that say what the step did, -1 for none.
    """

    holder: Array
    period: Array
    amount: Exact
    currency: Array
    measure: Array
    level: Array
    first: Array
    last: Array
    where: Array
    origin: Array
    note: Array

    def __len__(self) -> int:
        return len(self.holder)

    def take(self, rows: Array, **columns: Any) -> Entries:
        """The entries at these positions, which become their origin; some columns changed."""
        values: dict[str, Any] = {f.name: getattr(self, f.name)[rows] for f in fields(self)}
        values["origin"] = np.arange(len(self))[rows]
        values["note"] = np.full(len(values["origin"]), -1, dtype=np.int64)
        return Entries(**{**values, **columns})

    def kept(self) -> Entries:
        """The same entries, each its own origin."""
        return self.take(np.arange(len(self)))

    def change(self, rows: Array, amount: Exact, note: Array) -> Entries:
        """The same entries with new amounts in some rows, each with its note."""
        out = self.kept()
        at = np.full(len(self), -1, dtype=np.int64)
        at[rows] = np.arange(len(rows))
        changed = at >= 0
        notes = np.where(changed, note[np.maximum(at, 0)], -1) if len(rows) else out.note
        amounts = Exact.where(changed, amount[np.maximum(at, 0)], self.amount) if len(rows) else self.amount
        return replace(out, amount=amounts, note=notes)

    @classmethod
    def joined(cls, parts: Sequence[Entries]) -> Entries:
        """One after the other."""
        parts = [p for p in parts if len(p)] or parts[:1]
        if len(parts) == 1:
            return parts[0]
        values: dict[str, Any] = {}
        for f in fields(cls):
            columns = [getattr(p, f.name) for p in parts]
            values[f.name] = (
                Exact.concat(columns) if isinstance(columns[0], Exact) else np.concatenate(columns)
            )
        return cls(**values)

    @classmethod
    @cache
    def empty(cls) -> Entries:
        none, words, days = np.zeros(0, np.int64), np.zeros(0, object), np.zeros(0, "datetime64[D]")
        return cls(none, none, Exact(none), words, words, none, days, days, none, none, none)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, for mechanics that make a few."""

    holder: int
    period: int
    amount: Fraction
    currency: str
    measure: str
    where: int
    note: str
    origin: int = -1
    first: date = ALWAYS
    last: date = NEVER
    level: int = STATED


@dataclass
class QuotaRun:
    """What the quota mechanics of a plan may ask, and what they change beside the entries.

    names: payees, then territories and other holders.  horizon: the days for which quotas are wanted.  kind: quota or
    target incentive.
    """

    world: World
    plan: Plan
    horizon: tuple[date, date]
    kind: str
    problems: list[Problem]
    names: list[str] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    wheres: Wheres = field(default_factory=Wheres)
    notes: list[str | Callable[[], str]] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)
    _periods: dict[tuple[date, date], int] = field(default_factory=dict)
    _notes: dict[str, int] = field(default_factory=dict)

    @property
    def people(self) -> People:
        return self.world.people

    def __post_init__(self) -> None:
        self.names = list(self.world.payees)
        self._codes = dict(self.world.payee_code)

    def holder(self, name: str) -> int:
        """The code of a holder; a new name gets the next one."""
        if name not in self._codes:
            self._codes[name] = len(self.names)
            self.names.append(name)
        return self._codes[name]

    def holders(self, names: Array) -> Array:
        """The codes of a column of holders."""
        known = self.world.codes_of(names)
        if (known >= 0).all():
            return known
        words = coded(names)
        used = np.unique(words.codes)
        code = np.full(len(words.names), -1, dtype=np.int64)
        code[used] = [self.holder(str(words.names[u])) for u in used.tolist()]
        found: Array = code[words.codes]
        return found

    def is_payee(self, holder: Array) -> Array:
        found: Array = holder < len(self.world.payees)
        return found

    def period(self, period: Period) -> int:
        key = (period.first, period.last)
        if key not in self._periods:
            self._periods[key] = len(self.periods)
            self.periods.append(period)
        return self._periods[key]

    def labelled(self, label: str, where: Where) -> int | None:
        """The code of a period by its label; a Problem where there is none."""
        try:
            return self.period(self.world.calendar.period(label))
        except NotAPeriod as error:
            self.problem(
                "not-a-period", error.what, where, "The quota would be for no time.", error.remedy
            )
            return None

    def place(self, where: Where) -> int:
        self.wheres.append(where)
        return len(self.wheres) - 1

    def note(self, words: str) -> int:
        if words not in self._notes:
            self._notes[words] = len(self.notes)
            self.notes.append(words)
        return self._notes[words]

    def told(self, note: int) -> str:
        """The words of a note."""
        words = self.notes[note]
        return words if isinstance(words, str) else words()

    def later(self, words: Sequence[Callable[[], str]]) -> Array:
        """Notes whose words are made only when somebody asks for them."""
        first = len(self.notes)
        self.notes.extend(words)
        return np.arange(first, len(self.notes))

    def noted(self, words: Iterable[str]) -> Array:
        return np.array([self.note(w) for w in words], dtype=np.int64)

    def rows(self, rows: Sequence[Row]) -> Entries:
        """A few entries as columns."""
        if not rows:
            return Entries.empty()

        def column(values: list[Any], kind: Any = np.int64) -> Array:
            out = np.empty(len(values), dtype=kind)
            out[:] = values
            return out

        return Entries(
            column([r.holder for r in rows]),
            column([r.period for r in rows]),
            Exact.of([r.amount for r in rows]),
            column([r.currency for r in rows], object),
            column([r.measure for r in rows], object),
            column([r.level for r in rows]),
            column([r.first for r in rows], "datetime64[D]"),
            column([r.last for r in rows], "datetime64[D]"),
            column([r.where for r in rows]),
            column([r.origin for r in rows]),
            self.noted([r.note for r in rows]),
        )

    def metric(self, name: str, where: Where, period: str = "") -> dict[str, tuple[Fraction, str, Where]]:
        """holder -> value, currency and place of a metric; a Problem where nobody has it."""
        table = self.world.table("quota_metrics")
        values = table.amounts("value")
        out: dict[str, tuple[Fraction, str, Where]] = {}
        for row in np.flatnonzero(table.words("metric") == name).tolist():
            if period and str(table.words("period")[row]) not in ("", period):
                continue
            holder = str(table.words("holder")[row])
            unit = str(values.currency[row]) if values.currency is not None else ""
            if holder in out:
                self.problem(
                    "quota-metric",
                    f'"{holder}" has the metric "{name}" for several periods.',
                    table.where(row),
                    "It isn't clear which one counts.",
                    "Name the period in the plan, or keep one row.",
                )
            out[holder] = (values.value.at(row), unit, table.where(row))
        if not out:
            self.problem(
                "quota-metric",
                f'nobody has the metric "{name}"' + (f" for {period}." if period else "."),
                where,
                "No quota can be derived from it.",
                "Add it to the table quota_metrics.",
            )
        return out

    def problem(self, slug: str, what: str, where: Where, why: str = "", remedy: str = "") -> None:
        problem = Problem(slug, what, where, why, remedy)
        if problem not in self.problems:
            self.problems.append(problem)


class QuotaMechanic(Mechanic):
    """A mechanic of the family quota: entries in, entries out.

    kinds: quota, target incentive or both; it is asked for the others never.
    """

    kinds: ClassVar[tuple[str, ...]] = ("quota",)
    makes_targets: ClassVar[bool] = False
    """Whether it gives target incentives to payees whose assignment states none."""

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        """What becomes of the entries."""
        raise TypeError(f"{type(self).__name__} makes no quotas")

    limits_service: ClassVar[bool] = False
    """Whether some payees haven't served long enough."""
    limits_leave: ClassVar[bool] = False
    """Whether some leaves are too short to count."""

    @property
    def cut_off(self) -> int | None:
        """The day of a month on which somebody must be active for the month to count."""
        return None

    def served(self, people: People, payee: int, period: Period) -> bool:
        """Whether a payee has served long enough for a period."""
        return True

    def always_served(self, period: Period) -> bool:
        """Whether somebody has served long enough for a period who has always been employed."""
        return True

    def counts(self, leave: Leave, all_leaves: Sequence[Leave], run: QuotaRun, work: WorkTime) -> bool:
        """Whether a leave changes anything."""
        return True

    def labels(self) -> tuple[str, ...]:
        """The periods that it makes quotas for, where no table states them."""
        return ()


def amount_words(amount: Fraction, currency: str) -> str:
    """Money, or a plain number of units; about so much where it has no end."""
    if not _ends(amount):
        decimals = MINOR_UNITS.get(currency, 2)
        return "about " + amount_words(_rounded(amount, decimals), currency)
    return format_money(amount, currency) if currency else format_number(amount)


def percent_words(value: Fraction) -> str:
    """A percentage; about so much where it has no end."""
    return format_percent(value) if _ends(value) else "about " + format_percent(_rounded(value, 4))


def _ends(value: Fraction) -> bool:
    """Whether a number has finitely many decimals."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _rounded(value: Fraction, decimals: int) -> Fraction:
    return Exact.of([value]).rounded("half up", decimals).at(0)
