"""Random cases of crediting: dated hierarchies, rules, groups, territories, holds, holdovers, maxima, splits after the rate."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from reference_engine.tests.random_worlds import (
    DECIMALS,
    PLAN_CURRENCIES,
    RATES,
    Case,
    Doc,
    Row,
    companies,
    conventions,
    days,
    deals,
    invoices,
    near,
    returns,
    tier_table,
    written,
)

READINGS = {
    "rollup.as_of": ["transaction date", "period end"],
    "rollup.duplicates": ["once", "each route"],
    "rollup.own_sales": ["excluded", "included"],
    "match.precedence": ["first match", "most specific", "every match"],
    "credit.preassigned": ["owner only", "rule only", "both", "both, each payee once"],
    "territory.date": ["deal date", "record date"],
    "territory.precedence": ["named accounts first", "rules first"],
    "split.when": ["before rate", "after rate"],
    "hold.attainment": ["counted", "not counted"],
    "hold.period": ["original period", "release period"],
    "maximum.order": ["lowest level first", "all in proportion"],
}
CREDITS = st.sampled_from([["direct"], ["direct", "overlay", "roll-up"], ["roll-up"], ["overlay", "roll-up"]])
PEOPLE = ("Ana", "Ben", "Max", "Mia", "Sam")


@st.composite
def sales(draw: st.DrawFn, unit: str, most: int = 4) -> dict[str, list[Row]]:
    one = 10 ** DECIMALS[unit]
    tables = draw(companies())
    draw(deals(tables, [unit], (25 * one, 100 * one), most=most))
    for deal in tables["deals"]:
        deal["account"] = draw(st.sampled_from(["A-1", "A-2", ""]))
        deal["segment"] = draw(st.sampled_from(["small", "large", ""]))
    tables["accounts"] = [
        {"account": "A-1", "size": draw(st.sampled_from(["99", "100", "1000"])), "country": "DE"},
        {"account": "A-2", "size": draw(st.sampled_from(["1", "999"])), "country": "AT"},
    ]
    draw(returns(tables))
    draw(invoices(tables))
    return tables


@st.composite
def a_plan(draw: st.DrawFn, unit: str, earn: list[Any] | None = None) -> Doc:
    readings = {name: draw(st.sampled_from(values)) for name, values in READINGS.items()}
    conv = draw(conventions(DECIMALS[unit], readings))
    component = {
        "component": "C",
        "measure": draw(st.sampled_from(["bookings", "bookings", "revenue"])),
        "credits": draw(CREDITS),
        "earn": earn or [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}],
    }
    return {
        "plan": "P",
        "currency": unit,
        "pays": draw(st.sampled_from(["monthly", "quarterly"])),
        "eligible": "everyone",
        "conventions": conv,
        "components": [component],
    }


def until(draw: st.DrawFn, tables: dict[str, list[Row]]) -> str:
    return str(draw(near([d["closed"] for d in tables["deals"]])))


def after(day: str) -> str:
    return str(date.fromisoformat(day) + timedelta(days=1))


@st.composite
def hierarchies(draw: st.DrawFn) -> Case:
    """Managers that change, several managers at once, rules by level, by record and by payee."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(sales(unit))
    lines: list[Row] = []
    for payee, bosses in (
        ("Ana", ["Max", "Mia", "Sam"]),
        ("Ben", ["Max", "Sam"]),
        ("Sam", ["Max", "Mia"]),
        ("Max", ["Mia"]),
    ):
        turn = until(draw, tables)
        how = draw(st.sampled_from(["one", "change", "two", "ends", "none"]))
        first, second = draw(st.permutations(bosses + bosses))[:2]
        if how == "none":
            continue
        lines.append(
            {"payee": payee, "manager": first, "from": "", "to": turn if how in ("change", "ends") else ""}
        )
        if how == "change":
            lines.append({"payee": payee, "manager": second, "from": after(turn), "to": ""})
        if how == "two" and second != first:
            lines.append({"payee": payee, "manager": second, "from": turn, "to": ""})
    if lines:
        tables["reporting_lines"] = lines
        for person in tables["payees"]:
            person["manager"] = ""
    elif draw(st.booleans()):
        tables["employment_events"] = [
            {"payee": "Ben", "event": "manager change", "from": until(draw, tables), "value": draw(st.sampled_from(["Max", "Mia"]))},
            {"payee": "Max", "event": "promotion", "from": until(draw, tables), "value": draw(st.sampled_from(["Head", "Rep"]))},
        ][draw(st.integers(0, 1)) :]  # fmt: skip
    rules: list[Row] = []
    for role in ("Head", "Manager", "Specialist"):
        for level in draw(st.sampled_from([[""], ["1", "2+"], ["1-2"], ["2"], []])):
            rules.append(
                {
                    "role": role,
                    "payee": "",
                    "receives": draw(st.sampled_from(["100%", "25%", "33.3%"])),
                    "quota credit": "",
                    "of the credit of": draw(st.sampled_from(["team", "team", "direct reports"])),
                    "level": level,
                    "as": draw(st.sampled_from(["", "", "roll-up"])),
                    "field": "",
                    "is": "",
                    "to": "",
                }
            )
    if draw(st.booleans()):
        rules.append(
            {"role": "", "payee": draw(st.sampled_from(["Sam", "Mia"])), "receives": "20%", "quota credit": "", "of the credit of": "everyone", "level": "",
             "as": "", "field": "segment", "is": "small, large", "to": draw(st.sampled_from(["", until(draw, tables)]))}
        )  # fmt: skip
    tables["crediting_rules"] = rules
    if rules and draw(st.integers(0, 2)) == 0:
        limit = draw(
            st.sampled_from(
                [
                    {"percent": "40%", "amount": ""},
                    {"percent": "", "amount": written(30 * 10 ** DECIMALS[unit], unit)},
                ]
            )
        )
        tables["credit_maximums"] = [
            {
                "of": draw(st.sampled_from(["overlay", "roll-up", "both"])),
                "per": draw(st.sampled_from(["record", "payee"])),
                **limit,
            }
        ]
    return Case(tables, [draw(a_plan(unit))])


