"""Control totals: what became of every row that was read, and the way from one side's total to the other's."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reports.pages import figures
from reports.pages.figures import Figure
from reports.record_check import number
from reports.record_types import RunRecord
from reports.tie_out_types import Bridge, SideTotals


@dataclass(frozen=True, slots=True)
class SideRow:
    """The rows of one side: read = left out + can't be read + those that the compared rows are made of."""

    grain: str
    side: str
    source: str
    read: str
    left_out: str
    unreadable: str
    counted: str
    rows: str
    sums: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class BridgeTable:
    """One currency of one grain.  ties: whether start and all steps make the end."""

    grain: str
    currency: str
    start: str
    steps: tuple[tuple[str, str, Figure], ...]
    end: str
    ties: bool


@dataclass(frozen=True, slots=True)
class TieOutPage:
    """all_tie: whether every bridge does."""

    sides: tuple[SideRow, ...]
    bridges: tuple[BridgeTable, ...]
    all_tie: bool


def tie_out_page(record: RunRecord) -> TieOutPage | None:
    """The control totals of a record; None where it has none."""
    if not record.tie_outs:
        return None
    sides = tuple(_side(one.grain, side) for one in record.tie_outs for side in one.sides)
    bridges = tuple(_bridge(one.grain, bridge) for one in record.tie_outs for bridge in one.bridges)
    return TieOutPage(sides, bridges, all(b.ties for b in bridges))


def _side(grain: str, side: SideTotals) -> SideRow:
    return SideRow(
        grain,
        side.side,
        side.source,
        f"{side.read:,}",
        f"{side.left_out:,}",
        f"{side.unreadable:,}",
        f"{side.read - side.left_out - side.unreadable:,}",
        f"{side.rows:,}",
        figures.totals(side.sums),
    )


def _bridge(grain: str, bridge: Bridge) -> BridgeTable:
    total = sum((number(step.amount) for step in bridge.steps), Fraction(0))
    return BridgeTable(
        grain,
        bridge.currency,
        figures.money(bridge.start, bridge.currency),
        tuple((s.label, f"{s.count:,}", figures.signed(s.amount, bridge.currency)) for s in bridge.steps),
        figures.money(bridge.end, bridge.currency),
        number(bridge.start) + total == number(bridge.end),
    )
