"""Laws of paying on random worlds: nothing is lost between what is earned, held and released."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reference_engine.explain.derivation import explain
from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.tests.random_cases_paying import (
    advance_cases,
    cap_cases,
    cash_cases,
    clawback_cases,
    time_cases,
)
from reference_engine.tests.random_worlds import Case, run_engine, world_of
from reference_engine.vocabulary.results import EarnedLine

FEW = settings(
    deadline=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
)
OWN = (
    "cancellation",
    "past due",
    "paid after all",
    "late payment penalty",
    "cap",
    "advance",
    "advance deducted",
    "rounding",
)
"""Lines that take back, add or limit; every other line is a part of what was earned."""


def by_record(lines: list[EarnedLine]) -> dict[tuple[str, ...], Fraction]:
    """What each record earned each payee, held or released."""
    out: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    for x in lines:
        if x.plan and x.kind not in OWN:
            out[x.payee, x.component, x.kind, x.record, x.line, x.period] += x.amount
    return {k: v for k, v in out.items() if v}


def without_pay(case: Case) -> Case:
    """The same world where everything earned is paid at once."""
    plans = [{**p, "components": [{**c, "pay": []} for c in p["components"]]} for p in case.plans]
    tables = {name: rows for name, rows in case.tables.items() if name not in ("cancellations", "advances")}
    return Case(tables, plans, case.calendar)


@FEW
@given(st.one_of(time_cases(), cash_cases(), advance_cases()))
def test_what_is_held_and_what_is_released_sum_to_what_is_earned(case: Case) -> None:
    # What comes in after a cancellation earns nothing, so the law holds of worlds without one.
    pay = [m for m in case.plans[0]["components"][0]["pay"] if "clawback" not in m]
    plan = {**case.plans[0], "components": [{**case.plans[0]["components"][0], "pay": pay}]}
    tables = {name: rows for name, rows in case.tables.items() if name != "cancellations"}
    assert by_record(run_engine(Case(tables, [plan])).line_rows()) == by_record(
        run_engine(without_pay(case)).line_rows()
    )


@FEW
@given(clawback_cases())
def test_a_clawback_takes_back_no_more_than_was_paid(case: Case) -> None:
    if case.plans[0]["conventions"]["clawback.rate"] == "recalculated":
        return
    paid: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    back: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for x in run_engine(case).line_rows():
        if x.kind == "cancellation":
            back[x.payee, x.deal] -= x.amount
        elif x.deal and x.state == "released":
            paid[x.payee, x.deal] += x.amount
    assert all(0 <= amount <= paid[key] for key, amount in back.items())


@FEW
@given(cap_cases())
def test_under_a_cap_nobody_is_paid_more_than_was_earned(case: Case) -> None:
    """Summed up from the first period, what is paid never exceeds what is due by then."""
    rows = [x for x in run_engine(case).line_rows() if x.plan and x.state == "released"]
    if any("least" in m.get("cap", {}) for m in case.plans[0]["components"][0]["pay"]):
        return
    due: dict[str, Fraction] = defaultdict(Fraction)
    paid: dict[str, Fraction] = defaultdict(Fraction)
    for period in sorted({x.pay_period for x in rows}):
        for x in rows:
            if x.pay_period == period and x.kind != "rounding":
                paid[x.payee] += x.amount
                due[x.payee] += x.amount if x.kind != "cap" else 0
        assert all(paid[p] <= due[p] for p in paid)


@FEW
@given(st.one_of(time_cases(), cash_cases(), clawback_cases(), advance_cases()))
def test_every_line_explains_itself(case: Case) -> None:
    result = run_engine(case)
    world = world_of(case.tables, case.calendar)
    problems: list[Problem] = []
    plans = [p for p in (read_plan(Node.of(d), problems) for d in case.plans) if p is not None]
    for payee in result.payees[:3]:
        _, derived = explain(plans, world, payee)
        own = [x for x in result.line_rows() if x.payee == payee]
        assert sorted(map(_words, (d.line for d in derived))) == sorted(map(_words, own))
        assert all(s.sentence for d in derived for s in d.steps)
        assert all(d.steps for d in derived)


def _words(x: EarnedLine) -> str:
    return f"{x.component} {x.kind} {x.record} {x.line} {x.period} {x.pay_period} {x.state} {x.amount}"


@FEW
@given(st.one_of(time_cases(), cash_cases(), cap_cases()), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(case: Case, mixer: Any) -> None:
    tables = {
        name: rows if name == "credit_splits" else mixer.sample(rows, len(rows))
        for name, rows in case.tables.items()
    }
    assert _content(case) == _content(replace(case, tables=tables))


def _content(case: Case) -> list[str]:
    return sorted(map(_words, run_engine(case).line_rows()))


# -- single cases --------------------------------------------------------------------------------------------
PLAN: dict[str, Any] = {
    "plan": "P",
    "pays": "monthly",
    "eligible": "everyone",
    "conventions": {"rounding": "exact", "balance.negative": "paid out", "returns.earn": "mirror"},
    "components": [
        {
            "component": "C",
            "measure": "bookings",
            "credits": ["direct"],
            "earn": [{"flat rate": {"rate": "10%"}}],
        }
    ],
}


def case_with(pay: list[Any], tables: dict[str, list[dict[str, str]]], **conventions: str) -> Case:
    plan = {
        **PLAN,
        "conventions": {**PLAN["conventions"], **conventions},
        "components": [{**PLAN["components"][0], "pay": pay}],
    }
    people = {"payees": [{"payee": "Ana"}]}
    deals = [{"deal": "D-1", "owner": "Ana", "amount": "1000.00 EUR", "closed": "2026-01-10"}]
    return Case({**people, "deals": deals, **tables}, [plan])


def payouts(case: Case, **options: Any) -> dict[str, Fraction]:
    out: dict[str, Fraction] = defaultdict(Fraction)
    for p in run_engine(case, **options).payout_rows():
        out[p.period] += p.amount
    return dict(out)


HUGE = 3 * 10**18
"""A deal of thirty times what int64 holds in cents."""


def test_parts_of_amounts_past_int64_are_exact() -> None:
    deals = [{"deal": "D-1", "owner": "Ana", "amount": f"{HUGE * 3}.00 EUR", "closed": "2026-01-10"}]
    paid = payouts(case_with([{"instalments": {"number": "3", "every": "month"}}], {"deals": deals}))
    assert paid == {
        "2026-01": HUGE / Fraction(10),
        "2026-02": HUGE / Fraction(10),
        "2026-03": HUGE / Fraction(10),
    }


def test_cash_of_amounts_past_int64_is_exact() -> None:
    tables = {
        "deals": [{"deal": "D-1", "owner": "Ana", "amount": f"{HUGE}.00 EUR", "closed": "2026-01-10"}],
        "invoices": [{"invoice": "I-1", "deal": "D-1", "amount": f"{HUGE}.00 EUR", "date": "2026-01-10"}],
        "payments": [
            {"payment": "Z-1", "invoice": "I-1", "amount": f"{HUGE - 1}.00 EUR", "date": "2026-02-10"}
        ],
    }
    case = case_with(["release on cash"], tables)
    assert payouts(case) == {"2026-02": Fraction(HUGE - 1, 10)}


def test_a_part_that_is_due_after_the_day_of_the_run_is_held() -> None:
    case = case_with([{"instalments": {"number": "3", "every": "month"}}], {}, **{"portion.residue": "last"})
    plan = {
        **case.plans[0],
        "conventions": {
            **case.plans[0]["conventions"],
            "rounding": [{"at": "line", "mode": "half up", "decimals": "2"}],
        },
    }
    rows = run_engine(Case(case.tables, [plan]), until=date(2026, 2, 28)).line_rows()
    assert [(x.state, x.pay_period, x.amount) for x in rows] == [
        ("released", "2026-01", Fraction("33.33")),
        ("released", "2026-02", Fraction("33.33")),
        ("held", "", Fraction("33.34")),
    ]


@pytest.mark.parametrize(
    ("pay", "tables", "conventions", "slug"),
    [
        ([{"instalments": {"number": "0", "every": "month"}}], {}, {}, "instalments-number"),
        ([{"reserve": {"withheld": "30%"}}], {}, {}, "reserve-release"),
        ([{"reserve": {"withheld": "130%", "after days": "1"}}], {}, {}, "share-range"),
        ([{"advance and as earned": {"advance": "70%", "months": "12"}}], {}, {}, "advance-months"),
        ([{"split payment": {"at booking": "70%", "at collection": "20%"}}], {}, {}, "event-shares"),
        ([{"milestones": {"parts": [{"share": "100%", "when": "milestone"}]}}], {}, {}, "milestone-part"),
        ([{"milestones": {"parts": [{"share": "100%", "when": "milestone", "named": "go-life"}]}}], {}, {}, "unknown-value"),
        ([{"hold until employed": {"days": "90"}}], {}, {"hold.count": "from the next day"}, "hired-unknown"),
        ([{"hold periods": {"periods": "500"}}], {}, {}, "hold-too-long"),
        ([{"clawback": {"within days": "9", "within months": "1"}}], {}, {"clawback.rate": "historic", "clawback.window": "last day included"}, "clawback-twice"),
        ([{"clawback": {"of months": "9"}}], {}, {"clawback.rate": "historic"}, "clawback-term"),
        (
            [{"clawback": {"unserved": "months"}}],
            {"cancellations": [{"deal": "D-1", "date": "2026-02-01"}]},
            {"clawback.rate": "historic", "clawback.lapse": "earned", "months.count": "by the day"},
            "no-term",
        ),
        ([{"cap": {"per": "deal", "amount": "10.00 EUR", "least": "0.00 EUR"}}], {}, {}, "cap-terms"),
        ([{"cap": {"per": "month", "amount": "10.00 EUR"}}], {}, {"cap.excess": "refundable"}, "cap-terms"),
        ([{"employed on": {"day": "days after period end"}}], {}, {"unpaid.leaver": "lost"}, "employed-day"),
        ([{"employed on": {"day": "pay date"}}], {}, {"unpaid.leaver": "lost"}, "no-pay-date"),
        (
            ["release on cash"],
            {"invoices": [{"invoice": "I-1", "deal": "D-1", "amount": "5.00 EUR", "date": "2026-01-10"}], "payments": [{"payment": "Z-1", "invoice": "I-1", "amount": "5.00 USD", "date": "2026-01-10"}]},
            {},
            "currency-mixed",
        ),
        ([{"clawback": {"part": "50%"}}, {"hold periods": {"periods": "1"}}], {}, {"clawback.rate": "historic"}, "pay-order"),
        ([], {"adjustments": [{"payee": "Ana", "plan": "P", "component": "c", "period": "2026-01", "amount": "1.00 EUR", "reason": "x"}]}, {}, "unknown-component"),
        ([], {"adjustments": [{"payee": "Ana", "plan": "P", "component": "", "period": "2026-Q1", "amount": "1.00 EUR", "reason": "x"}]}, {}, "adjustment-period"),
        ([], {"adjustments": [{"payee": "Ana", "plan": "p", "component": "", "period": "2026-01", "amount": "1.00 EUR", "reason": "x"}]}, {}, "unknown-plan"),
        (
            [{"advance and true up": {"settled at end of": "quarter"}}],
            {"advances": [{"payee": "Ana", "component": "", "period": "2026-Q1", "amount": "1.00 EUR", "paid": ""}]},
            {"trueup.minus": "paid", "trueup.negative": "waived"},
            "advance-period",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    pay: list[Any], tables: dict[str, list[dict[str, str]]], conventions: dict[str, str], slug: str
) -> None:
    with pytest.raises(Stopped) as stopped:
        run_engine(case_with(pay, tables, **conventions))
    assert slug in [p.slug for p in stopped.value.problems]


def test_the_cent_of_rounded_parts_is_asked_for_only_where_there_is_one() -> None:
    rounding = [{"at": "line", "mode": "half up", "decimals": "2"}]
    case = case_with([{"instalments": {"number": "3", "every": "month"}}], {})
    plan = {**case.plans[0], "conventions": {**case.plans[0]["conventions"], "rounding": rounding}}
    with pytest.raises(Stopped) as stopped:
        run_engine(Case(case.tables, [plan]))
    assert [p.slug for p in stopped.value.problems] == ["convention-open"]
    tables = {**case.tables, "deals": [{**case.tables["deals"][0], "amount": "900.00 EUR"}]}
    assert payouts(Case(tables, [plan])) == {"2026-01": 30, "2026-02": 30, "2026-03": 30}


def test_an_adjustment_is_paid_where_nothing_is_sold_and_explains_itself() -> None:
    tables: dict[str, list[dict[str, str]]] = {
        "deals": [],
        "adjustments": [
            {
                "payee": "Ana",
                "plan": "P",
                "component": "C",
                "period": "2026-05",
                "amount": "12.50 EUR",
                "reason": "contest of May",
            }
        ],
    }
    case = case_with([], tables)
    case.tables.pop("deals")
    assert payouts(case) == {"2026-05": Fraction("12.50")}
    problems: list[Problem] = []
    plan = read_plan(Node.of(case.plans[0]), problems)
    assert plan is not None
    _, derived = explain([plan], world_of(case.tables), "Ana")
    assert [s.sentence for d in derived for s in d.steps] == [
        "12.50 EUR is added to pay by hand: contest of May."
    ]
    assert [d.line.label for d in derived] == ["contest of May"]
