"""No expectation of the library is idle: change any one figure, name or reason that a Then states, and it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.catalogue import find
from harness.feature_files import find_features
from harness.features import Case, Cell, WrittenFeature, WrittenStep, read_feature
from harness.recorder import Recorder
from harness.scene import Scene
from harness.verdicts import Mismatch
from reference_engine.problems import Problem, Stopped

ROOT = Path(__file__).parents[2]
_FIGURE = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?= [A-Z]{3}\b)|\d[\d.,]*(?=%)|(?<= is )\d+\Z|\b\d+(?= units?\Z)")
_IDLE = {"reason", "ticket", "until", "line"}
"""Columns that say why, for people to read; and the name of a line, which finds what the other columns compare."""


def _other(text: str) -> str | None:
    """The text with another figure in it; None where it holds none."""
    match = _FIGURE.search(text)
    if match is None:
        return None
    digits = match[0]
    last = "1" if digits[-1] != "1" else "2"
    return text[: match.start()] + digits[:-1] + last + text[match.end() :]


def _mutants(step: WrittenStep) -> Iterator[WrittenStep]:
    """The step with one thing changed that it states.  Where it has a table, a figure of each column once."""
    text = _other(step.text)
    # A tolerance decides nothing where both sides agree to the cent.
    if text is not None and " within " not in step.text:
        yield replace(step, text=text)
    reason = re.search(r'because "(.+)"', step.text)
    if reason:
        yield replace(step, text=step.text.replace(reason[1], "of quite another reason"))
    if step.docstring is not None:
        yield replace(step, docstring=step.docstring.replace("0", "9"))
    if step.table is None:
        return
    for column, name in enumerate(c.value for c in step.table.header):
        if name in _IDLE:
            continue
        for number, row in enumerate(step.table.rows):
            cell = row[column]
            changed = _other(cell.value) or ("nobody at all" if cell.value and not re.match(r"\d", cell.value) else None)
            if changed is None:
                continue
            cells = (*row[:column], Cell(changed, cell.line, cell.column), *row[column + 1 :])
            rows = (*step.table.rows[:number], cells, *step.table.rows[number + 1 :])
            yield replace(step, table=replace(step.table, rows=rows))
            break


def _scenarios() -> list[tuple[WrittenFeature, Case]]:
    found = []
    for path in find_features([ROOT / "features"]):
        problems: list[Problem] = []
        feature = read_feature(path, problems)
        assert feature is not None, problems
        seen: set[str] = set()
        for case in feature.cases():
            if case.scenario.name not in seen:
                seen.add(case.scenario.name)
                found.append((feature, case))
    return found


def _run(feature: WrittenFeature, case: Case, steps: tuple[WrittenStep, ...]) -> str:
    """What the first step that fails says; "" where all hold."""
    recorder = Recorder(feature, case, steps)
    scene = Scene(recorder, ROOT)
    for step in steps:
        recorder.start_step()
        try:
            scene.perform(find(step.kind, step.text)[0], step.text)
        except (Mismatch, Stopped) as error:
            return str(error) or "failed"
        recorder.end_step("passed")
    return ""


@pytest.mark.parametrize(("feature", "case"), _scenarios(), ids=lambda v: v.node if isinstance(v, Case) else "")
def test_a_then_that_says_something_else_fails(feature: WrittenFeature, case: Case) -> None:
    steps = tuple(case.steps())
    tried = 0
    for position, step in enumerate(steps):
        if step.kind != "then":
            continue
        for mutant in _mutants(step):
            tried += 1
            assert _run(feature, case, (*steps[:position], mutant, *steps[position + 1 :])), f"still holds: {mutant}"
    assert tried, "no Then of this scenario states anything that could be changed"
