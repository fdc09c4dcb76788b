"""What settlement refuses: draws that make no sense, orders that aren't stated, closed periods that don't fit."""

from __future__ import annotations

from typing import Any

import pytest

from reference_engine.mechanics.registry import Example
from reference_engine.mechanics.settling_examples import IMMEDIATE, earned, plan
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.plans.worked_examples import calculated, payouts
from reference_engine.problems import Problem, Stopped

DRAW = "payee | kind | amount | per | from | to"


def refused(written: str, tables: dict[str, str]) -> set[str]:
    with pytest.raises(Stopped) as stopped:
        calculated(Example("", written, tables, ""))
    assert all(p.what and p.remedy for p in stopped.value.problems)
    return {p.slug for p in stopped.value.problems}


def drawn(row: str, columns: str = DRAW) -> dict[str, str]:
    return earned("500.00", "1,500.00", draws=f"{columns}\n{row}")


@pytest.mark.parametrize(
    ("slug", "row", "columns"),
    [
        ("draw-amount", "Ana | recoverable | | month | 2026-01 | 2026-02", DRAW),
        ("draw-amount", "Ana | recoverable | 9.00 USD | month | 2026-01 | 2026-02 | 10%", DRAW + " | percent of target"),
        ("dates-order", "Ana | recoverable | 9.00 USD | month | 2026-02 | 2026-01", DRAW),
        ("share-range", "Ana | recoverable | 9.00 USD | month | 2026-01 | 2026-02 | 101%", DRAW + " | recovery share"),
        ("draw-recovery", "Ana | recoverable | 9.00 USD | month | 2026-01 | 2026-02 | 5.00 USD | 4.00 USD", DRAW + " | recovery minimum | recovery maximum"),
        ("draw-recovery", "Ana | recoverable | 9.00 USD | month | 2026-01 | 2026-02 | from the first recovery period", DRAW + " | recovery"),
        ("draw-recovery", "Ana | recoverable | 9.00 USD | month | 2026-01 | 2026-02 | at the end of the interval", DRAW + " | recovery"),
        ("draw-target", "Ana | recoverable | | month | 2026-01 | 2026-02 | 10%", DRAW + " | percent of target"),
        ("draw-covers", "Ana | recoverable | 9.00 USD | month | 2026-01 | 2026-02 | Kommission", DRAW + " | covers"),
        ("draw-twice", "Ana | recoverable | 9.00 USD | month | 2026-01 | 2026-02\nAna | recoverable | 9.00 USD | month | 2026-02 | 2026-02", DRAW),
        ("currency-mixed", "Ana | recoverable | 9.00 EUR | month | 2026-01 | 2026-02", DRAW),
    ],
)  # fmt: skip
def test_a_draw_that_makes_no_sense_is_refused(slug: str, row: str, columns: str) -> None:
    stated = (
        IMMEDIATE.replace("draw.recovery: immediate, ", "")
        if "from the" in row or "at the" in row
        else IMMEDIATE
    )
    more = ", draw.first_recovery_period: included, draw.delayed_surplus: paid"
    assert slug in refused(plan(conventions=stated + more), drawn(row, columns))


@pytest.mark.parametrize(
    ("convention", "row", "columns", "amounts"),
    [
        ("draw.type", "Ana | | 900.00 USD | month | 2026-01 | 2026-02", DRAW, ("500.00",)),
        ("draw.recovery", "Ana | recoverable | 900.00 USD | month | 2026-01 | 2026-02", DRAW, ("500.00",)),
        ("draw.surplus_offsets", "Ana | recoverable | 900.00 USD | month | 2026-01 | 2026-02", DRAW, ("1,000.00", "800.00")),
        ("draw.negative", "Ana | recoverable | 900.00 USD | month | 2026-01 | 2026-02", DRAW, ("1,000.00", "-50.00")),
        ("draw.period", "Ana | recoverable | 900.00 USD | quarter | 2026-01 | 2026-03", DRAW, ("500.00",)),
        ("draw.delayed_surplus", "Ana | recoverable | 900.00 USD | month | 2026-01 | 2026-02 | 2026-02", DRAW + " | first recovery period", ("500.00",)),
        ("draw.first_recovery_period", "Ana | recoverable | 900.00 USD | month | 2026-01 | 2026-02 | 2026-02", DRAW + " | first recovery period", ("500.00",)),
    ],
)  # fmt: skip
def test_what_a_draw_leaves_open_is_asked(
    convention: str, row: str, columns: str, amounts: tuple[str, ...]
) -> None:
    every = {
        "draw.type": "recoverable",
        "draw.recovery": "immediate",
        "draw.surplus_offsets": "no",
        "draw.negative": "owed",
        "draw.period": "in equal parts",
        "draw.delayed_surplus": "paid",
        "draw.first_recovery_period": "included",
    }
    stated = ", ".join(f"{n}: {r}" for n, r in every.items() if n != convention)
    with pytest.raises(Stopped) as stopped:
        calculated(Example("", plan(conventions=stated), earned(*amounts, draws=f"{columns}\n{row}"), ""))
    assert [p.slug for p in stopped.value.problems] == ["convention-open"]
    assert convention in stopped.value.problems[0].what


