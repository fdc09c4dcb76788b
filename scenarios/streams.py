"""Streams: reproducible draws of whole numbers, one stream for each purpose.

A world must be the same on every machine and in every year, so a stream uses nothing but the raw bits of
Python's Mersenne Twister, whose sequence is part of the language's promise, and whole-number arithmetic.
Every purpose has a stream of its own: a recipe that draws one more name doesn't move anybody's amounts.
"""

from __future__ import annotations

import hashlib
import random
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")

ONE = 1 << 16
"""One standard deviation of `Stream.bell`, and the fixed point of the skewed amounts."""
BELL_PARTS = 12
BELL_MEAN = BELL_PARTS * (ONE - 1) // 2


def seed_number(*purpose: object) -> int:
    """A whole number of 128 bits that stands for a purpose, the same everywhere."""
    text = "\x1f".join(str(part) for part in purpose)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")


def running(weights: Sequence[int]) -> list[int]:
    """Running totals of weights, for `Stream.weighted`."""
    return list(accumulate(weights))


def long_tail(count: int) -> list[int]:
    """Weights of `count` customers: the first buys most, the last hardly ever."""
    return [1_000_000 // (rank + 1) for rank in range(count)]


class Stream:
    """Whole-number draws for one purpose, such as the amounts of a recipe's deals."""

    def __init__(self, *purpose: object) -> None:
        self._bits = random.Random(seed_number(*purpose)).getrandbits  # noqa: S311 - a test world, no secret

    def below(self, count: int) -> int:
        """A whole number from 0 to count - 1."""
        return (self._bits(64) * count) >> 64

    def between(self, first: int, last: int) -> int:
        """A whole number from first to last, both included."""
        return first + self.below(last - first + 1)

    def chance(self, percent: int) -> bool:
        """True in `percent` of a hundred draws."""
        return self.below(100) < percent

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, all equally likely."""
        return choices[self.below(len(choices))]

    def weighted(self, totals: Sequence[int]) -> int:
        """The position of one choice, by the running totals of the choices' weights."""
        return bisect_right(totals, self.below(totals[-1]))

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """`count` different choices, in the order in which they were drawn."""
        left = list(choices)
        return [left.pop(self.below(len(left))) for _ in range(count)]

    def bell(self) -> int:
        """A bell-shaped whole number around 0; 65,536 is one standard deviation, none lies past six."""
        bits = self._bits(16 * BELL_PARTS)
        return sum(bits >> 16 * part & ONE - 1 for part in range(BELL_PARTS)) - BELL_MEAN

    def skewed(self, median: int, sixteenths: int) -> int:
        """An amount skewed to the right as sales are: half lie below the median, a few lie far above it.

        median: in minor units.  sixteenths: the reach of one standard deviation, in sixteenths of a doubling.
        The power of two between whole powers is a straight line, so that the result is the same everywhere.
        """
        whole, part = divmod(self.bell() * sixteenths // 16, ONE)
        value = median * (ONE + part)
        value = value << whole if whole >= 0 else value >> -whole
        return max(1, value >> 16)
