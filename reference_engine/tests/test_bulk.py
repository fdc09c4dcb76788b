"""A run that sums while it streams pays the same as the ordinary run, whatever the chunk; what it can't sum it leaves to that."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reference_engine.bulk import run
from reference_engine.bulk.grids import Grid, grid
from reference_engine.bulk.run import payouts
from reference_engine.component_run import ComponentRun
from reference_engine.executors.local import Local
from reference_engine.lines import Lines
from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.run import calculate
from reference_engine.tests.random_cases import DRAWN
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
    described,
    returns,
    world_of,
    written,
)
from reference_engine.tests.test_against_oracle import EVERY
from reference_engine.vocabulary.plan import Plan

CHECK = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
MODES = ["half up", "half even", "down", "away from zero"]
LABELS = {
    "period": [f"2026-{month:02d}" for month in range(1, 13)],
    "quarter": [f"2026-Q{quarter}" for quarter in range(1, 5)],
    "year": ["FY2026"],
}
Key = tuple[str, str, str, str, str]


# -- comparison -------------------------------------------------------------------------------------------
def plans_of(case: Case) -> list[Plan]:
    problems: list[Problem] = []
    found = [read_plan(Node.of(doc), problems) for doc in case.plans]
    assert not problems, problems
    return [p for p in found if p is not None]


def ordinary(case: Case) -> dict[Key, Fraction]:
    out: dict[Key, Fraction] = defaultdict(Fraction)
    for p in calculate(plans_of(case), world_of(case.tables, case.calendar)).payout_rows():
        out[p.payee, p.period, p.plan, p.component, p.currency] += p.amount
    return dict(out)


def streamed(case: Case, chunk: int, threads: int = 1) -> tuple[dict[Key, Fraction], str]:
    executor = Local(threads=threads, chunk=chunk)
    found = payouts(plans_of(case), world_of(case.tables, case.calendar), executor=executor)
    out: dict[Key, Fraction] = defaultdict(Fraction)
    for payee, period, plan, component, amount, currency in found.rows():
        out[payee, period, plan, component, currency] += amount
    return dict(out), found.unstreamed


def compare(case: Case, chunk: int, threads: int = 1) -> str:
    """Fails where both don't pay, or refuse, alike.  Returns why the run wasn't streamed."""
    try:
        wanted = ordinary(case)
    except Stopped:
        with pytest.raises(Stopped):
            streamed(case, chunk, threads)
        return "refused"
    found, why = streamed(case, chunk, threads)
    assert found == wanted, described(case)
    return why


# -- worlds that can be streamed --------------------------------------------------------------------------
@st.composite
def plain_cases(draw: st.DrawFn) -> Case:
    """Several plans with people who move between them, splits, roll-up, currencies, tiers, caps, draws, debts."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    units = [unit, *draw(st.sampled_from([[], ["USD"], ["USD", "JPY"]]))]
    tables = draw(companies())
    draw(deals(tables, units, (100 * one, 200 * one), most=8))
    tables.pop("territories", None)
    for row in tables["deals"]:
        row.pop("territory", None)
        if row["owner"] == "territory owner":
            row["owner"] = "Ana"
    draw(returns(tables))
    others = sorted({u for u in units if u != unit})
    tables["exchange_rates"] = [
        {"from": other, "to": unit, "rate": rate, "valid from": day, "kind": "average"}
        for other in others
        for day, rate in (("2025-12-01", "0.92"), ("2026-02-01", "1.17345"), ("2026-04-15", "0.0071"))
    ]
    conventions = _conventions(draw, DECIMALS[unit])
    tables["quotas"] = [
        {"payee": p, "period": label, "quota": written(draw(amounts(unit)) + one, unit)}
        for p in ("Ana", "Ben", "Sam", "Max", "Mia")
        for label in LABELS[conventions["tier.accumulate"]]
    ]
    names = ["P", "Q"][: draw(st.integers(1, 2))]
    plans = [_plan(draw, name, unit, conventions) for name in names]
    _assign(draw, tables, names)
    if draw(st.booleans()):
        _draws(draw, tables, unit)
    return Case(tables, plans)


