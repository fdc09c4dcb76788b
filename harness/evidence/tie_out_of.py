"""How the totals of a reconciliation tie out to its inputs, for the record."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evidence.inputs import shown
from harness.reconcile.results import CLASSES, ControlTotal, Difference, GrainResult, Reconciliation
from harness.reconcile.tie_out import Accounted
from reports.tie_out_types import Bridge, SideTotals, Step, TieOut


def tie_outs_of(found: Reconciliation, names: Sequence[str]) -> tuple[TieOut, ...]:
    """The control totals of every grain.  names: what the two sides are called."""
    return tuple(
        TieOut(
            grain.name,
            tuple(_side(side, name, grain) for side, name in zip(grain.sides, names, strict=True)),
            tuple(_bridge(total, grain) for total in grain.totals),
            grain.matched,
        )
        for grain in found.grains
        if grain.sides
    )


def _side(side: Accounted, name: str, grain: GrainResult) -> SideTotals:
    sums = {c: grain.plain_text(units, c) for c, units in sorted(side.sums.items())}
    source = side.source if side.source == "reference engine" else shown(side.source) if side.source else ""
    return SideTotals(name, source, side.read, side.left_out, side.unreadable, side.rows, sums)


def _bridge(total: ControlTotal, grain: GrainResult) -> Bridge:
    def count(rows: Sequence[Difference], kind: str = "") -> int:
        return sum(
            (not kind or d.kind == kind)
            and total.currency in {*dict(d.money), *(r.currency for r in (*d.expected, *d.actual))}
            for d in rows
        )

    steps = [
        Step(
            kind,
            count(grain.differences, kind),
            grain.plain_text(total.by_class.get(kind, 0), total.currency),
        )
        for kind in CLASSES
        if count(grain.differences, kind)
    ]
    if total.accepted or count(grain.accepted):
        steps.append(
            Step("accepted", count(grain.accepted), grain.plain_text(total.accepted, total.currency))
        )
    if total.tolerated or count(grain.tolerated):
        steps.append(
            Step(
                "within tolerance", count(grain.tolerated), grain.plain_text(total.tolerated, total.currency)
            )
        )
    start, end = (grain.plain_text(units, total.currency) for units in (total.expected, total.actual))
    return Bridge(total.currency, start, tuple(steps), end)
