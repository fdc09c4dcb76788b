"""Written = selected = executed: what stands in the feature files against what the run really did."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.features import WrittenFeature
from reference_engine.problems import Problem

SCHEMA = "trueup-scenarios/1"
NOT_NAMED = "not named on the command line"
DESELECTED = "left out by the options of this run"
HIDDEN = "LEFT OUT by the configuration or a conftest.py, not by this command"
UNOPENED = "LOST: it stands in a file that the test runner never opened"
OUTSIDE = "LEFT OUT: its file lies outside the paths that the configuration names"
SKIPPED = "SKIPPED"
BROKEN = "its file has problems, so none of it runs"
STOPPED = "the run was stopped before it"
NO_RESULT = "LOST: it was selected, and no result came back"
VANISHED = "LOST: it stands in the file, and the run never saw it"


@dataclass
class Tally:
    """What one process knows.  Keys are node ids: `features/x.feature::ACC-01`."""

    written: dict[str, dict[str, Any]] = field(default_factory=dict)
    collected: set[str] = field(default_factory=set)
    deselected: set[str] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)
    broken: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    unopened: dict[str, str] = field(default_factory=dict)
    misnamed: list[Problem] = field(default_factory=list)
    features: dict[str, dict[str, str]] = field(default_factory=dict)

    def write_down(self, prefix: str, feature: WrittenFeature, unopened: str = "") -> None:
        """A feature file that is part of the run.  prefix: its node id.  unopened: why the test runner didn't open it."""
        if unopened:
            self.unopened[prefix] = unopened
        # What was read is what ran; the report shows the file, and must be sure that it is still the same.
        lines = hashlib.sha256("\n".join(feature.lines).encode("utf-8", "surrogatepass")).hexdigest()
        self.features[feature.path] = {"feature": feature.path, "name": feature.name, "lines_sha256": lines}
        for case in feature.cases():
            self.written[f"{prefix}::{case.node}"] = {
                "node": case.node,
                "feature": feature.path,
                "scenario": case.scenario.name,
                "id": case.scenario.id,
                "case": case.case,
                "line": case.row,
                "req": list(case.tagged("req")),
                "sev": case.severity,
            }

    def mark_broken(self, prefix: str, problems: list[Problem]) -> None:
        self.broken[prefix] = [p.as_dict() for p in problems]

    def to_share(self) -> dict[str, Any]:
        """What a worker process tells the one that draws the balance."""
        return {
            "written": self.written,
            "collected": sorted(self.collected),
            "deselected": sorted(self.deselected),
            "selected": sorted(self.selected),
            "broken": self.broken,
            "files": sorted(self.files),
            "features": self.features,
        }

    def take_in(self, shared: dict[str, Any]) -> None:
        self.written.update(shared["written"])
        self.collected.update(shared["collected"])
        self.deselected.update(shared["deselected"])
        self.selected.update(shared["selected"])
        self.broken.update(shared["broken"])
        self.files.update(shared["files"])
        self.features.update(shared["features"])

    def balance(self, *, narrowed: bool, stopped: bool, chosen: bool = True, complete: bool = False) -> Balance:
        """narrowed: whether the command line names single scenarios, or only those that failed last time.

        stopped: whether the run ended early, by its own options or by hand.  chosen: whether the command itself leaves
        scenarios out; what a configuration leaves out unasked makes the run red.  complete: whether all must be executed.
        """
        missing: list[dict[str, Any]] = []
        lost = 0
        executed = 0
        for node, entry in self.written.items():
            result = self.results.get(node)
            outcome = result["outcome"] if result else ""
            if outcome in ("passed", "failed"):
                executed += 1
                continue
            why = self._why(node, narrowed, stopped, chosen, result)
            lost += why != BROKEN and (complete or why.startswith(("LOST", "LEFT OUT", SKIPPED)))
            missing.append({**entry, "why": why})
        return Balance(len(self.written), len(self.selected), executed, lost, missing)

    def _why(self, node: str, narrowed: bool, stopped: bool, chosen: bool, result: dict[str, Any] | None) -> str:
        file = node.partition("::")[0]
        if file in self.broken:
            return BROKEN
        if result:
            return f"{SKIPPED}: {result['message']}" if result["message"] else SKIPPED
        if file in self.unopened:
            return STOPPED if stopped else self.unopened[file]
        if node in self.deselected:
            return DESELECTED if chosen else HIDDEN
        if node in self.selected:
            return STOPPED if stopped else NO_RESULT
        return NOT_NAMED if narrowed else VANISHED


@dataclass(frozen=True)
class Balance:
    """The figures of a run.  lost: scenarios that weren't executed and nobody asked for that; one makes the run red."""

    written: int
    selected: int
    executed: int
    lost: int
    not_executed: list[dict[str, Any]]

    @property
    def headline(self) -> str:
        noun = "scenario" if self.written == 1 else "scenarios"
        equal = self.written == self.selected == self.executed
        mark = "written = selected = executed" if equal else "not all that is written was executed"
        return f"{self.written} {noun} written, {self.selected} selected, {self.executed} executed ({mark})"


def write_out(folder: Path, tally: Tally, balance: Balance) -> Path:
    """Writes scenarios.json beside, then renames.  Order: as written in the files."""
    folder.mkdir(parents=True, exist_ok=True)
    document = {
        "schema": SCHEMA,
        "written": balance.written,
        "selected": balance.selected,
        "executed": balance.executed,
        "lost": balance.lost,
        "not_executed": balance.not_executed,
        "problems": [p for prefix in sorted(tally.broken) for p in tally.broken[prefix]],
        "features": [tally.features[path] for path in sorted(tally.features)],
        "scenarios": [tally.results[n] for n in tally.written if n in tally.results],
    }
    target = folder / "scenarios.json"
    beside = folder / f".scenarios.json.{os.getpid()}"
    beside.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(beside, target)
    return target
