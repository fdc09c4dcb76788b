"""Random worlds of people who come, go, are on leave and change assignments, with quotas that are planned and prorated."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from reference_engine.problems import Stopped
from reference_engine.tests.oracle_records import spans
from reference_engine.tests.random_worlds import (
    DECIMALS,
    PLAN_CURRENCIES,
    RATES,
    Case,
    Doc,
    Row,
    amounts,
    companies,
    conventions,
    deals,
    returns,
    run_engine,
    tier_table,
    written,
)

BASES = ("calendar days", "work days", "months", "days of the year", "365 days", "360 days", "30/360")
PEOPLE = ("Mia", "Max", "Ana", "Ben", "Sam")
EDGES = [
    date(2026, m, d)
    for m, d in (
        (1, 1),
        (1, 31),
        (2, 1),
        (2, 14),
        (2, 28),
        (3, 1),
        (3, 31),
        (4, 1),
        (5, 15),
        (5, 16),
        (6, 30),
    )
]
DAYS = st.one_of(st.sampled_from(EDGES), st.dates(date(2026, 1, 1), date(2026, 7, 31)))
RESIDUES = (
    "first",
    "last",
    "largest share",
    "largest remainder, earlier first",
    "largest remainder, later first",
    "nobody",
)


@st.composite
def prorations(draw: st.DrawFn, decimals: int, fixed: Doc | None = None) -> Doc:
    """Every convention of proration stated."""
    own = {
        "proration.of": draw(
            st.sampled_from(["quota and target", "quota and target", "quota only", "target only", "neither"])
        ),
        "proration.basis": draw(st.sampled_from(BASES)),
        "proration.partial_month": draw(st.sampled_from(["whole", "none", "by days", "cut-off day"])),
        "proration.start_day_counts": draw(
            st.sampled_from(["yes", "no", "only on the first day of the period"])
        ),
        "proration.end_day_counts": draw(st.sampled_from(["yes", "no"])),
        "proration.factor_decimals": draw(st.sampled_from(["exact", "exact", "3", "2"])),
        "leave.quota": draw(st.sampled_from(["nothing", "days excluded"])),
        "leave.target": draw(st.sampled_from(["nothing", "days excluded"])),
        "leave.credits": draw(st.sampled_from(["counts", "doesn't count"])),
        "credit.outside_employment": draw(st.sampled_from(["counts", "doesn't count", "doesn't count"])),
        "quota.residue": draw(st.sampled_from(RESIDUES)),
        "quota.relief": draw(st.sampled_from(["compounded", "added"])),
        "quota.seller_order": draw(st.sampled_from(["ramp, then adjustment", "adjustment, then ramp"])),
        "quota.account_move": draw(st.sampled_from(["moves pro rata", "stays"])),
        "ramp.first_month": draw(st.sampled_from(["hire month", "first full month"])),
        "quota.explicit_zero": "overrides",
        "balance.leaver": "stays open",
    }
    out = draw(conventions(decimals, {**own, **(fixed or {})}))
    if draw(st.integers(0, 3)) == 0:
        stage = {"at": "quota", "mode": draw(st.sampled_from(["half up", "down"])), "decimals": str(decimals)}
        out["rounding"] = [stage, *out["rounding"]]
    return out


@st.composite
def lives(draw: st.DrawFn, tables: dict[str, list[Row]]) -> None:
    """Hires, ends, rehires and leaves; some in payees, some as events."""
    events: list[Row] = []
    for person in tables["payees"]:
        how = draw(st.sampled_from(["always", "hired", "left", "both", "rehired", "event"]))
        first, last = sorted((draw(DAYS), draw(DAYS)))
        if how in ("hired", "both"):
            person["hired"] = str(first)
        if how in ("left", "both"):
            person["left"] = str(last)
        if how == "rehired":
            person["left"] = str(first)
            events.append({"payee": person["payee"], "event": "hire", "from": str(last + timedelta(days=1))})
        if how == "event":
            events.append({"payee": person["payee"], "event": "termination", "from": str(last)})
        if draw(st.integers(0, 2)) == 0:
            start = draw(DAYS)
            end = start + timedelta(days=draw(st.integers(0, 80)))
            kind = draw(st.sampled_from(["parental", "sick", ""]))
            if draw(st.booleans()):
                events.append(
                    {
                        "payee": person["payee"],
                        "event": "leave",
                        "from": str(start),
                        "to": str(end),
                        "value": kind,
                    }
                )
            else:
                events.append({"payee": person["payee"], "event": "leave", "from": str(start), "value": kind})
                events.append(
                    {"payee": person["payee"], "event": "return", "from": str(end + timedelta(days=1))}
                )
    tables["employment_events"] = events
    tables["holidays"] = [{"date": d} for d in ("2026-01-01", "2026-04-03", "2026-05-01")]


@st.composite
def mechanics(draw: st.DrawFn, conv: Doc, unit: str, targets: bool = False) -> list[Any]:
    """What a plan does with its quotas, in an order that may be any."""
    out: list[Any] = []
    if draw(st.booleans()):
        weights = draw(st.sampled_from([[], ["20%", "20%", "20%", "40%"], ["17%", "23%", "30%", "30%"]]))
        body: Doc = {"per": "quarter" if weights else draw(st.sampled_from(["month", "quarter"]))}
        if weights:
            body["weights"] = weights
        if draw(st.booleans()):
            body["round to"] = written(10 ** DECIMALS[unit], unit)
            if draw(st.booleans()):
                body["last at least"] = body["round to"]
        if targets:
            body["of"] = "both"
        out.append({"distribution": body})
    if draw(st.booleans()):
        shares = draw(st.sampled_from([["25%", "50%"], ["50%", "75%", "90%"], ["33.3%"]]))
        out.append(
            {
                "ramp": {
                    "shares": shares,
                    "each": draw(st.sampled_from(["month", "quarter"])),
                    **({"of": "both"} if targets else {}),
                }
            }
        )
    if draw(st.integers(0, 3)) == 0:
        out.append({"growth": draw(st.sampled_from([{"by": "10%"}, {"by": "-5%"}, {"scale": "112.5%"}]))})
    if draw(st.integers(0, 3)) == 0:
        out.append({"bottom up": {"growth": "10%", "attrition relief": "2%"}})
    if draw(st.integers(0, 3)) == 0:
        out.append({"over assignment": {"by": draw(st.sampled_from(["15%", "33.3%"]))}})
    out = draw(st.permutations(out))
    if conv["proration.partial_month"] == "cut-off day":
        out.append({"proration": {"cut off day": draw(st.sampled_from(["1", "15", "31"]))}})
    if draw(st.integers(0, 3)) == 0:
        more = draw(st.sampled_from(["0", "20", "31"]))
        out.append({"leave threshold": {"more than": more, "of": draw(st.sampled_from(["calendar days", "work days"])), "leaves": draw(st.sampled_from(["added up", "each by itself"]))}})  # fmt: skip
    if draw(st.integers(0, 4)) == 0:
        out.append(
            {
                "minimum service": {
                    "days": draw(st.sampled_from(["10", "59"])),
                    "in": draw(st.sampled_from(["period", "employment"])),
                }
            }
        )
    return out


@st.composite
def stated(
    draw: st.DrawFn, tables: dict[str, list[Row]], unit: str, interval: str, *, targets: bool = False
) -> None:
    """Quotas by assignments that follow each other, or in tables of months, quarters or years."""
    tables["plan_assignments"], tables["quotas"] = [], []
    quota = amounts(unit, (100 * 10 ** DECIMALS[unit],), least=2)
    for payee in PEOPLE:
        how = draw(st.sampled_from(["assignment", "two assignments", "table"]))
        if targets:
            how = draw(st.sampled_from(["assignment", "two assignments"]))
        turn = draw(DAYS)
        rows = [{"payee": payee, "plan": "P", "from": "2026-01-01", "to": ""}]
        if how == "two assignments" and turn > date(2026, 1, 1):
            rows[0]["to"] = str(turn - timedelta(days=1))
            rows.append({"payee": payee, "plan": "P", "from": str(turn), "to": ""})
        for row in rows:
            if how != "table":
                row |= {
                    "quota": written(draw(quota), unit),
                    "period": draw(st.sampled_from([interval, interval, "month", "year"])),
                }
                if targets:
                    row["target incentive"] = written(draw(quota), unit)
        if how == "table":
            step = draw(st.sampled_from([interval, "month", "year"]))
            for period in spans(date(2026, 1, 1), date(2026, 12, 31), step):
                ramp = draw(st.sampled_from(["", "", "50%"]))
                tables["quotas"].append(
                    {
                        "payee": payee,
                        "period": period.label,
                        "quota": written(draw(quota), unit),
                        "ramp": ramp,
                    }
                )
        tables["plan_assignments"] += rows


@st.composite
def people_cases(draw: st.DrawFn) -> Case:
    """Whole payouts by attainment of planned and prorated quotas."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(companies())
    draw(deals(tables, [unit], (50 * one, 100 * one), most=7))
    tables["credit_splits"] = []
    draw(returns(tables))
    draw(lives(tables))
    pays, accumulate = draw(
        st.sampled_from(
            [("monthly", "quarter"), ("monthly", "year"), ("quarterly", "period"), ("monthly", "period")]
        )
    )
    interval = {"quarter": "quarter", "year": "year"}.get(
        accumulate, "month" if pays == "monthly" else "quarter"
    )
    conv = draw(prorations(DECIMALS[unit], {"tier.accumulate": accumulate}))
    draw(stated(tables, unit, interval))
    ends = draw(st.sampled_from([["0%", "100%"], ["0%", "50%", "100%"], ["0%", "100%", "120.5%"]]))
    tiers = tier_table(ends, [draw(st.sampled_from(RATES)) for _ in ends])
    plan: Doc = {
        "plan": "P",
        "currency": unit,
        "pays": pays,
        "conventions": conv,
        "quota": draw(mechanics(conv, unit)),
        "components": [{"component": "C", "measure": "bookings", "credits": ["direct"], "earn": [{draw(st.sampled_from(["marginal", "retroactive"])): {"tiers": tiers}}]}],
    }  # fmt: skip
    case = Case(tables, [plan])
    try:
        run_engine(case)
    except Stopped as stopped:
        # Who sells without a quota, or has one of zero, is refused; so are two assignments that both count in full.
        if {p.slug for p in stopped.problems} <= {"no-quota", "quota-zero", "proration"}:
            reject()
        raise
    return case


