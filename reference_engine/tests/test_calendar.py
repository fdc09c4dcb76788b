"""A period label means a first and a last day, in the calendar year, a shifted fiscal year and a stated calendar."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_engine.tests import oracle_records
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period, add_months

CHECK = settings(deadline=None, max_examples=100, derandomize=True, database=None)
APRIL = Calendar(fiscal_starts=((2026, date(2026, 4, 1)),))
BEFORE = Calendar(fiscal_starts=((2026, date(2025, 10, 1)),))
SIXTH = Calendar(fiscal_starts=((2026, date(2026, 4, 6)),))
WEEKS = Calendar(
    custom=tuple(
        Period(
            date(2026, 2, 1) + timedelta(weeks=first),
            date(2026, 2, 1) + timedelta(weeks=last) - timedelta(days=1),
            f"2026-P{n:02d}",
        )
        for n, (first, last) in enumerate(
            [(q + a, q + b) for q in (0, 13, 26, 39) for a, b in ((0, 4), (4, 8), (8, 13))], 1
        )
    )
)
"""Four quarters of 4, 4 and 5 weeks."""


def days(calendar: Calendar, label: str) -> tuple[str, str]:
    period = calendar.period(label)
    assert period.label == label
    return str(period.first), str(period.last)


@pytest.mark.parametrize(
    ("calendar", "label", "first", "last"),
    [
        (Calendar(), "2026-02", "2026-02-01", "2026-02-28"),
        (Calendar(), "2028-02", "2028-02-01", "2028-02-29"),
        (Calendar(), "2026-12", "2026-12-01", "2026-12-31"),
        (Calendar(), "2026-Q1", "2026-01-01", "2026-03-31"),
        (Calendar(), "2026-Q4", "2026-10-01", "2026-12-31"),
        (Calendar(), "2026-H2", "2026-07-01", "2026-12-31"),
        (Calendar(), "FY2026", "2026-01-01", "2026-12-31"),
        (APRIL, "FY2026", "2026-04-01", "2027-03-31"),
        (APRIL, "2026-Q4", "2027-01-01", "2027-03-31"),
        (APRIL, "2026-P12", "2027-03-01", "2027-03-31"),
        (APRIL, "2026-05", "2026-05-01", "2026-05-31"),
        (APRIL, "FY2028", "2028-04-01", "2029-03-31"),
        (BEFORE, "FY2026", "2025-10-01", "2026-09-30"),
        (BEFORE, "2026-Q1", "2025-10-01", "2025-12-31"),
        (SIXTH, "2026-P01", "2026-04-06", "2026-05-05"),
        (SIXTH, "2026-H1", "2026-04-06", "2026-10-05"),
        (WEEKS, "2026-P03", "2026-03-29", "2026-05-02"),
        (WEEKS, "2026-Q1", "2026-02-01", "2026-05-02"),
        (WEEKS, "FY2026", "2026-02-01", "2027-01-30"),
    ],
)
def test_days_of_a_label(calendar: Calendar, label: str, first: str, last: str) -> None:
    assert days(calendar, label) == (first, last)


@pytest.mark.parametrize(
    "label",
    [
        "",
        "2026",
        "Q1 2026",
        "2026-13",
        "2026-00",
        "2026-1",
        "2026-Q5",
        "2026-Q0",
        "2026-H3",
        "FY26",
        "March",
        "2026-P13",
        "2026-P00",
        "2026-Q1 ",
        "२०२६-Q1",
    ],
)
def test_what_is_no_period(label: str) -> None:
    with pytest.raises(NotAPeriod) as refusal:
        Calendar().period(label)
    assert f'"{label}"' in str(refusal.value)


@pytest.mark.parametrize(
    ("calendar", "day", "cadence", "label"),
    [
        (Calendar(), "2026-03-31", "month", "2026-03"),
        (Calendar(), "2026-03-31", "quarter", "2026-Q1"),
        (Calendar(), "2026-04-01", "quarter", "2026-Q2"),
        (Calendar(), "2026-06-30", "half-year", "2026-H1"),
        (Calendar(), "2026-12-31", "year", "FY2026"),
        (APRIL, "2026-03-31", "quarter", "2025-Q4"),
        (APRIL, "2026-04-01", "quarter", "2026-Q1"),
        (APRIL, "2027-03-31", "year", "FY2026"),
        (APRIL, "2026-04-01", "month", "2026-04"),
        (BEFORE, "2025-10-01", "year", "FY2026"),
        (SIXTH, "2026-05-05", "month", "2026-P01"),
        (SIXTH, "2026-05-06", "month", "2026-P02"),
        (SIXTH, "2026-04-05", "quarter", "2025-Q4"),
        (WEEKS, "2026-03-28", "month", "2026-P02"),
        (WEEKS, "2026-03-29", "month", "2026-P03"),
        (WEEKS, "2026-05-03", "quarter", "2026-Q2"),
        (WEEKS, "2026-05-03", "year", "FY2026"),
    ],
)
def test_the_period_of_a_day(calendar: Calendar, day: str, cadence: str, label: str) -> None:
    period = calendar.period_of(date.fromisoformat(day), cadence)
    assert period.label == label
    assert date.fromisoformat(day) in period


def test_a_day_outside_the_stated_calendar_is_in_no_period() -> None:
    for cadence in ("month", "quarter", "year"):
        with pytest.raises(NotAPeriod):
            WEEKS.period_of(date(2026, 1, 31), cadence)


@CHECK
@given(
    st.sampled_from(
        [
            Calendar(),
            APRIL,
            BEFORE,
            SIXTH,
            Calendar(fiscal_starts=((2026, date(2026, 2, 1)), (2027, date(2027, 2, 1)))),
        ]
    ),
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    st.sampled_from(["month", "quarter", "half-year", "year"]),
)
def test_every_day_lies_in_one_period_that_meets_the_next(
    calendar: Calendar, day: date, cadence: str
) -> None:
    period = calendar.period_of(day, cadence)
    assert period.first <= day <= period.last
    assert calendar.period(period.label) == period
    after = calendar.period_of(period.last + timedelta(days=1), cadence)
    assert after.first == period.last + timedelta(days=1)
    assert calendar.period_of(period.first, cadence) == calendar.period_of(period.last, cadence) == period


@CHECK
@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 31)), st.sampled_from(["month", "quarter", "half-year", "year"])
)
def test_the_calendar_year_agrees_with_the_oracle(day: date, cadence: str) -> None:
    period, plain = Calendar().period_of(day, cadence), oracle_records.span(day, cadence)
    assert (period.first, period.last, period.label) == (plain.first, plain.last, plain.label)


@CHECK
@given(st.dates(date(2026, 2, 1), date(2027, 1, 30)), st.dates(date(2026, 2, 1), date(2027, 1, 30)))
def test_the_periods_of_a_span_cover_it_without_gap(one: date, other: date) -> None:
    first, last = sorted((one, other))
    for calendar in (Calendar(), WEEKS):
        periods = calendar.periods(first, last, "month")
        assert first in periods[0]
        assert last in periods[-1]
        assert all((b.first - a.last).days == 1 for a, b in pairwise(periods))
        assert sum(p.days for p in periods) == (periods[-1].last - periods[0].first).days + 1


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-01-31", 3, "2026-04-30"), ("2026-11-15", 2, "2027-01-15"), ("2026-03-31", -1, "2026-02-28"),
     ("2026-05-05", 12, "2027-05-05"), ("2026-12-31", 0, "2026-12-31")],
)  # fmt: skip
def test_months_later(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)
