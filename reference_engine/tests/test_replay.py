"""Runs as of each close: late records, differences brought forward, balances that roll, and batches."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.replay import Close, Run, closes_of, replay
from reference_engine.run import calculate
from reference_engine.tests.random_cases_settling import PEOPLE, drawn, month, settled_conventions
from reference_engine.tests.random_worlds import (
    DECIMALS,
    PLAN_CURRENCIES,
    RATES,
    Case,
    companies,
    deals,
    returns,
    world_of,
)
from reference_engine.tests.test_against_oracle import BASE
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World

FEW = settings(BASE, max_examples=25, derandomize=True)
MONTHS = [Close(month(n), date(2026, n + 1, 5)) for n in range(1, 9)]


def plan_of(settle: list[Any] | None = None, **conventions: str) -> dict[str, Any]:
    """A plan that pays 10% of what is booked."""
    return {
        "plan": "P",
        "pays": "monthly",
        "currency": "EUR",
        "eligible": "everyone",
        "conventions": {
            "rounding": "exact",
            "returns.earn": "mirror",
            "balance.negative": "carried",
            "restatement.scope": "complete",
            **conventions,
        },
        "components": [
            {
                "component": "C",
                "measure": "bookings",
                "credits": ["direct"],
                "earn": [{"flat rate": {"rate": "10%"}}],
            }
        ],
        "settle": settle or [],
    }


def read(case: Case) -> tuple[list[Plan], World]:
    problems: list[Problem] = []
    plans = [read_plan(Node.of(doc), problems) for doc in case.plans]
    assert not problems, problems
    return [p for p in plans if p is not None], world_of(case.tables)


def world(*rows: str, **tables: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Deals of Ana: amount, day, and the day on which it became known."""
    out: list[dict[str, str]] = []
    for i, row in enumerate(rows, 1):
        amount, closed, known = (c.strip() for c in row.split("|"))
        out.append(
            {"deal": f"D-{i}", "owner": "Ana", "amount": f"{amount} EUR", "closed": closed, "known": known}
        )
    return {"payees": [{"payee": "Ana"}], "deals": out, **tables}


def run_all(tables: dict[str, list[dict[str, str]]], plan: dict[str, Any], closes: list[Close]) -> list[Run]:
    plans, there = read(Case(tables, [plan]))
    return replay(plans, there, closes)


def paid(run: Run) -> Fraction:
    return sum((p.amount for p in run.payouts), Fraction(0))


def differences(run: Run) -> list[tuple[str, str, Fraction]]:
    return [(x.period, x.kind, x.amount) for x in run.differences]


# -- by hand ----------------------------------------------------------------------------------------------
def test_a_late_deal_is_paid_in_the_open_period_and_the_closed_one_stays() -> None:
    tables = world("1,000.00 | 2026-01-10 |", "400.00 | 2026-01-20 | 2026-02-10", "500.00 | 2026-02-11 |")
    january, february = run_all(tables, plan_of(), MONTHS[:2])
    assert paid(january) == 100
    assert differences(january) == []
    assert paid(february) == 90
    assert differences(february) == [("2026-01", "prior period", Fraction(40))]
    statement = {x.label: x.amount for x in february.lines}
    assert statement == {"D-3": 50, "correction of 2026-01": 40}
    # The statement of January, asked for again, still says what was paid.
    again = {p.period: p.amount for p in february.result.payout_rows()}
    assert again == {"2026-01": 100, "2026-02": 90}


def test_a_record_known_on_the_day_of_the_close_counts_and_one_a_day_later_does_not() -> None:
    on, after = MONTHS[0].day, MONTHS[0].day + timedelta(days=1)
    tables = world(f"100.00 | 2026-01-31 | {on}", f"200.00 | 2026-01-31 | {after}")
    january, february = run_all(tables, plan_of(), MONTHS[:2])
    assert [paid(january), paid(february)] == [10, 20]


