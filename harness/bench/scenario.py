"""Measures one small scenario, as a feature would write it: five deals from text to payouts."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Any

from harness.bench.engine import Differs
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.run import calculate
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

WARM_UP = 20
PLAN = """\
plan: Field sales
currency: EUR
pays: monthly
eligible: assigned
conventions:
  rounding: [{at: component, mode: half up, decimals: 2}]
  tier.accumulate: quarter
  split.when: before rate
  fx.kind: average
  fx.date: period start
  rollup.own_sales: excluded
  cap.excess: lost
components:
  - component: commission
    measure: bookings
    credits: [direct]
    earn: [{marginal: {tiers: [{from: 0%, to: 100%, rate: 8%}, {from: 100%, rate: 12%}]}}]
    pay: [{cap: {per: month, amount: 9000.00 EUR}}]
  - component: override
    measure: bookings
    credits: [roll-up]
    earn: [{flat rate: {rate: 1%}}]
"""
TABLES = {
    "payees": "payee | role | manager\nAna | Rep | Mia\nBen | Rep | Mia\nMia | Manager |",
    "plan_assignments": "payee | plan | from\nAna | Field sales | 2026-01-01\nBen | Field sales | 2026-01-01\nMia | Field sales | 2026-01-01",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 100,000.00 EUR\nBen | 2026-Q1 | 100,000.00 EUR",
    "crediting_rules": "role | receives | of the credit of\nManager | 100% | team",
    "exchange_rates": "from | to | rate | valid from | kind\nUSD | EUR | 0.9 | 2026-01-01 | average",
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 60,000.00 EUR | 2026-01-15\nD-2 | Ana | 70,000.00 EUR | 2026-02-10\n"
    "D-3 | Ben | 30,000.00 USD | 2026-02-20\nD-4 | Ben | 40,000.00 EUR | 2026-03-03\nD-5 | Ana | 10,000.00 EUR | 2026-03-30",
    "credit_splits": "deal | payee | share\nD-4 | Ben | 60%\nD-4 | Ana | 40%",
}
PAID = {
    ("Ana", "2026-01", "commission"): Fraction(4800),
    ("Ana", "2026-02", "commission"): Fraction(6800),
    ("Ana", "2026-03", "commission"): Fraction(3120),
    ("Ben", "2026-02", "commission"): Fraction(2160),
    ("Ben", "2026-03", "commission"): Fraction(1920),
    ("Mia", "2026-01", "override"): Fraction(600),
    ("Mia", "2026-02", "override"): Fraction(970),
    ("Mia", "2026-03", "override"): Fraction(500),
}
"""By hand: Ana reaches 100,000.00 within her second deal, so 40,000.00 of it earn 8% and 30,000.00 earn 12%."""


@dataclass(frozen=True)
class Latency:
    """Milliseconds of many repetitions in a warm process, from tables to payouts.

    processor: the median of what the processor spent.  with_plan: the median when the plan is read each time too.
    """

    repetitions: int
    median: float
    least: float
    processor: float
    with_plan: float

    def as_dict(self) -> dict[str, Any]:
        return {
            "repetitions": self.repetitions,
            "median_ms": round(self.median, 3),
            "least_ms": round(self.least, 3),
            "processor_ms": round(self.processor, 3),
            "with_plan_ms": round(self.with_plan, 3),
        }


def measure(repetitions: int) -> Latency:
    """Repeats the scenario.  Raises Differs where it doesn't pay what was worked out by hand."""
    plan, tables = _plan(), _tables()
    paid = _payouts(plan, tables)
    if paid != PAID:
        raise Differs(f"The scenario pays {paid}, and by hand it pays {PAID}.")
    for _ in range(WARM_UP):
        _payouts(plan, tables)
    plain: list[float] = []
    processor: list[float] = []
    reading: list[float] = []
    for _ in range(repetitions):
        started, spent = time.perf_counter(), time.process_time()
        _payouts(plan, tables)
        plain.append(time.perf_counter() - started)
        processor.append(time.process_time() - spent)
        started = time.perf_counter()
        _payouts(_plan(), tables)
        reading.append(time.perf_counter() - started)
    return Latency(
        repetitions,
        *(seconds * 1e3 for seconds in (median(plain), min(plain), median(processor), median(reading))),
    )


def _plan() -> Plan:
    problems: list[Problem] = []
    node = parse_yaml(PLAN, "field_sales.yaml", problems)
    plan = read_plan(node, problems) if node is not None else None
    if problems or plan is None:
        raise Stopped(tuple(problems))
    return plan


def _tables() -> list[TextTable]:
    out: list[TextTable] = []
    for name, text in TABLES.items():
        header, *rows = [tuple(cell.strip() for cell in line.split("|")) for line in text.splitlines()]
        out.append(TextTable(name, header, tuple(rows), name, tuple(range(2, len(rows) + 2)), 1))
    return out


def _payouts(plan: Plan, tables: list[TextTable]) -> dict[tuple[str, str, str], Fraction]:
    problems: list[Problem] = []
    world = read_world(tables, problems)
    if problems:
        raise Stopped(tuple(problems))
    result = calculate([plan], world)
    return {(p.payee, p.period, p.component): p.amount for p in result.payout_rows()}
