"""The slow, obvious reference: exact fractions, one payee at a time, one loop.

It knows nothing of the engine.  It reads the same text (standard tables as lists of rows, plans as plain mappings)
and says in the plainest way what each payee earns and is paid, so that the two can be compared on random worlds.
It is written from the field's documents and from the sentences in which the mechanics state their meaning.

What the documents leave open is decided here, and named at the place: below zero a tier table goes on with the
tier that starts at 0; a bound that only one tier has belongs to that tier; overlay and roll-up credit are shares of
the direct credit as it was rounded.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from reference_engine.tests.oracle_adjustments import adjusted
from reference_engine.tests.oracle_crediting import credits_of
from reference_engine.tests.oracle_known import known_by
from reference_engine.tests.oracle_limits import pay_cap
from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_paying import reach
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.oracle_records import (
    Doc,
    Span,
    Tables,
    day_of,
    events_of,
    spans,
)
from reference_engine.tests.oracle_settling import restated, settled


@dataclass
class Outcome:
    """lines: everything earned, with rounding and cap lines.  settled: draws and balances, as (payee, period) -> net."""

    lines: list[Line] = field(default_factory=list)
    advances: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    recoveries: dict[tuple[str, str], Fraction] = field(default_factory=dict)
    balances: dict[tuple[str, str], Fraction] = field(default_factory=dict)

    def payouts(self) -> dict[tuple[str, str], Fraction]:
        out: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        for line in self.lines:
            if not line.held and line.paid:
                out[line.payee, line.paid.label] += line.amount
        for more in (self.advances, self.recoveries):
            for key, amount in more.items():
                out[key] += amount
        return {k: v for k, v in out.items() if v}


def calculate(plans: list[Doc], tables: Tables) -> Outcome:
    """What every payee earns and is paid."""
    earned = earned_of(plans, tables)
    counting, apart = adjusted(plans, tables)
    lines = [*earned.lines, *counting]
    lines += restated(lines, apart, plans, tables, lambda day: known_lines(plans, tables, day))
    outcome = Outcome(lines)
    outcome.advances, outcome.balances = settled(lines, earned.readings, earned.timelines, tables, earned.people)
    outcome.lines += apart
    return outcome


def known_lines(plans: list[Doc], tables: Tables, day: date) -> list[Line]:
    """What the plans come to on what was known on a day."""
    then = known_by(tables, day)
    return [*earned_of(plans, then).lines, *adjusted(plans, then)[0]]


@dataclass
class Earned:
    """What the plans come to before anything is settled."""

    lines: list[Line]
    readings: list[PlanReading]
    timelines: dict[str, list[Span]]
    people: set[str]


def earned_of(plans: list[Doc], tables: Tables) -> Earned:
    outcome = Outcome()
    events = events_of(tables)
    people = {r["payee"] for r in tables.get("payees", [])}
    for doc in plans:
        reading = PlanReading(doc, tables)
        people |= {c.payee for e in events for c in credits_of(e, tables, reading.conv, reading.cadence)}
    people |= {
        r["payee"] for t in ("draws", "opening_balances", "plan_assignments", "processed_results", "payees", "adjustments") for r in tables.get(t, [])
    }
    readings: list[PlanReading] = []
    timelines: dict[str, list[Span]] = {}
    for doc in plans:
        plan = PlanReading(doc, tables)
        counted = {
            (payee, i): plan.counted(part, payee, events)
            for payee in people
            for i, part in enumerate(doc["components"])
        }
        timeline = _timeline(plan, [x for lines in counted.values() for x in lines], tables)
        for payee in sorted(people):
            whole: list[Line] = []
            for i, part in enumerate(doc["components"]):
                lines = plan.earn(part, payee, counted[payee, i], timeline)
                if lines:
                    whole += plan.pay(part, lines, timeline)
            for entry in doc.get("pay", []):
                if whole and entry["cap"]["per"] == "deal":
                    limited = pay_cap(plan, whole, entry["cap"], {}, timeline)
                    whole = whole + [replace(x, component="cap") for x in limited[len(whole) :]]
                elif whole:
                    whole += plan.cap(whole, entry["cap"], timeline, "cap")
            whole += plan.rounding_lines(whole, "payout", "rounding")
            outcome.lines += whole
        readings.append(plan)
        timelines[plan.name] = timeline
    return Earned(outcome.lines, readings, timelines, people)


def _timeline(plan: PlanReading, counted: list[Line], tables: Tables) -> list[Span]:
    """Every pay period from the first in which anything of the plan happens, or the start of its year where amounts
    add up over more than a pay period, to the last."""
    if not counted:
        return []
    days = [x.period.first for x in counted]
    first = date(min(days).year, 1, 1) if plan.accumulate != plan.cadence else min(days)
    days += [day_of(c["date"]) for c in tables.get("cancellations", [])]
    if any("release" in m for part in plan.doc["components"] for m in part.get("pay", [])):
        days += [day_of(p["date"]) for p in tables.get("payments", [])]
    return spans(first, reach(plan, max(days)), plan.cadence)
