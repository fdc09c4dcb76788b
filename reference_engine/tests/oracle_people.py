"""The oracle of people and quotas: day by day, one payee at a time, in Fractions.

Written from the sentences in which the conventions and the quota mechanics state their meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from reference_engine.tests.oracle_found import found
from reference_engine.tests.oracle_records import (
    MONTHS,
    ZERO,
    Span,
    day_of,
    labelled,
    number,
    percent,
    rounded,
    span,
    spans,
)

if TYPE_CHECKING:
    from reference_engine.tests.oracle_plan import PlanReading

DAY = timedelta(days=1)
YEAR = span(date(2026, 1, 1), "year")
"""The random worlds of people live in one year."""
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Part:
    """What is expected of a holder in a period.  level: 0 for tables of quotas, 1 for assignments, 2 for what a plan has by default.  first, last: its days."""

    holder: str
    period: Span
    amount: Fraction
    unit: str
    measure: str = ""
    level: int = 0
    first: date = date.min
    last: date = date.max


def concerns(plan: PlanReading) -> bool:
    """Whether quotas of a plan are more than what a table states for whole periods."""
    return "quota" in plan.doc or "proration.of" in plan.conv


def amount(text: str) -> tuple[Fraction, str]:
    value, _, unit = text.partition(" ")
    return number(value), unit


def quota(plan: PlanReading, payee: str, interval: Span, measure: str) -> Fraction | None:
    """What counts of the quotas for an interval; None where there is none."""
    return expected(plan, payee, interval, measure, "quota")


def target(plan: PlanReading, payee: str, interval: Span) -> Fraction | None:
    return expected(plan, payee, interval, "", "target incentive")


def expected(plan: PlanReading, payee: str, interval: Span, measure: str, kind: str) -> Fraction | None:
    mine = [p for p in planned(plan, kind, interval) if p.holder == payee]
    for level in (0, 1, 2):
        some = [p for p in mine if p.level == level and p.measure in (measure, "")]
        own_measure = [p.period for p in some if p.measure == measure]
        some = [p for p in some if p.measure == measure or p.period not in own_measure]
        for own in (
            [p for p in some if p.period == interval],
            [
                p
                for p in some
                if p.period != interval
                and interval.first <= p.period.first
                and p.period.last <= interval.last
            ],
        ):
            total = _summed(plan, payee, own, interval, kind)
            if total is not None:
                return total
    return None


def _summed(plan: PlanReading, payee: str, own: list[Part], interval: Span, kind: str) -> Fraction | None:
    counted = [(p, share(plan, p, kind)) for p in own]
    if not any(s for _, s in counted):
        return None
    days = {d for p in own for d in days_of(p.period) if p.level != 1 or p.first <= d <= p.last}
    left = [
        d
        for d in days_of(interval)
        if d not in days and employed(plan, payee, d) and _member(plan, payee, d)
    ]
    if left:
        return None
    return sum((_stage(plan, p.amount * s, kind) for p, s in counted), ZERO)


def _stage(plan: PlanReading, value: Fraction, kind: str) -> Fraction:
    return plan.round("quota", value) if kind == "quota" else value


# -- what is stated, and what mechanics make of it ------------------------------------------------------
def planned(plan: PlanReading, kind: str, interval: Span) -> list[Part]:
    """Every part for the year of an interval after the plan's quota mechanics, before proration."""
    key = "planned", kind, span(interval.first, "year")
    if key not in plan.known:
        plan.known[key] = _planned(plan, kind, interval)
    return list(plan.known[key])


def _planned(plan: PlanReading, kind: str, interval: Span) -> list[Part]:
    parts: list[Part] = []
    tables = plan.tables
    if kind == "quota":
        for r in tables.get("quotas", []):
            value, unit = amount(r["quota"])
            ramp = percent(r["ramp"]) if r.get("ramp") else 1
            parts.append(Part(r["payee"], labelled(r["period"]), value * ramp, unit, r.get("measure", "")))
        for r in tables.get("territory_quotas", []):
            value, unit = amount(r["quota"])
            more = amount(r["adjustment"])[0] if r.get("adjustment") else ZERO
            parts.append(
                Part(r["territory"], labelled(r["period"]), value + more, unit, r.get("measure", ""))
            )
    year = span(interval.first, "year")
    for r in tables.get("plan_assignments", []):
        if r["plan"] != plan.name or not r.get(kind):
            continue
        value, unit = amount(r[kind])
        first, last = day_of(r["from"]), day_of(r["to"]) if r.get("to") else date.max
        for period in spans(year.first, year.last, r["period"]):
            if first <= period.last and last >= period.first:
                parts.append(Part(r["payee"], period, value, unit, "", 1, first, last))
    for entry in plan.doc.get("quota", []):
        name, params = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        parts = found("quota", name)(plan, parts, params, kind)
    return parts


def is_payee(plan: PlanReading, holder: str) -> bool:
    return any(r["payee"] == holder for r in plan.tables.get("payees", []))


