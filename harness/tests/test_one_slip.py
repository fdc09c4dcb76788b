"""One slip is one Problem, at its line, in the words of the sentences that its author wrote."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

BASE = """@req:X-01
Feature: Reps

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "Rep" pays by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   4% |
      | 100% |      |   6% |
    And "Ana Ruiz" is on plan "Rep" for FY2026
    And "Ben Katz" is on plan "Rep" for FY2026
    And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-01
    And "Ben Katz" has a quota of 100,000.00 EUR for 2026-01

  @id:R-01 @sev1
  Scenario: Month
    Given these deals:
      | deal | owner    |         amount | closed     |
      | D-1  | Ana Ruiz | 110,000.00 EUR | 2026-01-15 |
      | D-2  | Ana Ruiz |  10,000.00 EUR | 2026-01-16 |
    And these credit splits:
      | deal | payee    | share |
      | D-1  | Ana Ruiz |   70% |
      | D-1  | Ben Katz |   30% |
    When commissions are calculated for 2026-01
    Then the payout of "Ana Ruiz" for 2026-01 is 3,480.00 EUR
"""
DEALS = """      | deal | owner    |         amount | closed     |
      | D-1  | Ana Ruiz | 110,000.00 EUR | 2026-01-15 |
      | D-2  | Ana Ruiz |  10,000.00 EUR | 2026-01-16 |
"""
SPLITS = """    And these credit splits:
      | deal | payee    | share |
      | D-1  | Ana Ruiz |   70% |
      | D-1  | Ben Katz |   30% |
