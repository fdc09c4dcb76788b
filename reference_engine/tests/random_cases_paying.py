"""Random worlds of paying: holds and parts, what customers pay, what is taken back, caps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from reference_engine.tests.random_worlds import (
    CREDITS,
    DECIMALS,
    PLAN_CURRENCIES,
    RATES,
    Case,
    Doc,
    Row,
    amounts,
    companies,
    conventions,
    days,
    deals,
    invoices,
    minor_of,
    returns,
    written,
)

PERCENTS = ("10%", "25%", "33.333%", "50%", "75%", "90%", "100%")


@st.composite
def _world(draw: st.DrawFn, unit: str, most: int = 4) -> dict[str, list[Row]]:
    """People with the days of their employment, and deals with a term, returns and cancellations."""
    tables = draw(companies())
    draw(deals(tables, [unit], (100 * 10 ** DECIMALS[unit],), most))
    draw(returns(tables))
    for person in tables["payees"]:
        person["hired"] = str(
            draw(st.sampled_from([date(2025, 10, 1), date(2025, 12, 31), date(2026, 1, 1)]))
        )
    for deal in tables["deals"]:
        deal["term months"] = draw(st.sampled_from(["1", "6", "12"]))
    return tables


@st.composite
def _conventions(draw: st.DrawFn, unit: str, fixed: dict[str, str] | None = None) -> Doc:
    """Every convention of paying stated at random."""
    mine = {
        "hold.count": draw(st.sampled_from(["from the next day", "from the day itself"])),
        "portion.residue": draw(st.sampled_from(["last", "first"])),
        "months.count": draw(st.sampled_from(["calendar months", "by the day"])),
        "clawback.lapse": draw(st.sampled_from(["earned", "not earned"])),
        "clawback.of": draw(st.sampled_from(["what was paid", "what is above the served part"])),
        "collection.discount": draw(st.sampled_from(["counts as collected", "counts as uncollected"])),
        "collection.write-off": draw(st.sampled_from(["counts as collected", "counts as uncollected"])),
        "unpaid.leaver": draw(st.sampled_from(["lost", "lost", "kept"])),
        "balance.negative": "paid out",
    }
    out: Doc = draw(conventions(DECIMALS[unit], {**mine, **(fixed or {})}))
    return out


def _plan(
    unit: str,
    conv: Doc,
    pays: str,
    measure: str,
    credits: list[str],
    earn: list[Any],
    pay: list[Any],
    **more: Any,
) -> Doc:
    component = {"component": "C", "measure": measure, "credits": credits, "earn": earn, "pay": pay, **more}
    return {
        "plan": "P",
        "currency": unit,
        "pays": pays,
        "eligible": "everyone",
        "conventions": conv,
        "components": [component],
    }


@st.composite
def _clawback(draw: st.DrawFn, tables: dict[str, list[Row]], conv: Doc) -> Doc:
    """Cancellations on and around the ends of windows, months and terms."""
    rows: list[Row] = []
    for deal in tables["deals"]:
        if draw(st.integers(0, 1)) == 0:
            closed = date.fromisoformat(deal["closed"])
            age = draw(st.one_of(st.sampled_from([0, 29, 30, 31, 89, 90, 91, 181, 182]), st.integers(0, 400)))
            rows.append({"deal": deal["deal"], "date": str(closed + timedelta(days=age))})
    tables["cancellations"] = rows
    out: Doc = draw(
        st.sampled_from([{}, {"within days": "90"}, {"within months": "3"}, {"within days": "30"}])
    )
    how = draw(st.sampled_from(["full", "part", "months", "months", "days"]))
    if how == "part":
        out = {**out, "part": draw(st.sampled_from(PERCENTS))}
    elif how != "full":
        out = {**out, "unserved": how}
        if draw(st.booleans()):
            out["of months"] = draw(st.sampled_from(["3", "9"]))
    return out


CASH = ("in proportion", "level", "invoiced", "split", "milestones", "late", "past due")
TIMES: dict[str, st.SearchStrategy[Any]] = {
    "hold days": st.builds(
        lambda n, b: {"hold days": {"days": str(n), "counted in": b}},
        st.sampled_from([0, 1, 15, 30]),
        st.sampled_from(["calendar days", "business days"]),
    ),
    "hold periods": st.builds(lambda n: {"hold periods": {"periods": str(n)}}, st.sampled_from([1, 2, 3])),
    "hold until employed": st.builds(
        lambda n: {"hold until employed": {"days": str(n)}}, st.sampled_from([30, 90, 92])
    ),
    "pay at end of": st.builds(lambda n: {"pay at end of": {"interval": n}}, st.sampled_from(["quarter", "year"])),
    "instalments": st.builds(
        lambda n, e, g: {"instalments": {"number": str(n), "every": e, **g}},
        st.integers(1, 4),
        st.sampled_from(["month", "quarter"]),
        st.sampled_from([{"grows by": "10%"}, {}, {"after months": "1"}]),
    ),
    "reserve": st.builds(
        lambda s, w: {"reserve": {"withheld": s, **w}},
        st.sampled_from(PERCENTS),
        st.sampled_from([{"after days": "90"}, {"after months": "1"}, {"after months": "6"}]),
    ),
    "advance and as earned": st.sampled_from(
        [
            {"advance and as earned": {"advance": "75%", "months": "12"}},
            {"advance and as earned": {"advance": "50%", "months": "4"}},
            {"advance and as earned": {"advance": "0%", "months": "3"}},
        ]
    ),
}


@st.composite
def time_cases(draw: st.DrawFn, kind: str = "") -> Case:
    """Holds by days, periods and employment, instalments, reserves and advances; then clawbacks and leavers."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(_world(unit))
    conv = draw(_conventions(unit))
    kind = kind or draw(st.sampled_from([*TIMES, "windfall review"]))
    pay: list[Any] = [] if kind == "windfall review" else [draw(TIMES[kind])]
    if draw(st.integers(0, 2)) == 0:
        pay.append(draw(st.one_of(*TIMES.values())))
    tables["holidays"] = [{"date": str(draw(days())), "name": "Holiday"}]
    if kind == "windfall review":
        pay.append({"windfall review": draw(_windfall(tables, unit, one))})
    elif draw(st.booleans()):
        pay.append({"clawback": draw(_clawback(tables, conv))})
    if draw(st.integers(0, 3)) == 0:
        for person in tables["payees"]:
            person["left"] = str(draw(days(date(2026, 7, 1), date(2026, 9, 30))))
        pay.append(
            {
                "employed on": draw(
                    st.sampled_from([{"day": "period end"}, {"day": "days after period end", "days": "15"}])
                )
            }
        )
    pays = draw(st.sampled_from(["monthly", "monthly", "quarterly"]))
    earn = [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}]
    return Case(tables, [_plan(unit, conv, pays, "bookings", draw(CREDITS), earn, pay)])


