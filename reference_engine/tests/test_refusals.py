"""What the engine can't calculate rightly is refused: each case is a small world whose naive result would be wrong."""

from __future__ import annotations

import pytest

from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.run import calculate
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

HEAD = "plan: P\npays: quarterly\nconventions: {rounding: exact, returns.earn: signed, balance.negative: paid out, tier.accumulate: period, tier.bound: upper tier, quota.zero: refuse, clawback.window: last day included, clawback.rate: historic, release.period: earned period, cap.excess: lost, lookup.precedence: first match, curve.below: zero, curve.above: flat, split.when: before rate}\n"
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
        {"payees": "payee | hired\nAna | 2026-01-02", "plan_assignments": ON_PLAN, "deals": DEAL, "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR"},
        "convention-open",
    ),
    "a return from no leave": (
        component("{flat rate: {rate: 5%}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL, "employment_events": "payee | event | from\nAna | return | 2026-02-01"},
        "employment-events",
    ),
    "two assignments to one plan that both count in full": (
        component(f"{{marginal: {TIERS}}}").replace("rounding: exact", "rounding: exact, proration.of: neither"),
        {"plan_assignments": ON_PLAN.split("\n")[0] + " | to | quota | period\nAna | P | 2026-01-01 | 2026-01-31 | 50.00 EUR | quarter\nAna | P | 2026-02-01 | | 60.00 EUR | quarter", "deals": DEAL},
        "proration",
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


MORE = {
    "a role that nobody has": (
        component("{flat rate: {rate: 5%}}").replace("pays: quarterly", "pays: quarterly\neligible: {roles: [Sales Manger]}"),
        {"payees": "payee | role\nAna | Sales Manager", "deals": DEAL},
        "unknown-role",
    ),
    "a crediting rule for a role that nobody has": (
        component("{flat rate: {rate: 5%}}"),
        {"payees": "payee | role\nAna | Rep", "plan_assignments": ON_PLAN, "deals": DEAL, "crediting_rules": "role | receives | of the credit of\nManger | 100% | team"},
        "unknown-role",
    ),
    "a category that no product has": (
        component("{lookup: {rules: [{category: Bike, rate: 5%}]}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL + "\n", "products": "product | category\nB-1 | Bikes"},
        "unknown-value",
    ),
    "a product of an invoice line that isn't listed": (
        component("{flat rate: {rate: 5%}}", measure="revenue", more="records: invoice lines,"),
        {
            "plan_assignments": ON_PLAN, "deals": DEAL, "products": "product | category\nB-1 | Bikes",
            "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 100.00 EUR | 2026-01-20",
            "invoice_lines": "invoice | line | product | amount\nI-1 | 1 | B-9 | 100.00 EUR",
        },
        "unknown-reference",
    ),
    "a slip in a column of one's own": (
        component("{flat rate: {rate: 5%}}"),
        {"payees": "payee | rolle\nAna | Rep", "plan_assignments": ON_PLAN, "deals": DEAL},
        "unknown-column",
    ),
    "a rate below zero": (
        component("individual rate"),
        {"payees": "payee | commission rate\nAna | -1.2%", "plan_assignments": ON_PLAN, "deals": DEAL},
        "rate-negative",
    ),
    "a manager who isn't among the payees": (
        component("{flat rate: {rate: 5%}}"),
        {"payees": "payee | manager\nAna | Mia", "plan_assignments": ON_PLAN, "deals": DEAL},
        "unknown-payee",
    ),
    "a date in the year 9999": (
        component("{flat rate: {rate: 5%}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL + "\nD-2 | Ana | 1.00 EUR | 9999-12-31"},
        "dates-far-apart",
    ),
    "a number of five thousand digits": (
        component("{flat rate: {rate: 5%}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL + f"\nD-2 | Ana | {'1' * 5000}.00 EUR | 2026-01-15"},
        "not-a-number",
    ),
    "only one date, and that in the year 9999": (
        component("{flat rate: {rate: 5%}}"),
        {"plan_assignments": ON_PLAN, "deals": DEAL.replace("2026-01-15", "9999-12-31")},
        "not-a-period",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MORE)
def test_a_slip_is_refused(name: str) -> None:
    document, tables, slug = MORE[name]
    tables = {n: t.strip() for n, t in tables.items()}
    found = problems_of(document, tables)
    assert slug in [p.slug for p in found], found
    assert all(p.where.file and p.where.line for p in found), found


def test_a_tag_is_refused() -> None:
    problems: list[Problem] = []
    parse_yaml('plan: !!python/object/apply:os.system ["true"]', "plan.yaml", problems)
    assert [(p.slug, p.where.line) for p in problems] == [("yaml-tag", 1)]


def payouts_of(document: str, tables: dict[str, str]) -> dict[str, str]:
    problems: list[Problem] = []
    node = parse_yaml(document, "plan.yaml", problems)
    assert node is not None
    plan = read_plan(node, problems)
    assert plan is not None, problems
    texts = []
    for name, text in tables.items():
        rows = [tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]
        texts.append(TextTable(name, rows[0], tuple(rows[1:])))
    result = calculate([plan], read_world(texts, problems))
    return {p.period: str(p.amount) for p in result.payout_rows() if p.amount}


CANCELLED = {
    "plan_assignments": ON_PLAN,
    "deals": DEAL,
    "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 100.00 EUR | 2026-01-20",
    "payments": "payment | invoice | amount | date\nP-1 | I-1 | 100.00 EUR | 2026-05-10",
    "cancellations": "deal | date\nD-1 | 2026-02-10",
}


def test_a_payment_after_the_cancellation_earns_nothing() -> None:
    document = component("{flat rate: {rate: 10%}}", more="events: {booking: 50%, payment: 50%}, pay: [{clawback: {within days: 90}}],")
    assert payouts_of(document.replace("quarterly", "monthly"), CANCELLED) == {"2026-01": "5", "2026-02": "-5"}


def test_what_was_not_paid_before_the_cancellation_is_never_released() -> None:
    document = component("{flat rate: {rate: 10%}}", measure="revenue", more="pay: [{release: {when: invoice paid in full}}, {clawback: {within days: 90}}],")
    document = document.replace("earned period", "release period").replace("quarterly", "monthly")
    assert payouts_of(document, CANCELLED) == {}
    late = CANCELLED | {"cancellations": "deal | date\nD-1 | 2026-05-20"}
    assert payouts_of(document.replace("within days: 90", "within days: 365"), late) == {}


def test_clawback_looks_at_everybody_who_is_credited() -> None:
    tables = {
        "plan_assignments": ON_PLAN,
        "deals": DEAL.replace("Ana", "Ben"),
        "credit_splits": "deal | payee | share\nD-1 | Ana | 50%\nD-1 | Ben | 50%",
        "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR",
        "cancellations": "deal | date\nD-1 | 2026-02-10",
    }
    document = component(f"{{retroactive: {TIERS}}}", more="pay: [{clawback: {within days: 90}}],")
    assert "clawback-no-deal" in [p.slug for p in problems_of(document, tables)]


def test_only_converted_amounts_are_rounded_at_conversion() -> None:
    document = HEAD.replace("rounding: exact", "rounding: [{at: conversion, mode: half even, decimals: 0}, {at: payout, mode: half up, decimals: 2}], fx.kind: spot, fx.date: record date")
    document = document.replace("pays: quarterly", "pays: quarterly\ncurrency: EUR")
    document += "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}]}]"
    tables = {
        "plan_assignments": ON_PLAN,
        "deals": "deal | owner | amount | closed\nD-1 | Ana | 62.50 EUR | 2026-01-15\nD-2 | Ana | 10.00 USD | 2026-04-15",
        "exchange_rates": "from | to | rate | valid from | kind\nUSD | EUR | 0.92 | 2026-01-01 | spot",
    }
    assert payouts_of(document, tables) == {"2026-Q1": "25/4", "2026-Q2": "9/10"}
