"""Plans that pay at different times: a payee is paid in a month what falls due in it, plan by plan and in all."""

from __future__ import annotations

import pytest

from harness.tests.test_steps_run import run

FACTS = """
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE" pays 10% of bookings
    And the plan "Quarter Bonus" pays these bonuses by attainment of bookings:
      | attainment | bonus      |
      | 100%       | 900.00 EUR |
    And the plan "Quarter Bonus" for FY2026:
      | setting       | value     |
      | pay frequency | quarterly |
    And "Ana Ruiz" is on plan "AE" for FY2026
    And "Ana Ruiz" is on plan "Quarter Bonus" for FY2026
    And "Ben Katz" is on plan "Quarter Bonus" for FY2026
    And "Ana Ruiz" has a quota of 10,000.00 EUR for 2026-Q1
    And "Ben Katz" has a quota of 10,000.00 EUR for 2026-Q1
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 4,000.00 EUR | 2026-01-15 |
      | D-2  | Ana Ruiz | 8,000.00 EUR | 2026-03-16 |
"""
MONTHLY_DRAW = '    And "Ana Ruiz" has a recoverable draw of 500.00 EUR per month from 2026-01 to 2026-03\n'
QUARTERLY_DRAW = '    And every plan follows these conventions:\n      | convention  | reading        |\n      | draw.period | in equal parts |\n    And "Ana Ruiz" has a recoverable draw of 2,400.00 EUR per quarter from 2026-Q1 to 2026-Q1\n'
BALANCE = '    And "Ana Ruiz" enters 2026-01 with a balance of -600.00 EUR\n'

WEEKLY = """
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE" pays 10% of bookings
    And the plan "AE" for FY2026:
      | setting       | value  |
      | pay frequency | weekly |
    And the plan "Override" pays 1% of bookings
    And "Ana Ruiz" is on plan "AE" for FY2026
    And "Ana Ruiz" is on plan "Override" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 4,000.00 EUR | 2026-01-30 |
"""


def said(then: str, more: str = "", span: str = "2026-Q1") -> str:
    return run(f"{FACTS}{more}    When commissions are calculated for {span}\n    Then {then}\n")


@pytest.mark.parametrize(
    ("period", "paid"), [("2026-01", "400.00"), ("2026-02", "0.00"), ("2026-03", "1,700.00"), ("2026-Q1", "2,100.00")]
)
def test_a_month_pays_what_falls_due_in_it(period: str, paid: str) -> None:
    assert said(f'the payout of "Ana Ruiz" for {period} is {paid} EUR') == ""
    assert "not as expected" in said(f'the payout of "Ana Ruiz" for {period} is 0.01 EUR')


def test_a_single_month_calculated_pays_the_quarter_that_ends_with_it() -> None:
    assert said('the payout of "Ana Ruiz" for 2026-01 is 400.00 EUR', span="2026-01") == ""
    assert said('the payout of "Ana Ruiz" for 2026-03 is 1,700.00 EUR', span="2026-03") == ""


def test_everybody_of_a_month_and_the_totals_of_months_add_up_to_the_quarter() -> None:
    assert said("the payouts for 2026-03 are:\n      | payee    | payout       |\n      | Ana Ruiz | 1,700.00 EUR |") == ""
    months = ("400.00", "0.00", "1,700.00")
    for month, total in enumerate(months, 1):
        assert said(f"total payouts for 2026-0{month} are {total} EUR") == ""
    assert said("total payouts for 2026-Q1 are 2,100.00 EUR") == ""


def test_the_statement_of_the_month_shows_both_and_the_lines_add_up() -> None:
    lines = "\n      | line       | amount     |\n      | D-2        | 800.00 EUR |\n      | above 100% | 900.00 EUR |"
    assert said(f'the payout of "Ana Ruiz" for 2026-03 is 1,700.00 EUR because:{lines}') == ""
    assert said(f'the statement of "Ana Ruiz" for 2026-03 shows:{lines}') == ""


@pytest.mark.parametrize(
    ("plan", "period", "paid"),
    [
        ("AE", "2026-01", "400.00"),
        ("AE", "2026-03", "800.00"),
        ("AE", "2026-Q1", "1,200.00"),
        ("Quarter Bonus", "2026-Q1", "900.00"),
        ("Quarter Bonus", "FY2026", "900.00"),
    ],
)
def test_each_plan_is_asked_by_its_own_periods(plan: str, period: str, paid: str) -> None:
    asked = f'the payout of "Ana Ruiz" under plan "{plan}" for {period} is'
    assert said(f"{asked} {paid} EUR", span="FY2026") == ""
    wrong = said(f"{asked} 1.00 EUR", span="FY2026")
    assert plan in wrong
    assert f"{paid} EUR" in wrong