@st.composite
def _windfall(draw: st.DrawFn, tables: dict[str, list[Row]], unit: str, one: int) -> Doc:
    tables["deal_caps"] = [
        {
            "deal": deal["deal"],
            "date": str(draw(days())),
            "amount": draw(st.sampled_from(["", written(5 * one, unit), written(50 * one, unit)])),
        }
        for deal in tables["deals"]
        if draw(st.booleans())
    ]
    bound = written(draw(amounts(unit, (100 * one,))), unit)
    out: Doc = draw(
        st.sampled_from([{}, {"deal above": bound}, {"commission above": written(8 * one, unit)}])
    )
    return out


@st.composite
def clawback_cases(draw: st.DrawFn) -> Case:
    """Clawbacks of deals paid at once, at the historic and at today's rate."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(_world(unit, 5))
    tables["returns"] = []
    for deal in tables["deals"]:
        deal["amount"] = deal["amount"].removeprefix("-")
    conv = draw(_conventions(unit, {"clawback.rate": draw(st.sampled_from(["historic", "recalculated"]))}))
    # The rate of a rounded line can't be told from its amount.
    conv["rounding"] = [r for r in conv["rounding"] if r["at"] != "line"]
    if not any(r["at"] in ("component", "payout") for r in conv["rounding"]):
        conv["rounding"].append({"at": "payout", "mode": "half up", "decimals": str(DECIMALS[unit])})
    pay = [{"clawback": draw(_clawback(tables, conv))}]
    earn = [
        {
            "brackets": {
                "tiers": [
                    {
                        "from": written(0, unit),
                        "to": written(10000 if unit == "JPY" else 6000, unit),
                        "rate": "5%",
                    },
                    {"from": written(10000 if unit == "JPY" else 6000, unit), "rate": "4%"},
                ]
            }
        }
    ]
    return Case(tables, [_plan(unit, conv, "monthly", "bookings", ["direct"], earn, pay)])


@st.composite
def _customers(draw: st.DrawFn, tables: dict[str, list[Row]], unit: str) -> None:
    """Invoices with tax, due dates and types; credit notes applied to them; refunds, discounts and write-offs."""
    draw(invoices(tables))
    of_deal: dict[str, list[str]] = {}
    tax = draw(st.booleans())
    for row in tables["invoices"]:
        if row["kind"] != "credit note":
            of_deal.setdefault(row["deal"], []).append(row["invoice"])
    for row in tables["invoices"]:
        known = of_deal.get(row["deal"], [])
        row["of"] = draw(st.sampled_from(["", *known, *known])) if row["kind"] == "credit note" else ""
        row["due"] = str(draw(days())) if draw(st.booleans()) else ""
        row["type"] = draw(st.sampled_from(["setup", "subscription"]))
        same_day = [p["date"] for p in tables["payments"] if p["invoice"] == row["of"]]
        row["date"] = draw(st.sampled_from([row["date"], *same_day]))
        minor, _ = minor_of(row["amount"])
        row["tax"] = written(minor // 5, unit) if tax else ""
    for row in tables["payments"]:
        if draw(st.integers(0, 5)) == 0:
            row["amount"] = "-" + row["amount"]
    tables["write_offs"] = [
        {
            "write-off": f"W-{i}",
            "invoice": row["invoice"],
            "amount": written(draw(st.integers(1, max(1, minor_of(row["amount"])[0] // 2))), unit),
            "date": str(draw(days(date.fromisoformat(row["date"])))),
            "kind": draw(st.sampled_from(["", "discount", "write-off"])),
        }
        for i, row in enumerate(tables["invoices"])
        if row["kind"] != "credit note" and draw(st.integers(0, 2)) == 0
    ]


@st.composite
def cash_cases(draw: st.DrawFn, kind: str = "") -> Case:
    """Releases in proportion, at a level, as invoiced and at milestones; penalties for late and missing payments."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(_world(unit, 3))
    draw(_customers(tables, unit))
    conv = draw(_conventions(unit))
    kind = kind or draw(st.sampled_from(CASH))
    invoiced = [("revenue", ""), ("revenue", "invoice lines"), ("margin", "")]
    if kind in ("invoiced", "split", "milestones"):
        measure, records = "bookings", ""
    else:
        measure, records = draw(st.sampled_from(invoiced if kind == "late" else [("bookings", ""), *invoiced]))
    pay: list[Any] = []
    if kind == "invoiced":
        pay.append("release as invoiced")
    elif kind == "level":
        pay.append({"release at level": {"collected": draw(st.sampled_from(PERCENTS))}})
    elif kind == "split":
        pay.append(
            {
                "split payment": draw(
                    st.sampled_from(
                        [
                            {"at booking": "75%", "at collection": "25%"},
                            {"at booking": "60%", "at invoice": "20%", "at collection": "20%"},
                            {"at booking": "0%", "at invoice": "100%"},
                        ]
                    )
                )
            }
        )
    elif kind == "milestones":
        tables["milestones"] = [
            {"deal": d["deal"], "milestone": "go-live", "date": str(draw(days()))}
            for d in tables["deals"]
            if draw(st.booleans())
        ]
        tables["milestones"].append({"deal": "D-X", "milestone": "go-live", "date": "2026-03-01"})
        parts = draw(
            st.sampled_from(
                [
                    [("50%", "first paid invoice", {}), ("50%", "first invoice", {"type": "subscription"})],
                    [("30%", "booking", {}), ("70%", "milestone", {"named": "go-live"})],
                    [
                        ("33.3%", "first payment", {}),
                        ("33.3%", "first invoice", {}),
                        ("33.4%", "first paid invoice", {"type": "setup"}),
                    ],
                ]
            )
        )
        pay.append({"milestones": {"parts": [{"share": s, "when": w, **more} for s, w, more in parts]}})
    elif kind == "late":
        pay.append({"late payment penalty": draw(_penalty())})
    elif kind == "past due":
        pay.append({"past due": {"grace days": draw(st.sampled_from(["0", "30"]))}})
    else:
        pay.append("release on cash")
    earn = [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}]
    more = {"records": records} if records else {}
    return Case(tables, [_plan(unit, conv, "monthly", measure, draw(CREDITS), earn, pay, **more)])


