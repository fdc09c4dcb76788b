"""The causes: differences grouped by what they have in common, the biggest money first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from reports.pages import figures
from reports.pages.figures import Figure, Row
from reports.record_check import number
from reports.record_types import Group, RunRecord


@dataclass(frozen=True, slots=True)
class Share:
    """What a cause has of all that differs in one currency, each row taken as a positive amount.  width: of the bar, 0 to 100."""

    currency: str
    percent: str
    moved: str
    width: str


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
    shares: tuple[Share, ...] = ()


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
        whole = _whole(groups)
        groups.sort(key=lambda group: (-_part(group, whole), -group.count, group.id))
        differing = sum(grain.by_class.values())
        causes = []
        for rank, group in enumerate(groups, 1):
            rows = tuple(figures.table_row(by_id[i], grain.keys) for i in group.differences[:ROWS_SHOWN])
            # Rows that only the target has are none of the expected ones.
            counted = group.of and "unexpected" not in group.class_
            same = f"{group.count:,} of {group.of:,} rows with these attributes differ" if counted else ""
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
                    _shares(group, whole),
                )
            )
        explained = {i for group in groups for i in group.differences}
        unexplained = sum(d.grain == grain.name and d.id not in explained for d in record.differences)
        if causes or unexplained:
            pages.append(CausesOfGrain(grain.name, tuple(causes), unexplained))
    return tuple(pages)


def _moved(group: Group) -> Mapping[str, str]:
    """What the rows of a cause differ by, whichever way; a record of before has only their sum."""
    return group.moved or group.money


def _whole(groups: Sequence[Group]) -> dict[str, Fraction]:
    """All that differs, by currency."""
    sums: dict[str, Fraction] = {}
    for group in groups:
        for currency, amount in _moved(group).items():
            sums[currency] = sums.get(currency, Fraction(0)) + abs(number(amount))
    return sums


def _part(group: Group, whole: Mapping[str, Fraction]) -> Fraction:
    """The largest share that a cause has of what differs in any currency: amounts of two currencies can't be compared."""
    parts = [abs(number(a)) / whole[c] for c, a in _moved(group).items() if whole[c]]
    return max(parts, default=Fraction(0))


def _shares(group: Group, whole: Mapping[str, Fraction]) -> tuple[Share, ...]:
    found = []
    for currency, amount in _moved(group).items():
        size = abs(number(amount))
        if size:
            tenths = max(1, int(size * 1000 / whole[currency]))
            text = figures.percent(size, whole[currency], 1)
            width = f"{tenths // 10}.{tenths % 10}"
            found.append(Share(currency, text, figures.money(figures.exact(size), currency), width))
    return tuple(found)