def test_nothing_is_asked_that_changes_no_money() -> None:
    only = plan(conventions="draw.recovery: immediate")
    row = "Ana | recoverable | 900.00 USD | month | 2026-01 | 2026-02"
    calculated(Example("", only, earned("500.00", "1,000.00", draws=f"{DRAW}\n{row}"), ""))


def test_two_components_ask_for_the_scope_of_a_draw() -> None:
    parts = ", ".join(
        f"{{component: {c}, measure: bookings, credits: [direct], products: [{p}], earn: [{{flat rate: {{rate: 10%}}}}]}}"
        for c, p in (("C", "A"), ("D", "B"))
    )
    tables = drawn("Ana | recoverable | 9.00 USD | month | 2026-01 | 2026-02")
    tables["deals"] = (
        "deal | owner | amount | closed | product\nD-1 | Ana | 5.00 USD | 2026-01-10 | A\nD-2 | Ana | 5.00 USD | 2026-01-10 | B"
    )
    assert refused(plan(conventions=IMMEDIATE, components=parts), tables) == {"convention-open"}


def test_a_leaver_with_a_debt_asks_what_becomes_of_it() -> None:
    tables = {
        **drawn("Ana | recoverable | 900.00 USD | month | 2026-01 | 2026-02"),
        "payees": "payee | left\nAna | 2026-02-28",
    }
    assert refused(plan(conventions=IMMEDIATE), tables) == {"convention-open"}


def test_a_limit_beside_debts_asks_for_the_order() -> None:
    limit = "{maximum: {amount: 100.00 USD}}"
    tables = earned("500.00", opening_balances="payee | period | balance\nAna | 2026-01 | -10.00 USD")
    assert refused(plan(limit, "cap.excess: lost"), tables) == {"settle-order"}


def test_plans_of_one_payee_that_settle_differently_are_refused() -> None:
    from reference_engine.plans.document import Node
    from reference_engine.plans.worked_examples import cells, whole_plan
    from reference_engine.run import calculate
    from reference_engine.vocabulary.tables import TextTable
    from reference_engine.world import read_world

    problems: list[Problem] = []
    one = whole_plan(
        Example("", plan("{maximum: {amount: 100.00 USD}}", "cap.excess: lost", "eligible: everyone"), {}, "")
    )
    two: dict[str, Any] = {**one, "plan": "Q", "settle": []}
    plans = [read_plan(Node.of(p), problems) for p in (one, two)]
    tables = [
        TextTable(n, rows[0], tuple(rows[1:]))
        for n, t in earned("500.00").items()
        if n == "deals"
        for rows in [cells(t)]
    ]
    world = read_world(tables, problems)
    assert not problems
    with pytest.raises(Stopped) as stopped:
        calculate([p for p in plans if p is not None], world)
    assert {p.slug for p in stopped.value.problems} == {"settle-differs"}


@pytest.mark.parametrize(
    ("guarantee", "slug"),
    [
        ("{guarantee: {amount: 9.00 USD, per: period, paid: at the end, periods: 2}}", "guarantee-term"),
        ("{guarantee: {amount: 9.00 USD, per: term, paid: each period, term: quarter}}", "guarantee-term"),
        ("{guarantee: {amount: 9.00 USD, paid: at the end, term: quarter}}", "guarantee-term"),
        ("{guarantee: {amount: 9.00 USD, per: term, term: quarter}}", "guarantee-term"),
    ],
)
def test_a_guarantee_without_its_term_is_refused(guarantee: str, slug: str) -> None:
    problems: list[Problem] = []
    node = parse_yaml(
        "plan: P\n" + plan(guarantee, "guarantee.excess: lost, guarantee.offset: yes"), "example", problems
    )
    assert node is not None
    assert read_plan(node, problems) is None
    assert {p.slug for p in problems} >= {slug}


