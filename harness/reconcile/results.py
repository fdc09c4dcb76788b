"""What a reconciliation says: every difference with the rows of both sides, their totals and their causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from harness.adapters.mapping import GrainMapping
from harness.adapters.rows import ResultRow, SourceRow
from harness.reconcile.tie_out import Accounted
from reference_engine.problems import NOWHERE, Where
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money, format_number, plain_number
from reference_engine.vocabulary.results import EarnedLine, Payout

CLASSES: dict[str, str] = {
    "amount": "the amounts differ",
    "missing": "expected, and not in the target",
    "unexpected": "in the target, and not expected",
    "duplicate": "the same key stands more than once",
    "timing": "the right amount in another period",
    "currency": "another currency",
    "field": "the amounts agree and another value differs",
    "frozen": "differs in a closed period",
    "unreadable": "a row of the export that can't be read",
}
"""Every class of difference and what it means."""

ByCurrency = tuple[tuple[str, int], ...]
"""Whole minor units for each currency.  Currencies are never added."""


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One part of a key: our name and value, and the target's column and code ("" where unknown)."""

    name: str
    value: str
    column: str
    code: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A compared value, other than the amount, that differs."""

    name: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """A difference that somebody has accepted until a day.  difference: actual minus expected, by currency.

    key: the parts of the key that it names; it stands for all differences that have these parts, taken
    together.
    """

    grain: str
    key: tuple[tuple[str, str], ...]
    difference: ByCurrency
    reason: str
    until: date
    owner: str = ""
    ticket: str = ""
    where: Where = NOWHERE
    count: int | None = None
    """How many rows it stands for, where that is stated."""
    approved_by: str = ""
    stated: str = ""
    """What was accepted, in words, where it isn't one amount: each by +5%, any change."""
    values: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    """What the target says in other compared values that differ too, such as state: held."""


@dataclass(frozen=True, slots=True)
class KnownOutcome:
    """What became of a known difference: accepted, changed, gone or expired.  Only the first holds."""

    known: KnownDifference
    state: Literal["accepted", "changed", "gone", "expired"]
    message: str
    ids: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.state == "accepted"


@dataclass(frozen=True, slots=True)
class Difference:
    """One key at which the two sides don't say the same.

    id: stable from run to run.  kind: a word of CLASSES.  relation: how the amounts relate, see
    causes.RELATIONS. expected, actual: the rows of each side under this key; several only for duplicates.
    money: actual minus expected.  attributes: what the record says of itself, for grouping.
    follows_from: ids of the finer differences beneath this one; unexplained: what they leave over.
    """

    id: str
    grain: str
    kind: str
    key: tuple[KeyPart, ...]
    expected: tuple[ResultRow, ...]
    actual: tuple[ResultRow, ...]
    money: ByCurrency
    fields: tuple[FieldDifference, ...] = ()
    relation: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    follows_from: tuple[str, ...] = ()
    unexplained: ByCurrency = ()
    apart: tuple[str, ...] = ()
    """Values other than the amount that differ, and not because of the finer differences."""

    @property
    def is_explained(self) -> bool:
        """Whether the finer differences beneath it add up to exactly this one."""
        if not self.follows_from or self.unexplained or self.kind == "duplicate":
            return False
        # Where the amounts agree, it is the other values that differ.
        return bool(self.money) or not self.apart

    @property
    def expected_money(self) -> ByCurrency:
        return summed(self.expected)

    @property
    def actual_money(self) -> ByCurrency:
        return summed(self.actual)

    @property
    def expected_sources(self) -> tuple[EarnedLine | Payout, ...]:
        """The engine's rows behind the expected amount."""
        return tuple(s for row in self.expected for s in row.sources if not isinstance(s, SourceRow))

    @property
    def target_rows(self) -> tuple[SourceRow, ...]:
        """The rows of the export, as they stand there."""
        return tuple(s for row in self.actual for s in row.sources if isinstance(s, SourceRow))

    def part(self, name: str) -> str:
        """Our value of one part of the key; "" where the key doesn't have it."""
        return next((p.value for p in self.key if p.name == name), "")

    def attribute(self, name: str) -> str:
        return dict(self.attributes).get(name, "")

    @property
    def weight(self) -> int:
        """How much money it moves, whichever way; for sorting inside one currency."""
        return sum(abs(amount) for _, amount in self.money)


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """Differences that have something in common.

    sentence: what they have in common, in words.  attributes: the values that they share and that set them
    apart.
    population: how many compared rows share these values.  money: actual minus expected; moved: the same with each
    row's amount taken whichever way.  claim: what it says of every row beyond its relation, such as the factor.
    """

    id: str
    grain: str
    kind: str
    relation: str
    sentence: str
    attributes: tuple[tuple[str, str], ...]
    ids: tuple[str, ...]
    population: int
    expected: ByCurrency
    actual: ByCurrency
    money: ByCurrency
    moved: ByCurrency = ()
    claim: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class ControlTotal:
    """The tie-out of one currency: actual minus expected equals the sum of all that was found.

    by_class: what each class of open difference adds.  accepted: known differences.  tolerated: within
    tolerance.
    """

    currency: str
    expected: int
    actual: int
    by_class: Mapping[str, int]
    accepted: int
    tolerated: int

    @property
    def difference(self) -> int:
        return self.actual - self.expected

    @property
    def found(self) -> int:
        return sum(self.by_class.values()) + self.accepted + self.tolerated


