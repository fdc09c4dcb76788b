"""A mapping: how a target's export says what we call payee, plan, period, line and amount."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from harness.adapters.delimited import TextFormat
from harness.adapters.grain_kinds import ADDED_UP, EXTRA_VALUES, LINE_NAMES, NAMES, PAYOUT_NAMES
from harness.adapters.wide import Wide
from reference_engine.problems import NOWHERE, Where

__all__ = ["EXTRA_VALUES", "LINE_NAMES", "NAMES", "PAYOUT_NAMES"]
PERIOD_NAMES = ("period", "pay period")


@dataclass(frozen=True)
class Lookup:
    """A table of codes in a file of its own: `source` column to `target` column, or to a first and a last day.

    The file lies beside the mapping, or else beside the export.
    """

    file: str
    source: str
    target: str
    where: Where = NOWHERE
    days: tuple[str, str] | None = None


@dataclass(frozen=True)
class CellSpec:
    """How one of our names is read from a row of the export.

    columns: names that the column may have; exactly one of them must stand in the header.  constant: the
    value where no column says it.  codes: the target's code -> our value.  others: what a code outside
    `codes` means: "refuse", "as they are" or "not compared".  pattern: how a period is written, like
    "{year}-{month} {mon}".
    span: two columns with the first and the last day of a period.  blank: whether the cell may be blank.
    """

    name: str
    columns: tuple[str, ...] = ()
    constant: str | None = None
    codes: MappingOf[str, str] | None = None
    others: str = "refuse"
    lookup: Lookup | None = None
    pattern: str = ""
    span: tuple[CellSpec, CellSpec] | None = None
    blank: bool = False
    where: Where = NOWHERE

    @property
    def is_span(self) -> bool:
        return self.span is not None or bool(self.lookup and self.lookup.days)

    def column_label(self) -> str:
        """The target's column, as people look for it."""
        if self.span is not None:
            return f"{self.span[0].column_label()}, {self.span[1].column_label()}"
        return self.columns[0] if self.columns else ""


@dataclass(frozen=True)
class AmountSpec:
    """Where the amount stands and in which currency.  decimals: compared to; None: the currency's own.

    inside: the currency stands in the cell of the amount, as a code or as one of the symbols.  blank: what a blank cell means.
    of: the figure that it is compared with, such as amount, measured or attainment.  is_number: it has no currency.
    percent: a cell of 87.5 means 0.875.  rounded: how our figure is rounded to the decimals; "": it must fit them.
    """

    columns: tuple[str, ...]
    currency: CellSpec
    decimals: int | None = None
    where: Where = NOWHERE
    of: str = "amount"
    is_number: bool = False
    percent: bool = False
    rounded: str = ""
    inside: bool = False
    symbols: MappingOf[str, str] = field(default_factory=dict)
    blank: str = "refused"


@dataclass(frozen=True)
class Tolerance:
    """A difference that is accepted up to and including `amount` minor units, and why.

    percent: a share of what is expected, taken exactly.  Where both are stated, both must hold.
    """

    amount: int | None
    currency: str
    reason: str
    plan: str = ""
    component: str = ""
    where: Where = NOWHERE
    percent: Fraction | None = None

    @property
    def scope(self) -> str:
        parts = [
            f"plan {self.plan}" if self.plan else "",
            f"component {self.component}" if self.component else "",
            f"currency {self.currency}" if self.currency and self.amount is None else "",
        ]
        return ", ".join(p for p in parts if p) or "every row"


@dataclass(frozen=True)
class InForce:
    """Which rows of an effective-dated table count: those in force on a day.  Both days of a row count.

    for_ever: last days that mean no end, besides a blank one.
    """

    first: tuple[str, ...]
    last: tuple[str, ...]
    on: str
    for_ever: tuple[str, ...] = ()
    where: Where = NOWHERE


@dataclass(frozen=True)
class TotalRows:
    """Rows of an export that add up others: those whose `column` has one of the words.  They are checked, and left out."""

    column: str
    words: tuple[str, ...]
    where: Where = NOWHERE


@dataclass(frozen=True)
class GrainMapping:
    """One kind of row that the target exports, finest first: commission lines, settlements.

    expected: what it is compared with, a word of NAMES.  rows_where: column -> values of the rows that
    count.
    expected_where: our name -> values of the expected rows that count.  add_up: rows with the same key are
    summed instead of reported as duplicates.  absent_is_zero: a row that isn't there says zero.
    follows_from: the finer grain that this one adds up.
    """

    name: str
    expected: str
    key: tuple[CellSpec, ...]
    amount: AmountSpec
    form: TextFormat
    file: str = ""
    fields: tuple[CellSpec, ...] = ()
    rows_where: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)
    expected_where: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)
    add_up: bool = False
    absent_is_zero: bool = False
    tolerances: tuple[Tolerance, ...] = ()
    follows_from: str = ""
    where: Where = NOWHERE
    together: str = ""
    """What several expected rows under one key mean, a word of TOGETHER; "": as their kind has it."""
    frozen: tuple[str, ...] = ()
    """The periods that are closed, as labels or patterns such as 2025-*."""
    inside: str = ""
    """The file that is meant of those packed in the grain's file."""
    wide: Wide | None = None
    in_force: InForce | None = None
    total_rows: TotalRows | None = None

    @property
    def is_rows(self) -> bool:
        """Whether each row of the file is one row of results, as it stands."""
        return not (self.inside or self.wide or self.in_force or self.total_rows or self.amount.inside or self.amount.blank != "refused")

    @cached_property
    def columns_read(self) -> tuple[tuple[str, ...], ...]:
        """Every column that is read, with the names that it may have."""
        specs = [part for spec in (*self.key, *self.fields, self.amount.currency) for part in (spec.span or (spec,))]
        own = [spec.columns for spec in specs if spec.columns]
        own += [(c,) for c in self.rows_where]
        if self.in_force:
            own += [self.in_force.first, self.in_force.last]
        if self.total_rows:
            own.append((self.total_rows.column,))
        own.append(self.amount.columns)
        made = {self.wide.name, self.wide.value} if self.wide else set()
        return tuple(names for names in own if not made.intersection(names))

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self.key)

    @property
    def is_plain(self) -> bool:
        """Whether it is what most mappings are: money of lines or payouts that is added up."""
        return self.expected in ("lines", "payouts") and self.amount.of == "amount" and self.adds_up

    @property
    def adds_up(self) -> bool:
        """Whether expected rows under one key are summed."""
        return self.together == "add up" or (not self.together and self.expected in ADDED_UP)

    @cached_property
    def span_names(self) -> frozenset[str]:
        """The periods that are said by their first and last day instead of by a label."""
        return frozenset(spec.name for spec in (*self.key, *self.fields) if spec.is_span)


@dataclass(frozen=True)
class Mapping:
    """All that is declared about one target's export.  grains: finest first.  file: the mapping's own."""

    target: str
    grains: tuple[GrainMapping, ...]
    file: str = ""
    about: str = ""

    def grain(self, name: str) -> GrainMapping:
        return next(g for g in self.grains if g.name == name)
