"""One slip, one Problem: what only follows from a slip above it is left out, and a table under the wrong step is told as that."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from harness import catalogue
from harness.features import WrittenFeature, WrittenStep
from harness.gherkin_words import meant_heading
from harness.value_types import NotAValue
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.schemas import TableSchema

_FOLLOWS = {"background-kind", "step-kind-missing", "examples-column-unused"}
_COLUMNS = {"unknown-column", "missing-column"}


def one_slip_each(feature: WrittenFeature, problems: Iterable[Problem]) -> list[Problem]:
    """The Problems without those that are gone once another one is mended."""
    listed = list(problems)
    lost = sorted(p.where.line for p in listed if p.slug == "step-keyword")
    kept = [p for p in listed if not _follows(feature, p, lost)]
    return _moved_tables(feature, kept)


def _follows(feature: WrittenFeature, problem: Problem, lost: list[int]) -> bool:
    """Whether a step whose keyword isn't read stands above, and is why the Problem is one."""
    line = problem.where.line
    above = max((at for at in lost if at < line), default=0)
    if not above:
        return False
    between = [text.strip() for text in feature.lines[above : line - 1]]
    if problem.slug == "table-in-description":
        return all(text.startswith(("|", "#")) or not text for text in between)
    within = {"Examples"} if problem.slug == "examples-column-unused" else set()
    return problem.slug in _FOLLOWS and not any((head := _heading(text, feature.language)) and head not in within for text in between)


def _heading(text: str, language: str) -> str:
    return meant_heading(text, language) if re.match(r"[^\s|#:][^|:]*:", text) else ""


def _nearest(lines: Iterable[int], line: int) -> list[int]:
    return sorted(lines, key=lambda at: abs(at - line))


def _moved_tables(feature: WrittenFeature, problems: list[Problem]) -> list[Problem]:
    """A step without its table and a step with one too many become one Problem, which says where the table belongs."""
    steps = {s.line: s for scenario in feature.scenarios for s in (*scenario.background, *scenario.steps)}
    missing = {p.where.line: p for p in problems if p.slug == "table-missing" and p.where.line in steps}
    out: list[Problem] = []
    told: set[int] = set()
    for problem in problems:
        step = steps.get(problem.where.line) if problem.slug == "table-not-taken" else None
        near = _nearest(missing, problem.where.line)
        home = next((steps[at] for at in near if at not in told and step is not None and _fits(step, steps[at])), None)
        if step is None or step.table is None or home is None:
            out.append(problem)
            continue
        told.add(home.line)
        where = Where(problem.where.file, step.table.header[0].line if step.table.header else step.line)
        what = f'this table stands below "{step.text}", and belongs to "{home.text}" on line {home.line}'
        remedy = f"Move it right below line {home.line}."
        out.append(Problem("table-not-taken", what, where, "A table counts for the step right above it.", remedy, problem.excerpt))
    return _swapped_tables(steps.values(), [p for p in out if not (p.slug == "table-missing" and p.where.line in told)])


def _swapped_tables(steps: Iterable[WrittenStep], problems: list[Problem]) -> list[Problem]:
    """A table with the columns of another step's table is told as that, and not column by column."""
    listed = [s for s in steps if s.table is not None and s.table.header]
    heads = {s.table.header[0].line: s for s in listed if s.table is not None}
    wrong = {p.where.line for p in problems if p.slug in _COLUMNS} & heads.keys()
    homes = {
        line: home
        for line in wrong
        if (home := next((s for s in listed if s is not heads[line] and not _fits(s, s) and _fits(heads[line], s)), None)) is not None
    }
    out: list[Problem] = []
    for problem in problems:
        line = problem.where.line
        if problem.slug not in _COLUMNS or line not in homes:
            out.append(problem)
        elif not any(p.slug == "table-not-taken" and p.where.line == line for p in out):
            what = f'this table stands below "{heads[line].text}", and belongs to "{homes[line].text}" on line {homes[line].line}'
            remedy = f"Move it right below line {homes[line].line}."
            out.append(Problem("table-not-taken", what, Where(problem.where.file, line), "A table counts for the step right above it.", remedy))
    return out


def _fits(held: WrittenStep, home: WrittenStep) -> bool:
    """Whether the table of one step has the columns that another one needs."""
    schema = _schema(home)
    if schema is None or held.table is None:
        return False
    header = {cell.value for cell in held.table.header}
    known = {field.name for field in schema.fields}
    return header <= known and {f.name for f in schema.fields if f.required} <= header


def _schema(step: WrittenStep) -> TableSchema | None:
    for sentence in catalogue.find(step.kind, step.text):
        try:
            return sentence.schema(sentence.read(sentence.texts(step.text) or {}))
        except NotAValue:
            continue
    return None


def in_order(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Each once, from the top of the file down."""
    yield from sorted(dict.fromkeys(problems), key=lambda p: (p.where.line, p.where.column))
