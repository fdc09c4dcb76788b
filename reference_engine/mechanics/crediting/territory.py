"""Territory credit: a deal belongs to whoever holds its territory on the day it closes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from reference_engine.columns import Array
from reference_engine.events import Events
from reference_engine.problems import Problem
from reference_engine.table import Table
from reference_engine.world import TERRITORY_OWNER, World

MEANING = (
    'A deal whose owner is "territory owner" is credited to the holder of its territory on the day it closes.'
)


@dataclass(frozen=True, slots=True)
class Assignment:
    """Where an account belongs on a day, and why.  territory: "none" where no rule matches."""

    account: str
    territory: str
    owner: str
    why: str


def own(events: Events, world: World, problems: list[Problem]) -> Events:
    """The events with the territory's holder as owner, where the deal leaves its owner to the territory."""
    deals = world.table("deals")
    by_territory = {
        d
        for d, o in zip(deals.words("deal").tolist(), deals.words("owner").tolist(), strict=True)
        if o == TERRITORY_OWNER
    }
    if not by_territory:
        return events
    rows = np.flatnonzero([d in by_territory for d in events.deal.tolist()])
    if not len(rows):
        return events
    days = events.deal_date[rows]
    territory = events.attribute("territory")[rows].copy()
    accounts = events.attribute("account")[rows]
    deal_territory = {
        d: t
        for d, t in zip(deals.words("deal").tolist(), deals.words("territory").tolist(), strict=True)
        if t
    }
    stated = np.array([deal_territory.get(d, "") for d in events.deal[rows].tolist()], dtype=object)
    territory = np.where(stated != "", stated, account_territory(world, accounts, days)[0])
    owner, count = _holders(world, territory, days)
    new_owner = events.owner.copy()
    new_owner[rows] = owner
    reported: set[str] = set()
    for i in np.flatnonzero(count != 1).tolist():
        deal = events.deal[rows[i]]
        if deal in reported:
            continue
        reported.add(deal)
        holder = "nobody holds" if count[i] == 0 else f"{count[i]} payees hold"
        name = territory[i] or "none"
        problems.append(
            Problem(
                "territory-owner",
                f'deal {deal} belongs to its territory\'s owner, and {holder} territory "{name}" on {days[i]}.',
                events.where(int(rows[i])),
                "The deal would be paid to nobody, or to several.",
                "State one owner of the territory for that day, or name the deal's owner.",
            )
        )
    return replace(events, owner=new_owner)


def account_territory(world: World, accounts: Array, days: Array) -> tuple[Array, Array]:
    """Each account's territory on each day, and why: moved, stated, by rule, or no rule matches."""
    table = world.table("accounts")
    rules = world.table("territory_rules")
    moves = world.table("account_moves")
    stated = dict(zip(table.words("account").tolist(), table.words("territory").tolist(), strict=True))
    by_rule = (
        {a: _first_rule(table, row, rules) for row, a in enumerate(table.words("account").tolist())}
        if rules.size
        else {}
    )
    territory = np.full(len(accounts), "", dtype=object)
    why = np.full(len(accounts), "no rule matches", dtype=object)
    for i, account in enumerate(accounts.tolist()):
        if stated.get(account):
            territory[i], why[i] = stated[account], "stated"
        elif account in by_rule and by_rule[account][0]:
            territory[i], why[i] = by_rule[account]
    for row in np.argsort(moves.days("from"), kind="stable").tolist():
        moved = (accounts == moves.words("account")[row]) & (days >= moves.days("from")[row])
        territory[moved] = moves.words("territory")[row]
        why[moved] = f"moved on {moves.days('from')[row]}"
    return territory, why


def assign(world: World, day: date) -> list[Assignment]:
    """Every account's territory and owner on a day."""
    accounts = world.table("accounts").words("account")
    days = np.full(len(accounts), np.datetime64(day, "D"))
    territory, why = account_territory(world, accounts, days)
    owner, _ = _holders(world, territory, days)
    return [
        Assignment(a, t or "none", world.payees[o] if o >= 0 else "", w)
        for a, t, o, w in zip(
            accounts.tolist(), territory.tolist(), owner.tolist(), why.tolist(), strict=True
        )
    ]


def _first_rule(accounts: Table, row: int, rules: Table) -> tuple[str, str]:
    order = sorted(range(rules.size), key=rules.amounts("priority").value.at)
    for rule in order:
        values = [v.strip() for v in str(rules.words("is")[rule]).split(",")]
        if accounts.words(rules.words("field")[rule])[row] in values:
            return str(rules.words("territory")[rule]), f"rule {rules.amounts('priority').value.at(rule)}"
    return "", "no rule matches"


def _holders(world: World, territory: Array, days: Array) -> tuple[Array, Array]:
    """The payee who holds each territory on each day (-1 for none or several), and how many do."""
    table = world.table("territories")
    owner = np.full(len(territory), -1, dtype=np.int64)
    count = np.zeros(len(territory), dtype=np.int64)
    names = table.words("territory").tolist()
    owners = table.words("owner").tolist()
    starts, ends = table.days("from"), table.days("to")
    for row in range(table.size):
        holds = territory == names[row]
        if not np.isnat(starts[row]):
            holds = holds & (days >= starts[row])
        if not np.isnat(ends[row]):
            holds = holds & (days <= ends[row])
        owner[holds] = world.payee_code[owners[row]]
        count[holds] += 1
    owner[count != 1] = -1
    return owner, count
