"""The oracle's settlement: what happens to the whole pay of one payee, period by period, in plain fractions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.oracle_records import (
    CADENCE,
    MONTHS,
    ZERO,
    Doc,
    Row,
    Span,
    Tables,
    labelled,
    money,
    percent,
    rounded,
    span,
    spans,
)

Settled = tuple[dict[tuple[str, str], Fraction], dict[tuple[str, str], Fraction]]
"""payee, period -> what is added to pay; payee, period -> what stands open after it."""


def restated(lines: list[Line], plans: list[Doc], tables: Tables) -> list[Line]:
    """Lines that leave closed periods as they were paid and bring the difference to the open period (complete)."""
    rows = tables.get("processed_results", [])
    if not rows:
        return []
    out: list[Line] = []
    cadence = CADENCE[plans[0]["pays"]]
    labels = [labelled(r[n]) for r in rows for n in ("period", "paid in") if r.get(n)]
    closed = spans(min(labels).first, max(labels).last, cadence)
    after = spans(closed[-1].first, date_after(closed[-1]), cadence)[-1]
    for doc in plans:
        minus = doc["conventions"]["restatement.minus"]
        twice = any(
            "restatement" in m and m["restatement"]["lines"] != "difference"
            for m in doc.get("settle", [])
            if isinstance(m, dict)
        )
        now: dict[tuple[str, str, Span], Fraction] = defaultdict(Fraction)
        unit = doc["currency"]
        for x in lines:
            if x.plan == doc["plan"] and not x.held and x.paid in closed:
                now[x.payee, x.component, x.paid] += x.amount
        done: dict[tuple[str, str, Span], dict[Span, Fraction]] = defaultdict(dict)
        for r in rows:
            if r["plan"] == doc["plan"]:
                key = (r["payee"], r["component"], labelled(r["period"]))
                paid_in = labelled(r["paid in"]) if r.get("paid in") else key[2]
                written = r["earned"] if minus == "earned" or not r.get("paid") else r["paid"]
                done[key][paid_in] = done[key].get(paid_in, ZERO) + money(written)[0]
        for key in sorted({*now, *done}):
            period = key[2]
            before = done.get(key, {})

            def line(
                amount: Fraction,
                paid: Span,
                kind: str,
                label: str,
                key: Any = key,
                plan: str = doc["plan"],
                unit: str = unit,
            ) -> None:
                if amount:
                    out.append(Line(key[0], plan, key[1], key[2], amount, unit, label, kind, paid=paid))

            line(before.get(period, ZERO) - now[key], period, "brought forward", f"{period.label}, closed")
            for paid_in, amount in before.items():
                if paid_in != period:
                    line(amount, paid_in, "prior period", f"difference of {period.label}")
            total = sum(before.values(), ZERO)
            if twice:
                line(-total, after, "reversal", f"reversal of {period.label}")
                line(now[key], after, "prior period", f"difference of {period.label}")
            else:
                line(now[key] - total, after, "prior period", f"difference of {period.label}")
    return out


def date_after(period: Span) -> date:
    """The first day after a period."""
    return period.last + timedelta(days=1)


@dataclass
class _Account:
    """One payee: pay and what is added to it and stands open, by period."""

    payee: str
    timeline: list[Span]
    conv: dict[str, str]
    rounding: tuple[str, int] | None
    tables: Tables
    parts: dict[str, dict[Span, Fraction]]
    pay: dict[Span, Fraction]
    plans: list[PlanReading]
    change: dict[Span, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    owing: dict[Span, Fraction] = field(default_factory=lambda: defaultdict(Fraction))

    def add(self, period: Span, pay: Fraction, balance: Fraction = ZERO) -> None:
        self.pay[period] += pay
        self.change[period] += pay
        self.owing[period] += balance

    def round(self, value: Fraction) -> Fraction:
        return rounded(value, *self.rounding) if self.rounding else value

    def on(self, period: Span) -> bool:
        return any(p.eligible(self.payee, d) for p in self.plans for d in (period.first, period.last))


def settled(
    lines: list[Line],
    plans: list[PlanReading],
    timelines: dict[str, list[Span]],
    tables: Tables,
    people: set[str],
) -> Settled:
    """One ledger for each payee."""
    changes: dict[tuple[str, str], Fraction] = {}
    balances: dict[tuple[str, str], Fraction] = {}
    cadence = plans[0].cadence
    for payee in sorted(people):
        own = [x for x in lines if x.payee == payee and not x.held and x.paid]
        earning = {x.plan for x in own}
        mine = [p for p in plans if p.name in earning] or plans
        program = mine[0].doc.get("settle", [])
        words = [w if isinstance(w, str) else next(iter(w)) for w in program]
        if "draw" not in words and not [w for w in words if w != "restatement"]:
            program = ["draw"]
        everybody = any(isinstance(m, dict) and next(iter(m)) in ("guarantee", "draw") for m in program)
        known = [x.paid for x in own if x.paid]
        for d in tables.get("draws", []):
            if d["payee"] == payee:
                known += spans(labelled(d["from"]).first, labelled(d["to"]).last, cadence)
        known += [labelled(o["period"]) for o in tables.get("opening_balances", []) if o["payee"] == payee]
        ends = [t for p in mine for t in timelines[p.name]]
        ends += [
            x.paid
            for x in lines
            if x.paid
            and x.plan in {p.name for p in mine}
            and x.kind in ("prior period", "reversal", "brought forward")
        ]
        if everybody and ends:
            known += [*ends, *spans(_begins(program, min(ends)), max(ends).last, cadence)]
        if not known:
            continue
        timeline = spans(min(known).first, max([*known, *ends]).last, cadence)
        pay: dict[Span, Fraction] = defaultdict(Fraction)
        parts: dict[str, dict[Span, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        for x in own:
            assert x.paid
            pay[x.paid] += x.amount
            parts[x.component][x.paid] += x.amount
        at_payout = mine[0].rounding.get("payout")
        account = _Account(payee, timeline, mine[0].conv, at_payout, tables, parts, pay, mine)
        for entry in program:
            name, params = (entry, {}) if isinstance(entry, str) else next(iter(entry.items()))
            {
                "draw": draw,
                "maximum": maximum,
                "carry over": carry_over,
                "guarantee": guarantee,
                "restatement": nothing,
            }[name](account, params or {})
        stands = ZERO
        for period in timeline:
            changes[payee, period.label] = account.change[period]
            stands += account.owing[period]
            balances[payee, period.label] = stands
    return changes, balances


def _begins(program: list[Any], first: Span) -> date:
    """The first day of what everybody is paid: its own, or that of the term in which the records begin."""
    days = [first.first]
    for entry in program:
        if isinstance(entry, dict):
            params = next(iter(entry.values())) or {}
            if params.get("from"):
                days.append(labelled(params["from"]).first)
            elif "guarantee" in entry and params.get("term", "period") != "period":
                days.append(span(first.first, params["term"]).first)
    return min(days)


def nothing(account: _Account, params: Row) -> None:
    """Closed periods are settled before."""


# -- draws ------------------------------------------------------------------------------------------------
def draw(account: _Account, params: Row) -> None:
    """Draws, opening balances and pay below zero, in one pass over the periods."""
    conv = account.conv
    draws = [d for d in account.tables.get("draws", []) if d["payee"] == account.payee]
    if params:
        draws = [*draws, {**params, "everybody": "yes"}]
    opening = defaultdict(
        Fraction,
        {
            labelled(o["period"]): money(o["balance"])[0]
            for o in account.tables.get("opening_balances", [])
            if o["payee"] == account.payee
        },
    )
    debt = held = shelter = stood = ZERO
    latest: Row | None = None
    for period in account.timeline:
        d = _in_force(account, draws, period)
        latest = d or latest
        rule = latest or {}
        debt += max(ZERO, -opening[period])
        credit = max(ZERO, opening[period])
        earned = _counting(account, rule, period)
        kind = (d.get("kind") or conv["draw.type"]) if d else ""
        amount = _amount(account, d, period) if d else ZERO
        on_top = kind in ("loan", "non-recoverable additional")
        level = amount if d and not on_top else ZERO
        owed = kind in ("recoverable", "loan", "prepaid")
        over, under = max(ZERO, earned - level), max(ZERO, level - earned) if d and not on_top else ZERO
        offsets = conv.get("draw.surplus_offsets") == "yes" and kind in ("recoverable", "non-recoverable")
        add = credit
        if kind == "prepaid":
            back = min(amount, max(ZERO, earned))
            add -= back
            lent = amount - back
        else:
            use = min(shelter, under) if offsets else ZERO
            shelter -= use
            lent = under - use
            add += lent
        if d and not on_top and owed:
            debt += lent
            if conv["draw.negative"] == "forgiven":
                debt -= min(lent, max(ZERO, -earned))
        if _recovers(account, rule, d, period):
            both = min(debt, held)
            debt, held = debt - both, held - both
            add, held = add + held, ZERO
            take = account.round(
                over * (percent(rule["recovery share"]) if rule.get("recovery share") else 1)
            )
            if rule.get("recovery minimum"):
                take = max(take, money(rule["recovery minimum"])[0])
            if rule.get("recovery maximum"):
                take = min(take, money(rule["recovery maximum"])[0])
            taken = min(take, over, debt)
        else:
            taken = ZERO
            if d and not on_top and conv["draw.delayed_surplus"] == "held back":
                held += over
                add -= over
        debt -= taken
        add -= taken
        if offsets:
            shelter += over - taken
        if on_top:
            add += amount
            debt += amount if owed else ZERO
        total = account.pay[period] + add
        if total < 0 and conv["balance.negative"] == "carried":
            debt -= total
            add -= total
        if (
            rule.get("forgiven after")
            and period.first <= labelled(rule["forgiven after"]).last <= period.last
        ):
            debt -= account.round(
                debt * (percent(rule["forgiven share"]) if rule.get("forgiven share") else 1)
            )
        account.add(period, add, held - debt - stood)
        stood = held - debt


def _in_force(account: _Account, draws: list[Row], period: Span) -> Row | None:
    for d in draws:
        if d.get("from") and period.first < labelled(d["from"]).first:
            continue
        if d.get("to") and period.last > labelled(d["to"]).last:
            continue
        if d.get("everybody") and not account.on(period):
            continue
        return d
    return None


def _amount(account: _Account, d: Row, period: Span) -> Fraction:
    amount = money(d["amount"])[0]
    cadence = account.plans[0].cadence
    per = d.get("per", "period")
    if per in ("period", cadence):
        return amount
    if MONTHS[per] < MONTHS[cadence]:
        return amount * (MONTHS[cadence] // MONTHS[per])
    parts = MONTHS[per] // MONTHS[cadence]
    if account.conv["draw.period"] == "in equal parts":
        return account.round(amount / parts)
    return amount if span(period.first, per).first == period.first else ZERO


def _counting(account: _Account, rule: Row, period: Span) -> Fraction:
    if not rule.get("covers"):
        return account.pay[period]
    return account.round(sum((account.parts[c.strip()][period] for c in rule["covers"].split(",")), ZERO))


def _recovers(account: _Account, rule: Row, d: Row | None, period: Span) -> bool:
    kind = rule.get("kind") or (account.conv["draw.type"] if rule else "")
    if kind not in ("recoverable", "loan", "prepaid"):
        return True
    when = rule.get("recovery") or account.conv["draw.recovery"]
    if when == "immediate":
        return True
    if when == "at the end of the interval":
        return d is None or span(period.first, rule["interval"]).last == period.last
    start = labelled(rule["first recovery period"])
    if account.conv["draw.first_recovery_period"] == "included":
        return period.first >= start.first
    return period.first > start.last


# -- limits of the whole pay ------------------------------------------------------------------------------
def maximum(account: _Account, params: Row) -> None:
    """No more than so much in a period."""
    limit = money(params["amount"])[0]
    waits = ZERO
    for period in account.timeline:
        total = account.pay[period] + waits
        out = min(total, limit)
        now = total - out if account.conv["cap.excess"] == "carried" else ZERO
        account.add(period, out - account.pay[period], now - waits)
        waits = now


def carry_over(account: _Account, params: Row) -> None:
    """Small totals wait."""
    least = money(params["under"])[0]
    waits = ZERO
    for period in account.timeline:
        total = account.pay[period] + waits
        small = total < least or (total == least and account.conv["carry.bound"] == "carried")
        if total < 0 and account.conv["carry.negative"] == "settled":
            small = False
        now = total if small else ZERO
        account.add(period, waits - now, now - waits)
        waits = now


def guarantee(account: _Account, params: Row) -> None:
    """At least so much over each term."""
    amount = money(params["amount"])[0]
    first = labelled(params["from"]).first if params.get("from") else account.timeline[0].first
    last = labelled(params["to"]).last if params.get("to") else account.timeline[-1].last
    cadence = account.plans[0].cadence
    year = spans(account.timeline[0].first, date(account.timeline[-1].last.year + 1, 12, 31), cadence)
    if params.get("from"):
        year = spans(first, date(account.timeline[-1].last.year + 1, 12, 31), cadence)
    if not params.get("to"):
        last = year[-1].last
    size = int(params.get("periods", "0"))
    term = params.get("term", "period")
    terms: dict[Any, list[Span]] = defaultdict(list)
    for i, period in enumerate([p for p in year if first <= p.first and p.last <= last]):
        key = i // size if size > 1 else period if term == "period" else span(period.first, term)
        if account.on(period):
            terms[key].append(period)
    paid = params.get("paid", "each period")
    whole = params.get("per") == "term" or (term == "period" and size <= 1)
    offset = whole or account.conv["guarantee.offset"] == "yes"
    excess = ZERO
    for periods in terms.values():
        promise = amount if params.get("per") == "term" else amount * len(periods)
        earned = [account.pay[p] for p in periods]
        levels: list[Fraction] = []
        left = excess
        for e in earned:
            levels.append(max(ZERO, amount - left))
            left = max(ZERO, left - amount)
            assert e is not None
        given = ZERO
        for i, period in enumerate(periods):
            last_one = i == len(periods) - 1
            if offset:
                due = amount * (i + 1) if paid == "each period" and params.get("per") != "term" else promise
                top = max(ZERO, max(ZERO, due - excess) - sum(earned[: i + 1], ZERO))
                if paid == "at the end" and not last_one:
                    top = ZERO
            elif paid == "at the start":
                top = max(ZERO, promise - excess) - sum(
                    (min(e, g) for e, g in zip(earned[: i + 1], levels, strict=False)), ZERO
                )
            else:
                top = sum((max(ZERO, g - e) for e, g in zip(earned[: i + 1], levels, strict=False)), ZERO)
                if paid == "at the end" and not last_one:
                    top = ZERO
            if period in account.timeline:
                account.add(period, top - given)
                given = top
        carried = account.conv["guarantee.excess"] == "carried"
        excess = max(ZERO, excess + sum(earned, ZERO) - promise) if carried else ZERO
