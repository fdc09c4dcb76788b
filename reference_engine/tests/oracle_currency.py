"""The oracle of payment currencies: each line at the rate of its day, rounded to what the currency has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_records import Doc, Span, day_of, number, rounded

if TYPE_CHECKING:
    from reference_engine.tests.oracle_plan import PlanReading

DECIMALS = {"JPY": 0, "EUR": 2, "USD": 2, "KWD": 3}


def pay_payment_currency(
    plan: PlanReading, lines: list[Line], params: Doc, part: Doc, timeline: list[Span]
) -> list[Line]:
    own = {p["payee"]: p.get("currency", "") for p in plan.tables["payees"]}
    out = []
    for x in lines:
        wanted = own[x.payee] if params["to"] == "of the payee" else params["to"]
        assert x.paid
        day = {
            "record date": x.event.day if x.event else x.paid.last,
            "period start": x.paid.first,
            "period end": x.paid.last,
        }[params["day"]]
        if wanted != x.currency:
            rate = _rate(plan, x.currency, wanted, day)
            if rate is None:
                assert plan.conv["fx.missing_rate"] == "keep original"
            else:
                amount = rounded(x.amount * rate, params["rounded"], DECIMALS[wanted])
                x = replace(x, amount=amount, currency=wanted)
        out.append(x)
    return out


def _rate(plan: PlanReading, of: str, to: str, day: date) -> Fraction | None:
    """The latest rate of the plan's kind that is in force on a day."""
    found = [
        (day_of(r["valid from"]), number(r["rate"]))
        for r in plan.tables["exchange_rates"]
        if (r["from"], r["to"], r["kind"]) == (of, to, plan.conv["fx.kind"])
        and day_of(r["valid from"]) <= day
    ]
    return max(found)[1] if found else None
