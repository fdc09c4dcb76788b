"""Runs as of each close with what became known late: adjustments, cancellations, and late records calculated alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from reference_engine.problems import Stopped
from reference_engine.replay import Run
from reference_engine.tests.random_worlds import Case, run_engine
from reference_engine.tests.test_replay import MONTHS, plan_of, run_all, world

INCREMENTAL = {"restatement.scope": "incremental", "restatement.minus": "earned"}
Tables = dict[str, list[dict[str, str]]]


def adjusted(*rows: str, **tables: list[dict[str, str]]) -> Tables:
    """Two deals of Ana, one each month, and adjustments: period, amount, and the day on which it became known."""
    out = []
    for i, row in enumerate(rows):
        period, amount, known = (c.strip() for c in row.split("|"))
        out.append(
            {
                "payee": "Ana",
                "plan": "P",
                "component": "C",
                "period": period,
                "amount": f"{amount} EUR",
                "reason": f"reason {i}",
                "known": known,
            }
        )
    return world("1,000.00 | 2026-01-10 |", "500.00 | 2026-02-11 |", adjustments=out, **tables)


def paid(runs: list[Run]) -> list[Fraction]:
    return [sum((p.amount for p in run.payouts), Fraction(0)) for run in runs]


@pytest.mark.parametrize("scope", ["complete", "incremental"])
@pytest.mark.parametrize("reading", ["counts", "stays out"])
def test_an_adjustment_known_in_time_is_paid_once(reading: str, scope: str) -> None:
    plan = plan_of(None, **{**INCREMENTAL, "adjustment.balance": reading, "restatement.scope": scope})
    runs = run_all(adjusted("2026-01 | 25.00 | 2026-01-20"), plan, MONTHS[:3])
    assert paid(runs) == [125, 50, 0]


@pytest.mark.parametrize("scope", ["complete", "incremental"])
@pytest.mark.parametrize("reading", ["counts", "stays out"])
def test_an_adjustment_of_a_closed_period_is_paid_in_the_open_one(reading: str, scope: str) -> None:
    plan = plan_of(None, **{**INCREMENTAL, "adjustment.balance": reading, "restatement.scope": scope})
    runs = run_all(adjusted("2026-01 | 25.00 | 2026-02-10"), plan, MONTHS[:3])
    assert paid(runs) == [100, 75, 0]
    # The statement of January, asked for again, still says what was paid.
    again = {p.period: p.amount for p in runs[1].result.payout_rows() if p.component == "C"}
    assert again == {"2026-01": 100, "2026-02": 75}


def test_a_late_adjustment_that_stays_out_is_no_pay_for_the_draw() -> None:
    draw = {"payee": "Ana", "kind": "recoverable", "amount": "60.00 EUR", "per": "month", "from": "2026-02", "to": "2026-03"}  # fmt: skip
    plan = plan_of(
        None,
        **{**INCREMENTAL, "adjustment.balance": "stays out", "restatement.scope": "complete"},
        **{"draw.recovery": "immediate", "draw.surplus_offsets": "no"},
    )
    runs = run_all(adjusted("2026-01 | 25.00 | 2026-02-10", draws=[draw]), plan, MONTHS[:3])
    # February: 50 earned, 10 advanced, and the 25 beside.
    assert paid(runs) == [100, 85, 60]
    assert [b.amount for run in runs for b in run.balances] == [0, -10, -70]


def test_an_adjustment_known_two_closes_later_waits_as_long() -> None:
    plan = plan_of(
        None, **{**INCREMENTAL, "adjustment.balance": "stays out", "restatement.scope": "complete"}
    )
    runs = run_all(adjusted("2026-01 | 25.00 | 2026-03-20", "2026-01 | -5.00 | 2026-02-20"), plan, MONTHS[:4])
    assert paid(runs) == [100, 45, 25, 0]


def tiers(name: str, **conventions: str) -> dict[str, Any]:
    """10% up to 1,000.00 EUR in a month, 20% above."""
    plan = plan_of(
        None, **{**INCREMENTAL, "tier.bound": "upper tier", "tier.accumulate": "period", **conventions}
    )
    table = [{"from": "0.00 EUR", "to": "1000.00 EUR", "rate": "10%"}, {"from": "1000.00 EUR", "rate": "20%"}]
    plan["components"][0]["earn"] = [{name: {"tiers": table}}]
    return plan


LATE = ("1,000.00 | 2026-01-10 |", "1,000.00 | 2026-01-05 | 2026-02-10", "500.00 | 2026-02-11 |")


def test_a_late_record_alone_earns_on_top_of_what_was_reached() -> None:
    """January had reached 1,000.00 EUR when it was closed: the late deal earns 20%, whatever its day."""
    runs = run_all(world(*LATE), tiers("marginal"), MONTHS[:2])
    assert paid(runs) == [100, 250]
    assert [x.amount for x in runs[1].differences] == [200]


def test_a_late_record_that_changes_what_earlier_ones_earn_is_no_late_record_alone() -> None:
    """Each deal earns by the tier that it reaches; the late one of 5 January comes before the one that was paid."""
    plan = tiers(
        "whole transaction", **{"attainment.includes_current": "yes", "transaction.order": "date and name"}
    )
    with pytest.raises(Stopped) as stopped:
        run_all(world("600.00 | 2026-01-10 |", LATE[1]), plan, MONTHS[:2])
    assert [p.slug for p in stopped.value.problems] == ["restatement-whole"]


def test_a_late_record_alone_meets_the_cap() -> None:
    """150.00 EUR a month at most, of which 100.00 were paid when January was closed."""
    plan = plan_of(None, **INCREMENTAL, **{"cap.excess": "lost"})
    plan["components"][0]["pay"] = [{"cap": {"amount": "150.00 EUR", "per": "month"}}]
    assert paid(run_all(world(*LATE), plan, MONTHS[:2])) == [100, 100]


@pytest.mark.parametrize("at", ["component", "payout"])
def test_a_late_record_alone_is_rounded_as_the_plan_says(at: str) -> None:
    plan = plan_of(None, **INCREMENTAL)
    plan["conventions"]["rounding"] = [{"at": at, "mode": "half up", "decimals": "2"}]
    plan["components"][0]["earn"] = [{"flat rate": {"rate": "33.333%"}}]
    tables = world("1.00 | 2026-01-10 |", "1.00 | 2026-01-11 | 2026-02-10", "1.00 | 2026-01-12 | 2026-02-11")
    runs = run_all(tables, plan, MONTHS[:2])
    # 0.33333 is 0.33; three of them, 0.99999, are 1.00.
    assert paid(runs) == [Fraction("0.33"), Fraction("0.67")]


def test_a_cancellation_that_becomes_known_late_takes_back_in_the_open_period() -> None:
    plan = plan_of(None, **INCREMENTAL, **{"clawback.rate": "historic", "clawback.window": "last day included", "balance.negative": "paid out"})  # fmt: skip
    plan["components"][0]["pay"] = [{"clawback": {"within days": "90"}}]
    tables = world("1,000.00 | 2026-01-10 |", "500.00 | 2026-02-11 |")
    tables["cancellations"] = [{"deal": "D-1", "date": "2026-01-20", "known": "2026-02-20"}]
    assert paid(run_all(tables, plan, MONTHS[:3])) == [100, -50, 0]


def quiet(settle: list[Any], **conventions: str) -> list[Run]:
    """Runs from January to May in which Ana sells in January and in April only."""
    plan = plan_of(settle, **{"balance.negative": "paid out", **conventions})
    return run_all(world("1,000.00 | 2026-01-10 |", "300.00 | 2026-04-11 |"), plan, MONTHS[:5])


def test_a_month_in_which_nobody_sells_pays_the_draw_of_the_plan_too() -> None:
    runs = quiet([{"draw": {"kind": "non-recoverable", "amount": "100.00 EUR"}}])
    assert paid(runs) == [100, 100, 100, 100, 100]


def test_what_waits_under_a_maximum_is_paid_in_a_month_in_which_nobody_sells() -> None:
    runs = quiet(["draw", {"maximum": {"amount": "60.00 EUR"}}], **{"cap.excess": "carried"})
    assert paid(runs) == [60, 40, 0, 30, 0]


def test_how_closed_periods_are_shown_settles_nothing() -> None:
    """A payee of a monthly and a quarterly plan has no balance to settle, however a restatement is written."""
    plan = plan_of([{"restatement": {"lines": "difference"}}], **{"balance.negative": "paid out"})
    tables = world("-100.00 | 2026-01-10 |")
    result = run_engine(Case(tables, [plan, {**plan, "plan": "Q", "pays": "quarterly"}]))
    assert {p.period: p.amount for p in result.payout_rows()} == {"2026-01": -10, "2026-Q1": -10}


def test_what_is_entered_by_hand_for_a_month_before_everything_known_is_paid_too() -> None:
    """Nothing was known of January when February was closed first: both are closed."""
    tables = world("50.00 | 2026-04-16 |")
    tables["adjustments"] = [
        {"payee": "Ana", "plan": "P", "component": "C", "period": "2026-01", "amount": "-8.00 EUR", "reason": "late", "known": "2026-04-01"}
    ]  # fmt: skip
    plan = plan_of(None, **{**INCREMENTAL, "adjustment.balance": "counts", "restatement.scope": "complete", "balance.negative": "paid out"})  # fmt: skip
    runs = run_all(tables, plan, [MONTHS[1], MONTHS[4]])
    assert paid(runs) == [0, -3]
    assert [(x.period, x.pay_period) for x in runs[1].differences] == [("2026-01", "2026-03")]
