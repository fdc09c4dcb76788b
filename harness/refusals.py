"""What a refusal asks for, as sentences that a feature can take over."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import MINOR_UNITS

_READING = re.compile(r"^ +([a-z_]+\.[a-z_]+): (.+?) \(", re.MULTILINE)
_NO_QUOTA = re.compile(r'("[^"]+") has .* in (\S+) but no quota')
_CURRENCY = re.compile(r"\b[A-Z]{3}\b")


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
