"""Calendars: a period label such as 2026-Q1 means a first and a last day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from reference_engine.vocabulary.refusals import NotAccepted

CADENCES = ("week", "biweek", "semi-month", "month", "quarter", "half-year", "year")
SHORT = ("week", "biweek", "semi-month", "month", "period")
"""The spans that are single periods of a calendar whose periods are stated one by one."""
_LABEL = re.compile(
    r"(?:(?P<year>\d{4})-(?:(?P<month>\d{2})(?P<half_month>[ab])?|W(?P<week>\d{2})|P(?P<period>\d{2})|Q(?P<quarter>[1-4])|H(?P<half>[12]))|FY(?P<fiscal>\d{4}))\Z",
    re.ASCII,
)
PERIOD_FORM = "2026-03, 2026-03a (its first half), 2026-W05, 2026-P03, 2026-Q1, 2026-H1 or FY2026"


class NotAPeriod(NotAccepted):
    """The text isn't a period of this calendar, or the calendar has no such period for a day."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A named span of days.  first, last: both inclusive."""

    first: date
    last: date
    label: str = field(compare=False)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Calendar:
    """The periods of a company.

    fiscal_starts: fiscal year -> its first day, as stated.  A year that isn't stated starts on the same day
        and month as the nearest stated one; with none stated the fiscal year is the calendar year.
    custom: periods stated one by one (4-4-5 and other calendars), in order of their first day.
    pay_cadence: how often the company pays unless a plan says otherwise; None where it isn't stated.
    """

    fiscal_starts: tuple[tuple[int, date], ...] = ()
    custom: tuple[Period, ...] = ()
    pay_cadence: str | None = None

    def year_start(self, year: int) -> date:
        """The first day of a fiscal year.  Raises NotAPeriod beyond the years that a calendar has."""
        if not 1 < year < 9999:
            raise NotAPeriod(
                f"there is no fiscal year {year} in trueup's calendar.", "Write a year from 2 to 9998."
            )
        if not self.fiscal_starts:
            return date(year, 1, 1)
        known = dict(self.fiscal_starts)
        if year in known:
            return known[year]
        nearest = min(known, key=lambda y: abs(y - year))
        start = known[nearest]
        try:
            return date(start.year + year - nearest, start.month, start.day)
        except ValueError:
            raise NotAPeriod(
                f"fiscal year {year} can't start on a {start:%d %B}.", "State its first day."
            ) from None

    def period(self, label: str) -> Period:
        """The days that a label means.  Raises NotAPeriod for text that isn't one."""
        if not self.custom and not self.fiscal_starts:
            return _plain_period(label)
        return self._labelled(label)

    def _labelled(self, label: str) -> Period:
        for period in self.custom:
            if period.label == label:
                return period
        match = _LABEL.match(label)
        if not match:
            raise NotAPeriod(f'"{label}" is not a period.', f"Write {PERIOD_FORM}.")
        if not 1 < int(match["year"] or match["fiscal"]) < 9999:
            raise NotAPeriod(
                f'"{label}" is not a period: trueup\'s calendar has the years 2 to 9998.', "Correct the year."
            )
        if match["month"]:
            month = int(match["month"])
            if not 1 <= month <= 12:
                raise NotAPeriod(
                    f'"{label}" is not a period: there is no month {match["month"]}.',
                    "Write a month from 01 to 12, like 2026-03.",
                )
            first = date(int(match["year"]), month, 1)
            last = add_months(first, 1) - timedelta(days=1)
            if match["half_month"]:
                middle = date(first.year, month, 15)
                is_first = match["half_month"] == "a"
                return (
                    Period(first, middle, label)
                    if is_first
                    else Period(middle + timedelta(days=1), last, label)
                )
            return Period(first, last, label)
        if match["week"]:
            try:
                monday = date.fromisocalendar(int(match["year"]), int(match["week"]), 1)
            except ValueError:
                raise NotAPeriod(
                    f'"{label}" is not a period: {match["year"]} has no week {match["week"]}.',
                    "Write a week from W01 to W52, or W53 where the year has one.",
                ) from None
            return Period(monday, monday + timedelta(days=6), label)
        year = int(match["fiscal"] or match["year"])
        if self.custom:
            return self._custom_span(label, year, match)
        start = self.year_start(year)
        if match["fiscal"]:
            return Period(start, self.year_start(year + 1) - timedelta(days=1), label)
        if match["period"]:
            number, months = int(match["period"]), 1
            if not 1 <= number <= 12:
                raise NotAPeriod(
                    f'"{label}" is not a period: this fiscal year has 12 periods.',
                    "Write a period from P01 to P12, or state the company's own periods in fiscal_calendar.",
                )
        elif match["quarter"]:
            number, months = int(match["quarter"]), 3
        else:
            number, months = int(match["half"]), 6
        first = add_months(start, (number - 1) * months)
        return Period(first, add_months(first, months) - timedelta(days=1), label)

    def _custom_span(self, label: str, year: int, match: re.Match[str]) -> Period:
        inside = [p for p in self.custom if p.label.startswith(f"{year}-")]
        if match["quarter"] and len(inside) in (12, 13):
            number = int(match["quarter"])
            inside = inside[(number - 1) * 3 : number * 3 if number < 4 else None]
        elif match["half"] and len(inside) in (12, 13):
            inside = inside[:6] if match["half"] == "1" else inside[6:]
        elif match["half"] and [p.label[5:] for p in inside] == ["Q1", "Q2", "Q3", "Q4"]:
            inside = inside[:2] if match["half"] == "1" else inside[2:]
        elif not match["fiscal"]:
            raise NotAPeriod(
                f'"{label}" is not in the fiscal calendar.',
                f"Known: {', '.join(p.label for p in self.custom)}.",
            )
        if not inside:
            raise NotAPeriod(
                f'"{label}" is not in the fiscal calendar.', f"Add the periods of {year} to fiscal_calendar."
            )
        return Period(inside[0].first, inside[-1].last, label)

    def period_of(self, day: date, cadence: str) -> Period:
        """The month, quarter, half-year or year that a day lies in.  Raises NotAPeriod outside a custom calendar."""
        if not self.custom and not self.fiscal_starts:
            return _plain_period_of(day, cadence)
        return self._containing(day, cadence)

    def _containing(self, day: date, cadence: str) -> Period:
        if self.custom and cadence in SHORT:
            for period in self.custom:
                if day in period:
                    _check_length(period, cadence)
                    return period
            raise _outside(day, "period")
        if cadence == "week":
            # A week belongs to the year of its Thursday.
            year, week, _ = day.isocalendar()
            return self.period(f"{year:04d}-W{week:02d}")
        if cadence == "semi-month":
            return self.period(f"{day.year:04d}-{day.month:02d}{'a' if day.day <= 15 else 'b'}")
        if cadence == "biweek":
            raise NotAPeriod(
                "pay every two weeks needs its first day.",
                "Add a row for the year to fiscal_calendar with the pattern biweekly.",
            )
        if cadence == "month" and not self._shifted():
            return self.period(f"{day.year:04d}-{day.month:02d}")
        year = self._year_of(day)
        if cadence == "year":
            return self.period(f"FY{year:04d}")
        months = {"month": 1, "quarter": 3, "half-year": 6}[cadence]
        letter, width = {"month": ("P", 2), "quarter": ("Q", 1), "half-year": ("H", 1)}[cadence]
        if self.custom:
            for number in range(1, 12 // months + 1):
                period = self.period(f"{year:04d}-{letter}{number:0{width}d}")
                if day in period:
                    return period
            raise _outside(day, cadence)
        start = self.year_start(year)
        number = (day.year - start.year) * 12 + day.month - start.month
        if day.day < start.day:
            number -= 1
        return self.period(f"{year:04d}-{letter}{number // months + 1:0{width}d}")

    def intervals(
        self, periods: Sequence[Period], accumulate: str, since: date | None = None
    ) -> tuple[list[int], list[Period]]:
        """For each pay period the position of the interval it lies in, and the intervals.

        since: the first day of the plan, from which plan years run.
        """
        if accumulate == "period":
            return list(range(len(periods))), list(periods)
        found: list[Period] = []
        position: list[int] = []
        for period in periods:
            # A week that lies in two intervals belongs to the one of its Thursday.
            middle = period.first + timedelta(days=3) if period.days == 7 else period.first
            interval = (
                self._plan_year(middle, since)
                if accumulate == "plan year"
                else self.period_of(middle, accumulate)
            )
            if not found or found[-1] != interval:
                found.append(interval)
            position.append(len(found) - 1)
        return position, found

    def _plan_year(self, day: date, since: date | None) -> Period:
        if since is None:
            raise NotAPeriod(
                "plan years run from the plan's first day, and the plan doesn't state it.",
                "Add  valid: {from: 2026-10-01}.",
            )
        years = day.year - since.year
        if add_months(since, 12 * years) > day:
            years -= 1
        first, following = add_months(since, 12 * years), add_months(since, 12 * years + 12)
        return Period(first, following - timedelta(days=1), f"plan year {years + 1}")

    def periods(self, first: date, last: date, cadence: str) -> list[Period]:
        """The periods that cover first..last, in order."""
        return list(self._walk(first, last, cadence))

    def _walk(self, first: date, last: date, cadence: str) -> Iterator[Period]:
        day = first
        while day <= last:
            period = self.period_of(day, cadence)
            yield period
            day = period.last + timedelta(days=1)

    def _shifted(self) -> bool:
        """Whether fiscal months are other days than calendar months."""
        return any(start.day != 1 for _, start in self.fiscal_starts)

    def _year_of(self, day: date) -> int:
        if self.custom:
            for period in self.custom:
                if day in period:
                    named = period.label[2:6] if period.label.startswith("FY") else period.label[:4]
                    if not (named.isascii() and named.isdigit()):
                        raise NotAPeriod(
                            f'the period "{period.label}" of the fiscal calendar doesn\'t say its fiscal year.',
                            "Call its periods 2026-P01, 2026-P02 and so on.",
                        )
                    return int(named)
            raise _outside(day, "period")
        for year in (day.year - 1, day.year, day.year + 1, day.year + 2):
            if self.year_start(year) <= day < self.year_start(year + 1):
                return year
        raise NotAPeriod(
            f"{day} lies in no fiscal year that is stated.", "State the first day of that fiscal year."
        )


# Most companies have the calendar year, and its periods are the same in every run.
@lru_cache(maxsize=1 << 14)
def _plain_period(label: str) -> Period:
    return Calendar()._labelled(label)


@lru_cache(maxsize=1 << 14)
def _plain_period_of(day: date, cadence: str) -> Period:
    return Calendar()._containing(day, cadence)


def _check_length(period: Period, cadence: str) -> None:
    least, most = {"week": (7, 7), "biweek": (14, 14), "semi-month": (13, 16)}.get(cadence, (1, 400))
    if not least <= period.days <= most:
        raise NotAPeriod(
            f"pay is for each {cadence}, and {period.label} of the fiscal calendar has {period.days} days.",
            "State  pays: monthly  for the periods of the calendar.",
        )


def _outside(day: date, span: str) -> NotAPeriod:
    return NotAPeriod(
        f"{day} lies in no {span} of the fiscal calendar.",
        "Extend the table fiscal_calendar, or correct the date.",
    )


def add_months(day: date, months: int) -> date:
    """The same day of a later month; the month's last day where it has no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise NotAPeriod(
            f"the calendar of trueup ends with the year 9998; {day} is too late.", "Correct the date."
        )
    for candidate in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, candidate))
        except ValueError:
            continue
    raise ValueError(f"no day {day.day} near month {month + 1}")
