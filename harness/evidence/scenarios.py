"""The record of a feature run, from what the plug-in wrote down."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.evidence import record_of
from harness.evidence.inputs import file_input, unique
from reference_engine.problems import Problem, Where
from reports import record as kept


def draw_run(folder: Path, started: datetime, command: str, root: Path) -> kept.Verdict:
    """Makes the record and the report of a run whose scenarios.json lies in the folder; returns the verdict.

    root: what the features' paths are relative to.
    """
    from reports.record import save_record
    from reports.site import draw

    found = json.loads((folder / "scenarios.json").read_text(encoding="utf-8"))
    record = feature_record(found, started, command, root)
    save_record(record, folder)
    draw(record, folder)
    return record.verdict


def feature_record(found: dict[str, Any], started: datetime, command: str, root: Path) -> kept.RunRecord:
    """Scenarios, their counts and the verdict.  A run that executed nothing never passes."""
    # A scenario that was skipped stands among those that weren't executed, with the reason.
    scenarios = tuple(_scenario(s) for s in found["scenarios"] if s["outcome"] in ("passed", "failed"))
    missing = tuple(
        kept.NotExecuted(s["feature"], s["scenario"], s.get("id", ""), s["why"])
        for s in found["not_executed"]
    )
    counts = kept.ScenarioCounts(found["written"], found["selected"], found["executed"], missing)
    problems = tuple(
        Problem(
            p["slug"],
            p["what"],
            Where(p["file"], p["line"], p["column"]),
            p["why"],
            p["remedy"],
            p.get("excerpt", ""),
        )
        for p in found["problems"]
    )
    files = sorted({s["feature"] for s in (*found["scenarios"], *found["not_executed"])})
    return kept.RunRecord(
        identity=record_of.identity("Features", "run"),
        circumstances=record_of.circumstances(command, started),
        verdict=_verdict(scenarios, counts, problems, found.get("lost", 0)),
        inputs=unique(file_input(root / f, "feature") for f in files if (root / f).is_file()),
        scenario_counts=counts,
        scenarios=scenarios,
        problems=problems,
    )


def _scenario(s: dict[str, Any]) -> kept.ScenarioResult:
    return kept.ScenarioResult(
        feature=s["feature"],
        feature_name=s["feature_name"],
        name=s["scenario"],
        id=s["id"],
        outcome=s["outcome"] if s["outcome"] in ("passed", "failed") else "not run",
        steps=tuple(
            kept.StepResult(
                step["keyword"], step["text"], step["outcome"] if step["outcome"] in ("passed", "failed") else "not run",
                tuple(tuple(row) for row in step["table"]), "", step["message"],
            )
            for step in s["steps"]
        ),
        requirements=tuple(s["req"]),
        severity=s["sev"],
        case=s["case"],
        rule=s["rule"],
        line=s["line"],
        duration=f"{s['seconds']:.6f}",
    )  # fmt: skip


def _verdict(
    scenarios: Sequence[kept.ScenarioResult],
    counts: kept.ScenarioCounts,
    problems: Sequence[Problem],
    lost: int,
) -> kept.Verdict:
    failed = sum(s.outcome == "failed" for s in scenarios)
    figures = (
        f"{_scenarios(counts.written)} written, {counts.selected:,} selected, {counts.executed:,} executed"
    )
    if problems:
        several = "s" if len(problems) > 1 else ""
        return kept.Verdict("stopped", f"{len(problems)} problem{several} in the features; {figures}.", 2)
    if lost:
        return kept.Verdict("failed", f"{_scenarios(lost)} written and not tested; {figures}.", 1)
    if not counts.executed:
        return kept.Verdict("stopped", f"Nothing was tested: {figures}.", 2)
    if failed:
        return kept.Verdict("failed", f"{failed:,} of {_scenarios(counts.executed)} failed; {figures}.", 1)
    every = "All " if counts.executed > 1 else ""
    return kept.Verdict("passed", f"{every}{_scenarios(counts.executed)} passed; {figures}.", 0)


def _scenarios(number: int) -> str:
    return f"{number:,} scenario{'' if number == 1 else 's'}"
