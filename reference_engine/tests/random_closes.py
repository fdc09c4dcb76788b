"""Random worlds whose records become known late, and the closes of their periods."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from reference_engine.tests.oracle_records import labelled
from reference_engine.tests.oracle_replay import Closing
from reference_engine.tests.random_cases_draws import by_hand
from reference_engine.tests.random_cases_settling import PEOPLE, drawn, limits, month, settled_conventions
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
    deals,
    returns,
    tier_table,
    written,
)

WAITS = st.sampled_from([0, 0, 0, 3, 20, 35, 36, 90])
"""After how many days a record becomes known."""


@st.composite
def late(draw: st.DrawFn, unit: str) -> dict[str, list[Row]]:
    """Deals, returns and cancellations that become known up to three months later."""
    tables = draw(companies())
    draw(deals(tables, [unit], (100 * 10 ** DECIMALS[unit],), most=6))
    draw(returns(tables))
    tables["cancellations"] = [
        {"deal": d["deal"], "date": str(date.fromisoformat(d["closed"]) + timedelta(days=draw(st.integers(0, 60))))}
        for d in tables["deals"]
        if draw(st.integers(0, 4)) == 0
    ]  # fmt: skip
    for table, day in (("deals", "closed"), ("returns", "date"), ("cancellations", "date")):
        for row in tables[table]:
            wait = draw(WAITS)
            row["known"] = str(date.fromisoformat(row[day]) + timedelta(days=wait)) if wait else ""
    # What takes back can't be known before its deal.
    known = {d["deal"]: d["known"] or d["closed"] for d in tables["deals"]}
    for table, of in (("returns", "of"), ("cancellations", "deal")):
        for row in tables[table]:
            row["known"] = max(row["known"] or row["date"], known[row[of]])
    return tables


@st.composite
def closes(draw: st.DrawFn) -> list[Closing]:
    """Some months of the year, each closed up to six weeks after its end; the last closes everything."""
    out: list[Closing] = []
    day = date.min
    for number in sorted(draw(st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True))):
        last = labelled(month(number)).last
        day = max(day, last + timedelta(days=draw(st.sampled_from([0, 3, 5, 20, 40]))))
        out.append((month(number), day))
    return [*out, (month(12), max(day, date(2027, 1, 31)))]


@st.composite
def component(draw: st.DrawFn, unit: str, alone: bool) -> Doc:
    """What pays, with what may be taken back; only what late records may add to where they are calculated alone."""
    one = 10 ** DECIMALS[unit]
    bounds = [written(n * one, unit) for n in (0, 100, 250)]
    tiers = {"tiers": tier_table(bounds, ["5%", "8%", draw(st.sampled_from(["12.5%", "33.333%"]))])}
    flat = {"flat rate": {"rate": draw(st.sampled_from(RATES))}}
    earn: list[Doc] = [flat, flat, {"marginal": tiers}, {"brackets": tiers}]
    if not alone:
        earn.append({"retroactive": tiers})
    out: Doc = {
        "component": "C",
        "measure": "bookings",
        "credits": draw(CREDITS),
        "earn": [draw(st.sampled_from(earn))],
    }
    pay: list[Any] = []
    if "retroactive" not in out["earn"][0]:
        if draw(st.integers(0, 3)):
            pay.append({"clawback": {"within days": draw(st.sampled_from(["30", "90"]))}})
        if draw(st.integers(0, 2)) == 0:
            per = draw(st.sampled_from(["month", "quarter"]))
            pay.append({"cap": {"amount": written(draw(amounts(unit)) // 8 + one, unit), "per": per}})
    return {**out, "pay": pay}


@st.composite
def replays(draw: st.DrawFn) -> tuple[Case, list[Closing]]:
    """One or two plans, some with draws and limits, some with amounts entered by hand."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(late(unit))
    conv = draw(settled_conventions(DECIMALS[unit]))
    alone = draw(st.booleans())
    conv |= {
        "restatement.scope": "incremental" if alone else "complete",
        "restatement.minus": "earned",
        "adjustment.balance": draw(st.sampled_from(["counts", "stays out"])),
        "tier.accumulate": draw(st.sampled_from(["period", "quarter", "year"])),
    }
    rounds = any(r["at"] == "payout" and int(r["decimals"]) == DECIMALS[unit] for r in conv["rounding"])
    settle: list[Any] = []
    mixed = draw(st.integers(0, 3)) == 0
    if mixed:
        # A payee of plans that pay differently often has no draws.
        conv["balance.negative"] = "paid out"
    else:
        tables["draws"] = [
            {"payee": p, **draw(drawn(unit, "monthly", rounds)), "from": month(1), "to": month(draw(st.integers(1, 8)))}
            for p in PEOPLE
            if draw(st.integers(0, 2)) == 0
        ]  # fmt: skip
        settle = draw(limits(unit)) if draw(st.integers(0, 2)) == 0 else []
    if draw(st.booleans()):
        draw(by_hand(tables, unit, "monthly"))
    if draw(st.integers(0, 2)) == 0:
        settle = [
            {"restatement": {"lines": draw(st.sampled_from(["difference", "reversal and new line"]))}},
            *settle,
        ]
    plans: list[Doc] = [
        {
            "plan": name,
            "pays": pays,
            "currency": unit,
            "eligible": "everyone",
            "conventions": conv,
            "components": [draw(component(unit, alone))],
            "settle": settle,
        }
        for name, pays in (("P", "monthly"), ("Q", "quarterly" if mixed else "monthly"))[
            : 2 if mixed else draw(st.integers(1, 2))
        ]
    ]
    if not all(any("clawback" in m for m in part["pay"]) for plan in plans for part in plan["components"]):
        # Every plan must say what a cancellation does.
        tables["cancellations"] = []
    for row in tables.get("draws", []):
        row.pop("covers", None)
    for row in tables.get("adjustments", []):
        if row["component"]:
            row["component"] = "C"
    return Case(tables, plans), draw(closes())
