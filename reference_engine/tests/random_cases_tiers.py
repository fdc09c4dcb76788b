"""Random plans of tiers: every way to read a table, rates of single records, and what the target incentive earns."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from reference_engine.tests import oracle_records
from reference_engine.tests.random_worlds import (
    DECIMALS,
    PLAN_CURRENCIES,
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
    minor_of,
    returns,
    written,
)

ORDERS = ("date and name", "date, largest first", "date, smallest first")
PAID = [
    ("monthly", "period"),
    ("monthly", "quarter"),
    ("monthly", "year"),
    ("quarterly", "half-year"),
    ("quarterly", "period"),
]
PERCENTS = [["0%"], ["0%", "100%"], ["0%", "50%", "100%"], ["0%", "100%", "120.5%"]]


# -- parts ------------------------------------------------------------------------------------------------
@st.composite
def tier_rows(
    draw: st.DrawFn, ends: list[str], kind: str, unit: str, *, open_: bool = True, positive: bool = False
) -> list[Row]:
    """Rows that share their bounds, each paying by one kind."""
    rates = [r for r in RATES if not positive or r != "0%"]
    pays = {
        "rate": st.sampled_from(rates),
        "times": st.sampled_from(["0", "0.5", "1", "1.25", "2"]),
        "pays": amounts(unit).map(lambda n: written(n, unit)),
        "per unit": amounts(unit).map(lambda n: written(n // 8, unit)),
    }[kind]
    last = "" if open_ else _above(ends[-1])
    return [
        {"from": low, "to": high, kind: draw(pays)} for low, high in zip(ends, [*ends[1:], last], strict=True)
    ]


def _above(bound: str) -> str:
    if bound.endswith("%"):
        return "200%"
    if " " in bound:
        minor, unit = minor_of(bound)
        return written(minor + 100 * 10 ** DECIMALS[unit], unit)
    return str(int(bound) + 40)


def money_ends(unit: str) -> list[list[str]]:
    one = 10 ** DECIMALS[unit]
    zero, low, high = written(0, unit), written(50 * one, unit), written(100 * one, unit)
    return [[zero], [zero, high], [zero, low, high]]


@st.composite
def gap(draw: st.DrawFn, rows: list[Row], conv: Doc, unit: str) -> None:
    """Now and then a table as it is printed: each tier ends a little below the next."""
    one = 10 ** DECIMALS[unit]
    if draw(st.integers(0, 3)) or len(rows) < 2 or " " not in rows[0]["from"]:
        return
    conv["tier.gap"] = draw(st.sampled_from(["earns nothing", "tier below", "tier above"]))
    conv["tier.bound"] = draw(st.sampled_from(["both ends inclusive", "upper tier", "lower tier"]))
    for row in rows[:-1]:
        minor, _ = minor_of(row["to"])
        row["to"] = written(minor - draw(st.sampled_from([1, one])), unit)


@st.composite
def sold(draw: st.DrawFn, unit: str, *, units: bool, spread: int = 7) -> dict[str, list[Row]]:
    """Deals with splits and returns, or units sold and returned; on bounds and just beside them."""
    one = 10 ** DECIMALS[unit]
    if not units:
        tables = draw(companies())
        draw(deals(tables, [unit], (50 * one, 100 * one), most=spread))
        draw(returns(tables))
        # Only direct credits are paid here; who else is credited is the matter of other families.
        tables["crediting_rules"] = []
        tables["plan_assignments"] = assignments("P")
        return tables
    count = st.one_of(st.sampled_from([9, 10, 11, 19, 20, 21]), st.integers(1, 40))
    sales: list[Row] = []
    back: list[Row] = []
    for i in range(draw(st.integers(1, spread))):
        day, number = draw(days()), draw(count)
        sales.append({"sale": f"S-{i}", "retailer": draw(st.sampled_from(["Ana", "Ben"])), "product": draw(st.sampled_from(["A", "B"])),
                      "units": str(number), "date": str(day)})  # fmt: skip
        if draw(st.integers(0, 2)) == 0:
            back.append(
                {
                    "return": f"R-{i}",
                    "of": f"S-{i}",
                    "units": str(draw(st.integers(1, number))),
                    "date": str(draw(days(day))),
                }
            )
    products = [
        {"product": p, "category": c, "unit cost": written(draw(amounts(unit)), unit)}
        for p, c in (("A", "Bikes"), ("B", "Caps"))
    ]
    people = [{"payee": p, "kind": "retailer"} for p in ("Ana", "Ben", "Mia", "Max", "Sam")]
    return {
        "payees": people,
        "products": products,
        "retail_sales": sales,
        "returns": back,
        "plan_assignments": assignments("P"),
    }


def with_quotas(draw: st.DrawFn, tables: dict[str, list[Row]], unit: str, interval: str) -> None:
    """A quota and a target incentive for each; quotas are sums of deals, so that just 100% and 50% happen."""
    one = 10 ** DECIMALS[unit]
    sums = [abs(minor_of(d["amount"])[0]) for d in tables["deals"]]
    sums.append(sum(sums[:2]))
    quota = st.one_of(st.sampled_from([*sums, *(2 * s for s in sums)]), amounts(unit, (100 * one,)))
    for row in tables["plan_assignments"]:
        row |= {
            "quota": written(draw(quota), unit),
            "target incentive": written(draw(amounts(unit)), unit),
            "period": interval,
        }


def stage(draw: st.DrawFn, conv: Doc, at: str) -> None:
    """Now and then a stage that rounds before the money does."""
    if draw(st.integers(0, 2)) == 0:
        rounds = [r for r in conv["rounding"] if r["at"] in ("credit", "conversion")]
        rest = [r for r in conv["rounding"] if r not in rounds]
        mode = draw(st.sampled_from(["half up", "half even", "down", "away from zero"]))
        conv["rounding"] = [
            *rounds,
            {"at": at, "mode": mode, "decimals": str(draw(st.integers(0, 2)))},
            *rest,
        ]


def plan(unit: str, pays: str, conv: Doc, earn: list[Any], measure: str) -> list[Doc]:
    component = {"component": "C", "measure": measure, "credits": ["direct"], "earn": earn, "pay": []}
    return [{"plan": "P", "currency": unit, "pays": pays, "conventions": conv, "components": [component]}]


# -- families ---------------------------------------------------------------------------------------------
METHODS = {
    "marginal": ("rate", "times", "per unit"),
    "retroactive": ("rate", "times", "pays", "per unit"),
    "total": ("rate", "times", "per unit"),
    "rolling": ("rate", "per unit"),
    "slab sum": ("pays",),
    "mixed": ("rate", "times", "per unit"),
    "proportional": ("rate", "pays"),
    "whole transaction": ("rate", "times", "per unit"),
    "single target": ("rate", "pays", "per unit"),
    "excess over quota": ("rate", "pays"),
}


@st.composite
def ladder_cases(draw: st.DrawFn, name: str, *, by: bool = False) -> Case:
    """One table read in one of the ways, over an interval or for each record alone.  by: of a figure that is named."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    kind = draw(st.sampled_from(METHODS[name]))
    units = kind == "per unit" and not by
    kind = "rate" if by and kind == "per unit" else kind
    tables = draw(sold(unit, units=units))
    pays, accumulate = draw(st.sampled_from(PAID))
    bounds = "units" if units else "percent" if by else draw(st.sampled_from(["money", "percent"]))
    alone = bounds != "percent" and (kind != "times" or name == "marginal") and draw(st.integers(0, 3)) == 0
    if name == "excess over quota":
        bounds, alone = "percent", False
    conv = draw(conventions(DECIMALS[unit], {
        "tier.accumulate": "none" if alone else accumulate, "transaction.order": draw(st.sampled_from(ORDERS)),
        "attainment.includes_current": draw(st.sampled_from(["yes", "no"])),
    }))  # fmt: skip
    if bounds == "percent":
        with_quotas(
            draw, tables, unit, oracle_records.CADENCE[pays] if accumulate == "period" else accumulate
        )
        if name in ("retroactive", "whole transaction"):
            stage(draw, conv, "attainment")
    ends = draw(
        st.sampled_from(
            {
                "units": [["0"], ["0", "20"], ["0", "10", "20"]],
                "money": money_ends(unit),
                "percent": PERCENTS,
            }[bounds]
        )
    )
    params: Doc = {}
    if name == "single target":
        params = {
            "target": ends[-1] if len(ends) > 1 else _above(ends[0]),
            kind: draw(tier_rows(ends[:1], kind, unit))[0][kind],
        }
    elif name == "excess over quota":
        params["on"] = draw(st.sampled_from(["the excess", "everything"]))
        if kind == "rate" and draw(st.booleans()):
            params["rate"] = draw(st.sampled_from(RATES))
        else:
            params["tiers"] = draw(tier_rows(draw(st.sampled_from(money_ends(unit))), kind, unit))
    else:
        rows = draw(tier_rows(ends, kind, unit, open_=name != "proportional"))
        draw(gap(rows, conv, unit))
        if (
            name in ("marginal", "whole transaction", "retroactive")
            and not alone
            and draw(st.integers(0, 2)) == 0
        ):
            conv["rate.date"] = (
                "period end"
                if name == "retroactive"
                else draw(st.sampled_from(["record date", "deal date", "period end"]))
            )
            # With other bounds of its own, the second table has other tiers.
            others = draw(tier_rows(draw(st.sampled_from([ends, ends[:1]])), kind, unit))
            conv["tier.gap"] = (
                "tier below" if conv["tier.bound"] == "both ends inclusive" else conv["tier.gap"]
            )
            rows = [{**r, "valid to": "2026-03-31"} for r in rows] + [
                {**r, "valid from": "2026-04-01"} for r in others
            ]
            if conv["tier.bound"] == "both ends inclusive":
                conv["tier.bound"] = "upper tier"
        if name == "mixed":
            rows = [{**r, "on": draw(st.sampled_from(["everything", "what is above"]))} for r in rows]
        params["tiers"] = rows
        if name == "retroactive" and kind == "rate" and draw(st.integers(0, 3)) == 0:
            params["accrued at"] = draw(st.sampled_from(RATES))
        if name == "retroactive" and bounds == "percent" and not by and draw(st.integers(0, 3)) == 0:
            params["counts up to"] = draw(st.sampled_from(["90%", "100%", "150%"]))
    if conv["tier.bound"] != "both ends inclusive" and draw(st.integers(0, 3)) == 0:
        params["reached"] = draw(st.sampled_from(["at least", "more than"]))
    if name == "proportional" and kind == "rate":
        stage(draw, conv, "rate")
    if by:
        # The figure of the attainment is what the table looks at anyway.
        params["by"] = "attainment"
    earn: list[Any] = [{name: params}]
    if kind == "times":
        earn.insert(0, "individual rate")
    return Case(tables, plan(unit, pays, conv, earn, "units" if units else "bookings"))


