"""Small expected sides and exports that the tests of adapters and reconciliation share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from harness.adapters.mapping import Mapping
from harness.adapters.mapping_reader import mapping_of
from harness.reconcile.expected import Expected
from reference_engine.plans.document import parse_yaml
from reference_engine.problems import Problem
from reference_engine.vocabulary.results import EarnedLine, Payout

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))
DAYS = {"2026-03": MARCH, "2026-04": APRIL}

LINES_MAPPING = """
target: Test target
grains:
  - grain: lines
    expected: lines
    file: lines.csv
    key:
      payee: {column: who}
      plan: {column: plan}
      record: {column: record, blank: allowed}
    values:
      amount: {column: amount, currency: {column: cur}}
      state: {column: state, map: {paid: released, wait: held}}
  - grain: statements
    expected: payouts
    file: statements.csv
    follows from: lines
    key:
      payee: {column: who}
      plan: {column: plan}
      period: {from: first, to: last}
    values:
      amount: {column: total, currency: {column: cur}}
      lines: {column: n}
"""


def line(payee: str, record: str, amount: str, **changes: Any) -> EarnedLine:
    """An earned line of plan P, paid in March 2026, unless said otherwise."""
    facts: dict[str, Any] = {
        "payee": payee,
        "plan": "P",
        "component": "base",
        "period": "2026-03",
        "pay_period": "2026-03",
        "state": "released",
        "kind": "invoice",
        "record": record,
        "line": "",
        "deal": "",
        "date": date(2026, 3, 10),
        "label": record,
        "base": None,
        "base_currency": "EUR",
        "rate": None,
        "rate_currency": "",
        "amount": Fraction(amount),
        "currency": "EUR",
        "rule": "",
        "credit": "direct",
    }
    return EarnedLine(**{**facts, **changes})


def payout(payee: str, amount: str, **changes: Any) -> Payout:
    """A payout of plan P for March 2026, unless said otherwise."""
    facts: dict[str, Any] = {
        "payee": payee,
        "period": "2026-03",
        "first": MARCH[0],
        "last": MARCH[1],
        "plan": "P",
        "component": "base",
        "amount": Fraction(amount),
        "currency": "EUR",
        "lines": 1,
    }
    return Payout(**{**facts, **changes})


def expected(*rows: EarnedLine | Payout) -> Expected:
    lines = [r for r in rows if isinstance(r, EarnedLine)]
    payouts = [r for r in rows if isinstance(r, Payout)]
    return Expected(lines, payouts, DAYS)


def mapping(text: str = LINES_MAPPING, file: str = "") -> Mapping:
    """A mapping that must be sound."""
    problems: list[Problem] = []
    node = parse_yaml(text, file or "mapping.yaml", problems)
    found = mapping_of(node, file, problems) if node else None
    assert found is not None, "\n".join(map(str, problems))
    return found


def only_lines(**changes: str) -> Mapping:
    """The mapping with its finest grain alone; each change replaces text: {old: new}."""
    text = LINES_MAPPING.split("  - grain: statements")[0]
    for old, new in changes.items():
        text = text.replace(old, new)
    return mapping(text)


def export(
    folder: Path, *rows: str, name: str = "lines.csv", header: str = "who,plan,record,amount,cur,state"
) -> Path:
    """Writes an export file and returns its folder."""
    (folder / name).write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return folder


def problems_of(run: Callable[[list[Problem]], object]) -> list[Problem]:
    problems: list[Problem] = []
    run(problems)
    return problems
