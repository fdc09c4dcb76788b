@req:REST-01
Feature: A closed period stays as it was paid; what it comes to now is paid in the next open one
  Owner: Finance. Source: Close calendar and restatement policy 2026.

  Background:
    Given the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026

  @id:REST-01 @sev1
  Scenario: A deal that is reported late is paid in the next open month
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the payout of "Ana Ruiz" for 2026-01 was 1,000.00 EUR
    And these deals:
      | deal | owner    | amount        | closed     | known      |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-01-20 | 2026-01-20 |
      | D-2  | Ana Ruiz |  4,000.00 EUR | 2026-01-30 | 2026-02-17 |
      | D-3  | Ana Ruiz |  2,000.00 EUR | 2026-02-10 | 2026-02-10 |
    When 2026-01 is recalculated
    Then the payout of "Ana Ruiz" for 2026-02 is 600.00 EUR because:
      | line                  | amount     |
      | correction of 2026-01 | 400.00 EUR |
      | D-3                   | 200.00 EUR |

  @id:REST-02 @sev1
  Scenario Outline: A late deal lifts the whole closed quarter to the next rate
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Retro" pays retroactively by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   5% |
      | 100% |      |   7% |
    And "Ben Katz" is on plan "AE Retro" for 2026-Q1
    And "Ben Katz" has a quota of 50,000.00 EUR for 2026-Q1
    And the payout of "Ben Katz" for 2026-Q1 was 2,000.00 EUR
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ben Katz | 40,000.00 EUR | 2026-02-10 |
      | D-2  | Ben Katz | <late>        | 2026-03-30 |
    When 2026-Q1 is recalculated
    Then the statement of "Ben Katz" for 2026-Q2 shows:
      | line                  | amount       |
      | correction of 2026-Q1 | <correction> |

    Examples:
      | case             | late          | correction   |
      | just below quota |  9,999.00 EUR |   499.95 EUR |
      | exactly quota    | 10,000.00 EUR | 1,500.00 EUR |
      | just above quota | 10,001.00 EUR | 1,500.07 EUR |

  @id:REST-03 @sev1
  Scenario: Two closed months are restated at once, one up and one down
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And these processed results:
      | payee    | plan    | component  | period  | earned       |
      | Ana Ruiz | AE Flat | commission | 2026-01 | 1,000.00 EUR |
      | Ana Ruiz | AE Flat | commission | 2026-02 |   700.00 EUR |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 13,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz |  6,500.00 EUR | 2026-02-20 |
      | D-3  | Ana Ruiz |  5,000.00 EUR | 2026-03-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-03 is 750.00 EUR because:
      | line                  | amount     |
      | correction of 2026-01 | 300.00 EUR |
      | correction of 2026-02 | -50.00 EUR |
      | D-3                   | 500.00 EUR |

  @id:REST-04 @sev2
  Scenario Outline: A deal counts in the close only if it was known on its day
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And today is 2026-02-05
    And these deals:
      | deal | owner    | amount       | closed     | known   |
      | D-1  | Ana Ruiz | 1,000.00 EUR | 2026-01-10 |         |
      | D-2  | Ana Ruiz | 5,000.00 EUR | 2026-01-31 | <known> |
    When 2026-01 is closed
    Then the payout of "Ana Ruiz" for 2026-01 is <payout>
    And the statement of "Ana Ruiz" for 2026-01 includes:
      | line | base         | rate | amount     |
      | D-1  | 1,000.00 EUR |  10% | 100.00 EUR |

    Examples:
      | case                     | known      | payout     |
      | the day before the close | 2026-02-04 | 600.00 EUR |
      | on the day of the close  | 2026-02-05 | 600.00 EUR |
      | the day after the close  | 2026-02-06 | 100.00 EUR |