@st.composite
def target_cases(draw: st.DrawFn) -> Case:
    """Quotas and target incentives of assignments, to be compared interval by interval."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(companies())
    draw(lives(tables))
    conv = draw(prorations(DECIMALS[unit], {"tier.accumulate": "period"}))
    if conv["proration.of"] == "neither":
        conv["proration.of"] = "quota and target"
    draw(stated(tables, unit, draw(st.sampled_from(["month", "quarter", "year"])), targets=True))
    plan: Doc = {
        "plan": "P",
        "currency": unit,
        "pays": "monthly",
        "conventions": conv,
        "quota": draw(mechanics(conv, unit, targets=True)),
        "components": [NOTHING],
    }
    return Case(tables, [plan])


NOTHING: Doc = {
    "component": "C",
    "measure": "bookings",
    "credits": ["direct"],
    "earn": [{"flat rate": {"rate": "1%"}}],
}
HOLDERS = ("World", "North", "South", "Ana", "Ben", "Max")


@st.composite
def tree_cases(draw: st.DrawFn, way: str) -> Case:
    """Quotas handed down, spread, rolled up, carried by sellers and accounts: rows of quotas to be compared."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    conv = draw(prorations(DECIMALS[unit]))
    money = amounts(unit, (100 * one, 1000 * one), least=2).map(lambda n: written(n, unit))
    number = st.integers(1, 50).map(str)
    tables: dict[str, list[Row]] = {
        "payees": [{"payee": p, "manager": m} for p, m in (("Max", ""), ("Ana", "Max"), ("Ben", "Max"))]
    }
    draw(lives(tables))
    for person in tables["payees"]:
        person.setdefault("hired", "")
    tables["plan_assignments"] = [
        {"payee": p, "plan": "P", "from": "2026-01-01", "to": ""} for p in ("Max", "Ana", "Ben")
    ]
    periods = draw(st.sampled_from([["FY2026"], ["2026-Q1"], ["2026-Q1", "2026-Q2"]]))
    tables["territory_quotas"] = [
        {
            "territory": t,
            "period": p,
            "quota": draw(money),
            "adjustment": draw(st.sampled_from(["", written(one, unit)])),
        }
        for t in draw(st.sampled_from([["World"], ["World", "North"]]))
        for p in periods
    ]
    shares = draw(st.sampled_from([("60%", "40%"), ("33.33%", "66.67%"), ("50%", "50%")]))
    tables["quota_allocations"] = [
        {"parent": "World", "child": "North", "share": shares[0]},
        {"parent": "World", "child": "South", "share": shares[1]},
        {"parent": "North", "child": "Ana", "share": shares[1]},
        {"parent": "North", "child": "Ben", "share": shares[0]},
        {"parent": "South", "child": "Max", "share": "100%"},
    ]
    tables["quota_metrics"] = [
        {"holder": h, "metric": m, "period": "", "value": draw(number)}
        for h in HOLDERS
        for m in ("sales", "potential")
    ]
    tables["quotas"] = [
        {"payee": "Ben", "period": p, "quota": draw(money)} for p in periods if draw(st.booleans())
    ]
    tables["seller_quotas"] = [
        {
            "payee": p,
            "territory": "World",
            "share": draw(st.sampled_from(["50%", "100%", "33.3%"])),
            "ramp": draw(st.sampled_from(["", "75%"])),
            "adjustment": draw(st.sampled_from(["", written(one, unit)])),
            "from": draw(st.sampled_from(["", "2026-02-10"])),
            "to": draw(st.sampled_from(["", "2026-03-05", "2026-05-31"])),
        }
        for p in ("Ana", "Max")
    ]
    tables["territory_changes"] = [
        {
            "holder": h,
            "period": periods[0],
            "before": "1,000",
            "after": draw(st.sampled_from(["849", "850", "851", "500", "1,150", "1,300"])),
        }
        for h in ("World", "Ben")
    ]
    tables["accounts"] = [{"account": a, "territory": t} for a, t in (("A", "North"), ("B", "South"))]
    tables["account_quotas"] = [
        {"account": a, "period": p, "quota": draw(money)} for a in ("A", "B") for p in periods
    ]
    moved = draw(st.lists(DAYS, max_size=2, unique=True).map(sorted))
    tables["account_moves"] = [
        {"account": "A", "territory": t, "from": str(d)}
        for d, t in zip(moved, ("South", "North"), strict=False)
    ]
    plan: Doc = {
        "plan": "P",
        "currency": unit,
        "pays": "monthly",
        "conventions": conv,
        "quota": draw(plannings(unit, conv, way)),
        "components": [NOTHING],
    }
    return Case(tables, [plan])


