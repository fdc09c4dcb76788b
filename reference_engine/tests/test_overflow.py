"""Whole plans on amounts near and far past 64 bits: every payout is what plain fractions say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference_engine.columns import LIMIT, Exact
from reference_engine.tests.random_worlds import Case, Doc, Row, run_engine
from reference_engine.tests.test_against_oracle import compare
from reference_engine.tests.test_bulk import compare as compare_streamed

NEAR = [
    LIMIT // 10**6,
    LIMIT // 100 - 1,
    LIMIT // 100,
    LIMIT - 1,
    LIMIT,
    LIMIT + 1,
    2 * LIMIT + 3,
    10**24 + 7,
    10**40 + 1,
]
"""Amounts in cents."""
CONVENTIONS: Doc = {
    "split.residue": "last",
    "split.when": "before rate",
    "fx.kind": "average",
    "fx.date": "record date",
    "tier.accumulate": "quarter",
    "tier.bound": "upper tier",
    "returns.earn": "signed",
    "cap.excess": "carried",
    "balance.negative": "carried",
    "rollup.own_sales": "excluded",
    "draw.recovery": "immediate",
    "draw.scope": "all earnings",
    "draw.surplus_offsets": "no",
    "draw.negative": "owed",
}
PEOPLE: list[Row] = [
    {"payee": "Mia", "role": "Head", "manager": ""},
    {"payee": "Ana", "role": "Rep", "manager": "Mia"},
    {"payee": "Ben", "role": "Rep", "manager": "Mia"},
]


def money(cents: int, currency: str = "EUR") -> str:
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{cents // 100}.{cents % 100:02d} {currency}"


def tables(
    cents: int, *, draws: bool = False, foreign: bool = False, receives: str = "33.33%"
) -> dict[str, list[Row]]:
    unit = "USD" if foreign else "EUR"
    out: dict[str, list[Row]] = {
        "payees": [dict(p) for p in PEOPLE],
        "crediting_rules": [{"role": "Head", "receives": receives, "of the credit of": "team"}],
        "quotas": [
            {"payee": p, "period": f"2026-Q{q}", "quota": money(cents // 3 + 1)}
            for p in ("Mia", "Ana", "Ben")
            for q in (1, 2)
        ],
        "deals": [
            {"deal": "D-1", "owner": "Ana", "amount": money(cents, unit), "closed": "2026-01-15"},
            {"deal": "D-2", "owner": "Ben", "amount": money(cents - 1, unit), "closed": "2026-02-10"},
            {"deal": "D-3", "owner": "Ana", "amount": money(cents // 7 + 1), "closed": "2026-02-11"},
            {"deal": "D-4", "owner": "Ana", "amount": "0.07 EUR", "closed": "2026-05-02"},
        ],
        "credit_splits": [
            {"deal": "D-2", "payee": "Ben", "share": "33.33%"},
            {"deal": "D-2", "payee": "Ana", "share": "66.67%"},
        ],
        "returns": [
            {"return": "R-1", "of": "D-1", "date": "2026-03-20", "amount": money(cents // 2 + 1, unit)},
            {"return": "R-2", "of": "D-2", "date": "2026-04-03", "amount": money(cents // 5 + 1, unit)},
        ],
    }
    if foreign:
        out["exchange_rates"] = [
            {"from": "USD", "to": "EUR", "rate": "0.923457", "valid from": "2026-01-01", "kind": "average"},
            {"from": "USD", "to": "EUR", "rate": "1.07", "valid from": "2026-03-01", "kind": "average"},
        ]
    if draws:
        out["draws"] = [
            {
                "payee": "Ana",
                "kind": "recoverable",
                "amount": money(cents // 9 + 1),
                "per": "month",
                "from": "2026-01",
                "to": "2026-04",
            }
        ]
    return out


def plan(earn: list[Doc], rounding: list[Doc], pay: list[Doc] | None = None) -> Doc:
    return {
        "plan": "P",
        "currency": "EUR",
        "pays": "monthly",
        "eligible": "everyone",
        "conventions": {"rounding": rounding, **CONVENTIONS},
        "components": [
            {
                "component": "C",
                "measure": "bookings",
                "credits": ["direct", "roll-up"],
                "earn": earn,
                "pay": pay or [],
            }
        ],
    }


TIERS = [
    {"from": "0%", "to": "33.3%", "rate": "1.25%"},
    {"from": "33.3%", "to": "100%", "rate": "7.77%"},
    {"from": "100%", "rate": "12.5%"},
]
PAYOUT = [{"at": "payout", "mode": "half up", "decimals": "2"}]
EVERYWHERE = [
    {"at": at, "mode": "half even", "decimals": "2"} for at in ("credit", "conversion", "component")
]
LINE = [{"at": "line", "mode": "half up", "decimals": "2"}]


@pytest.mark.parametrize("cents", NEAR)
@pytest.mark.parametrize("rounding", [PAYOUT, EVERYWHERE, LINE], ids=["payout", "everywhere", "line"])
@pytest.mark.parametrize("foreign", [False, True], ids=["euro", "dollar"])
@pytest.mark.parametrize("mechanic", ["marginal", "retroactive", "flat rate"])
def test_whole_plans_are_exact(cents: int, rounding: list[Doc], foreign: bool, mechanic: str) -> None:
    parameters: Doc = {"rate": "9.99%"} if mechanic == "flat rate" else {"tiers": TIERS}
    # A share of a rounded share is rounded again, which the oracle's quota credit doesn't follow.
    receives = "100%" if rounding is EVERYWHERE else "33.33%"
    case = Case(tables(cents, foreign=foreign, receives=receives), [plan([{mechanic: parameters}], rounding)])
    compare(case)
    compare_streamed(case, 2)


@pytest.mark.parametrize("cents", NEAR)
def test_caps_draws_and_debts_are_exact(cents: int) -> None:
    cap = {"cap": {"per": "month", "amount": money(cents // 11 + 3)}}
    case = Case(tables(cents, draws=True), [plan([{"marginal": {"tiers": TIERS}}], PAYOUT, [cap])])
    compare(case)
    compare_streamed(case, 2)


@pytest.mark.parametrize("cents", NEAR)
def test_the_figure_itself(cents: int) -> None:
    # By hand: one deal at 10%, so that no oracle stands between.
    case = Case(
        {
            "payees": [{"payee": "Ana", "role": "Rep"}],
            "deals": [{"deal": "D", "owner": "Ana", "amount": money(cents), "closed": "2026-01-15"}],
        },
        [plan([{"flat rate": {"rate": "10%"}}], PAYOUT)],
    )
    paid = sum((p.amount for p in run_engine(case).payout_rows()), Fraction(0))
    assert paid == Fraction((cents + 5) // 10, 100)


@pytest.mark.parametrize("count", [2, 1000, 70_000])
def test_sums_that_pass_64_bits_do_not_wrap(count: int) -> None:
    # Each fits; their sum, and the running total over all segments, don't.
    each = LIMIT // 3
    column = Exact.whole([each] * count, 100)
    segments = list(range(0, count, 2))
    sums = column.sums(np.array(segments)).fractions()
    assert sums == [Fraction(each * min(2, count - s), 100) for s in segments]
    assert column.total() == Fraction(each * count, 100)
    new = np.zeros(count, dtype=bool)
    new[::2] = True
    before, after = column.running(new)
    assert after.fractions()[:2] == [Fraction(each, 100), Fraction(2 * each, 100)]
    assert before.fractions()[-1] == (Fraction(each, 100) if count % 2 == 0 else 0)
    assert column.cumsum().fractions()[-1] == Fraction(each * count, 100)
