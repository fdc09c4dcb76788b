"""The first stage that differs: rows of a later stage whose credit, attainment or line differs already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from harness.adapters.grain_kinds import STAGES
from harness.adapters.mapping import GrainMapping
from harness.reconcile.results import Difference

FIRST = "first differs in"
"""The attribute that names the earlier stage in which a difference shows already."""
_SHARED = ("payee", "plan", "component", "measure", "figure", "record", "line", "deal", "period")
_TELLING = ("payee", "record", "deal")
_ROW = ("record", "line", "deal")


def is_sum(grain: GrainMapping, finer: GrainMapping) -> bool:
    """Whether rows of a grain are sums of rows of the finer one, so that differences add up too."""
    return finer.is_plain and grain.is_plain


def staged(
    coarse: Sequence[Difference], grain: GrainMapping, fine: Iterable[Difference], finer: GrainMapping
) -> list[Difference]:
    """The differences of a later stage, with the name of the earlier one where they differ there already.

    A credit or an attainment isn't a part of a sum: what it changes later can't be added up, only traced.
    """
    found = list(fine)
    names = [n for n in _SHARED if n in finer.key_names]
    kept: dict[tuple[str, ...], dict[tuple[str, ...], bool]] = defaultdict(dict)
    out = []
    for difference in coarse:
        said = _said(difference)
        shared = tuple(n for n in names if n in said)
        if any(n in _TELLING for n in shared):
            if shared not in kept:
                kept[shared] = {tuple(_said(f).get(n, "") for n in shared): True for f in found}
            if tuple(said[n] for n in shared) in kept[shared]:
                difference = replace(
                    difference, attributes=(*difference.attributes, (FIRST, STAGES[finer.expected]))
                )
        out.append(difference)
    return out


def _said(difference: Difference) -> Mapping[str, str]:
    """What is known of a row: its key, and the record of its one expected line."""
    said = {p.name: p.value for p in difference.key}
    sources = difference.expected_sources
    if len(sources) == 1:
        for name in _ROW:
            said.setdefault(name, str(getattr(sources[0], name, "")))
    return {name: value for name, value in said.items() if value}
