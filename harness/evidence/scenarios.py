"""The record of a feature run, from what the plug-in wrote down."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.evidence import record_of
from harness.evidence.gate_results import judged
from harness.evidence.gates import GateFile, read_gates
from harness.evidence.inputs import file_input, unique
from harness.evidence.requirements import read_requirements
from harness.evidence.scenario_inputs import inputs_of
from harness.scenario_inputs import EXPORT
from reference_engine.problems import Problem, Stopped, Where
from reports import record as kept
from reports.feature_types import FeatureText
from reports.requirement_types import RequirementList
from reports.subject_types import Subject

REFERENCE = "trueup's reference engine; no target system took part"
WITH_TARGET = "trueup's reference engine, and exports of a target system where scenarios name them"
LIMITS = (
    "Only what the scenarios say was tested: their plans, people and deals are examples, not the company's data.",
    "No target system was asked, and nothing was compared with what it pays.",
)


@dataclass(frozen=True, slots=True)
class RunFiles:
    """What was given to a run of features beside the features.  suite: the files and folders that were named."""

    suite: str = ""
    gates: Path | None = None
    requirements: Path | None = None
    history: Path | None = None


NO_FILES = RunFiles()


def draw_run(folder: Path, started: datetime, command: str, root: Path, files: RunFiles = NO_FILES) -> kept.Verdict:
    """Makes the record and the report of a run whose scenarios.json lies in the folder; returns the verdict.

    root: what the features' paths are relative to.
    """
    from harness.evidence.history import keep, with_history
    from reports.record import save_record
    from reports.site import draw

    found = json.loads((folder / "scenarios.json").read_text(encoding="utf-8"))
    record = with_history(feature_record(found, started, command, root, files), files.history)
    record = judged(record, _gates(files.gates), found.get("lost", 0))
    save_record(record, folder)
    draw(record, folder)
    keep(folder, record, files.history)
    return record.verdict


def feature_record(
    found: dict[str, Any], started: datetime, command: str, root: Path, files: RunFiles = NO_FILES
) -> kept.RunRecord:
    """Scenarios, their counts and the verdict.  A run that executed nothing never passes."""
    # A scenario that was skipped stands among those that weren't executed, with the reason.
    scenarios = tuple(_scenario(s) for s in found["scenarios"] if s["outcome"] in ("passed", "failed"))
    missing = tuple(
        kept.NotExecuted(
            s["feature"], s["scenario"], s.get("id", ""), s["why"], s.get("case", ""), s.get("line", 0),
            s.get("sev", ""), tuple(s.get("req", ())),
        )
        for s in found["not_executed"]
    )  # fmt: skip
    counts = kept.ScenarioCounts(found["written"], found["selected"], found["executed"], missing)
    problems = [
        Problem(
            p["slug"],
            p["what"],
            Where(p["file"], p["line"], p["column"]),
            p["why"],
            p["remedy"],
            p.get("excerpt", ""),
        )
        for p in found["problems"]
    ]
    features = tuple(_texts(found.get("features", ()), root, problems))
    names = sorted({s["feature"] for s in (*found["scenarios"], *found["not_executed"])})
    inputs = [file_input(root / f, "feature") for f in names if (root / f).is_file()]
    inputs += inputs_of(found["scenarios"], root)
    inputs += [file_input(f, role) for f, role in ((files.requirements, "list of requirements"), (files.gates, "file of gate rules")) if f]
    known = tuple(kept.KnownDifference(**{**k, "differences": ()}) for s in found["scenarios"] for k in s.get("known", ()))
    return kept.RunRecord(
        identity=record_of.identity(f"Acceptance test of {files.suite}" if files.suite else "Features", "run"),
        circumstances=record_of.circumstances(command, started),
        verdict=_verdict(scenarios, counts, problems, found.get("lost", 0)),
        inputs=unique(inputs),
        scenario_counts=counts,
        scenarios=scenarios,
        problems=tuple(problems),
        known=known,
        limits=(LIMITS[0], *_limits_of_targets(known, inputs)),
        subject=_subject(found, files.suite, exports_of(inputs)),
        requirements=_requirements(files.requirements),
        features=features,
    )


def exports_of(inputs: Sequence[kept.Input]) -> list[str]:
    """The exports of target systems that scenarios have loaded."""
    return [i.path for i in inputs if i.role == EXPORT]


def _limits_of_targets(known: Sequence[kept.KnownDifference], inputs: Sequence[kept.Input]) -> Iterator[str]:
    """That no target system was asked, or which of its exports were compared, and what was accepted."""
    exports = exports_of(inputs)
    if not exports:
        yield LIMITS[1]
        return
    yield f"Of the target system only the exports that scenarios name were compared: {', '.join(dict.fromkeys(exports))}."
    accepted = [k for k in known if k.state == "accepted"]
    if accepted:
        one = len(accepted) == 1
        yield (
            f"{len(accepted):,} difference{'' if one else 's'} from the target system {'is' if one else 'are'} accepted by scenarios, "
            f"{'until' if one else 'the first until'} {min(k.until for k in accepted)}; see the known differences."
        )


def _subject(found: dict[str, Any], suite: str, exports: Sequence[str]) -> Subject:
    paid = [p for s in found["scenarios"] for p in s.get("payouts", ())]
    periods, currencies = (sorted({p[name] for p in paid if p[name]}) for name in ("period", "currency"))
    return Subject(suite or "features", WITH_TARGET if exports else REFERENCE, tuple(periods), tuple(currencies))


def _texts(listed: Iterable[dict[str, str]], root: Path, problems: list[Problem]) -> Iterator[FeatureText]:
    """The features as they were written.  One that was changed while it ran is a Problem: its text is not what ran."""
    for one in listed:
        path = root / one["feature"]
        try:
            content = path.read_bytes()
            text = content.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            content, text = b"", ""
        lines = hashlib.sha256("\n".join(text.splitlines()).encode("utf-8", "surrogatepass")).hexdigest()
        if lines != one["lines_sha256"]:
            what = "the feature was changed while it ran"
            why = "The report would show another text than the one that was executed."
            problems.append(Problem("feature-changed", what, Where(one["feature"]), why, "Run it again."))
        else:
            yield FeatureText(one["feature"], one["name"], hashlib.sha256(content).hexdigest(), text)


def _gates(path: Path | None) -> GateFile | None:
    problems: list[Problem] = []
    gates = read_gates(path, problems) if path is not None else None
    if problems:
        raise Stopped(problems)
    return gates


def _requirements(path: Path | None) -> RequirementList | None:
    problems: list[Problem] = []
    found = read_requirements(path, problems) if path is not None else None
    if problems:
        raise Stopped(problems)
    return found


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
                tuple(tuple(row) for row in step["table"]), step.get("doc", ""), step["message"], step.get("line", 0),
            )
            for step in s["steps"]
        ),
        requirements=tuple(s["req"]),
        severity=s["sev"],
        case=s["case"],
        rule=s["rule"],
        line=s["line"],
        duration=f"{s['seconds']:.6f}",
        row=s.get("row", 0),
        asked=s.get("asked", ""),
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
