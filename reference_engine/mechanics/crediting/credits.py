"""Credits as columns: what the crediting mechanics make of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from reference_engine.columns import Array, Exact, same
from reference_engine.events import Events

DIRECT, OVERLAY, ROLL_UP = 0, 1, 2
TYPES = ("direct", "overlay", "roll-up")
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Credits:
    """event: position in the events.  payee: code.  type: position in TYPES.  share: of the record's value.

    source: the direct credit that an overlay or roll-up credit follows; -1 for direct credits.  receives: the share
    of that direct credit.  Direct credits of one event stand together, in the order of the split.

    The columns below are None where no record needs them.  counted: the share that quotas and tiers see.  day: on
    which the credit counts, where that isn't the record's day.  held: not paid until it is released.  pay_day: of
    the release, where it is paid then.
    level: of a roll-up credit, how many levels the sale lies below; 0 for an own sale.  reading: which reading of the
    conventions made it; plans: the readings of each plan by name.
    """

    event: Array
    payee: Array
    type: Array
    share: Exact
    source: Array
    receives: Exact
    counted: Exact | None = None
    day: Array | None = None
    held: Array | None = None
    pay_day: Array | None = None
    level: Array | None = None
    reading: Array | None = None
    plans: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.event)

    def days(self, events: Events, rows: Array | None = None) -> Array:
        """The day on which each credit counts."""
        if self.day is None:
            found: Array = events.date[self.event if rows is None else self.event[rows]]
            return found
        return self.day if rows is None else self.day[rows]

    def release_days(self, chosen: Sequence[Array]) -> Array:
        """The days on which held credits among these are released."""
        if self.day is None or self.pay_day is None or not chosen:
            return np.zeros(0, dtype="datetime64[D]")
        rows = np.unique(np.concatenate(chosen))
        days = np.concatenate([self.day[rows], self.pay_day[rows]])
        found: Array = days[~np.isnat(days)]
        return found

    def of_plan(self, plan: str) -> Array | None:
        """Which credits are made by the readings of a plan; None where all are."""
        return None if self.reading is None else self.reading == self.plans[plan]

    def take(self, rows: Array) -> Credits:
        """The direct credits at these positions."""
        values: dict[str, Any] = {}
        for f in fields(self):
            column = getattr(self, f.name)
            values[f.name] = column if column is None or f.name == "plans" else column[rows]
        return Credits(**values)

    def follow(
        self,
        rows: Array,
        payee: Array,
        kind: int,
        receives: Exact,
        quota: Exact | None = None,
        level: int | None = None,
    ) -> Credits:
        """Credits that follow these direct credits.  receives: their share of it; quota: what quotas see of it."""
        counted: Exact | None = None
        if self.counted is not None or quota is not None:
            seen = self.share if self.counted is None else self.counted
            counted = seen[rows] * (receives if quota is None else quota)
        return Credits(
            self.event[rows],
            payee,
            same(kind, len(rows), np.int8),
            self.share[rows] * receives,
            rows,
            receives,
            counted,
            None if self.day is None else self.day[rows],
            None if self.held is None else self.held[rows],
            None if self.pay_day is None else self.pay_day[rows],
            None if level is None else same(min(level, 127), len(rows), np.int8),
        )

    @classmethod
    def direct(cls, event: Array, payee: Array, share: Exact, counted: Exact | None = None) -> Credits:
        """Direct credits of these events."""
        size = len(event)
        return cls(
            event,
            payee,
            same(DIRECT, size, np.int8),
            share,
            same(-1, size, np.int64),
            Exact.full(size, 1),
            counted,
        )

    @classmethod
    def joined(cls, parts: Sequence[Credits], days: Sequence[Array] = ()) -> Credits:
        """One after the other.  days: the day of each credit's record, needed where only some parts have days."""
        if len(parts) == 1:
            return parts[0]

        def column(name: str, missing: Any) -> Any:
            found = [p.__dict__[name] for p in parts]
            if [c is None for c in found].count(True) == len(found):
                return None
            filled = [
                missing(i, p) if c is None else c for i, (c, p) in enumerate(zip(found, parts, strict=True))
            ]
            return Exact.concat(filled) if isinstance(filled[0], Exact) else np.concatenate(filled)

        return cls(
            np.concatenate([p.event for p in parts]),
            np.concatenate([p.payee for p in parts]),
            np.concatenate([p.type for p in parts]),
            Exact.concat([p.share for p in parts]),
            np.concatenate([p.source for p in parts]),
            Exact.concat([p.receives for p in parts]),
            column("counted", lambda i, p: p.share),
            column("day", lambda i, p: days[i]),
            column("held", lambda i, p: np.zeros(len(p), dtype=bool)),
            column("pay_day", lambda i, p: np.full(len(p), NO_DAY)),
            column("level", lambda i, p: np.zeros(len(p), dtype=np.int8)),
            column("reading", lambda i, p: np.zeros(len(p), dtype=np.int8)),
            parts[0].plans if parts else {},
        )
