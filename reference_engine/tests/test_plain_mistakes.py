"""What everybody writes once: each is a Problem, or means what its author meant.  Never wrong money without a word."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.run import calculate
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

ON = {"plan_assignments": "payee | plan | from\nAna | P | 2026-01-01"}
DEALS = {"deals": "deal | owner | amount | closed | cost | margin | units | kind\nD-1 | Ana | 1,000.00 EUR | 2026-01-15 | 600 | 400.00 EUR | 12 | renewal"}
CONVENTIONS = {"rounding": "exact", "returns.earn": "signed", "balance.negative": "paid out", "cap.excess": "lost", "tier.accumulate": "period"}
RATE = {"flat rate": {"rate": "10%"}}


def paid(component: dict[str, object], tables: dict[str, str], more: dict[str, object] | None = None) -> Fraction:
    problems: list[Problem] = []
    whole = {"component": "C", "measure": "bookings", "credits": ["direct"], **component}
    plan = read_plan(Node.of({"plan": "P", "pays": "monthly", "conventions": CONVENTIONS, "components": [whole], **(more or {})}), problems)
    if problems:
        raise Stopped(tuple(problems))
    assert plan is not None
    world = read_world(
        [
            TextTable(name, rows[0], tuple(rows[1:]), f"{name}.csv", tuple(range(2, len(rows) + 1)), 1)
            for name, text in tables.items()
            for rows in [[tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]]
        ],
        problems,
    )
    if problems:
        raise Stopped(tuple(problems))
    return sum((p.amount for p in calculate([plan], world).payout_rows()), Fraction(0))


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ({"value": "amount - cost", "earn": [RATE]}, 40),
        ({"value": "margin", "earn": [RATE]}, 40),
        ({"where": "units >= 10", "earn": [RATE]}, 100),
        ({"where": "units >= 13", "earn": [RATE]}, 0),
        ({"where": 'kind = "renewal"', "earn": [RATE]}, 100),
        ({"where": 'kind = "new"', "earn": [RATE]}, 0),
    ],
)
def test_a_column_of_ones_own_is_what_its_name_means(component: dict[str, object], expected: int) -> None:
    assert paid(component, {**ON, **DEALS}) == expected


def test_a_cost_that_nobody_wrote_is_not_nothing() -> None:
    plain = {"deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15"}
    with pytest.raises(Stopped) as stopped:
        paid({"value": "amount - cost", "earn": [RATE]}, {**ON, **plain})
    assert stopped.value.problems[0].slug == "missing-value"


GATE = {"gate": {"when": "bookings > 5000.00 EUR"}}


@pytest.mark.parametrize(
    ("earn", "slug"),
    [
        ([GATE, RATE], "earn-order"),
        ([{"multiplier": {"factor": "2"}}, RATE], "earn-order"),
        ([{"cap": {"per": "line", "amount": "50.00 EUR"}}, RATE], "earn-order"),
        ([{"threshold": {"base under": "2000.00 EUR"}}, RATE], "earn-order"),
        ([{"bonus": {"pays": "500.00 EUR"}}, RATE], "earn-order"),
        ([RATE, {"floor": {"per": "line", "base": "2000.00 EUR"}}], "earn-order"),
        ([RATE, {"uplift": {"payment": "200%"}}], "earn-order"),
        ([RATE, {"flat rate": {"rate": "5%"}}], "earn-twice"),
        ([GATE], "earn-nothing"),
        ([{"cap": {"per": "line", "amount": "50.00 EUR"}}], "earn-nothing"),
    ],
)
def test_an_order_that_would_pay_something_else(earn: list[object], slug: str) -> None:
    with pytest.raises(Stopped) as stopped:
        paid({"earn": earn}, {**ON, **DEALS})
    assert {p.slug for p in stopped.value.problems} == {slug}


@pytest.mark.parametrize(
    ("earn", "expected"),
    [
        ([RATE, GATE], 0),
        ([RATE, {"multiplier": {"factor": "2"}}], 200),
        ([RATE, {"cap": {"per": "line", "amount": "50.00 EUR"}}], 50),
        ([RATE, {"bonus": {"pays": "500.00 EUR"}}], 600),
        ([{"floor": {"per": "line", "base": "2000.00 EUR"}}, RATE], 200),
    ],
)
def test_the_order_that_is_meant(earn: list[object], expected: int) -> None:
    assert paid({"earn": earn}, {**ON, **DEALS}) == expected


def test_nobody_is_on_the_plan() -> None:
    with pytest.raises(Stopped) as stopped:
        paid({"earn": [RATE]}, DEALS)
    problem = stopped.value.problems[0]
    assert problem.slug == "nobody-on-plan"
    assert "eligible: everyone" in problem.remedy


@pytest.mark.parametrize(
    ("word", "meant"),
    [("accelerator", "marginal"), ("clawback", "paying"), ("draw", "settling"), ("flat rat", "flat rate"), ("MBO", "objectives")],
)
def test_a_word_of_the_field_finds_its_mechanic(word: str, meant: str) -> None:
    with pytest.raises(Stopped) as stopped:
        paid({"earn": [{word: {}}]}, {**ON, **DEALS})
    assert meant in stopped.value.problems[0].remedy


def test_a_value_in_money_of_records_that_state_none() -> None:
    sales = {
        "retail_sales": "sale | retailer | product | units | date\nS-1 | Ana | X | 5 | 2026-01-15",
        "products": "product | unit cost\nX | 8.00 EUR",
    }
    assert paid({"measure": "units", "value": "units * unit cost", "earn": [RATE]}, {**ON, **sales}, {"currency": "EUR"}) == 4


def test_growth_over_sales_that_the_plan_leaves_out() -> None:
    tiers = [{"from": "0%", "to": "10%", "rate": "0%"}, {"from": "10%", "rate": "1%"}]
    growth = {"growth": {"tiers": tiers, "on": "everything", "without history": "skip"}}
    sold = {"deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2025-03-01\nD-2 | Ana | 150.00 EUR | 2026-03-01"}
    on = {"plan_assignments": "payee | plan | from\nAna | P | 2025-01-01"}
    conventions = {**CONVENTIONS, "tier.accumulate": "year", "tier.bound": "upper tier"}
    with pytest.raises(Stopped) as stopped:
        paid({"earn": [growth]}, {**on, **sold}, {"valid": {"from": "2026-01-01"}, "conventions": conventions})
    assert stopped.value.problems[0].slug == "growth-before-valid"
    assert paid({"earn": [growth]}, {**on, **sold}, {"valid": {"from": "2025-01-01"}, "conventions": conventions}) == Fraction(3, 2)


def test_a_claim_on_a_fund_that_nobody_keeps() -> None:
    fund = {"component": "C", "earn": [{"fund": {"fund": "Co-op", "accrues": "2% * bookings in the period", "share": "50%"}}]}
    claims = {"fund_claims": "claim | payee | fund | amount | date\nC-1 | Ana | Coop | 10.00 EUR | 2026-01-20"}
    problems: list[Problem] = []
    plan = read_plan(Node.of({"plan": "P", "pays": "monthly", "conventions": dict(CONVENTIONS, **{"fund.claims": "after accrual"}), "components": [fund]}), problems)
    assert plan is not None
    world = read_world(
        [
            TextTable(name, rows[0], tuple(rows[1:]))
            for name, text in (*ON.items(), *DEALS.items(), *claims.items())
            for rows in [[tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]]
        ],
        problems,
    )
    with pytest.raises(Stopped) as stopped:
        calculate([plan], world)
    assert stopped.value.problems[0].slug == "unknown-fund"
    assert "Co-op" in stopped.value.problems[0].remedy


def test_sales_and_returns_that_cancel_out_need_a_quota_too() -> None:
    tiers = [{"from": "0%", "to": "100%", "rate": "1%"}, {"from": "100%", "rate": "2%"}]
    returns = {"returns": "return | of | date | amount\nR-1 | D-1 | 2026-01-20 | 1,000.00 EUR"}
    with pytest.raises(Stopped) as stopped:
        paid({"earn": [{"marginal": {"tiers": tiers}}]}, {**ON, **DEALS, **returns})
    assert stopped.value.problems[0].slug == "no-quota"


@pytest.mark.parametrize(
    ("quotas", "accumulate", "why", "remedy"),
    [
        ("", "period", [], ['Add a quota of "Ana" for 2026-01.']),
        ("Ana | FY2026 | 900.00 EUR", "period", ["a quota for FY2026 (quotas.csv:2)"], ["quota: [{distribution: {per: month}}]", "tier.accumulate: year", 'a quota of "Ana" for 2026-01']),
        ("Ana | 2026-Q1 | 900.00 EUR", "half-year", ["a quota for 2026-Q1 (quotas.csv:2)"], ["rest of 2026-H1", 'a quota of "Ana" for 2026-H1']),
        ("Ana | 2026-02 | 900.00 EUR\nAna | 2026-03 | 900.00 EUR", "quarter", ["2026-02 (quotas.csv:2), 2026-03 (quotas.csv:3)"], ["rest of 2026-Q1"]),
        ("Ben | FY2026 | 900.00 EUR\nAna | FY2025 | 900.00 EUR", "period", [], ['Add a quota of "Ana" for 2026-01.']),
    ],
)  # fmt: skip
def test_a_quota_of_another_period_is_named_with_the_way_to_the_one_that_is_needed(
    quotas: str, accumulate: str, why: list[str], remedy: list[str]
) -> None:
    tiers = [{"from": "0%", "to": "100%", "rate": "1%"}, {"from": "100%", "rate": "2%"}]
    conventions = {**CONVENTIONS, "tier.accumulate": accumulate, "tier.bound": "upper tier"}
    tables = {**ON, **DEALS, "quotas": f"payee | period | quota\n{quotas}"} if quotas else {**ON, **DEALS}
    with pytest.raises(Stopped) as stopped:
        paid({"earn": [{"marginal": {"tiers": tiers}}]}, tables, {"conventions": conventions})
    (found,) = stopped.value.problems
    assert found.slug == "no-quota"
    assert [w for w in why if w not in found.why] == []
    assert bool(why) == ("quota for" in found.why or "quotas for" in found.why)
    assert [w for w in remedy if w not in found.remedy] == []


@pytest.mark.parametrize("way", [{"quota": [{"distribution": {"per": "month"}}]}, {"tier.accumulate": "year"}])
def test_the_ways_from_a_quota_of_a_year_lead_there(way: dict[str, object]) -> None:
    tiers = [{"from": "0%", "to": "100%", "rate": "1%"}, {"from": "100%", "rate": "2%"}]
    conventions = {**CONVENTIONS, "tier.bound": "upper tier", **(way if "quota" not in way else {})}
    more = {"conventions": conventions, **(way if "quota" in way else {})}
    tables = {**ON, **DEALS, "quotas": "payee | period | quota\nAna | FY2026 | 6,000.00 EUR"}
    # 500.00 EUR are the quota of January, so the other half of the sale earns 2%.
    assert paid({"earn": [{"marginal": {"tiers": tiers}}]}, tables, more) == (15 if "quota" in way else 10)


@pytest.mark.parametrize(("rank", "expected"), [("Silver", None), ("Gold", 100), ("Diamond", 0)])
def test_a_rank_that_is_written_another_way_pays_nobody_in_silence(rank: str, expected: int | None) -> None:
    ranks = [{"rank": "Gold", "rate": "10%"}, {"rank": "Silber", "rate": "5%"}]
    payees = {"payees": f"payee | role\nAna | {rank}"}
    component: dict[str, object] = {"earn": [{"differential override": {"rank": "role", "rates are": "of the rank", "ranks": ranks}}]}
    if expected is not None:
        assert paid(component, {**ON, **DEALS, **payees}) == expected
        return
    with pytest.raises(Stopped) as stopped:
        paid(component, {**ON, **DEALS, **payees})
    assert stopped.value.problems[0].slug == "unknown-rank"
    assert "Silver" in stopped.value.problems[0].remedy


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("accelerator", "a higher rate on what lies above the bound only"),
        ("tiered", "marginal"),
        ("flat rat", "Did you mean: flat rate"),
        ("guaranteed draw", "draw of settling"),
        ("zigzag", "docs/mechanics finds a mechanic"),
    ],
)
def test_a_word_of_the_field_that_is_no_mechanic_is_answered_with_what_it_may_mean(word: str, said: str) -> None:
    with pytest.raises(Stopped) as stopped:
        paid({"earn": [{word: {"rate": "8%"}}]}, {**ON, **DEALS})
    assert said in stopped.value.problems[0].remedy


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("word", ["territory owner", "by rule"])
def test_only_a_deal_can_belong_to_whoever_holds_its_territory(word: str, listed: bool) -> None:
    assignments = {"plan_assignments": f"payee | plan | from\nAna | P | 2026-01-01\n{word} | P | 2026-01-01"}
    payees = {"payees": "payee | role\nAna | AE"} if listed else {}
    with pytest.raises(Stopped) as stopped:
        paid({"earn": [RATE]}, {**assignments, **DEALS, **payees})
    assert [p.slug for p in stopped.value.problems] == ["unknown-payee"]


def test_a_plan_is_not_asked_about_the_quota_of_somebody_whom_it_never_pays() -> None:
    tiers = [{"from": "0%", "to": "100%", "rate": "1%"}, {"from": "100%", "rate": "2%"}]
    tables = {
        **ON,
        **DEALS,
        "payees": "payee | hired\nAna |\nDan | 2026-01-15",
        "quotas": "payee | period | quota\nAna | 2026-01 | 1,000.00 EUR\nDan | 2026-01 | 500.00 EUR",
    }
    assert paid({"earn": [{"marginal": {"tiers": tiers}}]}, tables) == 10
    both = {**tables, "plan_assignments": f"{ON['plan_assignments']}\nDan | P | 2026-01-01"}
    with pytest.raises(Stopped) as stopped:
        paid({"earn": [{"marginal": {"tiers": tiers}}]}, both)
    assert "proration.of" in stopped.value.problems[0].what
