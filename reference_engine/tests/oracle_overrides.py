"""The oracle's overrides on what is earned below, uplifts and windfalls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from reference_engine.tests.oracle_crediting import credits_of, fits, person_on
from reference_engine.tests.oracle_lines import Line, rated
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.oracle_records import ZERO, Doc, Event, day_of, events_of, money, percent


def _chosen(x: Line, condition: str) -> bool:
    """The oracle knows conditions of the form  field = "word"."""
    if not condition:
        return True
    field, _, word = condition.partition(" = ")
    return x.event is not None and fits(dict(x.event.traits).get(field, ""), word.strip('"'))


def earn_uplift(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    out = []
    for x in lines:
        seen = x.base if x.seen is None else x.seen
        quota = payment = Fraction(1)
        if _chosen(x, params.get("when", "")):
            quota, payment = percent(params.get("quota", "100%")), percent(params.get("payment", "100%"))
        out.append(replace(x, seen=seen * quota, base=x.base * payment))
    return out


def earn_windfall(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    limit = money(params["above"])[0]
    out = []
    for x in lines:
        assert x.event
        most = limit
        if x.event.source == "returns of deals":
            whole = next(money(d["amount"])[0] for d in plan.tables["deals"] if d["deal"] == x.event.deal)
            most = limit * x.event.amount / abs(whole)
        seen = x.base if x.seen is None else x.seen
        if abs(x.base) <= most or x.event.deal in params.get("approved", []):
            out.append(replace(x, seen=seen))
            continue
        cut = most if x.base > 0 else -most
        if params["treatment"] == "paid without quota":
            out.append(replace(x, seen=ZERO))
        elif params["treatment"] == "quota up to the limit":
            out.append(replace(x, seen=cut))
        elif params["treatment"] == "cut to the limit":
            out.append(replace(x, base=cut, seen=None if x.seen is None else x.seen * cut / x.base))
        else:
            out.append(replace(x, seen=ZERO, held=True))
    return out


def _rank_rate(plan: PlanReading, payee: str, params: Doc) -> Fraction:
    rank = {p["payee"]: p.get(params["rank"], "") for p in plan.tables["payees"]}.get(payee, "")
    total = ZERO
    for entry in params["ranks"]:
        total = total + percent(entry["rate"]) if params["rates are"] == "added up" else percent(entry["rate"])
        if entry["rank"] == rank:
            return total
    return ZERO


def _below(plan: PlanReading, x: Line) -> list[str]:
    """The payees on the way from the sale up to the payee of a line."""
    assert x.event
    same = [c for c in credits_of(x.event, plan.tables, plan.conv, plan.cadence) if c.source == x.credit.source]
    own = (x.credit.type == "roll-up", x.credit.level)
    return [c.payee for c in same if c.type != "overlay" and (c.type == "roll-up", c.level) < own]


def earn_differential_override(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    out = []
    for x in lines:
        paid = max((_rank_rate(plan, p, params) for p in _below(plan, x)), default=ZERO)
        out.append(rated(x, max(ZERO, _rank_rate(plan, x.payee, params) - paid)))
    return out


def earn_level_commission(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    ranks = [r["rank"] for r in params["ranks"]]
    of = {p["payee"]: p.get(params["rank"], "") for p in plan.tables["payees"]}

    def place(payee: str) -> int:
        return ranks.index(of[payee]) if of.get(payee) in ranks else -1

    out = []
    for x in lines:
        assert x.event
        credits = credits_of(x.event, plan.tables, plan.conv, plan.cadence)
        seller = next(c.payee for c in credits if c.type == "direct" and c.source == x.credit.source)
        mine, theirs = place(x.payee), place(seller)
        at = {"lower rank of both": min(mine, theirs), "rank of the payee": mine, "rank of the seller": theirs}[params["looks at"]]
        rates = params["ranks"][at]["rates"] if at >= 0 else []
        level = x.credit.level if x.credit.type == "roll-up" else 0
        rate = percent(rates[level - 1]) if 1 <= level <= len(rates) else ZERO
        scale = Fraction(1)
        if "amount" in params["ranks"][0] and at >= 0 and theirs >= 0:
            scale = money(params["ranks"][at]["amount"])[0] / money(params["ranks"][theirs]["amount"])[0]
        out.append(rated(replace(x, base=x.base * scale), rate))
    return out


def earn_override(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    """Everybody's commission of the named component, each line with the managers above its payee."""
    events = events_of(plan.tables)
    of = next(p for p in plan.doc["components"] if p["component"] == params["of"])
    out = list(lines)
    for person in plan.tables["payees"]:
        below = person["payee"]
        other = PlanReading(plan.doc, plan.tables)
        earned = other.earn(of, below, other.counted(of, below, events), plan.timeline)
        earned = other.pay(of, earned, plan.timeline) if earned else []
        for x in earned:
            if not x.amount:
                continue
            at = [below]
            for level in range(1, 4):
                at = [m for p in at for m in _managers_on(plan, p, _day(plan, x))]
                if plan.conv.get("rollup.duplicates") == "once":
                    at = list(dict.fromkeys(at))
                rate = next((percent(e["rate"]) for e in params["levels"] if e["level"] == str(level)), None)
                if rate is None:
                    continue
                for boss in at:
                    if not plan.eligible(boss, _day(plan, x)):
                        continue
                    made = Line(
                        boss, plan.name, part["component"], x.period, x.amount * rate, x.currency,
                        f"override, level {level}", "override", x.event, x.amount, paid=x.paid, held=x.held,
                    )  # fmt: skip
                    if boss == plan.payee:
                        out.append(made)
                    if params["paid by"] == "downline" and below == plan.payee:
                        out.append(replace(made, payee=below, amount=-made.amount, label="override given"))
    return out


def _day(plan: PlanReading, x: Line) -> date:
    if plan.conv.get("rollup.as_of") == "period end" or x.event is None:
        return x.period.last
    return _sold(x.event, plan) if x.event.sign < 0 else x.event.day


def _sold(event: Event, plan: PlanReading) -> date:
    closed: list[Any] = [d["closed"] for d in plan.tables.get("deals", []) if d["deal"] == event.deal]
    return event.sold or (day_of(closed[0]) if closed else event.day)


def _managers_on(plan: PlanReading, payee: str, day: date) -> list[str]:
    rows = plan.tables.get("reporting_lines")
    if not rows:
        boss = person_on(plan.tables, payee, "manager", day)
        return [boss] if boss else []
    return [
        r["manager"]
        for r in rows
        if r["payee"] == payee and (not r.get("from") or day_of(r["from"]) <= day) and (not r.get("to") or day <= day_of(r["to"]))
    ]
