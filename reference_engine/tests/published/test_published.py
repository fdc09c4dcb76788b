"""Every published worked example: what its source prints comes out of its plan and tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.tests.published.comparing import differ, differences, published, rows_of, total
from reference_engine.tests.published.example_file import Case, Example, examples
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

pytestmark = pytest.mark.published

EXAMPLES = examples()


def _read(
    case: Case, problems: list[Problem], tables: tuple[TextTable, ...]
) -> tuple[list[Plan], World] | None:
    plans = [read_plan(node, problems) for node in case.plans]
    world = read_world(tables, problems, case.calendar)
    read = [p for p in plans if p is not None]
    return None if problems or len(read) < len(plans) else (read, world)


def _run(case: Case, problems: list[Problem]) -> Result | None:
    read = _read(case, problems, case.tables)
    if read is None:
        return None
    try:
        return calculate(*read, as_of=case.as_of, until=case.until)
    except Stopped as stopped:
        problems.extend(stopped.problems)
        return None


def _check(case: Case, example: Example) -> None:
    problems: list[Problem] = []
    result = _run(case, problems)
    if case.problems:
        told = "\n\n".join(map(str, problems)) or "nothing was refused"
        assert {p.slug for p in problems} == {slug for slug, _ in case.problems}, told
        assert all(
            any(p.slug == slug and says in str(p) for p in problems) for slug, says in case.problems
        ), told
        return
    assert result is not None, "\n\n".join(map(str, problems))
    found = [
        d
        for kind, rows in case.expected.items()
        for d in differences(kind, rows_of(result, kind), rows, example.rounded)
    ]
    if case.total[0]:
        found += [d for d in [total(result, case.total[0])] if d]
    assert not found, f"{example.file}, {case.name}:\n" + "\n".join(found)


@pytest.mark.parametrize("example", EXAMPLES, ids=[e.name for e in EXAMPLES])
def test_example(example: Example, record_property: Callable[[str, object], None]) -> None:
    for case in example.cases:
        _check(case, example)
    slips = [pair for case in example.cases for rows in case.expected.values() for pair in published(rows)]
    slips += [case.total for case in example.cases if case.total[1]]
    assert all(differ(a, b) if isinstance(a, str) and isinstance(b, str) else a != b for a, b in slips), (
        "a number is shown as wrongly published, and trueup's is the same"
    )
    assert bool(slips) == (example.status == "inconsistent")
    record_property("published example", example.status)


RUNS = [
    pytest.param(case, id=f"{example.name}-{i}")
    for example in EXAMPLES
    for i, case in enumerate(example.cases, 1)
    if not case.problems
]


def _paid(result: Result) -> dict[tuple[str, ...], Fraction]:
    """What each payee is paid by plan, component and period."""
    out: dict[tuple[str, ...], Fraction] = {}
    for p in result.payout_rows():
        key = (p.payee, p.plan, p.component, p.period, p.currency)
        out[key] = out.get(key, Fraction(0)) + p.amount
    return {key: amount for key, amount in out.items() if amount}


@pytest.mark.parametrize("case", RUNS)
def test_one_payee_alone_is_paid_the_same(case: Case) -> None:
    read = _read(case, [], case.tables)
    assert read is not None
    everybody = _paid(calculate(*read, as_of=case.as_of, until=case.until))
    for payee in dict.fromkeys(key[0] for key in everybody):
        alone = _paid(calculate(*read, as_of=case.as_of, until=case.until, payees=[payee]))
        assert {k: v for k, v in alone.items() if k[0] == payee} == {
            k: v for k, v in everybody.items() if k[0] == payee
        }


@pytest.mark.parametrize("case", RUNS)
def test_rows_may_stand_in_any_order(case: Case) -> None:
    turned = tuple(
        t if t.name == "fiscal_calendar" else replace(t, rows=t.rows[::-1], lines=t.lines[::-1])
        for t in case.tables
    )
    written, other = _read(case, [], case.tables), _read(case, [], turned)
    assert written is not None
    assert other is not None
    first, second = (calculate(*read, as_of=case.as_of, until=case.until) for read in (written, other))
    assert _paid(first) == _paid(second)


def test_every_example_is_here_once() -> None:
    wanted = (Path(__file__).parent / "ids.txt").read_text(encoding="utf-8").split()
    assert sorted(e.name for e in EXAMPLES) == sorted(wanted)


def test_sources_are_public_addresses() -> None:
    assert [e.name for e in EXAMPLES if not e.source.startswith(("https://", "http://"))] == []
