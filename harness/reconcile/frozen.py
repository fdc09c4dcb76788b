"""Closed periods: what was paid there stays, so a difference in one is a finding of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from harness.adapters.mapping import PERIOD_NAMES, GrainMapping, Mapping
from harness.adapters.rows import ResultRow
from harness.reconcile.patterns import fits
from harness.reconcile.results import Difference
from reference_engine.vocabulary.results import EarnedLine

_KINDS = ("amount", "missing", "unexpected", "field", "timing")


def with_frozen(grain: GrainMapping, found: Sequence[Difference]) -> list[Difference]:
    """The differences, those in a closed period as such."""
    if not grain.frozen:
        return list(found)
    key = tuple(("period", label) for label in grain.frozen)

    def is_frozen(difference: Difference) -> bool:
        return difference.kind in _KINDS and fits(key, lambda _: paid_in(difference))

    return [replace(d, kind="frozen") if is_frozen(d) else d for d in found]


def paid_in(difference: Difference) -> tuple[str, ...]:
    """The period in which a row is paid, as its key and its expected rows say it; nothing where nothing does."""
    said = [difference.part(name) for name in reversed(PERIOD_NAMES)]
    labels = {
        (s.pay_period or s.period) if isinstance(s, EarnedLine) else str(getattr(s, "period", ""))
        for s in difference.expected_sources
    }
    own = [next(filter(None, said), "")]
    # What is paid in another period is taken from the one and put into the other.
    own += [text for f in difference.fields if f.name in PERIOD_NAMES for text in (f.expected, f.actual)]
    return tuple(x for x in (*own, *(labels if len(labels) == 1 else ())) if x)


def without_rows(grain: GrainMapping, rows: Iterable[ResultRow]) -> list[str]:
    """Closed periods of which no row is there, for the report: a label that is written otherwise protects nothing."""
    places = [i for i, name in enumerate(grain.key_names) if name in PERIOD_NAMES]
    # A period that is said by its days has another label in the rows.
    if not grain.frozen or not places or grain.span_names:
        return []
    there = tuple({row.key[i] for row in rows for i in places})
    none = [label for label in grain.frozen if not fits((("period", label),), lambda _: there)]
    return [f"No row is of the closed period {label}, so nothing was found out about it." for label in none]


def closed(mapping: Mapping, labels: Sequence[str]) -> Mapping:
    """The mapping with more closed periods than it states itself."""
    if not labels:
        return mapping
    grains = tuple(replace(g, frozen=tuple(dict.fromkeys((*g.frozen, *labels)))) for g in mapping.grains)
    return replace(mapping, grains=grains)
