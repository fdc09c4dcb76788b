"""What the engine can't calculate rightly is refused: each case is a small world whose naive result would be wrong."""

from __future__ import annotations

import pytest

from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.run import calculate
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

HEAD = "plan: P\npays: quarterly\nconventions: {rounding: exact, returns.earn: signed, balance.negative: paid out, tier.accumulate: period, tier.bound: upper tier, quota.zero: refuse, clawback.window: last day included, clawback.rate: historic, release.period: earned period, cap.excess: lost, lookup.precedence: first match, curve.below: zero, curve.above: flat}\n"
TIERS = "{tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 8%}]}"
ON_PLAN = "payee | plan | from\nAna | P | 2026-01-01"
DEAL = "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-15"


def component(earn: str, measure: str = "bookings", more: str = "") -> str:
    return HEAD + f"components: [{{component: C, measure: {measure}, credits: [direct], {more} earn: [{earn}]}}]"


CASES = {
    "a quota in another currency than the deals": (
        component(f"{{marginal: {TIERS}}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL, "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 USD"},
        "currency-mixed",
    ),
    "tiers of money in another currency than the deals": (
        component("{marginal: {tiers: [{from: 0.00 USD, to: 50.00 USD, rate: 5%}, {from: 50.00 USD, rate: 8%}]}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL},
        "currency-mixed",
    ),
    "retroactive tiers of money in another currency than the deals": (
        component("{retroactive: {tiers: [{from: 0.00 USD, to: 50.00 USD, rate: 5%}, {from: 50.00 USD, rate: 8%}]}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL},
        "currency-mixed",
    ),
    "tiers under shares earned at events, whose measure would count twice": (
        component(f"{{marginal: {TIERS}}}", more="events: {booking: 50%, payment: 50%},"),
        {"plan_assignments": ON_PLAN, "deals": DEAL},
        "event-shares",
    ),
    "a fixed amount under shares earned at events, which each payment would earn again": (
        component("{lookup: {rules: [{pays: 5.00 EUR}]}}", more="events: {booking: 50%, payment: 50%},"),
        {"plan_assignments": ON_PLAN, "deals": DEAL},
        "event-shares",
    ),
    "a rate of units": (
        component("{flat rate: {rate: 5%}}", measure="units"),
        {"plan_assignments": ON_PLAN, "retail_sales": "sale | retailer | product | units | date\nS-1 | Ana | X | 5 | 2026-01-15"},
        "measure-mechanic",
    ),
    "bands of units on money": (
        component("{unit bands: {bands: [{from: 1, pays: 5.00 EUR}]}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL},
        "measure-mechanic",
    ),
    "the revenue of retail sales that state no amount": (
        component("{flat rate: {rate: 5%}}", measure="revenue", more="records: retail sales,"),
        {"plan_assignments": ON_PLAN, "retail_sales": "sale | retailer | product | units | date\nS-1 | Ana | X | 5 | 2026-01-15"},
        "no-amount",
    ),
    "a release of deals that have no invoice": (
        component("{flat rate: {rate: 5%}}", more="pay: [{release: {when: invoice paid in full}}],"),
        {"plan_assignments": ON_PLAN, "deals": DEAL},
        "release-no-invoice",
    ),
    "a release at plan level, which would hold nothing": (
        component("{flat rate: {rate: 5%}}") + "\npay: [{release: {when: invoice paid in full}}]",
        {"plan_assignments": ON_PLAN, "deals": DEAL},
        "plan-level",
    ),
    "an owner who isn't among the payees": (
        component("{flat rate: {rate: 5%}}"),
        {"payees": "payee\nAna", "plan_assignments": ON_PLAN, "deals": DEAL.replace("Ana", "Anna")},
        "unknown-payee",
    ),
    "somebody hired inside the quarter of a quota": (
        component(f"{{marginal: {TIERS}}}"),
        {"payees": "payee | hired\nAna | 2026-02-01", "plan_assignments": ON_PLAN, "deals": DEAL, "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR"},
        "proration",
    ),
    "an employment event, which isn't calculated yet": (
        component("{flat rate: {rate: 5%}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL, "employment_events": "payee | event | from\nAna | leave | 2026-02-01"},
        "not-calculated",
    ),
}


def problems_of(document: str, tables: dict[str, str]) -> list[Problem]:
    problems: list[Problem] = []
    node = parse_yaml(document, "plan.yaml", problems)
    assert node is not None, problems
    plan = read_plan(node, problems)
    texts = []
    for name, text in tables.items():
        rows = [tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]
        texts.append(TextTable(name, rows[0], tuple(rows[1:]), f"{name}.csv", tuple(range(2, len(rows) + 1)), 1))
    world = read_world(texts, problems)
    if problems or plan is None:
        return problems
    try:
        calculate([plan], world)
    except Stopped as stopped:
        return list(stopped.problems)
    return []


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str) -> None:
    document, tables, slug = CASES[name]
    found = problems_of(document, tables)
    assert slug in [p.slug for p in found], found
    assert all(p.where.file and p.where.line for p in found), found


def test_a_quota_of_zero_that_counts_as_0_percent_pays_the_first_tier() -> None:
    document = component(f"{{marginal: {TIERS}}}").replace("quota.zero: refuse", "quota.zero: attainment 0%")
    tables = {"plan_assignments": ON_PLAN, "deals": DEAL, "quotas": "payee | period | quota\nAna | 2026-Q1 | 0.00 EUR"}
    problems: list[Problem] = []
    node = parse_yaml(document, "plan.yaml", problems)
    assert node is not None
    plan = read_plan(node, problems)
    assert plan is not None, problems
    texts = []
    for name, text in tables.items():
        rows = [tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]
        texts.append(TextTable(name, rows[0], tuple(rows[1:])))
    (payout,) = calculate([plan], read_world(texts, problems)).payout_rows()
    assert payout.amount == 5
