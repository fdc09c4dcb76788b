"""What makes features weaker evidence without making them wrong."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from harness import catalogue
from harness.features import Case, Cell, WrittenFeature, WrittenScenario, WrittenTag
from harness.lint.identity import near_known
from reference_engine.problems import Problem, Where

_TAGS = (("id", "@id:ACC-01", r"id:."), ("req", "@req:PLAN-04", r"req:."), ("sev", "@sev1", r"sev[1-4]\Z"))
_COMMENT = re.compile(r"\s*#+\s*(?P<text>.*)")
_ZERO = re.compile(r"-?0+(?:\.0+)?(?: [A-Z]{3}|%)?")


def advice_of(feature: WrittenFeature) -> Iterator[Problem]:
    """Missing tags, long scenarios, rows without names, steps that are commented out, scenarios that expect only zeros."""
    cases: dict[int, list[Case]] = {}
    for case in feature.cases():
        cases.setdefault(case.scenario.line, []).append(case)
    for scenario in feature.scenarios:
        where = Where(feature.path, scenario.line)
        tags = [t.name for t in (*scenario.tags, *feature.tags)]
        for key, form, pattern in _TAGS:
            if not any(re.match(pattern, t) for t in tags):
                what = f'the scenario "{scenario.name}" has no @{key} tag'
                yield Problem(f"no-{key}", what, where, "Evidence is kept under these tags.", f"Add one above it, like {form}.")
        if len(scenario.steps) > 10:
            what = f'the scenario "{scenario.name}" has {len(scenario.steps)} steps; more than 10 are hard to review'
            why = "What can't be reviewed is signed off unread."
            yield Problem("long-scenario", what, where, why, "Split it, or move common facts to the Background.")
        yield from _unnamed_rows(feature, scenario)
        if _only_zeros(cases.get(scenario.line, [])):
            what = f'every amount that "{scenario.name}" expects is zero'
            why = "It would pass as well where a slip keeps everything from being paid."
            yield Problem("only-zeros", what, where, why, "Expect beside it something that is paid.")
    yield from _commented_out(feature)


def advice_on_tags(features: Sequence[WrittenFeature]) -> Iterator[Problem]:
    """Tags that stand once and are nearly one that stands more often."""
    places: dict[str, list[tuple[WrittenFeature, WrittenTag]]] = {}
    for feature in features:
        groups = [feature.tags, *(s.tags for s in feature.scenarios), *(e.tags for s in feature.scenarios for e in s.examples)]
        for tag in dict.fromkeys(t for tags in groups for t in tags):
            if ":" not in tag.name and not re.fullmatch(r"sev\d", tag.name) and not near_known(tag.name):
                places.setdefault(tag.name, []).append((feature, tag))
    often = [name for name, found in places.items() if len(found) > 1]
    for name, found in places.items():
        near = difflib.get_close_matches(name, [o for o in often if o != name], n=1, cutoff=0.8)
        if len(found) == 1 and near and re.sub(r"\d", "", name) != re.sub(r"\d", "", near[0]):
            feature, tag = found[0]
            what = f"@{name} stands once, and @{near[0]} {len(places[near[0]])} times"
            yield Problem("tag-once", what, Where(feature.path, tag.line, tag.column), "A selection by the tag would miss it.", f"Did you mean: @{near[0]}")


def _unnamed_rows(feature: WrittenFeature, scenario: WrittenScenario) -> Iterator[Problem]:
    for examples in scenario.examples:
        if examples.table and len(examples.table.rows) > 1 and "case" not in [c.value for c in examples.table.header]:
            what = f'the rows of Examples of "{scenario.name}" have no names'
            why = "They are called row 1, row 2 and so on, so a row more changes the names of those below it."
            yield Problem("rows-unnamed", what, Where(feature.path, examples.line), why, "Add a column case with a short name for each row.")


def _only_zeros(cases: list[Case]) -> bool:
    """Whether every expectation of a scenario, in all its rows, is an amount of zero."""
    seen = False
    for case in cases:
        for step in case.steps():
            if step.kind != "then":
                continue
            amounts = re.findall(r"-?\d[\d,]*(?:\.\d+)? [A-Z]{3}\b", step.text)
            amounts += [c.value for row in (step.table.rows if step.table else ()) for c in row if re.fullmatch(r"-?[\d,.]+ [A-Z]{3}", c.value)]
            if not amounts or not all(_ZERO.fullmatch(a) for a in amounts):
                return False
            seen = True
    return seen


def _commented_out(feature: WrittenFeature) -> Iterator[Problem]:
    why = "Nothing of it is tested."
    tables = Counter(c.line for s in feature.scenarios for c in _cells(s))
    for number, line in enumerate(feature.lines, 1):
        match = _COMMENT.match(line)
        if not match or not match["text"]:
            continue
        text = match["text"]
        first, _, rest = text.partition(" ")
        if first in ("Given", "When", "Then", "And", "But", "*") and any(catalogue.find(k, rest) for k in ("given", "when", "then")):
            what = "a step is commented out"
        elif text.startswith("|") and text.endswith("|") and (tables[number - 1] or tables[number + 1]):
            what = "a row of a table is commented out"
        elif re.match(r"(Scenario(?: Outline)?|Examples|Background|Rule):", text):
            what = "a heading is commented out"
        else:
            continue
        yield Problem("commented-out", what, Where(feature.path, number), why, "Restore it, or remove the line.", feature.excerpt(number))


def _cells(scenario: WrittenScenario) -> Iterator[Cell]:
    for table in (*(s.table for s in (*scenario.background, *scenario.steps)), *(e.table for e in scenario.examples)):
        if table:
            for row in (table.header, *table.rows):
                yield from row