def _conventions(draw: st.DrawFn, decimals: int) -> Doc:
    rounding: list[Any] = []
    credit = draw(st.booleans())
    for at, wanted in (("credit", credit), ("conversion", credit and draw(st.booleans()))):
        if wanted:
            # The records' currencies have up to three decimals; what is rounded has no more than the plan's has.
            more = draw(st.integers(0, 2)) if at == "credit" else 0
            rounding.append(
                {"at": at, "mode": draw(st.sampled_from(MODES)), "decimals": str(decimals + more)}
            )
    last = draw(st.sampled_from(["component", "payout"]))
    rounding.append({"at": last, "mode": draw(st.sampled_from(MODES)), "decimals": str(decimals)})
    return {
        "rounding": rounding,
        "split.residue": draw(st.sampled_from(["first", "last"])),
        "split.when": "before rate",
        "fx.kind": "average",
        "fx.date": draw(st.sampled_from(["record date", "period start", "period end"])),
        "tier.accumulate": draw(st.sampled_from(["period", "quarter", "year"])),
        "tier.bound": draw(st.sampled_from(["upper tier", "lower tier"])),
        "returns.earn": draw(st.sampled_from(["mirror", "signed"])),
        "cap.excess": draw(st.sampled_from(["lost", "carried"])),
        "balance.negative": draw(st.sampled_from(["carried", "paid out"])),
        "quota.zero": "attainment 0%",
        "proration.of": "neither",
        "rollup.own_sales": "excluded",
        **DRAWN,
    }


def _plan(draw: st.DrawFn, name: str, unit: str, conventions: Doc) -> Doc:
    one = 10 ** DECIMALS[unit]
    components: list[Doc] = []
    for i in range(draw(st.integers(1, 2))):
        rates = [draw(st.sampled_from(RATES)) for _ in range(3)]
        tiers = [
            {"from": "0%", "to": "50%", "rate": rates[0]},
            {"from": "50%", "to": "100%", "rate": rates[1]},
            {"from": "100%", "rate": rates[2]},
        ]
        earn: list[Doc] = draw(
            st.sampled_from(
                [
                    [{"marginal": {"tiers": tiers}}],
                    [{"retroactive": {"tiers": tiers}}],
                    [{"flat rate": {"rate": rates[0]}}],
                ]
            )
        )
        component: Doc = {
            "component": f"C{i}",
            "measure": "bookings",
            "credits": draw(st.sampled_from([["direct"], ["roll-up"], ["direct", "roll-up"]])),
            "earn": earn,
        }
        if draw(st.booleans()):
            per = draw(st.sampled_from(["month", "quarter"]))
            component["pay"] = [{"cap": {"per": per, "amount": written(5 * one, unit)}}]
        if draw(st.integers(0, 3)) == 0:
            component["valid"] = {"from": "2026-01-15", "to": str(draw(days(date(2026, 2, 1))))}
        components.append(component)
    plan: Doc = {
        "plan": name,
        "currency": unit,
        "pays": "monthly",
        "eligible": "assigned",
        "conventions": conventions,
        "components": components,
    }
    if draw(st.integers(0, 2)) == 0:
        plan["pay"] = [{"cap": {"per": "month", "amount": written(8 * one, unit)}}]
    return plan


def _assign(draw: st.DrawFn, tables: dict[str, list[Row]], plans: list[str]) -> None:
    rows: list[Row] = []
    for payee in ("Ana", "Ben", "Sam", "Max", "Mia"):
        how = draw(st.sampled_from(["one", "both", "moves", "from"]))
        turn = draw(days(date(2026, 1, 2)))
        if how == "moves" and len(plans) > 1:
            before = date.fromordinal(turn.toordinal() - 1)
            rows += [
                {"payee": payee, "plan": plans[0], "from": "2026-01-01", "to": str(before)},
                {"payee": payee, "plan": plans[1], "from": str(turn), "to": ""},
            ]
        else:
            first = str(turn) if how == "from" else "2026-01-01"
            wanted = plans if how == "both" else [draw(st.sampled_from(plans))]
            rows += [{"payee": payee, "plan": p, "from": first, "to": ""} for p in wanted]
    tables["plan_assignments"] = rows


