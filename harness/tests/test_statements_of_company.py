"""Statements and attainments of a generated company with planted differences: they add up to what was compared."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import pytest

from harness.adapters.mapping_reader import read_mapping
from harness.evidence.performance_of import flows_of, performance_of
from harness.evidence.record_of import names_of
from harness.evidence.statements_of import statements_of
from harness.reconcile.expected import Expected
from harness.reconcile.results import Reconciliation
from harness.reconcile.run import reconcile
from reference_engine.plans.reader import read_plan_file
from reference_engine.problems import Problem
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.world import read_world
from reports.record_check import number
from reports.statement_types import StatementRow
from scenarios.planted import target_export
from scenarios.whole_company import PLANS, whole_company

MAPPING = Path(__file__).parents[1] / "mappings" / "whole_company.yaml"
Company = tuple[Result, Reconciliation, tuple[StatementRow, ...]]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    problems: list[Problem] = []
    world = read_world(whole_company(150), problems)
    plans = [read_plan_file(p, problems) for p in sorted(PLANS.glob("*.yaml"))]
    mapping = read_mapping(MAPPING, problems)
    assert not problems
    assert mapping is not None
    result = calculate([p for p in plans if p is not None], world)
    export = target_export(result.line_rows(), result.payout_rows(), each=5)
    folder = tmp_path_factory.mktemp("export")
    export.write(folder)
    found = reconcile(Expected.of_result(result), folder, mapping, folder / "known.yaml")
    return result, found, statements_of(found, result.payout_rows(), result.line_rows(), names_of(result))


def test_statements_add_up_to_the_totals_of_both_sides(company: Company) -> None:
    _, found, statements = company
    grain = found.grain("payouts")
    sums: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for row in statements:
        sums[row.currency][0] += number(row.expected)
        sums[row.currency][1] += number(row.actual)
    totals = {
        t.currency: [grain.amount(t.expected, t.currency), grain.amount(t.actual, t.currency)]
        for t in grain.totals
    }
    assert dict(sums) == totals
    assert len(totals) == 2


def test_each_row_that_differs_leads_to_its_difference(company: Company) -> None:
    _, found, statements = company
    grain = found.grain("payouts")
    every = {d.id: d for d in (*grain.differences, *grain.accepted, *grain.tolerated)}
    shown = {i for row in statements for i in row.differences}
    assert shown == set(every)
    differing = [row for row in statements if number(row.expected) != number(row.actual)]
    assert len(differing) > 100
    assert all(row.differences for row in differing)
    kinds = {every[i].kind for row in differing for i in row.differences}
    assert kinds >= {"amount", "missing", "unexpected"}
    for row in statements:
        if [every[i].kind for i in row.differences] == ["missing"]:
            assert row.actual == ""
        if [every[i].kind for i in row.differences] == ["unexpected"]:
            assert row.expected == ""


def test_what_a_payout_is_made_of_adds_up(company: Company) -> None:
    result, _, statements = company
    names = names_of(result)
    with_parts = [row for row in statements if row.parts]
    assert len(with_parts) > 1_000
    assert {part.label for row in with_parts for part in row.parts} >= {"lines", "cap", "draw advance"}
    for row in with_parts:
        assert sum((number(part.amount) for part in row.parts), Fraction(0)) == number(row.expected)
        assert row.name == names[row.payee]


def test_an_export_that_adds_payees_up_has_no_statements(company: Company) -> None:
    result, found, _ = company
    from dataclasses import replace

    grain = found.grain("payouts")
    mapping = replace(grain.mapping, key=tuple(s for s in grain.mapping.key if s.name != "payee"))
    wider = replace(grain, mapping=mapping)
    assert statements_of(replace(found, grains=(wider,)), result.payout_rows(), (), {}) == ()


def test_attainments_are_those_of_the_plans_and_earn_what_they_earn(company: Company) -> None:
    result = company[0]
    rows = performance_of(result)
    engine = result.attainment_rows()
    assert len(rows) == len(engine) > 200
    assert [(r.payee, r.component, r.period, number(r.attainment), number(r.measured)) for r in rows] == [
        (a.payee, a.component, a.period, a.value, a.measured) for a in engine
    ]
    earned = sum(
        (x.amount for x in result.line_rows() if (x.plan, x.component) == ("Field Sales", "bookings")),
        Fraction(0),
    )
    assert sum((number(r.pay) for r in rows), Fraction(0)) == earned > 0
    assert all(set(r.places) == {"territory"} for r in rows)


def test_the_months_of_business_add_up_to_the_deals(company: Company) -> None:
    result = company[0]
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for flow in flows_of(result):
        assert flow.kind == "bookings"
        sums[flow.currency] += number(flow.amount)
    deals: dict[str, Fraction] = defaultdict(Fraction)
    for credit in result.credit_rows():
        if credit.kind == "booking" and credit.type == "direct":
            deals[credit.currency] += credit.value
    assert sums.keys() == deals.keys()
    assert all(abs(sums[c] - deals[c]) < 1 for c in sums), (sums, deals)
