"""Steps at work: what scenarios state is what is calculated, and what differs is told completely."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.catalogue import find
from harness.features import parse_feature
from harness.lint import lint_feature
from harness.recorder import Recorder
from harness.scene import Scene
from harness.verdicts import Mismatch
from reference_engine.problems import Problem, Stopped

ROOT = Path(__file__).parents[2]
BASE = """
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "P" pays 10% of bookings
    And "Ana Ruiz" is on plan "P" for FY2026
    And "Ben Katz" is on plan "P" for FY2026
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | 100.00 EUR | 2026-01-15 |
      | D-2  | Ana Ruiz | 300.00 EUR | 2026-01-16 |
      | D-3  | Ben Katz | 500.00 EUR | 2026-02-01 |
"""
CALCULATE = "    When commissions are calculated for 2026-Q1\n"


def run(steps: str, root: Path = ROOT) -> str:
    """The message of the step that fails; "" where all hold."""
    problems: list[Problem] = []
    feature = parse_feature("Feature: F\n  Scenario: S\n" + steps.lstrip("\n"), "x.feature", problems)
    assert feature is not None, problems
    assert lint_feature(feature) == []
    (case,) = feature.cases()
    recorder = Recorder(feature, case, tuple(case.steps()))
    scene = Scene(recorder, root)
    for step in recorder.steps:
        recorder.start_step()
        try:
            scene.perform(find(step.kind, step.text)[0], step.text)
        except (Mismatch, Stopped) as error:
            return str(error)
        recorder.end_step("passed")
    return ""


def test_expectations_that_hold_say_nothing() -> None:
    steps = """
    Then the payout of "Ana Ruiz" for 2026-01 is 40.00 EUR because:
      | line | base       | rate | amount    |
      | D-1  | 100.00 EUR | 10%  | 10.00 EUR |
      | D-2  | 300.00 EUR | 10%  | 30.00 EUR |
    And the payouts for 2026-Q1 are:
      | payee    | payout    |
      | Ana Ruiz | 40.00 EUR |
      | Ben Katz | 50.00 EUR |
    And total payouts for 2026-Q1 are 90.00 EUR
    And the statement of "Ana Ruiz" for 2026-01 shows:
      | line       | base       | amount    |
      | commission | 400.00 EUR | 40.00 EUR |
    And the balance of "Ana Ruiz" after 2026-Q1 is 0.00 EUR
    And the credit of deal "D-1" is:
      | payee    | credit     | why    |
      | Ana Ruiz | 100.00 EUR | direct |
"""
    assert run(BASE + CALCULATE + steps) == ""


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('the payout of "Ana Ruiz" for 2026-01 is 40.01 EUR', ["40.01 EUR", "40.00 EUR", "-0.01 EUR", "D-1: 10.00 EUR"]),
        ('the payout of "Ana Ruiz" for 2026-01 is 40.00 USD', ["40.00 USD", "40.00 EUR"]),
        ('the payout of "Ana Ruz" for 2026-01 is 0.00 EUR', ["Nobody", "Did you mean: Ana Ruiz"]),
        ('the payout of "Ana Ruiz" for 2026-Q2 is 0.00 EUR', ["outside 2026-Q1"]),
        ("total payouts for 2026-Q1 are 80.00 EUR", ["+10.00 EUR", "Ben Katz: 50.00 EUR"]),
        ('the attainment of "Ana Ruiz" for 2026-01 is 100%', ["No attainment"]),
        ('the balance of "Ana Ruiz" after 2026-01 is -5.00 EUR', ["-5.00 EUR", "0.00 EUR", "+5.00 EUR"]),
        ('the calculation is refused because "no plan at all"', ["and it was not"]),
        ("the target system agrees within 0.01 EUR", ["No results of a target system"]),
    ],
)
def test_what_differs_is_said(step: str, said: list[str]) -> None:
    message = run(BASE + CALCULATE + f"    Then {step}\n")
    for part in said:
        assert part in message


def test_all_differences_of_a_table_show_at_once() -> None:
    message = run(
        BASE
        + CALCULATE
        + """
    Then the payouts for 2026-Q1 are:
      | payee    | payout    |
      | Ana Ruiz | 41.00 EUR |
      | Cho Park | 1.00 EUR  |
