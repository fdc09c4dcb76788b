"""Pieces of what is due become lines: on each record, or per period less what was earned before."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines
from reference_engine.mechanics.measure import Matrix

EARNED_BEFORE = "earned before"


@dataclass(frozen=True)
class Piece:
    """A part of what is due, in cells.

    base: what is shown as such; unit: of each line, or of each payee.  rate: None for a fixed amount; rate_unit: its currency where it is
    money for each unit.  rule: what decided.  there: where this piece is what a reader would look for.
    """

    base: Exact
    unit: Array
    rate: Exact | None
    rate_unit: str
    amount: Exact
    rule: Array
    there: Array

    def only(self, where: Array) -> Piece:
        """The piece in some cells, and nothing elsewhere."""
        nothing = Exact.full(where.shape, 0)
        base, amount = Exact.where(where, self.base, nothing), Exact.where(where, self.amount, nothing)
        return replace(self, base=base, amount=amount, there=self.there & where)


def less_earned(
    run: ComponentRun, matrix: Matrix, interval: Array, pieces: list[Piece], currency: Array
) -> Lines:
    """Lines for each payee and period in which something changes, and one that deducts what was earned before.

    Where lines are rounded, that is the sum of the rounded lines: what was shown and paid, so that all periods of an interval
    together pay what its last lines say.
    """
    rounding = run.conventions.round_at("line") if run.is_last else None
    amounts = [p.amount if rounding is None else p.amount.rounded(rounding.mode, rounding.decimals) for p in pieces]
    due = amounts[0]
    for amount in amounts[1:]:
        due = due + amount
    payees, periods = due.shape
    prior = Exact.full((payees, periods), 0)
    if periods > 1:
        same = np.append(False, interval[1:] == interval[:-1])
        shifted = due[:, np.maximum(np.arange(periods) - 1, 0)]
        prior = Exact.where(np.broadcast_to(same, due.shape), shifted, prior)
    active = ~due.same(prior)
    active[matrix.row, np.arange(periods)[matrix.period]] = True
    parts = [
        Lines.plain(
            matrix.payees[r],
            t,
            piece.amount[r, t],
            currency[r],
            rule=piece.rule[r, t],
            base=piece.base[r, t],
            unit=piece.unit[r],
            rate=piece.rate[r, t] if piece.rate is not None else None,
            rate_unit=np.full(len(r), piece.rate_unit, dtype=object),
        )
        for piece, shown in zip(pieces, _shown(pieces, active), strict=True)
        for r, t in (np.nonzero(shown),)
    ]
    r, t = np.nonzero(active & (prior.num != 0))
    if len(r):
        before = np.full(len(r), run.rule("earned before in the same interval", EARNED_BEFORE))
        parts.append(
            Lines.plain(matrix.payees[r], t, -prior[r, t], currency[r], kind=EARNED_BEFORE, rule=before)
        )
    return Lines.joined(parts)


def laid(lines: Lines, pieces: list[Piece], currency: str) -> Lines:
    """Each line divided into its pieces, in the order of lines and pieces.  currency: "" where a piece pays its base's."""
    at: list[Array] = []
    which: list[Array] = []
    for position, shown in enumerate(_shown(pieces, np.ones(len(lines), dtype=bool))):
        rows = np.flatnonzero(shown)
        at.append(rows)
        which.append(np.full(len(rows), position))
    row, k = np.concatenate(at), np.concatenate(which)
    order = np.lexsort((k, row))
    row, k = row[order], k[order]
    cell = k * len(lines) + row
    nothing = Exact.full(len(lines), 0)
    out = lines.take(row)
    return out.change(
        base=Exact.concat([p.base for p in pieces])[cell],
        rate=Exact.concat([nothing if p.rate is None else p.rate for p in pieces])[cell],
        has_rate=np.array([p.rate is not None for p in pieces])[k],
        rate_unit=np.array([p.rate_unit for p in pieces], dtype=object)[k],
        amount=Exact.concat([p.amount for p in pieces])[cell],
        currency=np.full(len(row), currency, dtype=object) if currency else out.unit,
        rule=np.concatenate([p.rule for p in pieces])[cell],
        origin=row,
    )


def _shown(pieces: list[Piece], active: Array) -> list[Array]:
    """Where each piece becomes a line: where it pays; where none does, the last that is there says why."""
    pays = [active & (p.amount.num != 0) for p in pieces]
    left = active & ~np.logical_or.reduce(pays)
    for position in range(len(pieces) - 1, -1, -1):
        says = left & (pieces[position].there | (position == 0))
        pays[position] |= says
        left &= ~says
    return pays