@st.composite
def _penalty(draw: st.DrawFn) -> Doc:
    return {
        "bands": draw(
            st.sampled_from(
                [
                    [
                        {"from days": "1", "takes": "10%"},
                        {"from days": "31", "takes": "20%"},
                        {"from days": "61", "takes": "80%"},
                    ],
                    [
                        {"from days": "1", "to days": "30", "takes": "10%"},
                        {"from days": "31", "takes": "50%"},
                    ],
                ]
            )
        ),
        "of": draw(st.sampled_from(["original", "what remains"])),
        "counted from": draw(st.sampled_from(["due date", "invoice date"])),
        "below zero": draw(st.sampled_from(["allowed", "not allowed"])),
    }


@st.composite
def cap_cases(draw: st.DrawFn) -> Case:
    """Caps per deal and per time, with what is above lost, carried, expiring or refunded."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(_world(unit, 6))
    kinds = ["deal", "carried", "expiring", "expiring", "refundable", "adds up", "least"]
    kind = draw(st.sampled_from(kinds))
    excess = {
        "carried": "carried",
        "expiring": "carried",
        "refundable": "refundable",
        "adds up": "refundable",
    }.get(kind, "lost")
    conv = draw(
        _conventions(
            unit, {"cap.excess": excess, "cap.order": draw(st.sampled_from(["carried first", "new first"]))}
        )
    )
    if kind == "adds up":
        conv["cap.excess"] = draw(st.sampled_from(["carried", "refundable"]))
    terms: Doc = {
        "amount": written(draw(amounts(unit, (10 * one, 25 * one))), unit),
        "per": draw(st.sampled_from(["month", "quarter"])),
    }
    if kind == "deal":
        terms["per"] = "deal"
    elif kind == "expiring":
        terms["expires after"] = str(draw(st.integers(1, 3)))
    elif kind == "least":
        terms["least"] = written(-draw(amounts(unit, (5 * one,))), unit)
    else:
        terms["settled at end of"] = draw(st.sampled_from(["half-year", "year"]))
        if kind == "adds up":
            terms["unused"] = "adds up"
    pay: list[Any] = []
    if draw(st.integers(0, 2)) == 0:
        pay.append({"instalments": {"number": "2", "every": "month"}})
    pay.append({"cap": terms})
    rate = draw(st.sampled_from(["110%", "33.333%"] if kind == "expiring" else RATES))
    earn = [{"flat rate": {"rate": rate}}]
    return Case(tables, [_plan(unit, conv, "monthly", "bookings", ["direct"], earn, pay)])


@st.composite
def shared_deal_cases(draw: st.DrawFn) -> Case:
    """Limits of deals that several payees share: caps of deals and lines, and decisions on exceptional deals."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(_world(unit, 3))
    named = {row["deal"] for row in tables["credit_splits"]}
    for deal in tables["deals"]:
        if deal["deal"] not in named:
            tables["credit_splits"] += [
                {"deal": deal["deal"], "payee": who, "share": share}
                for who, share in draw(
                    st.sampled_from([[("Ana", "25%"), ("Ben", "75%")], [("Ben", "33.3%"), ("Max", "66.7%")]])
                )
            ]
    when = draw(st.sampled_from(["before rate", "after rate"]))
    conv = draw(_conventions(unit, {"split.when": when}))
    limit = written(draw(amounts(unit, (5 * one, 10 * one, 25 * one))), unit)
    earn: list[Any] = [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}]
    pay: list[Any] = [{"instalments": {"number": "2", "every": "month"}}] if draw(st.booleans()) else []
    kind = draw(st.sampled_from(["deal", "deal", "plan", "line", "review"]))
    if kind == "line":
        earn.append({"cap": {"per": "line", "amount": limit}})
    elif kind == "review":
        pay = [{"windfall review": draw(_windfall(tables, unit, one))}]
    elif kind == "deal":
        pay.append({"cap": {"per": "deal", "amount": limit}})
    plan = _plan(unit, conv, "monthly", "bookings", draw(CREDITS), earn, pay)
    if kind == "plan":
        # What the cap of a deal leaves is rounded after it.
        conv["rounding"] = [r for r in conv["rounding"] if r["at"] != "payout"]
        conv["rounding"].append({"at": "payout", "mode": "half up", "decimals": str(DECIMALS[unit])})
        plan["components"].append({**plan["components"][0], "component": "Second", "credits": draw(CREDITS)})
        plan["pay"] = [{"cap": {"per": "deal", "amount": limit}}]
    return Case(tables, [plan])


