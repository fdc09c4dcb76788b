"""The pay periods of a plan: from the first to the last day on which something counts for it, is paid or taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import DAY, Array
from reference_engine.events import SOURCE, Events
from reference_engine.far_dates import MAX_DAYS, farthest_row
from reference_engine.figures import SPANS
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.lump import Lump
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World


def cadence_of(plan: Plan, world: World) -> str:
    """How often a plan pays."""
    return plan.pays or world.calendar.pay_cadence or "month"


def accumulates(plan: Plan, world: World) -> bool:
    """Whether something of the plan adds up over more than a pay period."""
    longer = plan.conventions.get("tier.accumulate") not in (None, "period")
    longer |= any(m.accumulate not in ("", "period") for m in plan.measures)
    longer |= any(name.endswith(tuple(SPANS)) for name in plan.figure_names)
    return longer and not world.calendar.custom


@dataclass
class Timeline:
    """The time of one plan over the credits of a world.  until: the day up to which is calculated, if stated."""

    plan: Plan
    world: World
    events: Events
    credits: Credits
    until: date | None
    problems: list[Problem]

    def periods(self, chosen: list[Array]) -> list[Period] | None:
        """The pay periods in order; None where nothing is paid, or with a Problem.  chosen: the credits that count."""
        events = self.credits.event[np.concatenate(chosen)] if chosen else np.zeros(0, np.int64)
        stated = self._stated_days()
        days = np.concatenate([self.events.date[events], stated, self.credits.release_days(chosen)])
        if not len(days) and not self._earns_on_figures():
            return None
        if not len(events) and len(set(stated.tolist())) < 2:
            self.problems.append(
                Problem(
                    "periods-open",
                    f'nothing says for which periods "{self.plan.name}" pays.',
                    self.plan.where,
                    "It earns on figures, and no record, quota, reported measure or last day bounds its time.",
                    "Add  valid: {from: 2026-01-01, to: 2026-12-31}  to the plan, or state until when to calculate.",
                )
            )
            return None
        first, last = self._earliest(days), days.max()
        if self.world.table("cancellations").size:
            cancelled = self.events.date[self.events.source == SOURCE["cancellations"]]
            last = max([last, *([cancelled.max()] if len(cancelled) else [])])
        last = self._reach(last)
        if self.until is not None:
            last = min(last, np.datetime64(self.until, "D"))
        if (last - first).astype(int) > MAX_DAYS:
            self.problems.append(
                Problem(
                    "dates-far-apart",
                    f"the records reach from {first} to {last}.",
                    farthest_row(self.plan, self.world, self.events, events),
                    f"More than {MAX_DAYS // 365} years are hardly meant; a wrong date would move money to another period.",
                    "Correct the date.",
                )
            )
            return None
        # A month may lie in a quarter whose tiers began before the first record.
        try:
            start = (
                self.world.calendar.period_of(first.astype(object), "year").first
                if accumulates(self.plan, self.world)
                else first.astype(object)
            )
            return self.world.calendar.periods(
                start, max(last, first).astype(object), cadence_of(self.plan, self.world)
            )
        except NotAPeriod as error:
            self.problems.append(
                Problem(
                    "not-a-period",
                    f'"{self.plan.name}": {error}',
                    self.plan.where,
                    "A record outside the calendar is paid in no period.",
                    "Extend the fiscal calendar, or correct the date.",
                )
            )
            return None

    def _earliest(self, days: Array) -> np.datetime64:
        """The first day; a record of the grace days belongs to the period before, if the plan has one."""
        first: np.datetime64 = days.min()
        starts = self.plan.valid[0]
        if self.plan.grace_days and (starts is None or first > np.datetime64(starts, "D")):
            first = first - np.timedelta64(self.plan.grace_days, "D")
        return first

    def _reach(self, last: np.datetime64) -> np.datetime64:
        """The last day on which something that happened by `last` may still be paid or taken back."""
        cadence = cadence_of(self.plan, self.world)
        reached = [last.astype(object)]
        for component in self.plan.components:
            day = reached[0]
            for mechanic in (*component.earn, *component.pay):
                day = max(day, mechanic.reaches(self.world, self.events, day, cadence) or day)
            reached.append(day)
        day = max(reached)
        for mechanic in self.plan.pay:
            day = max(day, mechanic.reaches(self.world, self.events, day, cadence) or day)
        return np.datetime64(day, "D")

    def _earns_on_figures(self) -> bool:
        """Whether something of the plan needs no record."""
        lumps = any(isinstance(m, Lump) for c in self.plan.components for m in c.earn)
        return bool(self.plan.figures) or lumps or any(not c.measure for c in self.plan.components)

    def _stated_days(self) -> Array:
        """The first and last days of what is stated for periods, where components earn on figures."""
        days: list[date] = [day for m in self.plan.mechanics() for day in m.stated_days(self.world)]
        if not self._earns_on_figures():
            return np.array(days, dtype=DAY)
        for name in ("reported_measures", "quotas"):
            labels = dict.fromkeys(self.world.table(name).words("period").tolist())
            for span in (self.world.period(label) for label in labels):
                days += [span.first, span.last]
        days += [d for d in self.plan.valid if d is not None]
        table = self.world.table("plan_assignments")
        mine = np.flatnonzero(table.words("plan") == self.plan.name)
        for column in ("from", "to"):
            days += [d.astype(object) for d in table.days(column)[mine] if not np.isnat(d)]
        if self.until is not None:
            start = min(days, default=self.world.calendar.period_of(self.until, "year").first)
            days = [min(d, self.until) for d in (start, *days, self.until)]
        if self.world.calendar.custom:
            first, last = self.world.calendar.custom[0].first, self.world.calendar.custom[-1].last
            days = [min(max(d, first), last) for d in days]
        return np.array(days, dtype=DAY)
