"""Draws and balances: a payee's pay is topped up to a draw, and what is owed is recovered from later pay."""

from __future__ import annotations

from dataclasses import dataclass

from reference_engine.columns import Array, Exact
from reference_engine.mechanics.measure import stacked

MEANING = (
    "A recoverable draw tops pay up and is recovered from all pay above the draw; a non-recoverable one tops pay up for good. "
    "Pay below zero is carried as a debt where the plan says so."
)


@dataclass(frozen=True)
class Settled:
    """Payee-by-period matrices: what is added to pay (advance), taken from it (recovery) or carried out of it, and what is owed after.

    balance: negative where the payee owes.
    """

    advance: Exact
    recovery: Exact
    carried: Exact
    balance: Exact


def settle(total: Exact, draw: Exact, recoverable: Array, opening: Exact, carries: Array) -> Settled:
    """Runs the ledger of every payee through the periods.

    total: earned pay.  draw: the draw of each period, 0 for none.  recoverable: where it is.  opening: what stands
    open before each period's pay (negative: owed by the payee).  carries: payees whose negative pay becomes a debt.
    """
    payees, periods = total.shape
    zero = Exact.full(payees, 0)
    balance = zero
    columns: dict[str, list[Exact]] = {"advance": [], "recovery": [], "carried": [], "balance": []}
    for t in range(periods):
        balance = balance + opening[:, t]
        has_draw = draw[:, t].num > 0
        surplus = total[:, t] - draw[:, t]
        advance = Exact.where(has_draw, (-surplus).maximum(zero), zero)
        recovery = (-balance).maximum(zero).minimum(surplus.maximum(zero))
        credit_out = balance.maximum(zero)
        carried = Exact.where(carries & ~has_draw, (-total[:, t]).maximum(zero), zero)
        debt = Exact.where(recoverable[:, t], advance, zero)
        balance = balance - debt + recovery - carried - credit_out
        columns["advance"].append(advance)
        columns["recovery"].append(-recovery + credit_out)
        columns["carried"].append(carried)
        columns["balance"].append(balance)
    return Settled(**{name: stacked(parts) for name, parts in columns.items()})
