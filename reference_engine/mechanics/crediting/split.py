"""Split credit: the payees named in credit_splits share a deal; their shares total 100%."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Exact
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import DIRECT, Credits
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import format_percent
from reference_engine.world import World

MEANING = "Several payees share the credit of a deal, in stated percentages that total 100%."


def check(world: World, problems: list[Problem]) -> None:
    """A Problem for each deal whose shares don't total 100%, and for each split of a deal that isn't there."""
    table = world.table("credit_splits")
    if not table.size:
        return
    known = world.table("deals").index
    shares = table.amounts("share").value.fractions()
    totals: dict[str, list[int]] = {}
    for row, deal in enumerate(table.words("deal").tolist()):
        totals.setdefault(deal, []).append(row)
    for deal, rows in totals.items():
        for row in rows:
            if not 0 < shares[row] <= 1:
                problems.append(
                    Problem(
                        "split-share",
                        f"the share of {table.words('payee')[row]} in deal {deal} is {format_percent(shares[row])}.",
                        table.where(row),
                        "A share is above 0% and at most 100%.",
                        "Correct the share, or remove the row.",
                    )
                )
        total = sum((shares[r] for r in rows), start=shares[0] * 0)
        where = table.where(rows[0])
        if deal not in known:
            problems.append(
                Problem(
                    "unknown-reference",
                    f'credit_splits, column "deal": there is no deal "{deal}".',
                    where,
                    "The split would change nothing.",
                    "Correct the name, or remove the row.",
                )
            )
        elif total != 1:
            problems.append(
                Problem(
                    "split-total",
                    f"direct credit of deal {deal} totals {format_percent(total)}.",
                    where,
                    "Direct credit shares a deal; overlay credit comes on top of it by crediting rules.",
                    "Make the shares total 100%.",
                )
            )


def split(credits: Credits, events: Events, world: World) -> Credits:
    """Replaces the owner's credit of a split deal by one credit for each payee of the split, in their written order."""
    table = world.table("credit_splits")
    if not table.size:
        return credits
    deals = table.words("deal")
    names = {deal: code for code, deal in enumerate(dict.fromkeys(deals.tolist()))}
    code = np.array([names[d] for d in deals.tolist()], dtype=np.int64)
    order = np.argsort(code, kind="stable")
    starts = np.searchsorted(code[order], np.arange(len(names) + 1))
    deal = np.array([names.get(d, -1) for d in events.deal[credits.event].tolist()], dtype=np.int64)
    count = np.where(deal >= 0, np.diff(starts)[deal], 1)
    source = np.repeat(np.arange(len(credits)), count)
    position = np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count)
    is_split = deal[source] >= 0
    rows = order[np.where(is_split, starts[deal[source]] + position, 0)]
    payees = np.array([world.payee_code[p] for p in table.words("payee").tolist()], dtype=np.int64)
    return Credits(
        credits.event[source],
        np.where(is_split, payees[rows], credits.payee[source]),
        np.full(len(source), DIRECT, dtype=np.int8),
        Exact.where(is_split, table.amounts("share").value[rows], credits.share[source]),
        np.full(len(source), -1, dtype=np.int64),
        Exact.full(len(source), 1),
    )
