"""A plan as the engine runs it: components, each with its measure, its credits and its mechanics in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.problems import NOWHERE, Where

if TYPE_CHECKING:
    from reference_engine.mechanics.registry import Mechanic

MEASURES = ("bookings", "revenue", "margin", "cash", "units")
RECORDS = ("deals", "invoices", "invoice lines", "payments", "retail sales")
CREDIT_TYPES = ("direct", "overlay", "roll-up")
EARNING_EVENTS = ("booking", "invoice", "payment")
FREQUENCIES = {"monthly": "month", "quarterly": "quarter", "half-yearly": "half-year", "yearly": "year"}


@dataclass(frozen=True)
class Rounding:
    """at: credit (each share, in the record's own currency), conversion (into the plan's currency, after the credit),
    line, component or payout.  mode: half up, half even, down or away from zero."""

    at: str
    mode: str
    decimals: int
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Conventions:
    """The readings that a plan states, by name.  rounding: None where amounts must come out exact by themselves.

    sources: where each reading is stated, in the plan or in the profile it names.
    """

    readings: dict[str, str] = field(default_factory=dict)
    rounding: tuple[Rounding, ...] | None = None
    sources: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.readings.get(name)

    def __getitem__(self, name: str) -> str:
        return self.readings[name]

    def round_at(self, at: str) -> Rounding | None:
        return next((r for r in self.rounding or () if r.at == at), None)


@dataclass(frozen=True)
class Component:
    """One thing that a plan pays for.

    measure: what is counted.  sources: the records that are credited, each with the share of the rate that it
    earns.  credits: the credit types that count.  earn, pay: mechanics, in order.
    """

    name: str
    measure: str
    sources: dict[str, Fraction]
    credits: tuple[str, ...]
    earn: tuple[Mechanic, ...]
    pay: tuple[Mechanic, ...] = ()
    products: tuple[str, ...] = ()
    valid: tuple[date | None, date | None] = (None, None)
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Plan:
    """What a company promises to pay.  currency: "" where the records' own currency is paid.

    pays: month, quarter, half-year or year; "" where the company's calendar says it.
    eligible: assigned, everyone, or roles.  valid: first and last day, both inclusive.  quota: how quotas are made
    from what the tables state.  settling: what happens to the whole pay of a payee.
    """

    name: str
    currency: str
    pays: str
    eligible: str
    roles: tuple[str, ...]
    conventions: Conventions
    components: tuple[Component, ...]
    pay: tuple[Mechanic, ...] = ()
    valid: tuple[date | None, date | None] = (None, None)
    where: Where = field(default=NOWHERE, compare=False)
    eligible_where: Where = field(default=NOWHERE, compare=False)
    quota: tuple[Mechanic, ...] = ()
    settling: tuple[Mechanic, ...] = ()