def test_a_difference_is_brought_forward_once() -> None:
    tables = world("1,000.00 | 2026-01-10 |", "400.00 | 2026-01-20 | 2026-02-10", "10.00 | 2026-03-11 |")
    runs = run_all(tables, plan_of(), MONTHS[:4])
    assert [paid(r) for r in runs] == [100, 40, 1, 0]
    assert [differences(r) for r in runs[2:]] == [[], []]


def test_the_difference_of_a_difference_belongs_to_the_same_period() -> None:
    tables = world(
        "1,000.00 | 2026-01-10 |", "400.00 | 2026-01-20 | 2026-02-10", "300.00 | 2026-01-25 | 2026-03-10"
    )
    runs = run_all(tables, plan_of(), MONTHS[:3])
    assert [paid(r) for r in runs] == [100, 40, 30]
    assert differences(runs[2]) == [("2026-01", "prior period", Fraction(30))]


def test_a_period_in_which_nobody_was_paid_is_closed_all_the_same() -> None:
    tables = world("400.00 | 2026-01-20 | 2026-02-10", "100.00 | 2026-02-20 |")
    january, february = run_all(tables, plan_of(), MONTHS[:2])
    assert [paid(january), paid(february)] == [0, 50]


def test_what_lies_before_everything_that_was_paid_is_closed_too() -> None:
    tables = world("100.00 | 2026-03-10 |", "200.00 | 2026-01-20 | 2026-05-10")
    runs = run_all(tables, plan_of(), MONTHS[3:5])
    assert [paid(r) for r in runs] == [10, 20]
    assert differences(runs[1]) == [("2026-01", "prior period", Fraction(20))]


def test_reversal_and_new_line_post_every_closed_result_again() -> None:
    tables = world("600.00 | 2026-01-10 |", "500.00 | 2026-02-11 |")
    plan = plan_of([{"restatement": {"lines": "reversal and new line"}}])
    _, february = run_all(tables, plan, MONTHS[:2])
    assert differences(february) == [
        ("2026-01", "reversal", Fraction(-60)),
        ("2026-01", "prior period", Fraction(60)),
    ]
    assert paid(february) == 50


def test_a_late_return_makes_a_debt_that_later_pay_clears() -> None:
    returned = [
        {"return": "R-1", "of": "D-1", "amount": "900.00 EUR", "date": "2026-01-30", "known": "2026-02-20"}
    ]
    tables = world(
        "1,000.00 | 2026-01-10 |", "500.00 | 2026-03-11 |", "700.00 | 2026-04-11 |", returns=returned
    )
    runs = run_all(tables, plan_of(), MONTHS[:4])
    assert [paid(r) for r in runs] == [100, 0, 0, 30]
    assert [b.amount for r in runs[1:] for b in r.balances] == [-90, -40, 0]


def test_a_draw_of_a_closed_period_stays_and_the_difference_pays_it_back() -> None:
    draws = [
        {
            "payee": "Ana",
            "kind": "recoverable",
            "amount": "200.00 EUR",
            "per": "month",
            "from": "2026-01",
            "to": "2026-03",
        }
    ]
    tables = world(
        "1,000.00 | 2026-01-10 |", "500.00 | 2026-01-20 | 2026-02-10", "2,400.00 | 2026-02-11 |", draws=draws
    )
    runs = run_all(
        tables, plan_of(None, **{"draw.recovery": "immediate", "draw.surplus_offsets": "no"}), MONTHS[:2]
    )
    # January: 100 earned, 100 advanced.  February: 240 and the 50 of January are 90 above the draw.
    assert [paid(r) for r in runs] == [200, 200]
    assert [b.amount for r in runs for b in r.balances] == [-100, -10]
    assert runs[1].balances[0].opening == -100


