"""The oracle of quotas that are planned from other things: salaries, accounts, teams, defaults, and what runs on after a move.

Written from the sentences in which the mechanics state their meaning, day by day and one payee at a time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.tests.oracle_crediting import person_on
from reference_engine.tests.oracle_people import (
    DAY,
    YEAR,
    Part,
    amount,
    days_of,
    employed,
    hired_by,
    is_payee,
    leaves,
    months_of,
)
from reference_engine.tests.oracle_records import (
    MONTHS,
    ZERO,
    Doc,
    Span,
    day_of,
    labelled,
    percent,
    rounded,
    span,
    spans,
)

if TYPE_CHECKING:
    from reference_engine.tests.oracle_plan import PlanReading


def quota_default_quota(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    """One's own, else that of the role, else that of the plan."""
    if params.get("of", "quota") != kind:
        return parts
    if plan.conv["quota.explicit_zero"] == "falls through":
        parts = [p for p in parts if p.amount or p.level == 2 or not is_payee(plan, p.holder)]
    out = list(parts)
    for period in spans(YEAR.first, YEAR.last, params["per"]):
        for person in plan.tables["payees"]:
            role = person_on(plan.tables, person["payee"], "role", period.last)
            stated = {d.get("role", ""): d["amount"] for d in params["quotas"]}
            text = stated.get(role) or stated.get("")
            if text:
                value, unit = amount(text)
                out.append(Part(person["payee"], period, value, unit, "", 2))
    return out


def quota_salary_target(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "target incentive":
        return parts
    out = list(parts)
    for payee in dict.fromkeys(r["payee"] for r in plan.tables["salaries"]):
        rates = sorted(
            (day_of(r["from"]), *amount(r["salary"])) for r in plan.tables["salaries"] if r["payee"] == payee
        )

        def rate(day: date, rates: list[tuple[date, Fraction, str]] = rates) -> Fraction:
            return next(value for first, value, _ in reversed(rates) if first <= day)

        away = {d for d in days_of(YEAR) if any(a <= d <= b for a, b, _ in leaves(plan, payee))}
        for period in spans(YEAR.first, YEAR.last, params["per"]):
            there = [d for d in days_of(period) if employed(plan, payee, d) and d >= rates[0][0]]
            if not there:
                continue
            over = params.get("actual earnings from leave over")
            if over is not None and len(away) > int(over):
                # Nothing is earned on leave; by the year it is what every employed day has earned on average.
                counted = [ZERO if d in away else rate(d) for d in there]
            elif params["salary"] == "at the end":
                counted = [rate(there[-1])]
            elif params["salary"] == "at the start":
                counted = [rate(there[0])]
            elif params["salary"] == "average by day":
                counted = [rate(d) for d in there]
            else:
                ends = [m.last for m in spans(period.first, period.last, "month") if m.last in there]
                counted = [rate(d) for d in ends or there[-1:]]
            salary = sum(counted, ZERO) / len(counted) * months_of(period) / 12
            out.append(Part(payee, period, percent(params["share"]) * salary, rates[0][2], "", 2))
    return out


def quota_transfer_overlap(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    """The old quota counts up to its last day and so many days more, in whichever periods these lie."""
    if kind != "quota" or not int(params["days"]):
        return parts
    out: list[Part] = []
    for p in parts:
        if p.last == date.max:
            out.append(p)
            continue
        until = p.last + DAY * int(params["days"])
        out.append(replace(p, last=until))
        if not p.period.first <= p.last <= p.period.last:
            continue
        cadence = next(c for c in MONTHS if span(p.period.first, c) == p.period)
        following = span(p.period.last + DAY, cadence)
        while following.first <= until:
            out.append(replace(p, period=following, last=until))
            following = span(following.last + DAY, cadence)
    return out


def quota_potential(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    totals: dict[str, Fraction] = {}
    unit = amount(params["powers"][0]["buys"])[1]
    for account in plan.tables["accounts"]:
        buys = next(p["buys"] for p in params["powers"] if p["is"] == account[params["by"]])
        totals[account["territory"]] = totals.get(account["territory"], ZERO) + amount(buys)[0]
    share = percent(params.get("share", "100%"))
    return [*parts, *(Part(t, labelled(params["for"]), v * share, unit) for t, v in totals.items())]


def quota_capacity(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    """What ramped payees usually reach of their quotas, and a share of the quotas of the others."""
    if kind != "quota":
        return parts
    totals: dict[tuple[Span, str, str], Fraction] = {}
    for p in parts:
        if not is_payee(plan, p.holder):
            continue
        if (
            params.get("roles")
            and person_on(plan.tables, p.holder, "role", p.period.last) not in params["roles"]
        ):
            continue
        if not any(employed(plan, p.holder, d) for d in days_of(p.period)):
            continue
        hired = hired_by(plan, p.holder, p.period.last)
        ramped = hired is None or _later(hired, int(params["ramp months"])) <= p.period.first
        factor = percent(params["attainment" if ramped else "while ramping"])
        key = p.period, p.unit, p.measure
        totals[key] = totals.get(key, ZERO) + p.amount * factor
    return [*parts, *(Part(params["of"], period, v, unit, m) for (period, unit, m), v in totals.items())]


def _later(day: date, months: int) -> date:
    """The same day some months later; the first of the month after where that month is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1)


def quota_head_count(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    each = amount(params["quota"])[0]
    out = list(parts)
    for p in parts:
        if p.holder == params["of"]:
            count = p.amount / each
            if params["rounded"] != "not":
                count = rounded(count, {"half up": "half up", "up": "away from zero"}[params["rounded"]], 0)
            out.append(Part(f"head count of {params['of']}", p.period, count, "", "head count"))
    return out
