"""How far the two sides agree, grain by grain, with the slices by plan and by period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from harness.evidence.figures import plain, totals
from harness.reconcile.results import Difference, GrainResult, Reconciliation, added
from harness.reconcile.sides import line_value, payout_value
from harness.reconcile.stages import is_sum
from harness.reconcile.tolerances import forgave, limit_words
from reference_engine.vocabulary.numbers import MINOR_UNITS, plain_number
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
            g.mapping.follows_from
            if g.mapping.follows_from in compared and is_sum(g.mapping, found.grain(g.mapping.follows_from).mapping)
            else "",
        )
        for g in found.grains
    )


def only_what_is_mapped(found: Reconciliation) -> str:
    """What a comparison looked at, for the limits of its report: whatever no grain names was not compared."""
    looked_at = (
        f"{g.name} by {', '.join(g.mapping.key_names)}, their amount and "
        + (", ".join(f.name for f in g.mapping.fields) or "nothing else")
        for g in found.grains
    )
    return f"Only what the mapping names was compared: {'; '.join(looked_at)}."


def _grain(grain: GrainResult, rows: Sequence[EarnedLine | Payout], follows_from: str) -> kept.Grain:
    every = (*grain.differences, *grain.accepted)
    keys = next(
        (tuple(c for p in d.key for c in p.column.split(", ")) for d in every),
        tuple(c for spec in grain.mapping.key for c in (spec.columns or (spec.name,))),
    )
    decimals = {t.currency: t for t in grain.totals}
    by_rule = forgave(grain.mapping, grain.tolerated)
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
                "" if t.amount is None else plain_number(Fraction(t.amount, 10 ** MINOR_UNITS[t.currency]), MINOR_UNITS[t.currency]),
                t.currency,
                t.reason,
                len(rows_of),
                limit_words(t),
                totals(added(d.money for d in rows_of), grain),
                totals(added(tuple((c, abs(a)) for c, a in d.money) for d in rows_of), grain),
            )
            for t, rows_of in by_rule.items()
        ),
        slices=(*_slices("plan", grain, rows), *_slices("period", grain, rows)),
        follows_from=follows_from,
    )


def _slices(dimension: str, grain: GrainResult, rows: Sequence[EarnedLine | Payout]) -> list[kept.Slice]:
    if not grain.mapping.is_plain:
        return []
    keys: dict[tuple[str, ...], str] = {}
    expected: dict[str, dict[str, Fraction]] = {}
    for row in (
        sorted(counting(grain, rows), key=_period) if dimension == "period" else counting(grain, rows)
    ):
        value = row.plan if dimension == "plan" else row.period
        if keys.setdefault(key_of(grain, row), value) != value:
            # One compared row adds several of our values up; it belongs to no single slice.
            return []
        sums = expected.setdefault(value, {})
        sums[row.currency] = sums.get(row.currency, Fraction(0)) + row.amount
    counts = dict(Counter(keys.values()))
    actual = {value: dict(sums) for value, sums in expected.items()}
    wrong: dict[str, int] = {}
    tolerated = {d.id for d in grain.tolerated}
    for d in (*grain.differences, *grain.accepted, *grain.tolerated):
        found = _sliced_by(d, dimension)
        if found is None:
            return []
        if d.id not in tolerated:
            wrong[found] = wrong.get(found, 0) + 1
        if d.kind == "unexpected":
            counts[found] = counts.get(found, 0) + 1
        for currency, units in d.money:
            sums = actual.setdefault(found, {})
            sums[currency] = sums.get(currency, Fraction(0)) + grain.amount(units, currency)
    if sum(counts.values()) != grain.compared:
        # With "absent means zero", say, not every compared row is one of ours.
        return []
    return [
        kept.Slice(
            dimension, value, counts[value], counts[value] - wrong.get(value, 0),
            {c: plain(v, c) for c, v in expected.get(value, {}).items()}, {c: plain(v, c) for c, v in actual.get(value, {}).items()},
        )
        for value in counts
    ]  # fmt: skip


def counting(grain: GrainResult, rows: Sequence[EarnedLine | Payout]) -> Iterator[EarnedLine | Payout]:
    """The expected rows that the mapping's conditions let count."""
    wanted = [(name, frozenset(values)) for name, values in grain.mapping.expected_where.items()]
    for row in rows:
        if all(_said(row, name) in values for name, values in wanted):
            yield row


def key_of(grain: GrainResult, row: EarnedLine | Payout) -> tuple[str, ...]:
    return tuple(_said(row, name) for name in grain.mapping.key_names)


def _said(row: EarnedLine | Payout, name: str) -> str:
    return line_value(name)(row) if isinstance(row, EarnedLine) else payout_value(name)(row)


def _period(row: EarnedLine | Payout) -> str:
    return row.period


def _sliced_by(difference: Difference, dimension: str) -> str | None:
    sources = difference.expected_sources
    if sources:
        return sources[0].plan if dimension == "plan" else sources[0].period
    return difference.part(dimension) or None
