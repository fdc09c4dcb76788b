"""How far the two sides agree, grain by grain, with the slices by plan and by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from harness.adapters.mapping import Tolerance
from harness.evidence.figures import plain
from harness.reconcile.results import Difference, GrainResult, Reconciliation
from reference_engine.vocabulary.results import EarnedLine, Payout
from reports import record as kept


def grains_of(
    found: Reconciliation, expected_rows: Mapping[str, Sequence[EarnedLine | Payout]]
) -> tuple[kept.Grain, ...]:
    """Every grain with its totals and its slices by plan and period."""
    compared = {g.name for g in found.grains}
    return tuple(
        _grain(
            g,
            expected_rows.get(g.mapping.expected, ()),
            g.mapping.follows_from if g.mapping.follows_from in compared else "",
        )
        for g in found.grains
    )


def _grain(grain: GrainResult, rows: Sequence[EarnedLine | Payout], follows_from: str) -> kept.Grain:
    every = (*grain.differences, *grain.accepted)
    keys = next(
        (tuple(c for p in d.key for c in p.column.split(", ")) for d in every),
        tuple(c for spec in grain.mapping.key for c in (spec.columns or (spec.name,))),
    )
    decimals = {t.currency: t for t in grain.totals}
    return kept.Grain(
        name=grain.name,
        keys=keys,
        compared=grain.compared,
        matched=grain.matched,
        differences=len(grain.differences),
        by_class=grain.by_class,
        expected={c: grain.plain_text(t.expected, c) for c, t in decimals.items()},
        actual={c: grain.plain_text(t.actual, c) for c, t in decimals.items()},
        difference={c: grain.plain_text(t.difference, c) for c, t in decimals.items()},
        known=len(grain.accepted),
        tolerances=tuple(
            kept.Tolerance(
                t.scope,
                grain.plain_text(t.amount, t.currency),
                t.currency,
                t.reason,
                sum(_tolerated_by(d, t) for d in grain.tolerated),
            )
            for t in grain.mapping.tolerances
        ),
        slices=(*_slices("plan", grain, rows), *_slices("period", grain, rows)),
        follows_from=follows_from,
    )


def _tolerated_by(difference: Difference, tolerance: Tolerance) -> bool:
    return all(
        not wanted or difference.attribute(name) == wanted
        for name, wanted in (("plan", tolerance.plan), ("component", tolerance.component))
    )


def _slices(dimension: str, grain: GrainResult, rows: Sequence[EarnedLine | Payout]) -> list[kept.Slice]:
    counts: dict[str, int] = {}
    expected: dict[str, dict[str, Fraction]] = {}
    for row in rows:
        value = row.plan if dimension == "plan" else row.period
        counts[value] = counts.get(value, 0) + 1
        sums = expected.setdefault(value, {})
        sums[row.currency] = sums.get(row.currency, Fraction(0)) + row.amount
    actual = {value: dict(sums) for value, sums in expected.items()}
    wrong: dict[str, int] = {}
    for d in (*grain.differences, *grain.accepted, *grain.tolerated):
        found = _sliced_by(d, dimension)
        if found is None:
            return []
        if d not in grain.tolerated:
            wrong[found] = wrong.get(found, 0) + 1
        if d.kind == "unexpected":
            counts[found] = counts.get(found, 0) + 1
        for currency, units in d.money:
            sums = actual.setdefault(found, {})
            sums[currency] = sums.get(currency, Fraction(0)) + grain.amount(units, currency)
    if sum(counts.values()) != grain.compared:
        # The grain adds several of our rows up into one of theirs; slices would count another thing.
        return []
    return [
        kept.Slice(
            dimension, value, counts[value], counts[value] - wrong.get(value, 0),
            {c: plain(v, c) for c, v in expected.get(value, {}).items()}, {c: plain(v, c) for c, v in actual.get(value, {}).items()},
        )
        for value in counts
    ]  # fmt: skip


def _sliced_by(difference: Difference, dimension: str) -> str | None:
    sources = difference.expected_sources
    if sources:
        return sources[0].plan if dimension == "plan" else sources[0].period
    return difference.part(dimension) or None
