"""The records beneath a line that none of them carries: what counted for it, record by record."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from reference_engine.columns import Array
from reference_engine.lines import Lines
from reference_engine.mechanics.background import during
from reference_engine.mechanics.tier_words import amount_words
from reference_engine.results import Part, Result
from reference_engine.vocabulary.calendar import Period

MOST = 20
"""Records that a sentence names; the others are counted."""


def interval_of(result: Result, part: Part, period: int) -> tuple[Period, list[int]] | None:
    """The interval over which a component's values add up, and its pay periods up to one of them."""
    if part.plan is None or part.component is None:
        return None
    accumulate = part.component.accumulate or part.plan.conventions.get("tier.accumulate") or "period"
    if accumulate == "none":
        accumulate = "period"
    position, intervals = result.calendar.intervals(part.periods, accumulate, part.plan.valid[0])
    own = position[period]
    return intervals[own], [t for t in range(period + 1) if position[t] == own]


def counted_words(result: Result, part: Part, payee: int, period: int) -> str:
    """What counted for a payee in the interval up to a pay period; "" where nothing is counted at all."""
    found = interval_of(result, part, period)
    if found is None or part.component is None or not part.component.measure:
        return ""
    interval, periods = found
    start = during(interval, part.periods[period])
    for step, lines in part.history:
        if step is not None:
            continue
        rows: Array = np.flatnonzero((lines.payee == payee) & np.isin(lines.period, periods))
        if len(rows):
            return f"{start} these count: {_listed(result, lines, rows)}."
    return f"{start} nothing counts."


def _listed(result: Result, lines: Lines, rows: Array) -> str:
    """Records with their day and what they count, and all of them together."""
    events, base = result.events, lines.signed_base()
    names = []
    for row in rows[:MOST].tolist():
        event = int(lines.event[row])
        name = str(events.record[event]) + (f" line {events.line[event]}" if events.line[event] else "")
        names.append(f"{name} of {events.date[event]}, {amount_words(base.at(row), str(lines.unit[row]))}")
    if len(rows) > MOST:
        names.append(f"and {len(rows) - MOST:,} more")
    units = set(lines.unit[rows].tolist())
    if len(rows) > 1 and len(units) == 1:
        total = sum(base[rows].fractions(), Fraction(0))
        names.append(f"together {amount_words(total, str(next(iter(units))))}")
    return "; ".join(names)
