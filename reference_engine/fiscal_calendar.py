"""Reads the table fiscal_calendar: periods one by one, shifted years, and years made by a pattern such as 4-4-5.

Sources: https://help.financialforce.com/main/2024.1/Content/RevenueManagement/Features/YearsPeriods/Whatis445.htm,
https://en-academic.com/dic.nsf/enwiki/7581556 (52 or 53 weeks),
https://docs.oracle.com/cd/E36352_01/epm.1112/eas_help/fiscal_cal_hier.html
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np

from reference_engine.problems import Problem
from reference_engine.table import Table
from reference_engine.vocabulary.calendar import Calendar, Period, add_months

_WEEKS = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}
_EQUAL = {"13 periods of 4 weeks": 28, "biweekly": 14, "weekly": 7}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_RULE = re.compile(
    rf"(?P<day>{'|'.join(_DAYS)}) nearest to the end of (?P<near>{'|'.join(_MONTHS)})\Z"
    rf"|last (?P<last>{'|'.join(_DAYS)}) of (?P<month>{'|'.join(_MONTHS)})\Z"
)


LONGEST = 550
"""Days of the longest fiscal year: 18 months, where a company changes its year."""


def _is_year(label: str) -> bool:
    return re.fullmatch(r"FY\d{4}", label, re.ASCII) is not None


def read_calendar(table: Table | None, calendar: Calendar, problems: list[Problem]) -> Calendar:
    """The calendar of a company.  Adds Problems for rows that contradict each other or themselves."""
    if table is None or not table.size:
        return calendar
    periods: list[Period] = []
    years = list(calendar.fiscal_starts)
    stated: dict[int, tuple[date, date, int]] = {}
    for row, label in enumerate(table.words("period").tolist()):
        pattern = str(table.words("pattern")[row])
        span = _span(table, row, label, problems)
        if span is None:
            continue
        first, last = span
        is_year = _is_year(label)
        if (last - first).days >= LONGEST:
            problems.append(
                Problem(
                    "calendar-long",
                    f'"{label}" has {(last - first).days + 1:,} days.',
                    table.where(row),
                    "No fiscal year or period is longer than 18 months, so one of its days is wrong.",
                    'Correct "from" or "to".',
                )
            )
            continue
        if pattern and not is_year:
            problems.append(
                Problem(
                    "calendar-pattern",
                    f'the pattern {pattern} stands in the row of "{label}".',
                    table.where(row),
                    "A pattern divides a whole fiscal year.",
                    "Name the year, like FY2026.",
                )
            )
        elif pattern:
            periods += _patterned(table, row, int(label[2:]), first, last, pattern, problems)
        elif is_year:
            # A row for a whole fiscal year says when the year starts; its months and quarters follow.
            years.append((int(label[2:]), first))
            stated[int(label[2:])] = first, last, row
        else:
            periods.append(Period(first, last, label))
        _check_meets(periods, table, row, problems)
    years += _following(stated, table, problems)
    return Calendar(tuple(years), tuple(periods), calendar.pay_cadence)


def _following(
    stated: dict[int, tuple[date, date, int]], table: Table, problems: list[Problem]
) -> list[tuple[int, date]]:
    """The years that start where a stated one ends on a day of its own; a Problem where two stated years don't meet."""
    out: list[tuple[int, date]] = []
    for year, (first, last, _) in stated.items():
        start = last + timedelta(days=1)
        if year + 1 in stated:
            found, _, row = stated[year + 1]
            if found != start:
                problems.append(
                    Problem(
                        "calendar-gap",
                        f"FY{year + 1} doesn't start on the day after FY{year} ends ({last}).",
                        table.where(row),
                        "A deal in a gap would be paid in no period, one in an overlap in two.",
                        "Make the years meet, in order.",
                    )
                )
        elif start != add_months(first, 12):
            out.append((year + 1, start))
    return out


def _span(table: Table, row: int, label: str, problems: list[Problem]) -> tuple[date, date] | None:
    """First and last day of a row: as stated, or by the rule in which the year ends."""
    first, last = table.days("from")[row], table.days("to")[row]
    rule = str(table.words("year ends")[row])
    if rule and _is_year(label):
        if _RULE.match(rule) is None:
            problems.append(
                Problem(
                    "calendar-rule",
                    f'"{rule}" doesn\'t say when the year ends.',
                    table.where(row),
                    "Its first and last day follow from it.",
                    'Write "last Saturday of August" or "Saturday nearest to the end of August".',
                )
            )
            return None
        year = int(label[2:])
        if not _likely(year, label, table, row, problems):
            return None
        return year_end(rule, year - 1) + timedelta(days=1), year_end(rule, year)
    if np.isnat(first):
        problems.append(
            Problem(
                "calendar-day",
                f'"{label}" doesn\'t say when it starts.',
                table.where(row),
                "Nothing could be dated by it.",
                'Fill "from" and "to", or for a year of weeks "year ends".',
            )
        )
        return None
    start: date = first.astype(object)
    if not _likely(start.year, label, table, row, problems):
        return None
    if np.isnat(last):
        if str(table.words("pattern")[row]) in (*_WEEKS, "13 periods of 4 weeks"):
            return start, start + timedelta(weeks=52, days=-1)
        problems.append(
            Problem(
                "calendar-day",
                f'"{label}" doesn\'t say when it ends.',
                table.where(row),
                "Nothing could be dated by it.",
                'Fill "to".',
            )
        )
        return None
    end: date = last.astype(object)
    if end < start:
        # Whoever reads the table has said so already.
        return None
    return start, end


