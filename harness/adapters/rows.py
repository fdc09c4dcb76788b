"""Rows of results, from whichever side: what the reconciliation compares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class ResultTable:
    """All rows of one side at one grain.

    decimals: currency -> decimals of its amounts.  read: rows or lines looked at.  left_out: those that the
    mapping's conditions leave out.  file: where they come from; header: the columns of the export.
    codes: key name -> our value -> the target's one code for it.  notes: what a reader should know about the
    reading.
    """

    grain: str
    rows: list[ResultRow]
    decimals: Mapping[str, int]
    read: int = 0
    left_out: int = 0
    file: str = ""
    header: tuple[str, ...] = ()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
