"""Runs as they were made: one for each close of a period, on what was known then, with closed periods kept as they were paid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.executors.local import Local
from reference_engine.problems import Problem, Stopped, Where
from reference_engine.restatement import PRIOR, REVERSAL, known_days
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.table import Numbers, Table
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.results import Balance, EarnedLine, Payout
from reference_engine.vocabulary.tables import TABLES
from reference_engine.world import World

PROCESSED = "processed_results"
ADJUSTMENT = "adjustment"


@dataclass(frozen=True)
class Close:
    """A pay period and the day on which it is closed: what becomes known later is settled in a later period."""

    period: str
    day: date


@dataclass(frozen=True)
class Run:
    """What was calculated and paid when a period was closed: every pay period that ended since the close before.

    lines: the statement of the period, with differences of earlier ones.  differences: those alone; `period` of each says to which
    closed period it belongs.  payouts: what is paid.  balances: what stands open after it.
    """

    close: Close
    result: Result
    lines: tuple[EarnedLine, ...]
    differences: tuple[EarnedLine, ...]
    payouts: tuple[Payout, ...]
    balances: tuple[Balance, ...]


def replay(
    plans: Sequence[Plan],
    world: World,
    closes: Sequence[Close],
    *,
    measured: Literal["all records", "records that pay"] = "all records",
    payees: Collection[str] | None = None,
    executor: Local | None = None,
) -> list[Run]:
    """The runs of some closes, one after the other: each starts from what those before it paid.

    The world's own processed_results count as paid before the first.  Raises Stopped as `calculate` does, and where the closes
    aren't in order: a period that is calculated again needs those after it to be calculated again too.

    measured: what a measure sees of the records that are new in a run: all of them, or only those on which some component
    pays, and the others from the next run on (Xactly Incent, which makes pay depend on how records are put in batches).
    """
    _check(closes, world)
    processed = _Processed(world)
    out: list[Run] = []
    done: date | None = None
    for close in closes:
        period = world.calendar.period(close.period)
        now = processed.world(world)
        result = calculate(plans, now, as_of=close.day, until=period.last, payees=payees, executor=executor)
        if measured == "records that pay":
            later = _later(result, now, out[-1].close.day if out else date.min, close.day)
            result = calculate(
                plans, later, as_of=close.day, until=period.last, payees=payees, executor=executor
            )
        run = _run(close, done, period, result)
        out.append(run)
        for plan in plans:
            for own in _closing(plan, world, done, period):
                processed.add(plan, own, close.day, run.lines)
        done = period.last
    return out


def _closing(plan: Plan, world: World, done: date | None, period: Period) -> list[Period]:
    """The pay periods of a plan that are closed with a period: those that end after the close before it."""
    cadence = plan.pays or world.calendar.pay_cadence or "month"
    first = done + timedelta(days=1) if done is not None else min(period.first, _begins(world))
    return [p for p in world.calendar.periods(first, period.last, cadence) if p.last <= period.last]


def _begins(world: World) -> date:
    """The first day on which anything happens in the world, known or not: the first close closes all before it."""
    days = [
        world.table(name).days(field.name)
        for name, schema in TABLES.items()
        if schema.field("known") is not None
        for field in schema.fields
        if field.kind == "date" and field.name != "known"
    ]
    found = [d[~np.isnat(d)].min().astype(object) for d in days if len(d[~np.isnat(d)])]
    # What is entered by hand has a period instead of a day.
    labels = world.table("adjustments").words("period").tolist()
    return min([*found, *(world.period(label).first for label in dict.fromkeys(labels))], default=date.max)


def _later(result: Result, world: World, since: date, day: date) -> World:
    """The world in which the new records that no component pays on become known with the next run."""
    events = result.events
    pays = np.zeros(len(events), dtype=bool)
    for part in result.parts:
        pays[result.credits.event[part.credited]] = True
    waiting = ~pays & (known_days(events) > np.datetime64(max(since, date(1, 1, 1)), "D"))
    tables = dict(world.tables)
    for k, table in enumerate(events.tables):
        rows = events.row[waiting & (events.table == k)]
        if len(rows) and table.name in tables:
            days = tables[table.name].days("known").copy()
            days[rows] = np.datetime64(day + timedelta(days=1), "D")
            old = tables[table.name]
            tables[table.name] = replace(old, dates={**old.dates, "known": days})
    return replace(world, tables=tables)


def closes_of(world: World) -> list[Close]:
    """The closes that the fiscal calendar states, in order."""
    table = world.table("fiscal_calendar")
    days = table.days("close date")
    found = [
        (world.calendar.period(str(label)), days[row])
        for row, label in enumerate(table.words("period").tolist())
        if not np.isnat(days[row])
    ]
    return [Close(p.label, day.astype(object)) for p, day in sorted(found, key=lambda f: f[0])]


def _stated_at(close: Close, world: World) -> Where:
    """Where the fiscal calendar states a close; its table where the caller chose another day."""
    table = world.table("fiscal_calendar")
    rows = np.flatnonzero(
        (table.words("period") == close.period)
        & (table.days("close date") == np.datetime64(close.day, "D"))
    )
    return table.where(int(rows[0])) if len(rows) else Where(table.file)


def _check(closes: Sequence[Close], world: World) -> None:
    spans = [(world.calendar.period(c.period), c.day, c) for c in closes]
    for (before, day, _), (period, later, close) in pairwise(spans):
        if period.first <= before.last or later < day:
            raise Stopped(
                Problem(
                    "closes-order",
                    f"{period.label}, closed on {later}, comes after {before.label}, closed on {day}.",
                    _stated_at(close, world),
                    why="Balances and differences roll from each period to the next.",
                    remedy="Give the closes in the order of their periods and days; to calculate an old period again, give it and all later ones.",
                )
            )


def _run(close: Close, done: date | None, period: Period, result: Result) -> Run:
    calendar = result.calendar

    def inside(label: str) -> bool:
        if not label:
            return False
        last = calendar.period(label).last
        return last <= period.last and (done is None or last > done)

    lines = tuple(x for x in result.line_rows() if inside(x.pay_period))
    return Run(
        close,
        result,
        lines,
        tuple(
            x
            for x in lines
            if x.kind in (PRIOR, REVERSAL) or (x.kind == ADJUSTMENT and x.period != x.pay_period)
        ),
        tuple(p for p in result.payout_rows() if inside(p.period)),
        tuple(b for b in result.balance_rows() if inside(b.period)),
    )


Key = tuple[str, str, str, str, str, str]
"""payee, plan, component, period, paid in, currency."""


class _Processed:
    """The table processed_results as it grows from run to run."""

    def __init__(self, world: World) -> None:
        self.own = world.table(PROCESSED)
        self.rows: dict[Key, Fraction] = {}
        self.days: dict[str, date] = {}
        self.payee = world.payees[0] if world.payees else ""

    def add(self, plan: Plan, period: Period, day: date, lines: Sequence[EarnedLine]) -> None:
        """What a plan paid in a period that is closed now."""
        self.days[period.label] = day
        if self.payee and plan.components:
            # A period in which nobody was paid is closed all the same.
            unit = plan.currency or next((x.currency for x in lines), "")
            self.rows.setdefault(
                (self.payee, plan.name, plan.components[0].name, period.label, period.label, unit),
                Fraction(0),
            )
        for x in lines:
            if x.plan == plan.name and x.pay_period == period.label:
                earned_in = x.period if x.kind in (PRIOR, REVERSAL, ADJUSTMENT) else x.pay_period
                key = (x.payee, x.plan, x.component, earned_in, x.pay_period, x.currency)
                self.rows[key] = self.rows.get(key, Fraction(0)) + x.amount

    def world(self, world: World) -> World:
        """The world with everything that was paid so far."""
        if not self.rows:
            return world
        table = _joined(self.own, self.rows, self.days)
        return replace(world, tables={**world.tables, PROCESSED: table})


def _joined(own: Table, rows: dict[Key, Fraction], days: dict[str, date]) -> Table:
    """The rows of a table and those of the runs."""
    names = ("payee", "plan", "component", "period", "paid in")
    columns = list(zip(*rows, strict=True))
    text = {
        name: np.concatenate([own.words(name), np.array(columns[i], dtype=object)])
        for i, name in enumerate(names)
    }
    units = np.array(columns[5], dtype=object)
    closed = np.array([days[paid_in] for paid_in in columns[4]], dtype="datetime64[D]")
    amounts = Exact.of(list(rows.values()))

    def number(name: str, present: bool) -> Numbers:
        before = own.amounts(name)
        value = amounts if present else Exact(np.zeros(len(rows), np.int64))
        there = np.full(len(rows), present)
        currency = before.currency if before.currency is not None else np.full(own.size, "", dtype=object)
        return Numbers(
            Exact.concat([before.value, value]) if own.size else value,
            np.concatenate([before.present, there]),
            np.concatenate([currency, units]),
        )

    return Table(
        PROCESSED,
        own.size + len(rows),
        text,
        {"closed": np.concatenate([own.days("closed"), closed])},
        {"earned": number("earned", True), "paid": number("paid", False)},
        own.file,
        own.lines,
        own.starts,
    )
