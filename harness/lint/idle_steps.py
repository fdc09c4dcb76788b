"""Facts that only another sentence looks at, where that sentence isn't there: they would be stated and never used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.catalogue import find
from harness.features import WrittenFeature, WrittenScenario, WrittenStep
from reference_engine.problems import Problem, Where


@dataclass(frozen=True, slots=True)
class Idle:
    """A fact that needs another sentence.  by: the sentences that look at it.  why, remedy: for whoever left them out."""

    by: frozenset[str]
    why: str
    remedy: str


_PLAN_FILES = frozenset({"P01", "P04", "G01", "G58"})
"""Sentences that bring plans that aren't read here."""
IDLE = {
    "P03": Idle(
        frozenset({"W7"}),
        "no step loads results of a target system",
        'Add: When the target system\'s results for 2026-Q1 are loaded from "...", or leave the mapping out.',
    ),
    "G35": Idle(
        frozenset({"T14"}),
        "no step says how the cost of a deal is spread",
        'Add: Then the expense of deal "D-1" is spread:, or leave this out.',
    ),
    "G44": Idle(
        frozenset({"W6"}),
        "no step makes a forecast",
        "Add: When the pipeline is forecast for 2026-Q2, or leave this out.",
    ),
    "G45": Idle(
        frozenset({"W6"}) | _PLAN_FILES,
        "no step makes a forecast, and no plan counts the pipeline",
        "Add: When the pipeline is forecast for 2026-Q2, or leave this out.",
    ),
}


def idle_problems(feature: WrittenFeature) -> Iterator[Problem]:
    """A Problem for each fact that nothing of its scenario looks at; one of a Background, where no scenario does."""
    used: dict[int, bool] = {}
    stated: dict[int, tuple[WrittenStep, Idle]] = {}
    for scenario in feature.scenarios:
        ids = {id_ for step in _steps(scenario) for id_ in _ids(step)}
        for step in _steps(scenario):
            for id_ in _ids(step):
                idle = IDLE.get(id_)
                if idle is not None:
                    stated[step.line] = (step, idle)
                    counted = id_ == "G45" and any(
                        "pipeline" in s.text for s in _steps(scenario) if s.line != step.line
                    )
                    used[step.line] = used.get(step.line, False) or bool(idle.by & ids) or counted
    for line, (step, idle) in stated.items():
        if not used[line]:
            what = f"{step.text.rstrip(':')} - this changes nothing, because {idle.why}"
            where = Where(feature.path, line, step.column)
            yield Problem(
                "term-unused", what, where, "Whoever reads it believes that it is tested.", idle.remedy
            )


def _steps(scenario: WrittenScenario) -> tuple[WrittenStep, ...]:
    return (*scenario.background, *scenario.steps)


def _ids(step: WrittenStep) -> list[str]:
    return [s.id for s in find(step.kind, step.text)] if step.kind else []
