"""What a refusal asks for, as sentences that a feature can take over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.numbers import MINOR_UNITS

if TYPE_CHECKING:
    from harness.facts import Facts

_READING = re.compile(r"^ +([a-z_]+\.[a-z_]+): (.+?) \(", re.MULTILINE)
_NO_QUOTA = re.compile(r'("[^"]+") has .* in (\S+) but no quota')
_OPEN = ("opening_balances", "draws", "adjustments", "advances")
"""Tables of what stands beside the calculation."""
_CURRENCY = re.compile(r"\b[A-Z]{3}\b")
_NO_OBJECTIVES = re.compile(r'"reported (?:weight of )?`?(?P<objective>.+?)`?" is missing \("(?P<payee>.+)" in (?P<period>\S+)\)')
_NO_TARGET = re.compile(r'"target incentive" is missing \("(?P<payee>.+)" in (?P<period>\S+)\)')


def reworded(problems: Sequence[Problem], facts: Facts) -> list[Problem]:
    """The same Problems in the words of the sentences, each at a line of the feature."""
    return [_placed(_by_objectives(p, facts), facts) for p in problems]


def _by_objectives(problem: Problem, facts: Facts) -> Problem:
    """What a plan by objectives lacks, which the sentence states as a formula over other tables."""
    own = [d for d in facts.drafts.values() if d.by_objectives is not None and d.by_objectives == problem.where]
    if problem.slug != "missing-value" or not own:
        return problem
    name = own[0].name
    if (found := _NO_OBJECTIVES.search(problem.what)) is not None:
        what = f'"{found["payee"]}" is on the plan "{name}" and has no objectives for {found["period"]}'
        remedy = f'Add: these objectives of "{found["payee"]}" for {found["period"]}:  with the columns objective, weight, result'
        return replace(problem, what=what, why="What they achieved decides what is paid.", remedy=remedy)
    if (found := _NO_TARGET.search(problem.what)) is not None:
        what = f'"{found["payee"]}" is on the plan "{name}" and has no target incentive in {found["period"]}'
        remedy = "Add the columns target incentive and period to: these plan assignments:"
        return replace(problem, what=what, why="The objectives are worth a share of it.", remedy=remedy)
    return problem


def _placed(problem: Problem, facts: Facts) -> Problem:
    """A Problem that names no place, at the row of the scenario that it is about; else at the step that calculates."""
    if problem.where.file:
        return problem
    named, unit = re.search(r'"([^"]+)"', problem.what), _CURRENCY.search(problem.what)
    rows = [(t, row, line) for t in facts.tables if t.name in _OPEN for row, line in zip(t.rows, t.lines, strict=False)]
    for table, row, line in rows:
        if named is not None and named[1] in row and (unit is None or any(cell.endswith(unit[0]) for cell in row)):
            return replace(problem, where=Where(table.file, line))
    return replace(problem, where=facts.where)


def in_sentences(problems: Sequence[Problem]) -> str:
    """Steps to copy that answer Problems, with a value to correct; "" where no step would."""
    steps = dict.fromkeys(step for problem in problems if (step := _step(problem)))
    lines = [f"    {line}" for step in steps for line in step.splitlines()]
    return "\n".join(["", "", "In a feature, with what is true of the plan:", *lines]) if lines else ""


def _step(problem: Problem) -> str:
    if problem.slug == "convention-open" and (reading := _READING.search(problem.remedy)):
        name, first = reading.groups()
        head = f"  | {'convention':<{len(name)}} | {'reading':<{len(first)}} |"
        return f"And every plan follows these conventions:\n{head}\n  | {name:<10} | {first:<7} |"
    if problem.slug == "no-quota" and (missing := _NO_QUOTA.search(problem.what)):
        return f"And {missing[1]} has a quota of 100,000.00 EUR for {missing[2]}"
    mixed = tuple(dict.fromkeys(c for c in _CURRENCY.findall(problem.what) if c in MINOR_UNITS))
    if problem.slug == "currency-mixed" and len(mixed) == 2 and "exchange rates" in problem.remedy:
        paid, other = mixed
        return (
            f'And the plan "..." for FY2026:\n  | setting  | value |\n  | currency | {paid}   |\n'
            "And these exchange rates:\n  | from | to  | rate | valid from |\n"
            f"  | {other}  | {paid} | 0.95 | 2026-01-01 |"
        )
    return ""
