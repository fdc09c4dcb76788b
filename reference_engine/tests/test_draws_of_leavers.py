"""Draws by the target incentive and draws of people who come and go, by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from reference_engine.tests.random_worlds import Case, run_engine

Rows = list[dict[str, str]]


def calculated(
    draw: dict[str, str],
    assignments: Rows,
    deals: dict[str, str],
    left: str = "",
    hired: str = "",
    opening: str = "",
    **conventions: Any,
) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """What Ana is paid, and what stands open, by period.  Deals: day -> amount; they pay 100%."""
    plan = {
        "plan": "P",
        "pays": conventions.pop("pays", "monthly"),
        "currency": "EUR",
        "conventions": {
            "rounding": "exact",
            "returns.earn": "mirror",
            "balance.negative": "carried",
            "draw.recovery": "immediate",
            "draw.surplus_offsets": "no",
            "credit.outside_employment": "counts",
            **conventions,
        },
        "components": [
            {
                "component": "C",
                "measure": "bookings",
                "credits": ["direct"],
                "earn": [{"flat rate": {"rate": "100%"}}],
            }
        ],
    }
    tables: dict[str, Rows] = {
        "payees": [{"payee": "Ana", "left": left, "hired": hired}],
        "plan_assignments": [{"payee": "Ana", "plan": "P", **a} for a in assignments],
        "deals": [
            {"deal": f"D-{i}", "owner": "Ana", "amount": f"{amount} EUR", "closed": day}
            for i, (day, amount) in enumerate(deals.items())
        ],
        "draws": [{"payee": "Ana", "kind": "recoverable", **draw}] if draw else [],
    }
    if opening:
        tables["opening_balances"] = [{"payee": "Ana", "period": "2026-01", "balance": f"{opening} EUR"}]
    result = run_engine(Case(tables, [plan]))
    paid: dict[str, Fraction] = {}
    for p in result.payout_rows():
        paid[p.period] = paid.get(p.period, Fraction(0)) + p.amount
    return paid, {b.period: b.amount for b in result.balance_rows()}


ON = {"from": "2026-01-01", "period": "month"}
ROUNDED = [{"at": "payout", "mode": "half up", "decimals": "2"}]


def test_a_percent_of_the_target_is_rounded_as_the_plan_rounds_payouts() -> None:
    draw = {"percent of target": "12.5%", "per": "month", "from": "2026-01", "to": "2026-01"}
    target = [{**ON, "target incentive": "1,000.01 EUR"}]
    paid, _ = calculated(draw, target, {"2026-02-10": "10.00"}, rounding=ROUNDED)
    # 12.5% of 1,000.01 is 125.00125; all of February's pay goes back.
    assert paid == {"2026-01": Fraction(125), "2026-02": 0}


def test_each_month_of_a_quarter_has_its_own_target() -> None:
    draw = {"percent of target": "50%", "per": "month", "from": "2026-Q1", "to": "2026-Q1"}
    targets = [
        {**ON, "to": "2026-02-28", "target incentive": "100.00 EUR"},
        {**ON, "from": "2026-03-01", "target incentive": "400.00 EUR"},
    ]
    paid, _ = calculated(draw, targets, {"2026-01-10": "1.00"}, pays="quarterly")
    # 50 + 50 + 200.
    assert paid == {"2026-Q1": 300}


PRORATED: dict[str, Any] = {
    "proration.basis": "calendar days",
    "proration.start_day_counts": "yes",
    "proration.end_day_counts": "yes",
    "proration.factor_decimals": "exact",
    "proration.partial_month": "by days",
    "leave.target": "nothing",
    "rounding": ROUNDED,
}


def test_a_target_that_the_plan_prorates_makes_the_draw_smaller_once() -> None:
    draw = {"percent of target": "100%", "per": "month", "from": "2026-01", "to": "2026-02"}
    target = [{**ON, "target incentive": "3,100.00 EUR"}]
    for of, reading, expected in (
        ("quota and target", "by days", 1000),
        ("quota only", "by days", 1000),
        ("quota only", "whole", 3100),
    ):
        conventions = {**PRORATED, "proration.of": of, "draw.partial_period": reading}
        paid, _ = calculated(draw, target, {"2026-01-25": "1.00"}, hired="2026-01-22", **conventions)
        assert paid["2026-01"] == expected, (of, reading)


def test_who_left_before_the_first_pay_period_does_not_leave_in_it() -> None:
    """The old debt is taken as from anybody: from what is paid now, at most."""
    paid, open_ = calculated(
        {},
        [ON],
        {"2026-01-10": "30.00"},
        left="2025-12-15",
        opening="-100.00",
        **{"balance.leaver": "billed"},
    )
    assert paid == {"2026-01": 0}
    assert open_["2026-01"] == -70


def test_what_is_held_back_meets_the_debt_on_leaving() -> None:
    """January: 150 advanced.  February: 100 above the draw held back.  Who leaves in March owes 50, not 150."""
    draw = {
        "amount": "250.00 EUR", "per": "month", "from": "2026-01", "to": "2026-12",
        "recovery": "at the end of the interval", "interval": "half-year",
    }  # fmt: skip
    for reading, march, stands in (
        ("billed", 200, 0),
        ("taken from the last pay", 200, 0),
        ("forgiven", 250, 0),
        ("stays open", 250, -50),
    ):
        paid, open_ = calculated(
            draw,
            [ON],
            {"2026-01-10": "100.00", "2026-02-10": "350.00", "2026-03-10": "250.00"},
            left="2026-03-31",
            **{"draw.delayed_surplus": "held back", "balance.leaver": reading},
        )
        assert [paid[f"2026-0{m}"] for m in (1, 2, 3)] == [250, 250, march], reading
        assert open_["2026-03"] == stands, reading


def test_a_monthly_draw_in_a_quarter_ends_with_the_month_of_leaving() -> None:
    """Left on 15 February: all of January, and February whole or 15 of 28 days; nothing of March."""
    draw = {"amount": "280.00 EUR", "per": "month", "from": "2026-Q1", "to": "2026-Q1"}
    for reading, expected in (("whole", 560), ("by days", 430)):
        paid, _ = calculated(
            draw,
            [ON],
            {"2026-01-10": "1.00"},
            left="2026-02-15",
            pays="quarterly",
            **{"draw.partial_period": reading, "balance.leaver": "stays open"},
        )
        assert paid == {"2026-Q1": expected}, reading


def test_a_draw_of_the_plan_is_owed_only_where_it_was_paid() -> None:
    """The records begin in April; Max's old debt of January makes nobody else owe a draw of January to March."""
    plan = {
        "plan": "P",
        "pays": "monthly",
        "currency": "EUR",
        "eligible": "everyone",
        "conventions": {
            "rounding": "exact",
            "returns.earn": "mirror",
            "balance.negative": "carried",
            "draw.recovery": "immediate",
            "draw.surplus_offsets": "no",
        },
        "components": [
            {"component": "C", "measure": "bookings", "credits": ["direct"], "earn": [{"flat rate": {"rate": "100%"}}]}
        ],
        "settle": [{"draw": {"kind": "recoverable", "amount": "10.00 EUR", "per": "month"}}],
    }  # fmt: skip
    tables: dict[str, Rows] = {
        "payees": [{"payee": "Ana"}, {"payee": "Max"}],
        "deals": [{"deal": "D-1", "owner": "Ana", "amount": "50.00 EUR", "closed": "2026-04-10"}],
        "opening_balances": [{"payee": "Max", "period": "2026-01", "balance": "-5.00 EUR"}],
    }
    result = run_engine(Case(tables, [plan]))
    assert {(p.payee, p.period): p.amount for p in result.payout_rows() if p.payee == "Ana"} == {
        ("Ana", "2026-04"): 50
    }


