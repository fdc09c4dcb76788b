"""A plan as the engine runs it: components, each with its measure, its credits and its mechanics in order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from reference_engine.expressions.syntax import Expression
from reference_engine.problems import NOWHERE, Where

if TYPE_CHECKING:
    from reference_engine.mechanics.registry import Mechanic

MEASURES = ("bookings", "revenue", "recognised revenue", "margin", "cash", "units", "pipeline")
_DEALS = ("deals", "returns of deals", "cancellations")
MEASURE_SOURCES = {
    "bookings": _DEALS,
    "revenue": ("invoices",),
    "margin": ("invoice lines",),
    "cash": ("payments",),
    "units": ("retail sales", "returns of sales"),
    "recognised revenue": ("recognitions",),
    "pipeline": ("pipeline",),
}
"""The records that a basic measure counts."""
RECORDS = ("deals", "invoices", "invoice lines", "payments", "retail sales")
CREDIT_TYPES = ("direct", "overlay", "roll-up")
EARNING_EVENTS = ("booking", "invoice", "payment")
FREQUENCIES = {
    "weekly": "week",
    "biweekly": "biweek",
    "semi-monthly": "semi-month",
    "monthly": "month",
    "quarterly": "quarter",
    "half-yearly": "half-year",
    "yearly": "year",
}


@dataclass(frozen=True)
class Rounding:
    """at: credit (each share, in the record's own currency), conversion (into the plan's currency, after the credit),
    quota, attainment and rate (their decimals are those of the percentage), line, component or payout.  mode: half up, half even, down or away from zero."""

    at: str
    mode: str
    decimals: int
    where: Where = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Conventions:
    """The readings that a plan states, by name.  rounding: None where amounts must come out exact by themselves.

    sources: where each reading is stated, in the plan or in the profile it names.  left_open: what the profile says
    of the conventions that its system doesn't document.
    """

    readings: dict[str, str] = field(default_factory=dict)
    rounding: tuple[Rounding, ...] | None = None
    sources: dict[str, str] = field(default_factory=dict)
    left_open: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.readings.get(name)

    def __getitem__(self, name: str) -> str:
        return self.readings[name]

    def round_at(self, at: str) -> Rounding | None:
        return self._roundings.get(at)

    @cached_property
    def _roundings(self) -> dict[str, Rounding]:
        return {r.at: r for r in reversed(self.rounding or ())}


@dataclass(frozen=True, slots=True)
class Level:
    """level: its name.  when: the condition on which a payee reaches it.  Levels stand from the lowest to the highest."""

    level: str
    when: Expression
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True)
class Measure:
    """What is counted: which records, which of them, what each is worth, and over which time it adds up.

    of: bookings, revenue, margin, cash or units; "" for a formula.  condition: only records for which it holds.
    value: what a record is worth, its amount where None.  count: "" for values, "records", or the column whose
    different values are counted.  accumulate: "" where the plan's convention says it.  formula: of other figures.  levels, otherwise, demotion: a
    level that is reached, what stands below all of them, and how a payee falls: "at once", "never", "at quarter end",
    "at year end" or "after N periods".
    """

    name: str
    of: str
    sources: dict[str, Fraction]
    credits: tuple[str, ...]
    condition: Expression | None = None
    value: Expression | None = None
    count: str = ""
    accumulate: str = ""
    formula: Expression | None = None
    products: tuple[str, ...] = ()
    where: Where = field(default=NOWHERE, compare=False)
    levels: tuple[Level, ...] = ()
    otherwise: str = ""
    demotion: str = ""

    @property
    def made(self) -> bool:
        """Whether it is made of other figures instead of records."""
        return self.formula is not None or bool(self.levels)

    def mentions(self) -> tuple[str, ...]:
        """The figures that it is made of."""
        made = [self.formula, *(level.when for level in self.levels)]
        return tuple(name for e in made if e is not None for name in e.names())


@dataclass(frozen=True)
class Shown:
    """A figure that a plan shows without paying on it.

    figure: its name.  is: what it is.  for each: the interval at whose end it is looked at.  whose: of every payee on the
    plan, or of the company as a whole.
    """

    figure: str
    is_: Expression
    for_each: Literal["period", "quarter", "half-year", "year"] = "period"
    whose: Literal["payee", "company"] = "payee"
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True)
class Component:
    """One thing that a plan pays for.

    measure: the name of what is counted.  of: the basic measure beneath it.  sources: the records that are credited,
    each with the share of the rate that it earns.  credits: the credit types that count.  earn, pay: mechanics, in
    order.  condition, value, count: as those of a Measure.  paid: False where it is calculated for others to look at,
    or accrued, and never paid.
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
    of: str = ""
    condition: Expression | None = None
    value: Expression | None = None
    count: str = ""
    accumulate: str = ""
    paid: bool = True

    @cached_property
    def share(self) -> Fraction | None:
        """The share of the rate that every record earns; None where it isn't the same for all."""
        shares = set(self.sources.values())
        return shares.pop() if len(shares) == 1 else None


