"""What somebody who writes a first feature gets wrong is answered, on the one line that `check` prints, with the mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.tests.test_steps_run import run

PLAN = """Feature: Reps
  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "Rep" pays by attainment of bookings:
      | from | to   | rate |
      | 0%   | 100% | 4%   |
      | 100% |      | 6%   |
    And the plan "Rep" pays these bonuses by attainment of bookings:
      | attainment | bonus        |
      | 100%       | 1,500.00 EUR |
    And the plan "Rep" for FY2026:
      | setting         | value   |
      | attainment base | quarter |
      | proration       | calendar days |
    And "Ana Ruiz" is on plan "Rep" for FY2026
    And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1
  Scenario: Quarter
    Given these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 110,000.00 EUR | 2026-01-15 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 6,100.00 EUR
"""
TEXT = '''Feature: Reps
  Scenario: Quarter
    Given the plan "P" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      """
    And "Ana" is on plan "P" for FY2026
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana" for 2026-Q1 is 0.00 EUR
'''
AMOUNT = "110,000.00 EUR | 2026"


Lines = Callable[[str], list[str]]


@pytest.fixture
def lines(trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """The lines of `trueup check` about a feature, without advice."""

    def check(text: str) -> list[str]:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "x.feature").write_text(text, encoding="utf-8")
        return [line for line in trueup("check", "x.feature").err.splitlines() if line.startswith("x.feature:")]

    return check


def test_without_a_slip_nothing_is_said(lines: Lines) -> None:
    assert lines(PLAN) == []
    assert lines(TEXT) == []


@pytest.mark.parametrize(
    ("text", "right", "slip", "place", "said"),
    [
        pytest.param(PLAN, "| closed ", "| close date ", "19:44", 'Did you mean "closed" by "close date"?', id="header"),
        pytest.param(PLAN, "| 4% ", "| 0.04 ", "6:23", "Did you mean 4%?", id="rate without percent"),
        pytest.param(PLAN, "| quarter |", "| quarterly |", "13", 'no value of the setting "attainment base". Did you mean: quarter', id="setting"),
        pytest.param(PLAN, "When comm", "Given comm", "21:5", "Write When in place of Given.", id="keyword"),
        pytest.param(PLAN, AMOUNT, "110,000.00\u00a0EUR | 2026", "20:27", "holds a special blank (U+00A0)", id="blank in a cell"),
        pytest.param(PLAN, "6,100.00 EUR", "6,100.00\u202fEUR", "22:5", "holds a special blank (U+202F)", id="blank in a value"),
        pytest.param(PLAN, "2026-01 is", "2026-01\u00a0is", "22:5", "holds a special blank (U+00A0)", id="blank in a sentence"),
        pytest.param(PLAN, '"Ana Ruiz" for', "“Ana Ruiz” for", "22:5", "holds curly quotes", id="curly quotes"),
        pytest.param(PLAN, "2026-01-15 |", "2026-01-15", "20:7", "this row doesn't end with |", id="no last bar"),
        pytest.param(PLAN, "Ruiz | 110", "Ruiz   110", "20:7", "this row has 3 cells, and the first row of its table has 4", id="bar inside"),
        pytest.param(PLAN, "      | D-1", "      D-1", "20:7", "this row of a table doesn't begin with |", id="no first bar"),
        pytest.param(PLAN, "commissions are calculated for", "I pay everybody in", "21:5", "`trueup steps` lists every", id="free words"),
        pytest.param(TEXT, '      """\n    And', "    And", "4", 'the text that begins on line 4 isn\'t closed. Close it with a line """', id="open text"),
        pytest.param(TEXT, "          measure: ", "         measure: ", "9:10", "isn't indented like its neighbours", id="indentation"),
        pytest.param(TEXT, "measure: bookings", "measure:bookings", "9:11", "no blank after a colon", id="no blank after colon"),
        pytest.param(TEXT, "- component", "-component", "9:18", "this line doesn't fit the one above", id="no blank after dash"),
        pytest.param(TEXT, "flat rate", "flatrate", "11:19", "Did you mean: flat rate. ", id="mechanic"),
    ],
)  # fmt: skip
def test_the_line_that_check_prints_leads_to_the_mend(text: str, right: str, slip: str, place: str, said: str, lines: Lines) -> None:
    assert text.count(right) >= 1
    found = lines(text.replace(right, slip, 1))
    assert any(line.startswith(f"x.feature:{place}: ") and said in line for line in found), found


@pytest.mark.parametrize(
    ("right", "slip"), [("When comm", "Given comm"), ("2026-01-15 |", "2026-01-15"), ("      | D-1", "      D-1")]
)
def test_one_slip_is_one_problem(right: str, slip: str, lines: Lines) -> None:
    assert len(lines(PLAN.replace(right, slip, 1))) == 1


def test_a_bonus_and_a_tier_of_one_range_are_told_apart() -> None:
    steps = PLAN.split("  Background:\n")[1].replace("  Scenario: Quarter\n", "").replace("6,100.00", "1.00")
    said = run(steps)
    assert "  commission, above 100%: 600.00 EUR\n  bonus, above 100%: 1,500.00 EUR" in said


def test_an_open_convention_is_answered_in_the_words_of_features() -> None:
    draw = '    And "Ana Ruiz" has a recoverable draw of 2,000.00 EUR per month from 2026-01 to 2026-03\n    And "Ana Ruiz" joins on 2026-01-10\n'
    steps = PLAN.split("  Background:\n")[1].replace("  Scenario: Quarter\n", "").replace("    When", draw + "    When")
    said = run(steps)
    assert "[convention-open]\n\nIn a feature, with what is true of the plan:\n    And every plan follows these conventions:\n" in said
    answer = said.partition("true of the plan:\n")[2] + "\n"
    assert "refused" not in run(steps.replace("    When", answer + "    When"))


@pytest.mark.parametrize(
    ("right", "slip", "answer"),
    [
        ("quota of 100,000.00 EUR for 2026-Q1", "quota of 100,000.00 EUR for 2026-Q2", '    And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1'),
        ("110,000.00 EUR |", "110,000.00 CHF |", "      | CHF  | EUR | 0.95 | 2026-01-01 |"),
    ],
)
def test_what_is_missing_is_answered_in_the_words_of_features(right: str, slip: str, answer: str) -> None:
    steps = PLAN.split("  Background:\n")[1].replace("  Scenario: Quarter\n", "")
    assert right in steps
    assert answer in run(steps.replace(right, slip)).splitlines()