@st.composite
def plannings(draw: st.DrawFn, unit: str, conv: Doc, way: str) -> list[Any]:
    one = written(10 ** DECIMALS[unit], unit)
    splits: list[Doc] = [
        {"split": "shares"},
        {"split": "evenly"},
        {
            "split": "metrics",
            "metrics": [{"metric": "sales", "weight": "70%"}, {"metric": "potential", "weight": "30%"}],
        },
    ]
    down = {
        **draw(st.sampled_from(splits)),
        **draw(st.sampled_from([{}, {"over assignment": ["10%", "5%"]}])),
    }
    if draw(st.booleans()):
        down["round to"] = one
    tree: Doc = {"roll up": {"over": "allocations", "stated": draw(st.sampled_from(["keeps", "is replaced"])), "reduction": "5%"}}
    ways: dict[str, list[Any]] = {
        "top down": [{"top down": down}],
        "spread of the variance": [{"top down": down}, {"spread": {"of": "variance"}}],
        "spread of everything": [{"top down": down}, {"spread": {"of": "full amount", "by": "potential"}}],
        "roll up": [{"top down": down}, tree],
        "roll up of managers": [{"top down": down}, {"roll up": {"over": "managers", "stated": "keeps"}}],
        "seller quota": ["seller quota"],
        "account quotas": ["account quotas"],
        "roll up of account quotas": ["account quotas", tree],
    }
    relief = {
        "material from": "15%",
        "change": draw(st.sampled_from(["whole", "what is above"])),
        "of": draw(st.sampled_from(["losses", "gains", "losses and gains"])),
        "keeps at least": draw(st.sampled_from(["0%", "70%"])),
    }
    out = [*ways[way], *([{"relief": relief}] if draw(st.booleans()) else [])]
    if conv["proration.partial_month"] == "cut-off day":
        out.append({"proration": {"cut off day": "15"}})
    return out


TREES = (
    "top down",
    "spread of the variance",
    "spread of everything",
    "roll up",
    "roll up of managers",
    "seller quota",
    "account quotas",
    "roll up of account quotas",
)
FAMILIES = {"people": people_cases()}
EXAMPLES = {"people": 60}
# Worlds whose quotas are compared interval by interval, or row by row; nothing is paid in them.
UNPAID = {"targets": target_cases(), **{f"tree: {way}": tree_cases(way) for way in TREES}}
