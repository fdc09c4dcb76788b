"""How the totals of a run tie out to its inputs, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

from reports.difference_types import Amount, Totals


@dataclass(frozen=True, slots=True)
class SideTotals:
    """What became of every row of one side.

    source: the file, or the calculation.  read: rows looked at; left_out: those that the mapping's conditions leave out;
    unreadable: those that can't be read; rows: those compared, some of them made of several.  sums: of all amounts as they
    were read, and so of all that was compared.
    """

    side: str
    source: str
    read: int
    left_out: int
    unreadable: int
    rows: int
    sums: Totals = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What one class of findings adds to the way from one total to the other."""

    label: str
    count: int
    amount: Amount


@dataclass(frozen=True, slots=True)
class Bridge:
    """From the total of one side to that of the other in one currency: start plus every step is end."""

    currency: str
    start: Amount
    steps: tuple[Step, ...]
    end: Amount


@dataclass(frozen=True, slots=True)
class TieOut:
    """The control totals of one grain.  A run whose totals don't tie out has no verdict: it stops."""

    grain: str
    sides: tuple[SideTotals, ...]
    bridges: tuple[Bridge, ...]
    matched: int
