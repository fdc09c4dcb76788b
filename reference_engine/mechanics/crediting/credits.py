"""Credits as columns: what the crediting mechanics make of events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, Exact

DIRECT, OVERLAY, ROLL_UP = 0, 1, 2
TYPES = ("direct", "overlay", "roll-up")


@dataclass(frozen=True)
class Credits:
    """event: position in the events.  payee: code.  type: position in TYPES.  share: of the record's value.

    source: the direct credit that an overlay or roll-up credit follows; -1 for direct credits.  receives: the share
    of that direct credit.  Direct credits of one event stand together, in the order of the split.
    """

    event: Array
    payee: Array
    type: Array
    share: Exact
    source: Array
    receives: Exact

    def __len__(self) -> int:
        return len(self.event)

    @classmethod
    def joined(cls, parts: list[Credits]) -> Credits:
        return cls(
            np.concatenate([p.event for p in parts]),
            np.concatenate([p.payee for p in parts]),
            np.concatenate([p.type for p in parts]),
            Exact.concat([p.share for p in parts]),
            np.concatenate([p.source for p in parts]),
            Exact.concat([p.receives for p in parts]),
        )
