@req:PLAN-04
Feature: Accelerators reward bookings above quota
  Account executives earn a higher rate on each slice of bookings above quota.
  Owner: Compensation Operations. Source: AE plan document 2026, section 3.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And amounts are rounded half up per payout to 2 decimals
    And the plan "AE Growth" pays by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   8% |
      | 100% | 120% |  12% |
      | 120% |      |  15% |
    And "Ana Ruiz" is on plan "AE Growth" for FY2026
    And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1

  @id:ACC-01 @sev1
  Scenario: Each slice of bookings is paid at its own rate
    Given these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 60,000.00 EUR | 2026-01-15 |
      | D-2  | Ana Ruiz | 70,000.00 EUR | 2026-03-20 |
    When commissions are calculated for 2026-Q1
    Then the attainment of "Ana Ruiz" for 2026-Q1 is 130%
    And the payout of "Ana Ruiz" for 2026-Q1 is 11,900.00 EUR because:
      | line         | base           | rate | amount       |
      | up to 100%   | 100,000.00 EUR |   8% | 8,000.00 EUR |
      | 100% to 120% |  20,000.00 EUR |  12% | 2,400.00 EUR |
      | above 120%   |  10,000.00 EUR |  15% | 1,500.00 EUR |

  @id:ACC-02 @sev1
  Scenario Outline: Payout around the tier edges
    Given these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line    | base         | rate   | amount       |
      | <slice> | <slice base> | <rate> | <slice pays> |

    Examples:
      | case             | bookings       | slice        | slice base     | rate | slice pays   | payout        |
      | just below quota |  99,990.00 EUR | up to 100%   |  99,990.00 EUR |   8% | 7,999.20 EUR |  7,999.20 EUR |
      | exactly quota    | 100,000.00 EUR | up to 100%   | 100,000.00 EUR |   8% | 8,000.00 EUR |  8,000.00 EUR |
      | just above quota | 100,010.00 EUR | 100% to 120% |      10.00 EUR |  12% |     1.20 EUR |  8,001.20 EUR |
      | cents above      | 100,000.50 EUR | 100% to 120% |       0.50 EUR |  12% |     0.06 EUR |  8,000.06 EUR |
      | just below 120%  | 119,990.00 EUR | 100% to 120% |  19,990.00 EUR |  12% | 2,398.80 EUR | 10,398.80 EUR |
      | exactly 120%     | 120,000.00 EUR | 100% to 120% |  20,000.00 EUR |  12% | 2,400.00 EUR | 10,400.00 EUR |
      | just above 120%  | 120,010.00 EUR | above 120%   |      10.00 EUR |  15% |     1.50 EUR | 10,401.50 EUR |
      | far above 120%   | 150,000.00 EUR | above 120%   |  30,000.00 EUR |  15% | 4,500.00 EUR | 14,900.00 EUR |

  @id:ACC-03 @sev2
  Scenario: The quarterly cap is applied after the accelerators
    Given the plan "AE Growth" limits payouts:
      | limit | amount        | per     |
      | cap   | 12,000.00 EUR | quarter |
    And these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 150,000.00 EUR | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line       | amount        |
      | above 120% |  4,500.00 EUR |
      | cap        | -2,900.00 EUR |
    And the payout of "Ana Ruiz" for 2026-Q1 is 12,000.00 EUR

  @id:ACC-04 @sev1 @req:PLAN-05
  Scenario Outline: A retroactive plan pays the rate reached from the first euro
    Given the plan "AE Retro" pays retroactively by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   5% |
      | 100% |      |   7% |
    And "Ben Katz" is on plan "AE Retro" for FY2026
    And "Ben Katz" has a quota of 50,000.00 EUR for 2026-Q1
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ben Katz | <bookings> | 2026-03-31 |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee    | payout   |
      | Ben Katz | <payout> |
    And the statement of "Ben Katz" for 2026-Q1 includes:
      | line   | base       | rate   | amount   |
      | <tier> | <bookings> | <rate> | <payout> |

    Examples:
      | case             | bookings      | tier       | rate | payout       |
      | just below quota | 49,990.00 EUR | up to 100% |   5% | 2,499.50 EUR |
      | exactly quota    | 50,000.00 EUR | above 100% |   7% | 3,500.00 EUR |
      | just above quota | 50,010.00 EUR | above 100% |   7% | 3,500.70 EUR |

  @id:ACC-05 @sev2 @req:PLAN-06
  Scenario Outline: A target incentive is paid along a curve
    Given the plan "AE Target" pays the target incentive along this curve of bookings:
      | attainment | payout |
      |        50% |     0% |
      |       100% |   100% |
      |       150% |   200% |
    And these plan assignments:
      | payee    | plan      | from       | quota         | target incentive | period  |
      | Cho Park | AE Target | 2026-01-01 | 90,000.00 EUR |     9,000.00 EUR | quarter |
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Cho Park | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Cho Park" for 2026-Q1 is <payout> because:
      | line   | base         | rate    | amount   |
      | target | 9,000.00 EUR | <share> | <payout> |

    Examples:
      | case                  | bookings       | share | payout        |
      | below the first point |  44,999.00 EUR |    0% |      0.00 EUR |
      | on the first point    |  45,000.00 EUR |    0% |      0.00 EUR |
      | half way              |  67,500.00 EUR |   50% |  4,500.00 EUR |
      | exactly quota         |  90,000.00 EUR |  100% |  9,000.00 EUR |
      | on the last point     | 135,000.00 EUR |  200% | 18,000.00 EUR |
      | beyond the last point | 200,000.00 EUR |  200% | 18,000.00 EUR |