@st.composite
def residual_cases(draw: st.DrawFn) -> Case:
    """Payments of several years at the rates of their months, with penalties for late ones."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(_world(unit, 3))
    draw(_customers(tables, unit))
    for row in tables["payments"]:
        row["date"] = str(
            date.fromisoformat(row["date"]) + timedelta(days=draw(st.sampled_from([0, 31, 365])))
        )
    conv = draw(_conventions(unit))
    rates = [
        {"from month": "1", "to month": "2", "rate": "10%"},
        {"from month": "4", "to month": "12", "rate": "3.33%"},
        {"from month": "13", "rate": "1%"},
    ]
    pay: list[Any] = [{"late payment penalty": draw(_penalty())}] if draw(st.booleans()) else []
    return Case(
        tables, [_plan(unit, conv, "monthly", "cash", draw(CREDITS), [{"residual": {"rates": rates}}], pay)]
    )


@st.composite
def advance_cases(draw: st.DrawFn) -> Case:
    """Advances on an estimate, settled with the quarter or half-year, more or less than what is earned."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(_world(unit, 5))
    tables["credit_splits"], tables["territories"] = [], []
    for deal in tables["deals"]:
        if deal["owner"] == "territory owner":
            deal["owner"] = "Ana"
    first = min(deal["closed"] for deal in tables["deals"])[:7]
    tables["advances"] = [
        {
            "payee": owner,
            "component": "",
            "period": month,
            "amount": written(draw(amounts(unit)) // 10, unit),
            "paid": draw(st.sampled_from(["", "", written(draw(amounts(unit)) // 20, unit)])),
        }
        for owner in sorted({deal["owner"] for deal in tables["deals"]})
        for month in ("2026-03", "2026-05", "2026-06")
        if month >= first and draw(st.booleans())
    ]
    fixed = {
        "trueup.minus": draw(st.sampled_from(["earned", "paid"])),
        "trueup.negative": draw(st.sampled_from(["recovered", "carried", "waived"])),
    }
    conv = draw(_conventions(unit, fixed))
    conv["rounding"] = [{"at": "line", "mode": "half up", "decimals": str(DECIMALS[unit])}]
    pay = [{"advance and true up": {"settled at end of": draw(st.sampled_from(["quarter", "half-year"]))}}]
    earn = [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}]
    return Case(tables, [_plan(unit, conv, "monthly", "bookings", ["direct"], earn, pay)])


FAMILIES = {
    # A family for each: left to chance, some would never be drawn.
    **{f"paying {kind}": time_cases(kind) for kind in (*TIMES, "windfall review")},
    "paying clawbacks": clawback_cases(),
    **{f"cash {kind}": cash_cases(kind) for kind in CASH},
    "paying caps": cap_cases(),
    "paying limits of shared deals": shared_deal_cases(),
    "paying residuals": residual_cases(),
    "paying advances": advance_cases(),
}
EXAMPLES = {
    **dict.fromkeys((f"paying {kind}" for kind in (*TIMES, "windfall review")), 15),
    "paying clawbacks": 50,
    **dict.fromkeys((f"cash {kind}" for kind in CASH), 18),
    "paying caps": 60,
    "paying limits of shared deals": 90,
    "paying residuals": 40,
    "paying advances": 40,
}
