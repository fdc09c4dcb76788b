"""The oracle of people and quotas: day by day, one payee at a time, in Fractions.

Written from the sentences in which the conventions and the quota mechanics state their meaning.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from reference_engine.tests.oracle_found import found
from reference_engine.tests.oracle_records import (
    MONTHS,
    ZERO,
    Doc,
    Row,
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


@dataclass(frozen=True)
class Part:
    """What is expected of a holder in a period.  level: 0 for tables of quotas, 1 for assignments.  first, last: its days."""

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
    for level in (0, 1):
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
    days = {d for p in own for d in _days(p.period) if p.level == 0 or p.first <= d <= p.last}
    left = [
        d for d in _days(interval) if d not in days and _employed(plan, payee, d) and _member(plan, payee, d)
    ]
    if left:
        return None
    return sum((_stage(plan, p.amount * s, kind) for p, s in counted), ZERO)


def _stage(plan: PlanReading, value: Fraction, kind: str) -> Fraction:
    return plan.round("quota", value) if kind == "quota" else value


# -- what is stated, and what mechanics make of it ------------------------------------------------------
def planned(plan: PlanReading, kind: str, interval: Span) -> list[Part]:
    """Every part for the year of an interval after the plan's quota mechanics, before proration."""
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
        for period in spans(year.first, max(year.last, interval.last), r["period"]):
            if first <= period.last and last >= period.first:
                parts.append(Part(r["payee"], period, value, unit, "", 1, first, last))
    for entry in plan.doc.get("quota", []):
        name, params = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
        parts = found("quota", name)(plan, parts, params, kind)
    return parts


def _of(params: Doc, kind: str) -> bool:
    return params.get("of", "quota") in (kind, "both")


def _is_payee(plan: PlanReading, holder: str) -> bool:
    return any(r["payee"] == holder for r in plan.tables.get("payees", []))