"""
WHEN = "    When commissions are calculated for 2026-01\n"
Lines = Callable[[str], list[str]]


@pytest.fixture
def lines(trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """The lines of `trueup check` about a feature, without advice."""

    def check(text: str) -> list[str]:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "x.feature").write_text(text, encoding="utf-8")
        found = trueup("check", "x.feature")
        assert "Traceback" not in found.err
        return [line for line in found.err.splitlines() if line.startswith("x.feature:") and "[edge-" not in line]

    return check


def test_the_feature_itself_has_no_slip(lines: Lines) -> None:
    assert lines(BASE) == []


@pytest.mark.parametrize(
    ("right", "slip", "place", "said"),
    [
        pytest.param("| 100% |      |   6%", "| 110% |      |   6%", "9", 'no tier of the plan "Rep" covers 100% to 110%. Write 100% in the column "from"', id="gap"),
        pytest.param("| 100% |      |   6%", "|  90% |      |   6%", "9", 'tiers of the plan "Rep" overlap between 90% and 100%. Write 100%', id="overlap"),
        pytest.param("|   0% | 100% |", "|  10% | 100% |", "8", 'the first tier of the plan "Rep" starts at 10%. Add a row from 0%', id="start"),
        pytest.param("| 100% |      |   6%", "| 100% | 150% |   6%", "9", 'the last tier of the plan "Rep" ends at 150%. Leave its cell', id="top"),
        pytest.param(
            "      |   0% | 100% |   4% |\n      | 100% |      |   6% |\n", "      | 100% |      |   6% |\n      |   0% | 100% |   4% |\n",
            "8", "Order the rows from the lowest to the highest", id="order",
        ),
        pytest.param("    Given these deals", "    given these deals", "17", "Did you mean: Given these deals:", id="given"),
        pytest.param("    Given fiscal", "    given fiscal", "5", "Did you mean: Given fiscal year", id="given of the Background"),
        pytest.param("    And these credit", "    and these credit", "21:5", "Did you mean: And", id="and"),
        pytest.param("  Scenario: M", "  scenario: M", "16:3", "Write Scenario:", id="scenario"),
        pytest.param(DEALS + SPLITS + WHEN, WHEN + DEALS, "19", 'belongs to "these deals:" on line 17. Move it right below line 17.', id="table below When"),
        pytest.param(f"{DEALS}{SPLITS}", f"    And today is 2026-02-01\n{DEALS}{SPLITS}", "19", "Move it right below line 17.", id="table below the next step"),
        pytest.param("    And \"Ana Ruiz\" has a quota of 100,000.00 EUR for 2026-01\n", "    And \"Ana Ruiz\" has a recoverable draw of 10.00 EUR a month from 2026-01 to 2026-01\n", "12:5", "Did you mean: ", id="a month"),
    ],
)  # fmt: skip
def test_one_slip_is_one_problem_that_leads_to_the_mend(right: str, slip: str, place: str, said: str, lines: Lines) -> None:
    assert BASE.count(right) == 1
    (line,) = lines(BASE.replace(right, slip))
    assert line.startswith(f"x.feature:{place}: "), line
    assert said in line
    assert '"marginal"' not in line


@pytest.mark.parametrize("year", ["2062", "2025"])
def test_a_wrong_year_of_a_deal_is_told_with_its_line(year: str, lines: Lines) -> None:
    (line,) = lines(BASE.replace("| 2026-01-16 |", f"| {year}-01-16 |"))
    assert line.startswith("x.feature:20"), line
    assert f'deal "D-2" is dated {year}-01-16' in line
    assert "Did you mean: 2026-01-16" in line


def test_a_deal_of_last_year_that_the_scenario_speaks_of_is_no_slip(lines: Lines) -> None:
    renewed = BASE.replace("| 2026-01-16 |", "| 2025-01-16 |").replace(
        "is 3,480.00 EUR\n", 'is 3,080.00 EUR\n    And no commission is paid on deal "D-2" because "closed before the plan started"\n'
    )
    assert lines(renewed) == []


SEASONS = """@req:X-02
Feature: Seasons

  @id:S-01 @sev1
  Scenario Outline: The second quarter
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "Rep" pays by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   4% |
      | 100% |      |   6% |
    And the quotas of the plan "Rep" are distributed by quarter:
      | part | weight |
      |    1 |    20% |
      |    2 |    25% |
      |    3 |    20% |
      |    4 |    35% |
    And "Ana Ruiz" is on plan "Rep" for FY2026
    And "Ana Ruiz" has a quota of 400,000.00 EUR for FY2026
    And these deals:
      | deal | owner    | amount | closed     |
      | D-1  | Ana Ruiz | <sold> | 2026-06-30 |
    When commissions are calculated for 2026-Q2
    Then the payout of "Ana Ruiz" for 2026-Q2 is <paid>

    Examples:
      | case  | sold           | paid         |
      | below |  99,999.00 EUR | 3,999.96 EUR |
      | on    | 100,000.00 EUR | 4,000.00 EUR |
      | above | 100,001.00 EUR | 4,000.06 EUR |
"""


def test_edges_of_quotas_by_season_are_seen(trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.feature").write_text(SEASONS, encoding="utf-8")
    assert "edge-untested" not in trueup("check", "x.feature").out
    (tmp_path / "x.feature").write_text(SEASONS.replace("| below |  99,999.00 EUR |", "| below |  90,000.00 EUR |"), encoding="utf-8")
    assert "just below is missing. Add a case with 99,999.99 EUR" in trueup("check", "x.feature").out


def test_two_tables_that_are_swapped_are_two_problems_and_not_one_for_each_column(lines: Lines) -> None:
    returns = "    And these returns:\n      | return | of  | amount       | date       |\n      | R-1    | D-2 | 1,000.00 EUR | 2026-01-20 |\n"
    swapped = SPLITS.replace("credit splits", "returns") + returns.replace("returns:", "credit splits:")
    first, second = lines(BASE.replace(SPLITS, swapped))
    assert 'belongs to "these credit splits:" on line 25. Move it right below line 25.' in first
    assert 'belongs to "these returns:" on line 21. Move it right below line 21.' in second


def test_a_keyword_in_lower_case_in_an_outline_is_one_problem(lines: Lines) -> None:
    slip = SEASONS.replace("    Given fiscal", "    given fiscal").replace("    And these deals", "    Given these deals")
    assert len(lines(slip)) == 1
