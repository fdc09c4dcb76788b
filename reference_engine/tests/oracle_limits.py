"""The oracle of leavers, windfalls, advances on an estimate, caps and residuals."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.tests.oracle_crediting import credits_of
from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_paying import in_parts, month_of, period_on
from reference_engine.tests.oracle_records import (
    ZERO,
    Doc,
    Event,
    Span,
    day_of,
    labelled,
    money,
    percent,
    span,
)

if TYPE_CHECKING:
    from reference_engine.tests.oracle_plan import PlanReading


def part_of_deal(plan: PlanReading, lines: list[Line]) -> Fraction:
    """What part of the cap of a deal is a payee's: all of it, or the share of the deal that the payee's credit stands for.

    A credit that follows others stands for the parts that it follows; one that is named on top is no part of the deal.
    Of several records the one with the largest part counts.
    """
    if plan.conv.get("cap.split") != "whole deal":
        return Fraction(1)
    records: list[Event] = []
    stands: list[set[int]] = []
    for x in lines:
        if x.event and x.credit is not None and x.credit.source >= 0 and x.event.source != "cancellations":
            if x.event not in records:
                records.append(x.event)
                stands.append(set())
            stands[records.index(x.event)].add(x.credit.source)
    found = []
    for record, sources in zip(records, stands, strict=True):
        credits = credits_of(record, plan.tables, plan.conv, plan.cadence)
        found.append(sum((c.share for c in credits if c.type == "direct" and c.source in sources), ZERO))
    return min(Fraction(1), max(found, default=Fraction(1)))


def pay_employed_on(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    if plan.conv["unpaid.leaver"] == "kept":
        return lines
    left = {p["payee"]: p.get("left", "") for p in plan.tables["payees"]}
    out = []
    for x in lines:
        more = int(params.get("days", "0"))
        gone = x.paid and left[x.payee] and day_of(left[x.payee]) < x.paid.last + timedelta(days=more)
        out.append(replace(x, held=True, paid=None) if gone and not x.held and x.amount > 0 else x)
    return out


def pay_windfall_review(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    part = {deal: part_of_deal(plan, [x for x in lines if x.deal == deal]) for deal in {x.deal for x in lines}}
    decisions = {r["deal"]: r for r in plan.tables.get("deal_caps", [])}
    amounts = {d["deal"]: money(d["amount"])[0] for d in plan.tables["deals"]}
    total: dict[str, Fraction] = defaultdict(Fraction)
    for x in lines:
        total[x.deal] += x.amount
    out, cut = [], []
    for deal in dict.fromkeys(x.deal for x in lines):
        own = [x for x in lines if x.deal == deal]
        waits = "deal above" in params and amounts[deal] > money(params["deal above"])[0]
        waits |= "commission above" in params and total[deal] > money(params["commission above"])[0] * part[deal]
        decision = decisions.get(deal)
        due = period_on(day_of(decision["date"]), timeline) if decision else None
        for x in own:
            if waits:
                held = x.held or due is None
                x = replace(x, held=held, paid=None if held or not x.paid or not due else max(x.paid, due))
            out.append(x)
        amount = money(decision["amount"])[0] * part[deal] if decision and decision.get("amount") else None
        if amount is not None and due and total[deal] > amount:
            cut.append(
                replace(
                    own[0],
                    period=due,
                    paid=due,
                    held=False,
                    base=ZERO,
                    amount=amount - total[deal],
                    kind="cap",
                    label="cap",
                )
            )
    return out + cut


def pay_advance_and_true_up(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    """Everything waits for the end of its interval; advances are paid in theirs and deducted at the end."""
    until = params["settled at end of"]
    out = [
        y
        for x in lines
        for y in in_parts(plan, x, [(Fraction(1), span(x.period.first, until).last)], timeline)
    ]
    mine = [r for r in plan.tables.get("advances", []) if r["payee"] == lines[0].payee]
    over = ZERO
    for interval in dict.fromkeys(span(p.first, until) for p in timeline):
        granted = ZERO
        for r in mine:
            period = labelled(r["period"])
            if not interval.first <= period.first <= interval.last:
                continue
            amount, unit = money(r["amount"])
            paid = money(r["paid"])[0] if r.get("paid") else amount
            granted += paid if plan.conv["trueup.minus"] == "paid" else amount
            out.append(
                Line(
                    lines[0].payee,
                    plan.name,
                    part["component"],
                    period,
                    paid,
                    unit,
                    "advance",
                    "advance",
                    paid=period,
                )
            )
        earned = sum(
            (
                x.amount
                for x in out
                if x.kind != "advance"
                and x.kind != "advance deducted"
                and span(x.period.first, until) == interval
            ),
            ZERO,
        )
        wanted = granted + over
        taken = granted if plan.conv["trueup.negative"] == "recovered" else min(wanted, max(earned, ZERO))
        over = wanted - taken if plan.conv["trueup.negative"] == "carried" else ZERO
        last = next((p for p in timeline if p.last == interval.last), None)
        if taken and last:
            label = "advance deducted"
            out.append(
                Line(
                    lines[0].payee,
                    plan.name,
                    part["component"],
                    last,
                    -taken,
                    lines[0].currency,
                    label,
                    label,
                    paid=last,
                )
            )
    return out


def pay_cap(plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]) -> list[Line]:
    limit, unit = money(params["amount"])
    released = [x for x in lines if not x.held and x.paid]
    if params["per"] == "deal":
        out = list(lines)
        for deal in dict.fromkeys(x.deal for x in released if x.event):
            own = [x for x in released if x.event and x.deal == deal]
            most = limit * part_of_deal(plan, [x for x in lines if x.event and x.deal == deal])
            so_far = allowed = ZERO
            for period in timeline:
                total = sum((x.amount for x in own if x.paid == period), ZERO)
                so_far += total
                pays = min(so_far, most) - allowed
                allowed += pays
                if pays != total:
                    first = next(x for x in own if x.paid == period)
                    out.append(
                        replace(
                            first,
                            period=period,
                            paid=period,
                            base=ZERO,
                            amount=pays - total,
                            kind="cap",
                            label="cap",
                        )
                    )
        return out
    per = plan.cadence if params["per"] == "period" else params["per"]
    until = params.get("settled at end of")
    excess, new_first = plan.conv["cap.excess"], plan.conv.get("cap.order") == "new first"
    adds_up = params.get("unused") == "adds up"
    out = list(lines)
    if not released:
        return out
    waiting: list[tuple[int, Fraction]] = []
    used, room = ZERO, limit
    for at, period in enumerate(timeline):
        if at and span(period.first, per) != span(timeline[at - 1].first, per):
            used, room = (used, room + limit) if adds_up else (ZERO, limit)
        if until and at and span(period.first, until) != span(timeline[at - 1].first, until):
            waiting, used, room = [], ZERO, limit
        total = sum((x.amount for x in released if x.paid == period), ZERO)
        pays = min(total, ZERO)
        free = room - used - pays
        claims = [*waiting, (at, max(total, ZERO))]
        if excess == "refundable" and until and period.last == span(period.first, until).last:
            pays += sum((c for _, c in claims), ZERO)
            claims = []
        elif excess == "refundable" and not adds_up:
            claims, kept = claims[-1:], claims[:-1]
            pays, claims = _paid(pays, free, claims)
            claims = kept + claims
        elif excess == "lost":
            pays, _ = _paid(pays, free, claims[-1:])
            claims = []
        else:
            if new_first:
                claims = claims[-1:] + claims[:-1]
            # What is below zero meets what was carried, which is paid against it.
            pays, claims = _paid(pays, free, claims)
            claims.sort()
        if params.get("expires after"):
            claims = [(born, c) for born, c in claims if at - born < int(params["expires after"])]
        waiting = [(born, c) for born, c in claims if c]
        if params.get("least"):
            pays = max(pays, money(params["least"])[0])
        used += pays
        if pays != total:
            out.append(
                Line(
                    lines[0].payee,
                    plan.name,
                    part["component"],
                    period,
                    pays - total,
                    unit,
                    "cap",
                    "cap",
                    paid=period,
                )
            )
    return out


def _paid(
    pays: Fraction, free: Fraction, claims: list[tuple[int, Fraction]]
) -> tuple[Fraction, list[tuple[int, Fraction]]]:
    """Claims paid in their order as far as there is room."""
    left = []
    for born, claim in claims:
        part = max(ZERO, min(claim, free))
        pays, free = pays + part, free - part
        left.append((born, claim - part))
    return pays, left


def earn_residual(plan: PlanReading, lines: list[Line], params: Doc, part: Doc) -> list[Line]:
    signed = {d["deal"]: day_of(d["closed"]) for d in plan.tables["deals"]}
    out = []
    for x in lines:
        assert x.event
        month = max(month_of(signed[x.event.deal], x.event.day, plan.conv["months.count"]), 1)
        rate = next(
            (
                percent(r["rate"])
                for r in params["rates"]
                if int(r["from month"]) <= month and (not r.get("to month") or month <= int(r["to month"]))
            ),
            ZERO,
        )
        out.append(replace(x, amount=x.base * x.sign * rate * x.share))
    return out