def _draws(draw: st.DrawFn, tables: dict[str, list[Row]], unit: str) -> None:
    tables["draws"] = []
    for payee in ("Ana", "Ben"):
        first = draw(st.integers(1, 6))
        tables["draws"].append(
            {
                "payee": payee,
                "kind": draw(st.sampled_from(["recoverable", "non-recoverable"])),
                "amount": written(1 + draw(amounts(unit)) // 8, unit),
                "per": "month",
                "from": f"2026-{first:02d}",
                "to": f"2026-{draw(st.integers(first, 8)):02d}",
            }
        )


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_streamed_and_ordinary_pay_the_same(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    reasons: dict[str, int] = defaultdict(int)
    grids: dict[bool, int] = defaultdict(int)

    def counted(lines: Lines, own: ComponentRun) -> Grid | None:
        found = grid(lines, own)
        grids[found is not None] += 1
        return found

    monkeypatch.setattr(run, "grid", counted)

    @settings(CHECK, max_examples=70)
    @given(plain_cases())
    def check(case: Case) -> None:
        reasons[compare(case, chunk, threads=2)] += 1

    check()
    # Most of these worlds can be streamed; else nothing would be tested here.
    assert reasons[""] >= 40, dict(reasons)
    # Some components are calculated without lines, and some with them.
    assert min(grids[True], grids[False]) >= 10, dict(grids)


@pytest.mark.parametrize(
    ("excess", "end", "streams"), [("refundable", "year", False), ("refundable", "quarter", True)]
)
def test_what_is_paid_after_the_last_record_isnt_forgotten(excess: str, end: str, streams: bool) -> None:
    """3.00 of January is above the cap of 5.00; it is paid at the end of the quarter, or only in December."""
    cap = {"per": "month", "amount": "5.00 EUR", "settled at end of": end}
    conventions = {
        "rounding": [{"at": "component", "mode": "half up", "decimals": "2"}],
        "tier.accumulate": "year",
        "cap.excess": excess,
        "balance.negative": "carried",
        "proration.of": "neither",
        "split.when": "before rate",
    }
    component = {
        "component": "C",
        "measure": "bookings",
        "credits": ["direct"],
        "earn": [{"marginal": {"tiers": [{"from": "0.00 EUR", "rate": "10%"}]}}],
        "pay": [{"cap": cap}],
    }
    plan = {
        "plan": "P",
        "currency": "EUR",
        "pays": "monthly",
        "eligible": "assigned",
        "conventions": conventions,
        "components": [component],
    }
    tables = {
        "plan_assignments": [{"payee": "Ana", "plan": "P", "from": "2026-01-01"}],
        "deals": [
            {"deal": "D-1", "owner": "Ana", "amount": "80.00 EUR", "closed": "2026-01-05"},
            {"deal": "D-2", "owner": "Ana", "amount": "20.00 EUR", "closed": "2026-03-05"},
        ],
    }
    case = Case(tables, [plan])
    assert (compare(case, 3) == "") == streams
    paid = {period: amount for (_, period, *_), amount in streamed(case, 3)[0].items()}
    later = {"2026-03": Fraction(2), "2026-12": Fraction(3)} if end == "year" else {"2026-03": Fraction(5)}
    assert paid == {"2026-01": Fraction(5), **later}


def test_a_dated_table_is_picked_by_the_day_of_each_deal() -> None:
    """Of 100.00 on 10 and 20 January the first earns 10%, the second 20%: no sum of January knows that."""
    tiers = [
        {"from": "0.00 EUR", "rate": "10%", "valid to": "2026-01-15"},
        {"from": "0.00 EUR", "rate": "20%", "valid from": "2026-01-16"},
    ]
    component = {
        "component": "C",
        "measure": "bookings",
        "credits": ["direct"],
        "earn": [{"marginal": {"tiers": tiers}}],
    }
    plan = {
        "plan": "P",
        "currency": "EUR",
        "pays": "monthly",
        "eligible": "assigned",
        "conventions": {"rounding": "exact", "tier.accumulate": "year", "rate.date": "record date"},
        "components": [component],
    }
    tables = {
        "plan_assignments": [{"payee": "Ana", "plan": "P", "from": "2026-01-01"}],
        "deals": [
            {"deal": f"D-{day}", "owner": "Ana", "amount": "100.00 EUR", "closed": f"2026-01-{day}"}
            for day in (10, 20)
        ],
    }
    assert compare(Case(tables, [plan]), 3)
    assert list(streamed(Case(tables, [plan]), 3)[0].values()) == [Fraction(30)]


@pytest.mark.parametrize("family", EVERY)
def test_every_family_pays_the_same(family: str) -> None:
    @settings(CHECK, max_examples=8)
    @given(EVERY[family])
    def check(case: Case) -> None:
        compare(case, 3)

    check()
