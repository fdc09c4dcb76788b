"""The oracle's rates of single records, and what a percentage of the target incentive earns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from reference_engine.tests import oracle_people
from reference_engine.tests.oracle_lines import Line, rated
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.oracle_records import (
    TRAITS,
    ZERO,
    Doc,
    Row,
    Span,
    bound,
    day_of,
    money,
    number,
    percent,
    rounded,
    span,
)
from reference_engine.tests.oracle_tiers import (
    interval_of,
    less_earned,
    table,
)


def field(x: Line, name: str) -> str:
    assert x.event
    return str(dict(x.event.traits).get(name, ""))


def holds(x: Line, condition: str) -> bool:
    """A condition of the random worlds: a column, >= or =, and a value."""
    if " >= " in condition:
        name, value = condition.split(" >= ")
        return number(field(x, name)) >= number(value)
    name, value = condition.split(" = ")
    return field(x, name) == value.strip('"')


# -- lookup and brackets ----------------------------------------------------------------------------------
def earn_lookup(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    rules: list[Row] = list(params["rules"])
    reading = plan.conv["lookup.precedence"]
    if reading == "most specific":
        rules.sort(
            key=lambda r: next((i for i, n in enumerate(TRAITS) if n in r), len(TRAITS) + ("when" not in r))
        )
    elif reading != "first match":
        turn = -1 if reading == "highest rate" else 1
        rules.sort(key=lambda r: turn * percent(r["rate"]))
    closed = {d["deal"]: day_of(d["closed"]) for d in plan.tables.get("deals", [])}

    def matches(rule: Row, x: Line) -> bool:
        assert x.event
        if "from" in rule or "to" in rule:
            day = {
                "record date": x.event.day,
                "deal date": closed.get(x.event.deal, x.event.day),
                "period end": x.period.last,
            }[plan.conv["rate.date"]]
            if not day_of(rule.get("from", "0001-01-01")) <= day <= day_of(rule.get("to", "9999-12-31")):
                return False
        if "when" in rule and not holds(x, rule["when"]):
            return False
        traits = dict(x.event.traits)
        return all(traits.get(n, "") in [v.strip() for v in rule[n].split(",")] for n in TRAITS if n in rule)

    out: list[Line] = []
    for x in lines:
        found = next((r for r in rules if matches(r, x)), None)
        if found is None:
            out.append(x)
        elif "rate" in found:
            out.append(rated(x, percent(found["rate"])))
        else:
            # A fixed amount is taken back where the base is below zero.
            turn = -x.sign if x.base < 0 else x.sign
            out.append(replace(x, amount=money(found["pays"])[0] * x.share * turn))
    return out


def earn_brackets(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    steps = table(plan, params["tiers"], params.get("reached", ""))
    out: list[Line] = []
    for x in lines:
        value = number(field(x, params["by"])) if "by" in params else x.base
        at = [i for i, s in enumerate(steps) if s.reached(value, Fraction(1))]
        top = steps[-1].high
        if not at or (top is not None and value > top):
            out.append(replace(x, amount=ZERO, currency=steps[0].unit or x.currency))
            continue
        step = steps[at[-1]]
        if step.kind == "pays":
            turn = -x.sign if x.base < 0 else x.sign
            out.append(replace(x, amount=step.pays * x.share * turn, currency=step.unit))
        elif step.kind == "times":
            out.append(replace(x, amount=x.amount * step.pays))
        else:
            out.append(replace(rated(x, step.pays), currency=step.unit or x.currency))
    return out


# -- units and records ------------------------------------------------------------------------------------
def earn_per_unit(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    amount, unit = money(params["amount"])
    least = number(params["at least"]) if "at least" in params else None
    return [
        replace(
            x,
            currency=unit,
            amount=ZERO if least is not None and x.base < least else x.base * x.sign * amount * x.share,
        )
        for x in lines
    ]


def earn_per_record(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    amount, unit = money(params["amount"])
    out: list[Line] = []
    for x in lines:
        assert x.event
        sign = x.event.sign if x.event.sign > 0 or params["for returns"] == "take back" else 0
        # Whatever else is divided after the rate, a fixed amount is whole, or divided once.
        after = plan.conv.get("split.when") == "after rate" and x.credit.type == "direct"
        earned = x.share / x.credit.share if after else x.share
        portion = x.credit.share if params.get("split") == "by share" else Fraction(1)
        out.append(replace(x, currency=unit, amount=amount * sign * earned * portion))
    return out


def earn_for_every(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    if "pays" in params:
        each, unit = money(params["pays"])
    else:
        worth, unit = money(params["worth"])
        each = worth * number(params["free units"])
    every = bound(params["every"])

    def multiples(value: Fraction) -> Fraction:
        return rounded(value / every, "down", 0)

    if plan.conv["tier.accumulate"] == "none":
        return [
            replace(
                x,
                currency=unit,
                amount=multiples(x.base) * each * x.sign,
                label=f"for every {params['every']}",
            )
            for x in lines
        ]
    return totals(
        plan, lines, part, unit, f"for every {params['every']}", lambda total: multiples(total) * each
    )


def totals(
    plan: PlanReading,
    lines: list[Line],
    part: Doc,
    unit: str,
    label: str,
    due: Callable[[Fraction], Fraction],
) -> list[Line]:
    """What is due on the total of an interval up to each period, less what was earned before."""
    counts: dict[Span, Fraction] = defaultdict(Fraction)

    def periods() -> list[tuple[Span, Span, list[tuple[str, Fraction]]]]:
        out = []
        for period in plan.timeline:
            interval = interval_of(plan, period)
            counts[interval] += sum((x.counts for x in lines if x.period == period), ZERO)
            out.append((period, interval, [(label, due(counts[interval]))]))
        return out

    return less_earned(plan, part, unit, iter(periods()))


def earn_ship_and_debit(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    costs = {p["product"]: p["unit cost"] for p in plan.tables["products"]}
    out: list[Line] = []
    for x in lines:
        assert x.event
        cost, unit = money(params.get("cost") or costs[x.event.product])
        if "down to" in params:
            claim = max(cost - money(params["down to"])[0], ZERO)
        elif "down by" in params:
            claim = money(params["down by"])[0]
        else:
            claim = cost * percent(params["percent"])
        out.append(replace(x, currency=unit, amount=x.base * x.sign * claim * x.share))
    return out


def earn_counts_as(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    """A deal counts by another of its columns; a return by the same part of it as it is of the deal."""
    deals = {d["deal"]: d for d in plan.tables["deals"]}
    out: list[Line] = []
    for x in lines:
        assert x.event
        deal = deals[x.event.deal]
        value, whole = money(deal[params["value"]])[0], money(deal["amount"])[0]
        credit = abs(x.base) / abs(x.event.amount)
        part_of = x.event.amount / whole if x.event.source == "returns of deals" else Fraction(1)
        seen = plan.round("credit", value * part_of * credit) * (x.event.sign * x.sign)
        out.append(replace(x, seen=seen))
    return out


def earn_target_rate(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    out: list[Line] = []
    for x in lines:
        interval = span(x.period.first, plan.accumulate)
        rate = plan.target(x.payee) / plan.quota(x.payee, interval, part["measure"])
        if "rate" in plan.rounding:
            mode, decimals = plan.rounding["rate"]
            rate = rounded(rate, mode, decimals + 2)
        out.append(rated(x, rate))
    return out


# -- the target incentive ---------------------------------------------------------------------------------
def on_target(
    plan: PlanReading,
    lines: list[Line],
    part: Doc,
    payout: Callable[[Fraction], Fraction],
    *,
    by_quota: bool = True,
) -> list[Line]:
    """The target incentive times what an attainment, or an amount, pays."""
    mine = [a for a in plan.tables["plan_assignments"] if a["payee"] == plan.payee and a["plan"] == plan.name]
    if not mine:
        return []
    planned = oracle_people.concerns(plan)
    target, unit = money(mine[0]["target incentive"]) if not planned else (ZERO, plan.doc["currency"])
    counts: dict[Span, Fraction] = defaultdict(Fraction)
    due: list[tuple[Span, Span, list[tuple[str, Fraction]]]] = []
    for period in plan.timeline:
        interval = interval_of(plan, period)
        counts[interval] += sum((x.counts for x in lines if x.period == period), ZERO)
        at = counts[interval]
        if planned:
            target = oracle_people.target(plan, plan.payee, interval) or ZERO
        if by_quota:
            quota = (
                oracle_people.quota(plan, plan.payee, interval, part["measure"])
                if planned
                else plan.quota(plan.payee, interval, part["measure"])
            )
            if quota is None:
                continue
            if quota:
                at /= quota
                if "attainment" in plan.rounding:
                    mode, decimals = plan.rounding["attainment"]
                    at = rounded(at, mode, decimals + 2)
            else:
                at = Fraction(plan.conv["quota.zero"] == "attainment 100%")
        share = payout(at)
        if "rate" in plan.rounding:
            mode, decimals = plan.rounding["rate"]
            share = rounded(share, mode, decimals + 2)
        due.append((period, interval, [("target", target * share)]))
    return less_earned(plan, part, unit, iter(due))


def earn_curve(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    points = [(bound(p["attainment"]), percent(p["payout"])) for p in params["points"]]
    below, above = plan.conv["curve.below"], plan.conv["curve.above"]
    upper = plan.conv.get("tier.bound") != "lower tier"

    def along(at: Fraction, a: tuple[Fraction, Fraction], b: tuple[Fraction, Fraction]) -> Fraction:
        return a[1] + (at - a[0]) * (b[1] - a[1]) / (b[0] - a[0])

    def payout(at: Fraction) -> Fraction:
        here = [y for x, y in points if x == at]
        if here:
            return here[-1] if upper else here[0]
        if at < points[0][0]:
            slopes = [(a, b) for a, b in pairwise(points) if a[0] != b[0]]
            return {"zero": ZERO, "first point": points[0][1], "extrapolate": along(at, *slopes[0])}[below]
        if at > points[-1][0]:
            jump = points[-1][0] == points[-2][0]
            return points[-1][1] if above == "flat" or jump else along(at, *points[-2:])
        a, b = next((a, b) for a, b in pairwise(points) if a[0] < at < b[0])
        return along(at, a, b)

    return on_target(plan, lines, part, payout, by_quota=params["points"][0]["attainment"].endswith("%"))


def earn_step_curve(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    points = [(bound(p["attainment"]), percent(p["payout"])) for p in params["points"]]
    strict = (
        params.get("reached") or {"lower tier": "more than"}.get(plan.conv["tier.bound"])
    ) == "more than"

    def payout(at: Fraction) -> Fraction:
        there = [y for x, y in points if (at > x if strict else at >= x)]
        return there[-1] if there else ZERO if plan.conv["curve.below"] == "zero" else points[0][1]

    return on_target(plan, lines, part, payout, by_quota=params["points"][0]["attainment"].endswith("%"))


def earn_percent_to_goal(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    strict = (
        params.get("reached") or {"lower tier": "more than"}.get(plan.conv["tier.bound"])
    ) == "more than"

    def payout(at: Fraction) -> Fraction:
        if "threshold" in params:
            least = percent(params["threshold"])
            if at < least or (strict and at == least):
                return ZERO
        return min(at, percent(params["cap"])) if "cap" in params else at

    return on_target(plan, lines, part, payout)


def earn_over_achievement(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    def payout(at: Fraction) -> Fraction:
        total = ZERO
        for step in params["steps"]:
            end = min(at, percent(step["to"])) if step.get("to") else at
            points = max(end - percent(step["from"]), ZERO) * 100
            total += points * percent(step["each point"])
        return total

    return on_target(plan, lines, part, payout)
