"""Why somebody is credited with a record, in words."""

from __future__ import annotations

import numpy as np

from reference_engine.mechanics.crediting.credits import ROLL_UP, TYPES
from reference_engine.results import Result
from reference_engine.vocabulary.numbers import format_percent
from reference_engine.world import BY_RULE, TERRITORY_OWNER


def credit_words(result: Result, credit: int, event: int) -> str:
    """`credited to "Ana" as the owner` and the like, with what quotas see of it and whether it waits for a release."""
    c = result.credits
    payee = result.payees[int(c.payee[credit])]
    share = c.share.at(credit)
    of_it = f" for {format_percent(share)} of it"
    kind = TYPES[int(c.type[credit])]
    if kind == "direct":
        why = _why(result, payee, event)
        words = f'credited to "{payee}"' + (why if share == 1 and why else of_it + ("," + why if why else ""))
    elif c.source[credit] < 0:
        words = f'credited to "{payee}"{of_it} as {kind}, by the split of the deal'
    else:
        source = result.payees[int(c.payee[int(c.source[credit])])]
        words = f'credited to "{payee}"{of_it} as {kind} of "{source}"'
        level = 0 if c.level is None or c.type[credit] != ROLL_UP else int(c.level[credit])
        if level > 1:
            words += f", {level} levels below"
    if c.counted is not None and (seen := c.counted.at(credit)) != share:
        words += f"; towards quotas and tiers it counts for {format_percent(seen)} of it"
    if c.held is not None and c.held[credit]:
        words += "; the credit is held"
    for day, what in ((c.day, "counts"), (c.pay_day, "is paid")):
        if day is not None and not np.isnat(day[credit]) and day[credit] != result.events.date[event]:
            words += f"; it was held and {what} from its release on {day[credit]}"
    return words


def _why(result: Result, payee: str, event: int) -> str:
    """By which rule a direct credit was given; "" where that can't be said in a word."""
    world, deal = result.world, str(result.events.deal[event])
    splits = world.table("credit_splits")
    if deal and (splits.words("deal") == deal).any():
        return " by the split of the deal"
    deals = world.table("deals")
    row = deals.index.get(deal) if deals.size else None
    owner = str(deals.words("owner")[row]) if row is not None else payee
    holdovers = world.table("holdovers")
    account = str(result.events.attribute("account")[event])
    for i, who in enumerate(holdovers.words("payee").tolist()):
        named = (holdovers.words("deal")[i], holdovers.words("account")[i])
        if who == payee != owner and ((deal and deal == named[0]) or (account and account == named[1])):
            return f", who keeps it until {holdovers.days('until')[i]}"
    if owner == payee:
        return " as the owner"
    if owner == TERRITORY_OWNER:
        return " as the holder of its territory"
    if owner in world.table("groups").words("group").tolist():
        return f' as a member of the group "{owner}"'
    return " by a matching rule" if owner == BY_RULE or world.table("matching_rules").size else ""