def test_closes_come_from_the_fiscal_calendar() -> None:
    periods = [
        {"period": "2026-P01", "from": "2026-01-01", "to": "2026-01-31", "close date": "2026-02-05"},
        {"period": "2026-P02", "from": "2026-02-01", "to": "2026-02-28", "close date": "2026-03-05"},
    ]
    tables = world("1,000.00 | 2026-01-10 |", "400.00 | 2026-01-20 | 2026-02-10", fiscal_calendar=periods)
    plans, there = read(Case(tables, [plan_of()]))
    closes = closes_of(there)
    assert closes == [Close("2026-P01", date(2026, 2, 5)), Close("2026-P02", date(2026, 3, 5))]
    assert [paid(r) for r in replay(plans, there, closes)] == [100, 40]


def test_closes_out_of_order_are_refused() -> None:
    with pytest.raises(Stopped) as stopped:
        run_all(world("1.00 | 2026-01-10 |"), plan_of(), [MONTHS[1], MONTHS[0]])
    assert [p.slug for p in stopped.value.problems] == ["closes-order"]


def test_closes_that_the_calendar_states_out_of_order_are_refused_where_they_stand() -> None:
    periods = [
        {"period": "2026-P01", "from": "2026-01-01", "to": "2026-01-31", "close date": "2026-03-05"},
        {"period": "2026-P02", "from": "2026-02-01", "to": "2026-02-28", "close date": "2026-02-05"},
    ]
    plans, there = read(Case(world("1.00 | 2026-01-10 |", fiscal_calendar=periods), [plan_of()]))
    with pytest.raises(Stopped) as stopped:
        replay(plans, there, closes_of(there))
    found = stopped.value.problems[0]
    assert (found.slug, found.where) == ("closes-order", there.tables["fiscal_calendar"].where(1))


def test_a_rerun_of_an_old_period_moves_those_after_it() -> None:
    """A draw in the maximum of January makes room in February: the later run follows from the earlier one."""
    tables = world("10,000.00 | 2026-01-10 |", "100.00 | 2026-02-11 |")
    plan = plan_of([{"maximum": {"amount": "600.00 EUR"}}], **{"cap.excess": "carried"})
    runs = run_all(tables, plan, MONTHS[:3])
    assert [paid(r) for r in runs] == [600, 410, 0]


def test_new_records_that_no_component_pays_on_are_measured_from_the_next_batch_on() -> None:
    """https://helpcenter.xactlycorp.com/article/incent-concepts-how-credit-attainments-are-calculated"""
    batches = [date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 20)]
    rows = [
        ("Revenue", "100", "2026-01-10", ""),
        ("Bookings", "50", "2026-02-10", ""),
        ("Revenue", "50", "2026-03-02", "2026-03-02"),
        ("Bookings", "100", "2026-03-02", "2026-03-02"),
        ("Revenue", "50", "2026-03-12", "2026-03-12"),
    ]
    tables = {
        "payees": [{"payee": "Ana"}],
        "deals": [
            {
                "deal": f"D-{i}",
                "owner": "Ana",
                "amount": f"{amount}.00 EUR",
                "closed": day,
                "known": known,
                "type": kind,
            }
            for i, (kind, amount, day, known) in enumerate(rows)
        ],
    }
    plan = plan_of()
    plan["measures"] = [{"measure": "both", "of": "bookings", "credits": ["direct"], "accumulate": "year"}]
    plan["components"][0] |= {
        "where": 'type = "Revenue"',
        "earn": [{"formula": {"pays": "both * 10%", "for each": "period"}}],
    }
    plans, there = read(Case(tables, [plan]))

    def seen(measured: Any) -> list[Fraction]:
        """Ten times what the last period of each batch comes to: the measure as the batch saw it."""
        out = []
        for i in range(1, len(batches)):
            closes = [Close("2026-02", batches[0]), Close("2026-03", batches[i])]
            runs = replay(plans, there, closes, measured=measured)
            out.append(sum((x.amount * 10 for x in runs[-1].lines if x.period == "2026-03"), Fraction(0)))
        return out

    assert seen("records that pay") == [200, 250]
    assert seen("all records") == [300, 350]


