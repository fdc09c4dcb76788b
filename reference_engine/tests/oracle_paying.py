"""The oracle of paying: when each part of a commission is paid, and what is taken back, one line after the other.

Written from the field's documents in plain fractions.  What they leave open is named at the place.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_records import (
    MONTHS,
    ZERO,
    Doc,
    Span,
    day_of,
    labelled,
    percent,
    span,
)

if TYPE_CHECKING:
    from reference_engine.tests.oracle_plan import PlanReading

Part = tuple[Fraction, date | None]
"""A share of a line and the day on which it falls due; None for never."""


# -- dates ------------------------------------------------------------------------------------------------
def after_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_on(day: date | None, timeline: list[Span]) -> Span | None:
    """The pay period of a day; the first for earlier days, none for later ones."""
    if day is None or day > timeline[-1].last:
        return None
    return next(p for p in timeline if day <= p.last)


def own_day(x: Line) -> date:
    """The day of the record; the last day of the period where there is none."""
    return x.event.day if x.event else x.period.last


def month_of(start: date, day: date, count: str) -> int:
    """The number of the month since the start; the first is 1."""
    if count == "calendar months":
        return (day.year - start.year) * 12 + day.month - start.month + 1
    months = 0
    while after_months(start, months + 1) <= day:
        months += 1
    return months + 1


def reach(plan: PlanReading, last: date) -> date:
    """The last day on which something may still be paid.  Holds may reach further than they need: nothing is due there."""
    tables = plan.tables
    cash = [
        day_of(r["date"])
        for t in ("payments", "write_offs", "invoices", "returns", "milestones", "deal_caps")
        for r in tables.get(t, [])
    ]
    paid = [day_of(r["date"]) for r in tables.get("payments", [])]
    found = [last]
    for part in plan.doc["components"]:
        day = span(last, plan.cadence).last
        for entry in part.get("pay", []):
            ((name, params),) = entry.items() if isinstance(entry, dict) else ((entry, {}),)
            if name == "hold days":
                day += timedelta(days=2 * int(params["days"]) + 30)
            elif name == "hold periods":
                day = after_months(day, MONTHS[plan.cadence] * int(params["periods"]))
            elif name == "hold until employed":
                day = max(
                    [
                        day,
                        *(day_of(p["hired"]) + timedelta(days=int(params["days"])) for p in tables["payees"]),
                    ]
                )
            elif name in ("pay at end of", "advance and true up"):
                day = max([day, *(labelled(r["period"]).last for r in tables.get("advances", []))])
                day = span(day, params.get("interval") or params["settled at end of"]).last
            elif name == "instalments":
                day = after_months(
                    day,
                    int(params.get("after months", "0"))
                    + (int(params["number"]) - 1) * MONTHS[params["every"]],
                )
            elif name == "reserve":
                day = after_months(day, int(params.get("after months", "0"))) + timedelta(
                    days=int(params.get("after days", "0"))
                )
            elif name == "advance and as earned":
                day = after_months(day, int(params.get("months", "12")))
            elif name in ("past due", "late payment penalty"):
                day = max([day, *paid])
            elif name == "cap" and params.get("settled at end of"):
                day = span(day, params["settled at end of"]).last
            elif name.startswith("release") or name in ("split payment", "milestones", "windfall review"):
                day = max([day, *cash])
        found.append(day)
    # The end of a period that is counted anyway adds none.
    return max(found)


# -- parts ------------------------------------------------------------------------------------------------
def in_parts(
    plan: PlanReading, x: Line, parts: list[Part], timeline: list[Span], residue: str = ""
) -> list[Line]:
    """The line in its parts, rounded as lines are; what the parts leave over stays held."""
    if not x.amount:
        return [x]
    amounts = [plan.round("line", x.amount * share) for share, _ in parts]
    left = x.amount - sum(amounts)
    complete = bool(parts) and sum(share for share, _ in parts) == 1
    if complete and left:
        amounts[-1 if (residue or plan.conv["portion.residue"]) == "last" else 0] += left
    out = []
    for (share, day), amount in zip(parts, amounts, strict=True):
        due = period_on(day, timeline)
        held = x.held or due is None
        paid = None if held or due is None or x.paid is None else max(x.paid, due)
        out.append(replace(x, amount=amount, base=x.base * share, held=held, paid=paid))
    if not complete and (left or not parts):
        base = x.base - sum((x.base * share for share, _ in parts), ZERO)
        out.append(replace(x, amount=left, base=base, held=True, paid=None))
    return out


def pay_hold_days(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    first = 0 if plan.conv["hold.count"] == "from the day itself" else 1
    holidays = {day_of(r["date"]) for r in plan.tables.get("holidays", [])}
    out = []
    for x in lines:
        day, left = own_day(x), int(params["days"])
        if params.get("counted in", "calendar days") == "calendar days":
            day += timedelta(days=max(left - (1 - first), 0))
        else:
            # Day by day: the day itself is looked at only where it counts as day 1.
            looked = day - timedelta(days=1 - first + 0) if not first else day
            while left:
                looked += timedelta(days=1)
                if looked.weekday() < 5 and looked not in holidays:
                    left -= 1
            day = looked if int(params["days"]) else day
        out += in_parts(plan, x, [(Fraction(1), day)], timeline)
    return out


def pay_hold_periods(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    out = []
    for x in lines:
        position = timeline.index(x.period) + int(params["periods"])
        due = timeline[position].last if position < len(timeline) else None
        out += in_parts(plan, x, [(Fraction(1), due)], timeline)
    return out


def pay_hold_until_employed(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    people = {p["payee"]: p for p in plan.tables["payees"]}
    counted = plan.conv["hold.count"] == "from the day itself"
    out = []
    for x in lines:
        person = people[x.payee]
        free = day_of(person["hired"]) + timedelta(days=max(int(params["days"]) - counted, 0))
        gone = bool(person.get("left")) and day_of(person["left"]) < free
        out += in_parts(plan, x, [(Fraction(1), None if gone else max(own_day(x), free))], timeline)
    return out


def pay_pay_at_end_of(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    return [
        y
        for x in lines
        for y in in_parts(plan, x, [(Fraction(1), span(x.period.first, params["interval"]).last)], timeline)
    ]


def pay_instalments(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    count, step = int(params["number"]), MONTHS[params["every"]]
    growth = percent(params.get("grows by", "0%"))
    sizes = [(1 + growth) ** k for k in range(count)]
    start = int(params.get("after months", "0"))
    return [
        y
        for x in lines
        for y in in_parts(
            plan,
            x,
            [(size / sum(sizes), after_months(own_day(x), start + k * step)) for k, size in enumerate(sizes)],
            timeline,
        )
    ]


def pay_reserve(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    share = percent(params["withheld"])
    out = []
    for x in lines:
        day = own_day(x)
        later = (
            after_months(day, int(params["after months"]))
            if "after months" in params
            else day + timedelta(days=int(params["after days"]))
        )
        out += in_parts(plan, x, [(1 - share, day), (share, later)], timeline, "last")
    return out


def pay_advance_and_as_earned(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    share, months = percent(params["advance"]), int(params.get("months", "12"))
    out = []
    for x in lines:
        day = own_day(x)
        parts: list[Part] = [(share, day)] if share else []
        parts += [(Fraction(1, months), after_months(day, k)) for k in range(int(share * months), months)]
        out += in_parts(plan, x, parts, timeline)
    return out
