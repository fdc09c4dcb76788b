"""Plans written whole in a feature: the same plans as in files, with their Problems at the feature's own lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.features import parse_feature
from harness.lint import lint_feature
from harness.tests.test_steps_run import run
from reference_engine.problems import Problem

FACTS = """
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And "Ana Ruiz" is on plan "Accelerator" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 1,000.00 EUR | 2026-01-15 |
"""
TEXT = '''
    And the plan "Accelerator" reads:
      """
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      """
'''
CALCULATE = "    When commissions are calculated for 2026-01\n"
PAID = '    Then the payout of "Ana Ruiz" for 2026-01 is 100.00 EUR\n'


def test_a_plan_in_a_text_block_is_calculated() -> None:
    assert run(FACTS + TEXT + CALCULATE + PAID) == ""
    assert "100.00 EUR" in run(FACTS + TEXT + CALCULATE + PAID.replace("100.00", "99.00"))


def test_the_same_plan_from_a_file_and_from_a_block_pays_the_same(tmp_path: Path) -> None:
    body = TEXT.split('"""')[1]
    (tmp_path / "scenarios/plans").mkdir(parents=True)
    (tmp_path / "scenarios/plans/p.yaml").write_text("plan: Accelerator\n" + "\n".join(line[6:] for line in body.splitlines()))
    file = '    And the plan in "p.yaml"\n'
    assert run(FACTS + file + CALCULATE + PAID, tmp_path) == ""


def test_a_sentence_adds_a_cap_to_a_plan_in_a_block() -> None:
    cap = """
    And the plan "Accelerator" limits payouts:
      | limit | amount    | per   |
      | cap   | 60.00 EUR | month |
"""
    assert run(FACTS + TEXT + cap + CALCULATE + PAID.replace("100.00", "60.00")) == ""


def test_a_block_and_a_sentence_that_both_say_what_is_paid_are_refused() -> None:
    flat = '    And the plan "Accelerator" pays 5% of bookings\n'
    said = run(FACTS + TEXT + flat + CALCULATE + PAID)
    assert "in its text block already" in said


def test_terms_for_all_plans_that_no_sentence_states_are_refused() -> None:
    rounding = "    And amounts are rounded half up per payout to 2 decimals\n"
    assert "no effect" in run(FACTS + TEXT + rounding + CALCULATE + PAID)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("flat rate", "flat rat", 16, "flat rat"),
        ("rate: 10%", "rate: ten", 16, "ten"),
        ("conventions: {profile: step language}", "conventions: {", 13, "YAML"),
        ("conventions: {profile: step language}", "plan: Other", 11, "Other"),
    ],
)
def test_a_slip_in_a_block_is_told_at_its_line_of_the_feature(old: str, new: str, line: int, said: str) -> None:
    message = run(FACTS + TEXT.replace(old, new) + CALCULATE + PAID)
    assert said in message
    assert f"x.feature:{line}" in message


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ('    And the plan "Accelerator" reads:\n', "text-missing"),
        ('    And the plan "Accelerator" reads:\n      """\n      """\n', "text-missing"),
        ('    And the plan "Accelerator" reads:\n      | a |\n      | b |\n', "table-not-taken"),
        ('    And "Ana Ruiz" joins the circus:\n      """\n      x\n      """\n', "step-unknown"),
        ('    And the plan "X" pays 5% of bookings\n      """\n      x\n      """\n', "text-not-taken"),
    ],
)
def test_a_missing_or_needless_block_is_a_problem_before_anything_runs(text: str, slug: str) -> None:
    problems: list[Problem] = []
    feature = parse_feature("Feature: F\n  Scenario: S\n" + FACTS.lstrip("\n") + text + CALCULATE + PAID, "x.feature", problems)
    assert feature is not None, problems
    assert [p.slug for p in lint_feature(feature)] == [slug]
