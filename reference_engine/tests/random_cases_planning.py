"""Random worlds whose quotas and targets are planned: by role, by salary, by accounts, by teams, and with what runs on after a move."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from reference_engine.problems import Stopped
from reference_engine.tests.random_cases_people import (
    DAYS,
    NOTHING,
    PEOPLE,
    RESIDUES,
    lives,
    prorations,
    stated,
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
    deals,
    returns,
    run_engine,
    tier_table,
    written,
)

PAID = [("monthly", "quarter"), ("monthly", "year"), ("quarterly", "period"), ("monthly", "period")]
ROLES = ("Rep", "Manager", "Specialist", "Head")
REFUSED = {"no-quota", "quota-zero", "no-target"}
"""Who sells without a quota, or on one that no attainment can be made of, is refused; no world is left to compare then."""


def interval_of(pays: str, accumulate: str) -> str:
    own = "month" if pays == "monthly" else "quarter"
    return own if accumulate == "period" else accumulate


def or_reject(case: Case) -> Case:
    """The case, unless the engine refuses it for a reason that is no difference."""
    try:
        run_engine(case)
    except Stopped as stopped:
        if {p.slug for p in stopped.problems} <= REFUSED:
            reject()
        raise
    return case


@st.composite
def moves(draw: st.DrawFn, tables: dict[str, list[Row]]) -> None:
    """Some change their role."""
    taken: set[tuple[str, str]] = set()
    for _ in range(draw(st.integers(0, 3))):
        payee, day = draw(st.sampled_from(PEOPLE)), str(draw(DAYS))
        if (payee, day) not in taken:
            taken.add((payee, day))
            event = draw(st.sampled_from(["move", "promotion"]))
            tables["employment_events"].append(
                {"payee": payee, "event": event, "from": day, "value": draw(st.sampled_from(ROLES))}
            )


@st.composite
def people(draw: st.DrawFn, unit: str, most: int = 6) -> dict[str, list[Row]]:
    """A company with deals, returns, lives and moves."""
    one = 10 ** DECIMALS[unit]
    tables = draw(companies())
    draw(deals(tables, [unit], (50 * one, 100 * one), most=most))
    tables["credit_splits"], tables["crediting_rules"] = [], []
    draw(returns(tables))
    draw(lives(tables))
    draw(moves(tables))
    return tables


def attained(draw: st.DrawFn, method: str) -> list[Any]:
    """A table by attainment."""
    ends = draw(st.sampled_from([["0%", "100%"], ["0%", "50%", "100%"], ["0%", "100%", "120.5%"]]))
    return [{method: {"tiers": tier_table(ends, [draw(st.sampled_from(RATES)) for _ in ends])}}]


def plan(
    unit: str, pays: str, conv: Doc, quota: list[Any], earn: list[Any] | None = None, **more: Any
) -> list[Doc]:
    if conv["proration.partial_month"] == "cut-off day":
        quota = [*quota, {"proration": {"cut off day": "15"}}]
    component = {**NOTHING, **({"earn": earn} if earn else {})}
    return [
        {
            "plan": "P",
            "currency": unit,
            "pays": pays,
            "conventions": conv,
            "quota": quota,
            "components": [component],
            **more,
        }
    ]


# -- families ---------------------------------------------------------------------------------------------
@st.composite
def default_cases(draw: st.DrawFn) -> Case:
    """Quotas and targets of roles and of the plan, which one's own override; an own quota of 0 counts or falls through."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(people(unit))
    pays, accumulate = draw(st.sampled_from(PAID))
    interval = interval_of(pays, accumulate)
    curve = draw(st.booleans())
    conv = draw(prorations(DECIMALS[unit], {
        "tier.accumulate": accumulate,
        "quota.explicit_zero": draw(st.sampled_from(["overrides", "falls through"])),
        "quota.zero": draw(st.sampled_from(["attainment 0%", "attainment 100%"])),
    }))  # fmt: skip
    money = amounts(unit, (100 * one,), least=2).map(lambda n: written(n, unit))
    per = draw(st.sampled_from([interval, interval, "month"]))
    roles = draw(st.lists(st.sampled_from(ROLES), unique=True, max_size=3))
    quotas = [{"amount": draw(money)}, *({"role": r, "amount": draw(money)} for r in roles)]
    tables["plan_assignments"] = [{"payee": p, "plan": "P", "from": "2026-01-01", "to": ""} for p in PEOPLE]
    if draw(st.booleans()):
        tables["plan_assignments"][0] |= {"quota": draw(money), "period": interval}
    label = {"month": "2026-02", "quarter": "2026-Q1", "year": "FY2026"}[interval]
    own = st.one_of(st.just(written(0, unit)), money)
    tables["quotas"] = [
        {"payee": p, "period": label, "quota": draw(own)}
        for p in draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1, max_size=3))
    ]
    out: list[Any] = [{"default quota": {"per": per, "quotas": quotas}}]
    if curve:
        targets = [{"amount": draw(money)}, *({"role": r, "amount": draw(money)} for r in roles[:1])]
        out.append({"default quota": {"per": interval, "quotas": targets, "of": "target incentive"}})
    if draw(st.booleans()):
        out.append({"over assignment": {"by": "20%", "roles": roles or ["Rep"]}})
    if draw(st.booleans()):
        out.append(
            {
                "ramp": {
                    "shares": ["25%", "50%"],
                    "since": draw(st.sampled_from(["hire", "plan"])),
                    "roles": ["Rep", "Specialist"],
                }
            }
        )
    points = [{"attainment": "0%", "payout": "20%"}, {"attainment": "100%", "payout": "100%"}]
    earn = [{"curve": {"points": points}}] if curve else attained(draw, "retroactive")
    return or_reject(
        Case(tables, plan(unit, pays, conv, draw(st.permutations(out)) if not curve else out, earn))
    )


