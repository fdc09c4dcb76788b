"""Gate rules: what must hold before anybody may accept the run, and how each rule came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GateState = Literal["holds", "fails", "not judged"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One rule and its result.

    rule: the rule in words.  figures: what was found, in words with its numbers.  because: the reason that the file
    gives.  details: what breaks the rule, one entry each.  origin: stated in the file, or trueup's own default.  line: in the
    file of rules.
    """

    rule: str
    state: GateState
    figures: str
    because: str = ""
    details: tuple[str, ...] = ()
    origin: Literal["stated", "default"] = "stated"
    line: int = 0


@dataclass(frozen=True, slots=True)
class Gates:
    """All rules of a run.  file, sha256: blank where no file of rules was given."""

    rules: tuple[Gate, ...]
    file: str = ""
    sha256: str = ""

    @property
    def failed(self) -> tuple[Gate, ...]:
        """The rules that don't hold."""
        return tuple(gate for gate in self.rules if gate.state == "fails")
