@req:PLAN-12
Feature: The terms of a deal pick its rate
  Owner: Compensation Operations. Source: AE plan document 2026, section 5.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:TERM-01 @sev1
  Scenario Outline: Longer contracts are paid at a higher rate
    Given the plan "Multi-Year" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - brackets:
                by: term months
                tiers:
                  - {from: 1, to: 12, rate: 8%}
                  - {from: 12, to: 24, rate: 10%}
                  - {from: 24, to: 36, rate: 11%}
                  - {from: 36, rate: 12%}
      """
    And "Ana Ruiz" is on plan "Multi-Year" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     | term months |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-02-10 | <term>      |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout> because:
      | line | base          | rate   | amount   |
      | D-1  | 10,000.00 EUR | <rate> | <payout> |

    Examples:
      | case            | term | rate | payout       |
      | eleven months   |   11 |   8% |   800.00 EUR |
      | a year          |   12 |  10% | 1,000.00 EUR |
      | thirteen months |   13 |  10% | 1,000.00 EUR |
      | 23 months       |   23 |  10% | 1,000.00 EUR |
      | two years       |   24 |  11% | 1,100.00 EUR |
      | 25 months       |   25 |  11% | 1,100.00 EUR |
      | 35 months       |   35 |  11% | 1,100.00 EUR |
      | three years     |   36 |  12% | 1,200.00 EUR |
      | 37 months       |   37 |  12% | 1,200.00 EUR |

  @id:TERM-02 @sev1
  Scenario: Each product has its rate, and a return is paid back at that of its sale
    Given the plan "Product Rates" reads:
      """
      currency: EUR
      conventions: {profile: step language, lookup.precedence: most specific}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - lookup:
                rules:
                  - {rate: 5%}
                  - {category: Hardware, rate: 3%}
                  - {category: Software, rate: 10%}
                  - {product: Suite X, rate: 12%}
      """
    And "Ana Ruiz" is on plan "Product Rates" for FY2026
    And these products:
      | product  | category |
      | Router   | Hardware |
      | Suite    | Software |
      | Suite X  | Software |
      | Training | Services |
    And these deals:
      | deal | owner    | amount        | closed     | product  |
      | D-1  | Ana Ruiz | 20,000.00 EUR | 2026-01-10 | Router   |
      | D-2  | Ana Ruiz | 10,000.00 EUR | 2026-01-11 | Suite    |
      | D-3  | Ana Ruiz | 10,000.00 EUR | 2026-01-12 | Suite X  |
      | D-4  | Ana Ruiz |  4,000.00 EUR | 2026-01-13 | Training |
    And these returns:
      | return | of  | amount       | date       |
      | R-1    | D-3 | 2,500.00 EUR | 2026-03-01 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 2,700.00 EUR because:
      | line | base          | rate | amount       |
      | D-1  | 20,000.00 EUR |   3% |   600.00 EUR |
      | D-2  | 10,000.00 EUR |  10% | 1,000.00 EUR |
      | D-3  | 10,000.00 EUR |  12% | 1,200.00 EUR |
      | D-4  |  4,000.00 EUR |   5% |   200.00 EUR |
      | R-1  | -2,500.00 EUR |  12% |  -300.00 EUR |

  @id:TERM-03 @sev1
  Scenario Outline: No deal pays more than its cap
    Given the plan "AE Flat" pays 8% of bookings
    And the plan "AE Flat" limits payouts:
      | limit | amount       | per  |
      | cap   | 5,000.00 EUR | deal |
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | <bookings>    | 2026-02-10 |
      | D-2  | Ana Ruiz | 12,500.00 EUR | 2026-02-11 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line | base          | rate | amount       |
      | D-1  | <bookings>    |   8% | <earned>     |
      | D-2  | 12,500.00 EUR |   8% | 1,000.00 EUR |

    Examples:
      | case          | bookings      | earned       | payout       |
      | just below    | 62,490.00 EUR | 4,999.20 EUR | 5,999.20 EUR |
      | exactly on it | 62,500.00 EUR | 5,000.00 EUR | 6,000.00 EUR |
      | just above    | 62,510.00 EUR | 5,000.80 EUR | 6,000.00 EUR |
      | far above     | 90,000.00 EUR | 7,200.00 EUR | 6,000.00 EUR |

  @id:TERM-04 @sev2
  Scenario Outline: A discount lowers the rate of the deal
    Given the plan "Discount" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - brackets:
                by: discount
                tiers:
                  - {from: 0%, to: 10%, rate: 10%}
                  - {from: 10%, to: 20%, rate: 7%}
                  - {from: 20%, rate: 4%}
      """
    And "Ana Ruiz" is on plan "Discount" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     | discount   |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-02-10 | <discount> |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout> because:
      | line | base          | rate   | amount   |
      | D-1  | 10,000.00 EUR | <rate> | <payout> |

    Examples:
      | case           | discount | rate | payout       |
      | just below 10% |     9.9% |  10% | 1,000.00 EUR |
      | exactly 10%    |      10% |   7% |   700.00 EUR |
      | just above 10% |    10.1% |   7% |   700.00 EUR |
      | just below 20% |    19.9% |   7% |   700.00 EUR |
      | exactly 20%    |      20% |   4% |   400.00 EUR |
      | just above 20% |    20.1% |   4% |   400.00 EUR |