@dataclass(frozen=True)
class GrainResult:
    """The reconciliation of one grain.

    compared = matched + open differences + accepted.  matched includes the tolerated ones, which are listed
    in `tolerated`.  decimals: currency -> decimals of all whole amounts here.  sql: the statement that
    compared them.
    """

    mapping: GrainMapping
    expected_rows: int
    actual_rows: int
    left_out: int
    matched: int
    differences: tuple[Difference, ...]
    accepted: tuple[Difference, ...]
    tolerated: tuple[Difference, ...]
    groups: tuple[CauseGroup, ...]
    totals: tuple[ControlTotal, ...]
    decimals: Mapping[str, int]
    expected_file: str = ""
    actual_file: str = ""
    header: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sql: str = ""
    sides: tuple[Accounted, ...] = ()
    """What became of the rows of both sides, expected first."""

    @property
    def name(self) -> str:
        return self.mapping.name

    @property
    def compared(self) -> int:
        return self.matched + len(self.differences) + len(self.accepted)

    @property
    def by_class(self) -> dict[str, int]:
        """Open differences of each class that occurs."""
        counts = {kind: sum(d.kind == kind for d in self.differences) for kind in CLASSES}
        return {kind: count for kind, count in counts.items() if count}

    @property
    def difference_total(self) -> dict[str, int]:
        """Actual minus expected over the open differences, by currency."""
        totals = {t.currency: 0 for t in self.totals}
        for currency, amount in added(d.money for d in self.differences):
            totals[currency] = amount
        return totals

    def amount(self, units: int, currency: str) -> Fraction:
        """Whole minor units as an amount in major units."""
        return Fraction(units, 10 ** self.decimals.get(currency, MINOR_UNITS.get(currency, 2)))

    def money_text(self, units: int, currency: str) -> str:
        """An amount for people: 1,200.50 EUR."""
        amount = self.amount(units, currency)
        return format_money(amount, currency) if currency else format_number(amount)

    def plain_text(self, units: int, currency: str) -> str:
        """An amount for machines: 1200.50."""
        decimals = self.decimals.get(currency, MINOR_UNITS.get(currency, 2))
        return plain_number(Fraction(units, 10**decimals), decimals)


@dataclass(frozen=True)
class Reconciliation:
    """Everything that was found between the reference and a target.  grains: finest first."""

    target: str
    grains: tuple[GrainResult, ...]
    known: tuple[KnownOutcome, ...] = ()
    mapping_file: str = ""
    known_file: str = ""
    skipped: tuple[str, ...] = ()
    """Grains of the mapping that the export given doesn't hold."""

    @property
    def agrees(self) -> bool:
        """Whether nothing is open: no difference that isn't known, and every known one still as accepted."""
        return not any(g.differences for g in self.grains) and all(k.holds for k in self.known)

    @property
    def idle(self) -> str:
        """Of which grains nothing was compared, in words for the verdict; blank where all had rows."""
        names = [g.name for g in self.grains if not g.compared]
        said = f" Nothing was compared of {' and '.join(names)}: neither side has a row." if names else ""
        if self.skipped:
            said += f" Nothing was compared of {' and '.join(self.skipped)}: the export given doesn't hold such rows."
        return said

    def grain(self, name: str) -> GrainResult:
        return next(g for g in self.grains if g.name == name)

    def all_differences(self) -> Iterator[Difference]:
        """Every open difference, finest grain first."""
        for grain in self.grains:
            yield from grain.differences


def summed(rows: tuple[ResultRow, ...]) -> ByCurrency:
    """The amounts of rows, by currency."""
    return added(((row.currency, row.amount),) for row in rows)


def added(parts: Iterator[ByCurrency] | list[ByCurrency]) -> ByCurrency:
    """Amounts of several parts, by currency; a currency whose sum is zero stays out."""
    totals: dict[str, int] = {}
    for part in parts:
        for currency, amount in part:
            totals[currency] = totals.get(currency, 0) + amount
    return tuple((currency, amount) for currency, amount in sorted(totals.items()) if amount)


def minus(left: ByCurrency, right: ByCurrency) -> ByCurrency:
    return added([left, tuple((currency, -amount) for currency, amount in right)])
