"""The scenarios of a feature run: the text as it was written, with what happened, failures first."""

from __future__ import annotations

from dataclasses import dataclass

from reports.pages import figures
from reports.record_types import RunRecord
from reports.scenario_types import ScenarioCounts, ScenarioResult

_ORDER = {"failed": 0, "not run": 1, "passed": 2}
MARKS = {"passed": "\u2713", "failed": "\u2717", "not run": "\u25cb"}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement and the scenarios that prove it."""

    name: str
    scenarios: tuple[tuple[str, str, str], ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class ScenariosPage:
    """complete: everything written was selected and executed.  share: how many of the executed passed."""

    counts: ScenarioCounts
    complete: bool
    passed: int
    failed: int
    share: str
    scenarios: tuple[ScenarioResult, ...]
    requirements: tuple[Requirement, ...]
    without_requirement: int


def scenarios_page(record: RunRecord) -> ScenariosPage | None:
    """The scenario part of a record, or None where no scenario was written."""
    counts = record.scenario_counts
    if not counts.written and not record.scenarios:
        return None
    order = {id(scenario): i for i, scenario in enumerate(record.scenarios)}
    ranked = sorted(record.scenarios, key=lambda s: (_ORDER[s.outcome], order[id(s)]))
    passed = sum(scenario.outcome == "passed" for scenario in ranked)
    return ScenariosPage(
        counts,
        counts.written == counts.selected == counts.executed,
        passed,
        sum(scenario.outcome == "failed" for scenario in ranked),
        figures.percent(passed, len(ranked)) or "none executed",
        tuple(ranked),
        _requirements(record.scenarios),
        sum(not scenario.requirements for scenario in ranked),
    )


def _requirements(scenarios: tuple[ScenarioResult, ...]) -> tuple[Requirement, ...]:
    found: dict[str, list[ScenarioResult]] = {}
    for scenario in scenarios:
        for name in scenario.requirements:
            found.setdefault(name, []).append(scenario)
    return tuple(
        Requirement(
            name,
            tuple((s.id, s.case or s.name, s.outcome) for s in group),
            min((s.outcome for s in group), key=lambda outcome: _ORDER[outcome]),
        )
        for name, group in sorted(found.items())
    )
