"""Laws that every calculation obeys, whatever the plan: on the same random worlds as the oracle's."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reference_engine.executors.local import Local
from reference_engine.explain.derivation import derivations, explain
from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.tests.random_cases import FAMILIES, balance_cases, band_cases, line_cases, tier_cases
from reference_engine.tests.random_worlds import (
    DECIMALS,
    Case,
    Row,
    companies,
    deals,
    minor_of,
    returns,
    run_engine,
    world_of,
)
from reference_engine.tests.test_against_oracle import BASE
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.results import EarnedLine

ANY = st.one_of(*FAMILIES.values())
FEW = settings(BASE, max_examples=40, derandomize=True)


def plans_of(case: Case) -> list[Plan]:
    problems: list[Problem] = []
    plans = [read_plan(Node.of(doc), problems) for doc in case.plans]
    return [p for p in plans if p is not None]


def content(result: Result) -> dict[str, list[Any]]:
    """All that a result says, but for the line numbers of data files, in an order of its own."""
    return {
        "lines": sorted(map(words, result.line_rows())),
        "payouts": sorted(map(repr, result.payout_rows())),
        "credits": sorted(map(repr, result.credit_rows())),
        "attainments": sorted(map(repr, result.attainment_rows())),
        "balances": sorted(map(repr, result.balance_rows())),
    }


def words(x: EarnedLine) -> str:
    return repr([getattr(x, n) for n in x.__slots__ if n != "where"])


# -- sums -------------------------------------------------------------------------------------------------
@FEW
@given(ANY)
def test_the_released_lines_of_a_payout_sum_to_it(case: Case) -> None:
    result = run_engine(case)
    sums: dict[tuple[str, ...], Fraction] = defaultdict(Fraction)
    counts: dict[tuple[str, ...], int] = defaultdict(int)
    for x in result.line_rows():
        if x.state == "released":
            assert x.pay_period
            sums[x.payee, x.pay_period, x.plan, x.component, x.currency] += x.amount
            counts[x.payee, x.pay_period, x.plan, x.component, x.currency] += 1
        else:
            assert (x.state, x.pay_period) == ("held", "")
    rows = result.payout_rows()
    assert {(p.payee, p.period, p.plan, p.component, p.currency): p.amount for p in rows} == dict(sums)
    assert {(p.payee, p.period, p.plan, p.component, p.currency): p.lines for p in rows} == dict(counts)


@FEW
@given(ANY)
def test_what_a_payee_is_paid_is_whole_minor_units(case: Case) -> None:
    totals: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for p in run_engine(case).payout_rows():
        totals[p.payee, p.period, p.currency] += p.amount
    for (_payee, _period, currency), amount in totals.items():
        assert (amount * 10 ** DECIMALS[currency]).denominator == 1


@st.composite
def split_worlds(draw: st.DrawFn) -> Case:
    """Deals that pay their whole rounded credit, so that the credits can be read off the amounts."""
    unit = draw(st.sampled_from(["EUR", "JPY", "KWD"]))
    tables = draw(companies())
    draw(deals(tables, [unit], (1, 10, 100)))
    draw(returns(tables))
    mode = draw(st.sampled_from(["half up", "half even", "down", "away from zero"]))
    plan = {
        "plan": "P",
        "pays": "monthly",
        "eligible": "everyone",
        "conventions": {
            "rounding": [{"at": "credit", "mode": mode, "decimals": str(DECIMALS[unit])}],
            "split.residue": draw(st.sampled_from(["last", "first", "largest share"])),
            "territory.date": draw(st.sampled_from(["deal date", "record date"])),
            "balance.negative": "paid out",
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
    return Case(tables, [plan])


@FEW
@given(split_worlds())
def test_the_shares_of_a_record_sum_to_the_whole_and_their_rounded_credits_to_the_deal(case: Case) -> None:
    result = run_engine(case)
    shares: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for c in result.credit_rows():
        if c.type == "direct":
            shares[c.kind, c.record, c.line] += c.share
    assert set(shares.values()) == {Fraction(1)}
    paid: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for x in result.line_rows():
        paid[x.kind, x.record] += x.amount
    worth = {("booking", d["deal"]): _value(d["amount"]) for d in case.tables["deals"]}
    worth |= {("return", r["return"]): -_value(r["amount"]) for r in case.tables["returns"]}
    assert dict(paid) == worth


def _value(text: str) -> Fraction:
    minor, unit = minor_of(text)
    return Fraction(minor, 10 ** DECIMALS[unit])


# -- order and executors ----------------------------------------------------------------------------------
@FEW
@given(ANY, st.integers(0, 1000))
def test_the_order_of_rows_and_tables_changes_nothing(case: Case, seed: int) -> None:
    shuffled: dict[str, list[Row]] = {}
    mixer = random.Random(seed)
    for name, rows in case.tables.items():
        # The written order of a split says who is first and last.
        shuffled[name] = rows if name == "credit_splits" else mixer.sample(rows, len(rows))
    names = list(shuffled)
    mixer.shuffle(names)
    other = Case({n: shuffled[n] for n in names}, case.plans, case.calendar)
    assert content(run_engine(case)) == content(run_engine(other))


@FEW
@given(ANY)
def test_chunks_and_threads_change_nothing(case: Case) -> None:
    plain = content(run_engine(case))
    assert plain == content(run_engine(case, executor=Local(threads=2, chunk=7)))
    assert plain == content(run_engine(case, executor=Local(threads=1, chunk=1)))


# -- explanations -----------------------------------------------------------------------------------------
@FEW
@given(ANY)
def test_the_replay_of_one_payee_gives_the_lines_of_the_full_run(case: Case) -> None:
    result = run_engine(case)
    world = world_of(case.tables, case.calendar)
    for payee in result.payees:
        _, derived = explain(plans_of(case), world, payee)
        assert sorted(words(d.line) for d in derived) == sorted(
            words(x) for x in result.line_rows() if x.payee == payee
        )
        assert all(d.steps for d in derived)
        assert all(s.sentence for d in derived for s in d.steps)
    some = result.line_rows()[::3]
    assert set(derivations(plans_of(case), world, some)) == set(some)


# -- balances ---------------------------------------------------------------------------------------------
@FEW
@given(balance_cases())
def test_a_balance_is_the_one_before_it_and_what_was_advanced_carried_and_recovered(case: Case) -> None:
    result = run_engine(case)
    kinds = {(d["payee"]): d["kind"] for d in case.tables["draws"]}
    opening: dict[tuple[str, str], Fraction] = {}
    for o in case.tables["opening_balances"]:
        minor, unit = minor_of(o["balance"])
        opening[o["payee"], o["period"]] = Fraction(minor, 10 ** DECIMALS[unit])
    moved: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for x in result.line_rows():
        if not x.plan and not (x.kind == "draw advance" and kinds[x.payee] == "non-recoverable"):
            moved[x.payee, x.pay_period] += x.amount
    before: dict[str, Fraction] = defaultdict(Fraction)
    for b in result.balance_rows():
        assert b.amount == before[b.payee] + opening.get((b.payee, b.period), 0) - moved[b.payee, b.period]
        before[b.payee] = b.amount


# -- time -------------------------------------------------------------------------------------------------
DATES = {
    "deals": "closed",
    "invoices": "date",
    "payments": "date",
    "returns": "date",
    "cancellations": "date",
    "retail_sales": "date",
}


@FEW
@given(st.one_of(line_cases(), tier_cases(), band_cases()), st.dates(date(2026, 1, 15), date(2026, 6, 30)))
def test_a_run_as_of_a_day_is_a_run_on_what_was_known_then(case: Case, day: date) -> None:
    known = {
        name: [r for r in rows if name not in DATES or r[DATES[name]] <= str(day)]
        for name, rows in case.tables.items()
    }
    invoices = {r["invoice"] for r in known.get("invoices", [])}
    records = {r.get("deal") or r.get("sale") for t in ("deals", "retail_sales") for r in known.get(t, [])}
    known["invoice_lines"] = [r for r in known.get("invoice_lines", []) if r["invoice"] in invoices]
    known["credit_splits"] = [r for r in known.get("credit_splits", []) if r["deal"] in records]
    full = run_engine(case, as_of=day)
    then = run_engine(Case(known, case.plans, case.calendar))
    assert sorted(map(words, full.line_rows())) == sorted(map(words, then.line_rows()))


def test_what_became_known_later_is_left_out() -> None:
    tables: dict[str, list[Row]] = {
        "payees": [{"payee": "Ana"}],
        "deals": [
            {"deal": "D-1", "owner": "Ana", "amount": "100.00 EUR", "closed": "2026-01-10", "known": ""},
            {
                "deal": "D-2",
                "owner": "Ana",
                "amount": "200.00 EUR",
                "closed": "2026-01-11",
                "known": "2026-02-03",
            },
        ],
    }
    plan = {
        "plan": "P", "pays": "monthly", "eligible": "everyone", "conventions": {"rounding": "exact"},
        "components": [{"component": "C", "measure": "bookings", "credits": ["direct"], "earn": [{"flat rate": {"rate": "10%"}}]}],
    }  # fmt: skip
    case = Case(tables, [plan])
    world = world_of(tables)
    paid = {
        day: [p.amount for p in calculate(plans_of(case), world, as_of=date.fromisoformat(day)).payout_rows()]
        for day in ("2026-02-02", "2026-02-03")
    }
    assert paid == {"2026-02-02": [10], "2026-02-03": [30]}
