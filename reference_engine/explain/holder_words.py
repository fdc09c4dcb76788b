"""Who held the territory of a deal, on which day, and why the deal belongs to it."""

from __future__ import annotations

import numpy as np

from reference_engine.mechanics.crediting.territory import account_territory
from reference_engine.results import Result


def holder_words(result: Result, payee: str, event: int) -> str:
    """`as the holder of the territory North on 2026-01-15, ...`; the plain reason where the day can't be told."""
    world, events = result.world, result.events
    deals, deal = world.table("deals"), str(events.deal[event])
    account = str(events.attribute("account")[event])
    stated = str(deals.words("territory")[deals.index[deal]]) if deal in deals.index else ""
    sold = events.deal_date[event]
    days = [d for d in (sold, events.date[event]) if not np.isnat(d)]
    for precedence in ("", "rules first"):
        for day in days:
            found = account_territory(
                world, np.array([account], dtype=object), np.array([day], dtype="datetime64[D]"), precedence
            )
            by_name = int(found.holder[0])
            if not stated and by_name >= 0 and world.payees[by_name] == payee:
                return f" as the one to whom the account {account} is given by name on {day}"
            name = stated or str(found.territory[0])
            if name and _holds(result, name, payee, day):
                return f" as the holder of its territory {name} on {day}{_why(stated, str(found.why[0]), account)}"
    return " as the holder of its territory"


def _holds(result: Result, territory: str, payee: str, day: np.datetime64) -> bool:
    table = result.world.table("territories")
    first, last = table.days("from"), table.days("to")
    mine = (table.words("territory") == territory) & (table.words("owner") == payee)
    return bool((mine & (np.isnat(first) | (first <= day)) & (np.isnat(last) | (last >= day))).any())


def _why(stated: str, why: str, account: str) -> str:
    """Why the deal belongs to the territory."""
    if stated:
        return ", which the deal names"
    if why.startswith("moved on "):
        return f", to which the account {account} {why}"
    if why == "stated":
        return f", which the account {account} names"
    if why == "named account":
        return f", to which the account {account} is given by name"
    return (
        f", to which the territory rule of priority {why.removeprefix('rule ')} gives the account {account}"
        if why.startswith("rule ")
        else ""
    )
