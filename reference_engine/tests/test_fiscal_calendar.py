"""Years of weeks and other patterns: each day lies in exactly one period, and bad rows are Problems."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from reference_engine.fiscal_calendar import year_end
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

HEADER = ("period", "from", "to", "pattern", "year ends", "week 53")


def calendar(*rows: tuple[str, ...]) -> Calendar:
    problems: list[Problem] = []
    world = read_world([TextTable("fiscal_calendar", HEADER, rows, "calendar.csv", tuple(range(2, 2 + len(rows))), 1)], problems)
    assert problems == []
    return world.calendar


def refused(*rows: tuple[str, ...]) -> Problem:
    problems: list[Problem] = []
    read_world([TextTable("fiscal_calendar", HEADER, rows, "calendar.csv", tuple(range(2, 2 + len(rows))), 1)], problems)
    assert len(problems) == 1, [str(p) for p in problems]
    return problems[0]


@pytest.mark.parametrize(
    ("rule", "year", "expected"),
    [
        # The two rules differ by nothing or by just seven days.
        ("last Saturday of August", 2008, "2008-08-30"),
        ("Saturday nearest to the end of August", 2008, "2008-08-30"),
        ("last Saturday of August", 2009, "2009-08-29"),
        ("Saturday nearest to the end of August", 2009, "2009-08-29"),
        ("last Saturday of August", 2010, "2010-08-28"),
        ("Saturday nearest to the end of August", 2010, "2010-08-28"),
        ("last Saturday of August", 2011, "2011-08-27"),
        ("Saturday nearest to the end of August", 2011, "2011-09-03"),
        ("last Saturday of December", 2022, "2022-12-31"),
        ("last Friday of January", 2026, "2026-01-30"),
        ("Sunday nearest to the end of January", 2026, "2026-02-01"),
    ],
)
def test_the_end_of_a_year_of_weeks(rule: str, year: int, expected: str) -> None:
    assert str(year_end(rule, year)) == expected


@pytest.mark.parametrize("year", range(1990, 2060))
def test_years_of_weeks_have_52_or_53(year: int) -> None:
    for rule in ("last Saturday of August", "Saturday nearest to the end of August"):
        assert (year_end(rule, year) - year_end(rule, year - 1)).days in (364, 371)
    assert (year_end("Saturday nearest to the end of August", year) - year_end("last Saturday of August", year)).days in (0, 7)


@pytest.mark.parametrize(("pattern", "weeks"), [("4-4-5", (4, 4, 5)), ("4-5-4", (4, 5, 4)), ("5-4-4", (5, 4, 4))])
def test_quarters_of_13_weeks(pattern: str, weeks: tuple[int, ...]) -> None:
    found = calendar(("FY2010", "2010-01-03", "", pattern, "", ""))
    assert [p.days // 7 for p in found.custom] == [*weeks] * 4
    assert (found.custom[0].first, found.custom[-1].last) == (date(2010, 1, 3), date(2011, 1, 1))
    assert found.period("2010-Q2").first == date(2010, 4, 4)
    assert found.period("2010-H2").first == date(2010, 7, 4)
    assert found.period("FY2010").days == 364


@pytest.mark.parametrize(("where", "last", "count"), [("last period", 6 * 7, 12), ("period of its own", 7, 13)])
def test_the_53rd_week(where: str, last: int, count: int) -> None:
    found = calendar(("FY2016", "", "", "4-4-5", "last Saturday of December", where))
    assert found.period("FY2016").days == 371
    assert (len(found.custom), found.custom[-1].days) == (count, last)
    assert found.period("2016-Q4").last == date(2016, 12, 31)


def test_an_unstated_53rd_week_is_asked_for() -> None:
    problem = refused(("FY2016", "", "", "4-4-5", "last Saturday of December", ""))
    assert (problem.slug, problem.where.line) == ("convention-open", 2)
    assert "period of its own" in problem.remedy


@pytest.mark.parametrize(
    ("row", "lengths", "count"),
    [
        (("FY2026", "2026-01-05", "2027-01-03", "biweekly", "", ""), {14}, 26),
        (("FY2026", "2026-01-05", "2027-01-03", "weekly", "", ""), {7}, 52),
        (("FY2026", "2026-01-01", "2026-12-31", "semi-monthly", "", ""), {13, 15, 16}, 24),
        (("FY2026", "2026-01-05", "", "13 periods of 4 weeks", "", ""), {28}, 13),
    ],
)
def test_every_day_lies_in_one_period(row: tuple[str, ...], lengths: set[int], count: int) -> None:
    found = calendar(row).custom
    assert (len(found), {p.days for p in found}) == (count, lengths)
    assert all((b.first - a.last).days == 1 for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("row", "slug"),
    [
        (("FY2026", "2026-01-05", "2026-12-31", "4-4-5", "", ""), "calendar-weeks"),
        (("FY2026", "2026-01-05", "2026-02-05", "biweekly", "", ""), "calendar-weeks"),
        (("2026-P01", "2026-01-05", "2026-02-01", "4-4-5", "", ""), "calendar-pattern"),
        (("FY2026", "", "", "4-4-5", "last day of August", ""), "calendar-rule"),
        (("FY2026", "", "2026-12-31", "", "", ""), "calendar-day"),
        (("FY2026", "2026-01-05", "", "", "", ""), "calendar-day"),
        (("FY2026", "2026-01-05", "2026-01-04", "", "", ""), "dates-order"),
    ],
)
def test_rows_that_make_no_calendar(row: tuple[str, ...], slug: str) -> None:
    problem = refused(row)
    assert (problem.slug, problem.where.line) == (slug, 2)


def test_a_gap_between_years() -> None:
    assert refused(("FY2026", "2026-01-05", "", "4-4-5", "", ""), ("FY2027", "2027-01-05", "", "4-4-5", "", "")).slug == "calendar-gap"


@pytest.mark.parametrize(
    ("day", "cadence", "label"),
    [
        # An ISO week belongs to the year of its Thursday.
        ("2024-12-30", "week", "2025-W01"),
        ("2024-12-29", "week", "2024-W52"),
        ("2021-01-03", "week", "2020-W53"),
        ("2021-01-04", "week", "2021-W01"),
        ("2026-02-15", "semi-month", "2026-02a"),
        ("2026-02-16", "semi-month", "2026-02b"),
        ("2026-02-28", "semi-month", "2026-02b"),
    ],
)
def test_weeks_and_half_months_without_a_calendar(day: str, cadence: str, label: str) -> None:
    period = Calendar().period_of(date.fromisoformat(day), cadence)
    assert period.label == label
    assert Calendar().period(label) == period
    assert date.fromisoformat(day) in period


def test_weeks_lie_in_the_quarter_of_their_thursday() -> None:
    weeks = Calendar().periods(date(2025, 12, 22), date(2026, 1, 11), "week")
    position, quarters = Calendar().intervals(weeks, "quarter")
    assert [w.label for w in weeks] == ["2025-W52", "2026-W01", "2026-W02"]
    assert [quarters[p].label for p in position] == ["2025-Q4", "2026-Q1", "2026-Q1"]


def test_plan_years_run_from_the_first_day_of_the_plan() -> None:
    months = Calendar().periods(date(2025, 9, 1), date(2026, 11, 30), "month")
    position, years = Calendar().intervals(months, "plan year", date(2024, 10, 1))
    assert [p.label for p in years] == ["plan year 1", "plan year 2", "plan year 3"]
    assert (years[1].first, years[1].last) == (date(2025, 10, 1), date(2026, 9, 30))
    assert position == [0] + [1] * 12 + [2] * 2
    with pytest.raises(NotAPeriod):
        Calendar().intervals(months, "plan year")


def test_pay_more_often_than_the_calendar_is_refused() -> None:
    found = calendar(("FY2010", "2010-01-03", "", "4-4-5", "", ""))
    with pytest.raises(NotAPeriod):
        found.period_of(date(2010, 2, 1), "biweek")
    with pytest.raises(NotAPeriod):
        Calendar().period_of(date(2010, 2, 1) + timedelta(days=1), "biweek")


def test_half_years_and_years_of_stated_quarters() -> None:
    found = calendar(*((f"2026-Q{n}", a, b, "", "", "") for n, a, b in ((1, "2026-02-01", "2026-04-30"), (2, "2026-05-01", "2026-07-31"), (3, "2026-08-01", "2026-10-31"), (4, "2026-11-01", "2027-01-31"))))
    assert (found.period("2026-H1").first, found.period("2026-H1").last) == (date(2026, 2, 1), date(2026, 7, 31))
    assert (found.period("2026-H2").first, found.period("FY2026").last) == (date(2026, 8, 1), date(2027, 1, 31))
    with pytest.raises(NotAPeriod):
        found.period("2027-H1")
