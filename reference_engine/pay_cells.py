"""What payees are paid as cells: a row for each payee and currency, a column for each pay period."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact


def coded(words: Array, known: dict[str, int]) -> Array:
    """Words as positions among those known; new ones are added."""
    if not len(words):
        return np.zeros(0, dtype=np.int64)
    if (words == words[0]).all():
        return np.full(len(words), known.setdefault(str(words[0]), len(known)), dtype=np.int64)
    return np.array([known.setdefault(w, len(known)) for w in words.tolist()], dtype=np.int64)


def matrix_of(row: Array, at: Array, amount: Exact, shape: tuple[int, int]) -> Exact:
    """Amounts summed into rows and periods."""
    cell = row * shape[1] + at
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(shape[0] * shape[1]))
    return amount[order].sums(starts).reshape(*shape)
