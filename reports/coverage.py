"""Which scenarios prove which requirements, and the gaps both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reports.record_types import RunRecord

State = Literal["failed", "not run", "no scenario", "partly run", "proved"]
"""What can be said of a requirement; the worst thing first."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One scenario, with all rows of its Examples.  anchor: the place of its first (or first failed) result."""

    id: str
    name: str
    feature: str
    severity: str
    requirements: tuple[str, ...]
    passed: int
    failed: int
    not_run: int
    anchor: str

    @property
    def outcome(self) -> str:
        """failed, not run, partly run or passed."""
        if self.failed:
            return "failed"
        if self.not_run:
            return "partly run" if self.passed else "not run"
        return "passed"

    @property
    def cases(self) -> int:
        return self.passed + self.failed + self.not_run


@dataclass(frozen=True, slots=True)
class CoveredRequirement:
    """One requirement with its scenarios.  listed: it stands in the list of requirements, not only in a tag."""

    id: str
    title: str
    severity: str
    optional: bool
    listed: bool
    proofs: tuple[Proof, ...]

    @property
    def executed(self) -> int:
        """How many scenarios and rows were executed."""
        return sum(p.passed + p.failed for p in self.proofs)

    @property
    def state(self) -> State:
        if not self.proofs:
            return "no scenario"
        if any(p.failed for p in self.proofs):
            return "failed"
        if any(p.not_run for p in self.proofs):
            return "partly run" if self.executed else "not run"
        return "proved"


@dataclass(frozen=True, slots=True)
class Coverage:
    """without: scenarios that name no requirement.  unlisted: those that name one which isn't in the list."""

    requirements: tuple[CoveredRequirement, ...]
    without: tuple[Proof, ...]
    unlisted: tuple[Proof, ...]
    has_list: bool


def coverage(record: RunRecord) -> Coverage:
    """The matrix of a record.  Listed requirements come first, in the order of their file."""
    proofs = _proofs(record)
    by_requirement: dict[str, list[Proof]] = {}
    for proof in proofs:
        for name in proof.requirements:
            by_requirement.setdefault(name, []).append(proof)
    listed = record.requirements.requirements if record.requirements is not None else ()
    rows = [
        CoveredRequirement(
            r.id, r.title, r.severity, r.optional == "yes", True, tuple(by_requirement.get(r.id, ()))
        )
        for r in listed
    ]
    known = {r.id for r in listed}
    rows += [
        CoveredRequirement(name, "", "", False, False, tuple(group))
        for name, group in sorted(by_requirement.items())
        if name not in known
    ]
    has_list = record.requirements is not None
    return Coverage(
        tuple(rows),
        tuple(p for p in proofs if not p.requirements),
        tuple(p for p in proofs if has_list and p.requirements and not known.intersection(p.requirements)),
        has_list,
    )


def plain_severity(text: str) -> str:
    """sev1 and 1 are the same."""
    return text.removeprefix("sev")


def _proofs(record: RunRecord) -> list[Proof]:
    from reports.anchors import anchors

    places = anchors(record)
    found: dict[tuple[str, str], dict[str, int]] = {}
    said: dict[tuple[str, str], tuple[str, str, str, tuple[str, ...], str]] = {}
    for s in record.scenarios:
        key = (s.feature, s.id)
        counts = found.setdefault(key, {"passed": 0, "failed": 0, "not run": 0})
        first_failure = s.outcome == "failed" and not counts["failed"]
        counts[s.outcome] += 1
        _, _, severity, names, _ = said.get(key, ("", "", "", (), ""))
        both = tuple(dict.fromkeys((*names, *s.requirements)))
        anchor = places[s.feature, s.id, s.case] if first_failure or key not in said else said[key][4]
        said[key] = (s.id, s.name, severity or plain_severity(s.severity), both, anchor)
    for n in record.scenario_counts.not_executed:
        key = (n.feature, n.id)
        found.setdefault(key, {"passed": 0, "failed": 0, "not run": 0})["not run"] += 1
        if key not in said:
            said[key] = (n.id, n.name, plain_severity(n.severity), n.requirements, "")
    return [
        Proof(
            ident,
            name,
            key[0],
            severity,
            requirements,
            counts["passed"],
            counts["failed"],
            counts["not run"],
            anchor,
        )
        for key, counts in found.items()
        for ident, name, severity, requirements, anchor in (said[key],)
    ]
