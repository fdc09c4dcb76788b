"""Coarser grains: each difference beside the finer differences that it follows from, and whether they add
up.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reports.difference_types import Difference
from reports.pages import figures
from reports.pages.figures import Figure, Row
from reports.record_check import money_of, number
from reports.record_types import Grain, RunRecord

SHOWN, PARTS_SHOWN = 200, 40


@dataclass(frozen=True, slots=True)
class Chain:
    """One coarse difference.  adds_up: its parts sum to it, to the last digit; left: what they leave open."""

    row: Row
    parts: tuple[Row, ...]
    part_count: int
    hidden: int
    total: Figure
    adds_up: bool
    left: Figure


@dataclass(frozen=True, slots=True)
class CoarseGrain:
    """A coarser grain.  explained: how many of its differences follow exactly from finer ones."""

    name: str
    finer: str
    keys: tuple[str, ...]
    finer_keys: tuple[str, ...]
    count: int
    explained: int
    chains: tuple[Chain, ...]
    hidden: int
    total: tuple[Figure, ...]
    finer_total: tuple[Figure, ...]
    csv: str


def settlements_page(record: RunRecord, csv: dict[str, str]) -> tuple[CoarseGrain, ...]:
    """Every grain with differences that follows from a finer one."""
    by_id = {
        difference.id: difference for difference in (*record.differences, *record.accepted, *record.tolerated)
    }
    grains = {grain.name: grain for grain in record.grains}
    states = {row.id: "known" for row in record.accepted} | {
        row.id: "within tolerance" for row in record.tolerated
    }
    pages = []
    for grain in record.grains:
        rows = [difference for difference in record.differences if difference.grain == grain.name]
        if not rows or not grain.follows_from:
            continue
        finer = grains[grain.follows_from]
        chains = [_chain(row, grain, by_id, grains, states) for row in rows]
        linked = {i for row in rows for i in row.follows_from}
        pages.append(
            CoarseGrain(
                grain.name,
                finer.name,
                grain.keys,
                finer.keys,
                len(rows),
                sum(chain.adds_up for chain in chains),
                tuple(sorted(chains, key=lambda chain: chain.adds_up)[:SHOWN]),
                max(0, len(rows) - SHOWN),
                _sum(rows),
                _sum([by_id[i] for i in by_id if i in linked]),
                csv[grain.name],
            )
        )
    return tuple(pages)


def _chain(
    row: Difference,
    grain: Grain,
    by_id: dict[str, Difference],
    grains: dict[str, Grain],
    states: dict[str, str],
) -> Chain:
    parts = [by_id[i] for i in row.follows_from]
    total = sum((number(p.difference) for p in parts if p.currency == row.currency), Fraction(0))
    left = number(row.difference) - total
    same_currency = all(part.currency == row.currency and not part.other for part in (row, *parts))
    return Chain(
        figures.table_row(row, grain.keys),
        tuple(
            figures.table_row(part, grains[part.grain].keys, states.get(part.id, ""))
            for part in parts[:PARTS_SHOWN]
        ),
        len(parts),
        max(0, len(parts) - PARTS_SHOWN),
        figures.signed(figures.exact(total), row.currency),
        bool(parts) and same_currency and left == 0,
        figures.signed(figures.exact(left), row.currency),
    )


def _sum(rows: list[Difference]) -> tuple[Figure, ...]:
    return figures.differences({currency: figures.exact(value) for currency, value in money_of(rows).items()})
