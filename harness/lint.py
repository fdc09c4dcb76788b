"""Checks feature files before anything runs: whatever would be lost, ignored or misread is a Problem."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness import catalogue
from harness.features import (
    PLACEHOLDER,
    STEP_KEYWORDS,
    Case,
    WrittenExamples,
    WrittenFeature,
    WrittenScenario,
    WrittenStep,
    find_features,
    read_feature,
)
from reference_engine.problems import Problem, Where, did_you_mean

# Words that begin ordinary sentences of a description and look like a step keyword.
_PLAIN_WORDS = {"the", "then", "an", "any", "and", "they", "them", "there", "these", "than", "when", "who", "given", "gives", "but", "by", "all"}
_HEADING = re.compile(r"(Scenario Outline|Scenario Template|Scenario)\b(?!.*:)|(Background|Examples|Rule|Feature)\Z")


def lint_features(paths: Iterable[str | Path]) -> list[Problem]:
    """Every Problem of the feature files at these paths and below them.  Runs nothing."""
    problems: list[Problem] = []
    ids: dict[str, Where] = {}
    for path in find_features(paths):
        feature = read_feature(path, problems)
        if feature is not None:
            problems += lint_feature(feature, ids)
    return problems


def lint_feature(feature: WrittenFeature, ids: dict[str, Where] | None = None) -> list[Problem]:
    """Every Problem of one feature.  ids: the @id tags of the features checked before; those of this one are added."""
    problems: list[Problem] = []
    problems += _lost_headings(feature)
    problems += _names(feature)
    problems += _ids(feature, {} if ids is None else ids)
    if not feature.scenarios:
        where = Where(feature.path, feature.line)
        why = "The file would count as tested although nothing was."
        problems.append(Problem("feature-without-scenario", "the feature has no scenario", where, why, "Add a scenario or remove the file."))
    problems += _background(feature)
    for scenario in feature.scenarios:
        problems += _scenario(feature, scenario)
    problems += _steps(feature)
    return _sorted(problems)


def advise_features(paths: Iterable[str | Path]) -> list[Problem]:
    """What makes features weaker evidence without making them wrong: missing @id, @req or @sev, long scenarios."""
    found: list[Problem] = []
    for path in find_features(paths):
        feature = read_feature(path, [])
        for scenario in feature.scenarios if feature else ():
            assert feature is not None
            where = Where(feature.path, scenario.line)
            tags = [t.name for t in (*scenario.tags, *feature.tags)]
            for key, form, pattern in (("id", "@id:ACC-01", r"id:."), ("req", "@req:PLAN-04", r"req:."), ("sev", "@sev1", r"sev[1-4]\Z")):
                if not any(re.match(pattern, t) for t in tags):
                    what = f'the scenario "{scenario.name}" has no @{key} tag'
                    found.append(Problem(f"no-{key}", what, where, "Evidence is kept under these tags.", f"Add one above it, like {form}."))
            if len(scenario.steps) > 10:
                what = f'the scenario "{scenario.name}" has {len(scenario.steps)} steps; more than 10 are hard to review'
                found.append(Problem("long-scenario", what, where, remedy="Split it, or move common facts to the Background."))
    return found


def _lost_headings(feature: WrittenFeature) -> Iterator[Problem]:
    """Lines that the reader takes for description although their author meant a heading or a step."""
    described = [*feature.description]
    for scenario in feature.scenarios:
        described += scenario.description
    why = "It is read as a description, so the scenario or step would be lost without a word."
    for line, text in described:
        where = Where(feature.path, line)
        first, _, rest = text.partition(" ")
        heading = _HEADING.match(text)
        if heading:
            word = heading[1] or heading[2]
            what = f'this looks like a {"scenario " if heading[1] else ""}heading without ":"'
            yield Problem("heading-without-colon", what, where, why, f"Write {word}: and the name.", feature.excerpt(line))
        elif text.startswith("|"):
            yield Problem("table-in-description", "this looks like a table, and no step stands above it", where, why, "Put it below its step.", feature.excerpt(line))
        elif _is_step(rest) or (rest and _misspelt(first)):
            near = difflib.get_close_matches(first.capitalize(), STEP_KEYWORDS, n=1, cutoff=0.5)
            if first in STEP_KEYWORDS:
                remedy = "Put it below a heading such as Scenario: and its name."
                yield Problem("step-outside-scenario", "this looks like a step outside a scenario", where, why, remedy, feature.excerpt(line))
            else:
                remedy = f"Did you mean: {near[0] if near else 'Given'} {rest}"
                yield Problem("step-keyword", f'"{first}" is not a step keyword', where, why, remedy, feature.excerpt(line))


def _is_step(text: str) -> bool:
    return bool(text) and any(catalogue.find(kind, text) for kind in ("given", "when", "then"))


def _misspelt(word: str) -> bool:
    if word.casefold() in _PLAIN_WORDS or word in STEP_KEYWORDS or len(word) > 6:
        return False
    return bool(difflib.get_close_matches(word.capitalize(), ("Given", "When", "Then"), n=1, cutoff=0.75))


def _names(feature: WrittenFeature) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for scenario in feature.scenarios:
        if not scenario.name:
            yield Problem("scenario-without-name", "the scenario has no name", Where(feature.path, scenario.line), remedy="Say in a few words what it proves.")
            continue
        if scenario.name in seen:
            what = f'the scenarios on lines {seen[scenario.name]} and {scenario.line} have the same name "{scenario.name}"'
            yield Problem("scenario-twice", what, Where(feature.path, scenario.line), "Only one of them would run.", "Give each its own name.")
        seen.setdefault(scenario.name, scenario.line)


def _ids(feature: WrittenFeature, ids: dict[str, Where]) -> Iterator[Problem]:
    for scenario in feature.scenarios:
        own = [t for t in scenario.tags if t.name.startswith("id:")]
        if len(own) > 1:
            what = f'the scenario "{scenario.name}" has {len(own)} @id tags'
            yield Problem("id-twice", what, Where(feature.path, own[1].line, own[1].column), remedy="Keep one.")
        for tag in own[:1]:
            where = Where(feature.path, tag.line, tag.column)
            if tag.name == "id:":
                yield Problem("id-empty", "@id: names nothing", where, remedy="Write it like @id:ACC-01.")
            elif tag.name in ids:
                what = f'@{tag.name} stands twice; first at {ids[tag.name]}'
                yield Problem("id-twice", what, where, "Evidence of both would be kept under one name.", "Give each scenario its own @id.")
            else:
                ids[tag.name] = where


def _background(feature: WrittenFeature) -> Iterator[Problem]:
    seen: set[int] = set()
    for step in (*feature.background, *(s for scenario in feature.scenarios for s in scenario.background)):
        if step.kind != "given" and step.line not in seen:
            what = f'a Background holds Given steps only, not "{step.keyword} {step.text}"'
            yield Problem("background-kind", what, Where(feature.path, step.line, step.column), remedy="Move the step into the scenarios.")
        seen.add(step.line)
    if any("<" in s.text and PLACEHOLDER.search(s.text) for s in feature.background):
        return


def _scenario(feature: WrittenFeature, scenario: WrittenScenario) -> Iterator[Problem]:
    where = Where(feature.path, scenario.line)
    named = f'the scenario "{scenario.name}"'
    if not scenario.steps:
        yield Problem("scenario-without-steps", f"{named} has no steps", where, "It would pass without testing anything.", "Add steps or remove it.")
    else:
        kinds = [s.kind for s in scenario.steps]
        if "then" not in kinds:
            yield Problem("scenario-without-then", f"{named} has no Then", where, "It would pass whatever is calculated.", "Say what must come out.")
        groups = [s for s in scenario.steps if s.kind == "when"]
        if not groups:
            yield Problem("scenario-without-when", f"{named} has no When", where, "Nothing would be calculated.", "Add: When commissions are calculated for 2026-Q1")
        elif len(groups) > 1:
            place = Where(feature.path, groups[1].line, groups[1].column)
            why = "A scenario shows the outcome of one event; with two nobody knows which one an expectation is about."
            yield Problem("when-twice", f"{named} has {len(groups)} When steps", place, why, "Calculate one longer period, or write two scenarios.")
        yield from _order(feature, scenario)
    yield from _examples(feature, scenario)


def _order(feature: WrittenFeature, scenario: WrittenScenario) -> Iterator[Problem]:
    rank = {"given": 0, "when": 1, "then": 2}
    reached = 0
    for step in scenario.steps:
        if step.kind and rank[step.kind] < reached:
            what = f'"{step.keyword} {step.text}" comes too late'
            why = "Facts come first, then the event, then what must come out; a fact stated later has no effect."
            yield Problem("step-order", what, Where(feature.path, step.line, step.column), why, "Order the steps: Given, When, Then.")
        reached = max(reached, rank.get(step.kind, 0))


def _examples(feature: WrittenFeature, scenario: WrittenScenario) -> Iterator[Problem]:
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


def _steps(feature: WrittenFeature) -> Iterator[Problem]:
    """A dry run: each step of each case is understood, with its values and its table; nothing is executed."""
    done: set[tuple[int, WrittenStep]] = set()
    for case in feature.cases():
        raw = (*case.scenario.background, *case.scenario.steps)
        for written, step in zip(raw, case.steps(), strict=True):
            if (step.line, step) in done:
                continue
            done.add((step.line, step))
            found: list[Problem] = []
            catalogue.read_step(step, feature.path, found)
            # An unfilled placeholder is a Problem of its own; what follows from it would only hide it.
            open_ones = _open_placeholders(step)
            for problem in found:
                if problem.slug != "wrong-value" or not any(name in problem.what for name in open_ones):
                    yield problem if step == written else _of_case(problem, case)
    yield from _unrun(feature, {s.line for _, s in done})


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


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (p.where.line, p.where.column))