"""
    )
    assert "-1.00 EUR" in message
    assert "Cho Park" in message
    assert "not expected" in message
    assert "Ben Katz" in message


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("| D-1  | 100.00 EUR | 10%  | 10.00 EUR |", ["not expected", "D-2", "add up to 10.00 EUR"]),
        ("| D-1  | 100.00 EUR | 10%  | 20.00 EUR |\n      | D-2  | 300.00 EUR | 10% | 20.00 EUR |", ["D-1", "-10.00 EUR", "D-2", "+10.00 EUR"]),
        ("| D-1  | 100.00 EUR | 11%  | 10.00 EUR |\n      | D-2  | 300.00 EUR | 10% | 30.00 EUR |", ["11%", "10%"]),
        ("| D-1  | 101.00 EUR | 10%  | 10.00 EUR |\n      | D-2  | 300.00 EUR | 10% | 30.00 EUR |", ["101.00 EUR"]),
        ("| D-1  | 100.00 EUR | 10%  | 10.00 EUR |\n      | D-9  | 300.00 EUR | 10% | 30.00 EUR |", ["not computed", "D-9", "not expected", "D-2"]),
        ("| D-1  | 100.00 EUR | 10%  | 10.00 EUR |\n      | D-2  | 300.00 EUR | 10% | 30.00 EUR |\n      | D-1  | 100.00 EUR | 10% | 0.00 EUR |", ["not computed"]),
    ],
)
def test_a_reason_is_part_of_the_expectation(rows: str, said: list[str]) -> None:
    table = f"      | line | base       | rate | amount    |\n      {rows}\n"
    message = run(BASE + CALCULATE + '    Then the payout of "Ana Ruiz" for 2026-01 is 40.00 EUR because:\n' + table)
    for part in said:
        assert part in message


def test_a_refusal_is_kept_for_the_step_that_expects_it() -> None:
    split = BASE + '    And the credit of deal "D-1" is split:\n      | payee    | share |\n      | Ana Ruiz | 90%   |\n' + CALCULATE
    assert run(split + '    Then the calculation is refused because "direct credit of deal D-1 totals 90%"\n') == ""
    other = run(split + '    Then the calculation is refused because "something else"\n')
    assert "for another reason" in other
    assert "totals 90%" in other
    assert "was refused" in run(split + "    Then total payouts for 2026-Q1 are 0.00 EUR\n")


def test_sentences_are_read_where_they_stand() -> None:
    message = run(BASE.replace("10% of bookings", "10% of new logos") + CALCULATE + "    Then total payouts for 2026-Q1 are 0.00 EUR\n")
    assert "x.feature:4" in message


def test_a_plan_says_once_what_it_pays() -> None:
    message = run(BASE + '    And the plan "P" pays 5% of bookings\n' + CALCULATE + "    Then total payouts for 2026-Q1 are 0.00 EUR\n")
    assert "stated twice; first on line 4" in message


def test_an_amount_that_needs_rounding_needs_a_rounding() -> None:
    odd = BASE.replace("100.00 EUR", "100.01 EUR")
    assert "rounding" in run(odd + CALCULATE + "    Then total payouts for 2026-Q1 are 0.00 EUR\n")
    rounded = odd + "    And amounts are rounded half up per line to 2 decimals\n"
    assert run(rounded + CALCULATE + "    Then total payouts for 2026-Q1 are 90.00 EUR\n") == ""


def test_a_payout_of_part_of_a_pay_period_is_not_guessed() -> None:
    quarterly = BASE.replace("monthly", "quarterly")
    message = run(quarterly + CALCULATE + '    Then the payout of "Ana Ruiz" for 2026-01 is 40.00 EUR\n')
    assert "longer than 2026-01" in message


@pytest.mark.parametrize("name", ["../pyproject.toml", "/etc/hostname", "plans/../../pyproject.toml"])
def test_files_outside_the_project_are_not_read(name: str) -> None:
    message = run(BASE + f'    And the plan in "{name}"\n' + CALCULATE + "    Then total payouts for 2026-Q1 are 90.00 EUR\n")
    assert "leads out of the project" in message


def test_a_missing_file_is_named() -> None:
    message = run(BASE + '    And the data in "examples/adventureworks_quarter"\n' + CALCULATE + "    Then total payouts for 2026-Q1 are 90.00 EUR\n")
    assert "Did you mean: adventureworks_quarters" in message


def _target(project: Path, export: str) -> Path:
    folder = project / "scenarios" / "data"
    folder.mkdir(parents=True)
    (folder / "out.csv").write_text(export)
    (folder / "out.mapping.yaml").write_text(
        "target: T\ngrains:\n  - grain: results\n    expected: payouts\n    key: {payee: {column: who}}\n"
        "    values: {amount: {column: pay, currency: EUR}}\n"
    )
    return project


LOAD = '    When the target system\'s results for 2026-Q1 are loaded from "out.csv"\n'
EXCEPT = "    Then the target system agrees within 0.01 EUR, except:\n      | payee | difference | reason | ticket | until |\n      "


@pytest.mark.parametrize(
    ("export", "said"),
    [
        ("Ana Ruiz,40.00\nBen Katz,50.00\n", []),
        ("Ana Ruiz,40.01\nBen Katz,50.00\n", []),
        ("Ana Ruiz,40.02\nBen Katz,50.00\n", ["amount", "0.02 EUR"]),
        ("Ana Ruiz,40.00\n", ["missing", "Ben Katz"]),
        ("Ana Ruiz,40.00\nBen Katz,50.00\nCho Park,1.00\n", ["unexpected", "Cho Park"]),
    ],
)
def test_the_target_is_compared_both_ways(tmp_path: Path, export: str, said: list[str]) -> None:
    project = _target(tmp_path, "who,pay\n" + export)
    message = run(BASE + LOAD + "    Then the target system agrees within 0.01 EUR\n", project)
    assert bool(message) == bool(said)
    for part in said:
        assert part in message


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("| Ana Ruiz | 5.00 EUR | late | T-1 | 2026-07-31 |", ""),
        ("| Ana Ruiz | 6.00 EUR | late | T-1 | 2026-07-31 |", "the difference is now 5.00 EUR, not 6.00 EUR"),
        ("| Ana Ruiz | 5.00 EUR | late | T-1 | 2026-04-19 |", "accepted until 2026-04-19"),
        ("| Ben Katz | 5.00 EUR | late | T-1 | 2026-07-31 |", "no longer there"),
    ],
)
def test_an_accepted_difference_must_still_be_true(tmp_path: Path, row: str, said: str) -> None:
    project = _target(tmp_path, "who,pay\nAna Ruiz,45.00\nBen Katz,50.00\n")
    message = run(BASE + "    And today is 2026-04-20\n" + LOAD + EXCEPT + row + "\n", project)
    assert (said in message) if said else message == ""


def test_an_export_without_a_mapping_is_refused(tmp_path: Path) -> None:
    project = _target(tmp_path, "who,pay\n")
    (project / "scenarios" / "data" / "out.mapping.yaml").unlink()
    message = run(BASE + LOAD + "    Then the target system agrees within 0.01 EUR\n", project)
    assert "no mapping says how to read" in message


def test_what_becomes_known_later_does_not_count() -> None:
    late = BASE + "    And today is 2026-01-15\n" + CALCULATE
    assert run(late + '    Then the payout of "Ana Ruiz" for 2026-01 is 10.00 EUR\n') == ""


def test_a_plan_file_is_a_plan_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios" / "plans"
    folder.mkdir(parents=True)
    text = (
        "plan: F\ncurrency: EUR\npays: monthly\nconventions: {rounding: exact}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 20%}}]}]\n"
    )
    (folder / "f.yaml").write_text(text)
    (folder / "bad.yaml").write_text(text.replace("20%", "0.2"))
    stated = '    And the plan in "f.yaml"\n    And "Cho Park" is on plan "F" for FY2026\n'
    deals = "    And these deals:\n      | deal | owner    | amount    | closed     |\n      | D-9  | Cho Park | 10.00 EUR | 2026-01-15 |\n"
    assert run(BASE + stated + deals + CALCULATE + '    Then the payout of "Cho Park" for 2026-01 is 2.00 EUR\n', tmp_path) == ""
    message = run(BASE + stated.replace("f.yaml", "bad.yaml") + CALCULATE + "    Then total payouts for 2026-Q1 are 0.00 EUR\n", tmp_path)
    assert "bad.yaml:5" in message


def test_orders_are_bookings_under_other_names() -> None:
    orders = "    And these orders:\n      | order | owner    | amount    | date       |\n      | O-1   | Ben Katz | 10.00 EUR | 2026-01-15 |\n"
    assert run(BASE + orders + CALCULATE + '    Then the payout of "Ben Katz" for 2026-01 is 1.00 EUR\n') == ""


def test_a_column_of_ones_own_may_be_called_like_one_of_another_table() -> None:
    own = BASE.replace("| deal | owner    | amount     | closed     |", "| deal | owner    | amount     | closed     | country |")
    own = own.replace("2026-01-15 |", "2026-01-15 | DE |").replace("2026-01-16 |", "2026-01-16 | DE |").replace("2026-02-01 |", "2026-02-01 | AT |")
    assert run(own + CALCULATE + "    Then total payouts for 2026-Q1 are 90.00 EUR\n") == ""


def test_lines_that_are_not_rounded_are_stated_with_all_their_decimals() -> None:
    odd = BASE.replace("100.00 EUR", "100.01 EUR") + "    And amounts are rounded half up per payout to 2 decimals\n" + CALCULATE
    said = """    Then the statement of "Ana Ruiz" for 2026-01 includes:
      | line | base       | rate | amount     |
      | D-1  | 100.01 EUR | 10%  | 10.001 EUR |
"""
    assert run(odd + said) == ""
    assert "10.001 EUR" in run(odd + said.replace("10.001", "10.002"))
