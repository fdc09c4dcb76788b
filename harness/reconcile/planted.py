"""Whether a reconciliation found what was planted: each difference, its class, its cause, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from harness.reconcile.results import Difference, Reconciliation
from scenarios.planted import Planted

_SHOWN = 20


@dataclass
class PlantedOutcome:
    """What became of planted differences.  wrong: each that wasn't found, classed or grouped right, in words.

    following: payouts that differ by exactly what the planted lines beneath them differ.
    """

    planted: int = 0
    found: int = 0
    classed: int = 0
    grouped: int = 0
    following: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether every planted difference was found, classed and grouped right, and nothing else was found."""
        return self.planted == self.found == self.classed == self.grouped and not self.wrong

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        if self.is_right:
            return (
                f"All {self.planted:,} planted differences were found, each under its class and its cause, and nothing "
                f"else but {self.following:,} payouts that follow from them."
            )
        return (
            f"Of {self.planted:,} planted differences {self.found:,} were found, {self.classed:,} classed right and "
            f"{self.grouped:,} grouped under their cause; {len(self.wrong):,} things are wrong."
        )

    def as_json(self) -> dict[str, object]:
        """For --json."""
        return {
            "planted": self.planted,
            "found": self.found,
            "classed": self.classed,
            "grouped": self.grouped,
            "following": self.following,
            "wrong": self.wrong[:_SHOWN],
        }


@dataclass(frozen=True, slots=True)
class _Finding:
    """One finding.  class_: with known and tolerated.  attributes: what its group shares."""

    difference: Difference
    class_: str
    relation: str
    attributes: tuple[tuple[str, str], ...]


def compare_with_planted(found: Reconciliation, planted: Sequence[Planted]) -> PlantedOutcome:
    """Compares the findings with what was planted, key by key."""
    findings = _findings(found)
    out = PlantedOutcome(planted=len(planted))
    for one in planted:
        finding = findings.pop((one.grain, one.key), None)
        if finding is None:
            out.wrong.append(f"not found: {_named(one)}")
            continue
        out.found += 1
        out.classed += finding.class_ == one.class_
        shares = one.shared is None or one.shared in finding.attributes
        out.grouped += finding.relation == one.cause and shares
        if finding.class_ != one.class_ or finding.relation != one.cause or not shares:
            cause = finding.relation or "no cause"
            out.wrong.append(f"{_named(one)}: found as {finding.class_}, {cause}")
    for (grain, key), finding in findings.items():
        if finding.difference.is_explained:
            out.following += 1
        else:
            out.wrong.append(f"found, but not planted: {grain}, {' '.join(key)}, {finding.class_}")
    return out


def _named(one: Planted) -> str:
    return f"{one.grain}, {' '.join(one.key)}, {one.class_}{', ' if one.cause else ''}{one.cause}"


def _findings(found: Reconciliation) -> dict[tuple[str, tuple[str, ...]], _Finding]:
    out = {}
    for grain in found.grains:
        group_of = {i: group for group in grain.groups for i in group.ids}
        for difference in grain.differences:
            group = group_of[difference.id]
            out[grain.name, _key(difference)] = _Finding(
                difference, difference.kind, group.relation, group.attributes
            )
        for class_, rows in (("known", grain.accepted), ("tolerated", grain.tolerated)):
            for difference in rows:
                out[grain.name, _key(difference)] = _Finding(difference, class_, "", ())
    return out


def _key(difference: Difference) -> tuple[str, ...]:
    return tuple(part.value for part in difference.key)
