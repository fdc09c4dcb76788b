"""People events end to end: who is employed, on which plan, under whom; and what is refused because it is open."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

POINTS = [{"attainment": a, "payout": p} for a, p in (("0%", "0%"), ("100%", "100%"))]
DAYS = {
    "proration.of": "quota and target",
    "proration.basis": "calendar days",
    "proration.start_day_counts": "yes",
    "proration.end_day_counts": "yes",
    "proration.factor_decimals": "exact",
}


def world(**tables: str) -> World:
    problems: list[Problem] = []
    texts = []
    for name, text in tables.items():
        rows = [tuple(c.strip() for c in line.split("|")) for line in text.splitlines()]
        texts.append(TextTable(name, rows[0], tuple(rows[1:])))
    made = read_world(texts, problems)
    assert not problems, problems
    return made


def plan(name: str = "P", earn: Any = None, **more: Any) -> dict[str, Any]:
    conventions = {
        "rounding": "exact",
        "tier.accumulate": "period",
        "curve.below": "zero",
        "curve.above": "flat",
        "returns.earn": "signed",
        "balance.negative": "paid out",
        **more.pop("conventions", {}),
    }
    part = {
        "component": "C",
        "measure": "bookings",
        "credits": ["direct"],
        "earn": [earn or {"curve": {"points": POINTS}}],
    }
    return {"plan": name, "pays": "quarterly", "conventions": conventions, "components": [part], **more}


def run(made: World, *documents: dict[str, Any]) -> Result:
    problems: list[Problem] = []
    plans = [read_plan(Node.of(d), problems) for d in documents]
    assert not problems, problems
    return calculate([p for p in plans if p is not None], made)


def paid(result: Result) -> dict[tuple[str, str], Fraction]:
    out: dict[tuple[str, str], Fraction] = {}
    for p in result.payout_rows():
        out[p.payee, p.plan] = out.get((p.payee, p.plan), Fraction(0)) + p.amount
    return out


def problems_of(made: World, *documents: dict[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(Stopped) as stopped:
        run(made, *documents)
    return tuple(stopped.value.problems)


def days(*texts: str) -> np.ndarray[Any, Any]:
    return np.array(texts, dtype="datetime64[D]")


def test_a_move_pays_each_plan_for_its_own_days() -> None:
    made = world(
        plan_assignments="payee | plan | from | to | quota | target incentive | period\n"
        "Kim | SDR | 2026-01-01 | 2026-02-28 | 90,000.00 EUR | 4,500.00 EUR | quarter\n"
        "Kim | AE | 2026-03-01 | | 90,000.00 EUR | 9,000.00 EUR | quarter",
        deals="deal | owner | amount | closed\nD-1 | Kim | 59,000.00 EUR | 2026-02-20\nD-2 | Kim | 31,000.00 EUR | 2026-03-20",
    )
    result = run(made, plan("SDR", conventions=DAYS), plan("AE", conventions=DAYS))
    assert paid(result) == {("Kim", "SDR"): 2950, ("Kim", "AE"): 3100}


def test_a_promotion_changes_the_role_that_a_plan_is_for() -> None:
    made = world(
        payees="payee | role\nAna | Junior\nBen | Senior",
        employment_events="payee | event | from | value\nAna | promotion | 2026-02-01 | Senior",
        deals="deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-31\nD-2 | Ana | 200.00 EUR | 2026-02-01\nD-3 | Ben | 400.00 EUR | 2026-01-31",
    )
    flat = {"flat rate": {"rate": "10%"}}
    result = run(
        made, plan("J", flat, eligible={"roles": ["Junior"]}), plan("S", flat, eligible={"roles": ["Senior"]})
    )
    assert paid(result) == {("Ana", "J"): 10, ("Ana", "S"): 20, ("Ben", "S"): 40}


def test_roles_and_managers_by_day() -> None:
    made = world(
        payees="payee | role | manager\nMia | Head |\nMax | Manager | Mia\nAna | Rep | Max",
        employment_events="payee | event | from | value\nAna | manager change | 2026-03-01 | Mia\nAna | move | 2026-02-01 | Senior\nAna | promotion | 2026-04-01 | Lead",
    )
    ana = np.full(4, made.payee_code["Ana"])
    when = days("2026-01-31", "2026-02-01", "2026-02-28", "2026-04-01")
    assert made.people.roles_on(ana, when).tolist() == ["Rep", "Senior", "Senior", "Lead"]
    managers = made.people.managers_on(np.full(2, made.payee_code["Ana"]), days("2026-02-28", "2026-03-01"))
    assert [made.payees[m] for m in managers.tolist()] == ["Max", "Mia"]
    assert made.people.managers_on(np.array([made.payee_code["Mia"]]), days("2026-03-01")).tolist() == [-1]
    assert made.people.role_spans(made.payee_code["Ana"], ["Senior"]) == [
        (date(2026, 2, 1), date(2026, 3, 31))
    ]


def test_somebody_who_comes_back() -> None:
    made = world(
        payees="payee | hired | left\nAna | 2020-01-01 | 2026-01-31",
        employment_events="payee | event | from\nAna | hire | 2026-03-01\nAna | termination | 2026-06-30",
    )
    people, ana = made.people, made.payee_code["Ana"]
    assert people.employed(ana) == [
        (date(2020, 1, 1), date(2026, 1, 31)),
        (date(2026, 3, 1), date(2026, 6, 30)),
    ]
    seen = people.employed_on(
        np.full(5, ana), days("2026-01-31", "2026-02-01", "2026-03-01", "2026-06-30", "2026-07-01")
    )
    assert seen.tolist() == [True, False, True, True, False]
    assert people.hired_before(ana, date(2026, 2, 28)) == date(2020, 1, 1)
    assert people.hired_before(ana, date(2026, 3, 1)) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ("Ana | leave | 2026-02-01 | 2026-03-01 |\nAna | leave | 2026-03-01 | 2026-04-01 |", "overlap"),
        ("Ana | return | 2026-02-01 | |", "without being on leave"),
        ("Ana | promotion | 2026-02-01 | |", "new role"),
        ("Ana | manager change | 2026-02-01 | | Zoe", "Zoe"),
        ("Ana | hire | 2026-02-01 | |\nAna | hire | 2026-03-01 | |", "while employed"),
        ("Ana | termination | 2026-02-01 | |\nAna | termination | 2026-03-01 | |", "without being employed"),
        ("Ana | move | 2026-02-01 | | A\nAna | promotion | 2026-02-01 | | B", "two values"),
    ],
)
def test_events_that_contradict_each_other_are_refused(events: str, says: str) -> None:
    made = world(
        payees="payee | role\nAna | Rep",
        employment_events=f"payee | event | from | to | value\n{events}",
        deals="deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-31",
    )
    found = problems_of(made, plan(earn={"flat rate": {"rate": "1%"}}, eligible="everyone"))
    assert [p.slug for p in found] == ["employment-events"]
    assert says in found[0].what + found[0].remedy


SOLD = "deal | owner | amount | closed\nD-1 | Ana | 59,000.00 EUR | 2026-03-20"
ON = "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 90,000.00 EUR | 9,000.00 EUR | quarter"


@pytest.mark.parametrize(
    "missing", ["proration.of", "proration.basis", "proration.start_day_counts", "proration.factor_decimals"]
)
def test_an_open_convention_is_asked_for_with_its_readings(missing: str) -> None:
    made = world(payees="payee | hired\nAna | 2026-02-01", plan_assignments=ON, deals=SOLD)
    found = problems_of(made, plan(conventions={k: v for k, v in DAYS.items() if k != missing}))
    assert {p.slug for p in found} == {"convention-open"}
    assert all(
        missing in p.what and '"Ana" is active from 2026-02-01 to 2026-03-31 in 2026-Q1' in p.what
        for p in found
    )
    assert paid(run(made, plan(conventions=DAYS))) == {("Ana", "P"): 5900}


def test_a_credit_after_the_last_day_is_asked_for() -> None:
    made = world(
        payees="payee | left\nAna | 2026-02-28",
        plan_assignments="payee | plan | from\nAna | P | 2026-01-01",
        deals="deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-02-28\nD-2 | Ana | 1,000.00 EUR | 2026-03-01",
    )
    flat = {"flat rate": {"rate": "10%"}}
    (problem,) = problems_of(made, plan(earn=flat))
    assert "D-2" in problem.what
    assert "credit.outside_employment" in problem.what
    for reading, amount in (("counts", 110), ("doesn't count", 10)):
        assert paid(run(made, plan(earn=flat, conventions={"credit.outside_employment": reading}))) == {
            ("Ana", "P"): amount
        }


def test_a_credit_of_a_day_of_leave_is_asked_for() -> None:
    made = world(
        payees="payee\nAna",
        employment_events="payee | event | from | to\nAna | leave | 2026-02-01 | 2026-02-28",
        deals="deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-02-28\nD-2 | Ana | 1,000.00 EUR | 2026-03-01",
    )
    flat = {"flat rate": {"rate": "10%"}}
    (problem,) = problems_of(made, plan(earn=flat, eligible="everyone"))
    assert "leave.credits" in problem.what
    result = run(made, plan(earn=flat, eligible="everyone", conventions={"leave.credits": "doesn't count"}))
    assert paid(result) == {("Ana", "P"): 100}


TIERS = [{"from": "0%", "to": "100%", "rate": "1%"}, {"from": "100%", "to": "", "rate": "2%"}]


@pytest.mark.parametrize(
    ("reading", "amount", "attainment"),
    [("attainment 0%", 10, 0), ("attainment 100%", 20, 1)],
)
@pytest.mark.parametrize("mechanic", ["marginal", "retroactive"])
def test_a_quota_of_zero(mechanic: str, reading: str, amount: int, attainment: int) -> None:
    made = world(
        plan_assignments="payee | plan | from\nAna | P | 2026-01-01",
        quotas="payee | period | quota\nAna | 2026-Q1 | 0.00 EUR",
        deals="deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-02-28",
    )
    earn = {mechanic: {"tiers": TIERS}}
    conventions = {"quota.zero": reading, "tier.bound": "upper tier"}
    result = run(made, plan(earn=earn, conventions=conventions))
    # Marginal pays each slice by itself: at 100% everything still lies in the tier up to 100%.
    assert paid(result) == {("Ana", "P"): 10 if mechanic == "marginal" else amount}
    assert [a.value for a in result.attainment_rows()] == [attainment]
    (problem,) = problems_of(made, plan(earn=earn, conventions={"tier.bound": "upper tier"}))
    assert problem.slug == "convention-open"
    assert "quota.zero" in problem.what


def test_attainment_is_rounded_where_the_plan_says_so() -> None:
    made = world(
        plan_assignments="payee | plan | from\nAna | P | 2026-01-01",
        quotas="payee | period | quota\nAna | 2026-Q1 | 8,000.00 EUR",
        deals="deal | owner | amount | closed\nD-1 | Ana | 4,550.00 EUR | 2026-02-28",
    )
    rounding = [
        {"at": "attainment", "mode": "half up", "decimals": "1"},
        {"at": "payout", "mode": "half up", "decimals": "2"},
    ]
    result = run(made, plan(earn={"flat rate": {"rate": "1%"}}, conventions={"rounding": rounding}))
    assert paid(result) == {("Ana", "P"): Fraction("45.5")}
    tiers = {
        "retroactive": {
            "tiers": [{"from": "0%", "to": "56.9%", "rate": "1%"}, {"from": "56.9%", "to": "", "rate": "2%"}]
        }
    }
    exact = plan(earn=tiers, conventions={"tier.bound": "upper tier"})
    assert paid(run(made, exact)) == {("Ana", "P"): Fraction("45.5")}
    result = run(made, plan(earn=tiers, conventions={"tier.bound": "upper tier", "rounding": rounding}))
    assert paid(result) == {("Ana", "P"): 91}
    assert [a.value for a in result.attainment_rows()] == [Fraction("0.569")]


def test_quotas_whose_periods_overlap_are_refused() -> None:
    made = world(
        plan_assignments="payee | plan | from\nAna | P | 2026-01-01",
        quotas="payee | period | quota\nAna | 2026-Q1 | 300.00 EUR\nAna | 2026-03 | 100.00 EUR\nAna | 2026-Q2 | 300.00 EUR",
        deals="deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-02-28",
    )
    found = problems_of(
        made, plan(earn={"marginal": {"tiers": TIERS}}, conventions={"tier.accumulate": "half-year"})
    )
    assert "quota-overlap" in {p.slug for p in found}


def test_a_quota_says_how_it_was_made() -> None:
    made = world(
        payees="payee | hired\nAna | 2026-02-15",
        plan_assignments="payee | plan | from\nAna | P | 2026-01-01",
        quotas="payee | period | quota\nAna | 2026-Q1 | 90,000.00 EUR",
    )
    document = plan(
        earn={"flat rate": {"rate": "1%"}},
        conventions=DAYS,
        quota=[{"distribution": {"per": "month"}}, {"over assignment": {"by": "10%"}}],
    )
    rows = {q.period: q for q in run(made, document).quota_rows()}
    assert rows["2026-02"].quota == 16500
    assert rows["2026-02"].steps == (
        "90,000.00 EUR stated: 90,000.00 EUR",
        "one of 3 even parts: 30,000.00 EUR",
        "over-assigned by 10%: 33,000.00 EUR",
        "14 of 28 days count: 16,500.00 EUR",
    )
    assert rows["2026-01"].steps[-1] == "nothing counts: the payee isn't active: 0.00 EUR"


def test_the_steps_of_a_target_incentive() -> None:
    made = world(
        payees="payee | hired\nAna | 2026-02-01",
        plan_assignments="payee | plan | from | target incentive | period\nAna | P | 2026-01-01 | 9,000.00 EUR | quarter",
        deals=SOLD,
    )
    result = run(
        made, plan(earn={"flat rate": {"rate": "1%"}}, conventions={**DAYS, "proration.factor_decimals": "3"})
    )
    assert result.quotas is not None
    (year,) = made.calendar.periods(date(2026, 1, 1), date(2026, 1, 1), "year")
    (quarter,) = made.calendar.periods(date(2026, 1, 1), date(2026, 1, 1), "quarter")
    assert result.quotas.steps(0, "P", quarter, kind="target incentive") == (
        "stated for each quarter of the assignment: 9,000.00 EUR",
        "59 of 90 days, as 0.656 count: 5,904.00 EUR",
    )
    steps = result.quotas.steps(0, "P", year, kind="target incentive")
    assert steps[0].startswith("2026-Q1: ")
    assert steps[-1] == "together: 32,904.00 EUR"
    assert result.quotas.steps(0, "P", year) == ()


def test_period_means_the_pay_period_of_the_plan() -> None:
    made = world(
        plan_assignments="payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 100.00 EUR | 10.00 EUR | period",
        deals=SOLD,
    )
    result = run(made, plan())
    assert [(a.period, a.quota) for a in result.attainment_rows()] == [("2026-Q1", Fraction(100))]


def test_the_order_of_rows_changes_nothing() -> None:
    events = [
        "Ana | leave | 2026-02-01 | 2026-02-10",
        "Ana | termination | 2026-03-15 |",
        "Ana | hire | 2026-03-20 |",
    ]
    results = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        made = world(
            payees="payee | hired\nAna | 2026-01-10",
            plan_assignments=ON,
            employment_events="payee | event | from | to\n" + "\n".join(events[i] for i in order),
            deals=SOLD.replace("59,000.00", "67,000.00"),
        )
        conventions = {**DAYS, "leave.quota": "days excluded", "leave.target": "nothing"}
        result = run(made, plan(conventions=conventions))
        results.append((paid(result), [a.quota for a in result.attainment_rows()]))
    # 10 January to 15 March without ten days of leave, and the last twelve days of March: 55 + 12 of 90 days.
    assert results[0][1] == [67000]
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize(
    "earn", ["percent to goal", {"target rate": {}}], ids=["percent to goal", "target rate"]
)
def test_a_target_stated_for_a_longer_time_is_named_where_none_is_found(earn: object) -> None:
    made = world(
        plan_assignments="payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | | 9,000.00 EUR | year",
        quotas="payee | period | quota\nAna | 2026-H1 | 100.00 EUR",
        deals="deal | owner | amount | closed\nD-1 | Ana | 50.00 EUR | 2026-03-20",
    )
    written = plan(conventions={"tier.accumulate": "period"}, earn=earn)
    written["pays"] = "half-yearly"
    (problem,) = [p for p in problems_of(made, written) if p.slug == "no-target"]
    assert '"Ana" has no target incentive for 2026-H1' in problem.what
    assert "9,000.00 EUR is stated for the year" in problem.why
    assert "distribution: {per: half-year, of: target incentive}" in problem.remedy
