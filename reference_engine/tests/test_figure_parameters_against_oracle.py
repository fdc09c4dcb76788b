"""The rarer ways to write the mechanics that look at figures agree with plain fractions on random companies."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem
from reference_engine.run import calculate
from reference_engine.tests import oracle_figures as oracle
from reference_engine.tests import test_figures_against_oracle as figures
from reference_engine.tests.oracle_figures import MONTHS, ZERO, Company
from reference_engine.tests.test_figures_against_oracle import (
    AMOUNTS,
    BOUNDS,
    CHECK,
    FIGURES,
    LIMITS,
    PAYEES,
    RATE,
    Due,
    companies,
    lump,
    percent,
    records,
)
from reference_engine.vocabulary.numbers import format_money, format_number
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

Case = tuple[Due, Due]


def calculated(*args: Any) -> Due:
    """Through the module, so that a test may look at the plans that are drawn."""
    return figures.calculated(*args)


def euros(value: Fraction) -> str:
    return format_money(value, "EUR")


def _multiplier_by_formula(draw: st.DrawFn, company: Company) -> Case:
    name, most = draw(st.sampled_from(FIGURES)), draw(st.sampled_from(LIMITS))

    def change(amount: Fraction, payee: str, month: int) -> Fraction:
        return amount * min(company.figure(name, payee, month), most)

    factor = {"multiplier": {"factor": f"min({name}, {percent(most)})"}}
    return calculated(company, records(factor), {}), oracle.commission(company, RATE, change)


def _matrix_of_cells(draw: st.DrawFn, company: Company) -> Case:
    """A share of the target, or an amount, once for an interval; the cells stand one by one."""
    bound, per = draw(BOUNDS), draw(st.sampled_from(["period", "quarter"]))
    dimensions = [
        (FIGURES[0], [Fraction(-100), Fraction(1, 2), Fraction(1)]),
        (FIGURES[1], [Fraction(0), Fraction(4, 5)]),
    ]
    dimensions = dimensions[: draw(st.integers(1, 2))]
    # The target of a quarter is the payee's own; of a month it is stated.
    own, shares = per == "quarter" and draw(st.booleans()), draw(st.booleans())
    worth = {
        at: Fraction(n, 100) if shares else Fraction(n)
        for at, n in zip(
            product(*(b for _, b in dimensions)), draw(st.permutations((1, 2, 5, 33, 80, 120))), strict=False
        )
    }
    params: dict[str, Any] = {
        "pays": "share of target" if shares else "amount",
        "per": per,
        "dimensions": [{"of": name, "from": [percent(b) for b in bounds]} for name, bounds in dimensions],
        "cells": [
            {"at": [percent(b) for b in at], "pays": percent(v) if shares else euros(v)}
            for at, v in worth.items()
        ],
    }
    if shares and not own:
        params["target"] = "bookings / 3"
    due: Due = {}
    for payee, month in product(PAYEES, MONTHS):
        if oracle.closes(per, month):
            steps = [
                (bounds, oracle.step_of(company.figure(n, payee, month), bounds, bound))
                for n, bounds in dimensions
            ]
            cell = worth[tuple(bounds[i] for bounds, i in steps)]
            target = company.target[payee] if own else company.in_quarter(payee, month) / 3
            due[payee, month] = oracle.cents(cell * target if shares else cell)
    return calculated(company, lump({"matrix": params}), {"tier.bound": bound}), due


def _objectives_of_a_figure(draw: st.DrawFn, company: Company) -> Case:
    per, cap = draw(st.sampled_from(["period", "quarter"])), draw(st.sampled_from([None, Fraction(1)]))
    weights = {FIGURES[0]: Fraction(3, 5), FIGURES[1]: Fraction(2, 5)}
    goals = [{"goal": n, "weight": percent(w), "achievement": n} for n, w in weights.items()]
    params = {
        "goals": goals,
        "per": per,
        "of": "20% * bookings + 1.00 EUR",
        **({"cap": percent(cap)} if cap else {}),
    }
    due: Due = {}
    for payee, month in product(PAYEES, MONTHS):
        if oracle.closes(per, month):
            reached = sum((w * company.figure(n, payee, month) for n, w in weights.items()), ZERO)
            reached = reached if cap is None else min(reached, cap)
            due[payee, month] = oracle.cents((company.in_quarter(payee, month) / 5 + 1) * reached)
    return calculated(company, lump({"objectives": params}), {}), due


def _contest_least_first(draw: st.DrawFn, company: Company) -> Case:
    ties = draw(st.sampled_from(["each takes the prize", "next rank follows", "prizes are shared"]))
    prizes = [Fraction(1000), Fraction(500)]
    places = [{"place": str(i), "pays": euros(a)} for i, a in enumerate(prizes, 1)]
    params = {"by": "reported score", "order": "least first", "prizes": places}
    due: Due = {}
    for month in MONTHS:
        score = {p: company.reported[p][month] for p in PAYEES}
        for payee in PAYEES:
            before = [v for v in score.values() if v < score[payee]]
            alike = len([v for v in score.values() if v == score[payee]])
            first = len(set(before)) if ties == "next rank follows" else len(before)
            taken = (
                prizes[first : first + alike] if ties == "prizes are shared" else prizes[first : first + 1]
            )
            due[payee, month] = oracle.cents(sum(taken, ZERO) / (alike if ties == "prizes are shared" else 1))
    return calculated(company, lump({"contest": params}), {"contest.ties": ties}), due


def _fund_within_a_year(draw: st.DrawFn, company: Company) -> Case:
    """The claims of a year are paid up to a maximum."""
    most = draw(st.sampled_from([Fraction(1), Fraction(20), Fraction(500)]))
    params = {
        "fund": "F",
        "accrues": "10% * bookings in the period",
        "share": "50%",
        "at most in the year": euros(most),
    }
    return calculated(company, lump({"fund": params}), {"fund.claims": "after accrual"}), _paid_claims(
        company, RATE, most
    )


def _paid_claims(company: Company, rate: Fraction, most: Fraction) -> Due:
    due: Due = {}
    for payee in PAYEES:
        balance, used = ZERO, ZERO
        for month in MONTHS:
            balance += company.in_month(payee, month) * rate
            for _, claim in [c for c in company.claims.get(payee, []) if c[0] == month]:
                paid = max(min(claim / 2, balance, most - used), ZERO)
                balance, used = balance - paid, used + paid
                due[payee, month] = due.get((payee, month), ZERO) + paid
    return {key: oracle.cents(v) for key, v in due.items()}


def _fund_of_points(draw: st.DrawFn, company: Company) -> Case:
    """A balance of points, lapsing at the end of a fiscal year, which is the third month."""
    worth, lapses = draw(AMOUNTS), draw(st.sampled_from(["never", "at year end"]))
    params = {
        "fund": "F",
        "accrues": "1000 * reported score",
        "share": "50%",
        "point pays": euros(worth),
        "lapses": lapses,
    }
    due: Due = {}
    for payee in PAYEES:
        left: dict[int, Fraction] = {}
        for month in MONTHS:
            if month == 4 and lapses == "at year end":
                left = {}
            left[month] = 1000 * company.reported[payee][month]
            for _, claim in [c for c in company.claims.get(payee, []) if c[0] == month]:
                paid = min(claim * 100 / 2, sum(left.values(), ZERO))
                oracle._take(left, sorted(left), paid)
                due[payee, month] = due.get((payee, month), ZERO) + paid * worth
    return _points(company, lump({"fund": params})), {key: oracle.cents(v) for key, v in due.items()}


def _points(company: Company, component: dict[str, Any]) -> Due:
    """What a component pays in a company whose fiscal year begins in April."""
    problems: list[Problem] = []
    rounding = [{"at": "line", "mode": "half up", "decimals": "2"}]
    document = {
        "plan": "P",
        "pays": "monthly",
        "eligible": "everyone",
        "valid": {"from": "2026-01-01", "to": "2026-06-30"},
        "conventions": {"rounding": rounding, "balance.negative": "paid out", "fund.claims": "after accrual"},
        "components": [component],
    }
    claims = [
        (f"C-{p}-{i}", p, "F", format_number(a * 100), f"2026-{m:02d}-{15 + i}")
        for p in PAYEES
        for i, (m, a) in enumerate(company.claims[p])
    ]
    reported = [
        (p, "score", f"2026-{m:02d}", percent(v)) for p in PAYEES for m, v in company.reported[p].items()
    ]
    tables = [
        TextTable("payees", ("payee",), tuple((p,) for p in PAYEES)),
        TextTable("fiscal_calendar", ("period", "from", "to"), (("FY2026", "2026-04-01", "2027-03-31"),)),
        TextTable("reported_measures", ("payee", "measure", "period", "value"), tuple(reported)),
    ]
    if claims:
        tables.append(TextTable("fund_claims", ("claim", "payee", "fund", "points", "date"), tuple(claims)))
    plan = read_plan(Node.of(document), problems)
    world = read_world(tables, problems)
    assert plan is not None
    assert problems == []
    out: Due = {}
    for p in calculate([plan], world).payout_rows():
        out[p.payee, p.first.month] = out.get((p.payee, p.first.month), ZERO) + p.amount
    return {key: amount for key, amount in out.items() if amount}


CASES: dict[str, Callable[[st.DrawFn, Company], Case]] = {
    "multiplier by a formula": _multiplier_by_formula,
    "matrix of cells": _matrix_of_cells,
    "objectives of a figure": _objectives_of_a_figure,
    "contest, least first": _contest_least_first,
    "fund within a year": _fund_within_a_year,
    "fund of points": _fund_of_points,
}


@pytest.mark.parametrize("name", CASES)
def test_engine_and_oracle_agree(name: str) -> None:
    @CHECK
    @given(st.data(), companies())
    def check(data: st.DataObject, company: Company) -> None:
        got, expected = data.draw(st.composite(lambda draw: CASES[name](draw, company))())
        assert got == {key: amount for key, amount in expected.items() if amount}

    check()
