"""The names of payees that a scenario states, and those that are nearly one of them: a slip in a name pays nobody, without a word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import TERRITORY_OWNER

COLUMNS = ("payee", "owner", "retailer", "manager")
"""Columns of standard tables that hold payees."""
_SOLD = {
    "deals",
    "pipeline",
    "retail_sales",
    "credit_splits",
    "matching_rules",
    "named_accounts",
    "holdovers",
    "territories",
    "fund_claims",
}
"""Tables that credit whoever they name, also somebody who is on no plan."""
_LIKE = 0.8


def named(tables: Iterable[TextTable]) -> set[str]:
    """Every payee that the tables name."""
    return {
        cell
        for t in tables
        for name in COLUMNS
        if name in t.header
        for row in t.rows
        if (cell := row[t.header.index(name)])
    }


def paid(tables: Iterable[TextTable]) -> set[str]:
    """Payees who are listed as such, or put on a plan."""
    return {
        cell
        for t in tables
        if t.name in ("payees", "plan_assignments") and "payee" in t.header
        for row in t.rows
        if (cell := row[t.header.index("payee")])
    }


def nearly(name: str, known: Iterable[str]) -> str:
    """The known name of which this one is a slip; "" where it is one of its own.

    Names that differ only in a number or in a single letter as their word (Rep 1 and Rep 2, Seller A and Seller B) are different ones.
    """
    for near in difflib.get_close_matches(name, list(known), n=3, cutoff=_LIKE):
        ours, theirs = name.split(), near.split()
        differing = [(a, b) for a, b in zip(ours, theirs, strict=False) if a != b]
        short = any(len(a) < 3 or len(b) < 3 or any(c.isdigit() for c in a + b) for a, b in differing)
        if near != name and len(ours) == len(theirs) and not short:
            return near
        if len(ours) != len(theirs) and "".join(ours).casefold() == "".join(theirs).casefold():
            return near
    return ""


def misspelt(tables: Sequence[TextTable], file: str) -> Iterator[Problem]:
    """A Problem for each name in records of the feature that is nearly that of a payee, and is nobody's else.

    file: the feature; names in data files are as their system has them.
    """
    known = paid(tables)
    groups = {
        row[t.header.index("group")]
        for t in tables
        if t.name == "groups" and "group" in t.header
        for row in t.rows
    }
    told: set[str] = set()
    for table in tables:
        columns = (
            [c for c in COLUMNS if c in table.header] if table.name in _SOLD and table.file == file else []
        )
        for row, line in zip(table.rows, table.lines, strict=False):
            for column in columns:
                name = row[table.header.index(column)]
                if name in known or name in groups or name in told or name in ("", TERRITORY_OWNER):
                    continue
                told.add(name)
                near = nearly(name, known)
                if near:
                    what = f'the {column} "{name}" is on no plan, and there is "{near}", who is'
                    remedy = (
                        f"Did you mean: {near}? Where somebody else is meant, list both under: these payees:"
                    )
                    yield Problem(
                        "payee-misspelt",
                        what,
                        Where(file, line),
                        "What is theirs would be paid to nobody, without a word.",
                        remedy,
                    )
