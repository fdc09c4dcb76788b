"""One machine: chunks of rows over a few threads.  NumPy lets go of the interpreter lock while it works."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from reference_engine.columns import Array

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Local:
    """threads: how many work at once.  chunk: rows handed to one at a time."""

    threads: int = 2
    chunk: int = 1 << 17

    def map(self, work: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """The results in the order of the items; at most two items for each thread are under way."""
        listed = list(items)
        if len(listed) < 2 or self.threads < 2:
            yield from map(work, listed)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            waiting: deque[Future[R]] = deque()
            for item in listed:
                waiting.append(pool.submit(work, item))
                if len(waiting) >= 2 * self.threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def ranges(self, size: int) -> list[Array]:
        """Positions 0..size in chunks."""
        return [np.arange(a, min(a + self.chunk, size)) for a in range(0, size, self.chunk)] or [np.arange(0)]

    def payee_ranges(self, payee: Array) -> list[Array]:
        """Chunks of rows sorted by payee that never divide a payee."""
        size = len(payee)
        if size <= self.chunk:
            return [np.arange(size)]
        cuts = [0]
        while size - cuts[-1] > self.chunk:
            cuts.append(int(np.searchsorted(payee, payee[cuts[-1] + self.chunk - 1], side="right")))
        cuts.append(size)
        return [np.arange(a, b) for a, b in itertools.pairwise(cuts) if b > a]
