"""Random cases by family: each draws a world and plans that together reach one part of the plan language."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from reference_engine.tests import oracle_records
from reference_engine.tests.random_worlds import (
    CREDITS,
    DECIMALS,
    FIRST,
    PLAN_CURRENCIES,
    PRODUCTS,
    RATES,
    Case,
    Doc,
    Row,
    amounts,
    assignments,
    companies,
    conventions,
    days,
    deals,
    invoices,
    minor_of,
    near,
    returns,
    tier_table,
    written,
)


# -- cases ------------------------------------------------------------------------------------------------
@st.composite
def line_cases(draw: st.DrawFn) -> Case:
    """Whatever pays each line by itself: rates, lookups, brackets, thresholds, floors, caps; release, clawback, caps of pay."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    foreign = draw(st.integers(0, 3)) == 0
    units = [unit, "USD"] if foreign else [unit]
    bounds = (25 * one, 100 * one, 100 * one + one)
    tables = draw(companies())
    draw(deals(tables, units, bounds))
    draw(returns(tables))
    measure, records, *_ = draw(st.sampled_from(SOURCES))
    draw(invoices(tables, bounds))
    if foreign:
        tables["exchange_rates"] = [
            {"from": "USD", "to": unit, "rate": rate, "valid from": day, "kind": kind}
            for kind in ("spot", "average")
            for day, rate in zip(("2025-12-01", "2026-01-20", "2026-02-01", "2026-05-05"), draw(st.permutations(("0.92", "1.17345", "151.3", "0.3071"))), strict=True)
        ]  # fmt: skip
    conv = draw(conventions(DECIMALS[unit]))
    earn = draw(earnings(unit, bounds, conv))
    pay: list[Doc] = []
    if measure in ("revenue", "margin") and draw(st.booleans()):
        cutoff = (
            {"no payment after": str(draw(near([p["date"] for p in tables["payments"]])))}
            if draw(st.booleans())
            else {}
        )
        pay.append({"release": {"when": "invoice paid in full", **cutoff}})
    if draw(st.integers(0, 1)) == 0:
        window = draw(st.sampled_from([30, 90]))
        draw(cancellations(tables, window))
        if tables["cancellations"]:
            pay.append({"clawback": {"within days": str(window)}})
    pays = draw(st.sampled_from(["monthly", "quarterly"]))
    if draw(st.integers(0, 2)) == 0:
        pay.append({"cap": draw(limits(unit, pays))})
    component: Doc = {
        "component": "C",
        "measure": measure,
        "credits": draw(CREDITS),
        "earn": earn,
        "pay": pay,
    }
    if records:
        component["records"] = records
    if draw(st.integers(0, 5)) == 0:
        component["products"] = ["A", "B"]
    plan: Doc = {"plan": "P", "currency": unit, "pays": pays, "conventions": conv, "components": [component]}
    if draw(st.booleans()):
        plan["components"].append(
            {
                **component,
                "component": "Second",
                "earn": [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}],
                "pay": pay[:1],
            }
        )
    if draw(st.integers(0, 2)) == 0:
        plan["pay"] = [{"cap": draw(limits(unit, pays))}]
    who = draw(st.sampled_from(["assigned", "everyone", "roles"]))
    if who == "assigned":
        tables["plan_assignments"] = assignments("P")
        closed = [d["closed"] for d in tables["deals"]] + [r["date"] for r in tables["returns"]]
        for row in tables["plan_assignments"]:
            first, last = sorted((draw(near(closed)), draw(near(closed))))
            row |= draw(
                st.sampled_from(
                    [
                        {},
                        {"from": str(first)},
                        {"to": str(max(last, FIRST))},
                        {"from": str(first), "to": str(last)},
                    ]
                )
            )
    plan["eligible"] = {"roles": ["Rep", "Manager"]} if who == "roles" else who
    return Case(tables, [plan])


SOURCES = (
    ("bookings", ""),
    ("bookings", ""),
    ("revenue", ""),
    ("revenue", "invoice lines"),
    ("margin", ""),
    ("cash", ""),
)


