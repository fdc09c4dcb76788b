@req:PART-01
Feature: Partners are paid for growing over the year before

  Background:
    Given fiscal year FY2025 starts on 2025-01-01 with quarterly periods
    And fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And "Nord Systems" is on plan "Partner Growth" for FY2025
    And "Nord Systems" is on plan "Partner Growth" for FY2026

  @id:PART-01 @sev1
  Scenario Outline: The tier of the growth is paid on the increase
    Given the plan "Partner Growth" pays by growth of bookings over the year before, on the increase:
      | from | to  | rate |
      |   0% |  5% |   0% |
      |   5% | 10% |   2% |
      |  10% |     |   4% |
    And these deals:
      | deal | owner        | amount         | closed     |
      | D-1  | Nord Systems | 100,000.00 EUR | 2025-02-15 |
      | D-2  | Nord Systems | <sold>         | 2026-02-15 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Nord Systems" for 2026-Q1 is <payout> because:
      | line       | base       | amount   |
      | commission | <increase> | <payout> |

    Examples:
      | case                | sold           | increase      | payout     |
      | just below 5%       | 104,999.00 EUR |  4,999.00 EUR |   0.00 EUR |
      | exactly 5%          | 105,000.00 EUR |  5,000.00 EUR | 100.00 EUR |
      | just above 5%       | 105,050.00 EUR |  5,050.00 EUR | 101.00 EUR |
      | just below 10%      | 109,950.00 EUR |  9,950.00 EUR | 199.00 EUR |
      | exactly 10%         | 110,000.00 EUR | 10,000.00 EUR | 400.00 EUR |
      | just above 10%      | 110,025.00 EUR | 10,025.00 EUR | 401.00 EUR |
      | less than last year |  90,000.00 EUR |      0.00 EUR |   0.00 EUR |