def quota_proration(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    return parts


def quota_minimum_service(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    return parts


def quota_leave_threshold(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    return parts


def quota_growth(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    if not params.get("of"):
        factor = 1 + percent(params["by"]) if "by" in params else percent(params["scale"])
        return [replace(p, amount=p.amount * factor) for p in parts]
    values = {
        (r["holder"], r.get("period", "")): amount(r["value"])
        for r in plan.tables["quota_metrics"]
        if r["metric"] == params["of"]
    }
    out = list(parts)
    for (holder, period), (value, unit) in values.items():
        if period != params["over"]:
            continue
        if "by" in params:
            factor = 1 + percent(params["by"])
        elif "scale" in params:
            factor = percent(params["scale"])
        else:
            factor = values[holder, params["measured to"]][0] / values[holder, params["measured from"]][0]
        out.append(Part(holder, labelled(params["for"]), value * factor, unit))
    return out


def quota_bottom_up(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    grow, relief = percent(params["growth"]), percent(params["attrition relief"])
    factor = 1 + grow - relief if plan.conv["quota.relief"] == "added" else 1 + grow - (1 + grow) * relief
    return [replace(p, amount=p.amount * factor) for p in parts]


def quota_over_assignment(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    more = 1 + percent(params["by"])
    return [replace(p, amount=p.amount * more) if _is_payee(plan, p.holder) else p for p in parts]


def quota_distribution(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if not _of(params, kind):
        return parts
    out: list[Part] = []
    for p in parts:
        pieces = spans(p.period.first, p.period.last, params["per"])
        if len(pieces) < 2:
            out.append(p)
            continue
        weights = (
            [percent(w) for w in params["weights"]]
            if params.get("weights")
            else [Fraction(1, len(pieces))] * len(pieces)
        )
        if len(weights) != len(pieces):
            year = spans(date(p.period.first.year, 1, 1), date(p.period.first.year, 12, 31), params["per"])
            weights = [weights[year.index(x)] for x in pieces]
            weights = [w / sum(weights) for w in weights]
        unit = amount(params["round to"])[0] if params.get("round to") else None
        least = amount(params["last at least"])[0] if params.get("last at least") else ZERO
        residue = plan.conv.get("quota.residue", "nobody")
        for piece, value in zip(pieces, parted(p.amount, weights, unit, residue, least), strict=True):
            out.append(replace(p, period=piece, amount=value))
    return out


def parted(
    whole: Fraction, shares: list[Fraction], unit: Fraction | None, residue: str, least: Fraction = ZERO
) -> list[Fraction]:
    """An amount in whole units by shares; what is left over goes where the plan says."""
    raw = [whole * s for s in shares]
    if unit is None:
        return raw
    if residue.startswith("largest remainder"):
        parts = [rounded(r / unit, "down", 0) * unit for r in raw]
        step = unit if whole >= 0 else -unit
        order = sorted(
            range(len(raw)), key=lambda i: (-abs(raw[i] - parts[i]), -i if "later" in residue else i)
        )
        for i in order[: abs(int(rounded((whole - sum(parts)) / unit, "half up", 0)))]:
            parts[i] += step
    else:
        parts = [rounded(r / unit, "half up", 0) * unit for r in raw]
    if whole > 0:
        parts[-1] = max(parts[-1], least)
    if residue != "nobody":
        takes = {"first": 0, "last": len(parts) - 1}.get(residue, shares.index(max(shares)))
        parts[takes] += whole - sum(parts)
    return parts


def quota_ramp(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if not _of(params, kind):
        return parts
    people = {r["payee"]: r for r in plan.tables.get("payees", [])}
    out: list[Part] = []
    for p in parts:
        hired = [day_of(people[p.holder]["hired"])] if people.get(p.holder, {}).get("hired") else []
        hired += [
            day_of(e["from"])
            for e in plan.tables.get("employment_events", [])
            if e["payee"] == p.holder and e["event"] == "hire"
        ]
        hired = [d for d in hired if d <= p.period.last]
        if not hired:
            out.append(p)
            continue
        start = max(hired)
        months = [m for m in spans(p.period.first, p.period.last, "month") if m.last >= start]
        total = ZERO
        for m in months:
            since = (m.first.year - start.year) * 12 + m.first.month - start.month
            if plan.conv["ramp.first_month"] == "first full month" and start.day > 1 and since > 0:
                since -= 1
            step = since // 3 if params.get("each") == "quarter" else since
            total += percent(params["shares"][step]) if step < len(params["shares"]) else 1
        out.append(replace(p, amount=p.amount * total / len(months)))
    return out


# -- the tree -------------------------------------------------------------------------------------------
def quota_top_down(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    rows = plan.tables["quota_allocations"]
    out = list(parts)
    level = {r["parent"]: _depth(rows, r["parent"]) for r in rows}
    for parent in sorted(level, key=lambda n: level[n]):
        below = [r for r in rows if r["parent"] == parent]
        more = params.get("over assignment", [])
        factor = 1 + (percent(more[level[parent]]) if level[parent] < len(more) else ZERO)
        shares = _shares(plan, [r["child"] for r in below], below, params)
        for top in [p for p in out if p.holder == parent]:
            unit = amount(params["round to"])[0] if params.get("round to") else None
            values = parted(top.amount * factor, shares, unit, plan.conv.get("quota.residue", "nobody"))
            for r, value in zip(below, values, strict=True):
                if not any(
                    (p.holder, p.period, p.measure) == (r["child"], top.period, top.measure) for p in out
                ):
                    out.append(Part(r["child"], top.period, value, top.unit, top.measure))
    return out


def _depth(rows: list[Row], name: str) -> int:
    above = next((r["parent"] for r in rows if r["child"] == name), None)
    return 0 if above is None else 1 + _depth(rows, above)


def _shares(plan: PlanReading, names: list[str], below: list[Row], params: Doc) -> list[Fraction]:
    if params["split"] == "evenly":
        return [Fraction(1, len(names))] * len(names)
    if params["split"] == "shares":
        return [percent(r["share"]) for r in below]
    return _by_metrics(plan, names, params["metrics"])


def _by_metrics(plan: PlanReading, names: list[str], metrics: list[Doc]) -> list[Fraction]:
    out = [ZERO] * len(names)
    for m in metrics:
        values = {
            r["holder"]: amount(r["value"])[0]
            for r in plan.tables["quota_metrics"]
            if r["metric"] == m["metric"]
        }
        total = sum(values[n] for n in names)
        out = [o + percent(m["weight"]) * values[n] / total for o, n in zip(out, names, strict=True)]
    return out


def quota_spread(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    rows = plan.tables["quota_allocations"]
    out = list(parts)
    for parent in sorted({r["parent"] for r in rows}, key=lambda n: _depth(rows, n)):
        below = [r["child"] for r in rows if r["parent"] == parent]
        for top in [p for p in out if p.holder == parent]:
            mine = [i for i, p in enumerate(out) if p.holder in below and p.period == top.period]
            mine.sort(key=lambda i: below.index(out[i].holder))
            names = [out[i].holder for i in mine]
            if not mine:
                continue
            shares = (
                _by_metrics(plan, names, [{"metric": params["by"], "weight": "100%"}])
                if params.get("by")
                else [Fraction(1, len(names))] * len(names)
            )
            own = [ZERO if params["of"] == "full amount" else out[i].amount for i in mine]
            rest = out[out.index(top)].amount - sum(own)
            for i, before, s in zip(mine, own, shares, strict=True):
                out[i] = replace(out[i], amount=before + rest * s)
    return out


def quota_roll_up(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    if params["over"] == "managers":
        below: dict[str, list[str]] = {}
        for r in plan.tables["payees"]:
            if r.get("manager"):
                below.setdefault(r["manager"], []).append(r["payee"])
    else:
        below = {r["parent"]: [] for r in plan.tables["quota_allocations"]}
        for r in plan.tables["quota_allocations"]:
            below[r["parent"]].append(r["child"])
    less = 1 - percent(params.get("reduction", "0%"))
    out = list(parts)
    for period in dict.fromkeys(p.period for p in parts):

        def total(name: str, period: Span = period) -> Fraction | None:
            own = [p.amount for p in parts if p.holder == name and p.period == period]
            if name in below and (not own or params["stated"] == "is replaced"):
                values = [v for c in below[name] if (v := total(c)) is not None]
                return sum(values, ZERO) * less if values else None
            return sum(own, ZERO) if own else None

        for parent in below:
            value = total(parent)
            mine = [i for i, p in enumerate(out) if p.holder == parent and p.period == period]
            if value is not None and mine:
                out[mine[0]] = replace(out[mine[0]], amount=value)
            elif value is not None:
                out.append(Part(parent, period, value, next(p.unit for p in parts)))
    return out


def quota_seller_quota(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    out = list(parts)
    for r in plan.tables["seller_quotas"]:
        first = day_of(r["from"]) if r.get("from") else date.min
        last = day_of(r["to"]) if r.get("to") else date.max
        ramp = percent(r["ramp"]) if r.get("ramp") else Fraction(1)
        own = amount(r["adjustment"])[0] if r.get("adjustment") else ZERO
        for p in parts:
            if p.holder != r["territory"] or first > p.period.last or last < p.period.first:
                continue
            carried = p.amount * percent(r["share"])
            value = (
                carried * ramp + own
                if plan.conv["quota.seller_order"].startswith("ramp")
                else (carried + own) * ramp
            )
            out.append(Part(r["payee"], p.period, value, p.unit, p.measure, 0, first, last))
    return out


def quota_relief(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    out = []
    for p in parts:
        row = next(
            (
                r
                for r in plan.tables["territory_changes"]
                if r["holder"] == p.holder and labelled(r["period"]) == p.period
            ),
            None,
        )
        if row is None:
            out.append(p)
            continue
        before, after, least = number(row["before"]), number(row["after"]), percent(params["material from"])
        change = (after - before) / before
        if (
            abs(change) < least
            or (change < 0 and params["of"] == "gains")
            or (change > 0 and params["of"] == "losses")
        ):
            out.append(p)
            continue
        if params["change"] == "what is above":
            change = (abs(change) - least) * (1 if change > 0 else -1)
        out.append(replace(p, amount=p.amount * max(1 + change, percent(params.get("keeps at least", "0%")))))
    return out


def quota_account_quotas(plan: PlanReading, parts: list[Part], params: Doc, kind: str) -> list[Part]:
    if kind != "quota":
        return parts
    totals: dict[tuple[str, Span], tuple[Fraction, str]] = {}
    for r in plan.tables["account_quotas"]:
        value, unit = amount(r["quota"])
        period = labelled(r["period"])
        days = _days(period)
        for day in days:
            asked = period.first if plan.conv["quota.account_move"] == "stays" else day
            home = next(a["territory"] for a in plan.tables["accounts"] if a["account"] == r["account"])
            moves = [
                (day_of(m["from"]), m["territory"])
                for m in plan.tables.get("account_moves", [])
                if m["account"] == r["account"] and day_of(m["from"]) <= asked
            ]
            where = max(moves)[1] if moves else home
            so_far = totals.get((where, period), (ZERO, unit))[0]
            totals[where, period] = so_far + value / len(days), unit
    return [*parts, *(Part(t, period, value, unit) for (t, period), (value, unit) in totals.items())]


# -- which part counts ----------------------------------------------------------------------------------
@cache
def _days(period: Span) -> list[date]:
    return [period.first + DAY * i for i in range((period.last - period.first).days + 1)]


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
    if plan.doc.get("eligible", "assigned") != "assigned":
        return plan.eligible(payee, day)
    mine = [
        a for a in plan.tables.get("plan_assignments", []) if a["payee"] == payee and a["plan"] == plan.name
    ]
    return not mine or any(
        day_of(a["from"]) <= day and (not a.get("to") or day <= day_of(a["to"])) for a in mine
    )


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
    if plan.conv.get("credit.outside_employment") == "doesn't count" and not _employed(plan, payee, day):
        return False
    return not (plan.conv.get("leave.credits") == "doesn't count" and on_leave(plan, payee, day))


def _leave_days(plan: PlanReading, payee: str, period: Span) -> set[date]:
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
            group = found_ if rule["leaves"] == "added up" else [one]
            year = span(period.first, "year")
            days = [d for d in _days(year) if any(a <= d <= b for a, b, _ in group)]
            if rule["of"] == "work days":
                days = [d for d in days if _works(plan, d)]
            good = good and len(days) > int(rule["more than"])
        if good:
            out |= {d for d in _days(period) if one[0] <= d <= one[1]}
    return out


def _works(plan: PlanReading, day: date) -> bool:
    return day.weekday() < 5 and str(day) not in [h["date"] for h in plan.tables.get("holidays", [])]


def share(plan: PlanReading, part: Part, kind: str) -> Fraction:
    """Which part of an amount counts."""
    days = _days(part.period)
    if not _is_payee(plan, part.holder):
        return Fraction(1)
    there = [
        d
        for d in days
        if _employed(plan, part.holder, d) and _member(plan, part.holder, d) and part.first <= d <= part.last
    ]
    if not there:
        return ZERO
    for entry in plan.doc.get("quota", []):
        if isinstance(entry, dict) and "minimum service" in entry:
            rule = entry["minimum service"]
            if rule["in"] == "period":
                served = sum(_employed(plan, part.holder, d) for d in days)
            else:
                served, day = 0, max(d for d in days if _employed(plan, part.holder, d))
                while served < int(rule["days"]) and _employed(plan, part.holder, day):
                    served, day = served + 1, day - DAY
            if served < int(rule["days"]):
                return ZERO
    shrinks = plan.conv["proration.of"] in (
        "quota and target",
        "quota only" if kind == "quota" else "target only",
    )
    active = there if shrinks else days
    if plan.conv["leave.quota" if kind == "quota" else "leave.target"] == "days excluded":
        away = _leave_days(plan, part.holder, part.period)
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
    start = plan.conv["proration.start_day_counts"]
    if start == "no" or (start == "only on the first day of the period" and active[0] != days[0]):
        count -= worth(active[0])
    if plan.conv["proration.end_day_counts"] == "no" and active[-1] != days[-1]:
        count -= worth(active[-1])
    twelfths = _months_of(part.period)
    year = (date(days[0].year + 1, 1, 1) - date(days[0].year, 1, 1)).days
    whole = {
        "calendar days": Fraction(len(days)),
        "work days": sum((worth(d) for d in days), ZERO),
        "days of the year": Fraction(year * twelfths, 12),
        "365 days": Fraction(365 * twelfths, 12),
        "360 days": Fraction(360 * twelfths, 12),
        "30/360": Fraction(360 * twelfths, 12),
    }[basis]
    return max(count, ZERO) / whole


def _months_of(period: Span) -> int:
    cadence = next(c for c in MONTHS if span(period.first, c) == period)
    return MONTHS[cadence]


def _month(plan: PlanReading, month: Span, active: list[date]) -> Fraction:
    days = _days(month)
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
