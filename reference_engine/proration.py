"""Proration: which part of a period counts for somebody who is there for some of its days only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from reference_engine.columns import Exact
from reference_engine.people import Days, clipped
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import Calendar, Period
from reference_engine.vocabulary.numbers import format_number
from reference_engine.vocabulary.plan import Conventions
from reference_engine.world import World

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ONE, ZERO = Fraction(1), Fraction(0)
BY_DAYS = ("calendar days", "work days", "hours", "days of the year", "365 days", "360 days", "30/360")


class Open(Exception):
    """A convention that proration needs is not stated: its name."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What counts: `days` of `basis`, in `unit`.  factor: what it is multiplied with, rounded where the plan says so."""

    days: Fraction
    basis: Fraction
    unit: str
    factor: Fraction

    def __str__(self) -> str:
        shown = f"{format_number(self.days)} of {format_number(self.basis)} {self.unit}"
        if self.basis and self.factor != self.days / self.basis:
            shown += f", as {format_number(self.factor)}"
        return shown


@dataclass(frozen=True, slots=True)
class Schedule:
    """hours: of each weekday, Monday first."""

    first: date
    hours: tuple[Fraction, ...]


@dataclass
class WorkTime:
    """The company's work days, and the hours of each payee."""

    holidays: list[date]
    schedules: dict[str, list[Schedule]]

    def work_days(self, first: date, last: date) -> int:
        """Mondays to Fridays without holidays, both ends inclusive."""
        if last < first:
            return 0
        after = np.datetime64(last + timedelta(days=1), "D")
        return int(np.busday_count(np.datetime64(first, "D"), after, holidays=self.holidays))

    def hours(self, payee: str, first: date, last: date) -> Fraction:
        """The scheduled hours of a payee; "" for the company's."""
        # Before one's own schedule begins the company's counts.
        common = self.schedules.get("", [])
        own = [*common, *self.schedules.get(payee, [])] if payee else common
        total, day = ZERO, first
        while day <= last:
            found = [s for s in own if s.first <= day]
            if found and day not in self.holidays:
                total += found[-1].hours[day.weekday()]
            day += timedelta(days=1)
        return total


def work_time(world: World, problems: list[Problem]) -> WorkTime:
    """The tables holidays and work_schedules."""
    days = [d.astype(object) for d in world.table("holidays").days("date")]
    table = world.table("work_schedules")
    if not table.size:
        return WorkTime(days, {})
    hours = table.amounts("hours per week")
    schedules: dict[str, list[Schedule]] = {}
    for row in np.argsort(table.days("from"), kind="stable").tolist():
        text = str(table.words("days")[row]) or "Mon, Tue, Wed, Thu, Fri"
        named = [d.strip() for d in text.split(",")]
        wrong = [d for d in named if d not in WEEKDAYS]
        if wrong:
            problems.append(
                Problem(
                    "work-days",
                    f'"{wrong[0]}" isn\'t a day of the week.',
                    table.where(row),
                    "Its hours would fall on no day.",
                    f"Write some of {', '.join(WEEKDAYS)}, with commas.",
                )
            )
            continue
        if not 0 <= hours.value.at(row) <= 168:
            problems.append(
                Problem(
                    "work-days",
                    f"a week of {format_number(hours.value.at(row))} hours of work.",
                    table.where(row),
                    "A part of a quota or target would be more than the whole, or less than nothing.",
                    "Write the hours of a week, from 0 to 168.",
                )
            )
            continue
        each = hours.value.at(row) / len(named)
        schedules.setdefault(str(table.words("payee")[row]), []).append(
            Schedule(
                table.days("from")[row].astype(object), tuple(each if d in named else ZERO for d in WEEKDAYS)
            )
        )
    return WorkTime(days, schedules)