@st.composite
def overlap_cases(draw: st.DrawFn) -> Case:
    """Assignments that follow each other, each with a quota; the old one runs on for some days."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(people(unit))
    pays, accumulate = draw(st.sampled_from(PAID))
    interval = interval_of(pays, accumulate)
    conv = draw(
        prorations(DECIMALS[unit], {"tier.accumulate": accumulate, "proration.of": "quota and target"})
    )
    quota = amounts(unit, (100 * one,), least=2)
    rows: list[Row] = []
    for payee in PEOPLE:
        turns = sorted({draw(DAYS) for _ in range(draw(st.integers(0, 2)))} - {date(2026, 1, 1)})
        starts = [date(2026, 1, 1), *turns]
        ends = [str(t - timedelta(days=1)) for t in turns] + [""]
        period = draw(st.sampled_from([interval, interval, "month"]))
        rows += [
            {
                "payee": payee,
                "plan": "P",
                "from": str(a),
                "to": b,
                "quota": written(draw(quota), unit),
                "period": period,
            }
            for a, b in zip(starts, ends, strict=True)
        ]
    tables["plan_assignments"] = rows
    overlap = {"transfer overlap": {"days": draw(st.sampled_from(["0", "1", "28", "30", "75", "120"]))}}
    return or_reject(
        Case(
            tables,
            plan(
                unit,
                pays,
                conv,
                [overlap],
                attained(draw, draw(st.sampled_from(["marginal", "retroactive"]))),
            ),
        )
    )


@st.composite
def salary_cases(draw: st.DrawFn, *, away: bool = False) -> Case:
    """Target incentives that are a share of a salary that changes; away: after long leaves, of what was actually earned."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(people(unit, most=5))
    pays, accumulate = draw(st.sampled_from(PAID))
    interval = interval_of(pays, accumulate)
    conv = draw(prorations(DECIMALS[unit], {"tier.accumulate": accumulate}))
    quota = amounts(unit, (100 * one,), least=2)
    tables["plan_assignments"] = [
        {
            "payee": p,
            "plan": "P",
            "from": "2026-01-01",
            "to": "",
            "quota": written(draw(quota), unit),
            "period": interval,
        }
        for p in PEOPLE
    ]
    # Somebody's own target stands above the share of the salary.
    tables["plan_assignments"][draw(st.integers(0, 4))]["target incentive"] = written(draw(quota), unit)
    tables["salaries"] = []
    for payee in PEOPLE:
        days = draw(st.sampled_from([["2025-01-01"], ["2025-01-01"], ["2026-01-01"], ["2026-02-14"]]))
        days = [*days, *sorted({str(draw(DAYS)) for _ in range(draw(st.integers(0, 2)))} - set(days))]
        for day in days:
            tables["salaries"].append(
                {"payee": payee, "from": day, "salary": written(draw(amounts(unit, least=2)) * 100, unit)}
            )
    how = draw(st.sampled_from(["at the end", "at the start", "average by day", "average of month ends"]))
    more: Doc = {}
    if away:
        # Leaves on the threshold, a day beside it, and in two parts that count together.
        limit = draw(st.sampled_from([20, 60]))
        more["actual earnings from leave over"] = str(limit)
        tables["employment_events"] = [
            e for e in tables["employment_events"] if e["event"] not in ("leave", "return")
        ]
        for payee in PEOPLE:
            first = draw(DAYS)
            away_for = limit + draw(st.integers(-1, 1))
            for part in draw(st.sampled_from([(away_for,), (away_for - 7, 7)])):
                last = first + timedelta(days=part - 1)
                tables["employment_events"].append(
                    {"payee": payee, "event": "leave", "from": str(first), "to": str(last)}
                )
                first = last + timedelta(days=3)
    share = draw(st.sampled_from(["40%", "33.3%", "12.5%"]))
    target = {
        "salary target": {
            "share": share,
            "per": draw(st.sampled_from([interval, "month"])),
            "salary": how,
            **more,
        }
    }
    points = [{"attainment": "0%", "payout": "0%"}, {"attainment": "100%", "payout": "100%"}]
    return or_reject(Case(tables, plan(unit, pays, conv, [target], [{"curve": {"points": points}}])))


