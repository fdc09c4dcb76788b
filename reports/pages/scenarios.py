"""The scenarios of a feature run: each as it was executed, step by step, failures first."""

from __future__ import annotations

from dataclasses import dataclass

from reports.anchors import anchors
from reports.pages import figures
from reports.pages.features import line_place
from reports.record_types import RunRecord
from reports.scenario_types import ScenarioCounts, ScenarioResult, StepResult

_ORDER = {"failed": 0, "not run": 1, "passed": 2}
MARKS = {"passed": "\u2713", "failed": "\u2717", "not run": "\u25cb"}


@dataclass(frozen=True, slots=True)
class ShownScenario:
    """One scenario, or one row of its Examples.  place: its anchor.  written: the anchor of its line in the feature."""

    id: str
    name: str
    case: str
    outcome: str
    feature: str
    feature_name: str
    rule: str
    requirements: tuple[str, ...]
    severity: str
    line: int
    at: int
    duration: str
    steps: tuple[StepResult, ...]
    place: str
    written: str
    asked: str


@dataclass(frozen=True, slots=True)
class ScenariosPage:
    """complete: everything written was selected and executed.  share: how many of the executed passed."""

    counts: ScenarioCounts
    complete: bool
    passed: int
    failed: int
    share: str
    scenarios: tuple[ShownScenario, ...]


def scenarios_page(record: RunRecord) -> ScenariosPage | None:
    """The scenario part of a record, or None where no scenario was written."""
    counts = record.scenario_counts
    if not counts.written and not record.scenarios:
        return None
    places = anchors(record)
    texts = {feature.path for feature in record.features}
    ranked = sorted(record.scenarios, key=lambda s: _ORDER[s.outcome])
    passed = sum(scenario.outcome == "passed" for scenario in ranked)
    return ScenariosPage(
        counts,
        counts.written == counts.selected == counts.executed,
        passed,
        sum(scenario.outcome == "failed" for scenario in ranked),
        figures.percent(passed, len(ranked)) or "none executed",
        tuple(_shown(s, places[s.feature, s.id, s.case], s.feature in texts) for s in ranked),
    )


def _shown(s: ScenarioResult, place: str, has_text: bool) -> ShownScenario:
    at = s.row or s.line
    written = line_place(s.feature, at) if has_text and at else ""
    return ShownScenario(
        s.id, s.name, s.case, s.outcome, s.feature, s.feature_name, s.rule, s.requirements, s.severity, s.line, at,
        s.duration, s.steps, place, written, s.asked,
    )  # fmt: skip
