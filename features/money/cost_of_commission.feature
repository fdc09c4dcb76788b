@req:EXP-01
Feature: The commission on a deal is a cost over the deal's life
  Finance spreads what was paid over the months of the contract.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026

  @id:EXP-01 @sev2
  Scenario: The commission on a three-year deal is expensed over its life
    Given commission cost is spread over 36 months
    And these deals:
      | deal | owner    | amount        | closed     | term months |
      | D-1  | Ana Ruiz | 36,000.00 EUR | 2026-01-01 |          36 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 3,600.00 EUR because:
      | line | base          | rate | amount       |
      | D-1  | 36,000.00 EUR |  10% | 3,600.00 EUR |
    And the expense of deal "D-1" is spread:
      | period  | expense    | remaining    |
      | 2026-01 | 100.00 EUR | 3,500.00 EUR |
      | 2026-02 | 100.00 EUR | 3,400.00 EUR |
      | 2026-03 | 100.00 EUR | 3,300.00 EUR |
      | 2028-12 | 100.00 EUR |     0.00 EUR |

  @id:EXP-02 @sev3
  Scenario: Months that don't divide evenly still total the cost
    Given commission cost is spread over 3 months
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 1,000.00 EUR | 2026-02-27 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 100.00 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 1,000.00 EUR |  10% | 100.00 EUR |
    And the expense of deal "D-1" is spread:
      | period  | expense   | remaining |
      | 2026-01 |  0.00 EUR |  0.00 EUR |
      | 2026-02 | 33.33 EUR | 66.67 EUR |
      | 2026-03 | 33.34 EUR | 33.33 EUR |
      | 2026-04 | 33.33 EUR |  0.00 EUR |