def _likely(year: int, label: str, table: Table, row: int, problems: list[Problem]) -> bool:
    """Whether anybody can be paid in a year; a Problem where not."""
    if 1900 <= year < 2200:
        return True
    problems.append(
        Problem(
            "calendar-day",
            f'"{label}" starts in the year {year}.',
            table.where(row),
            "Nobody is paid then, so it is a slip.",
            "Correct the year.",
        )
    )
    return False


def year_end(rule: str, year: int) -> date:
    """The last day of a year of 52 or 53 weeks.  rule: `last Saturday of August` or `Saturday nearest to the end of
    August`.  The two differ by nothing or by seven days."""
    match = _RULE.match(rule)
    assert match is not None
    name, month = (match["last"], match["month"]) if match["last"] else (match["day"], match["near"])
    end = add_months(date(year, _MONTHS.index(month) + 1, 1), 1) - timedelta(days=1)
    back = (end.weekday() - _DAYS.index(name)) % 7
    before = end - timedelta(days=back)
    return before + timedelta(days=7) if not match["last"] and back > 3 else before


def _patterned(
    table: Table, row: int, year: int, first: date, last: date, pattern: str, problems: list[Problem]
) -> list[Period]:
    """The periods into which a pattern divides a year."""
    if pattern == "semi-monthly":
        return _half_months(year, first, last)
    days = (last - first).days + 1
    length = 7 if pattern in _WEEKS else _EQUAL[pattern]
    if (
        days % 7
        or (pattern == "biweekly" and days % 14)
        or (pattern not in ("biweekly", "weekly") and days // 7 not in (52, 53))
    ):
        problems.append(
            Problem(
                "calendar-weeks",
                f"FY{year} has {days} days, and {pattern} needs whole {'fortnights' if pattern == 'biweekly' else 'weeks'}"
                + (": 52 or 53." if pattern not in ("biweekly", "weekly") else "."),
                table.where(row),
                "Some days would lie in no period.",
                "Correct the first or the last day of the year.",
            )
        )
        return []
    if pattern in _WEEKS:
        lengths = [7 * weeks for _ in range(4) for weeks in _WEEKS[pattern]]
    else:
        lengths = [length] * (min(days, 364 if pattern.startswith("13") else days) // length)
    extra = days - sum(lengths)
    if extra:
        where_to = str(table.words("week 53")[row])
        if where_to not in ("last period", "period of its own"):
            problems.append(
                Problem(
                    "convention-open",
                    f"FY{year} has 53 weeks, and the calendar doesn't say where week 53 belongs.",
                    table.where(row),
                    "It decides in which period, and at which quota, its sales are paid.",
                    'Fill the column "week 53" with  last period  or  period of its own.',
                )
            )
        if where_to == "period of its own":
            lengths.append(extra)
        else:
            lengths[-1] += extra
    out: list[Period] = []
    day = first
    for number, length in enumerate(lengths, 1):
        end = day + timedelta(days=length - 1)
        out.append(Period(day, end, f"{year}-P{number:02d}"))
        day = end + timedelta(days=1)
    return out


def _half_months(year: int, first: date, last: date) -> list[Period]:
    """Days 1 to 15 and 16 to the end of each month."""
    out: list[Period] = []
    day = first
    while day <= last:
        end = date(day.year, day.month, 15)
        if day.day > 15:
            end = add_months(date(day.year, day.month, 1), 1) - timedelta(days=1)
        out.append(Period(day, min(end, last), f"{year}-P{len(out) + 1:02d}"))
        day = end + timedelta(days=1)
    return out


def _check_meets(periods: list[Period], table: Table, row: int, problems: list[Problem]) -> None:
    """A Problem where the periods of a row don't follow the day after those before."""
    own = [i for i, p in enumerate(periods) if i and (p.first - periods[i - 1].last).days != 1]
    if (own and own[-1] == len(periods) - 1) or (own and str(table.words("pattern")[row])):
        at = own[-1]
        problem = Problem(
            "calendar-gap",
            f"{periods[at].label} doesn't start on the day after {periods[at - 1].label} ends ({periods[at - 1].last}).",
            table.where(row),
            "A deal in a gap would be paid in no period, one in an overlap in two.",
            "Make the periods meet, in order.",
        )
        if not any(p.what == problem.what for p in problems):
            problems.append(problem)
