"""The least that calculates the plans of the bench: one program for these plans only, over plain int64 columns.

It knows no other plan, checks nothing, explains nothing and trusts that no number wraps.  It is the yardstick of what
a general engine costs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from harness.bench.deals import FIRST_DAY, MONTHS, PLANS, ROLL_UP, Deals
from harness.bench.terms import TERMS, Tiers
from reference_engine.columns import Array

CHUNK = 1 << 17
MILLION, PERCENT, RATE = 1_000_000, 100, 10_000
NEVER = 1 << 60
_DAYS = np.arange(FIRST_DAY, FIRST_DAY + 366)
MONTH = (_DAYS.astype("datetime64[M]") - FIRST_DAY.astype("datetime64[M]")).astype(np.int64)


def calculate(deals: Deals, threads: int = 2) -> Array:
    """What is paid, in cents: commission, override, draw, recovery and debt carried, by payee and month."""
    seats = deals.payees * len(PLANS)
    events = _events(deals)
    splits = _splits(deals)
    free: list[Array] = []

    def credit(rows: tuple[int, int]) -> tuple[Array, Array, Array]:
        rolled = free.pop() if free else np.zeros(seats * MONTHS, dtype=np.int64)
        found = _credit(deals, tuple(column[rows[0] : rows[1]] for column in events), splits, rolled)
        free.append(rolled)
        return found

    size = len(events[0])
    with ThreadPoolExecutor(threads) as pool:
        parts = list(
            _mapped(pool, credit, [(a, min(a + CHUNK, size)) for a in range(0, size, CHUNK)], threads)
        )
        rolled = sum(free[1:], start=free[0])
        seat, day, amount = (np.concatenate([p[i] for p in parts]) for i in range(3))
        del parts
        order = _order(seat, day)
        seat = seat[order]
        cuts = np.unique(
            np.concatenate([np.arange(0, seats, 1 << 15), seat[CHUNK::CHUNK].astype(np.int64), [seats]])
        )
        at = np.searchsorted(seat, cuts.astype(seat.dtype))

        def pay(i: int) -> Array:
            rows = order[at[i] : at[i + 1]]
            own = seat[at[i] : at[i + 1]].astype(np.int64)
            low, high = int(cuts[i]), int(cuts[i + 1])
            return _pay(deals, low, high, own, MONTH[day[rows]], amount[rows], rolled)

        earned = np.concatenate(list(_mapped(pool, pay, range(len(cuts) - 1), threads)), axis=1)
    commission, override = earned.reshape(2, deals.payees, len(PLANS), MONTHS).sum(axis=2)
    return np.stack([commission, override, *_settle(commission + override, deals)], axis=2)


def _events(deals: Deals) -> tuple[Array, ...]:
    """deal, day of the deal, day of the event, signed amount: the deals, then their returns."""
    number = np.concatenate([np.arange(deals.size), deals.returned])
    sold = np.concatenate([deals.day, deals.day[deals.returned]])
    return (
        number,
        sold,
        np.concatenate([deals.day, deals.return_day]),
        np.concatenate([deals.amount, -deals.return_amount]),
    )


def _splits(deals: Deals) -> tuple[Array, Array]:
    """Of each deal the first row of its split, and how many rows it has."""
    count = np.bincount(deals.split_deal, minlength=deals.size)
    return np.cumsum(count) - count, count


def _credit(
    deals: Deals, events: tuple[Array, ...], splits: tuple[Array, Array], rolled: Array
) -> tuple[Array, Array, Array]:
    """seat, day and amount of each direct credit; what rolls up is added to `rolled`, by seat and month."""
    deal, sold, day, amount = events
    first, count = splits[0][deal], splits[1][deal]
    rows = np.maximum(count, 1)
    event = np.repeat(np.arange(len(deal)), rows)
    position = np.arange(len(event)) - np.repeat(np.cumsum(rows) - rows, rows)
    payee, share = deals.owner[deal][event], amount[event]
    part = np.flatnonzero(count[event])
    if len(part):
        source = first[event[part]] + position[part]
        payee[part] = deals.split_payee[source]
        shared = half_up(share[part] * deals.split_percent[source], PERCENT)
        last = np.flatnonzero(np.append(position[part][1:] == 0, True))
        ends = np.cumsum(shared)[last]
        # The last payee of a split gets the cent that is left.
        shared[last] += share[part][last] - np.diff(ends, prepend=0)
        share[part] = shared
    month, sold = MONTH[day][event], MONTH[sold][event]
    rate = deals.rate[deals.currency[deal][event], month]
    at, what = payee, share
    row: Array | slice = slice(None)
    while True:
        at = deals.manager[at]
        above = np.flatnonzero(at >= 0)
        if not len(above):
            break
        at, what, sold_up = at[above], what[above], sold[row][above]
        rate_up, month_up = rate[row][above], month[row][above]
        row = above if isinstance(row, slice) else row[above]
        value = half_up(half_up(what * _RECEIVES[deals.level[at]], PERCENT) * rate_up, MILLION)
        np.add.at(rolled, _seat(deals, at, sold_up) * MONTHS + month_up, value)
    seat = _seat(deals, payee, sold)
    return seat.astype(np.int32), day[event].astype(np.int16), half_up(share * rate, MILLION)


_RECEIVES = np.array(ROLL_UP, dtype=np.int64)


def _seat(deals: Deals, payee: Array, month: Array) -> Array:
    """A payee's place in the plan that the payee is on in a month."""
    later = month >= deals.moves[payee]
    seat: Array = payee * len(PLANS) + np.where(later, deals.later_plan[payee], deals.plan[payee])
    return seat


