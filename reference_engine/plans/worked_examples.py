"""Worked examples as complete plans: what an example leaves out is filled in, so that it can be copied and run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from reference_engine.mechanics.registry import Example
from reference_engine.plans.convention_case import Shown
from reference_engine.plans.document import Node, parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.plans.written_plan import scalar
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

LEFT_OUT = {"plan": "P", "pays": "monthly", "conventions": {"rounding": "exact"}}
"""What stands in a plan whose example doesn't write it."""
LEFT_OPEN = {"returns.earn": "signed", "balance.negative": "paid out"}
"""Conventions of nearly every plan, for examples that aren't about them."""


def whole_plan(example: Example) -> dict[str, object]:
    """The plan of an example with what it leaves out, in the order in which a plan is read."""
    problems: list[Problem] = []
    written = parse_yaml(example.plan, "example", problems)
    if written is None:
        raise Stopped(problems)
    stated = {name: entry.plain() for name, entry in written.items()}
    conventions = stated.get("conventions", LEFT_OUT["conventions"])
    assert isinstance(conventions, dict)
    whole = {
        **LEFT_OUT,
        **stated,
        "conventions": {**conventions, **{k: v for k, v in LEFT_OPEN.items() if k not in conventions}},
    }
    first = [n for n in ("plan", "currency", "pays", "eligible", "valid", "conventions") if n in whole]
    return {name: whole[name] for name in [*first, *(n for n in whole if n not in first)]}


def cells(text: str) -> list[tuple[str, ...]]:
    """The rows of a table that is written with | between its cells."""
    return [tuple(c.strip() for c in row.split("|")) for row in text.splitlines()]


def calculated(example: Example) -> Result:
    """What the engine makes of an example.  Raises Stopped where it refuses it."""
    problems: list[Problem] = []
    plan = read_plan(Node.of(whole_plan(example)), problems)
    tables = [
        TextTable(name, rows[0], tuple(rows[1:]))
        for name, text in example.tables.items()
        for rows in [cells(text)]
    ]
    world = read_world(tables, problems)
    if plan is None or problems:
        raise Stopped(problems)
    return calculate([plan], world, as_of=_day(example.as_of), until=_day(example.until))


def payouts(result: Result) -> dict[tuple[str, str], str]:
    """payee, period -> what is paid, each currency by itself, in the order of the result."""
    totals: dict[tuple[str, str, str], Fraction] = {}
    for row in result.payout_rows():
        key = (row.payee, row.period, row.currency)
        totals[key] = totals.get(key, Fraction(0)) + row.amount
    out: dict[tuple[str, str], list[str]] = {}
    for (payee, period, unit), amount in totals.items():
        out.setdefault((payee, period), []).append(format_money(amount, unit))
    return {key: " and ".join(amounts) for key, amounts in out.items()}


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def money_of(shown: Shown) -> dict[str, str]:
    """What each reading of a convention pays in its case, calculated by the engine."""
    rows = {reading: _rows(shown, reading) for reading in shown.money}
    every = [key for found in rows.values() for key in found or {}]
    by_payee, by_period = (len({key[at] for key in every}) > 1 for at in (0, 1))
    out: dict[str, str] = {}
    for reading, found in rows.items():
        words = [
            " ".join([*([payee] if by_payee else []), *([period] if by_period else []), amount])
            for (payee, period), amount in (found or {}).items()
        ]
        out[reading] = "refused" if found is None else ", ".join(words) or "nothing"
    return out


def case_of(shown: Shown, reading: str) -> Example:
    """The worked example of one reading of a convention."""
    example = shown.instead.get(reading, shown.example)
    return replace(example, plan=example.plan.replace("{reading}", scalar(reading)))


def _rows(shown: Shown, reading: str) -> dict[tuple[str, str], str] | None:
    try:
        found = payouts(calculated(case_of(shown, reading)))
    except Stopped:
        return None
    return {key: amount for key, amount in found.items() if shown.only in ("", *key)}
