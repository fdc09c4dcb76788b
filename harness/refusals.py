"""What ends a refusal, in the sentences that a feature would need."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reference_engine.problems import Problem

_READING = re.compile(r"^ +([a-z_]+\.[a-z_]+): (.+?) \(", re.MULTILINE)
_CURRENCIES = (
    'And the plan "AE Flat" for FY2026:\n  | setting  | value |\n  | currency | EUR   |\n'
    "And these exchange rates:\n  | from | to  | rate | valid from |\n  | CHF  | EUR | 0.95 | 2026-01-01 |"
)
_SENTENCES = {
    "no-quota": 'And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1',
    "currency-mixed": _CURRENCIES,
}


def in_sentences(problems: Sequence[Problem]) -> str:
    """Sentences to copy, in examples' names, that answer Problems; "" where there are none."""
    steps = dict.fromkeys(step for problem in problems if (step := _sentence(problem)))
    lines = [f"    {line}" for step in steps for line in step.splitlines()]
    return "\n".join(["", "", "In a feature:", *lines]) if lines else ""


def _sentence(problem: Problem) -> str:
    reading = _READING.search(problem.remedy) if problem.slug == "convention-open" else None
    if reading:
        name, first = reading.groups()
        width, second = max(len(name), 10), max(len(first), 7)
        rows = [("convention", "reading"), (name, first)]
        return "\n".join(["And every plan follows these conventions:", *(f"  | {a:<{width}} | {b:<{second}} |" for a, b in rows)])
    return _SENTENCES.get(problem.slug, "")
