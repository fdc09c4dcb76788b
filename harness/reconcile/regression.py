"""A target before a change against the same target after it: only what was approved may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from harness.adapters.mapping import Mapping as TargetMapping
from harness.adapters.rows import ResultTable
from harness.reconcile.approved import ApprovedChange, not_happened
from harness.reconcile.change_sentences import change_sentence
from harness.reconcile.large.both_sides import Room, read_both
from harness.reconcile.results import GrainResult, KnownOutcome, Reconciliation
from harness.reconcile.run import reconcile_tables
from reference_engine.problems import Problem, Stopped, Where


def compare_exports(
    before: Path,
    after: Path,
    mapping: TargetMapping,
    approved: Sequence[ApprovedChange] = (),
    *,
    today: date | None = None,
    room: Room | None = None,
) -> tuple[Reconciliation, dict[str, ResultTable]]:
    """What changed from one export to the next, and the rows as they were before.  Raises Stopped with every Problem.

    approved: the changes that may happen, and must.  today: the day on which their last day is judged.  room: the memory
    that large exports may take.
    """
    problems: list[Problem] = []
    if before.exists() and after.exists() and before.resolve() == after.resolve():
        problems.append(
            Problem(
                "compare-same",
                "before and after are the same export.",
                Where(str(after)),
                "Nothing can differ, so agreement would prove nothing.",
                "Give the export from before the change first and the one from after it second.",
            )
        )
        raise Stopped(problems)
    # Both sides come from one system: what a mapping forgives between two systems isn't forgiven here.
    exact = replace(mapping, grains=tuple(replace(g, tolerances=()) for g in mapping.grains))
    left, right = read_both(exact, before, after, problems, room)
    if problems:
        raise Stopped(problems)
    day = today or datetime.now().astimezone().date()
    found = reconcile_tables(left, right, exact, approved, today=day)
    outcomes = tuple(_with_unchanged(o, found, left) for o in found.known)
    grains = tuple(_in_words(grain) for grain in found.grains)
    return replace(found, grains=grains, known=outcomes), left


def _with_unchanged(
    outcome: KnownOutcome, found: Reconciliation, before: Mapping[str, ResultTable]
) -> KnownOutcome:
    entry = outcome.known
    if not isinstance(entry, ApprovedChange):
        return outcome
    return not_happened(entry, outcome, found.grain(entry.grain), before[entry.grain])


def _in_words(grain: GrainResult) -> GrainResult:
    by_id = {d.id: d for d in grain.differences}
    groups = tuple(
        replace(group, sentence=change_sentence(group, [by_id[i] for i in group.ids], grain))
        for group in grain.groups
    )
    return replace(grain, groups=groups)
