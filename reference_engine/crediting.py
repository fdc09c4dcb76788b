"""The crediting stage: every event finds the payees who are credited with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from reference_engine.columns import Array, some
from reference_engine.events import Events, is_of
from reference_engine.executors.local import Local
from reference_engine.mechanics.crediting import (
    direct,
    group,
    hold,
    holdover,
    matched,
    maximum,
    overlay,
    readings,
    roll_up,
    rules,
    split,
    territory,
)
from reference_engine.mechanics.crediting.credits import OVERLAY, ROLL_UP, Credits
from reference_engine.mechanics.crediting.readings import Asked, Readings
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import NotAPeriod
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World

_CHECKED = (
    (split, ("credit_splits",)),
    (roll_up, ()),
    (rules, ("crediting_rules",)),
    (group, ("groups",)),
    (matched, ("matching_rules",)),
    (holdover, ("holdovers",)),
    (hold, ("credit_holds",)),
    (maximum, ("credit_maximums",)),
    (territory, ("territory_rules", "named_accounts", "account_moves")),
)
"""What is checked of a world that has one of the tables; without names, of every world."""


def check(world: World, problems: list[Problem]) -> None:
    """What must hold of the whole world before anything is credited."""
    for part, names in _CHECKED:
        if not names or any(name in world.tables for name in names):
            part.check(world, problems)


class Crediting:
    """Credits events by one set of readings.  What depends on the world only is prepared once.

    asked: the conventions that the data make the plans state; it fills while events are credited.
    """

    def __init__(self, world: World, reading: Readings, asked: Asked, problems: list[Problem]) -> None:
        self.world, self.reading, self.asked, self.problems = world, reading, asked, problems
        listed = rules.rules_of(world)
        self.overlays = [r for r in listed if r.kind == OVERLAY]
        self.roll_ups = [r for r in listed if r.kind == ROLL_UP]
        self.splits = split.Splits(world)
        named = "kind" in world.table("credit_splits").text
        self.named_overlays = split.Splits(world, "overlay") if named else None

    def owned(self, events: Events) -> Events:
        """The events with the holder of their territory as owner, where the deal leaves its owner to it."""
        return territory.own(events, self.world, self.reading, self.asked, self.problems)

    def credit(self, events: Events) -> Credits:
        """Direct credits, then the overlay and roll-up credits that follow from them.  Local to the events given."""
        world, reading, asked = self.world, self.reading, self.asked
        credits = direct.credit(events)
        if world.table("groups").size:
            grouped = group.credit(events, world, self.problems)
            if len(grouped):
                credits = matched.ordered(Credits.joined([credits, grouped]))
        if world.table("matching_rules").size:
            found = matched.credit(events, world, reading, asked, self.problems)
            credits = matched.beside_owner(credits, found, events, reading, asked)
        credits = holdover.holdover(credits, events, world)
        credits = self.splits.split(credits, events)
        credits = hold.hold(credits, events, world, reading, asked)
        named: list[Credits] = []
        if self.named_overlays is not None and self.named_overlays.names:
            named = [hold.hold(self.named_overlays.overlay(events), events, world, reading, asked)]
        elif not self.overlays and not self.roll_ups:
            return credits
        days = self._hierarchy_days(events)
        indirect = [
            *(c for c in named if len(c)),
            *overlay.overlay(credits, events, days, world, self.overlays),
            *roll_up.roll_up(credits, events, days, world, self.roll_ups, reading, asked),
        ]
        if not indirect:
            return credits
        credits = Credits.joined([credits, *indirect])
        return maximum.limit(credits, events, world, reading, asked, self.problems)

    def _hierarchy_days(self, events: Events) -> Array:
        """For each event the day whose reporting lines count."""
        # A return follows its sale: what was credited to a manager is taken back from the same one.
        back = is_of(events.source, "returns of deals", "returns of sales")
        day: Array = (
            np.where(back & ~np.isnat(events.deal_date), events.deal_date, events.date)
            if some(back)
            else events.date
        )
        if not self.world.reporting.dated and not self.world.people.ever_changed:
            return day
        how = self.reading.rollup_as_of
        if how == "roll-up date" and self.world.reporting.dated:
            run_day = self.reading.run_day
            if run_day is None:
                self.problems.append(
                    Problem(
                        "no-roll-up-date",
                        "the plan rolls credit up by the reporting lines of the roll-up date, and the run has no day.",
                        self.world.table("reporting_lines").where(0),
                        "Another day has other managers.",
                        "State the day of the run (as of), or take rollup.as_of: transaction date or period end.",
                    )
                )
                return day
            return np.full(len(events), np.datetime64(run_day, "D"))
        if how == "period end":
            return self._period_ends(day)
        return day

    def _period_ends(self, day: Array) -> Array:
        days, back = np.unique(day, return_inverse=True)
        calendar = self.world.calendar
        out = days.copy()
        for i, each in enumerate(days.astype(object).tolist()):
            try:
                out[i] = calendar.period_of(each, self.reading.cadence).last
            except NotAPeriod:
                # The plan's own timeline reports the day that no period contains.
                continue
        ends: Array = out[back]
        return ends


def credit_plans(
    plans: Sequence[Plan],
    events: Events,
    world: World,
    run_day: date | None,
    executor: Local,
    problems: list[Problem],
) -> Credits:
    """The credits of all plans.  Plans whose conventions agree share them; others have their own."""
    groups = readings.readings_of(plans, world, run_day)
    parts: list[Credits] = []
    names: dict[str, int] = {}
    for number, (reading, members) in enumerate(groups):
        asked = Asked()
        stage = Crediting(world, reading, asked, problems)
        parts.append(_in_chunks(stage, stage.owned(events), executor))
        readings.check(members, asked, problems)
        names |= {plan.name: number for plan in members}
    if len(parts) == 1:
        return parts[0]
    out: list[Credits] = []
    size = 0
    for number, part in enumerate(parts):
        source = np.where(part.source >= 0, part.source + size, -1)
        day = part.days(events) if any(p.day is not None for p in parts) else None
        out.append(
            replace(
                part, source=source, day=day, reading=np.full(len(part), number, dtype=np.int8), plans=names
            )
        )
        size += len(part)
    return Credits.joined(out)


def _in_chunks(stage: Crediting, events: Events, executor: Local) -> Credits:
    chunks = executor.ranges(len(events))
    if len(chunks) < 2:
        return stage.credit(events)
    out: list[Credits] = []
    size = 0
    done = executor.map(lambda rows: stage.credit(events.take(rows)), chunks)
    for chunk, part in zip(chunks, done, strict=True):
        source = np.where(part.source >= 0, part.source + size, -1)
        out.append(replace(part, event=part.event + chunk[0], source=source))
        size += len(part)
    return Credits.joined(out)
