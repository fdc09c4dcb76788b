"""Requirements as somebody listed them, for the matrix of what proves them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement.  severity: 1 to 4, or blank.  optional: it may stay without a scenario.  line: in its file."""

    id: str
    title: str
    severity: str = ""
    optional: Literal["yes", "no"] = "no"
    line: int = 0


@dataclass(frozen=True, slots=True)
class RequirementList:
    """The requirements that the run was to prove, in the order of their file."""

    file: str
    sha256: str
    requirements: tuple[Requirement, ...]
