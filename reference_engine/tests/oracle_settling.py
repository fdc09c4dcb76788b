"""The oracle's settlement: what happens to the whole pay of one payee, period by period, in plain fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from reference_engine.tests import oracle_people
from reference_engine.tests.oracle_adjustments import closing_days
from reference_engine.tests.oracle_draws import draw
from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.oracle_records import (
    CADENCE,
    ZERO,
    Doc,
    Row,
    Span,
    Tables,
    labelled,
    money,
    rounded,
    span,
    spans,
)

Settled = tuple[dict[tuple[str, str], Fraction], dict[tuple[str, str], Fraction]]
"""payee, period -> what is added to pay; payee, period -> what stands open after it."""


def restated(
    lines: list[Line],
    apart: list[Line],
    plans: list[Doc],
    tables: Tables,
    then: Callable[[date], list[Line]],
) -> list[Line]:
    """Lines that leave closed periods as they were paid and bring the difference to the open period.

    apart: what was paid beside, which is among what was paid.  then: what the plans came to on what was known on a day; only
    what became known since changes a result where the plan says  incremental.
    """
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
        unit = doc["currency"]
        now = _by_period(lines, doc, closed)
        done: dict[tuple[str, str, Span], dict[Span, Fraction]] = defaultdict(dict)
        for r in rows:
            if r["plan"] == doc["plan"]:
                key = (r["payee"], r["component"], labelled(r["period"]))
                paid_in = labelled(r["paid in"]) if r.get("paid in") else key[2]
                written = r["earned"] if minus == "earned" or not r.get("paid") else r["paid"]
                done[key][paid_in] = done[key].get(paid_in, ZERO) + money(written)[0]
        for x in apart:
            if x.plan == doc["plan"] and x.paid in closed:
                was = done[x.payee, x.component, x.period]
                was[x.paid] = was.get(x.paid, ZERO) - x.amount
        due = dict(now)
        if doc["conventions"]["restatement.scope"] == "incremental":
            before_then = _by_period(then(max(closing_days(doc, tables).values())), doc, closed)
            for key in {*now, *done, *before_then}:
                paid_for = sum(done.get(key, {}).values(), ZERO)
                due[key] = paid_for + now.get(key, ZERO) - before_then.get(key, ZERO)
        for key in sorted({*now, *done, *due}):
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

            line(before.get(period, ZERO) - now.get(key, ZERO), period, "brought forward", f"{period.label}, closed")
            for paid_in, amount in before.items():
                if paid_in != period:
                    line(amount, paid_in, "prior period", f"correction of {period.label}")
            total = sum(before.values(), ZERO)
            if twice:
                line(-total, after, "reversal", f"reversal of {period.label}")
                line(due.get(key, ZERO), after, "prior period", f"correction of {period.label}")
            else:
                line(due.get(key, ZERO) - total, after, "prior period", f"correction of {period.label}")
    return out


def _by_period(
    lines: list[Line], doc: Doc, closed: list[Span]
) -> dict[tuple[str, str, Span], Fraction]:
    """What closed periods pay, by payee and component."""
    out: dict[tuple[str, str, Span], Fraction] = defaultdict(Fraction)
    for x in lines:
        if x.plan == doc["plan"] and not x.held and x.paid in closed:
            out[x.payee, x.component, x.paid] += x.amount
    return out


def date_after(period: Span) -> date:
    """The first day after a period."""
    return period.last + timedelta(days=1)


@dataclass
class Account:
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
        """On the plan and employed on some day of the period."""
        return any(
            oracle_people.employed(p, self.payee, d) and p.eligible(self.payee, d)
            for p in self.plans
            for d in oracle_people.days_of(period)
        )


def settled(
    lines: list[Line],
    plans: list[PlanReading],
    timelines: dict[str, list[Span]],
    tables: Tables,
    people: set[str],
    until: date | None = None,
) -> Settled:
    """One ledger for each payee.  until: the end of the last pay period of the run, where it is known."""
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
                ends_on = [labelled(d[n]).last for n in ("to", "forgiven after") if d.get(n)]
                known += spans(labelled(d["from"]).first, max(ends_on), cadence)
        known += [labelled(o["period"]) for o in tables.get("opening_balances", []) if o["payee"] == payee]
        ends = [t for p in mine for t in timelines[p.name]]
        ends += [
            x.paid
            for x in lines
            if x.paid
            and x.plan in {p.name for p in mine}
            and x.kind in ("prior period", "reversal", "brought forward", "adjustment")
        ]
        if until and ends and set(words) - {"restatement"}:
            more = spans(min(ends).first, until, cadence)
            ends += [period for period in more if period.last <= until]
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
        account = Account(payee, timeline, mine[0].conv, at_payout, tables, parts, pay, mine)
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


def nothing(account: Account, params: Row) -> None:
    """Closed periods are settled before."""


# -- limits of the whole pay ------------------------------------------------------------------------------
def maximum(account: Account, params: Row) -> None:
    """No more than so much in a period."""
    limit = money(params["amount"])[0]
    waits = ZERO
    for period in account.timeline:
        total = account.pay[period] + waits
        out = min(total, limit)
        now = total - out if account.conv["cap.excess"] == "carried" else ZERO
        account.add(period, out - account.pay[period], now - waits)
        waits = now


def carry_over(account: Account, params: Row) -> None:
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


def guarantee(account: Account, params: Row) -> None:
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
