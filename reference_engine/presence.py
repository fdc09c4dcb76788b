"""When payees are there: employed, and on one of some plans."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from reference_engine.columns import Array
from reference_engine.people import common
from reference_engine.selection import Eligibility
from reference_engine.vocabulary.calendar import Period
from reference_engine.world import World


class Presence:
    """When payees are employed and on one of some plans."""

    def __init__(self, codes: Array, eligible: list[Eligibility], world: World) -> None:
        self.codes, self.eligible, self.people = codes, eligible, world.people

    @cached_property
    def _spans(self) -> tuple[Array, Array, Array]:
        """The row of each span, and its first and last day."""
        found = [
            (r, *span)
            for r, code in enumerate(self.codes.tolist())
            for e in self.eligible
            for span in common(self.people.employed(code), e.spans(code))
        ]
        rows, first, last = zip(*found, strict=True) if found else ((), (), ())
        return (
            np.array(rows, dtype=np.int64),
            np.array(first, dtype="datetime64[D]"),
            np.array(last, dtype="datetime64[D]"),
        )

    def on_in(self, period: Period) -> Array:
        """Whether each payee is on one of the plans on some day of a period."""
        rows, first, last = self._spans
        out = np.zeros(len(self.codes), dtype=bool)
        there = (first <= np.datetime64(period.last, "D")) & (last >= np.datetime64(period.first, "D"))
        out[rows[there]] = True
        return out
