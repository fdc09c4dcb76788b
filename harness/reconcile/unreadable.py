"""Rows of an export that can't be read: each is a finding with its line, beside the row that it stands for if that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.adapters.mapping import GrainMapping
from harness.adapters.rows import ResultRow, ResultTable, UnreadableRow
from harness.reconcile.differences import difference_id
from harness.reconcile.frozen import with_frozen
from harness.reconcile.results import Difference, FieldDifference, KeyPart, minus, summed


def classed(
    grain: GrainMapping, expected: ResultTable, actual: ResultTable, found: Sequence[Difference]
) -> list[Difference]:
    """The differences with the rows that can't be read, and those of closed periods, as classes of their own."""
    out = _with(grain, actual, list(found), "missing")
    out = _with(grain, expected, out, "unexpected")
    out = with_frozen(grain, out)
    out.sort(key=lambda d: (-d.weight, d.id))
    return out


def _with(grain: GrainMapping, table: ResultTable, found: list[Difference], without: str) -> list[Difference]:
    """without: the class of a row that stands alone because its partner on this side can't be read."""
    if not table.unreadable:
        return found
    alone = {tuple(p.value for p in d.key): i for i, d in enumerate(found) if d.kind == without}
    used: set[int] = set()
    for bad in table.unreadable:
        at = alone.get(bad.key) if bad.key is not None else None
        if at is not None and at not in used:
            used.add(at)
            found[at] = _beside(found[at], bad, grain, without)
        else:
            found.append(_by_itself(bad, grain, without))
    return found


def _beside(difference: Difference, bad: UnreadableRow, grain: GrainMapping, without: str) -> Difference:
    partner = (difference.expected or difference.actual)[0]
    row = ResultRow(partner.key, 0, partner.currency, (None,) * len(grain.fields), (bad.source,))
    fields = (FieldDifference("can't be read", "", bad.what),)
    key = tuple(replace(p, code=c) for p, c in zip(difference.key, bad.source.codes, strict=True))
    if without == "missing":
        return replace(difference, kind="unreadable", key=key, actual=(row,), fields=fields)
    return replace(difference, kind="unreadable", expected=(row,), fields=fields)


def _by_itself(bad: UnreadableRow, grain: GrainMapping, without: str) -> Difference:
    values = bad.key or ("",) * len(grain.key)
    codes = bad.source.codes or ("",) * len(grain.key)
    key = tuple(
        KeyPart(spec.name, value, spec.column_label(), code)
        for spec, value, code in zip(grain.key, values, codes, strict=True)
    )
    row = (ResultRow(values, 0, bad.currency, (None,) * len(grain.fields), (bad.source,)),)
    expected, actual = ((), row) if without == "missing" else (row, ())
    side = "actual" if without == "missing" else "expected"
    return Difference(
        id=difference_id(grain.name, (*values, side, bad.source.file, str(bad.source.line))),
        grain=grain.name,
        kind="unreadable",
        key=key,
        expected=expected,
        actual=actual,
        money=minus(summed(actual), summed(expected)),
        fields=(FieldDifference("can't be read", "", bad.what),),
        attributes=tuple((p.name, p.value) for p in key if p.value),
    )
