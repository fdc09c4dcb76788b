"""A mapping: how a target's export says what we call payee, plan, period, line and amount."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from functools import cached_property

from harness.adapters.delimited import TextFormat
from reference_engine.problems import NOWHERE, Where

LINE_NAMES = (
    "payee",
    "plan",
    "component",
    "record",
    "line",
    "deal",
    "kind",
    "state",
    "period",
    "pay period",
    "date",
    "currency",
    "product",
    "category",
    "account",
    "territory",
)
"""Names that an earned line has; an export's key and values are said in these."""

PAYOUT_NAMES = ("payee", "plan", "component", "period", "currency")
EXTRA_VALUES = {"lines": ("lines", "rate"), "payouts": ("lines",)}
NAMES = {"lines": LINE_NAMES, "payouts": PAYOUT_NAMES}
PERIOD_NAMES = ("period", "pay period")


@dataclass(frozen=True)
class Lookup:
    """A table of codes in a file of its own: `source` column to `target` column.

    The file lies beside the mapping, or else beside the export.
    """

    file: str
    source: str
    target: str
    where: Where = NOWHERE


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
        return self.span is not None

    def column_label(self) -> str:
        """The target's column, as people look for it."""
        if self.span is not None:
            return f"{self.span[0].column_label()}, {self.span[1].column_label()}"
        return self.columns[0] if self.columns else ""


@dataclass(frozen=True)
class AmountSpec:
    """Where the amount stands and in which currency.  decimals: compared to; None: the currency's own."""

    columns: tuple[str, ...]
    currency: CellSpec
    decimals: int | None = None
    where: Where = NOWHERE


@dataclass(frozen=True)
class Tolerance:
    """A difference that is accepted up to and including `amount` minor units, and why."""

    amount: int
    currency: str
    reason: str
    plan: str = ""
    component: str = ""
    where: Where = NOWHERE

    @property
    def scope(self) -> str:
        parts = [
            f"plan {self.plan}" if self.plan else "",
            f"component {self.component}" if self.component else "",
        ]
        return ", ".join(p for p in parts if p) or "every row"


@dataclass(frozen=True)
class GrainMapping:
    """One kind of row that the target exports, finest first: commission lines, settlements.

    expected: what it is compared with, lines or payouts.  rows_where: column -> values of the rows that
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

    @cached_property
    def key_names(self) -> tuple[str, ...]:
        return tuple(spec.name for spec in self.key)

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
