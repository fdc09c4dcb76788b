"""Identifiers that were damaged on their way: zeros at the front gone, digits beyond the fifteenth lost, capitals changed."""

from __future__ import annotations

from collections.abc import Mapping

from harness.adapters.mapping import PERIOD_NAMES
from harness.adapters.mapping import Mapping as TargetMapping
from harness.adapters.rows import ResultTable
from reference_engine.problems import Problem

DIGITS = 15
"""What a spreadsheet keeps of a number."""


def check_identifiers(
    expected: Mapping[str, ResultTable], actual: Mapping[str, ResultTable], mapping: TargetMapping, problems: list[Problem]
) -> None:
    """Adds a Problem where identifiers that only one side has are those of the other, damaged.  Nothing is matched by likeness."""
    for grain in mapping.grains:
        if grain.name not in expected or grain.name not in actual:
            continue
        for at, spec in enumerate(grain.key):
            if spec.name in (*PERIOD_NAMES, "currency") or spec.constant is not None:
                continue
            ours = {row.key[at] for row in expected[grain.name].differing.rows}
            theirs = {row.key[at] for row in actual[grain.name].differing.rows}
            found = _damaged(ours - theirs, theirs - ours)
            if found:
                was, now, why = found[0]
                problems.append(
                    Problem(
                        "identifiers-damaged",
                        f'{len(found):,} of {spec.name} look damaged in the export: "{was}" is expected, and it has "{now}": {why}.',
                        spec.where,
                        "Their rows would all be missing on one side and unexpected on the other. Nothing is matched by likeness.",
                        "Export the column as text and don't save it in a spreadsheet; or say in the mapping which code means whom, with a lookup.",
                    )
                )


def _damaged(ours: set[str], theirs: set[str]) -> list[tuple[str, str, str]]:
    """Pairs of ours and theirs of which one is the other, damaged; with how."""
    plain = {name: name for name in theirs}
    folded = {name.casefold().strip(): name for name in theirs}
    found = []
    for name in sorted(ours):
        if name.isascii() and name.isdigit():
            short = name.lstrip("0") or "0"
            cut = name[:DIGITS].ljust(len(name), "0")
            if short != name and short in plain:
                found.append((name, short, "the zeros at the front are gone"))
                continue
            if len(name) > DIGITS and cut != name and cut in plain:
                found.append((name, cut, f"the digits beyond the {DIGITS}th are lost"))
                continue
        near = folded.get(name.casefold().strip())
        if near is not None:
            found.append((name, near, "capitals or blanks differ"))
    return found