@st.composite
def assignments(draw: st.DrawFn) -> Case:
    """Who is credited: owners, groups, rules, territories, holdovers."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(sales(unit))
    turn = until(draw, tables)
    tables["groups"] = [
        {"group": "Bikes", "payee": "Ana", "share": "", "from": "", "to": ""},
        {
            "group": "Bikes",
            "payee": "Ben",
            "share": draw(st.sampled_from(["", "50%"])),
            "from": turn,
            "to": "",
        },
        {"group": "Bikes", "payee": "Sam", "share": "", "from": "", "to": turn},
    ]
    tables["matching_rules"] = [
        {"rule": "all", "payee": draw(st.sampled_from([*PEOPLE, "Bikes"])), "share": "", "priority": "9", "segment": "", "size": "", "country": "", "from": "", "to": ""},
        {"rule": "small", "payee": draw(st.sampled_from(PEOPLE)), "share": "50%", "priority": draw(st.sampled_from(["1", "10"])), "segment": "small", "size": "", "country": "", "from": "", "to": turn},
        {"rule": "size", "payee": draw(st.sampled_from(PEOPLE)), "share": "", "priority": "5", "segment": draw(st.sampled_from(["", "small, large"])), "size": draw(st.sampled_from(["1-99", "100+", "100-999"])), "country": "D*", "from": "", "to": ""},
    ][draw(st.integers(0, 2)) :]  # fmt: skip
    has_all = tables["matching_rules"][0]["rule"] == "all"
    tables["territories"] = [
        {"territory": "North", "owner": "Ana", "from": "", "to": turn},
        {"territory": "North", "owner": "Ben", "from": after(turn), "to": ""},
        {"territory": "South", "owner": "Max", "from": "", "to": ""},
    ]
    tables["accounts"][0]["territory"] = draw(st.sampled_from(["", "North", "South"]))
    tables["territory_rules"] = [
        {
            "priority": "1",
            "field": "size",
            "is": draw(st.sampled_from(["1-99", "100+"])),
            "territory": "South",
            "country": "",
            "to": turn,
        },
        {"priority": "2", "field": "", "is": "", "territory": "North", "country": "DE, AT", "to": ""},
    ]
    if draw(st.booleans()):
        named = draw(
            st.sampled_from([{"payee": "Mia", "territory": ""}, {"payee": "", "territory": "South"}])
        )
        tables["named_accounts"] = [
            {"account": "A-1", "from": draw(st.sampled_from(["", turn])), "to": "", **named}
        ]
    if draw(st.booleans()):
        tables["account_moves"] = [{"account": "A-2", "territory": "South", "from": turn}]
    if draw(st.booleans()):
        tables["holdovers"] = [
            {"payee": draw(st.sampled_from(PEOPLE)), "account": "A-1", "deal": "", "from": "", "until": until(draw, tables), "share": draw(st.sampled_from(["", "33.3%"]))},
            {"payee": draw(st.sampled_from(PEOPLE)), "account": "", "deal": "D-0", "from": "", "until": until(draw, tables), "share": ""},
        ][draw(st.integers(0, 1)) :]  # fmt: skip
    for deal in tables["deals"]:
        owner = draw(
            st.sampled_from(["Ana", "Ben", "Bikes", "territory owner", "by rule" if has_all else "Max"])
        )
        deal["owner"] = owner
        deal["territory"] = ""
        if owner == "territory owner":
            deal["account"] = deal["account"] or "A-1"
    plan = draw(a_plan(unit))
    if any(d["owner"] == "by rule" for d in tables["deals"]):
        plan["components"][0]["measure"] = "bookings"
    return Case(tables, [plan])


@st.composite
def holds_and_quota(draw: st.DrawFn, *, held: bool = False) -> Case:
    """Held credits, quota credit apart from commission credit, and splits before and after the rate, under tiers."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(sales(unit))
    if held or draw(st.booleans()):
        names = [d["deal"] for d in tables["deals"]] + [i["invoice"] for i in tables["invoices"]]
        tables["credit_holds"] = [
            {
                "record": name,
                "payee": draw(st.sampled_from(["", "Ana", "Ben"])),
                "released on": draw(st.sampled_from(["", str(draw(days()))])),
            }
            for name in names
            if held or draw(st.integers(0, 2)) == 0
        ]
    for row in tables["credit_splits"]:
        row["quota share"] = draw(st.sampled_from(["", "", "100%", "0%", "50%"]))
    if draw(st.booleans()):
        share = draw(st.sampled_from(["20%", "150%", "33.3%"]))
        tables["credit_splits"].append({"deal": "D-0", "payee": "Sam", "share": share, "kind": "overlay"})
    for row in tables["crediting_rules"]:
        row["quota credit"] = draw(st.sampled_from(["", "100%", "10%"]))
    bounds = [written(0, unit), written(50 * one, unit), written(100 * one, unit)]
    tiers = tier_table(bounds, [draw(st.sampled_from(RATES)) for _ in bounds])
    name = draw(st.sampled_from(["brackets", "marginal", "retroactive"]))
    plan = draw(a_plan(unit, [{name: {"tiers": tiers}}]))
    plan["conventions"]["tier.bound"] = draw(st.sampled_from(["upper tier", "lower tier"]))
    if name == "retroactive":
        plan["conventions"]["hold.attainment"] = "not counted"
    if name != "brackets":
        plan["conventions"]["tier.accumulate"] = (
            draw(st.sampled_from(["period", "quarter", "year"])) if plan["pays"] == "monthly" else "period"
        )
        plan["components"][0]["measure"] = "bookings"
    return Case(tables, [plan])


