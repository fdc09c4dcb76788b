"""The deals of the bench as a world of the engine: typed columns, no text that has to be read."""

from __future__ import annotations

import numpy as np

from harness.bench import terms
from harness.bench.deals import CURRENCIES, FIRST_DAY, LEVELS, MONTHS, PLANS, YEAR, Deals
from reference_engine.columns import Array, Exact, same
from reference_engine.table import NO_DATE, Numbers, Table
from reference_engine.words import Numbered, column
from reference_engine.world import World

_MONTH_STARTS = (np.datetime64(f"{YEAR}-01", "M") + np.arange(MONTHS + 1)).astype("datetime64[D]")


def world(deals: Deals) -> World:
    """The standard tables of these deals."""
    names = _words([f"P{code:06d}" for code in range(deals.payees)])
    tables = (
        _payees(deals, names),
        _assignments(deals, names),
        _quotas(deals, names),
        _draws(deals, names),
        _rates(deals),
        _rules(),
        _splits(deals, names),
        _deals(deals, names),
        _returns(deals),
    )
    return World({table.name: table for table in tables})


def _payee(names: Array, codes: Array) -> Array:
    return column(codes.astype(np.int32), names, ordered=True)


def _table(
    name: str,
    size: int,
    text: dict[str, Array] | None = None,
    dates: dict[str, Array] | None = None,
    numbers: dict[str, Numbers] | None = None,
) -> Table:
    return Table(name, size, text or {}, dates or {}, numbers or {}, f"{name} of the bench", ())


def _words(values: list[str]) -> Array:
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _money(cents: Array, currency: Array) -> Numbers:
    return Numbers(Exact(cents, 100), same(True, len(cents), bool), currency)


def _dollars(size: int) -> Array:
    return same("USD", size)


def _payees(deals: Deals, names: Array) -> Table:
    manager = deals.manager
    text = {
        "payee": _payee(names, np.arange(deals.payees)),
        "role": column(deals.level.astype(np.int32), LEVELS),
        "manager": column(
            np.where(manager < 0, deals.payees, manager).astype(np.int32), _words([*names, ""])
        ),
    }
    return _table("payees", deals.payees, text)


def _assignments(deals: Deals, names: Array) -> Table:
    moving = np.flatnonzero(deals.moves < MONTHS)
    start = _MONTH_STARTS[deals.moves[moving]]
    until = np.full(deals.payees, NO_DATE)
    until[moving] = start - 1
    payee = np.concatenate([np.arange(deals.payees), moving])
    plan = np.concatenate([deals.plan, deals.later_plan[moving]])
    dates = {
        "from": np.concatenate([np.full(deals.payees, FIRST_DAY), start]),
        "to": np.concatenate([until, np.full(len(moving), NO_DATE)]),
    }
    text = {"payee": _payee(names, payee), "plan": column(plan.astype(np.int32), PLANS)}
    return _table("plan_assignments", len(payee), text, dates)


def _quotas(deals: Deals, names: Array) -> Table:
    size = deals.payees
    text = {"payee": _payee(names, np.arange(size)), "period": same(f"FY{YEAR}", size)}
    return _table("quotas", size, text, numbers={"quota": _money(deals.quota, _dollars(size))})


def _draws(deals: Deals, names: Array) -> Table:
    rows = np.flatnonzero(deals.draw)
    size = len(rows)
    text = {
        "payee": _payee(names, rows),
        "kind": same("recoverable", size),
        "per": same("month", size),
        "from": same(f"{YEAR}-01", size),
        "to": same(f"{YEAR}-12", size),
    }
    return _table("draws", size, text, numbers={"amount": _money(deals.draw[rows], _dollars(size))})


def _rates(deals: Deals) -> Table:
    foreign = range(1, len(CURRENCIES))
    size = len(foreign) * MONTHS
    text = {
        "from": _words([CURRENCIES[c] for c in foreign for _ in range(MONTHS)]),
        "to": _dollars(size),
        "kind": same("average", size),
    }
    rate = Numbers(Exact(deals.rate[1:].ravel(), 1_000_000), same(True, size, bool))
    return _table(
        "exchange_rates",
        size,
        text,
        {"valid from": np.tile(_MONTH_STARTS[:MONTHS], len(foreign))},
        {"rate": rate},
    )


def _rules() -> Table:
    rows = terms.rules()
    text = {
        "role": _words([role for role, _, _ in rows]),
        "of the credit of": _words([of for _, _, of in rows]),
    }
    shares = np.array([int(share.rstrip("%")) for _, share, _ in rows], dtype=np.int64)
    receives = Numbers(Exact(shares, 100), same(True, len(rows), bool))
    return _table("crediting_rules", len(rows), text, numbers={"receives": receives})


def _deal_names(deals: Deals) -> Numbered:
    return Numbered("D-", deals.size)


def _deals(deals: Deals, names: Array) -> Table:
    text = {
        "deal": column(np.arange(deals.size, dtype=np.int32), _deal_names(deals), ordered=True),
        "owner": _payee(names, deals.owner),
    }
    money = _money(deals.amount, column(deals.currency.astype(np.int8), CURRENCIES))
    return _table("deals", deals.size, text, {"closed": FIRST_DAY + deals.day}, {"amount": money})


def _splits(deals: Deals, names: Array) -> Table:
    size = len(deals.split_deal)
    text = {
        "deal": column(deals.split_deal.astype(np.int32), _deal_names(deals), ordered=True),
        "payee": _payee(names, deals.split_payee),
    }
    share = Numbers(Exact(deals.split_percent, 100), same(True, size, bool))
    return _table("credit_splits", size, text, numbers={"share": share})


def _returns(deals: Deals) -> Table:
    size = len(deals.returned)
    text = {
        "return": column(np.arange(size, dtype=np.int32), Numbered("R-", size), ordered=True),
        "of": column(deals.returned.astype(np.int32), _deal_names(deals), ordered=True),
    }
    money = _money(deals.return_amount, column(deals.currency[deals.returned].astype(np.int8), CURRENCIES))
    return _table("returns", size, text, {"date": FIRST_DAY + deals.return_day}, {"amount": money})
