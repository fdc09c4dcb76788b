"""Random worlds of draws for people who come and go, draws by the target incentive, and amounts entered by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from reference_engine.tests.random_cases_people import DAYS, prorations
from reference_engine.tests.random_cases_settling import (
    PEOPLE,
    close,
    drawn,
    limits,
    month,
    settled_conventions,
)
from reference_engine.tests.random_worlds import (
    DECIMALS,
    PLAN_CURRENCIES,
    RATES,
    Case,
    Doc,
    Row,
    amounts,
    companies,
    days,
    deals,
    returns,
    written,
)


@st.composite
def paid(draw: st.DrawFn, unit: str) -> dict[str, list[Row]]:
    """People, deals and returns in one currency."""
    tables = draw(companies())
    draw(deals(tables, [unit], (100 * 10 ** DECIMALS[unit],), most=5))
    draw(returns(tables))
    tables["draws"] = []
    return tables


def plan_of(unit: str, conv: Doc, pays: str, rate: str, settle: list[Any], eligible: str = "everyone") -> Doc:
    """Two components of a flat rate."""
    parts = [
        {
            "component": name,
            "measure": "bookings",
            "credits": ["direct"] if name == "Second" else ["direct", "roll-up"],
            "earn": [{"flat rate": {"rate": rate}}],
        }
        for name in ("C", "Second")
    ]
    return {
        "plan": "P",
        "pays": pays,
        "currency": unit,
        "eligible": eligible,
        "conventions": conv,
        "components": parts,
        "settle": settle,
    }


# -- draws of people who come and go ----------------------------------------------------------------------
@st.composite
def lives(draw: st.DrawFn, tables: dict[str, list[Row]]) -> None:
    """Hires and ends inside and on the edges of pay periods; some leave before the first, some come back."""
    events: list[Row] = []
    for person in tables["payees"]:
        how = draw(st.sampled_from(["always", "hired", "left", "left", "both", "gone", "back"]))
        first, last = sorted((draw(DAYS), draw(DAYS)))
        if how in ("hired", "both"):
            person["hired"] = str(first)
        if how in ("left", "both"):
            person["left"] = str(last)
        if how == "gone":
            person["left"] = "2025-12-15"
        if how == "back":
            person["left"] = str(first)
            events.append({"payee": person["payee"], "event": "hire", "from": str(last + timedelta(days=2))})
    tables["employment_events"] = events


@st.composite
def targets(draw: st.DrawFn, tables: dict[str, list[Row]], unit: str, interval: str) -> None:
    """Everybody is assigned, with a target incentive that may change with a month."""
    rows: list[Row] = []
    one = 10 ** DECIMALS[unit]
    target = amounts(unit).map(lambda a: written(max(a, one), unit))
    for person in tables["payees"]:
        row = {"payee": person["payee"], "plan": "P", "period": interval}
        if interval == "month" and draw(st.integers(0, 2)) == 0:
            turn = date(2026, draw(st.integers(2, 6)), 1)
            rows.append({**row, "from": "2026-01-01", "to": str(turn - timedelta(days=1)), "target incentive": draw(target)})  # fmt: skip
            rows.append({**row, "from": str(turn), "to": "", "target incentive": draw(target)})
        else:
            rows.append({**row, "from": "2026-01-01", "to": "", "target incentive": draw(target)})
    tables["plan_assignments"] = rows


@st.composite
def leaver_cases(draw: st.DrawFn) -> Case:
    """Draws of the table and of a plan, as amounts and as percents of the target, for people who come and go."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(paid(unit))
    draw(lives(tables))
    pays = draw(st.sampled_from(["monthly", "monthly", "quarterly"]))
    interval = draw(st.sampled_from(["month", "quarter", "year"]))
    draw(targets(tables, unit, interval))
    fixed = draw(prorations(DECIMALS[unit]))
    fixed |= draw(settled_conventions(DECIMALS[unit]))
    fixed |= {
        "leave.credits": "counts",
        "proration.start_day_counts": "yes",
        "proration.partial_month": draw(st.sampled_from(["whole", "by days"])),
        "balance.leaver": draw(
            st.sampled_from(["stays open", "taken from the last pay", "forgiven", "billed"])
        ),
        "draw.partial_period": draw(st.sampled_from(["whole", "by days"])),
        "rounding": [
            {
                "at": "payout",
                "mode": draw(st.sampled_from(["half up", "down"])),
                "decimals": str(DECIMALS[unit]),
            }
        ],
    }
    longer = {"month": ["month", "quarter", "year"], "quarter": ["quarter", "year"], "year": ["year"]}

    fixed["draw.scope"] = draw(st.sampled_from(["all earnings", "all earnings", "named components"]))
    readings = ["immediate", "immediate", "from the first recovery period", "at the end of the interval"]
    fixed["draw.recovery"] = draw(st.sampled_from(readings))

    @st.composite
    def terms(draw: st.DrawFn) -> Doc:
        out: Doc = draw(drawn(unit, pays, True))
        if fixed["draw.scope"] == "named components" and "covers" not in out:
            out["covers"] = "C"
        if "recovery" in out and draw(st.booleans()):
            # What it says of the time is enough.
            out.pop("recovery")
        elif "recovery" not in out and fixed["draw.recovery"].startswith("from"):
            out["first recovery period"] = month(draw(st.integers(1, 6)))
        elif "recovery" not in out and fixed["draw.recovery"].startswith("at"):
            out["interval"] = draw(st.sampled_from(["quarter", "half-year", "year"]))
        if draw(st.booleans()):
            out.pop("amount")
            out["percent of target"] = draw(st.sampled_from(["10%", "33.3%", "50%", "100%"]))
            wanted = longer[interval]
            if pays == "quarterly" or interval == "month":
                wanted = [*wanted, "period"] if interval != "year" else wanted
            out["per"] = draw(st.sampled_from(wanted))
        return out

    for payee in PEOPLE:
        if draw(st.integers(0, 2)):
            first = draw(st.integers(1, 5))
            last = month(draw(st.integers(first, 8)))
            tables["draws"].append({"payee": payee, **draw(terms()), "from": month(first), "to": last})
    tables["opening_balances"] = [
        {"payee": payee, "period": "2026-01" if pays == "monthly" else "2026-Q1", "balance": written(-draw(amounts(unit)) // 4, unit)}
        for payee in PEOPLE
        if draw(st.integers(0, 2)) == 0
    ]  # fmt: skip
    settle: list[Any] = draw(st.sampled_from([[], ["draw"]]))
    if draw(st.booleans()):
        everybody = draw(terms())
        if "covers" in everybody:
            everybody["covers"] = [c.strip() for c in everybody["covers"].split(",")]
        if draw(st.booleans()):
            everybody["from"] = month(draw(st.integers(1, 3)))
            everybody["to"] = month(draw(st.integers(4, 7)))
        settle = [{"draw": everybody}]
    rate = draw(st.sampled_from(RATES))
    return Case(tables, [plan_of(unit, fixed, pays, rate, settle, "assigned")])


# -- amounts entered by hand --------------------------------------------------------------------------
@st.composite
def by_hand(draw: st.DrawFn, tables: dict[str, list[Row]], unit: str, pays: str) -> None:
    """Adjustments up and down, of components and of the plan, known early and late."""
    labels = [month(n) for n in range(1, 8)] if pays == "monthly" else ["2026-Q1", "2026-Q2", "2026-Q3"]
    tables["adjustments"] = [
        {
            "payee": draw(st.sampled_from(PEOPLE)),
            "plan": "P",
            "component": draw(st.sampled_from(["", "C", "Second"])),
            "period": draw(st.sampled_from(labels)),
            "amount": written(draw(amounts(unit)) * draw(st.sampled_from([1, 1, -1])) // 4 or 1, unit),
            "reason": f"reason {i}",
            "known": draw(st.sampled_from(["", str(draw(days(date(2026, 1, 1), date(2026, 9, 30))))])),
        }
        for i in range(draw(st.integers(1, 5)))
    ]


@st.composite
def adjustment_cases(draw: st.DrawFn) -> Case:
    """Adjustments beside draws, limits and closed periods."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(paid(unit))
    pays = draw(st.sampled_from(["monthly", "monthly", "quarterly"]))
    conv = draw(settled_conventions(DECIMALS[unit]))
    conv["adjustment.balance"] = draw(st.sampled_from(["counts", "stays out"]))
    draw(by_hand(tables, unit, pays))
    rounds = any(r["at"] == "payout" and int(r["decimals"]) == DECIMALS[unit] for r in conv["rounding"])
    for payee in PEOPLE:
        if draw(st.booleans()):
            terms = draw(drawn(unit, pays, rounds))
            tables["draws"].append(
                {"payee": payee, **terms, "from": month(1), "to": month(draw(st.integers(2, 8)))}
            )
    settle: list[Any] = draw(limits(unit)) if draw(st.booleans()) else []
    if draw(st.booleans()):
        close(draw, tables, unit, pays)
        if draw(st.booleans()):
            settle = [
                {"restatement": {"lines": draw(st.sampled_from(["difference", "reversal and new line"]))}},
                *settle,
            ]
    return Case(tables, [plan_of(unit, conv, pays, draw(st.sampled_from(RATES)), settle)])


FAMILIES = {"draws of leavers": leaver_cases(), "adjustments": adjustment_cases()}
EXAMPLES = {"draws of leavers": 80, "adjustments": 80}
