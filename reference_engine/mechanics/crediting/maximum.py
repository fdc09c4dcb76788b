"""Maximum across indirect credits: all that overlay and roll-up give of one record has a limit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import OVERLAY, ROLL_UP, Credits
from reference_engine.mechanics.crediting.readings import Asked, Readings
from reference_engine.mechanics.crediting_examples import plan
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.problems import Problem
from reference_engine.world import World

MEANING = "The overlay and roll-up credits of one record come to no more than a stated maximum."
_KINDS = {"overlay": (OVERLAY,), "roll-up": (ROLL_UP,), "both": (OVERLAY, ROLL_UP)}

_WORLD = {
    "payees": "payee | role | manager\nAna | Rep | Mia\nMia | Manager | Hal\nHal | Head |",
    "crediting_rules": "role | receives | of the credit of\nManager | 60% | team\nHead | 40% | team",
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
}

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="sum of the indirect credits of a record <= percent x amount, or <= the stated amount",
        boundary="Credits that come to just the maximum stay whole. An amount is compared with the record in its own currency. "
        "A return is limited like a sale of its own amount.",
        sources=("https://helpcenter.xactlycorp.com/?p=3741",),
        words={"Xactly": "maximum across indirect credits"},
        examples=(
            Example(
                "Just at the maximum of 100%",
                plan("roll-up"),
                {**_WORLD, "credit_maximums": "of | per | percent\nboth | record | 100%"},
                "Mia | 2026-01 | 60.00 EUR\nHal | 2026-01 | 40.00 EUR",
            ),
            Example(
                "At most 80%: the manager nearest to the sale comes first",
                plan("roll-up", maximum__order="lowest level first"),
                {**_WORLD, "credit_maximums": "of | per | percent\nroll-up | record | 80%"},
                "Mia | 2026-01 | 60.00 EUR\nHal | 2026-01 | 20.00 EUR",
            ),
            Example(
                "At most 80%, all in proportion",
                plan("roll-up", maximum__order="all in proportion"),
                {**_WORLD, "credit_maximums": "of | per | percent\nroll-up | record | 80%"},
                "Mia | 2026-01 | 48.00 EUR\nHal | 2026-01 | 32.00 EUR",
            ),
            Example(
                "At most 500.00 of the sale, and as much of its return",
                plan("roll-up", maximum__order="lowest level first"),
                {
                    **_WORLD,
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 1,000.00 EUR",
                    "credit_maximums": "of | per | amount\nroll-up | record | 500.00 EUR",
                },
                "Mia | 2026-01 | 50.00 EUR\nMia | 2026-02 | -50.00 EUR",
            ),
        ),
    ),
)


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for a maximum that says nothing, or two things."""
    table = world.table("credit_maximums")
    percent, amount = table.amounts("percent"), table.amounts("amount")
    for row in range(table.size):
        stated = [n.value.at(row) for n in (percent, amount) if n.present[row]]
        if len(stated) != 1 or stated[0] <= 0:
            problems.append(
                Problem(
                    "credit-maximum",
                    "a maximum of credit must state a percent or an amount above 0, and not both.",
                    table.where(row),
                    "It must be clear how much is credited at most.",
                    "Fill one of the columns.",
                )
            )


def limit(
    credits: Credits, events: Events, world: World, readings: Readings, asked: Asked, problems: list[Problem]
) -> Credits:
    """The credits with those above a maximum reduced, as the plan reads it."""
    table = world.table("credit_maximums")
    for row in range(table.size):
        credits = _limited(credits, events, world, row, readings, asked, problems)
    return credits


def _limited(
    credits: Credits,
    events: Events,
    world: World,
    row: int,
    readings: Readings,
    asked: Asked,
    problems: list[Problem],
) -> Credits:
    table = world.table("credit_maximums")
    chosen = np.flatnonzero(np.isin(credits.type, _KINDS[str(table.words("of")[row])]))
    if not len(chosen):
        return credits
    per_payee = table.words("per")[row] == "payee"
    payee = credits.payee[chosen] if per_payee else np.zeros(len(chosen), dtype=np.int64)
    # By the part of the split, overlay before roll-up, the lowest level first: in that order the maximum is used up.
    order = np.lexsort((chosen, credits.source[chosen], payee, credits.event[chosen]))
    rows, payee = chosen[order], payee[order]
    event = credits.event[rows]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (event[1:] != event[:-1]) | (payee[1:] != payee[:-1])
    most = _most(events, event, world, row, problems)
    share = credits.share[rows]
    starts = np.flatnonzero(new)
    group = np.cumsum(new) - 1
    total = share.sums(starts)[group]
    over = total > most
    if not over.any():
        return credits
    several = over & (np.diff(np.append(starts, len(rows)))[group] > 1)
    for at in np.flatnonzero(several)[:1].tolist():
        asked.ask(
            "maximum.order",
            table.where(row),
            f"the indirect credits of {events.record[event[at]]} come to more than their maximum",
        )
    if readings.maximum_order == "all in proportion":
        reduced = share * most.over(Exact.where(over, total, Exact.full(len(rows), 1)))
    else:
        running = share.cumsum()
        before = running - share
        before = before - before[starts][group]
        room = (most - before).maximum(Exact.full(len(rows), 0))
        reduced = share.minimum(room)
    reduced = Exact.where(over, reduced, share)
    factor = reduced.over(Exact.where(share.num != 0, share, Exact.full(len(rows), 1)))
    back = np.full(len(credits), -1, dtype=np.int64)
    back[rows] = np.arange(len(rows))
    touched = back >= 0
    everywhere = Exact.where(touched, factor[np.maximum(back, 0)], Exact.full(len(credits), 1))
    out = replace(
        credits,
        share=Exact.where(touched, reduced[np.maximum(back, 0)], credits.share),
        receives=credits.receives * everywhere,
        counted=None if credits.counted is None else credits.counted * everywhere,
    )
    return out.take(np.flatnonzero((out.share.num != 0) | (credits.share.num == 0)))


def _most(events: Events, event: Array, world: World, row: int, problems: list[Problem]) -> Exact:
    """The maximum as a share of each record."""
    table = world.table("credit_maximums")
    percent, amount = table.amounts("percent"), table.amounts("amount")
    if percent.present[row]:
        return Exact.full(len(event), percent.value.at(row))
    assert amount.currency is not None
    unit = amount.currency[row]
    wrong = np.flatnonzero((events.currency[event] != unit) & (events.currency[event] != ""))
    for i in wrong[:1].tolist():
        problems.append(
            Problem(
                "currency-mixed",
                f"a maximum of credit is in {unit}, and {events.record[event[i]]} is in {events.currency[event[i]]}.",
                table.where(row),
                "They can't be compared.",
                "State the maximum as a percent of the record.",
            )
        )
    worth = events.amount[event].absolute()
    return Exact.full(len(event), amount.value.at(row)).over(
        Exact.where(worth.num != 0, worth, Exact.full(len(event), 1))
    )
