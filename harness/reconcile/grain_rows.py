"""The rows of each kind that a calculation has: how our names and figures are read from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from operator import attrgetter
from typing import Any

from harness.adapters.grain_kinds import COUNTS
from reference_engine.events import SOURCE
from reference_engine.results import Result
from reference_engine.vocabulary.results import EarnedLine, Payout

Row = Any
"""A row of the engine's vocabulary: Credit, EarnedLine, Payout, Attainment, Balance and so on."""

OF_ATTRIBUTES = ("product", "category", "account", "territory")


@dataclass(frozen=True, slots=True)
class Transaction:
    """One record that went into the calculation: a deal, an invoice line, a payment, a return, a sale.

    payee: its owner, "" where the territory decides.  amount: what takes back is negative.
    """

    record: str
    line: str
    deal: str
    kind: str
    date: date
    payee: str
    amount: Fraction
    units: Fraction
    currency: str
    attributes: tuple[tuple[str, str], ...] = ()


def transactions_of(result: Result) -> list[Transaction]:
    """Every record of the world, in its order; a forecast isn't one."""
    e = result.events
    amounts, units = e.amount.fractions(), e.units.fractions()
    names = [n for n in OF_ATTRIBUTES if n in e.attributes]
    out = []
    for i in range(len(e)):
        if int(e.source[i]) == SOURCE["pipeline"]:
            continue
        owner, sign = int(e.owner[i]), int(e.sign[i])
        out.append(
            Transaction(
                str(e.record[i]),
                str(e.line[i]),
                str(e.deal[i]),
                str(e.kind[i]),
                e.date[i].astype(object),
                result.payees[owner] if owner >= 0 else "",
                amounts[i] * sign,
                units[i] * sign,
                str(e.currency[i]),
                tuple((n, str(e.attributes[n][i])) for n in names if e.attributes[n][i]),
            )
        )
    return out


def rows_of(result: Result, kind: str) -> Sequence[Row]:
    """All rows of one kind."""
    made: dict[str, Callable[[], Sequence[Row]]] = {
        "transactions": lambda: transactions_of(result),
        "credits": result.credit_rows,
        "quotas": result.quota_rows,
        "attainments": result.attainment_rows,
        "figures": result.figure_rows,
        "lines": result.line_rows,
        "payouts": result.payout_rows,
        "balances": result.balance_rows,
    }
    return made[kind]()


def said(name: str) -> Callable[[Row], str]:
    """How one of our names is read from a row."""
    if name == "pay period":
        return lambda row: str(row.pay_period)
    if name == "date":
        return lambda row: row.date.isoformat() if row.date else ""
    if name in OF_ATTRIBUTES:
        return lambda row: next((value for key, value in row.attributes if key == name), "")
    return attrgetter(name)


def figure(of: str) -> Callable[[Row], Fraction]:
    """How the compared figure is read from a row.  A count is one for each row."""
    if of in COUNTS:
        return lambda row: Fraction(1)
    if of == "attainment":
        return attrgetter("value")
    return attrgetter(of)


def currency_of(of: str) -> Callable[[Row], str]:
    """The currency of the compared figure; "" where it never has one."""
    if of in (*COUNTS, "attainment", "units"):
        return lambda row: ""
    return attrgetter("currency")


def said_or_blank(row: Row, name: str) -> str:
    """One of our names, "" for a row that doesn't have it."""
    if isinstance(row, EarnedLine | Payout):
        return said(name)(row)
    return str(getattr(row, name, ""))


def facts(row: Row) -> Mapping[str, str]:
    """What a row says of itself, for messages and reports."""
    names = (
        "payee",
        "plan",
        "component",
        "measure",
        "figure",
        "period",
        "record",
        "line",
        "deal",
        "kind",
        "type",
    )
    return {name: text for name in names if (text := said_or_blank(row, name))}
