"""The limit of a deal that several payees share: what is asked, and where no question is left."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from reference_engine.explain.derivation import explain
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.run import calculate
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

CAP = 'pay: [{cap: {per: deal, amount: "1,000.00 EUR"}}]'
SPLIT = (("D-1", "Ana", "60%"), ("D-1", "Ben", "40%"))
WHOLE = ", cap.split: whole deal"
FLAT = "earn: [{flat rate: {rate: 20%}}]"


def read(
    conventions: str = "",
    more: str = f"{FLAT}, {CAP}",
    amount: str = "12,000.00 EUR",
    split: tuple[tuple[str, ...], ...] = SPLIT,
    decision: str = "",
    credits: str = "direct",
) -> tuple[Plan, World]:
    """A plan, and a deal that Ana and Ben share, whose manager is Mia; Max is that of Ben too."""
    plan = (
        f"plan: P\npays: monthly\neligible: everyone\nconventions: {{rounding: exact{conventions}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [{credits}], {more}}}]"
    )
    problems: list[Problem] = []
    node = parse_yaml(plan, "plan.yaml", problems)
    assert node is not None
    people = (("Ana", "Rep", "Mia"), ("Ben", "Rep", "Max"), ("Max", "Manager", "Mia"), ("Mia", "Head", ""))
    rules = (("Manager", "100%", "team"), ("Head", "50%", "team"))
    tables = [
        TextTable("payees", ("payee", "role", "manager"), people),
        TextTable("crediting_rules", ("role", "receives", "of the credit of"), rules),
        TextTable("deals", ("deal", "owner", "amount", "closed"), (("D-1", "Ana", amount, "2026-01-15"),)),
        TextTable("credit_splits", ("deal", "payee", "share"), split),
    ]
    if decision:
        tables.append(TextTable("deal_caps", ("deal", "date", "amount"), (("D-1", "2026-01-31", decision),)))
    world = read_world(tables, problems)
    found = read_plan(node, problems)
    assert problems == []
    assert found is not None
    return found, world


def paid(*said: Any, **more: Any) -> dict[str, Fraction]:
    plan, world = read(*said, **more)
    totals: dict[str, Fraction] = {}
    for row in calculate([plan], world).payout_rows():
        totals[row.payee] = totals.get(row.payee, Fraction(0)) + row.amount
    return totals


@pytest.mark.parametrize(
    ("more", "conventions", "decision"),
    [
        (f"{FLAT}, {CAP}", "", ""),
        (
            "earn: [{flat rate: {rate: 20%}}, {cap: {per: line, amount: 1000.00 EUR}}]",
            ", returns.earn: mirror, split.when: before rate",
            "",
        ),
        (f"{FLAT}, pay: [{{windfall review: {{commission above: 1000.00 EUR}}}}]", "", ""),
        (f"{FLAT}, pay: [windfall review]", "", "1,000.00 EUR"),
    ],
    ids=["cap of a deal", "cap of a line", "review", "decision"],
)
def test_a_limit_of_a_shared_deal_is_asked_for_with_the_money_of_its_readings(
    more: str, conventions: str, decision: str
) -> None:
    with pytest.raises(Stopped) as stopped:
        paid(conventions, more, decision=decision)
    (problem,) = stopped.value.problems
    assert problem.slug == "convention-open"
    assert "the credit of D-1 is split" in str(problem)
    for reading in (
        "each part (each payee's part may reach the whole cap): Ana 1,000.00 EUR, Ben 960.00 EUR",
        "Ana 600.00 EUR, Ben 400.00 EUR",
    ):
        assert reading in str(problem)
    each, whole = (
        paid(f"{conventions}, cap.split: {reading}", more, decision=decision)
        for reading in ("each part", "whole deal")
    )
    assert sum(whole.values()) < sum(each.values())


@pytest.mark.parametrize(
    ("amount", "split", "total"),
    [("5,000.00 EUR", SPLIT, 1000), ("12,000.00 EUR", (("D-1", "Ana", "100%"),), 1000)],
    ids=["the whole deal is just on the cap", "nobody shares it"],
)
def test_nothing_is_asked_where_the_readings_pay_the_same(
    amount: str, split: tuple[tuple[str, ...], ...], total: int
) -> None:
    assert sum(paid(amount=amount, split=split).values()) == total


def test_a_cent_above_the_cap_of_the_whole_deal_is_asked_for() -> None:
    with pytest.raises(Stopped):
        paid(amount="5,000.50 EUR")


def test_who_follows_both_parts_has_the_whole_cap_and_who_follows_one_has_its_part() -> None:
    """Mia is above both, and receives half of each; Max is above Ben alone."""
    more = WHOLE + ", rollup.as_of: transaction date, rollup.own_sales: excluded"
    assert paid(more, credits="roll-up") == {"Max": 400, "Mia": 1000}


def test_a_fixed_amount_of_a_shared_record_is_asked_for() -> None:
    fixed = "earn: [{per record: {amount: 25.00 EUR, for returns: nothingMORE}}]"
    with pytest.raises(Stopped) as stopped:
        paid(more=fixed.replace("MORE", ""))
    (problem,) = stopped.value.problems
    assert problem.slug == "record-share"
    assert (
        problem.what == '"Ana" has 60% of the credit of D-1, and "per record" doesn\'t say what that earns.'
    )
    for reading in (
        "(every payee of the record earns the amount): 25.00 EUR",
        "(each earns that part of the amount): 15.00 EUR",
    ):
        assert reading in problem.remedy
    assert paid(more=fixed.replace("MORE", ""), split=(("D-1", "Ana", "100%"),)) == {"Ana": 25}
    for when in ("before rate", "after rate"):
        stated = f", split.when: {when}"
        assert paid(stated, fixed.replace("MORE", ", split: whole each")) == {"Ana": 25, "Ben": 25}
        assert paid(stated, fixed.replace("MORE", ", split: by share")) == {"Ana": 15, "Ben": 10}


def test_the_statement_says_which_part_of_the_cap_is_the_payees() -> None:
    plan, world = read(WHOLE)
    _, lines = explain([plan], world, "Ana")
    said = [step.sentence for line in lines for step in line.steps]
    assert (
        "At most 1,000.00 EUR is paid on a deal, 60% of that for this part of it, so 840.00 EUR isn't."
        in said
    )
