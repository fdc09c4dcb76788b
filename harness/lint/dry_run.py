"""A dry run: every step of every case is understood, with its values and its table; nothing is executed."""

from __future__ import annotations

from collections.abc import Iterator

from harness import catalogue
from harness.catalogue import ReadStep
from harness.features import PLACEHOLDER, Case, WrittenFeature, WrittenStep
from harness.table_schemas import Rows
from reference_engine.problems import Problem, Where


def step_problems(feature: WrittenFeature) -> Iterator[Problem]:
    """Every Problem of the steps, each once.  A row of Examples is named only where other rows don't have it."""
    known: dict[tuple[int, WrittenStep], list[Problem]] = {}
    cases: dict[int, list[Case]] = {}
    having: dict[tuple[int, Problem], list[Case]] = {}
    for case in feature.cases():
        cases.setdefault(case.scenario.line, []).append(case)
        for step in case.steps():
            key = (step.line, step)
            if key not in known:
                known[key] = _problems_of(step, feature.path)
            for problem in known[key]:
                having.setdefault((case.scenario.line, problem), []).append(case)
    for (line, problem), found in having.items():
        everywhere = len(found) == len(cases[line]) and (len(found) > 1 or not found[0].values)
        yield problem if everywhere else _of_case(problem, found[0])
    yield from _unrun(feature, {line for line, _ in known})


def _problems_of(step: WrittenStep, file: str) -> list[Problem]:
    found: list[Problem] = []
    read = catalogue.read_step(step, file, found)
    if read is not None:
        found += _hollow(step, read, file)
        if read.table is not None and read.sentence.kind == "then":
            found += _blank_columns(step, read.table, file)
    # An unfilled placeholder is a Problem of its own; what follows from it would only hide it.
    open_ones = _open_placeholders(step)
    return [p for p in found if p.slug != "wrong-value" or not any(name in p.what for name in open_ones)]


def _hollow(step: WrittenStep, read: ReadStep, file: str) -> Iterator[Problem]:
    """Names that name nothing, and a reason that fits every refusal."""
    where = Where(file, step.line, step.column)
    for name, kind in read.sentence.slots:
        words = str(read.values[name]).split()
        if kind:
            continue
        if not words:
            why = "A sentence about nothing can hold of anything."
            yield Problem("name-empty", f"{name} is empty", where, why, "Write the name between the quotes.", f"{step.keyword} {step.text}")
        elif name == "reason" and len(words) < 2:
            why = "Parts of a reason are looked for in the message, and one word stands in many."
            yield Problem("reason-vague", f'the reason "{words[0]}" is one word', where, why, "Write what the message says, from its start.")


def _blank_columns(step: WrittenStep, rows: Rows, file: str) -> Iterator[Problem]:
    """A column of expectations in which no row states anything."""
    assert step.table is not None
    for cell in step.table.header:
        if rows.rows and not any(row.text.get(cell.value) for row in rows.rows):
            what = f'no row states anything in the column "{cell.value}"'
            why = "A blank cell is not compared, so the column looks tested and is not."
            yield Problem("column-blank", what, Where(file, cell.line, cell.column), why, "Fill it in, or remove the column.")


def _open_placeholders(step: WrittenStep) -> list[str]:
    cells = [c.value for row in ((step.table.header, *step.table.rows) if step.table else ()) for c in row]
    return [f"<{name}>" for text in (step.text, *cells) for name in PLACEHOLDER.findall(text)]


def _unrun(feature: WrittenFeature, done: set[int]) -> Iterator[Problem]:
    """Steps of outlines without rows are read too, so that all slips show at once."""
    for scenario in feature.scenarios:
        for step in scenario.steps:
            if step.line not in done and not PLACEHOLDER.search(step.text):
                found: list[Problem] = []
                catalogue.read_step(step, feature.path, found)
                yield from (p for p in found if p.slug.startswith("step"))


def _of_case(problem: Problem, case: Case) -> Problem:
    what = f'{problem.what} (Examples row "{case.case}", line {case.row})'
    return Problem(problem.slug, what, problem.where, problem.why, problem.remedy, problem.excerpt)