def _order(seat: Array, day: Array) -> Array:
    """Positions by seat, then day, then as they stand."""
    bits = max(1, int(len(seat) - 1).bit_length())
    key = seat.astype(np.int64)
    key <<= 9
    key |= day
    key <<= bits
    key |= np.arange(len(seat))
    key.sort()
    key &= (1 << bits) - 1
    return key


def _pay(deals: Deals, low: int, high: int, seat: Array, month: Array, amount: Array, rolled: Array) -> Array:
    """Commission and override of the seats low..high, after their caps, in cents."""
    count = high - low
    payee, plan = np.divmod(np.arange(low, high), len(PLANS))
    quota = deals.quota[payee]
    cell = (seat - low) * MONTHS + month
    total = np.cumsum(amount)
    starts = np.searchsorted(seat, np.arange(low, high))
    until = total - np.append(0, total)[starts][seat - low]
    before = until - amount
    earned = np.zeros(len(cell) + 1, dtype=np.int64)
    inside_lower: Array | int = 0
    ceilings, rates = _tiers("commission")
    for k in range(ceilings.shape[1]):
        ceiling = np.where(ceilings[plan, k] < NEVER, ceilings[plan, k] * quota // PERCENT, NEVER)[seat - low]
        inside = np.minimum(until, ceiling) - np.minimum(before, ceiling)
        earned[1:] += (inside - inside_lower) * rates[plan, k][seat - low]
        inside_lower = inside
    ends = np.searchsorted(cell, np.arange(count * MONTHS + 1))
    commission = np.diff(np.cumsum(earned)[ends]).reshape(count, MONTHS)
    year = np.cumsum(rolled[low * MONTHS : high * MONTHS].reshape(count, MONTHS), axis=1)
    ceilings, rates = _tiers("override")
    rate = rates[plan, 0][:, None]
    for k in range(1, ceilings.shape[1]):
        bound = np.where(ceilings[plan, k - 1] < NEVER, ceilings[plan, k - 1] * quota // PERCENT, NEVER)
        rate = np.where(year >= bound[:, None], rates[plan, k][:, None], rate)
    override = np.diff(year * rate, axis=1, prepend=0)
    caps = np.array([(t.commission_cap, t.override_cap) for t in TERMS], dtype=np.int64) * RATE
    return np.stack(
        [half_up(_cap(commission, caps[plan, 0]), RATE), half_up(_cap(override, caps[plan, 1]), RATE)]
    )


def _tiers(name: str) -> tuple[Array, Array]:
    """Of each plan the upper bounds, in percent of quota, and the rates; plans with fewer tiers repeat their last."""
    tables: list[Tiers] = [getattr(t, name) for t in TERMS]
    depth = max(len(t) for t in tables)
    upper = np.full((len(tables), depth), NEVER, dtype=np.int64)
    rate = np.zeros((len(tables), depth), dtype=np.int64)
    for p, tiers in enumerate(tables):
        for k in range(depth):
            rate[p, k] = tiers[min(k, len(tiers) - 1)][1]
            if k + 1 < len(tiers):
                upper[p, k] = tiers[k + 1][0]
    return upper, rate


def _cap(earned: Array, limit: Array) -> Array:
    """At most the limit in a month; what is above is paid in later months."""
    paid = np.empty_like(earned)
    carry = np.zeros(len(earned), dtype=np.int64)
    for t in range(MONTHS):
        owed = earned[:, t] + carry
        paid[:, t] = np.minimum(owed, limit)
        carry = owed - paid[:, t]
    return paid


def _settle(pay: Array, deals: Deals) -> tuple[Array, Array, Array]:
    """Draw advanced, debt recovered and pay below zero carried, by payee and month."""
    advance, recovery, carried = (np.zeros_like(pay) for _ in range(3))
    debt = np.zeros(len(pay), dtype=np.int64)
    has_draw = deals.draw > 0
    for t in range(MONTHS):
        surplus = pay[:, t] - deals.draw
        recovery[:, t] = -np.minimum(debt, np.maximum(surplus, 0))
        advance[:, t] = np.where(has_draw, np.maximum(-surplus, 0), 0)
        carried[:, t] = np.where(has_draw, 0, np.maximum(-pay[:, t], 0))
        debt += advance[:, t] + carried[:, t] + recovery[:, t]
    return advance, recovery, carried


def half_up(value: Array, unit: int) -> Array:
    """value / unit, ties away from zero; the unit is even."""
    result: Array = (value + unit // 2 - (value < 0)) // unit
    return result


def _mapped(
    pool: ThreadPoolExecutor, work: Callable[[Any], Any], items: Iterable[Any], threads: int
) -> Iterator[Any]:
    """The results in order; a few items are under way."""
    waiting: deque[Future[Any]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) >= 2 * threads:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
