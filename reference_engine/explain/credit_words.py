"""Why somebody is credited with a record, in words."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from reference_engine.explain.holder_words import holder_words
from reference_engine.mechanics.crediting.credits import DIRECT, ROLL_UP, TYPES
from reference_engine.mechanics.tier_words import amount_words
from reference_engine.results import Result
from reference_engine.vocabulary.numbers import format_percent
from reference_engine.world import BY_RULE, TERRITORY_OWNER


def credit_words(
    result: Result, credit: int, event: int, worth: Fraction | None = None, unit: str = ""
) -> str:
    """`credited to "Ana" as the owner` and the like, with what quotas see of it and whether it waits for a release.

    worth: of the whole record, where a share of it is what counts; unit: its currency.
    """
    c = result.credits
    payee = result.payees[int(c.payee[credit])]
    share = c.share.at(credit)
    of_it = f" for {format_percent(share)} of it"
    kind = TYPES[int(c.type[credit])]
    if kind == "direct":
        why = _why(result, payee, event)
        words = f'credited to "{payee}"' + (why if share == 1 and why else of_it + _after_comma(why))
    elif c.source[credit] < 0:
        words = f'credited to "{payee}"{of_it} as {kind}, by the split of the deal'
    else:
        source = result.payees[int(c.payee[int(c.source[credit])])]
        words = f'credited to "{payee}"{of_it} as {kind} of "{source}"'
        level = 0 if c.level is None or c.type[credit] != ROLL_UP else int(c.level[credit])
        if source == payee:
            words += ", for an own sale"
        elif level > 1:
            words += f", {level} levels below"
        words += _cut(result, credit, share)
    if worth is not None and share != 1:
        words += f": {amount_words(worth * share, unit)}"
    if c.counted is not None and (seen := c.counted.at(credit)) != share:
        words += f"; towards quotas and tiers it counts for {format_percent(seen)} of it"
    if c.held is not None and c.held[credit]:
        words += "; the credit is held, so nothing is paid on it before its release"
    for day, what in ((c.day, "counts"), (c.pay_day, "is paid")):
        if day is not None and not np.isnat(day[credit]) and day[credit] != result.events.date[event]:
            words += f"; it was held and {what} from its release on {day[credit]}"
    return words


def _after_comma(why: str) -> str:
    """The reason behind a share: `for 50% of it, by the split of the deal`."""
    return why if why.startswith(",") or not why else f",{why}"


def _cut(result: Result, credit: int, share: Fraction) -> str:
    """Whether a maximum of indirect credit may have reduced this one."""
    c = result.credits
    table = result.world.table("credit_maximums")
    if not table.size:
        return ""
    event, mine = c.event[credit], np.flatnonzero(c.event == c.event[credit])
    together = sum((c.share.at(int(i)) for i in mine.tolist() if c.type[i] != DIRECT), Fraction(0))
    percent, amount = table.amounts("percent"), table.amounts("amount")
    for row in range(table.size):
        whole = result.events.amount.at(int(event))
        most = (
            percent.value.at(row)
            if percent.present[row]
            else amount.value.at(row) / abs(whole)
            if whole
            else None
        )
        one = share if table.words("per")[row] == "payee" else together
        if most is not None and one == most:
            return (
                f" (all indirect credit of it together is at most {format_percent(most)})"
                if one is together
                else (f" (at most {format_percent(most)} for one payee)")
            )
    return ""


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
            what = f"the account {account}" if account and account == named[1] else "it"
            return f", who keeps {what} until {holdovers.days('until')[i]}"
    if owner == payee:
        return " as the owner"
    if owner == TERRITORY_OWNER:
        return holder_words(result, payee, event)
    if owner in world.table("groups").words("group").tolist():
        return f' as a member of the group "{owner}"'
    return _rule(result, payee, event) if owner == BY_RULE or world.table("matching_rules").size else ""


def _rule(result: Result, payee: str, event: int) -> str:
    """The matching rule that names a payee, and what it asks for."""
    table = result.world.table("matching_rules")
    groups = result.world.table("groups")
    mine = {
        g
        for g, p in zip(groups.words("group").tolist(), groups.words("payee").tolist(), strict=True)
        if p == payee
    }
    named = {payee, *mine}
    found = []
    for row in range(table.size):
        asked = {
            n: str(w[row]) for n, w in table.text.items() if w[row] and n not in ("rule", "payee", "priority")
        }
        if str(table.words("payee")[row]) not in named:
            continue
        own = {n: str(result.events.attribute(n)[event]) for n in asked}
        if all(
            own[n] == v
            for n, v in asked.items()
            if n in result.events.attributes and "-" not in v and "," not in v
        ):
            rule = str(table.words("rule")[row])
            because = " and ".join(f"{n} {v}" for n, v in asked.items() if n in result.events.attributes)
            found.append((rule, because))
    if len({r for r, _ in found}) != 1:
        return " by a matching rule"
    rule, because = found[0]
    return f' by the matching rule "{rule}"' + (f" ({because})" if because else "")
