"""Every worked example of every mechanic is calculated and must come out as its author computed it by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from reference_engine.mechanics.registry import FAMILIES, Example, described
from reference_engine.plans.document import Node, parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.vocabulary.numbers import format_money, format_number, format_percent
from reference_engine.vocabulary.results import EarnedLine
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

DEFAULTS = {"plan": "P", "pays": "monthly", "conventions": {"rounding": "exact", "returns.earn": "mirror", "balance.negative": "paid out"}}

EXAMPLES = [
    pytest.param(example, id=f"{family}-{name}-{i}")
    for family in FAMILIES
    for name, about in described(family).items()
    for i, example in enumerate(about.examples, 1)
]


def _cells(text: str) -> list[tuple[str, ...]]:
    return [tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]


def _run(example: Example) -> Result:
    problems: list[Problem] = []
    written = parse_yaml(example.plan, "example", problems)
    assert written is not None, problems
    document = {k: Node.of(v) for k, v in DEFAULTS.items()} | dict(written.items())
    conventions = document["conventions"].plain()
    assert isinstance(conventions, dict)
    document["conventions"] = Node.of({"returns.earn": "signed", "balance.negative": "paid out", **conventions})
    plan = read_plan(Node.of(document), problems)
    tables = [TextTable(name, rows[0], tuple(rows[1:])) for name, text in example.tables.items() for rows in [_cells(text)]]
    world = read_world(tables, problems)
    assert plan is not None, "\n".join(map(str, problems))
    assert not problems, "\n".join(map(str, problems))
    return calculate([plan], world, as_of=_day(example.as_of), until=_day(example.until))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example: Example) -> None:
    result = _run(example)
    totals: dict[tuple[str, str, str], Fraction] = {}
    for p in result.payout_rows():
        key = (p.payee, p.period, p.currency)
        totals[key] = totals.get(key, Fraction(0)) + p.amount
    got = sorted(" | ".join((payee, period, format_money(amount, unit))) for (payee, period, unit), amount in totals.items())
    assert got == sorted(" | ".join(c) for c in _cells(example.payouts))
    if example.lines:
        assert _statement(result) == sorted(" | ".join(c) for c in _cells(example.lines))
    if example.attainments:
        reached = [(a.payee, a.period, _worth(a.measured, a.currency), _worth(a.quota, a.currency), format_percent(a.value)) for a in result.attainment_rows()]
        assert sorted(" | ".join(r) for r in reached) == sorted(" | ".join(c) for c in _cells(example.attainments))
    if example.quotas:
        stated = [(q.payee, q.period, _worth(q.quota, q.currency)) for q in result.quota_rows()]
        assert sorted(" | ".join(r) for r in stated) == sorted(" | ".join(c) for c in _cells(example.quotas))
    if example.balances:
        left = [(b.payee, b.period, format_money(b.amount, b.currency)) for b in result.balance_rows()]
        assert sorted(" | ".join(r) for r in left) == sorted(" | ".join(c) for c in _cells(example.balances))


def _worth(amount: Fraction, currency: str) -> str:
    return format_money(amount, currency) if currency else format_number(amount)


def _statement(result: Result) -> list[str]:
    """Lines of one label summed, as a statement shows them."""
    grouped: dict[tuple[str, str], list[EarnedLine]] = {}
    for line in result.line_rows():
        grouped.setdefault((line.period, line.label), []).append(line)
    out = []
    for (period, label), lines in grouped.items():
        first = lines[0]
        base = sum((x.base or Fraction(0) for x in lines), start=Fraction(0))
        if not any(x.amount for x in lines):
            continue
        base_words = format_money(base, first.base_currency) if first.base_currency else f"{format_number(base)} units"
        rate = format_money(first.rate, first.rate_currency) if first.rate_currency and first.rate is not None else format_percent(first.rate or Fraction(0))
        amount = format_money(sum((x.amount for x in lines), start=Fraction(0)), first.currency)
        out.append(" | ".join((period, label, base_words, rate, amount)))
    return sorted(out)


def test_every_mechanic_has_a_worked_example() -> None:
    without = [f"{f} {n}" for f in FAMILIES for n, about in described(f).items() if not about.examples or not about.meaning]
    assert without == []
