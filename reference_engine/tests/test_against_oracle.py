"""The kernels and the slow reference agree to the last digit on random worlds."""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import reference_engine.tests as tests
from reference_engine.results import Result
from reference_engine.tests import oracle, oracle_people, oracle_records
from reference_engine.tests.oracle_lines import Line
from reference_engine.tests.oracle_plan import PlanReading
from reference_engine.tests.random_cases import FAMILIES
from reference_engine.tests.random_worlds import (
    Case,
    described,
    run_engine,
    smaller,
)
from reference_engine.vocabulary.results import EarnedLine

# Hypothesis would shrink tables of text for minutes; `smaller` does it in seconds.
BASE = settings(
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    suppress_health_check=list(HealthCheck),
)
# TRUEUP_WORLDS=20 looks at twenty times as many random worlds; it takes minutes.
EVERY: dict[str, Any] = dict(FAMILIES)
MORE_EXAMPLES: dict[str, int] = {}
for _module in pkgutil.iter_modules(tests.__path__):
    if _module.name.startswith("random_cases_"):
        # Each such module states FAMILIES (name -> strategy) and EXAMPLES (name -> how many worlds).
        _found = importlib.import_module(f"{tests.__name__}.{_module.name}")
        EVERY |= _found.FAMILIES
        MORE_EXAMPLES |= _found.EXAMPLES
FACTOR = int(os.environ.get("TRUEUP_WORLDS", "1"))
EXAMPLES = {**MORE_EXAMPLES, "lines": 400, "tiers": 200, "bands": 100, "events": 100, "balances": 100}

Key = tuple[str, ...]


# -- comparison -------------------------------------------------------------------------------------------
def compare(case: Case) -> None:
    """Fails where engine and oracle differ."""
    result = run_engine(case)
    expected = oracle.calculate(case.plans, case.tables)
    lines = result.line_rows()
    assert _of_engine(lines) == _of_oracle(expected.lines)
    assert _bases_of_engine(lines) == _bases_of_oracle(expected.lines)
    planning = [p for p in (PlanReading(doc, case.tables) for doc in case.plans) if "quota" in p.doc]
    assert _quotas_of_engine(result, planning) == _quotas_of_oracle(planning)
    paid: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for p in result.payout_rows():
        paid[p.payee, p.period] += p.amount
    assert {k: v for k, v in paid.items() if v} == expected.payouts()
    above: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for x in lines:
        if not x.plan:
            above[x.payee, x.pay_period] += x.amount
    wanted: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for key, amount in (*expected.advances.items(), *expected.recoveries.items()):
        wanted[key] += amount
    assert {k: v for k, v in above.items() if v} == {k: v for k, v in wanted.items() if v}
    assert _open({(b.payee, b.period): b.amount for b in result.balance_rows()}) == _open(expected.balances)


def _of_engine(lines: list[EarnedLine]) -> dict[Key, Fraction]:
    out: dict[Key, Fraction] = defaultdict(Fraction)
    for x in lines:
        if x.plan:
            out[
                x.payee,
                x.plan,
                x.component,
                x.kind,
                x.record,
                x.line,
                x.label,
                x.period,
                x.pay_period,
                x.state,
                x.currency,
            ] += x.amount
    return _without_nothing(out)


def _of_oracle(lines: list[Line]) -> dict[Key, Fraction]:
    out: dict[Key, Fraction] = defaultdict(Fraction)
    for x in lines:
        record, line = (x.event.record, x.event.line) if x.event else ("", "")
        paid = x.paid.label if x.paid else ""
        state = "held" if x.held else "released"
        out[
            x.payee,
            x.plan,
            x.component,
            x.kind,
            record,
            line,
            x.label,
            x.period.label,
            paid,
            state,
            x.currency,
        ] += x.amount
    return _without_nothing(out)


def _bases_of_engine(lines: list[EarnedLine]) -> dict[Key, Fraction]:
    """What the rate is applied to, record by record, with the sign of what it does to the measure."""
    out: dict[Key, Fraction] = defaultdict(Fraction)
    for x in lines:
        if x.plan and x.record and x.amount and x.kind != "cancellation":
            out[x.payee, x.plan, x.component, x.kind, x.record, x.line, x.label] += x.base or 0
    return {k: v for k, v in out.items() if v}


def _bases_of_oracle(lines: list[Line]) -> dict[Key, Fraction]:
    out: dict[Key, Fraction] = defaultdict(Fraction)
    for x in lines:
        if x.event and x.amount and x.kind != "cancellation":
            out[x.payee, x.plan, x.component, x.kind, x.event.record, x.event.line, x.label] += (
                x.base * x.sign
            )
    return {k: v for k, v in out.items() if v}