# -- laws -------------------------------------------------------------------------------------------------
@st.composite
def late_worlds(draw: st.DrawFn, draws: bool = False) -> Case:
    """Worlds whose deals become known up to three months later."""
    unit = draw(st.sampled_from(PLAN_CURRENCIES))
    one = 10 ** DECIMALS[unit]
    tables = draw(companies())
    draw(deals(tables, [unit], (100 * one,), most=6))
    draw(returns(tables))
    for table, day in (("deals", "closed"), ("returns", "date")):
        for row in tables[table]:
            wait = draw(st.sampled_from([0, 0, 3, 35, 90]))
            row["known"] = str(date.fromisoformat(row[day]) + timedelta(days=wait)) if wait else ""
    # A return can't be known before its deal.
    known = {d["deal"]: d["known"] or d["closed"] for d in tables["deals"]}
    for row in tables["returns"]:
        row["known"] = max(row["known"] or row["date"], known[row["of"]])
    conv = draw(settled_conventions(DECIMALS[unit]))
    conv |= {"balance.negative": "carried" if draws else "paid out", "restatement.minus": "earned"}
    if draws:
        tables["draws"] = [
            {"payee": p, **draw(drawn(unit, "monthly", False)), "kind": "recoverable", "recovery": "immediate", "from": month(1), "to": month(draw(st.integers(1, 6)))}
            for p in PEOPLE
        ]  # fmt: skip
        for row in tables["draws"]:
            row.pop("forgiven after", None)
            row.pop("covers", None)
        conv |= {"draw.surplus_offsets": "no", "draw.negative": "owed"}
    component = {
        "component": "C",
        "measure": "bookings",
        "credits": ["direct", "roll-up"],
        "earn": [{"flat rate": {"rate": draw(st.sampled_from(RATES))}}],
    }
    plan = {
        "plan": "P",
        "pays": "monthly",
        "currency": unit,
        "eligible": "everyone",
        "conventions": conv,
        "components": [component],
    }
    return Case(tables, [plan])


LAST = Close(month(12), date(2027, 3, 1))
YEAR = [*(Close(month(n), date(2026, n + 1, 5)) for n in (1, 2, 3, 4, 6)), LAST]


def total(runs: list[Run]) -> dict[str, Fraction]:
    out: dict[str, Fraction] = defaultdict(Fraction)
    for run in runs:
        for p in run.payouts:
            out[p.payee] += p.amount
    return {k: v for k, v in out.items() if v}


@FEW
@given(late_worlds())
def test_several_runs_pay_what_one_run_pays(case: Case) -> None:
    plans, there = read(case)
    once = calculate(plans, there, as_of=LAST.day, until=date(2026, 12, 31))
    alone: dict[str, Fraction] = defaultdict(Fraction)
    for p in once.payout_rows():
        alone[p.payee] += p.amount
    runs = replay(plans, there, YEAR)
    assert total(runs) == {k: v for k, v in alone.items() if v}
    assert total(replay(plans, there, [YEAR[3], LAST])) == total(runs)


@FEW
@given(late_worlds(draws=True))
def test_balances_roll_from_run_to_run(case: Case) -> None:
    plans, there = read(case)
    runs = replay(plans, there, YEAR)
    stands: dict[str, Fraction] = {}
    for run in runs:
        for b in run.balances:
            assert b.opening == stands.get(b.payee, 0)
            stands[b.payee] = b.amount
    # What was earned was paid, but for what still stands open.
    once = calculate(plans, there, as_of=LAST.day, until=date(2026, 12, 31))
    earned: dict[str, Fraction] = defaultdict(Fraction)
    for x in once.line_rows():
        if x.plan:
            earned[x.payee] += x.amount
    got = total(runs)
    for payee in {*earned, *got, *stands}:
        assert got.get(payee, 0) == earned[payee] - stands.get(payee, 0)
