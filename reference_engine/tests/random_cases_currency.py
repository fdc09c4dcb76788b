"""Random worlds that are paid in other currencies than they are earned in."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reference_engine.tests.random_worlds import (
    CREDITS,
    DECIMALS,
    EDGES,
    MODES,
    PLAN_CURRENCIES,
    RATES,
    Case,
    amounts,
    companies,
    conventions,
    days,
    deals,
    returns,
    written,
)


@st.composite
def currency_cases(draw: st.DrawFn) -> Case:
    """Rates that change on and beside the days of records and periods; some are missing."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(companies())
    draw(deals(tables, [unit], (100 * one,), most=5))
    draw(returns(tables))
    for person in tables["payees"]:
        person["currency"] = draw(st.sampled_from(list(DECIMALS)))
    missing = draw(st.booleans())
    tables["exchange_rates"] = []
    for other in DECIMALS:
        if other == unit:
            continue
        known = ["2026-02-15"] if missing else ["2025-12-31"]
        more = draw(st.lists(st.one_of(st.sampled_from(EDGES), days()).map(str), max_size=3, unique=True))
        for day in dict.fromkeys(known + more):
            for kind in ("spot", "average"):
                rate = draw(st.sampled_from(["0.9", "1", "151.005", "0.30671", "0.00333"]))
                tables["exchange_rates"].append(
                    {"from": unit, "to": other, "rate": rate, "valid from": day, "kind": kind}
                )
    fixed = {"fx.missing_rate": "keep original" if missing else "refuse", "balance.negative": "paid out"}
    conv = draw(conventions(DECIMALS[unit], fixed))
    # Every line is whole in its own currency, since some of them stay in it.
    conv["rounding"] = [
        {"at": "line", "mode": draw(st.sampled_from(MODES)), "decimals": str(DECIMALS[unit])},
    ]
    pay: list[Any] = []
    if draw(st.integers(0, 2)) == 0:
        pay.append({"instalments": {"number": "3", "every": "month"}})
        conv["portion.residue"] = draw(st.sampled_from(["first", "last"]))
    elif draw(st.integers(0, 2)) == 0:
        cap = written(draw(amounts(unit, (10 * one,))), unit)
        pay.append({"cap": {"amount": cap, "per": draw(st.sampled_from(["month", "quarter"]))}})
    pay.append(
        {
            "payment currency": {
                "to": draw(st.sampled_from(["of the payee", "of the payee", *DECIMALS])),
                "day": draw(st.sampled_from(["record date", "period start", "period end"])),
                "rounded": draw(st.sampled_from(MODES)),
            }
        }
    )
    component = {
        "component": "C",
        "measure": "bookings",
        "credits": draw(CREDITS),
        "earn": [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}],
        "pay": pay,
    }
    plan = {
        "plan": "P",
        "currency": unit,
        "pays": draw(st.sampled_from(["monthly", "quarterly"])),
        "eligible": "everyone",
        "conventions": conv,
        "components": [component],
    }
    return Case(tables, [plan])


FAMILIES = {"payment currencies": currency_cases()}
EXAMPLES = {"payment currencies": 60}
