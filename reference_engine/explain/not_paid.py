"""Why nothing is paid on a deal, in words that a payee would accept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import numpy as np

from reference_engine.results import Result
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.results import Credit, EarnedLine


def paid_on(result: Result, deal: str) -> list[EarnedLine]:
    """The lines that pay something on a deal, or on a record of it."""
    return [r for r in result.line_rows() if deal in (r.deal, r.record) and r.pay_period and r.amount]


def why_not_paid(result: Result, deal: str) -> list[str]:
    """Every reason why a deal pays nothing; [] where something is paid on it, or where there is no such deal."""
    if paid_on(result, deal):
        return []
    lines = [r for r in result.line_rows() if deal in (r.deal, r.record)]
    credits = [c for c in result.credit_rows() if deal in (c.deal, c.record)]
    reasons = [*_cancelled(result, deal), *_held(lines), *_zero(lines)]
    if not credits:
        reasons += ["nobody is credited with it"] if _known(result, deal) else []
    elif not lines:
        reasons += [reason for credit in credits for reason in _no_line(result, credit)]
    return list(dict.fromkeys(reasons))


def _known(result: Result, deal: str) -> bool:
    return bool((result.events.deal == deal).any() or (result.events.record == deal).any())


def _cancelled(result: Result, deal: str) -> Iterator[str]:
    table = result.world.table("cancellations")
    for row in np.flatnonzero(table.words("deal") == deal).tolist():
        yield f"cancelled on {table.days('date')[row]}"


def _held(lines: list[EarnedLine]) -> Iterator[str]:
    for line in lines:
        if not line.pay_period and line.amount:
            yield f"{format_money(line.amount, line.currency)} are held: {line.label}"


def _zero(lines: list[EarnedLine]) -> Iterator[str]:
    if not lines or sum((abs(line.amount) for line in lines), Fraction(0)):
        return
    for line in lines:
        if line.rule.startswith("the gate"):
            yield line.rule
        elif line.rate is not None and not line.rate:
            yield "its rate is 0%"
        elif line.rule:
            yield line.rule


def _no_line(result: Result, credit: Credit) -> Iterator[str]:
    """Why a credit makes no line: its payee is on no plan on its day, or no component counts it."""
    spans = _assignments(result, credit.payee)
    everyone = [p for p in result.plans if p.eligible != "assigned"]
    if not spans and not everyone:
        yield f"{credit.payee} is on no plan"
        return
    on = [p for p, first, last in spans if first <= credit.date <= last]
    if not on and not everyone:
        if all(credit.date < first for _, first, _ in spans):
            yield "closed before the plan started"
        elif all(credit.date > last for _, _, last in spans):
            yield "closed after the plan ended"
        else:
            yield f"{credit.payee} is on no plan on {credit.date}"
        return
    for plan in result.plans:
        first, last = plan.valid
        if plan.name in on or plan in everyone:
            if first is not None and credit.date < first:
                yield "closed before the plan started"
            elif last is not None and credit.date > last:
                yield "closed after the plan ended"
            else:
                yield f"no component of {plan.name} counts it"


def _assignments(result: Result, payee: str) -> list[tuple[str, date, date]]:
    table = result.world.table("plan_assignments")
    rows = np.flatnonzero(table.words("payee") == payee).tolist()
    first, last = table.days("from"), table.days("to")
    return [
        (
            str(table.words("plan")[row]),
            first[row].astype(object),
            date.max if np.isnat(last[row]) else last[row].astype(object),
        )
        for row in rows
    ]