def component_in(name: str) -> str:
    """The component in the name of a figure such as `team earned by Commission this year`; "" for others."""
    _, found, component = f" {name}".partition(" earned by ")
    component = re.sub(r" in the last \d+ periods?$", "", component)
    for span in (" this quarter", " this half-year", " this year", " in the period"):
        component = component.removesuffix(span)
    return component if found else ""


@dataclass(frozen=True)
class Plan:
    """What a company promises to pay.  currency: "" where the records' own currency is paid.

    pays: month, quarter, half-year or year; "" where the company's calendar says it.
    eligible: assigned, everyone, or roles.  valid: first and last day, both inclusive.  quota: how quotas are made
    from what the tables state.  settling: what happens to the whole pay of a payee.
    grace days: a record of so many days after a period still counts in it, and not in its own.  paid after days: when
    a payout is due, after the end of its period.
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
    measures: tuple[Measure, ...] = ()
    figures: tuple[Shown, ...] = ()
    grace_days: int = 0
    paid_after_days: int | None = None

    def mechanics(self) -> tuple[Mechanic, ...]:
        """Every mechanic of the plan."""
        return (
            *self.quota,
            *(m for c in self.components for m in (*c.earn, *c.pay)),
            *self.pay,
            *self.settling,
        )

    @cached_property
    def figure_names(self) -> tuple[str, ...]:
        """Every figure that the mechanics mention."""
        return tuple(name for m in self.mechanics() for name in m.names())

    @cached_property
    def mentioned(self) -> tuple[str, ...]:
        """Every figure that the plan mentions: its mechanics, its measures and what it shows."""
        shown = (name for f in self.figures for name in f.is_.names())
        return (*self.figure_names, *shown, *(name for m in self.measures for name in m.mentions()))

    @cached_property
    def together(self) -> bool:
        """Whether a payee's result may depend on other payees."""
        names = [*self.figure_names, *(name for m in self.measures for name in m.mentions())]
        return any(m.reads_others for m in self.mechanics()) or any(
            name.startswith(("team ", "company ", "previous team ", "previous company ")) for name in names
        )

    @cached_property
    def ordered(self) -> tuple[Component, ...]:
        """The components, each after those whose results it looks at."""
        out: list[Component] = []
        waiting = list(self.components)
        while waiting:
            done = {c.name for c in out}
            found = next((c for c in waiting if all(n in done for n in self.needed_by(c))), None)
            if found is None:
                raise AssertionError("the reader lets no circle of components pass")
            waiting.remove(found)
            out.append(found)
        return tuple(out)

    def needed_by(self, component: Component) -> tuple[str, ...]:
        """The components whose results a component looks at, also through the formulas of measures."""
        found = [name for m in (*component.earn, *component.pay) for name in m.reads()]
        mentioned = [n for m in (*component.earn, *component.pay) for n in m.names()]
        mentioned += [n for e in (component.condition, component.value) if e is not None for n in e.names()]
        formulas = {m.name: m.mentions() for m in self.measures if m.made}
        seen: set[str] = set()
        while mentioned:
            name = mentioned.pop()
            for measure, formula in formulas.items():
                if measure in name and measure not in seen:
                    seen.add(measure)
                    mentioned += formula
            if component_in(name):
                found.append(component_in(name))
        return tuple(dict.fromkeys(n for n in found if n != component.name))

    def measure(self, name: str) -> Measure | None:
        """The measure that the plan defines under a name."""
        return next((m for m in self.measures if m.name == name), None)
