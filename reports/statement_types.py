"""A payee's statement: what was expected to be paid, component by component, beside what the target pays."""

from __future__ import annotations

from dataclasses import dataclass

from reports.difference_types import Amount


@dataclass(frozen=True, slots=True)
class StatementPart:
    """What a payout is made of.  label: "lines", or the words of what adjusts it (cap, draw recovery).  lines: how many."""

    label: str
    lines: int
    amount: Amount


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One component of one payee's pay in one period and currency.

    plan: blank above the plans.  component: blank where the comparison adds several up.  expected, actual: blank where that
    side has nothing.  last: the last day of the period, blank where only the target knows the row.  parts: what the
    expected amount is made of, whose amounts add up to it; none where that isn't known.  differences: ids of the rows that differ here.
    """

    payee: str
    period: str
    plan: str
    component: str
    expected: Amount
    actual: Amount
    currency: str
    name: str = ""
    last: str = ""
    parts: tuple[StatementPart, ...] = ()
    differences: tuple[str, ...] = ()
