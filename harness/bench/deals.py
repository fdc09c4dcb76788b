"""Deals of a whole company as columns of whole numbers, made from a seed: what both calculations of the bench start from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array

YEAR = 2025
FIRST_DAY = np.datetime64(f"{YEAR}-01-01", "D")
MONTHS = 12
CURRENCIES = ("USD", "EUR", "GBP")
PLANS = ("Sales A", "Sales B", "Sales C", "Sales D")
LEVELS = ("seller", "manager", "director", "vice president")
ROLL_UP = (0, 50, 20, 5)
"""Percent of a deal's credit that reaches each level above the seller."""
SPLITS = ((60, 40), (50, 50), (33, 67), (33, 33, 34), (50, 30, 20))
_SPLIT_WEIGHTS = (0.3, 0.2, 0.2, 0.15, 0.15)


@dataclass(frozen=True)
class Deals:
    """Whole numbers only.  Payees, currencies and plans are positions; money is in minor units; day 0 is 1 January.

    level, manager, plan, later_plan, moves, quota, draw: of each payee; manager -1 at the top; moves: the month in
    which the payee's later plan begins, 12 for never.  owner, day, currency, amount: of each deal.
    split_deal, split_payee, split_percent: rows in the order of deals.  returned, return_day, return_amount: of each
    return.  rate: exchange rate into the first currency, in millionths, of each currency and month.
    """

    level: Array
    manager: Array
    plan: Array
    later_plan: Array
    moves: Array
    quota: Array
    draw: Array
    owner: Array
    day: Array
    currency: Array
    amount: Array
    split_deal: Array
    split_payee: Array
    split_percent: Array
    returned: Array
    return_day: Array
    return_amount: Array
    rate: Array

    @property
    def size(self) -> int:
        return len(self.owner)

    @property
    def payees(self) -> int:
        return len(self.level)


def payees_for(deals: int) -> int:
    """About twenty deals for each payee, and no more than 50,000 payees."""
    return max(40, min(50_000, deals // 20))


def make(size: int, seed: int = 7) -> Deals:
    """So many deals: 15% are split, 30% are in another currency, 2% are returned in part or wholly."""
    r = np.random.default_rng(seed)
    payees = payees_for(size)
    level, manager = _hierarchy(r, payees)
    sellers, managers = np.flatnonzero(level == 0), np.flatnonzero(level == 1)
    # A few sellers make most of the deals.
    owner = sellers[(len(sellers) * r.random(size) ** 1.4).astype(np.int64)]
    by_manager = r.random(size) < 0.03
    owner[by_manager] = managers[r.integers(0, len(managers), int(by_manager.sum()))]
    day = r.integers(0, 365, size)
    day[:2] = 0, 364
    currency = r.choice(len(CURRENCIES), size, p=[0.7, 0.2, 0.1])
    typical = 72_000_000 * len(sellers) // size
    amount = np.maximum(100, (r.lognormal(0, 0.8, size) * typical).astype(np.int64))
    returned = np.sort(r.choice(size, size // 50, replace=False))
    return_day = np.minimum(364, day[returned] + r.integers(1, 90, len(returned)))
    part = amount[returned] * r.integers(10, 90, len(returned)) // 100
    return_amount = np.where(r.random(len(returned)) < 0.5, amount[returned], part)
    split_deal, split_payee, split_percent = _splits(r, size, owner, sellers)
    plan = r.integers(0, len(PLANS), payees)
    moves = np.where(r.random(payees) < 0.10, r.integers(1, MONTHS, payees), MONTHS)
    quota = np.choose(level, [60_000_000, 150_000_000, 500_000_000, 2_000_000_000])
    rate = np.full((len(CURRENCIES), MONTHS), 1_000_000, dtype=np.int64)
    rate[1] = 1_080_000 + r.integers(-40_000, 40_000, MONTHS)
    rate[2] = 1_270_000 + r.integers(-40_000, 40_000, MONTHS)
    return Deals(
        level,
        manager,
        plan,
        (plan + 1) % len(PLANS),
        moves,
        quota * r.integers(50, 150, payees) // 10_000 * 100,
        np.where(level == 0, r.choice([0, 200_000, 300_000, 400_000], payees), 0),
        owner,
        day,
        currency.astype(np.int64),
        amount,
        split_deal,
        split_payee,
        split_percent,
        returned,
        return_day,
        return_amount,
        rate,
    )


def _hierarchy(r: np.random.Generator, payees: int) -> tuple[Array, Array]:
    """Four levels: of a thousand payees one at the top, ten below, a hundred below them, and the sellers."""
    level = np.zeros(payees, dtype=np.int64)
    start = 0
    for height, share in ((3, 1000), (2, 100), (1, 10)):
        count = max(4 - height, payees // share)
        level[start : start + count] = height
        start += count
    manager = np.full(payees, -1, dtype=np.int64)
    for height in range(3):
        above, here = np.flatnonzero(level == height + 1), np.flatnonzero(level == height)
        manager[here] = above[r.integers(0, len(above), len(here))]
    return level, manager


def _splits(r: np.random.Generator, size: int, owner: Array, sellers: Array) -> tuple[Array, Array, Array]:
    """The owner and one or two other sellers, never the same payee twice."""
    split = np.flatnonzero(r.random(size) < 0.15)
    shape = r.choice(len(SPLITS), len(split), p=_SPLIT_WEIGHTS)
    place = np.searchsorted(sellers, owner[split])
    half = len(sellers) // 2
    second = (place + r.integers(1, half, len(split))) % len(sellers)
    third = (place + r.integers(half, len(sellers) - 1, len(split))) % len(sellers)
    parts = []
    for number, percents in enumerate(SPLITS):
        rows = np.flatnonzero(shape == number)
        for position, percent in enumerate(percents):
            payee = owner[split[rows]] if position == 0 else sellers[(second, third)[position - 1][rows]]
            parts.append(
                np.stack([split[rows], np.full(len(rows), position), payee, np.full(len(rows), percent)])
            )
    table = np.concatenate(parts, axis=1)
    table = table[:, np.lexsort((table[1], table[0]))]
    return table[0], table[2], table[3]
