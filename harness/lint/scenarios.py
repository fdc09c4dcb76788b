"""The shape of scenarios: facts, then one event, then what must come out."""

from __future__ import annotations

from collections.abc import Iterator

from harness.catalogue import find
from harness.features import WrittenFeature, WrittenScenario, WrittenStep
from reference_engine.problems import Problem, Where


def background_problems(feature: WrittenFeature) -> Iterator[Problem]:
    seen: set[int] = set()
    for step in (*feature.background, *(s for scenario in feature.scenarios for s in scenario.background)):
        if step.kind != "given" and step.line not in seen:
            what = f'a Background holds Given steps only, not "{step.keyword} {step.text}"'
            yield Problem("background-kind", what, Where(feature.path, step.line, step.column), remedy="Move the step into the scenarios.")
        seen.add(step.line)


def scenario_problems(feature: WrittenFeature, scenario: WrittenScenario) -> Iterator[Problem]:
    where = Where(feature.path, scenario.line)
    named = f'the scenario "{scenario.name}"'
    if not scenario.steps:
        yield Problem("scenario-without-steps", f"{named} has no steps", where, "It would pass without testing anything.", "Add steps or remove it.")
    else:
        kinds = [s.kind for s in scenario.steps]
        if "then" not in kinds and "then" not in map(_meant_kind, scenario.steps):
            yield Problem("scenario-without-then", f"{named} has no Then", where, "It would pass whatever is calculated.", "Say what must come out.")
        groups = [s for s in scenario.steps if s.kind == "when"]
        if len(groups) != 1:
            groups = [s for s in scenario.steps if _meant_kind(s) == "when"]
        if not groups:
            yield Problem("scenario-without-when", f"{named} has no When", where, "Nothing would be calculated.", "Add: When commissions are calculated for 2026-Q1")
        elif len(groups) > 1:
            place = Where(feature.path, groups[1].line, groups[1].column)
            why = "A scenario shows the outcome of one event; with two nobody knows which one an expectation is about."
            yield Problem("when-twice", f"{named} has {len(groups)} When steps", place, why, "Calculate one longer period, or write two scenarios.")
        yield from _order(feature, scenario)


def _meant_kind(step: WrittenStep) -> str:
    """The kind of the sentence.  Under another keyword it is a Problem of its own, with a shorter way out."""
    kinds = (step.kind, "given", "when", "then")
    return next((kind for kind in kinds if kind and find(kind, step.text)), step.kind)


def _order(feature: WrittenFeature, scenario: WrittenScenario) -> Iterator[Problem]:
    rank = {"given": 0, "when": 1, "then": 2}
    reached = 0
    for step in scenario.steps:
        if step.kind and rank[step.kind] < reached:
            what = f'"{step.keyword} {step.text}" comes too late'
            why = "Facts come first, then the event, then what must come out; a fact stated later has no effect."
            yield Problem("step-order", what, Where(feature.path, step.line, step.column), why, "Order the steps: Given, When, Then.")
        reached = max(reached, rank.get(step.kind, 0))
