"""Control totals: every row that was read is accounted for, and every amount; else there is no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.adapters.mapping import GrainMapping
from harness.adapters.rows import ResultTable, SourceRow
from reference_engine.problems import Problem, Stopped


@dataclass(frozen=True, slots=True)
class Accounted:
    """What became of the rows of one side.

    read: rows looked at; left_out: by the mapping's conditions; unreadable: set aside; rows: compared, some of them made of
    several.  sums: whole units of all amounts as they were read.
    """

    source: str
    read: int
    left_out: int
    unreadable: int
    rows: int
    sums: Mapping[str, int]


def accounted(grain: GrainMapping, table: ResultTable) -> Accounted:
    """The rows and amounts of one side.  Raises Stopped where one of them was lost or counted twice on the way."""
    unreadable = len(table.unreadable)
    if table.proven is not None:
        # A large side was counted and summed by the database that read it; the join checks it against both totals.
        rows = table.proven.rows + len(table.proven.differing)
        sums = dict(table.proven.sums)
        for row in table.proven.differing:
            sums[row.currency] = sums.get(row.currency, 0) + row.amount
        return Accounted(table.file, max(table.read, rows), table.left_out, unreadable, rows, sums)
    sums = {}
    for row in table.rows:
        sums[row.currency] = sums.get(row.currency, 0) + row.amount
    parts = sum(max(1, len(row.sources)) for row in table.rows)
    # Where the mapping takes one of several of our rows, the others aren't compared.
    every = grain.adds_up or any(isinstance(s, SourceRow) for row in table.rows[:1] for s in row.sources)
    if table.read and every and parts != table.read - table.left_out - unreadable:
        raise Stopped(_counts(grain, table, parts, unreadable))
    for currency in sorted({*sums, *table.control} if table.control else ()):
        was, now = table.control.get(currency, 0), sums.get(currency, 0)
        if was != now:
            raise Stopped(_totals(grain, table, currency, was - now))
    return Accounted(table.file, table.read or parts, table.left_out, unreadable, len(table.rows), sums)


def _counts(grain: GrainMapping, table: ResultTable, parts: int, unreadable: int) -> Problem:
    return Problem(
        "control-counts",
        f"{grain.name}: of {table.read:,} rows of {table.file or 'our side'}, {table.left_out:,} are left out, {unreadable:,} can't be read "
        f"and {parts:,} are compared, which doesn't add up.",
        grain.where,
        "A row was lost or counted twice, so no verdict can be given.",
        "This is a defect of trueup; please report it with the mapping.",
    )


def _totals(grain: GrainMapping, table: ResultTable, currency: str, lost: int) -> Problem:
    return Problem(
        "control-totals",
        f"{grain.name}: the amounts read from {table.file or 'our side'} and those compared differ by {abs(lost):,} minor units of {currency or 'the figure'}.",
        grain.where,
        "A row was lost or counted twice, so no verdict can be given.",
        "This is a defect of trueup; please report it with the mapping.",
    )