@st.composite
def overrides(draw: st.DrawFn, kind: str) -> Case:
    """What is earned on the commission of those below, by levels and by differences of rank; uplifts and windfalls."""
    case = draw(hierarchies())
    tables, plan = case.tables, case.plans[0]
    tables.pop("credit_maximums", None)
    unit = plan["currency"]
    one = 10 ** DECIMALS[unit]
    own = plan["components"][0]
    own["measure"] = "bookings"
    rate = st.sampled_from(RATES)
    if kind == "override":
        own["credits"] = ["direct"]
        levels = [{"level": str(n), "rate": draw(rate)} for n in draw(st.sampled_from([[1], [1, 2], [2]]))]
        paid_by = draw(st.sampled_from(["company", "downline"]))
        plan["components"].append(
            {"component": "O", "earn": [{"override": {"of": "C", "levels": levels, "paid by": paid_by}}]}
        )
    elif kind == "differential":
        own["credits"] = draw(st.sampled_from([["direct", "roll-up"], ["roll-up"]]))
        of_rank = [{"rank": r, "rate": draw(rate)} for r in ("Rep", "Manager", "Head")]
        rates_are = draw(st.sampled_from(["of the rank", "added up"]))
        own["earn"] = [{"differential override": {"rank": "role", "rates are": rates_are, "ranks": of_rank}}]
    elif kind == "levels":
        own["credits"] = ["roll-up"]
        amounts_too = draw(st.booleans())
        ranks: list[dict[str, Any]] = [
            {
                "rank": r,
                "rates": [draw(rate), draw(rate)],
                **({"amount": written(a * one, unit)} if amounts_too else {}),
            }
            for r, a in (("Rep", 50), ("Manager", 100))
        ]
        looks = draw(st.sampled_from(["lower rank of both", "rank of the payee", "rank of the seller"]))
        own["earn"] = [{"level commission": {"rank": "role", "looks at": looks, "ranks": ranks}}]
    else:
        bounds = [written(0, unit), written(50 * one, unit), written(100 * one, unit)]
        tiers = tier_table(bounds, [draw(rate) for _ in bounds])
        own["earn"] = [{draw(st.sampled_from(["marginal", "brackets"])): {"tiers": tiers}}]
        if kind == "uplift":
            more = (
                {"quota": draw(st.sampled_from(["200%", "0%", "33.3%"]))}
                if draw(st.booleans())
                else {"payment": "120%"}
            )
            condition = draw(st.sampled_from([{}, {"when": 'segment = "small"'}]))
            own["earn"].insert(0, {"uplift": {**more, **condition}})
        else:
            ways = ["paid without quota", "quota up to the limit", "cut to the limit", "held for review"]
            limit = written(draw(st.sampled_from([5, 25])) * one, unit)
            own["earn"].insert(
                0,
                {"windfall": {"above": limit, "treatment": draw(st.sampled_from(ways)), "approved": ["D-1"]}},
            )
    return Case(tables, [plan])


OVERRIDES = {
    "overrides": "override",
    "differential overrides": "differential",
    "level commissions": "levels",
    "uplifts": "uplift",
    "windfalls": "windfall",
}
FAMILIES = {
    "hierarchies": hierarchies(),
    "credit assignments": assignments(),
    "holds and quota credit": holds_and_quota(),
    "held credits": holds_and_quota(held=True),
    # A family for each: left to chance, some would hardly be drawn.
    **{name: overrides(kind) for name, kind in OVERRIDES.items()},
}
EXAMPLES = {"hierarchies": 60, "credit assignments": 60, "holds and quota credit": 40, "held credits": 40, **dict.fromkeys(OVERRIDES, 20)}