@st.composite
def hours_cases(draw: st.DrawFn) -> Case:
    """Proration by scheduled hours: of the company, and of somebody with a schedule of their own that may begin later."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    tables = draw(people(unit, most=5))
    pays, accumulate = draw(st.sampled_from(PAID))
    conv = draw(
        prorations(
            DECIMALS[unit],
            {"tier.accumulate": accumulate, "proration.basis": "hours", "proration.of": "quota and target"},
        )
    )
    draw(stated(tables, unit, interval_of(pays, accumulate)))
    week = st.sampled_from(["", "Mon, Tue, Wed", "Mon, Wed, Sat", "Sun, Tue"])
    hours = st.sampled_from(["40", "20", "37.5"])
    who = draw(st.sampled_from([[""], ["", "Ana"], ["", "Ana", "Ben"], list(PEOPLE)]))
    tables["work_schedules"] = [
        {"payee": p, "from": day, "hours per week": draw(hours), "days": draw(week)}
        for p in who
        for day in draw(
            st.sampled_from(
                [["2025-12-01"], ["2025-12-01", "2026-02-14"], ["2026-02-14"]]
                if p
                else [["2025-12-01"], ["2025-12-01", "2026-03-16"]]
            )
        )
    ]
    kinds = draw(st.sampled_from([["parental"], ["parental", "sick"]]))
    leave = {"more than": draw(st.sampled_from(["0", "20"])), "of": "calendar days", "leaves": draw(st.sampled_from(["added up", "each by itself"])), "kinds of leave": kinds}  # fmt: skip
    quota: list[Any] = [{"leave threshold": leave}] if draw(st.booleans()) else []
    method = draw(st.sampled_from(["marginal", "retroactive"]))
    case = Case(tables, plan(unit, pays, conv, quota, attained(draw, method)))
    try:
        return or_reject(case)
    except Stopped as stopped:
        if {p.slug for p in stopped.problems} <= REFUSED | {"proration"}:
            reject()
        raise


@st.composite
def territory_cases(draw: st.DrawFn, way: str) -> Case:
    """What accounts can buy, and metrics of the year before, become quotas of territories and of those below them."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(people(unit))
    money = amounts(unit, (100 * one,), least=2).map(lambda n: written(n, unit))
    label = draw(st.sampled_from(["FY2026", "2026-Q1"]))
    pays, accumulate = ("monthly", "year") if label == "FY2026" else ("quarterly", "period")
    conv = draw(
        prorations(
            DECIMALS[unit], {"tier.accumulate": accumulate, "quota.residue": draw(st.sampled_from(RESIDUES))}
        )
    )
    tables["plan_assignments"] = [{"payee": p, "plan": "P", "from": "2026-01-01", "to": ""} for p in PEOPLE]
    if label != "FY2026":
        tables["quotas"] = [
            {"payee": p, "period": f"2026-Q{q}", "quota": draw(money)} for p in PEOPLE for q in (2, 3, 4)
        ]
    tables["quota_allocations"] = [
        *({"parent": "North", "child": p, "share": s} for p, s in (("Ana", "60%"), ("Ben", "40%"))),
        *(
            {"parent": "South", "child": p, "share": s}
            for p, s in (("Max", "33.3%"), ("Mia", "33.3%"), ("Sam", "33.4%"))
        ),
    ]
    tables["quota_metrics"] = [
        {"holder": h, "metric": "sales", "period": p, "value": draw(money)}
        for h in ("North", "South", *PEOPLE)
        for p in ("FY2024", "FY2025")
    ] + [
        {"holder": h, "metric": "weight", "period": "", "value": str(draw(st.integers(1, 9)))} for h in PEOPLE
    ]
    sizes = st.sampled_from(["small", "large"])
    tables["accounts"] = [
        {
            "account": f"A-{i}",
            "size": draw(sizes),
            "territory": draw(st.sampled_from(["North", "South"])) if i > 1 else ("North", "South")[i],
        }
        for i in range(draw(st.integers(2, 7)))
    ]
    down: Doc = {
        "top down": {
            "split": draw(st.sampled_from(["shares", "evenly"])),
            **draw(st.sampled_from([{}, {"round to": written(one, unit)}])),
        }
    }
    spread: Doc = {"spread": {"of": draw(st.sampled_from(["variance", "full amount"])), **draw(st.sampled_from([{}, {"by": "weight"}])),
                              **draw(st.sampled_from([{}, {"round to": written(one, unit)}]))}}  # fmt: skip
    share = draw(st.sampled_from([{}, {"share": "25%"}, {"share": "33.3%"}]))
    powers = [{"is": "small", "buys": draw(money)}, {"is": "large", "buys": draw(money)}]
    scaled = [{"by": "10%"}, {"by": "-5%"}, {"scale": "112.5%"}]
    measured = {"measured from": "FY2024", "measured to": "FY2025"}
    grown = measured if way == "measured growth" else draw(st.sampled_from(scaled))
    weights = draw(st.sampled_from([("50%", "50%"), ("33.3%", "66.7%")]))
    baseline = [
        {"metric": "sales", "period": p, "weight": w}
        for p, w in zip(("FY2024", "FY2025"), weights, strict=True)
    ]
    bottom = {"bottom up": {"for": label, "baseline": baseline, "growth": "10%", "attrition relief": "2%", "growth between": ["5%", "10%"], "relief at most": "2%"}}  # fmt: skip
    growth = {"growth": {"of": "sales", "over": "FY2025", "for": label, **grown}}
    quota = {
        "potential": [{"potential": {"for": label, "by": "size", "powers": powers, **share}}, down],
        "growth": [growth, spread],
        "measured growth": [growth],
        "baseline": [bottom],
        "baseline, then spread": [bottom, spread],
    }[way]
    capacity: Doc = {"of": "Team", "attainment": "85%", "while ramping": "40%", "ramp months": draw(st.sampled_from(["1", "3", "6"])),
                     **draw(st.sampled_from([{}, {"roles": ["Rep"]}, {"roles": ["Rep", "Manager"]}]))}  # fmt: skip
    count: Doc = {"quota": draw(money), "rounded": draw(st.sampled_from(["half up", "up", "not"]))}
    quota = [
        *quota,
        {"capacity": capacity},
        {
            "head count": {
                "of": draw(st.sampled_from(["North", "Team"]))
                if "Rep" not in capacity.get("roles", [])
                else "North",
                **count,
            }
        },
    ]
    return or_reject(Case(tables, plan(unit, pays, conv, quota, attained(draw, "retroactive"))))


WAYS = ("potential", "growth", "measured growth", "baseline", "baseline, then spread")
FAMILIES = {
    "default quotas": default_cases(),
    "transfer overlap": overlap_cases(),
    "salary targets": salary_cases(),
    "salaries on leave": salary_cases(away=True),
    "hours": hours_cases(),
    **{f"territories by {way}": territory_cases(way) for way in WAYS},
}
EXAMPLES = {name: 15 if name.startswith("territories") else 30 for name in FAMILIES}