# -- which part counts ----------------------------------------------------------------------------------
@cache
def days_of(period: Span) -> list[date]:
    return [period.first + DAY * i for i in range((period.last - period.first).days + 1)]


def employed(plan: PlanReading, payee: str, day: date) -> bool:
    key = "employed", payee, day
    if key not in plan.known:
        plan.known[key] = _employed(plan, payee, day)
    return bool(plan.known[key])


def _employed(plan: PlanReading, payee: str, day: date) -> bool:
    person = next((r for r in plan.tables.get("payees", []) if r["payee"] == payee), {})
    marks = [(day_of(person["hired"]), 0)] if person.get("hired") else []
    marks += [(day_of(person["left"]), 1)] if person.get("left") else []
    for e in plan.tables.get("employment_events", []):
        if e["payee"] == payee and e["event"] in ("hire", "termination"):
            marks.append((day_of(e["from"]), int(e["event"] == "termination")))
    # The last that happened: a hire on this day or before, or an end before this day.
    before = [(d, end) for d, end in sorted(marks) if d <= day and not (end and d == day)]
    if before:
        return before[-1][1] == 0
    return not marks or sorted(marks)[0][1] == 1


def _member(plan: PlanReading, payee: str, day: date) -> bool:
    key = "member", payee, day
    if key not in plan.known:
        plan.known[key] = _on_plan(plan, payee, day)
    return bool(plan.known[key])


def _on_plan(plan: PlanReading, payee: str, day: date) -> bool:
    if plan.doc.get("eligible", "assigned") != "assigned":
        return plan.eligible(payee, day)
    mine = [
        a for a in plan.tables.get("plan_assignments", []) if a["payee"] == payee and a["plan"] == plan.name
    ]
    return not mine or any(
        day_of(a["from"]) <= day and (not a.get("to") or day <= day_of(a["to"])) for a in mine
    )


def hired_by(plan: PlanReading, payee: str, day: date) -> date | None:
    """The last hire up to a day."""
    stated = [r["hired"] for r in plan.tables.get("payees", []) if r["payee"] == payee and r.get("hired")]
    stated += [
        e["from"]
        for e in plan.tables.get("employment_events", [])
        if e["payee"] == payee and e["event"] == "hire"
    ]
    return max((d for d in map(day_of, stated) if d <= day), default=None)


def leaves(plan: PlanReading, payee: str) -> list[tuple[date, date, str]]:
    mine = [e for e in plan.tables.get("employment_events", []) if e["payee"] == payee]
    out = []
    for e in mine:
        if e["event"] != "leave":
            continue
        first = day_of(e["from"])
        back = [day_of(r["from"]) for r in mine if r["event"] == "return" and day_of(r["from"]) >= first]
        last = (
            day_of(e["to"]) if e.get("to") else min(back, default=date.max) - (DAY if back else timedelta(0))
        )
        out.append((first, last, e.get("value", "")))
    return out


def on_leave(plan: PlanReading, payee: str, day: date) -> bool:
    return any(a <= day <= b for a, b, _ in leaves(plan, payee))


def counts(plan: PlanReading, payee: str, day: date) -> bool:
    """Whether a credit of this day counts."""
    if plan.conv.get("credit.outside_employment") == "doesn't count" and not employed(plan, payee, day):
        return False
    return not (plan.conv.get("leave.credits") == "doesn't count" and on_leave(plan, payee, day))


def _leavedays(plan: PlanReading, payee: str, period: Span) -> set[date]:
    """The days of leave that change something in a period."""
    found_ = leaves(plan, payee)
    rules = [
        e["leave threshold"]
        for e in plan.doc.get("quota", [])
        if isinstance(e, dict) and "leave threshold" in e
    ]
    out: set[date] = set()
    for one in found_:
        good = True
        for rule in rules:
            kinds = rule.get("kinds of leave") or [kind for _, _, kind in found_]
            alike = [x for x in found_ if x[2] in kinds]
            group = alike if rule["leaves"] == "added up" else [one]
            good = good and one[2] in kinds
            year = span(period.first, "year")
            days = [d for d in days_of(year) if any(a <= d <= b for a, b, _ in group)]
            if rule["of"] == "work days":
                days = [d for d in days if _works(plan, d)]
            good = good and len(days) > int(rule["more than"])
        if good:
            out |= {d for d in days_of(period) if one[0] <= d <= one[1]}
    return out


def _works(plan: PlanReading, day: date) -> bool:
    return day.weekday() < 5 and str(day) not in [h["date"] for h in plan.tables.get("holidays", [])]


def share(plan: PlanReading, part: Part, kind: str) -> Fraction:
    """Which part of an amount counts."""
    key = "share", part.holder, part.period, part.first, part.last, kind
    if key not in plan.known:
        plan.known[key] = _share(plan, part, kind)
    return Fraction(plan.known[key])


