"""Holdover: who gives an account away keeps its deals for a limited time, wholly or in part."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.crediting.group import sale_days
from reference_engine.mechanics.crediting.matched import ordered
from reference_engine.mechanics.crediting_examples import plan
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.problems import Problem
from reference_engine.reporting import FIRST_DAY
from reference_engine.vocabulary.numbers import format_percent
from reference_engine.world import World

MEANING = (
    "A payee keeps the deals of an account, or a deal, until a day, though it now belongs to somebody else."
)

_DEALS = (
    "deal | owner | amount | closed | account\nD-1 | Ben | 1,000.00 EUR | 2026-01-30 | A\nD-2 | Ben | 100.00 EUR | 2026-01-31 | A\n"
    "D-3 | Ben | 10.00 EUR | 2026-02-01 | A\nD-4 | Ben | 500.00 EUR | 2026-01-15 | B"
)

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="credit of who keeps it = amount x share; credit of the new holder = amount x (1 - share)",
        boundary="The last day counts; a deal of the day after belongs to the new holder. Returns, invoices and payments follow the "
        "day of their deal. A holdover of a deal comes before one of its account; a written split before both.",
        sources=("https://boogieboard.ai/resources/whats-a-fair-holdover-policy-and-how-do-you-w/",),
        words={"practice": "holdover"},
        examples=(
            Example(
                "The account is kept until the 31st",
                plan(),
                {"deals": _DEALS, "holdovers": "payee | account | until\nAna | A | 2026-01-31"},
                "Ana | 2026-01 | 110.00 EUR\nBen | 2026-01 | 50.00 EUR\nBen | 2026-02 | 1.00 EUR",
            ),
            Example(
                "One deal is kept by half; a return follows it",
                plan(),
                {
                    "deals": _DEALS,
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-10 | 200.00 EUR",
                    "holdovers": "payee | deal | until | share\nAna | D-1 | 2026-01-31 | 50%",
                },
                "Ana | 2026-01 | 50.00 EUR\nBen | 2026-01 | 110.00 EUR\nBen | 2026-02 | 1.00 EUR\nAna | 2026-03 | -10.00 EUR\nBen | 2026-03 | -10.00 EUR",
            ),
            Example(
                "Who holds the account anyway keeps it once",
                plan(),
                {"deals": _DEALS, "holdovers": "payee | account | until | share\nBen | A | 2026-12-31 | 50%"},
                "Ben | 2026-01 | 160.00 EUR\nBen | 2026-02 | 1.00 EUR",
            ),
        ),
    ),
)


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for a holdover of nothing, of an impossible share, or of what two payees keep at once."""
    table = world.table("holdovers")
    share = table.amounts("share")
    spans: dict[tuple[str, str], list[int]] = {}
    for row in range(table.size):
        account, deal = str(table.words("account")[row]), str(table.words("deal")[row])
        where, payee = table.where(row), table.words("payee")[row]
        if bool(account) == bool(deal):
            problems.append(
                Problem(
                    "holdover-of",
                    f'the holdover of "{payee}" must name an account or a deal, and not both.',
                    where,
                    "It must be clear what is kept.",
                    "Fill one of the columns.",
                )
            )
        if share.present[row] and not 0 < share.value.at(row) <= 1:
            problems.append(
                Problem(
                    "split-share",
                    f'the share of "{payee}" in a holdover is {format_percent(share.value.at(row))}.',
                    where,
                    "A share is above 0% and at most 100%.",
                    "Correct the share, or leave it blank for 100%.",
                )
            )
        first, last = _span(world, row)
        for other in spans.setdefault((account, deal), []):
            begins, ends = _span(world, other)
            if first <= ends and begins <= last:
                problems.append(
                    Problem(
                        "holdover-twice",
                        f'two holdovers of "{account or deal}" cover the same days.',
                        where,
                        "The same deal would be kept twice.",
                        "Let one end before the other begins; for several payees split the deal in credit_splits.",
                    )
                )
        spans[account, deal].append(row)


def holdover(credits: Credits, events: Events, world: World) -> Credits:
    """The direct credits with what is kept taken from whoever holds the account now.

    A holdover of a deal comes before one of its account.  Who is kept for and holds it anyway keeps it once.
    """
    table = world.table("holdovers")
    if not table.size:
        return credits
    row = np.full(len(events), -1, dtype=np.int64)
    days = sale_days(events)
    for column, names in (("account", events.attribute("account")), ("deal", events.deal)):
        for i, name in enumerate(table.words(column).tolist()):
            if name:
                first, last = _span(world, i)
                row[(names == name) & (days >= first) & (days <= last)] = i
    codes = np.array([world.payee_code[p] for p in table.words("payee").tolist()], dtype=np.int64)
    keeper = np.where(row >= 0, codes[np.maximum(row, 0)], -1)
    # Who holds the record already gets nothing twice.
    mine = np.zeros(len(events), dtype=bool)
    mine[credits.event[credits.payee == keeper[credits.event]]] = True
    credited = np.zeros(len(events), dtype=bool)
    credited[credits.event] = True
    kept: Array = np.flatnonzero((row >= 0) & ~mine & credited)
    if not len(kept):
        return credits
    stated = table.amounts("share")
    share = Exact.where(stated.present, stated.value, Exact.full(table.size, 1))
    rest = Exact.full(len(events), 1) - Exact.where(
        np.isin(np.arange(len(events)), kept), share[np.maximum(row, 0)], Exact.full(len(events), 0)
    )
    counted = None if credits.counted is None else credits.counted * rest[credits.event]
    left = Credits.direct(credits.event, credits.payee, credits.share * rest[credits.event], counted)
    left = left.take(np.flatnonzero(rest.num[credits.event] != 0))
    return ordered(Credits.joined([Credits.direct(kept, keeper[kept], share[row[kept]]), left]))


def _span(world: World, row: int) -> tuple[np.datetime64, np.datetime64]:
    table = world.table("holdovers")
    first = table.days("from")[row]
    return (FIRST_DAY if np.isnat(first) else first), table.days("until")[row]
