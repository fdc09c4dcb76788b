"""What a chart is: a drawing, its finding in words, and the figures that it is drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from reference_engine.vocabulary.numbers import format_number
from reports.pages.plots import Drawing

TABLE_ROWS = 400


@dataclass(frozen=True, slots=True)
class Key:
    """What one kind of mark stands for.  style: the mark's class."""

    style: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart.  sentence: what it shows, in words.  heads, rows: the figures behind it.  wide: over both columns of the page."""

    title: str
    sentence: str
    drawing: Drawing
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    keys: tuple[Key, ...] = ()
    note: str = ""
    wide: bool = False

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The first figures; further ones are in the files."""
        return self.rows[:TABLE_ROWS]


def by_size(sums: Mapping[str, Mapping[str, tuple[Fraction, ...]]]) -> list[str]:
    """Currencies, those of most names (payees, periods) first."""
    return sorted(sums, key=lambda c: (-len(sums[c]), c))


def whole(value: Fraction) -> str:
    """A number to the nearest whole, for readers of charts."""
    nearest = int(abs(value) + Fraction(1, 2))
    return format_number(Fraction(-nearest if value < 0 else nearest)).replace("-", "\u2212")