CLOSED = "payee | plan | component | period | earned"


def test_closed_periods_that_are_no_pay_periods_are_refused() -> None:
    tables = earned("500.00", processed_results=CLOSED + "\nAna | P | C | 2026-Q1 | 5.00 USD")
    assert "processed-period" in refused(plan(conventions="restatement.scope: complete"), tables)


@pytest.mark.parametrize(("paid_in", "expected"), [("2026-01", {"processed-order"}), ("2026-02", None), ("", None)])
def test_what_was_earned_in_a_period_is_not_paid_before_it(paid_in: str, expected: set[str] | None) -> None:
    rows = f"{CLOSED} | paid in\nAna | P | C | 2026-02 | 5.00 USD | {paid_in}"
    tables = earned("500.00", "500.00", processed_results=rows)
    stated = plan(conventions="restatement.scope: complete")
    if expected is None:
        calculated(Example("", stated, tables, ""))
        return
    assert refused(stated, tables) == expected


def test_a_difference_asks_what_is_calculated_again() -> None:
    tables = earned("500.00", processed_results=CLOSED + "\nAna | P | C | 2026-01 | 5.00 USD")
    assert refused(plan(), tables) == {"convention-open"}


def test_only_later_records_needs_the_day_of_the_close() -> None:
    tables = earned("500.00", processed_results=CLOSED + "\nAna | P | C | 2026-01 | 5.00 USD")
    assert refused(plan(conventions="restatement.scope: incremental"), tables) == {"processed-closed"}


def test_only_later_records_can_not_be_told_where_a_period_is_earned_as_a_whole() -> None:
    whole = (
        "{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: "
        "[{from: 0%, to: 100%, rate: 10%}, {from: 100%, rate: 20%}]}}]}"
    )
    tables = {
        **earned(
            "900.00", processed_results=CLOSED + " | closed\nAna | P | C | 2026-01 | 5.00 USD | 2026-02-01"
        ),
        "plan_assignments": "payee | plan | from | quota | period\nAna | P | 2026-01-01 | 1,000.00 USD | month",
    }
    conventions = "restatement.scope: incremental, tier.bound: upper tier, tier.accumulate: period"
    assert refused(plan(conventions=conventions, components=whole), tables) == {"restatement-whole"}


def test_an_opening_balance_for_no_pay_period_is_refused() -> None:
    tables = earned(
        "500.00", "600.00", "700.00", opening_balances="payee | period | balance\nAna | 2026-03 | -10.00 USD"
    )
    assert "opening-period" in refused(plan(more="pays: quarterly"), tables)


def test_a_draw_per_month_does_not_fit_weekly_pay() -> None:
    tables = earned("500.00", draws=f"{DRAW}\nAna | recoverable | 9.00 USD | month | 2026-01 | 2026-03")
    conventions = IMMEDIATE + ", draw.period: in equal parts"
    assert refused(plan(conventions=conventions, more="pays: weekly"), tables) == {"draw-frequency"}


@pytest.mark.parametrize("kind", ["non-recoverable", "non-recoverable additional", "loan"])
def test_a_draw_that_is_never_owed_is_asked_nothing_of_later_periods(kind: str) -> None:
    """The payee keeps the greater of the draw and what is earned, period by period."""
    row = f"Ana | {kind} | 900.00 USD | month | 2026-01 | 2026-02"
    recovery = "draw.recovery: immediate" if kind == "loan" else ""
    written = plan(conventions=recovery) if recovery else plan()
    tables = earned("1,000.00", "800.00", draws=f"{DRAW}\n{row}")
    if kind == "non-recoverable":
        assert payouts(calculated(Example("", written, tables, ""))) == {
            ("Ana", "2026-01"): "1,000.00 USD",
            ("Ana", "2026-02"): "900.00 USD",
        }
    else:
        calculated(Example("", written, tables, ""))
