"""Requirement by scenario by result, with the gaps both ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.coverage import Coverage, CoveredRequirement, Proof, coverage, plain_severity
from reports.record_types import RunRecord

MARKS = {
    "proved": "\u2713", "passed": "\u2713", "failed": "\u2717", "not run": "\u25cb", "partly run": "\u25d0", "no scenario": "\u25cb",
}  # fmt: skip
TONES = {"proved": "good", "passed": "good", "failed": "bad", "no scenario": "bad"}
PROOFS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Chip:
    """One scenario in the matrix.  cases: how many of its examples passed, where it has several."""

    id: str
    name: str
    outcome: str
    mark: str
    tone: str
    cases: str
    anchor: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One requirement."""

    id: str
    title: str
    severity: str
    optional: bool
    listed: bool
    state: str
    mark: str
    tone: str
    passed: int
    failed: int
    not_run: int
    chips: tuple[Chip, ...]
    more: int


@dataclass(frozen=True, slots=True)
class SeverityRow:
    """What became of the scenarios of one severity; each row of Examples counts."""

    severity: str
    written: int
    executed: int
    passed: int
    failed: int


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """uncovered: listed requirements without a scenario.  without: scenarios without a requirement.

    unlisted: requirements that only tags name.  file: the list of requirements, blank where none was given.
    """

    rows: tuple[MatrixRow, ...]
    uncovered: tuple[MatrixRow, ...]
    without: tuple[Chip, ...]
    unlisted: tuple[MatrixRow, ...]
    severities: tuple[SeverityRow, ...]
    proved: int
    wanted: int
    file: str
    has_list: bool


def matrix_page(record: RunRecord) -> MatrixPage | None:
    """The matrix of a record, or None where it has neither scenarios nor requirements."""
    if not record.scenario_counts.written and record.requirements is None:
        return None
    found: Coverage = coverage(record)
    rows = tuple(_row(r) for r in found.requirements)
    wanted = [r for r in rows if not r.optional]
    return MatrixPage(
        rows,
        tuple(r for r in rows if r.state == "no scenario"),
        tuple(_chip(p) for p in found.without),
        tuple(r for r in rows if not r.listed) if found.has_list else (),
        tuple(_severities(record)),
        sum(r.state == "proved" for r in wanted),
        len(wanted),
        record.requirements.file if record.requirements is not None else "",
        found.has_list,
    )


def _row(r: CoveredRequirement) -> MatrixRow:
    chips = [_chip(p) for p in sorted(r.proofs, key=lambda p: p.outcome == "passed")]
    passed, failed, not_run = (
        sum(values)
        for values in zip((0, 0, 0), *((p.passed, p.failed, p.not_run) for p in r.proofs), strict=True)
    )
    tone = "even" if r.optional and r.state == "no scenario" else TONES.get(r.state, "even")
    severity = r.severity or _worst(p.severity for p in r.proofs)
    return MatrixRow(
        r.id, r.title, severity, r.optional, r.listed, r.state, MARKS[r.state], tone, passed, failed, not_run,
        tuple(chips[:PROOFS_SHOWN]), len(chips) - len(chips[:PROOFS_SHOWN]),
    )  # fmt: skip


def _worst(severities: Iterable[str]) -> str:
    return min((s for s in severities if s), default="")


def _chip(p: Proof) -> Chip:
    cases = f"{p.passed:,} of {p.cases:,}" if p.cases > 1 else ""
    return Chip(p.id, p.name, p.outcome, MARKS[p.outcome], TONES.get(p.outcome, "even"), cases, p.anchor)


def _severities(record: RunRecord) -> list[SeverityRow]:
    done = [(plain_severity(s.severity), s.outcome) for s in record.scenarios]
    left = [plain_severity(n.severity) for n in record.scenario_counts.not_executed]
    rows = []
    for severity in ("1", "2", "3", "4", ""):
        outcomes = [o for s, o in done if s == severity]
        written = len(outcomes) + left.count(severity)
        if written:
            rows.append(
                SeverityRow(
                    severity, written, len(outcomes), outcomes.count("passed"), outcomes.count("failed")
                )
            )
    return rows