def _without_nothing(lines: dict[Key, Fraction]) -> dict[Key, Fraction]:
    """The lines that pay something.  What is due and just what was earned before it is nothing."""
    nets: dict[Key, Fraction] = defaultdict(Fraction)
    for (payee, plan, component, kind, *_, period, _paid, _state, _unit), amount in lines.items():
        if kind in ("", "earned before"):
            nets[payee, plan, component, period] += amount
    return {
        key: amount
        for key, amount in lines.items()
        if amount and (key[3] not in ("", "earned before") or nets[key[0], key[1], key[2], key[7]])
    }


def _quotas_of_engine(result: Result, plans: list[PlanReading]) -> dict[Key, Fraction]:
    """What is expected of payees and territories under plans that plan their quotas."""
    out: dict[Key, Fraction] = defaultdict(Fraction)
    for row in result.quota_rows() if plans else []:
        if row.plan in [p.name for p in plans]:
            out[row.plan, row.payee, row.period, row.measure] += row.quota
    return {k: v for k, v in out.items() if v}


def _quotas_of_oracle(plans: list[PlanReading]) -> dict[Key, Fraction]:
    out: dict[Key, Fraction] = defaultdict(Fraction)
    for plan in plans:
        for part in oracle_people.planned(plan, "quota", oracle_people.YEAR):
            amount = part.amount * oracle_people.share(plan, part, "quota")
            out[plan.name, part.holder, part.period.label, part.measure] += plan.round("quota", amount)
    return {k: v for k, v in out.items() if v}


def _open(balances: dict[tuple[str, str], Fraction]) -> dict[tuple[str, str], Fraction]:
    """Each payee's balance after every month of the year; a balance stands until it changes."""
    out: dict[tuple[str, str], Fraction] = {}
    for payee in {p for p, _ in balances}:
        stands = Fraction(0)
        for period in oracle_records.spans(date(2026, 1, 1), date(2026, 12, 31), "month"):
            stands = balances.get((payee, period.label), stands)
            if stands:
                out[payee, period.label] = stands
    return out


def differs(case: Case) -> bool:
    try:
        compare(case)
    except AssertionError:
        return True
    except Exception:
        return False
    return False


def check_family(family: str, profile: settings) -> None:
    failed: list[Case] = []

    @profile
    @given(EVERY[family])
    def check(case: Case) -> None:
        try:
            compare(case)
        except AssertionError:
            failed.append(case)
            raise

    try:
        check()
    except AssertionError as error:
        small = smaller(failed[-1], differs) if differs(failed[-1]) else failed[-1]
        raise AssertionError(f"engine and oracle differ on:\n{described(small)}") from error


@pytest.mark.parametrize("family", EVERY)
def test_engine_and_oracle_agree(family: str) -> None:
    check_family(family, settings(BASE, max_examples=EXAMPLES[family] * FACTOR, derandomize=FACTOR == 1))


def test_an_open_balance_stands_in_every_later_pay_period() -> None:
    """Max's annualised commission sinks below zero in 2025-07; the run goes on to 2026-03, where somebody else has a return."""
    tiers = [
        {"from": "0.000 KWD", "to": "100.000 KWD", "rate": "0%"},
        {"from": "100.000 KWD", "to": "", "rate": "33.333%"},
    ]
    plan = {
        "plan": "P",
        "currency": "KWD",
        "pays": "monthly",
        "conventions": {
            "rounding": [{"at": "component", "mode": "down", "decimals": "3"}],
            "tier.bound": "upper tier",
            "tier.accumulate": "year",
            "returns.earn": "mirror",
            "balance.negative": "carried",
        },
        "components": [
            {
                "component": "C",
                "measure": "bookings",
                "credits": ["direct"],
                "earn": [{"annualised": {"tiers": tiers, "reached": "more than"}}],
                "pay": [],
            }
        ],
    }
    payee = {"role": "Rep", "manager": "", "team": "T1", "commission rate": "0%"}
    tables: dict[str, list[dict[str, str]]] = {
        "payees": [{"payee": "Max", **payee}, {"payee": "Ana", **payee}],
        "deals": [
            {"deal": "D-1", "owner": "Max", "amount": "50.001 KWD", "closed": "2025-02-07", "product": "C"},
            {"deal": "D-5", "owner": "Ana", "amount": "0.101 KWD", "closed": "2025-03-18", "product": ""},
        ],
        "returns": [{"return": "R-0", "of": "D-5", "date": "2026-03-24", "amount": "0.031 KWD"}],
        "plan_assignments": [
            {"payee": "Max", "plan": "P", "from": "2025-01-01", "to": ""},
            {"payee": "Ana", "plan": "P", "from": "2025-01-01", "to": ""},
        ],
        "products": [],
        "credit_splits": [],
        "crediting_rules": [],
    }
    case = Case(tables, [plan])
    compare(case)
    balances = {b.period: b.amount for b in run_engine(case).balance_rows() if b.payee == "Max" and b.amount}
    assert next(iter(balances)) == "2025-07"
    assert list(balances)[-1] == "2026-03"
    assert set(balances.values()) == {Fraction("-16.666")}
