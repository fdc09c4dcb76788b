"""Which row it is whose date lies far from all others: a slip in a year would stretch the pay periods over centuries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from reference_engine.columns import Array
from reference_engine.events import SOURCE, Events
from reference_engine.problems import Where
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World

MAX_DAYS = 100 * 365
"""Dates of one plan, or of what is settled together, that lie further apart than this are a slip."""
_PERIODS = ("quotas", "reported_measures", "advances")


def farthest(days: Sequence[tuple[date, Where]], otherwise: Where) -> Where:
    """Where the day stands that lies farthest from the middle one."""
    ordered = sorted((day for day, _ in days))
    if not ordered:
        return otherwise
    middle = ordered[len(ordered) // 2]
    return max(days, key=lambda d: abs((d[0] - middle).days))[1]


def farthest_row(plan: Plan, world: World, events: Events, rows: Array) -> Where:
    """The row of a record, or else of a quota, a figure or an assignment, whose date lies farthest from the others.

    rows: the records that the plan pays.  The plan itself, where no row is far off.
    """
    rows = np.union1d(rows, np.flatnonzero(events.source == SOURCE["cancellations"]))
    found = events.date[rows]
    if len(found):
        middle = np.sort(found)[len(found) // 2]
        if (found.max() - found.min()).astype(int) > MAX_DAYS:
            return events.where(int(rows[np.abs(found - middle).argmax()]))
    stated = [(plan.where, day) for day in plan.valid if day is not None]
    for name in _PERIODS:
        table = world.table(name)
        for row, label in enumerate(table.words("period").tolist()):
            stated += [(table.where(row), day) for day in (world.period(label).first, world.period(label).last)]
    table = world.table("plan_assignments")
    for row in np.flatnonzero(table.words("plan") == plan.name).tolist():
        days = (table.days(column)[row] for column in ("from", "to"))
        stated += [(table.where(row), day.astype(object)) for day in days if not np.isnat(day)]
    records = [(plan.where, middle.astype(object))] if len(found) else []
    return farthest([(day, where) for where, day in (*records, *stated)], plan.where)