def test_a_plan_or_a_period_that_it_does_not_pay_is_answered() -> None:
    asked = 'the payout of "Ana Ruiz" under plan "Quarter Bonus" for 2026-03 is 900.00 EUR'
    assert "Ask for 2026-Q1" in said(asked)
    assert 'Did you mean: Quarter Bonus' in said('the payout of "Ana Ruiz" under plan "Quarter Bonuss" for 2026-Q1 is 900.00 EUR')
    assert '"Ben Katz" is never on the plan "AE"' in said('the payout of "Ben Katz" under plan "AE" for 2026-Q1 is 0.00 EUR')


def test_who_is_paid_by_the_quarter_only_has_no_payout_of_a_month() -> None:
    found = said('the payout of "Ben Katz" for 2026-03 is 0.00 EUR')
    assert "Ask for 2026-Q1" in found
    assert "Ben Katz" in found


def test_a_monthly_draw_counts_against_what_is_paid_in_the_month() -> None:
    paid = {"2026-01": "500.00", "2026-02": "500.00", "2026-03": "1,100.00", "2026-Q1": "2,100.00"}
    for period, amount in paid.items():
        assert said(f'the payout of "Ana Ruiz" for {period} is {amount} EUR', MONTHLY_DRAW) == ""
    for period, owed in {"2026-01": "-100.00", "2026-02": "-600.00", "2026-03": "0.00"}.items():
        assert said(f'the balance of "Ana Ruiz" after {period} is {owed} EUR', MONTHLY_DRAW) == ""


def test_a_quarterly_draw_and_a_balance_beside_both_plans() -> None:
    assert said('the payout of "Ana Ruiz" for 2026-Q1 is 2,400.00 EUR', QUARTERLY_DRAW) == ""
    assert said('the balance of "Ana Ruiz" after 2026-Q1 is -300.00 EUR', QUARTERLY_DRAW) == ""
    assert said('the payout of "Ana Ruiz" for 2026-01 is 0.00 EUR', BALANCE) == ""
    assert said('the payout of "Ana Ruiz" for 2026-03 is 1,500.00 EUR', BALANCE) == ""


def test_a_draw_of_somebody_who_earned_only_the_bonus_is_still_paid_by_the_month() -> None:
    moved = FACTS.replace('"Ana Ruiz" is on plan "AE" for FY2026', '"Ana Ruiz" is on plan "AE" for 2026-02').replace("2026-01-15", "2026-03-15")
    steps = f"{moved}{MONTHLY_DRAW}    When commissions are calculated for 2026-Q1\n    Then the payout of "
    assert run(f'{steps}"Ana Ruiz" for 2026-01 is 500.00 EUR\n') == ""
    assert run(f'{steps}"Ana Ruiz" for 2026-Q1 is 1,500.00 EUR\n') == ""


def test_weeks_that_lie_in_two_months_have_no_month_and_one_problem_says_what_to_state() -> None:
    found = run(f'{WEEKLY}{MONTHLY_DRAW}    When commissions are calculated for 2026-Q1\n    Then the payout of "Ana Ruiz" for 2026-Q1 is 0.00 EUR\n')
    assert found.count("[pay-frequency-mixed]") == 1
    for word in ('"Ana Ruiz"', '"AE" pays by the week', '"Override" by the month', "pay frequency"):
        assert word in found
    # Without a draw each is paid in its own periods; a month has no single share of a week that crosses its end.
    bare = f"{WEEKLY}    When commissions are calculated for 2026-Q1\n    Then the payout of "
    assert "2026-W05 lies only partly in 2026-01" in run(f'{bare}"Ana Ruiz" for 2026-01 is 0.00 EUR\n')
    assert 'under plan "Override" for 2026-01' in run(f'{bare}"Ana Ruiz" for 2026-W05 is 400.00 EUR\n')
    assert run(f'{bare}"Ana Ruiz" under plan "AE" for 2026-W05 is 400.00 EUR\n') == ""
    assert run(f'{bare}"Ana Ruiz" under plan "Override" for 2026-01 is 40.00 EUR\n') == ""
