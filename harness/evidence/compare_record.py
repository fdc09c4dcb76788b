"""The record of a regression: one target before a change and after it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.adapters.rows import ResultTable
from harness.evidence.grains_of import grains_of, only_what_is_mapped
from harness.evidence.inputs import file_input, mapping_inputs, unique
from harness.reconcile.approved import ApprovedChange
from harness.reconcile.results import ControlTotal, GrainResult, Reconciliation
from reports import record as kept


def compared_grains(found: Reconciliation, before: Mapping[str, ResultTable]) -> tuple[kept.Grain, ...]:
    """Every grain with its slices by plan and period."""
    made = grains_of(found, {})
    return tuple(
        dataclasses.replace(
            grain, slices=(*_slices("plan", result, table), *_slices("period", result, table))
        )
        for grain, result in zip(made, found.grains, strict=True)
        for table in (before[result.name],)
    )


def _slices(dimension: str, grain: GrainResult, before: ResultTable) -> list[kept.Slice]:
    names = grain.mapping.key_names
    if dimension not in names:
        return []
    at = names.index(dimension)
    counts: dict[str, int] = {}
    was: dict[str, dict[str, int]] = {}
    keys = {row.key for row in before.rows}
    for key in keys:
        counts[key[at]] = counts.get(key[at], 0) + 1
    for row in before.rows:
        sums = was.setdefault(row.key[at], {})
        sums[row.currency] = sums.get(row.currency, 0) + row.amount
    now = {value: dict(sums) for value, sums in was.items()}
    changed: dict[str, int] = {}
    for difference in (*grain.differences, *grain.accepted):
        value = difference.part(dimension)
        changed[value] = changed.get(value, 0) + 1
        if tuple(p.value for p in difference.key) not in keys:
            counts[value] = counts.get(value, 0) + 1
        for currency, units in difference.money:
            sums = now.setdefault(value, {})
            sums[currency] = sums.get(currency, 0) + units
    if sum(counts.values()) != grain.compared:
        return []
    return [
        kept.Slice(
            dimension,
            value,
            counts[value],
            counts[value] - changed.get(value, 0),
            {c: grain.plain_text(u, c) for c, u in sorted(was.get(value, {}).items())},
            {c: grain.plain_text(u, c) for c, u in sorted(now.get(value, {}).items())},
        )
        for value in sorted(counts)
    ]


def compared_inputs(
    found: Reconciliation, mapping_file: Path, before: Path, after: Path, baseline: Path | None
) -> tuple[kept.Input, ...]:
    """The mapping, both exports with the control totals of their rows, and the baseline."""
    inputs = []
    swapped = dataclasses.replace(found, grains=tuple(_swapped(grain) for grain in found.grains))
    for side, result, path in (("before", swapped, before), ("after", found, after)):
        for entry in mapping_inputs(result, mapping_file, path):
            role = entry.role.replace("target's export", f"export {side} the change")
            inputs.append(dataclasses.replace(entry, role=role))
    if baseline is not None:
        inputs.append(file_input(baseline, "approved changes"))
    return unique(inputs)


def _swapped(grain: GrainResult) -> GrainResult:
    totals = tuple(
        ControlTotal(t.currency, t.actual, t.expected, t.by_class, t.accepted, t.tolerated)
        for t in grain.totals
    )
    return dataclasses.replace(
        grain,
        actual_file=grain.expected_file,
        expected_file=grain.actual_file,
        actual_rows=grain.expected_rows,
        expected_rows=grain.actual_rows,
        totals=totals,
    )


def compared_verdict(found: Reconciliation) -> kept.Verdict:
    """What changed, in one sentence."""
    finest = next((g for g in found.grains if g.compared), found.grains[0])
    if found.agrees:
        changed = [f"{len(g.accepted):,} of {g.compared:,} {g.name}" for g in found.grains if g.accepted]
        if changed:
            sentence = f"Only what was approved has changed: {'; '.join(changed)}.{found.idle}"
        else:
            sentence = f"Nothing has changed: all {finest.compared:,} {finest.name} are as they were.{found.idle}"
        return kept.Verdict("agrees", sentence, 0)
    parts = [
        f"{len(g.differences):,} of {g.compared:,} {g.name} changed without approval"
        for g in found.grains
        if g.differences
    ]
    parts += _not_as_approved([o.state for o in found.known if not o.holds])
    return kept.Verdict("differs", "; ".join(parts) + "." + found.idle, 1)


def _not_as_approved(states: Sequence[str]) -> list[str]:
    words = {
        "gone": ("did not happen", "did not happen"),
        "changed": ("happened differently", "happened differently"),
        "expired": ("is past its last day", "are past their last day"),
    }
    out = []
    for state, (one, many) in words.items():
        count = states.count(state)
        if count:
            out.append(f"{count:,} approved change{'' if count == 1 else 's'} {one if count == 1 else many}")
    return out


def stated_limits(
    found: Reconciliation, approved: Sequence[ApprovedChange], only: Sequence[str]
) -> tuple[str, ...]:
    """What this comparison does not test."""
    several = len(found.grains) > 1
    notes = [
        (f"{grain.name}: " if several else "") + note.rstrip(".") + "."
        for grain in found.grains
        for note in grain.notes
    ]
    if only:
        notes.append(
            f"Any change was let pass for {' and for '.join(only)}, as the command line says; nobody's approval is stated."
        )
    if any(entry.is_any for entry in approved if entry.approved_by):
        notes.append(
            "Some approvals let any change of their rows pass; only the stated rows, count and total were checked there."
        )
    notes.append(
        "Whether the amounts are right was not tested: a comparison of before and after knows no plan."
    )
    notes.append("Tolerances of the mapping were not used: before and after must be equal to the last digit.")
    notes.append(only_what_is_mapped(found))
    return tuple(dict.fromkeys(notes))
