"""Group credit: a record that a group owns is credited to each member; it isn't divided by head count."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.crediting_examples import plan
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import format_percent
from reference_engine.world import World

MEANING = "Each member of a group is credited with what the group owns, undivided."

_GROUP = "group | payee | share | from | to\nBikes | Ana | | |\nBikes | Ben | | 2026-01-16 |\nBikes | Cho | 50% | | 2026-01-31"

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="credit of each member = amount of the record x the member's share, 100% where none is stated",
        boundary="A member counts from the first to the last day, both included, by the day of the deal: a return goes to the "
        "members of its sale. It isn't a split: with two members, 200% of the deal is credited.",
        sources=(
            "https://docs.oracle.com/en/applications/jd-edwards/supply-chain-manufacturing/9.2/eoaso/understanding-commission-assignments.html",
        ),
        words={"JD Edwards": "commission group"},
        examples=(
            Example(
                "Each member gets the whole deal, or the member's own share",
                plan(),
                {
                    "groups": _GROUP,
                    "deals": "deal | owner | amount | closed\nD-1 | Bikes | 1,000.00 EUR | 2026-01-15",
                },
                "Ana | 2026-01 | 100.00 EUR\nCho | 2026-01 | 50.00 EUR",
            ),
            Example(
                "Who joins on the 16th has no part in the deal of the 15th; who leaves on the 31st is in for that day",
                plan(),
                {
                    "groups": _GROUP,
                    "deals": "deal | owner | amount | closed\nD-1 | Bikes | 1,000.00 EUR | 2026-01-16\nD-2 | Bikes | 100.00 EUR | 2026-01-31\n"
                    "D-3 | Bikes | 10.00 EUR | 2026-02-01",
                },
                "Ana | 2026-01 | 110.00 EUR\nBen | 2026-01 | 110.00 EUR\nCho | 2026-01 | 55.00 EUR\nAna | 2026-02 | 1.00 EUR\nBen | 2026-02 | 1.00 EUR",
            ),
            Example(
                "A return goes to the members of the day of the sale",
                plan(),
                {
                    "groups": _GROUP,
                    "deals": "deal | owner | amount | closed\nD-1 | Bikes | 1,000.00 EUR | 2026-01-15",
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 400.00 EUR",
                },
                "Ana | 2026-01 | 100.00 EUR\nCho | 2026-01 | 50.00 EUR\nAna | 2026-02 | -40.00 EUR\nCho | 2026-02 | -20.00 EUR",
            ),
        ),
    ),
)


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for a group that is called like a payee, and for an impossible share."""
    table = world.table("groups")
    payees = world.table("payees").index if world.table("payees").size else {}
    share = table.amounts("share")
    for row, group in enumerate(table.words("group").tolist()):
        if group in payees:
            problems.append(
                Problem(
                    "group-name",
                    f'"{group}" is a group and a payee.',
                    table.where(row),
                    "It wouldn't be clear who is credited.",
                    "Give the group a name of its own.",
                )
            )
        if share.present[row] and not 0 < share.value.at(row) <= 1:
            problems.append(
                Problem(
                    "split-share",
                    f"the share of {table.words('payee')[row]} in group {group} is {format_percent(share.value.at(row))}.",
                    table.where(row),
                    "A share is above 0% and at most 100%.",
                    "Correct the share, or leave it blank.",
                )
            )


def credit(events: Events, world: World, problems: list[Problem]) -> Credits:
    """A credit for each member of the group that owns an event's deal, on the day of the deal."""
    table = world.table("groups")
    groups = set(table.words("group").tolist())
    none = np.zeros(0, dtype=np.int64)
    if not groups:
        return Credits.direct(none, none, Exact(none))
    deals = world.table("deals")
    owner = {
        d: o
        for d, o in zip(deals.words("deal").tolist(), deals.words("owner").tolist(), strict=True)
        if o in groups
    }
    if not owner:
        return Credits.direct(none, none, Exact(none))
    named = np.array([owner.get(d, "") for d in events.deal.tolist()], dtype=object)
    rows = np.flatnonzero(named != "")
    out = members(world, rows, named[rows], sale_days(events)[rows])
    for row in np.setdiff1d(rows, out.event).tolist()[:20]:
        problems.append(
            Problem(
                "group-empty",
                f'deal {events.deal[row]} belongs to the group "{named[row]}", which has no member on that day.',
                events.where(row),
                "The deal would be paid to nobody.",
                "Add the members to groups, or correct their dates.",
            )
        )
    return out


def members(world: World, rows: Array, names: Array, days: Array) -> Credits:
    """For each event and the name of its group a credit for each member, in the order of the table."""
    table = world.table("groups")
    stated = table.amounts("share")
    share = Exact.where(stated.present, stated.value, Exact.full(table.size, 1))
    found: list[Array] = []
    member: list[Array] = []
    for row, group in enumerate(table.words("group").tolist()):
        on = names == group
        for day, later in ((table.days("from")[row], True), (table.days("to")[row], False)):
            if not np.isnat(day):
                on &= days >= day if later else days <= day
        at = np.flatnonzero(on)
        found.append(at)
        member.append(np.full(len(at), row))
    at, who = np.concatenate([*found, rows[:0]]), np.concatenate([*member, rows[:0]])
    order = np.lexsort((who, at))
    at, who = at[order], who[order]
    codes = np.array([world.payee_code[p] for p in table.words("payee").tolist()], dtype=np.int64)
    return Credits.direct(rows[at], codes[who] if len(who) else who, share[who] if len(who) else Exact(who))


def sale_days(events: Events) -> Array:
    """The day of each event's deal; its own where there is none."""
    return np.where(np.isnat(events.deal_date), events.date, events.deal_date)
