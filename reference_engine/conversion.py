"""Currency conversion of events into the currency of a plan, by the plan's stated kind and date of the rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact, days_of, same, some
from reference_engine.events import Events
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Plan
from reference_engine.words import coded
from reference_engine.world import World


def convert(
    value: Exact,
    unit: Array,
    events: Events,
    rows: Array,
    period: Array,
    periods: list[Period],
    plan: Plan,
    world: World,
    problems: list[Problem],
) -> tuple[Exact, Array]:
    """The values in the plan's currency, and the currency of each.  A missing rate or an open convention is a Problem.

    unit: the currency of each value.  rows: its event.  period: its pay period.
    """
    if not plan.currency or not len(rows):
        return value, unit
    foreign = unit != plan.currency
    if not some(foreign):
        return value, unit
    date = _rate_days(events, rows, period, periods, plan, problems)
    kind = _kind(plan, world, problems)
    if date is None or kind is None:
        return value, unit
    factor, found = _rates(world, kind).factors(unit, plan.currency, date)
    lost = (~found).nonzero()[0]
    missing: dict[tuple[str, str], int] = {}
    if plan.conventions.get("fx.missing_rate") != "keep original":
        for i in lost.tolist():
            missing.setdefault((str(unit[i]), periods[period[i]].label), i)
    for (currency, label), i in missing.items():
        problems.append(
            Problem(
                "no-exchange-rate",
                f"no {kind} rate {currency} to {plan.currency} for {label}.",
                events.where(int(rows[i])),
                f"{events.record[rows[i]]} can't be paid in {plan.currency}.",
                "Add the rate to exchange_rates, or state  fx.missing_rate: keep original  where it is paid in its own currency then.",
            )
        )
    converted = value * factor
    rounding = plan.conventions.round_at("conversion")
    if rounding:
        # What is in the plan's currency already isn't converted, so it isn't rounded here either.
        converted = Exact.where(foreign & found, converted.rounded(rounding.mode, rounding.decimals), value)
    if missing or not len(lost):
        return converted, same(plan.currency, len(rows))
    return converted, np.where(found, plan.currency, unit).astype(object)


def _rate_days(
    events: Events, rows: Array, period: Array, periods: list[Period], plan: Plan, problems: list[Problem]
) -> Array | None:
    reading = plan.conventions.get("fx.date")
    if reading is None:
        what = f'"{plan.name}" converts currencies but doesn\'t state fx.date.'
        problems.append(open_convention("fx.date", what, plan.where, plan.conventions))
        return None
    if reading == "record date":
        return events.date[rows]
    if reading == "deal date":
        sold = events.deal_date[rows]
        return np.where(np.isnat(sold), events.date[rows], sold)
    days = days_of([p.first if reading == "period start" else p.last for p in periods])
    at: Array = days[period]
    return at


def _kind(plan: Plan, world: World, problems: list[Problem]) -> str | None:
    stated = plan.conventions.get("fx.kind")
    if stated is not None:
        return stated
    kinds = sorted({k for k in world.table("exchange_rates").words("kind").tolist() if k})
    if len(kinds) == 1:
        return str(kinds[0])
    what = f'"{plan.name}" converts currencies but doesn\'t state fx.kind.'
    problems.append(open_convention("fx.kind", what, plan.where, plan.conventions))
    return None


def _rates(world: World, kind: str) -> Rates:
    """The exchange rates of one kind, read once for a world."""
    if ("rates", kind) not in world.kept:
        world.kept["rates", kind] = Rates(world, kind)
    found: Rates = world.kept["rates", kind]
    return found


@dataclass(frozen=True, slots=True)
class RateUsed:
    """A rate, its kind, the day for which it was looked up, and since when it was in force."""

    rate: Fraction
    kind: str
    day: date
    since: date


def rate_used(world: World, plan: Plan | None, events: Events, event: int, period: Period) -> RateUsed | None:
    """The rate at which a plan converted a record of a pay period; None where it converted nothing."""
    if plan is None:
        return None
    rows, first = np.array([event]), np.zeros(1, dtype=np.int64)
    days = _rate_days(events, rows, first, [period], plan, [])
    kind = _kind(plan, world, [])
    if days is None or kind is None:
        return None
    found = Rates(world, kind).in_force(str(events.currency[event]), plan.currency, days[0])
    return None if found is None else RateUsed(found[1], kind, days[0].astype(object), found[0].astype(object))


class Rates:
    """Exchange rates of one kind, each in force from its day until the next."""

    def __init__(self, world: World, kind: str) -> None:
        table = world.table("exchange_rates")
        self._rates: dict[tuple[str, str], list[tuple[np.datetime64, Fraction]]] = {}
        self._columns: dict[tuple[str, str], tuple[Array, list[Fraction]]] = {}
        values = table.amounts("rate").value
        for row in range(table.size):
            if table.words("kind")[row] in (kind, ""):
                key = (str(table.words("from")[row]), str(table.words("to")[row]))
                self._rates.setdefault(key, []).append((table.days("valid from")[row], values.at(row)))
        for rates in self._rates.values():
            rates.sort(key=lambda r: r[0])

    def rate(self, currency: str, wanted: str, day: np.datetime64) -> Fraction | None:
        """The rate in force on a day; None where there is none."""
        found = self.in_force(currency, wanted, day)
        return None if found is None else found[1]

    def in_force(
        self, currency: str, wanted: str, day: np.datetime64
    ) -> tuple[np.datetime64, Fraction] | None:
        """The first day of the rate in force on a day, and the rate; None where there is none."""
        found = None
        for start, rate in self._rates.get((currency, wanted), ()):
            if start <= day:
                found = (start, rate)
        return found

    def factors(self, currency: Array, wanted: str, day: Array) -> tuple[Exact, Array]:
        """What each amount is multiplied by, 1 where there is no rate, and where there is one.  The same currency is 1."""
        words = coded(currency)
        factors = [Fraction(1)]
        position = np.zeros(len(day), dtype=np.int64)
        found = np.zeros(len(day), dtype=bool)
        for code, name in enumerate(words.names):
            own = words.codes == code
            if name == wanted:
                found[own] = True
            elif (name, wanted) in self._rates:
                starts, rates = self._column(name, wanted)
                reached = starts.searchsorted(day[own], side="right")
                found[own] = reached > 0
                position[own] = np.where(reached > 0, reached + (len(factors) - 1), 0)
                factors += rates
        return Exact.of(factors)[position], found

    def _column(self, currency: str, wanted: str) -> tuple[Array, list[Fraction]]:
        """The first days of the rates between two currencies, in order, and the rates."""
        if (currency, wanted) not in self._columns:
            rates = self._rates[currency, wanted]
            self._columns[currency, wanted] = np.array([day for day, _ in rates]), [rate for _, rate in rates]
        return self._columns[currency, wanted]