def _share(plan: PlanReading, part: Part, kind: str) -> Fraction:
    days = days_of(part.period)
    if not is_payee(plan, part.holder):
        return Fraction(1)
    there = [
        d
        for d in days
        if employed(plan, part.holder, d) and _member(plan, part.holder, d) and part.first <= d <= part.last
    ]
    if not there:
        return ZERO
    for entry in plan.doc.get("quota", []):
        if isinstance(entry, dict) and "minimum service" in entry:
            rule = entry["minimum service"]
            if rule["in"] == "period":
                served = sum(employed(plan, part.holder, d) for d in days)
            else:
                served, day = 0, max(d for d in days if employed(plan, part.holder, d))
                while served < int(rule["days"]) and employed(plan, part.holder, day):
                    served, day = served + 1, day - DAY
            if served < int(rule["days"]):
                return ZERO
    shrinks = plan.conv["proration.of"] in (
        "quota and target",
        "quota only" if kind == "quota" else "target only",
    )
    active = there if shrinks else days
    if plan.conv["leave.quota" if kind == "quota" else "leave.target"] == "days excluded":
        away = _leavedays(plan, part.holder, part.period)
        active = [d for d in active if d not in away]
    if len(active) == len(days):
        return Fraction(1)
    if not active:
        return ZERO
    value = min(_ratio(plan, part, active, days), Fraction(1))
    decimals = plan.conv["proration.factor_decimals"]
    return value if decimals == "exact" else rounded(value, "half up", int(decimals))


def _ratio(plan: PlanReading, part: Part, active: list[date], days: list[date]) -> Fraction:
    basis = plan.conv["proration.basis"]
    if basis == "months":
        months = spans(days[0], days[-1], "month")
        return sum((_month(plan, m, active) for m in months), ZERO) / len(months)
    worth: Any = (lambda d: Fraction(_works(plan, d))) if basis == "work days" else (lambda d: Fraction(1))
    count = sum((worth(d) for d in active), ZERO)
    if basis == "30/360":
        count, worth = _by_thirties(active), lambda d: _by_thirties([d])
    if basis == "hours":
        worth = lambda d: hours_on(plan, part.holder, d)  # noqa: E731
        count = sum((worth(d) for d in active), ZERO)
    start = plan.conv["proration.start_day_counts"]
    if start == "no" or (start == "only on the first day of the period" and active[0] != days[0]):
        count -= worth(active[0])
    if plan.conv["proration.end_day_counts"] == "no" and active[-1] != days[-1]:
        count -= worth(active[-1])
    twelfths = months_of(part.period)
    year = (date(days[0].year + 1, 1, 1) - date(days[0].year, 1, 1)).days
    whole = {
        "calendar days": Fraction(len(days)),
        "work days": sum((worth(d) for d in days), ZERO),
        "days of the year": Fraction(year * twelfths, 12),
        "365 days": Fraction(365 * twelfths, 12),
        "360 days": Fraction(360 * twelfths, 12),
        "30/360": Fraction(360 * twelfths, 12),
        "hours": sum((worth(d) for d in days), ZERO),
    }[basis]
    return max(count, ZERO) / whole if whole else ZERO


def hours_on(plan: PlanReading, payee: str, day: date) -> Fraction:
    """The scheduled hours of a day: by one's own schedule, before it begins by the company's; none on a holiday."""
    if str(day) in [h["date"] for h in plan.tables.get("holidays", [])]:
        return ZERO
    for whose in (payee, ""):
        mine = [
            r
            for r in plan.tables.get("work_schedules", [])
            if r.get("payee", "") == whose and day_of(r["from"]) <= day
        ]
        if mine:
            last = max(mine, key=lambda r: r["from"])
            named = [d.strip() for d in (last.get("days") or "Mon, Tue, Wed, Thu, Fri").split(",")]
            return number(last["hours per week"]) / len(named) if WEEK[day.weekday()] in named else ZERO
    return ZERO


def months_of(period: Span) -> int:
    cadence = next(c for c in MONTHS if span(period.first, c) == period)
    return MONTHS[cadence]


def _month(plan: PlanReading, month: Span, active: list[date]) -> Fraction:
    days = days_of(month)
    mine = [d for d in active if month.first <= d <= month.last]
    if not mine or len(mine) == len(days):
        return Fraction(bool(mine))
    rule = plan.conv["proration.partial_month"]
    if rule == "cut-off day":
        day = next(
            int(e["proration"]["cut off day"])
            for e in plan.doc["quota"]
            if isinstance(e, dict) and "proration" in e
        )
        return Fraction(days[min(day, len(days)) - 1] in mine)
    return {"whole": Fraction(1), "none": ZERO, "by days": Fraction(len(mine), len(days))}[rule]


def _by_thirties(active: list[date]) -> Fraction:
    """Each run of days, from its first day to the day after its last, where every month has 30 days."""
    total, i = 0, 0
    while i < len(active):
        j = i
        while j + 1 < len(active) and active[j + 1] == active[j] + DAY:
            j += 1
        a, b = active[i], active[j] + DAY
        total += 360 * (b.year - a.year) + 30 * (b.month - a.month) + min(b.day, 30) - min(a.day, 30)
        i = j + 1
    return Fraction(total)
