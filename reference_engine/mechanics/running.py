"""Running totals: lines in the order in which they count, and the parts of each that lie in the tiers they pass."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines


def in_order(lines: Lines, run: ComponentRun, interval: Array) -> Array:
    """The positions of the lines in the order in which they count, by payee and interval.

    Lines come by date, what is sold before what is taken back, then by the record's name.  By the convention
    transaction.order the larger or the smaller of one day come first.
    """
    reading = run.conventions.get("transaction.order") or "date and name"
    if reading == "date and name" or not len(lines):
        return np.arange(len(lines))
    counts = lines.counts()
    size = ranks(counts.absolute())
    if reading == "date, largest first":
        size = -size
    day = run.credits.days(run.events, lines.credit)
    back = (counts.num < 0).astype(np.int8)
    return np.lexsort((np.arange(len(lines)), size, back, day, interval, lines.payee))


def ranks(values: Exact) -> Array:
    """For each value how many different ones are smaller."""
    # Sums of one value each stand over one denominator, so that their numerators can be compared.
    _, found = np.unique(values.sums(np.arange(len(values))).num, return_inverse=True)
    return np.asarray(found)


def restored(values: Exact, order: Array) -> Exact:
    """Values in the order of `in_order`, put back to their lines."""
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return values[back]


def segments(*keys: Array) -> Array:
    """Where, in lines sorted by these keys, a new segment starts: a mask."""
    size = len(keys[0])
    new = np.zeros(size, dtype=bool)
    if size:
        new[0] = True
        for key in keys:
            new[1:] |= key[1:] != key[:-1]
    return new


def slices(values: Exact, new: Array, ceilings: list[Exact | None]) -> list[Exact]:
    """For each tier the part of each value that lies in it, as the running total of its segment passes through."""
    before, after = values.running(new)
    lower: Exact | None = None
    out: list[Exact] = []
    for ceiling in ceilings:
        inside = values if ceiling is None else after.minimum(ceiling) - before.minimum(ceiling)
        out.append(inside if lower is None else inside - lower)
        lower = inside
    return out
