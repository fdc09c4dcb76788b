"""Which invoices and payments a release waits for, as a sentence."""

from __future__ import annotations

from datetime import date

import numpy as np

from reference_engine.columns import Array
from reference_engine.events import SOURCE
from reference_engine.mechanics.receivables import applied_to
from reference_engine.mechanics.registry import Mechanic
from reference_engine.results import Result
from reference_engine.vocabulary.numbers import format_money

MOST = 10
"""Papers that a sentence names."""


def payment_words(result: Result, mechanic: Mechanic, sentence: str, event: int, until: date) -> str:
    """The payments or invoices of a record's invoice or deal up to a day; "" where a sentence is about none.

    sentence: what the mechanic says of the line.
    """
    table = _papers(mechanic.name, sentence)
    if not table or event < 0:
        return ""
    e = result.events
    invoice, deal = str(e.invoice[event]), str(e.deal[event])
    if e.sign[event] < 0 and invoice:
        # A credit note waits for what is paid on the invoice that it is applied to.
        invoice = str(applied_to(e, result.world)[event])
        if not invoice:
            return ""
    what = f"invoice {invoice}" if invoice else f"deal {deal}"
    mine = (e.invoice == invoice) if invoice and table == "payments" else (e.deal == deal)
    rows = np.flatnonzero(
        np.asarray((e.source == SOURCE[table]) & mine) & (e.date <= np.datetime64(until, "D"))
    )
    if not len(rows):
        return f"Nothing of {what} was {'paid' if table == 'payments' else 'invoiced'} by {until}."
    return f"{table.capitalize()} of {what} by {until}: {_listed(result, rows)}."


def _papers(name: str, sentence: str) -> str:
    """What a sentence is about: payments or invoices."""
    if name in ("release", "release at level", "release on cash"):
        return "payments"
    if name == "release as invoiced":
        return "invoices"
    if name == "split payment":
        return "invoices" if "invoiced" in sentence else "payments" if "customer" in sentence else ""
    return ""


def _listed(result: Result, rows: Array) -> str:
    e = result.events
    order = rows[np.argsort(e.date[rows], kind="stable")]
    names = [
        f"{e.record[r]} of {e.date[r]}, {'-' if e.sign[r] < 0 else ''}{format_money(e.amount.at(r), str(e.currency[r]))}"
        for r in order[:MOST].tolist()
    ]
    if len(order) > MOST:
        names.append(f"and {len(order) - MOST:,} more")
    return "; ".join(names)
