"""The causes: differences grouped by what they have in common, the biggest money first."""

from __future__ import annotations

from dataclasses import dataclass

from reports.pages import figures
from reports.pages.figures import Figure, Row
from reports.record_types import RunRecord

ROWS_SHOWN = 15
"""Rows of a cause that stand in the page itself; the table of differences has all of them."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause.  share: of the grain's differing rows; spread: of the rows with these attributes."""

    rank: int
    id: str
    grain: str
    sentence: str
    labels: tuple[tuple[str, str], ...]
    relation: str
    class_: str
    count: str
    money: tuple[Figure, ...]
    share: str
    spread: str
    keys: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int


@dataclass(frozen=True, slots=True)
class CausesOfGrain:
    """The causes of one grain, with what they add up to."""

    grain: str
    causes: tuple[Cause, ...]
    unexplained: int


def causes_page(record: RunRecord) -> tuple[CausesOfGrain, ...]:
    """Causes by grain, the finest grain first; grains without causes are left out."""
    by_id = {difference.id: difference for difference in record.differences}
    pages = []
    for grain in record.grains:
        groups = [group for group in record.groups if group.grain == grain.name]
        groups.sort(key=lambda group: (-figures.weight(group.money), -group.count, group.id))
        differing = sum(grain.by_class.values())
        causes = []
        for rank, group in enumerate(groups, 1):
            rows = tuple(figures.table_row(by_id[i], grain.keys) for i in group.differences[:ROWS_SHOWN])
            same = f"{group.count:,} of {group.of:,} rows with these attributes differ" if group.of else ""
            causes.append(
                Cause(
                    rank,
                    group.id,
                    group.grain,
                    group.sentence,
                    tuple(group.attributes.items()),
                    group.relation,
                    group.class_,
                    figures.number_of(group.count, "row"),
                    figures.differences(group.money),
                    figures.percent(group.count, differing, 1),
                    same,
                    grain.keys,
                    rows,
                    group.count - len(rows),
                )
            )
        explained = {i for group in groups for i in group.differences}
        unexplained = sum(d.grain == grain.name and d.id not in explained for d in record.differences)
        if causes or unexplained:
            pages.append(CausesOfGrain(grain.name, tuple(causes), unexplained))
    return tuple(pages)