@st.composite
def target_cases(draw: st.DrawFn, name: str) -> Case:
    """Curves with jumps and steps, percent to goal, points above target; attainment and payout rounded now and then."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(sold(unit, units=False))
    pays, accumulate = draw(st.sampled_from(PAID))
    interval = oracle_records.CADENCE[pays] if accumulate == "period" else accumulate
    with_quotas(draw, tables, unit, interval)
    conv = draw(
        conventions(
            DECIMALS[unit],
            {"tier.accumulate": accumulate, "curve.below": draw(st.sampled_from(["zero", "first point"]))},
        )
    )
    reached = draw(st.sampled_from([{}, {"reached": "at least"}, {"reached": "more than"}]))
    if name in ("curve", "step curve"):
        xs = [["0%", "100%"], ["50%", "100%", "150%"], ["33.3%", "66.7%", "100%", "101%"]]
        if name == "curve":
            xs += [["50%", "50%", "100%"], ["50%", "100%", "100%", "150%"], ["50%", "100%", "100%"]]
            reached = {}
            conv["curve.below"] = draw(st.sampled_from(["zero", "first point", "extrapolate"]))
        if draw(st.integers(0, 3)) == 0:
            one = 10 ** DECIMALS[unit]
            xs = [[written(n * one, unit) for n in (20, 50, 100)]]
        payouts = st.sampled_from(["0%", "40%", "100%", "133.3%", "200%"])
        points = [{"attainment": x, "payout": draw(payouts)} for x in draw(st.sampled_from(xs))]
        params: Doc = {"points": points, **reached}
    elif name == "percent to goal":
        params = {
            **draw(st.sampled_from([{}, {"threshold": "50%"}, {"threshold": "100%"}])),
            **draw(st.sampled_from([{}, {"cap": "150%"}])),
            **reached,
        }
    else:
        params = {"steps": draw(st.sampled_from([
            [{"from": "100%", "each point": "2%"}],
            [{"from": "100%", "to": "150%", "each point": "2%"}, {"from": "150%", "to": "200%", "each point": "1.5%"}],
        ]))}  # fmt: skip
    stage(draw, conv, "rate")
    stage(draw, conv, "attainment")
    return Case(tables, plan(unit, pays, conv, [{name: params}], "bookings"))


@st.composite
def growth_cases(draw: st.DrawFn, name: str) -> Case:
    """Two years of deals: growth over the year before, and the year so far scaled to twelve months."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(sold(unit, units=False))
    for i, row in enumerate(tables["deals"]):
        if i % 2:
            row["closed"] = "2025" + row["closed"][4:]
    pays = draw(st.sampled_from(["monthly", "quarterly"]))
    accumulate = "year" if name == "annualised" else draw(st.sampled_from(["period", "quarter", "year"]))
    for row in tables["plan_assignments"]:
        row["from"] = "2025-01-01"
    conv = draw(conventions(DECIMALS[unit], {"tier.accumulate": accumulate}))
    reached = draw(st.sampled_from([{}, {"reached": "at least"}, {"reached": "more than"}]))
    kind = draw(st.sampled_from(["rate", "rate", "pays"])) if name == "growth" else "rate"
    if name == "growth":
        ends = draw(
            st.sampled_from([["0%"], ["0%", "100%"], ["-50%", "0%", "100%"], ["10%"], *money_ends(unit)])
        )
        more = {
            "on": draw(st.sampled_from(["everything", "the increase"])),
            "without history": draw(st.sampled_from(["skip", "zero"])),
        }
        if draw(st.booleans()):
            # A baseline of one's own is stated for some payees and periods; the others have no history.
            more["baseline"] = "reported last year"
            tables["reported_measures"] = [
                {"payee": p, "measure": "last year", "period": x.label, "value": written(draw(amounts(unit)), unit)}
                for p in ("Ana", "Ben", "Max", "Sam")
                for x in oracle_records.spans(date(2025, 1, 1), date(2026, 12, 31), oracle_records.CADENCE[pays])
                if draw(st.integers(0, 3))
            ]
    else:
        ends, more = draw(st.sampled_from(money_ends(unit))), {}
    params = {"tiers": draw(tier_rows(ends, kind, unit)), **more, **reached}
    return Case(tables, plan(unit, pays, conv, [{name: params}], "bookings"))