def _of_everybody(settle: list[Any], who: dict[str, str], **conventions: str) -> dict[str, Fraction]:
    """What Ben is paid, who sells nothing, beside Ana, who sells in January and in April."""
    plan = {
        "plan": "P",
        "pays": "monthly",
        "currency": "EUR",
        "eligible": "everyone",
        "conventions": {"rounding": "exact", "returns.earn": "mirror", "balance.negative": "paid out", **conventions},
        "components": [
            {"component": "C", "measure": "bookings", "credits": ["direct"], "earn": [{"flat rate": {"rate": "100%"}}]}
        ],
        "settle": settle,
    }  # fmt: skip
    tables: dict[str, Rows] = {
        "payees": [{"payee": "Ana"}, {"payee": "Ben", **who}],
        "deals": [
            {"deal": f"D-{m}", "owner": "Ana", "amount": "500.00 EUR", "closed": f"2026-0{m}-10"}
            for m in (1, 4)
        ],
    }
    result = run_engine(Case(tables, [plan]))
    return {p.period: p.amount for p in result.payout_rows() if p.payee == "Ben" and p.amount}


def test_nobody_is_guaranteed_pay_after_the_day_of_leaving() -> None:
    settle: list[Any] = ["draw", {"guarantee": {"amount": "100.00 EUR"}}]
    for reading in ("counts", "doesn't count"):
        stated = {"guarantee.excess": "lost", "credit.outside_employment": reading}
        paid = _of_everybody(settle, {"left": "2026-02-10"}, **stated)
        assert paid == {"2026-01": 100, "2026-02": 100}, reading


def test_who_comes_and_goes_inside_a_pay_period_is_on_the_plan_in_it() -> None:
    settle: list[Any] = [{"draw": {"kind": "non-recoverable", "amount": "28.00 EUR", "per": "month"}}]
    for reading in ("counts", "doesn't count"):
        stated = {"draw.partial_period": "by days", "credit.outside_employment": reading}
        paid = _of_everybody(settle, {"hired": "2026-02-10", "left": "2026-02-19"}, **stated)
        assert paid == {"2026-02": 10}, reading


def test_what_is_forgiven_after_the_last_record_is_forgiven() -> None:
    """The draw ends in March, nothing is earned after February, and April's forgiveness is not lost."""
    draw = {"amount": "100 EUR", "per": "period", "from": "2026-01", "to": "2026-03", "forgiven after": "2026-04"}
    _, stands = calculated(draw, [{"from": "2026-01-01", "to": ""}], {"2026-01-10": "40", "2026-02-10": "30"})
    assert stands == {
        "2026-01": Fraction(-60),
        "2026-02": Fraction(-130),
        "2026-03": Fraction(-230),
        "2026-04": Fraction(0),
    }