@st.composite
def earnings(draw: st.DrawFn, unit: str, bounds: tuple[int, ...], conv: Doc) -> list[Any]:
    """One mechanic that pays, with what may stand before and after it."""
    low, high, after = (written(b, unit) for b in bounds)
    out: list[Any] = []
    if draw(st.integers(0, 4)) == 0:
        out.append({"floor": {"per": "line", "base": draw(st.sampled_from([low, written(0, unit)]))}})
    rate = st.sampled_from(RATES)
    pays = draw(st.sampled_from(["flat", "individual", "lookup", "brackets"]))
    if pays == "flat":
        out.append({"flat rate": {"rate": draw(rate)}})
    elif pays == "individual":
        out.append(draw(st.sampled_from(["individual rate", {"individual rate": {}}])))
    elif pays == "lookup":
        rules = [
            {"rate": draw(rate)},
            {"category": "Bikes", "rate": draw(rate)},
            {"product": "A, B", "pays": written(draw(amounts(unit)), unit)},
            {"product": "C", "rate": draw(rate)},
        ]
        if conv["lookup.precedence"] == "first match":
            rules.append({"product": "A", "category": "Caps", "rate": draw(rate)})
        out.append({"lookup": {"rules": draw(st.permutations(rules))[: draw(st.integers(1, len(rules)))]}})
    elif draw(st.booleans()):
        conv["tier.bound"] = "both ends inclusive"
        tiers = [
            {"from": low, "to": high, "rate": draw(rate)},
            {
                "from": after,
                "to": draw(st.sampled_from(["", written(bounds[2] * 2, unit)])),
                "rate": draw(rate),
            },
        ]
        out.append({"brackets": {"tiers": tiers}})
    else:
        ends = draw(
            st.sampled_from(
                [[written(0, unit), low, high], [written(0, unit), low, high, written(bounds[2] * 2, unit)]]
            )
        )
        tiers = tier_table(ends, [draw(rate) for _ in ends])
        out.append({"brackets": {"tiers": tiers}})
    if draw(st.booleans()):
        out.append({"threshold": {"base under": draw(st.sampled_from([low, high]))}})
    if draw(st.integers(0, 3)) == 0:
        out.append({"cap": {"per": "line", "amount": written(draw(amounts(unit)) // 8, unit)}})
    if draw(st.integers(0, 3)) == 0:
        out.append(draw(st.sampled_from(["commission free", {"commission free": {}}])))
    return out


@st.composite
def limits(draw: st.DrawFn, unit: str, pays: str) -> Doc:
    per = draw(
        st.sampled_from(
            ["period", "month", "quarter", "half-year", "year"]
            if pays == "monthly"
            else ["period", "quarter", "year"]
        )
    )
    return {"per": per, "amount": written(draw(amounts(unit)) // 4, unit)}


@st.composite
def cancellations(draw: st.DrawFn, tables: dict[str, list[Row]], window: int) -> None:
    """Some deals are undone on, just before or just after the last day of the window, or at any time; records may follow."""
    rows: list[Row] = []
    for deal in tables["deals"]:
        if draw(st.integers(0, 2)) == 0:
            closed = date.fromisoformat(deal["closed"])
            age = draw(st.one_of(st.integers(window - 1, window + 1), st.integers(0, window)))
            rows.append({"deal": deal["deal"], "date": str(closed + timedelta(days=age))})
    tables["cancellations"] = rows


@st.composite
def tier_cases(draw: st.DrawFn) -> Case:
    """What adds up over a period: marginal and retroactive tiers by attainment or money, curves."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(companies())
    draw(deals(tables, [unit], (50 * one, 100 * one), most=7))
    draw(returns(tables))
    measure = draw(st.sampled_from(["bookings", "bookings", "cash", "revenue"]))
    draw(invoices(tables))
    pays, accumulate = draw(
        st.sampled_from(
            [
                ("monthly", "period"),
                ("monthly", "quarter"),
                ("monthly", "year"),
                ("quarterly", "period"),
                ("quarterly", "half-year"),
            ]
        )
    )
    conv = draw(conventions(DECIMALS[unit], {"tier.accumulate": accumulate}))
    interval = oracle_records.CADENCE[pays] if accumulate == "period" else accumulate
    # Quotas are sums of deals, so that attainments of just 100%, 50% and the like happen.
    sums = [abs(minor_of(d["amount"])[0]) for d in tables["deals"]] + [
        sum(abs(minor_of(d["amount"])[0]) for d in tables["deals"][:2])
    ]
    quota = st.one_of(st.sampled_from([*sums, *(2 * s for s in sums)]), amounts(unit, (100 * one,)))
    tables["plan_assignments"] = assignments("P")
    how = draw(st.sampled_from(["assignments", "interval", "months"]))
    mechanic = draw(st.sampled_from(["marginal", "retroactive", "curve"]))
    tables["quotas"] = []
    for row in tables["plan_assignments"]:
        amount = draw(quota)
        if how == "assignments" or mechanic == "curve":
            row |= {
                "quota": written(amount, unit),
                "target incentive": written(draw(amounts(unit)), unit),
                "period": interval,
            }
        else:
            step = interval if how == "interval" else "month"
            for period in oracle_records.spans(date(2026, 1, 1), date(2026, 12, 31), step):
                ramp = draw(st.sampled_from(["", "", "50%", "33.3%"]))
                tables["quotas"].append(
                    {
                        "payee": row["payee"],
                        "period": period.label,
                        "quota": written(amount, unit),
                        "measure": draw(st.sampled_from(["", measure])),
                        "ramp": ramp,
                    }
                )
    rate = st.sampled_from(RATES)
    if mechanic == "curve":
        xs = draw(
            st.sampled_from([["0%", "100%"], ["50%", "100%", "150%"], ["33.3%", "66.7%", "100%", "101%"]])
        )
        earn: Doc = {
            "curve": {
                "points": [
                    {
                        "attainment": x,
                        "payout": draw(st.sampled_from(["0%", "40%", "100%", "133.3%", "200%"])),
                    }
                    for x in xs
                ]
            }
        }
    else:
        by_money = [written(0, unit), written(50 * one, unit), written(100 * one, unit)]
        ends = draw(
            st.sampled_from(
                [["0%"], ["0%", "100%"], ["0%", "50%", "100%"], ["0%", "100%", "120.5%"], by_money]
            )
        )
        earn = {mechanic: {"tiers": tier_table(ends, [draw(rate) for _ in ends])}}
    pay: list[Doc] = []
    if mechanic == "marginal" and measure == "bookings" and draw(st.integers(0, 2)) == 0:
        draw(cancellations(tables, 60))
        if tables["cancellations"]:
            pay.append({"clawback": {"within days": "60"}})
    if draw(st.integers(0, 2)) == 0:
        pay.append({"cap": draw(limits(unit, pays))})
    component = {"component": "C", "measure": measure, "credits": draw(CREDITS), "earn": [earn], "pay": pay}
    return Case(
        tables,
        [{"plan": "P", "currency": unit, "pays": pays, "conventions": conv, "components": [component]}],
    )


@st.composite
def band_cases(draw: st.DrawFn) -> Case:
    """Units sold and returned pass through bands, each product with its own count."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    stores = ["Lyon", "Nice"]
    tables: dict[str, list[Row]] = {"payees": [{"payee": s, "kind": "retailer"} for s in stores]}
    count = st.one_of(st.sampled_from([1, 49, 50, 51, 99, 100, 101]), st.integers(1, 120))
    sales: list[Row] = []
    back: list[Row] = []
    for i in range(draw(st.integers(1, 6))):
        day, units = draw(days()), draw(count)
        sales.append(
            {
                "sale": f"S-{i}",
                "retailer": draw(st.sampled_from(stores)),
                "product": draw(st.sampled_from(PRODUCTS)),
                "units": str(units),
                "date": str(day),
            }
        )
        if draw(st.integers(0, 2)) == 0:
            back.append(
                {
                    "return": f"R-{i}",
                    "of": f"S-{i}",
                    "units": str(draw(st.integers(1, units))),
                    "date": str(draw(days(day))),
                }
            )
    tables |= {"retail_sales": sales, "returns": back}
    bands = [
        {"product": product, "from": str(low), "to": str(high), "pays": written(draw(amounts(unit)), unit)}
        for product in ("A", "B")
        for low, high in draw(st.sampled_from([((1, 50), (51, 100), (101, "")), ((1, 100),), ((1, 1), (2, ""))]))
    ]  # fmt: skip
    conv = draw(
        conventions(DECIMALS[unit], {"tier.accumulate": draw(st.sampled_from(["period", "half-year"]))})
    )
    component = {
        "component": "C",
        "measure": "units",
        "credits": ["direct"],
        "earn": [{"unit bands": {"bands": bands}}],
    }
    return Case(
        tables,
        [
            {
                "plan": "P",
                "currency": unit,
                "pays": draw(st.sampled_from(["monthly", "quarterly"])),
                "eligible": "everyone",
                "conventions": conv,
                "components": [component],
            }
        ],
    )


@st.composite
def event_cases(draw: st.DrawFn) -> Case:
    """A share of the rate is earned at the booking, the rest as invoices are sent or paid."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(companies())
    draw(deals(tables, [unit], (100 * 10 ** DECIMALS[unit],)))
    draw(returns(tables))
    draw(invoices(tables))
    shares = draw(
        st.sampled_from(
            [
                {"booking": "50%", "payment": "50%"},
                {"booking": "33.3%", "invoice": "66.7%"},
                {"booking": "60%", "invoice": "20%", "payment": "20%"},
                {"booking": "100%"},
            ]
        )
    )
    conv = draw(conventions(DECIMALS[unit]))
    earn: list[Any] = draw(
        st.sampled_from([["individual rate"], [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}]])
    )
    pay: list[Doc] = []
    if draw(st.booleans()):
        draw(cancellations(tables, 90))
        if tables["cancellations"]:
            pay.append({"clawback": {"within days": "90"}})
    component = {
        "component": "C",
        "measure": "bookings",
        "events": shares,
        "credits": draw(CREDITS),
        "earn": earn,
        "pay": pay,
    }
    return Case(
        tables,
        [
            {
                "plan": "P",
                "pays": "monthly",
                "eligible": "everyone",
                "conventions": conv,
                "components": [component],
            }
        ],
    )


DRAWN = {
    "draw.recovery": "immediate",
    "draw.scope": "all earnings",
    "draw.surplus_offsets": "no",
    "draw.negative": "owed",
}


@st.composite
def balance_cases(draw: st.DrawFn) -> Case:
    """Draws, opening balances and pay below zero over the pay of two plans."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(companies())
    draw(deals(tables, [unit], (100 * one,), most=6))
    draw(returns(tables))
    negative = draw(st.sampled_from(["carried", "paid out"]))
    tables["draws"] = []
    tables["opening_balances"] = []
    for payee in ("Ana", "Ben"):
        if draw(st.booleans()):
            first = draw(st.integers(1, 6))
            last = draw(st.integers(first, 8))
            kind = draw(st.sampled_from(["recoverable", "non-recoverable"]))
            tables["draws"].append({"payee": payee, "kind": kind, "amount": written(1 + draw(amounts(unit)) // 8, unit), "per": "month",
                                    "from": f"2026-{first:02d}", "to": f"2026-{last:02d}"})  # fmt: skip
        if draw(st.booleans()):
            tables["opening_balances"].append(
                {
                    "payee": payee,
                    "period": f"2026-{draw(st.integers(1, 3)):02d}",
                    "balance": written(-draw(amounts(unit)) // 4, unit),
                }
            )
    plans = []
    for name in ("P", "Q")[: draw(st.integers(1, 2))]:
        conv = draw(conventions(DECIMALS[unit], {"balance.negative": negative, **DRAWN}))
        component = {
            "component": "C",
            "measure": "bookings",
            "credits": ["direct", "roll-up"],
            "earn": [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}],
        }
        plans.append(
            {
                "plan": name,
                "pays": "monthly",
                "currency": unit,
                "eligible": "everyone",
                "conventions": conv,
                "components": [component],
            }
        )
    return Case(tables, plans)


FAMILIES = {
    "lines": line_cases(),
    "tiers": tier_cases(),
    "bands": band_cases(),
    "events": event_cases(),
    "balances": balance_cases(),
}
