"""Rows of results, from whichever side: what the reconciliation compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reference_engine.vocabulary.results import EarnedLine, Payout


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of an export, as it stands there.  codes: the target's own text for each part of the key."""

    file: str
    line: int
    raw: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One amount under one key.

    key: our values, in the order of the grain's key.  amount: a whole count of the currency's minor unit (or
    of the decimals that the mapping declares).  fields: the other compared values as text; None: not
    compared.
    sources: the export rows, or the expected lines or payouts, that it is made of.
    """

    key: tuple[str, ...]
    amount: int
    currency: str
    fields: tuple[str | None, ...]
    sources: tuple[SourceRow, ...] | tuple[EarnedLine, ...] | tuple[Payout, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell of a row.  column: its number, 0 for the row as a whole."""

    slug: str
    what: str
    column: int
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row of an export that can't be read.

    key: our values of its key; None where the key itself can't be read.  faults: what is wrong with it, cell by cell.
    currency: of its amount; "" where that can't be read.
    """

    source: SourceRow
    key: tuple[str, ...] | None
    faults: tuple[Fault, ...]
    currency: str = ""

    @property
    def what(self) -> str:
        """What is wrong with it, in words."""
        return " ".join(fault.what for fault in self.faults)


@dataclass(frozen=True)
class ProvenRows:
    """The rows of a large side that agree with the other side, counted and summed without being read one by one.

    keys: how many keys agree; tolerated: of these, those that agree only by a tolerance and aren't listed, with the money
    that it forgave.  rows, sums: of this side.  differing: all other rows, in the order of the file.
    """

    keys: int
    rows: int
    sums: Mapping[str, int]
    tolerated: int
    tolerated_money: Mapping[str, int]
    differing: list[ResultRow]
    sql: str


@dataclass(frozen=True)
class ResultTable:
    """All rows of one side at one grain.

    decimals: currency -> decimals of its amounts.  read: rows or lines looked at.  left_out: those that the
    mapping's conditions leave out.  file: where they come from; header: the columns of the export.
    codes: key name -> our value -> the target's one code for it.  notes: what a reader should know about the
    reading.
    """

    grain: str
    rows: Sequence[ResultRow]
    decimals: Mapping[str, int]
    read: int = 0
    left_out: int = 0
    file: str = ""
    header: tuple[str, ...] = ()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    unreadable: tuple[UnreadableRow, ...] = ()
    """Rows that can't be read: each is a finding, and the others are compared all the same."""
    control: Mapping[str, int] = field(default_factory=dict)
    """Currency -> the sum of all amounts as they were read, before anything was added up or compared."""
    proven: ProvenRows | None = None
    """What is known of a side too large to hold: then `rows` reads the file anew each time it is gone through."""

    @property
    def differing(self) -> ResultTable:
        """This side with only the rows that may differ, to be compared one by one."""
        return self if self.proven is None else replace(self, rows=self.proven.differing, proven=None)
