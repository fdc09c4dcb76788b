"""Direct credit: the owner of the deal, or the retailer of the sale, is credited with the whole record."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Exact
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import DIRECT, Credits

MEANING = "The owner of a deal is credited with all of it."


def credit(events: Events) -> Credits:
    """One credit of 100% for each event that has an owner."""
    owned = np.flatnonzero(events.owner >= 0)
    size = len(owned)
    return Credits(
        owned,
        events.owner[owned],
        np.full(size, DIRECT, dtype=np.int8),
        Exact.full(size, 1),
        np.full(size, -1, dtype=np.int64),
        Exact.full(size, 1),
    )