@dataclass
class Proration:
    """The proration that a plan states.  cut_off: the day of a month on which somebody must be active."""

    conventions: Conventions
    calendar: Calendar
    work: WorkTime
    cut_off: int | None = None
    _known: dict[tuple[object, ...], Portion] = field(default_factory=dict)

    def portion(self, payee: str, period: Period, active: Sequence[Days]) -> Portion:
        """Which part of a period counts for a payee who is active on these days.  Raises Open."""
        spans = clipped(active, period.first, period.last)
        if spans == [(period.first, period.last)]:
            return Portion(ONE, ONE, "", ONE)
        if not spans:
            return Portion(ZERO, ONE, "", ZERO)
        own = payee if self.conventions.get("proration.basis") == "hours" else ""
        key = (own, period.first, period.last, tuple(spans))
        if key not in self._known:
            self._known[key] = self._portion(payee, period, spans)
        return self._known[key]

    def _portion(self, payee: str, period: Period, spans: list[Days]) -> Portion:
        basis = self._stated("proration.basis")
        if basis == "months":
            days, whole, unit = self._months(period, spans), Fraction(len(self._parts(period))), "months"
        else:
            count = self._counter(basis, payee)
            days = sum((count(a, b) for a, b in spans), ZERO)
            days -= self._uncounted(period, spans, count)
            whole, unit = self._whole(basis, payee, period), basis
        days = max(days, ZERO)
        if not whole:
            return Portion(ZERO, ONE, unit, ZERO)
        decimals = self._stated("proration.factor_decimals")
        factor = min(days / whole, ONE)
        if decimals != "exact":
            factor = Exact.of([factor]).rounded("half up", int(decimals)).at(0)
        words = {"hours": "hours", "work days": "work days", "months": "months"}.get(unit, "days")
        return Portion(days, whole, words, factor)

    def _stated(self, name: str) -> str:
        reading = self.conventions.get(name)
        if reading is None:
            raise Open(name)
        return reading

    def _counter(self, basis: str, payee: str) -> Callable[[date, date], Fraction]:
        if basis == "work days":
            return lambda a, b: Fraction(self.work.work_days(a, b))
        if basis == "hours":
            return lambda a, b: self.work.hours(payee, a, b)
        if basis == "30/360":
            return _thirties
        return lambda a, b: Fraction((b - a).days + 1)

    def _whole(self, basis: str, payee: str, period: Period) -> Fraction:
        """What a period counts in full."""
        if basis == "calendar days":
            return Fraction(period.days)
        if basis == "work days":
            return Fraction(self.work.work_days(period.first, period.last))
        if basis == "hours":
            return self.work.hours(payee, period.first, period.last)
        if basis == "days of the year":
            year = self.calendar.period_of(period.first, "year")
            return part_of_year(period) * year.days
        return part_of_year(period) * (365 if basis == "365 days" else 360)

    def _uncounted(
        self, period: Period, spans: list[Days], count: Callable[[date, date], Fraction]
    ) -> Fraction:
        """What the first and the last active day count where the plan says that they don't."""
        start, (first, _), (_, last) = self._stated("proration.start_day_counts"), spans[0], spans[-1]
        out = ZERO
        if start == "no" or (start == "only on the first day of the period" and first > period.first):
            out += count(first, first)
        if last < period.last and self._stated("proration.end_day_counts") == "no":
            out += count(last, last)
        return out

    def _parts(self, period: Period) -> list[Period]:
        """The months of a period, cut where it begins or ends inside one."""
        return [
            Period(max(p.first, period.first), min(p.last, period.last), p.label)
            for p in self.calendar.periods(period.first, period.last, "month")
        ]

    def _months(self, period: Period, spans: list[Days]) -> Fraction:
        total = ZERO
        for month in self._parts(period):
            inside = clipped(spans, month.first, month.last)
            days = sum((b - a).days + 1 for a, b in inside)
            if not days:
                continue
            if days == month.days:
                total += 1
                continue
            rule = self._stated("proration.partial_month")
            if rule == "whole":
                total += 1
            elif rule == "by days":
                total += Fraction(days, month.days)
            elif rule == "cut-off day":
                if self.cut_off is None:
                    raise Open("cut-off day")
                day = min(month.first + timedelta(days=self.cut_off - 1), month.last)
                total += any(a <= day <= b for a, b in inside)
        return total


def part_of_year(period: Period) -> Fraction:
    """A year is 1, a quarter 1/4, a month 1/12; what is shorter counts by its days."""
    months = round(Fraction(period.days * 12) / Fraction("365.25"))
    return Fraction(months, 12) if months else Fraction(period.days, 365)


def _thirties(first: date, last: date) -> Fraction:
    """The days from first to last, both inclusive, where every month has 30."""
    after = last + timedelta(days=1)
    start, end = min(first.day, 30), min(after.day, 30)
    return Fraction((after.year - first.year) * 360 + (after.month - first.month) * 30 + end - start)
