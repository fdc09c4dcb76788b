"""Keeps what happened in each scenario, as plain data that crosses process borders and goes into the report."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.features import Case, WrittenFeature, WrittenStep
from harness.verdicts import Mismatch
from reference_engine.problems import Stopped

PROPERTY = "trueup"


@dataclass
class Recorder:
    """The record of one scenario while it runs.

    known: the differences from a target that it accepted, and what became of them.  used: tells what it has read beside its feature.
    """

    feature: WrittenFeature
    case: Case
    steps: tuple[WrittenStep, ...]
    started: float = 0.0
    step_started: float = 0.0
    done: list[dict[str, Any]] = field(default_factory=list)
    message: str = ""
    payouts: list[dict[str, str]] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=list)
    asked: str = ""
    """What a target said to it, where one was asked."""
    used: Callable[[], dict[str, Any]] = dict

    @property
    def current(self) -> WrittenStep:
        """The step that runs now, as our own reading has it."""
        return self.steps[len(self.done)]

    def start(self) -> None:
        self.started = time.perf_counter()

    def start_step(self) -> None:
        self.step_started = time.perf_counter()

    def end_step(self, outcome: str, message: str = "") -> None:
        seconds = time.perf_counter() - self.step_started
        self.done.append(_step(self.current, outcome, message, seconds))

    def fail(self, error: BaseException) -> None:
        """The step that runs has failed."""
        self.message = str(error) if isinstance(error, Mismatch | Stopped) else f"{type(error).__name__}: {error}"
        if len(self.done) < len(self.steps):
            self.end_step("failed", self.message)

    def take_back(self, message: str) -> None:
        """The last step passed, and that proves nothing."""
        self.message = message
        self.done[-1] |= {"outcome": "failed", "message": message}

    def as_dict(self) -> dict[str, Any]:
        """The record: only text, numbers, lists and names."""
        case, scenario = self.case, self.case.scenario
        rest = [_step(s, "not run", "", 0.0) for s in self.steps[len(self.done) :]]
        return {
            "node": case.node,
            "feature": self.feature.path,
            "feature_name": self.feature.name,
            "rule": scenario.rule,
            "scenario": scenario.name,
            "id": scenario.id,
            "case": case.case,
            "line": scenario.line,
            "row": case.row,
            "values": dict(case.values),
            "req": list(case.tagged("req")),
            "sev": case.severity,
            "tags": list(case.tags),
            "outcome": "",
            "message": self.message,
            "seconds": round(time.perf_counter() - self.started, 6) if self.started else 0.0,
            "steps": self.done + rest,
            "payouts": self.payouts,
            "known": self.known,
            "asked": self.asked,
            "inputs": self.used(),
        }


def _step(step: WrittenStep, outcome: str, message: str, seconds: float) -> dict[str, Any]:
    table = step.table and [[c.value for c in row] for row in (step.table.header, *step.table.rows)]
    return {
        "keyword": step.keyword,
        "kind": step.kind,
        "text": step.text,
        "line": step.line,
        "table": table or [],
        "doc": step.docstring or "",
        "outcome": outcome,
        "message": message,
        "seconds": round(seconds, 6),
    }
