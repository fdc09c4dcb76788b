"""The oracle of what is taken back: cancelled deals, invoices past due, late payments."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.tests.oracle_cash import paid_in_full
from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_paying import after_months, month_of, period_on
from reference_engine.tests.oracle_records import (
    ZERO,
    Doc,
    Event,
    Row,
    Span,
    day_of,
    money,
    number,
    percent,
)

if TYPE_CHECKING:
    from reference_engine.tests.oracle_plan import PlanReading


def pay_clawback(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    deals = {d["deal"]: d for d in plan.tables["deals"]}
    whole = list(lines)
    made: list[Line] = []
    for row in sorted(plan.tables.get("cancellations", []), key=lambda r: r["deal"]):
        deal, day = deals[row["deal"]], day_of(row["date"])
        closed = day_of(deal["closed"])
        last = None
        if "within days" in params:
            last = closed + timedelta(days=int(params["within days"]))
        elif "within months" in params:
            last = after_months(closed, int(params["within months"]))
        if day < closed or (
            last and (day > last or (day == last and plan.conv["clawback.window"] == "last day excluded"))
        ):
            continue
        period = period_on(day, timeline)
        assert period
        before = [x for x in whole if x.deal == row["deal"]]
        after = [_stopped(x, day, period) for x in before]
        whole = [_stopped(x, day, period) if x.deal == row["deal"] else x for x in whole]
        amount = {id(y): y.amount for y in after}
        total = sum((x.amount for x in before), ZERO)
        if plan.conv["clawback.rate"] == "recalculated":
            known = [
                x
                for x in whole
                if x.period <= period
                and not (x.deal == row["deal"] and not x.amount and x.event and x.event.day > day)
            ]
            rate = _rate(known[-1]) if known else ZERO
            live = [y for y in after if y.amount]
            amount = {id(y): y.base * y.sign * rate for y in live}
            total = sum(amount.values(), ZERO)
        paid = sum((amount.get(id(y), ZERO) for y in after if not y.held), ZERO)
        if not any(not y.held and y.amount for y in after):
            continue
        back = plan.round("line", _back(plan, params, paid, total, closed, day, deal))
        if back:
            event = Event("cancellations", "cancellation", row["deal"], day, deal=row["deal"])
            made.append(
                replace(
                    before[0],
                    period=period,
                    paid=period,
                    held=False,
                    amount=-back,
                    kind="cancellation",
                    event=event,
                    label=f"cancellation {row['deal']}",
                )
            )
    return whole + made


def _rate(x: Line) -> Fraction:
    """Of a flat rate: what a line of a base would have earned."""
    return x.amount / (x.base * x.sign) if x.base else ZERO


def _back(
    plan: PlanReading, params: Doc, paid: Fraction, total: Fraction, closed: date, day: date, deal: Row
) -> Fraction:
    if "unserved" not in params:
        return paid * percent(params.get("part", "100%"))
    months = int(params.get("of months") or number(deal["term months"]))
    kept = plan.conv["clawback.lapse"] == "earned"
    if params["unserved"] == "days":
        term = (after_months(closed, months) - closed).days
        served = (day - closed).days + kept
    else:
        term = months
        served = month_of(closed, day, plan.conv["months.count"]) - 1 + kept
    unserved = Fraction(max(term - served, 0), term)
    if plan.conv["clawback.of"] == "what was paid":
        return paid * unserved
    beyond = paid - total * (1 - unserved)
    return max(beyond, ZERO) if total >= 0 else min(beyond, ZERO)


def _stopped(x: Line, day: date, period: Span) -> Line:
    if x.event and x.event.day > day:
        return replace(x, amount=ZERO)
    return replace(x, held=True, paid=None) if x.paid and x.paid > period else x


def _base_day(plan: PlanReading, invoice: str, counted_from: str) -> date:
    row = next(i for i in plan.tables["invoices"] if i["invoice"] == invoice)
    return day_of(row["due"]) if counted_from == "due date" and row.get("due") else day_of(row["date"])


def pay_past_due(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    full = paid_in_full(plan)
    out = list(lines)
    for row in plan.tables.get("invoices", []):
        if row.get("kind") == "credit note":
            continue
        late = _base_day(plan, row["invoice"], "due date") + timedelta(days=int(params["grace days"]) + 1)
        paid = full.get(row["invoice"])
        when = period_on(late, timeline)
        if (paid and paid < late) or when is None:
            continue
        taken = ZERO
        first = None
        for x in lines:
            if x.held or not x.event or not x.amount or not x.paid or x.paid > when:
                continue
            if x.event.invoice == row["invoice"] or (not x.event.invoice and x.event.deal == row["deal"]):
                share = Fraction(1)
                if x.event.source == "deals" and x.event.amount > 0:
                    share = min(share, money(row["amount"])[0] / x.event.amount)
                taken += x.amount * share
                first = first or x
        taken = plan.round("line", taken)
        if first is None:
            continue
        event = Event(
            "invoices",
            "invoice",
            row["invoice"],
            day_of(row["date"]),
            invoice=row["invoice"],
            deal=row["deal"],
        )
        line = replace(
            first,
            period=when,
            paid=when,
            held=False,
            base=ZERO,
            event=event,
            amount=-taken,
            kind="past due",
            label=f"past due {row['invoice']}",
        )
        out.append(line)
        back = period_on(paid, timeline)
        if back:
            back = max(back, when)
            out.append(
                replace(
                    line,
                    period=back,
                    paid=back,
                    amount=taken,
                    kind="paid after all",
                    label=f"paid after all {row['invoice']}",
                )
            )
    return out


def pay_late_payment_penalty(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    full = paid_in_full(plan)
    out = list(lines)
    for x in lines:
        if x.held or x.amount <= 0 or not x.event or not x.paid:
            continue
        paid = x.event.day if x.event.source == "payments" else full.get(x.event.invoice)
        row = next(i for i in plan.tables["invoices"] if i["invoice"] == x.event.invoice)
        if paid is None or row.get("kind") == "credit note":
            continue
        days = (paid - _base_day(plan, x.event.invoice, params["counted from"])).days
        hit = [
            percent(b["takes"])
            for b in params["bands"]
            if int(b["from days"]) <= days and (not b.get("to days") or days <= int(b["to days"]))
        ]
        kept = Fraction(1)
        for share in hit:
            kept *= 1 - share
        taken = sum(hit, ZERO) if params["of"] == "original" else 1 - kept
        if params.get("below zero", "not allowed") == "not allowed":
            taken = min(taken, Fraction(1))
        due = period_on(paid, timeline)
        if due and taken:
            when = max(due, x.paid)
            amount = -plan.round("line", x.amount * taken)
            label = f"late payment penalty {x.event.record}"
            if x.event.source == "invoice lines":
                label = f"{x.event.record} line {x.event.line}"
            out.append(
                replace(
                    x,
                    period=when,
                    paid=when,
                    base=ZERO,
                    amount=amount,
                    kind="late payment penalty",
                    label=label,
                )
            )
    return out
