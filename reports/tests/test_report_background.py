"""The Background of a scenario is folded once it has passed, and lost neither on paper nor where it fails."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reports.record_types import RunRecord
from reports.scenario_types import StepResult
from reports.site import draw
from reports.tests.synthetic import synthetic_record
from reports.tests.synthetic_scenarios import with_scenarios

SHARED = "fiscal year FY2026 starts on 2026-01-01 with monthly periods"


def page(tmp_path: Path, outcome: str) -> str:
    record: RunRecord = with_scenarios(synthetic_record(6, 3))
    first = StepResult("Given", SHARED, "passed" if outcome == "passed" else "failed", line=4)
    scenarios = tuple(
        replace(s, steps=(first, *(replace(step, line=s.line + n) for n, step in enumerate(s.steps, 1)))) for s in record.scenarios
    )
    return draw(replace(record, scenarios=scenarios), tmp_path).read_text("utf-8")


def folds(text: str) -> list[str]:
    return [part.partition("</details>")[0] for part in text.split('<details class="background"')[1:]]


def test_a_background_that_passed_is_folded_and_its_steps_are_in_it(tmp_path: Path) -> None:
    found = folds(page(tmp_path, "passed"))
    assert len(found) == 2
    for fold in found:
        assert fold.startswith("><summary>Background")
        assert "1 step, all passed" in fold
        assert SHARED in fold
        assert "commissions are calculated" not in fold


def test_a_background_that_failed_stands_open(tmp_path: Path) -> None:
    assert all(fold.startswith(" open>") and "not all passed" in fold for fold in folds(page(tmp_path, "failed")))


def test_a_scenario_without_a_background_has_none_to_unfold(tmp_path: Path) -> None:
    text = draw(with_scenarios(synthetic_record(6, 3)), tmp_path).read_text("utf-8")
    assert folds(text) == []
    assert "commissions are calculated for 2026-Q1" in text
