"""What is said of the rows of a plan, as columns of codes: how many rows share a value is a count over a column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.adapters.mapping import GrainMapping
from harness.adapters.rows import ResultRow
from harness.reconcile.differences import row_attributes

Codes = npt.NDArray[np.int32]
Pairs = Sequence[tuple[str, str]]


class Columns:
    """Rows as codes, one column a name; 0 where a row doesn't say it.  words: name -> value -> its code."""

    def __init__(self, words: dict[str, dict[str, int]] | None = None) -> None:
        self.words: dict[str, dict[str, int]] = {} if words is None else words
        self.size = 0
        # Rows that say the same names, in the order of their coming, with the place of each.
        self._alike: dict[tuple[str, ...], tuple[list[int], list[tuple[str, ...]]]] = {}
        self._arrays: dict[str, Codes] = {}

    def add(self, pairs: Pairs) -> None:
        """Adds a row."""
        names, values = zip(*pairs, strict=True) if pairs else ((), ())
        places, rows = self._alike.setdefault(names, ([], []))
        places.append(self.size)
        rows.append(values)
        self.size += 1

    def column(self, name: str) -> Codes:
        """The codes of one name, a row each."""
        if not self._arrays:
            self._encode()
        found = self._arrays.get(name)
        return np.zeros(self.size, dtype=np.int32) if found is None else found

    def names(self) -> list[str]:
        """Every name that some row says."""
        return list(dict.fromkeys(name for names in self._alike for name in names))

    def _encode(self) -> None:
        for names, (places, rows) in self._alike.items():
            at = np.array(places, dtype=np.int64)
            for name, values in zip(names, zip(*rows, strict=True), strict=True):
                codes = self.words.setdefault(name, {})
                coded = [codes.get(v) or codes.setdefault(v, len(codes) + 1) for v in values]
                column = self._arrays.setdefault(name, np.zeros(self.size, dtype=np.int32))
                column[at] = coded

    def word(self, name: str, code: int) -> str:
        """The value of a code."""
        return next((value for value, known in self.words[name].items() if known == code), "")

    def alike(self) -> Columns:
        """Empty columns with the same codes."""
        return Columns(self.words)


def populations(grain: GrainMapping, rows: Iterable[ResultRow], plans: set[str]) -> dict[str, Columns]:
    """The expected rows of these plans, by plan: what differences are set apart from."""
    at = grain.key_names.index("plan") if "plan" in grain.key_names else None
    out: dict[str, Columns] = {plan: Columns() for plan in plans}
    for row in rows if plans else ():
        if at is not None and row.key[at] not in plans:
            continue
        pairs = row_attributes(grain, row)
        plan = row.key[at] if at is not None else next((v for n, v in pairs if n == "plan"), "")
        found = out.get(plan)
        if found is not None:
            found.add(pairs)
    return out


def most_common(codes: Codes) -> tuple[int, int]:
    """The code that stands most often, and how often; the first of several."""
    counts: Any = np.bincount(codes)
    counts[0] = 0
    best = int(counts.argmax())
    return best, int(counts[best])
