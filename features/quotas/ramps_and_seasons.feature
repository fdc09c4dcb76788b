@req:QUOT-05 @req:QUOT-06
Feature: Quotas ramp up for new hires and follow the seasons of the year

  @id:QUOT-05 @sev2
  Scenario Outline: A new hire has a quarter, then half of the quota
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Growth" pays by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |  10% |
      | 100% |      |  20% |
    And the quotas of the plan "AE Growth" ramp up by month since the hire:
      | month | share |
      |     1 |   25% |
      |     2 |   50% |
    And these payees:
      | payee    | role              | hired      |
      | Ana Ruiz | Account Executive | 2026-01-01 |
    And "Ana Ruiz" is on plan "AE Growth" for FY2026
    And these quotas:
      | payee    | period  | quota         |
      | Ana Ruiz | 2026-01 | 10,000.00 EUR |
      | Ana Ruiz | 2026-02 | 10,000.00 EUR |
      | Ana Ruiz | 2026-03 | 10,000.00 EUR |
    And these deals:
      | deal | owner    | amount | closed   |
      | D-1  | Ana Ruiz | <sold> | <closed> |
    When commissions are calculated for 2026-Q1
    Then the quota of "Ana Ruiz" for <period> is <quota>
    And the payout of "Ana Ruiz" for <period> is <payout>

    Examples:
      | case                          | sold          | closed     | period  | quota         | payout       |
      | first month, 25%              | 10,000.00 EUR | 2026-01-31 | 2026-01 |  2,500.00 EUR | 1,750.00 EUR |
      | second month, 50%             | 10,000.00 EUR | 2026-02-01 | 2026-02 |  5,000.00 EUR | 1,500.00 EUR |
      | third month, just below quota |  9,999.00 EUR | 2026-03-01 | 2026-03 | 10,000.00 EUR |   999.90 EUR |
      | third month, exactly quota    | 10,000.00 EUR | 2026-03-01 | 2026-03 | 10,000.00 EUR | 1,000.00 EUR |
      | third month, just above quota | 10,001.00 EUR | 2026-03-01 | 2026-03 | 10,000.00 EUR | 1,000.20 EUR |

  @id:QUOT-06 @sev2
  Scenario Outline: A yearly quota falls on the quarters by their seasons
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Growth" pays by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |  10% |
      | 100% |      |  20% |
    And the quotas of the plan "AE Growth" are distributed by quarter:
      | part | weight |
      |    1 |    20% |
      |    2 |    25% |
      |    3 |    20% |
      |    4 |    35% |
    And "Ana Ruiz" is on plan "AE Growth" for FY2026
    And "Ana Ruiz" has a quota of 400,000.00 EUR for FY2026
    And these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 100,000.00 EUR | 2026-03-31 |
      | D-2  | Ana Ruiz | <second>       | 2026-06-30 |
    When commissions are calculated for 2026-H1
    Then the quota of "Ana Ruiz" for 2026-Q2 is 100,000.00 EUR
    And the payout of "Ana Ruiz" for 2026-Q1 is 12,000.00 EUR because:
      | line       | base          | rate | amount       |
      | up to 100% | 80,000.00 EUR |  10% | 8,000.00 EUR |
      | above 100% | 20,000.00 EUR |  20% | 4,000.00 EUR |
    And the payout of "Ana Ruiz" for 2026-Q2 is <payout>

    Examples:
      | case             | second         | payout        |
      | just below quota |  99,999.00 EUR |  9,999.90 EUR |
      | exactly quota    | 100,000.00 EUR | 10,000.00 EUR |
      | just above quota | 100,001.00 EUR | 10,000.20 EUR |
