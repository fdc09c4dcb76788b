"""Currency conversion of events into the currency of a plan, by the plan's stated kind and date of the rate."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.events import Events
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World


def convert(
    value: Exact,
    events: Events,
    rows: Array,
    period: Array,
    periods: list[Period],
    plan: Plan,
    world: World,
    problems: list[Problem],
) -> tuple[Exact, Array]:
    """The values in the plan's currency, and the currency of each.  A missing rate or an open convention is a Problem.

    rows: the event of each value.  period: its pay period.
    """
    unit = events.currency[rows]
    if not plan.currency or not len(rows):
        return value, unit
    foreign = np.flatnonzero(unit != plan.currency)
    if not len(foreign):
        return value, unit
    date = _rate_days(events, rows, period, periods, plan, problems)
    kind = _kind(plan, world, problems)
    if date is None or kind is None:
        return value, unit
    factors = [Fraction(1)] * len(rows)
    table = _Rates(world, kind)
    missing: dict[tuple[str, str], int] = {}
    for i in foreign.tolist():
        rate = table.rate(str(unit[i]), plan.currency, date[i])
        if rate is None:
            missing.setdefault((str(unit[i]), periods[period[i]].label), i)
        else:
            factors[i] = rate
    for (currency, label), i in missing.items():
        problems.append(
            Problem(
                "no-exchange-rate",
                f"no {kind} rate {currency} to {plan.currency} for {label}.",
                events.where(int(rows[i])),
                f"{events.record[rows[i]]} can't be paid in {plan.currency}.",
                "Add the rate to exchange_rates.",
            )
        )
    converted = value * Exact.of(factors)
    rounding = plan.conventions.round_at("conversion")
    if rounding:
        is_foreign = np.zeros(len(rows), dtype=bool)
        is_foreign[foreign] = True
        # What is in the plan's currency already isn't converted, so it isn't rounded here either.
        converted = Exact.where(is_foreign, converted.rounded(rounding.mode, rounding.decimals), value)
    return converted, np.full(len(rows), plan.currency, dtype=object)


def _rate_days(
    events: Events, rows: Array, period: Array, periods: list[Period], plan: Plan, problems: list[Problem]
) -> Array | None:
    reading = plan.conventions.get("fx.date")
    if reading is None:
        problems.append(
            Problem(
                "convention-open",
                f'"{plan.name}" converts currencies but doesn\'t state fx.date.',
                plan.where,
                "The day of the exchange rate changes what is paid.",
                "Add to conventions one of: fx.date: record date; fx.date: period start; fx.date: period end",
            )
        )
        return None
    if reading == "record date":
        return events.date[rows]
    days = [p.first if reading == "period start" else p.last for p in periods]
    return np.array(days, dtype="datetime64[D]")[period]


def _kind(plan: Plan, world: World, problems: list[Problem]) -> str | None:
    stated = plan.conventions.get("fx.kind")
    if stated is not None:
        return stated
    kinds = sorted({k for k in world.table("exchange_rates").words("kind").tolist() if k})
    if len(kinds) == 1:
        return str(kinds[0])
    problems.append(
        Problem(
            "convention-open",
            f'"{plan.name}" converts currencies but doesn\'t state fx.kind.',
            plan.where,
            "Spot, average, plan and closing rates pay different amounts.",
            "Add to conventions  fx.kind: average  or another kind.",
        )
    )
    return None


class _Rates:
    """Exchange rates of one kind, each in force from its day until the next."""

    def __init__(self, world: World, kind: str) -> None:
        table = world.table("exchange_rates")
        self._rates: dict[tuple[str, str], list[tuple[np.datetime64, Fraction]]] = {}
        values = table.amounts("rate").value
        for row in range(table.size):
            if table.words("kind")[row] in (kind, ""):
                key = (str(table.words("from")[row]), str(table.words("to")[row]))
                self._rates.setdefault(key, []).append((table.days("valid from")[row], values.at(row)))
        for rates in self._rates.values():
            rates.sort(key=lambda r: r[0])

    def rate(self, currency: str, wanted: str, day: np.datetime64) -> Fraction | None:
        found = None
        for start, rate in self._rates.get((currency, wanted), ()):
            if start <= day:
                found = rate
        return found
