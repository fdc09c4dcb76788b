"""Parts of quotas: shares rounded to whole units, with a rule for what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.vocabulary.numbers import Money, Quantity

Unit = Money | Quantity


def unit_of(round_to: Unit | None) -> Fraction | None:
    """The unit that parts are whole multiples of; None where they aren't rounded."""
    if round_to is None:
        return None
    return round_to.amount if isinstance(round_to, Money) else round_to.value


def parts_of(
    amount: Exact,
    shares: Sequence[Fraction],
    unit: Fraction | None = None,
    residue: str = "nobody",
    last_at_least: Fraction = Fraction(0),
) -> list[Exact]:
    """Each amount in parts by shares; a column for each share.

    unit: parts are rounded half up to multiples of it, and what is left over goes where `residue` says.  last_at_least:
    the least that the last part gets of an amount above 0.
    """
    raw = [amount.times(share) for share in shares]
    if unit is None:
        return raw
    if residue.startswith("largest remainder"):
        parts = _by_remainder(amount, raw, unit, later="later" in residue)
    else:
        parts = [_to_unit(part, unit, "half up") for part in raw]
    if last_at_least:
        least = Exact.full(len(amount), last_at_least)
        wanted = parts[-1].maximum(least) if len(parts) else least
        parts[-1] = Exact.where(amount.num > 0, wanted, parts[-1])
    if residue == "nobody":
        return parts
    takes = {"first": 0, "last": len(parts) - 1}.get(residue)
    if takes is None:
        # What the last part was raised by comes from the one that can best spare it.
        takes = max(range(len(shares)), key=lambda i: (shares[i], -i))
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    parts[takes] = parts[takes] + (amount - total)
    return parts


def _to_unit(value: Exact, unit: Fraction, mode: str) -> Exact:
    return value.times(1 / unit).rounded(mode, 0).times(unit)


def _by_remainder(amount: Exact, raw: list[Exact], unit: Fraction, *, later: bool) -> list[Exact]:
    """Parts cut off to units; the units that are left go one by one to the largest remainders."""
    cut = [_to_unit(part, unit, "down") for part in raw]
    lost = [np.array((r - c).fractions(), dtype=object) for r, c in zip(raw, cut, strict=True)]
    total = cut[0]
    for part in cut[1:]:
        total = total + part
    left = (amount - total).times(1 / unit).rounded("half up", 0)
    count: Array = np.abs(left.num).astype(np.int64)
    sign = np.where(left.num < 0, -1, 1)
    out = [np.zeros(len(amount), dtype=np.int64) for _ in raw]
    matrix = np.stack(lost, axis=1) if len(raw) else np.zeros((len(amount), 0), dtype=object)
    for row in np.flatnonzero(count > 0).tolist():
        order = sorted(range(len(raw)), key=lambda i: (-abs(matrix[row, i]), -i if later else i))
        for at in order[: int(count[row])]:
            out[at][row] += sign[row]
    return [c + Exact(extra).times(unit) for c, extra in zip(cut, out, strict=True)]
