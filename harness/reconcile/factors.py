"""Factors and offsets that several amounts share: found by counting, and claimed only of rows whose figures prove them.

A factor is a whole number of millionths here, so all of this is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Millionths = npt.NDArray[np.int64]

MIN_FOR_PATTERN = 3
"""So many rows make a pattern; fewer are a coincidence."""
DECIMALS = 6
ONE = 10**DECIMALS
_LARGEST = 10**6 * ONE
_WIDEST = 50
_SHARPNESS = 50
_CANDIDATES = 40
_ROWS_FOR_ONE_MORE = 2_000

Bounds = tuple[int, int]
"""The smallest and the largest factor, in millionths, that give an amount once it is rounded to the minor unit."""
NO_BOUNDS: Bounds = (1, 0)


def ratio_bounds(expected: int, actual: int) -> Bounds:
    """The factors that may stand between two amounts, both rounded; none where no factor above zero can."""
    if expected == 0 or actual == 0 or (actual < 0) != (expected < 0):
        return NO_BOUNDS
    e, a = 2 * abs(expected), 2 * abs(actual)
    return _bounds((a - 1) * ONE, e + 1, (a + 1) * ONE, e - 1)


def rate_bounds(base: tuple[int, int], actual: int, lines: int = 1) -> Bounds:
    """The rates that give an amount from its base, rounded to the minor unit line by line or at once."""
    top, bottom = base
    if top == 0 or actual == 0 or (actual < 0) != (top < 0):
        return NO_BOUNDS
    a, top = 2 * abs(actual), 2 * abs(top)
    return _bounds((a - lines) * bottom * ONE, top, (a + lines) * bottom * ONE, top)


def _bounds(low: int, of_low: int, high: int, of_high: int) -> Bounds:
    smallest, largest = -(-low // of_low), high // of_high
    return (smallest, largest) if 0 < smallest <= largest <= _LARGEST else NO_BOUNDS


def shortest(low: Millionths, high: Millionths) -> tuple[Millionths, Millionths]:
    """The factor with the fewest decimals between the bounds, and how many those are; 0 where there is none.

    1 isn't a factor: nothing would differ.
    """
    found = np.zeros(len(low), dtype=np.int64)
    decimals = np.zeros(len(low), dtype=np.int64)
    for places in range(DECIMALS + 1):
        step = 10 ** (DECIMALS - places)
        number = -(-low // step) * step
        number = np.where(number == ONE, number + step, number)
        new = (found == 0) & (number <= high) & (low <= high)
        found[new] = number[new]
        decimals[new] = places
    return found, decimals


def at_least(rows: int) -> int:
    """How many of so many rows must share a figure before that is no coincidence."""
    return max(MIN_FOR_PATTERN, -(-rows // _ROWS_FOR_ONE_MORE))


def common(low: Millionths, high: Millionths, starts: Sequence[int] = (0,)) -> Millionths:
    """For each run of rows the one factor of all its rows; 0 where there is none or it means nothing.

    starts: where each run begins.
    """
    if not len(low):
        return np.zeros(0, dtype=np.int64)
    begins = np.asarray(starts, dtype=np.int64)
    sizes = np.diff(np.append(begins, len(low)))
    lowest, highest = np.maximum.reduceat(low, begins), np.minimum.reduceat(high, begins)
    empty = np.maximum.reduceat((low > high).astype(np.int64), begins) > 0
    found, _ = shortest(lowest, highest)
    # Together they must be narrow enough to tell one factor from another.
    means = (
        ((highest - lowest) * _WIDEST <= highest) & (sizes >= MIN_FOR_PATTERN) & ~empty & (lowest <= highest)
    )
    return np.where(means, found, 0)


def voted(low: Millionths, high: Millionths) -> Millionths:
    """For each row the factor that it shares with others, for factors that no coincidence explains; 0 for none.

    Only a row whose amounts are large enough to tell one factor from the next has a vote.
    """
    found, decimals = shortest(low, high)
    sharp = (found > 0) & ((high - low + 1) * _SHARPNESS <= 10 ** (DECIMALS - decimals))
    values, votes = np.unique(found[sharp], return_counts=True)
    enough = votes >= at_least(len(low))
    values, votes = values[enough], votes[enough]
    elected = np.sort(values[np.lexsort((values, -votes))][:_CANDIDATES])
    if not len(elected):
        return np.zeros(len(low), dtype=np.int64)
    place = np.minimum(np.searchsorted(elected, low), len(elected) - 1)
    fits = (elected[place] >= low) & (elected[place] <= high)
    return np.where(fits, elected[place], 0)


def factor_of(millionths: int) -> Fraction:
    """A factor as an exact number."""
    return Fraction(millionths, ONE)


def offsets(rows: Sequence[tuple[int, int, str]]) -> dict[int, tuple[int, str]]:
    """Row -> the money by which it and others differ, in one currency.  rows: row, difference, currency."""
    by_money: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row, money, currency in rows:
        by_money[money, currency].append(row)
    enough = at_least(len(rows))
    return {row: place for place, same in by_money.items() if len(same) >= enough for row in same}
