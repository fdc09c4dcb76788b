"""The ledger of draws and debts: one state for each payee and currency, carried from pay period to pay period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, Exact, is_same
from reference_engine.mechanics.measure import stacked
from reference_engine.settling_run import SettlingRun

NONE, FLOOR, ADDED, PREPAID = range(4)
"""What a draw does in a period: nothing, tops pay up to it, is paid on top of pay, was paid before."""


@dataclass(frozen=True)
class Cells:
    """What the ledger looks at, as matrices of rows and pay periods.

    total: all pay.  earned: what counts towards the draw and pays it back.  draw: its amount; does: NONE, FLOOR, ADDED or
    PREPAID.  owed: where what is advanced becomes a debt.  opening: what stands open before the pay of the period.
    share, at_least, at_most: of what is taken back; unlimited: where there is no at_most.  free: where something may be
    taken back.  holds: where pay above the draw is held back until then.  offsets: where pay above the draw shelters later pay
    below it.  gives: where earnings below zero aren't owed.  forgiven: the share of the debt that ends with the period.  last_pay, bill, ends: where a
    payee leaves and the debt is taken from the last pay, billed, or forgiven.  carries: where pay below zero is owed.
    """

    total: Exact
    earned: Exact
    draw: Exact
    does: Array
    owed: Array
    opening: Exact
    share: Exact
    at_least: Exact
    at_most: Exact
    unlimited: Array
    free: Array
    holds: Array
    offsets: Array
    gives: Array
    forgiven: Exact
    last_pay: Array
    bill: Array
    ends: Array
    carries: Array


@dataclass(frozen=True)
class Moved:
    """What the ledger does, as matrices; all amounts are positive, but for `carried` where pay is reduced to nothing.

    debt: what is owed after each period.  surplus: pay above the draw.  sheltered: what a later shortfall was reduced by.
    below: where pay is below zero and isn't carried.
    """

    advance: Exact
    added: Exact
    prepaid: Exact
    netted: Exact
    recovery: Exact
    held: Exact
    released: Exact
    paid_out: Exact
    carried: Exact
    forgiven: Exact
    waived: Exact
    debt: Exact
    surplus: Exact
    sheltered: Exact
    below: Array
    would_shelter: Array


def ledger(cells: Cells, rounded: SettlingRun) -> Moved:
    """Runs every row through the periods."""
    rows, periods = cells.total.shape
    zero = Exact.full(rows, 0)
    debt = held = shelter = seen = zero
    out: dict[str, list[Exact]] = {name: [] for name in Moved.__dataclass_fields__ if name not in _FLAGS}
    below: list[Array] = []
    would: list[Array] = []
    for t in range(periods):
        opening, earned, draw = cells.opening[:, t], cells.earned[:, t], cells.draw[:, t]
        does = cells.does[:, t]
        floor = (does == FLOOR) | (does == PREPAID)
        debt = debt + (-opening).maximum(zero)
        paid_out = opening.maximum(zero)
        level = Exact.where(floor, draw, zero)
        surplus = (earned - level).maximum(zero)
        short = Exact.where(floor, (level - earned).maximum(zero), zero)
        prepaid = Exact.where(does == PREPAID, draw, zero)
        netted = prepaid.minimum(earned.maximum(zero))
        would.append((does == FLOOR) & cells.owed[:, t] & (short.num > 0) & (seen.num > 0))
        offsets = _both(cells.offsets[:, t], does == FLOOR)
        used = Exact.where(offsets, shelter.minimum(short), zero)
        shelter = shelter - used
        advance = Exact.where(does == FLOOR, short - used, zero)
        added = Exact.where(does == ADDED, draw, zero)
        lent = Exact.where(does == PREPAID, prepaid - netted, advance)
        waived = Exact.where(_both(cells.gives[:, t], floor), (-earned).maximum(zero).minimum(lent), zero)
        debt = debt + Exact.where(cells.owed[:, t] & floor, lent - waived, zero)
        free = cells.free[:, t]
        # Who leaves and settles has nothing held back any more.
        settles = cells.last_pay[:, t] | cells.bill[:, t] | cells.ends[:, t]
        netting = Exact.where(free | settles, held.minimum(debt), zero)
        debt, held = debt - netting, held - netting
        released = Exact.where(free | settles, held, zero)
        held = held - released
        take = rounded.rounded(surplus * cells.share[:, t]).maximum(cells.at_least[:, t])
        take = Exact.where(cells.unlimited[:, t], take, take.minimum(cells.at_most[:, t]))
        recovery = Exact.where(free, take.minimum(surplus).minimum(debt), zero)
        debt = debt - recovery
        holding = Exact.where(_both(cells.holds[:, t], ~free & ~settles & floor), surplus, zero)
        held = held + holding
        shelter = Exact.where(offsets, shelter + (surplus - recovery), shelter)
        seen = seen + Exact.where(does == FLOOR, surplus - recovery, zero)
        debt = debt + Exact.where(cells.owed[:, t] & (does == ADDED), added, zero)
        pay = cells.total[:, t] + advance + added - netted - recovery - holding + released + paid_out
        last = Exact.where(
            cells.last_pay[:, t],
            debt.minimum(pay.maximum(zero)),
            Exact.where(cells.bill[:, t], debt, zero),
        )
        pay, debt, recovery = pay - last, debt - last, recovery + last
        carried = Exact.where(_both(cells.carries[:, t], ~cells.bill[:, t]), (-pay).maximum(zero), zero)
        below.append((pay.num < 0) & ~cells.carries[:, t] & ~cells.bill[:, t])
        debt = debt + carried
        gone = rounded.rounded(debt * cells.forgiven[:, t])
        gone = Exact.where(cells.ends[:, t], debt, gone)
        debt = debt - gone
        for name, column in (
            ("advance", advance), ("added", added), ("prepaid", prepaid), ("netted", netted), ("recovery", recovery),
            ("held", holding), ("released", released), ("paid_out", paid_out), ("carried", carried), ("forgiven", gone),
            ("waived", waived), ("debt", debt), ("surplus", surplus), ("sheltered", used),
        ):  # fmt: skip
            out[name].append(column)
    return Moved(
        **{name: stacked(columns) for name, columns in out.items()},
        below=np.stack(below, axis=1),
        would_shelter=np.stack(would, axis=1),
    )


_FLAGS = ("below", "would_shelter")


def _both(one: Array, other: Array) -> Array:
    """Where both masks hold; a mask that says the same of all decides at once."""
    if is_same(one):
        return other if one.item(0) else one
    return one & other