@st.composite
def record_cases(draw: st.DrawFn, name: str) -> Case:
    """Rates and amounts of single records: by columns, by dates, by units, by what has been earned, by target and quota."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    units = name in ("brackets of units", "per unit", "ship and debit")
    units = units or (name.startswith("for every") and draw(st.booleans()))
    tables = draw(sold(unit, units=units))
    pays, accumulate = draw(st.sampled_from(PAID))
    conv = draw(conventions(DECIMALS[unit], {
        "tier.accumulate": "none" if name == "for every alone" else accumulate, "transaction.order": draw(st.sampled_from(ORDERS)),
        "rate.date": draw(st.sampled_from(["record date", "deal date", "period end"])),
    }))  # fmt: skip
    rate = st.sampled_from(RATES)
    interval = oracle_records.CADENCE[pays] if accumulate == "period" else accumulate
    if not units:
        for row in tables["deals"]:
            row |= {"term months": draw(st.sampled_from(["12", "23", "24", "36"])), "segment": draw(st.sampled_from(["Large", "Small"])),
                    "arr": written(draw(amounts(unit, (50 * one,))), unit)}  # fmt: skip
    earn: list[Any]
    if name == "lookup":
        conv["lookup.precedence"] = draw(
            st.sampled_from(["first match", "most specific", "highest rate", "lowest rate"])
        )
        rules = [
            {"rate": draw(rate)},
            {"when": "term months >= 24", "rate": draw(rate)},
            {"when": 'segment = "Large"', "rate": draw(rate), "to": "2026-03-31"},
            {"category": "Bikes", "rate": draw(rate), "from": "2026-02-01", "to": "2026-05-15"},
            {"product": "A, B", "rate": draw(rate)},
        ]
        earn = [{"lookup": {"rules": draw(st.permutations(rules))[: draw(st.integers(1, 5))]}}]
    elif name == "brackets":
        kind = draw(st.sampled_from(["rate", "pays", "times"]))
        rows = draw(tier_rows(draw(st.sampled_from([["0", "24"], ["12", "24", "36"], ["24"]])), kind, unit))
        reached = draw(st.sampled_from([{}, {"reached": "at least"}, {"reached": "more than"}]))
        earn = [{"brackets": {"by": "term months", "tiers": rows, **reached}}]
        if kind == "times":
            earn.insert(0, "individual rate")
    elif name == "brackets of units":
        kind = draw(st.sampled_from(["pays", "per unit"]))
        earn = [
            {
                "brackets": {
                    "tiers": draw(tier_rows(draw(st.sampled_from([["0"], ["0", "10", "20"]])), kind, unit))
                }
            }
        ]
    elif name == "per unit":
        least = draw(st.sampled_from([{}, {"at least": "10"}]))
        earn = [{name: {"amount": written(draw(amounts(unit)), unit), **least}}]
    elif name == "per record":
        conv["split.when"] = draw(st.sampled_from(["before rate", "after rate"]))
        earn = [
            {
                name: {
                    "amount": written(draw(amounts(unit)), unit),
                    "for returns": draw(st.sampled_from(["take back", "nothing"])),
                    "split": draw(st.sampled_from(["whole each", "by share"])),
                }
            }
        ]
    elif name.startswith("for every"):
        every = "10" if units else written(50 * one, unit)
        goods = draw(st.booleans())
        worth = written(draw(amounts(unit)), unit)
        earn = [
            {
                "for every": {
                    "every": every,
                    **({"free units": "2", "worth": worth} if goods else {"pays": worth}),
                }
            }
        ]
    elif name == "ship and debit":
        amount = written(draw(amounts(unit)), unit)
        earn = [
            {
                name: {
                    **draw(st.sampled_from([{"down to": amount}, {"down by": amount}, {"percent": "7.5%"}])),
                    **draw(st.sampled_from([{}, {"cost": written(draw(amounts(unit)), unit)}])),
                }
            }
        ]
    elif name == "on result":
        small = [written(n * one, unit) for n in (0, 5, 10)]
        rows = draw(tier_rows(small, "rate", unit, positive=True))
        if draw(st.booleans()):
            rows += [
                {"category": "Bikes", **r} for r in draw(tier_rows(small[:2], "rate", unit, positive=True))
            ]
        earn = [{name: {"tiers": rows}}]
    elif name == "counts as":
        conv["returns.earn"] = "signed"
        method = draw(st.sampled_from(["marginal", "retroactive", "total", "rolling"]))
        earn = [
            {name: {"value": "arr"}},
            {method: {"tiers": draw(tier_rows(draw(st.sampled_from(money_ends(unit))), "rate", unit))}},
        ]
        tables["credit_splits"] = []
    else:
        with_quotas(draw, tables, unit, interval)
        stage(draw, conv, "rate")
        earn = [{"target rate": {"of": interval}}]
        if draw(st.booleans()):
            earn.append(
                {"marginal": {"tiers": draw(tier_rows(draw(st.sampled_from(PERCENTS)), "times", unit))}}
            )
    return Case(tables, plan(unit, pays, conv, earn, "units" if units else "bookings"))


RECORDS = (
    "lookup", "brackets", "brackets of units", "per unit", "per record", "for every", "for every alone", "ship and debit", "on result",
    "counts as", "target rate",
)  # fmt: skip

FIGURE_TABLES = ("retroactive", "total", "slab sum", "mixed", "rolling")
# A family for each way: left to chance, some would never be drawn.
FAMILIES = {
    **{f"tiers {name}": ladder_cases(name) for name in METHODS},
    **{f"figures {name}": ladder_cases(name, by=True) for name in FIGURE_TABLES},
    **{f"on target {name}": target_cases(name) for name in ("curve", "step curve", "percent to goal", "over achievement")},
    **{f"over time {name}": growth_cases(name) for name in ("growth", "annualised")},
    **{f"records {name}": record_cases(name) for name in RECORDS},
}
WORLDS = {"tiers": 25, "figures": 8, "on": 20, "over": 30, "records": 20}
EXAMPLES = {name: WORLDS[name.split()[0]] for name in FAMILIES}
