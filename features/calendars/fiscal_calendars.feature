@req:CAL-10
Feature: Pay follows the company's calendar: weeks, half months, 4-4-5 and the 53rd week
  Owner: Finance. Source: Fiscal calendar 2026.

  Background:
    Given the plan "AE Flat" pays 10% of bookings
    And these plan assignments:
      | payee    | plan    | from       |
      | Ana Ruiz | AE Flat | 2025-01-01 |

  @id:CAL-10 @sev1
  Scenario Outline: A 4-4-5 year that starts on a Sunday in February
    Given the fiscal calendar:
      | period | from       | to         | pattern |
      | FY2026 | 2026-02-01 | 2027-01-30 | 4-4-5   |
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-0  | Ana Ruiz | 1,000.00 EUR | 2026-02-01 |
      | D-1  | Ana Ruiz | 5,000.00 EUR | <closed>   |
    When commissions are calculated for FY2026
    Then the payout of "Ana Ruiz" for <period> is <payout>
    And the statement of "Ana Ruiz" for <period> includes:
      | line | base         | rate | amount     |
      | D-1  | 5,000.00 EUR |  10% | 500.00 EUR |

    Examples:
      | case                     | closed     | period   | payout     |
      | last day of 4 weeks      | 2026-02-28 | 2026-P01 | 600.00 EUR |
      | first day of the next 4  | 2026-03-01 | 2026-P02 | 500.00 EUR |
      | last day of the second 4 | 2026-03-28 | 2026-P02 | 500.00 EUR |
      | first day of 5 weeks     | 2026-03-29 | 2026-P03 | 500.00 EUR |
      | last day of 5 weeks      | 2026-05-02 | 2026-P03 | 500.00 EUR |
      | first day of quarter 2   | 2026-05-03 | 2026-P04 | 500.00 EUR |

  @id:CAL-11 @sev1
  Scenario Outline: The 53rd week belongs to the last period, and the next year starts after it
    Given the fiscal calendar:
      | period | from       | to         | pattern | week 53     |
      | FY2025 | 2025-01-26 | 2026-01-31 | 4-4-5   | last period |
      | FY2026 | 2026-02-01 | 2027-01-30 | 4-4-5   |             |
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-0  | Ana Ruiz | 1,000.00 EUR | 2025-12-21 |
      | D-1  | Ana Ruiz | 5,000.00 EUR | <closed>   |
    When commissions are calculated for FY2025
    Then the payout of "Ana Ruiz" for 2025-P12 is <payout>
    And the statement of "Ana Ruiz" for 2025-P12 includes:
      | line | base         | rate | amount     |
      | D-0  | 1,000.00 EUR |  10% | 100.00 EUR |

    Examples:
      | case                       | closed     | payout     |
      | the last day of week 52    | 2026-01-24 | 600.00 EUR |
      | the first day of week 53   | 2026-01-25 | 600.00 EUR |
      | the last day of week 53    | 2026-01-31 | 600.00 EUR |
      | the first day of next year | 2026-02-01 | 100.00 EUR |

  @id:CAL-12 @sev2
  Scenario Outline: Weekly pay, from Monday to Sunday
    Given the fiscal calendar:
      | period | from       | to         | pattern |
      | FY2026 | 2026-01-05 | 2027-01-03 | weekly  |
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-0  | Ana Ruiz | 1,000.00 EUR | 2026-01-14 |
      | D-1  | Ana Ruiz | 2,000.00 EUR | <closed>   |
    When commissions are calculated for FY2026
    Then the payout of "Ana Ruiz" for 2026-P02 is <payout>
    And the statement of "Ana Ruiz" for 2026-P02 includes:
      | line | base         | rate | amount     |
      | D-0  | 1,000.00 EUR |  10% | 100.00 EUR |
    And the payout of "Ana Ruiz" for FY2026 is 300.00 EUR

    Examples:
      | case             | closed     | payout     |
      | Sunday of week 1 | 2026-01-11 | 100.00 EUR |
      | Monday of week 2 | 2026-01-12 | 300.00 EUR |
      | Sunday of week 2 | 2026-01-18 | 300.00 EUR |
      | Monday of week 3 | 2026-01-19 | 100.00 EUR |

  @id:CAL-13 @sev2
  Scenario Outline: Paid twice a month, on the 15th and at the end
    Given the fiscal calendar:
      | period | from       | to         | pattern      |
      | FY2026 | 2026-01-01 | 2026-12-31 | semi-monthly |
    And these deals:
      | deal | owner    | amount       | closed   |
      | D-1  | Ana Ruiz | 2,000.00 EUR | <closed> |
    When commissions are calculated for FY2026
    Then the payout of "Ana Ruiz" for <period> is 200.00 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 2,000.00 EUR |  10% | 200.00 EUR |

    Examples:
      | case                     | closed     | period   |
      | the last day of January  | 2026-01-31 | 2026-P02 |
      | the first of February    | 2026-02-01 | 2026-P03 |
      | the 15th                 | 2026-02-15 | 2026-P03 |
      | the 16th                 | 2026-02-16 | 2026-P04 |
      | the last day of February | 2026-02-28 | 2026-P04 |

  @id:CAL-14 @sev2
  Scenario Outline: A plan that pays twice a month in a company of months
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "Twice a Month" reads:
      """
      currency: EUR
      pays: semi-monthly
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      """
    And "Ben Katz" is on plan "Twice a Month" for FY2026
    And these deals:
      | deal | owner    | amount       | closed   |
      | D-1  | Ben Katz | 2,000.00 EUR | <closed> |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ben Katz" for <half> is 200.00 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 2,000.00 EUR |  10% | 200.00 EUR |

    Examples:
      | case                     | closed     | half     |
      | the 15th                 | 2026-02-15 | 2026-02a |
      | the 16th                 | 2026-02-16 | 2026-02b |
      | the last day of February | 2026-02-28 | 2026-02b |
      | the first day of March   | 2026-03-01 | 2026-03a |

  @id:CAL-15 @sev2
  Scenario Outline: A plan that pays by the week
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "Weekly" reads:
      """
      currency: EUR
      pays: weekly
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      """
    And "Ben Katz" is on plan "Weekly" for FY2026
    And these deals:
      | deal | owner    | amount       | closed   |
      | D-1  | Ben Katz | 2,000.00 EUR | <closed> |
    When commissions are calculated for FY2026
    Then the payout of "Ben Katz" for <week> is 200.00 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 2,000.00 EUR |  10% | 200.00 EUR |

    Examples:
      | case             | closed     | week     |
      | Sunday of week 2 | 2026-01-11 | 2026-W02 |
      | Monday of week 3 | 2026-01-12 | 2026-W03 |
      | Sunday of week 3 | 2026-01-18 | 2026-W03 |
      | Monday of week 4 | 2026-01-19 | 2026-W04 |
