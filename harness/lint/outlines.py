"""Outlines and their Examples: every row runs, every column is used, every placeholder is filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from harness.features import PLACEHOLDER, WrittenExamples, WrittenFeature, WrittenScenario
from reference_engine.problems import Problem, Where, did_you_mean


def outline_problems(feature: WrittenFeature, scenario: WrittenScenario) -> Iterator[Problem]:
    where = Where(feature.path, scenario.line)
    used = dict(_placeholders(scenario))
    if not scenario.outline:
        for name, place in used.items():
            remedy = "Write the value itself, or make it a Scenario Outline with an Examples table."
            yield Problem("placeholder", f"<{name}> stands in a scenario without Examples", Where(feature.path, *place), "It would be taken literally.", remedy)
        return
    if not scenario.examples:
        what = f'the outline "{scenario.name}" has no Examples'
        yield Problem("outline-without-examples", what, where, "It would run once with its raw <placeholders>.", "Add an Examples table.")
    cases: Counter[str] = Counter()
    for examples in scenario.examples:
        yield from _examples_table(feature, scenario, examples, used)
        if examples.table:
            header = [c.value for c in examples.table.header]
            if "case" in header:
                for row in examples.table.rows:
                    cell = row[header.index("case")]
                    cases[cell.value] += 1
                    if not cell.value or cases[cell.value] == 2:
                        what = f'the case "{cell.value}" stands twice' if cell.value else "the case has no name"
                        remedy = "Give each row a short name of its own."
                        yield Problem("case-name", what, Where(feature.path, cell.line, cell.column), "Evidence is kept under it.", remedy)


def _examples_table(
    feature: WrittenFeature, scenario: WrittenScenario, examples: WrittenExamples, used: dict[str, tuple[int, int]]
) -> Iterator[Problem]:
    where = Where(feature.path, examples.line)
    if examples.table is None or not examples.table.rows:
        what = f'the Examples of "{scenario.name}" have no rows'
        yield Problem("examples-without-rows", what, where, "The outline would run with its raw <placeholders>, or not at all.", "Add a row for each case.")
        return
    header = [c.value for c in examples.table.header]
    for name, count in Counter(header).items():
        if count > 1:
            yield Problem("column-twice", f'Examples have two columns "{name}"', where, "Only one of them would count.", "Rename or remove one.")
    for name, place in used.items():
        if name not in header:
            near = did_you_mean(name, header)
            remedy = f"{near[: near.index(':')]}: <{near.rpartition(': ')[2]}>" if near.startswith("Did") else near
            what = f"<{name}> is not a column of Examples"
            yield Problem("placeholder", what, Where(feature.path, *place), "The step would be run with the literal text.", remedy)
    for name in header:
        if name not in used and name != "case":
            what = f'no step uses the Examples column "{name}"'
            remedy = f"Use <{name}> in a step, or remove the column."
            yield Problem("examples-column-unused", what, where, "What the column says would not be tested.", remedy)


def _placeholders(scenario: WrittenScenario) -> Iterator[tuple[str, tuple[int, int]]]:
    """Each placeholder with the line and column where it is first used; a Background's are the scenario's too."""
    seen: set[str] = set()
    for step in (*scenario.background, *scenario.steps):
        cells = [c for row in ((step.table.header, *step.table.rows) if step.table else ()) for c in row]
        for text, line, column in ((step.text, step.line, step.column), *((c.value, c.line, c.column) for c in cells), (step.docstring or "", step.line, step.column)):
            for name in PLACEHOLDER.findall(text):
                if name not in seen:
                    seen.add(name)
                    yield name, (line, column)
