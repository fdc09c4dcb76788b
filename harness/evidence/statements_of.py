"""Statements: what every payee is expected to be paid, beside what the target pays, from the grain that compares it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from harness.evidence.derivation_of import adjusts
from harness.evidence.figures import plain
from harness.evidence.grains_of import counting, key_of
from harness.reconcile.results import Difference, GrainResult, Reconciliation
from reference_engine.vocabulary.results import EarnedLine, Payout
from reports.statement_types import StatementPart, StatementRow

Place = tuple[str, str, str, str, str]
"""Payee, period, plan, component and currency."""


@dataclass
class _Row:
    """One row of a statement while it is put together."""

    expected: Fraction | None = None
    actual: Fraction | None = None
    last: date | None = None
    differences: list[str] = field(default_factory=list)


def statements_of(
    found: Reconciliation, payouts: Sequence[Payout], lines: Iterable[EarnedLine], names: Mapping[str, str]
) -> tuple[StatementRow, ...]:
    """The statements of everybody whom the run compares.

    names: of payees, by their codes.  Empty where no grain compares payouts, or where it adds several payees up: then the
    export doesn't say what one of them is paid.
    """
    grain = next((g for g in found.grains if g.mapping.expected == "payouts" and g.mapping.is_plain), None)
    if grain is None:
        return ()
    rows = _expected(grain, payouts)
    if rows is None or not _actual(grain, rows):
        return ()
    made = _made(lines)
    return tuple(
        StatementRow(
            *place[:4],
            "" if row.expected is None else plain(row.expected, place[4]),
            "" if row.actual is None else plain(row.actual, place[4]),
            place[4],
            names.get(place[0], ""),
            str(row.last or ""),
            _parts(made.get(place), row.expected, place[4]),
            tuple(row.differences),
        )
        for place, row in sorted(rows.items())
    )


def _expected(grain: GrainResult, payouts: Sequence[Payout]) -> dict[Place, _Row] | None:
    """The expected rows; what the comparison adds up under one key stands as one row."""
    by_key: dict[tuple[str, ...], list[Payout]] = {}
    for row in counting(grain, payouts):
        assert isinstance(row, Payout)
        by_key.setdefault(key_of(grain, row), []).append(row)
    rows: dict[Place, _Row] = {}
    for same in by_key.values():
        if len({(p.payee, p.period) for p in same}) > 1:
            return None
        for p in same:
            one = rows.setdefault(_place(same, p.currency), _Row(Fraction(0), Fraction(0)))
            one.expected = (one.expected or Fraction(0)) + p.amount
            one.actual, one.last = one.expected, p.last
    return rows


def _place(same: Sequence[Payout], currency: str) -> Place:
    plans, components = {p.plan for p in same}, {p.component for p in same}
    first = same[0]
    return (
        first.payee,
        first.period,
        first.plan if len(plans) == 1 else "",
        first.component if len(components) == 1 and len(plans) == 1 else "",
        currency,
    )


def _actual(grain: GrainResult, rows: dict[Place, _Row]) -> bool:
    """Puts what the target has beside it.  False where a row of the target can't be given to one payee."""
    for d in (*grain.differences, *grain.accepted, *grain.tolerated):
        sources = [s for s in d.expected_sources if isinstance(s, Payout)]
        if not sources and not (d.part("payee") and d.part("period")):
            return False
        money = dict(d.money) or dict.fromkeys(dict(d.expected_money), 0)
        for currency, units in money.items():
            place = _place(sources, currency) if sources else _unexpected(d, currency)
            row = rows.setdefault(place, _Row())
            if sources or row.actual is not None or units:
                row.actual = (row.actual or Fraction(0)) + grain.amount(units, currency)
            if d.kind == "missing":
                row.actual = None
            if d.id not in row.differences:
                row.differences.append(d.id)
    return True


def _unexpected(d: Difference, currency: str) -> Place:
    return (d.part("payee"), d.part("period"), d.part("plan"), d.part("component"), currency)


def _made(lines: Iterable[EarnedLine]) -> dict[Place, dict[str, list[Fraction]]]:
    """What each payout is made of: its lines, and each kind of adjustment."""
    made: dict[Place, dict[str, list[Fraction]]] = {}
    for line in lines:
        if line.pay_period:
            label = (line.label or line.kind) if adjusts(line) else "lines"
            place = (line.payee, line.pay_period, line.plan, line.component, line.currency)
            made.setdefault(place, {}).setdefault(label, []).append(line.amount)
    return made


def _parts(
    made: Mapping[str, list[Fraction]] | None, expected: Fraction | None, currency: str
) -> tuple[StatementPart, ...]:
    """The parts of a payout, where they are known and add up to it."""
    if (
        not made
        or expected is None
        or sum((a for same in made.values() for a in same), Fraction(0)) != expected
    ):
        return ()
    return tuple(
        StatementPart(label, len(same), plain(sum(same, Fraction(0)), currency))
        for label, same in made.items()
    )
