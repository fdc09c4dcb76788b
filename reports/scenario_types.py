"""What scenarios did when they ran: their text as it was written, step by step, with what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step as it was written, and what happened.  message: what was wrong, in the author's words."""

    keyword: str
    text: str
    outcome: Literal["passed", "failed", "not run"]
    table: tuple[tuple[str, ...], ...] = ()
    doc: str = ""
    message: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """One scenario, or one example of an outline (case).  feature: its file.  duration: seconds, as text.

    line: where it starts.  row: where its row of Examples stands, or the same line.
    asked: what a target system came to, where the scenario was asked of one as well.
    """

    feature: str
    feature_name: str
    name: str
    id: str
    outcome: Literal["passed", "failed", "not run"]
    steps: tuple[StepResult, ...]
    requirements: tuple[str, ...] = ()
    severity: str = ""
    case: str = ""
    rule: str = ""
    line: int = 0
    duration: Annotated[str, "amount"] = ""
    row: int = 0
    asked: str = ""


@dataclass(frozen=True, slots=True)
class NotExecuted:
    """A scenario that was written and didn't run, and why."""

    feature: str
    name: str
    id: str
    why: str
    case: str = ""
    row: int = 0
    severity: str = ""
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioCounts:
    """Scenarios (each example counts) that our own parse found, that were selected, and that really ran."""

    written: int = 0
    selected: int = 0
    executed: int = 0
    not_executed: tuple[NotExecuted, ...] = ()
