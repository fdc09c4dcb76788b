@req:PLAN-07
Feature: Sales add up over the year, and each slice is paid in the month in which it is sold
  The quota is that of the whole year. A return is taken back from the highest slice that was reached.
  Owner: Compensation Operations. Source: AE plan document 2026, section 3.4.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Annual" pays by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   6% |
      | 100% | 125% |   9% |
      | 125% |      |  12% |
    And the plan "AE Annual" for FY2026:
      | setting         | value |
      | attainment base | year  |
    And "Ana Ruiz" is on plan "AE Annual" for FY2026
    And "Ana Ruiz" has a quota of 120,000.00 EUR for FY2026

  @id:YTD-01 @sev1
  Scenario: The year goes on from month to month, and a return in May goes back down
    Given these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 100,000.00 EUR | 2026-01-31 |
      | D-2  | Ana Ruiz |  50,000.00 EUR | 2026-03-02 |
      | D-3  | Ana Ruiz |  10,000.00 EUR | 2026-04-01 |
      | D-4  | Ana Ruiz |  40,000.00 EUR | 2026-06-15 |
    And these returns:
      | return | of  | amount        | date       |
      | R-1    | D-2 | 15,000.00 EUR | 2026-05-20 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-03 is 3,900.00 EUR because:
      | line         | base          | rate | amount       |
      | up to 100%   | 20,000.00 EUR |   6% | 1,200.00 EUR |
      | 100% to 125% | 30,000.00 EUR |   9% | 2,700.00 EUR |
    And the statement of "Ana Ruiz" for 2026-05 includes:
      | line         | base           | rate | amount        |
      | above 125%   | -10,000.00 EUR |  12% | -1,200.00 EUR |
      | 100% to 125% |  -5,000.00 EUR |   9% |   -450.00 EUR |
    And the balance of "Ana Ruiz" after 2026-05 is -1,650.00 EUR
    And the payout of "Ana Ruiz" for 2026-06 is 3,000.00 EUR

  @id:YTD-02 @sev1
  Scenario Outline: The slice around each edge of the year
    Given these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-02 is <payout>
    And the statement of "Ana Ruiz" for 2026-02 includes:
      | line    | base         | rate   | amount       |
      | <slice> | <slice base> | <rate> | <slice pays> |

    Examples:
      | case             | bookings       | slice        | slice base     | rate | slice pays   | payout       |
      | just below quota | 119,999.00 EUR | up to 100%   | 119,999.00 EUR |   6% | 7,199.94 EUR | 7,199.94 EUR |
      | exactly quota    | 120,000.00 EUR | up to 100%   | 120,000.00 EUR |   6% | 7,200.00 EUR | 7,200.00 EUR |
      | just above quota | 120,001.00 EUR | 100% to 125% |       1.00 EUR |   9% |     0.09 EUR | 7,200.09 EUR |
      | just below 125%  | 149,999.00 EUR | 100% to 125% |  29,999.00 EUR |   9% | 2,699.91 EUR | 9,899.91 EUR |
      | exactly 125%     | 150,000.00 EUR | 100% to 125% |  30,000.00 EUR |   9% | 2,700.00 EUR | 9,900.00 EUR |
      | just above 125%  | 150,001.00 EUR | above 125%   |       1.00 EUR |  12% |     0.12 EUR | 9,900.12 EUR |

  @id:YTD-03 @sev2 @req:PLAN-08
  Scenario Outline: A plan year that doesn't follow the fiscal year
    Given fiscal year FY2027 starts on 2027-01-01 with monthly periods
    And the plan "Partner Year" reads:
      """
      currency: EUR
      valid: {from: 2026-04-01, to: 2027-03-31}
      conventions: {profile: step language, tier.accumulate: plan year}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - marginal:
                tiers:
                  - {from: 0.00 EUR, to: "50,000.00 EUR", rate: 5%}
                  - {from: "50,000.00 EUR", rate: 8%}
      """
    And these plan assignments:
      | payee    | plan         | from       |
      | Ben Katz | Partner Year | 2026-01-01 |
      | Eva Lind | Partner Year | 2026-01-01 |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Eva Lind | 30,000.00 EUR | 2026-03-31 |
      | D-2  | Ben Katz | 40,000.00 EUR | 2026-04-01 |
      | D-3  | Ben Katz | <bookings>    | 2027-03-31 |
      | D-4  | Ben Katz | 70,000.00 EUR | 2027-04-01 |
    When commissions are calculated for FY2027
    Then the payouts for FY2027 are:
      | payee    | payout   |
      | Ben Katz | <payout> |
    And the statement of "Ben Katz" for 2027-03 includes:
      | line    | base         | rate   | amount       |
      | <slice> | <slice base> | <rate> | <slice pays> |

    Examples:
      | case          | bookings      | slice               | slice base    | rate | slice pays | payout     |
      | just below    |  9,999.00 EUR | up to 50,000.00 EUR |  9,999.00 EUR |   5% | 499.95 EUR | 499.95 EUR |
      | exactly on it | 10,000.00 EUR | up to 50,000.00 EUR | 10,000.00 EUR |   5% | 500.00 EUR | 500.00 EUR |
      | just above    | 10,001.00 EUR | above 50,000.00 EUR |      1.00 EUR |   8% |   0.08 EUR | 500.08 EUR |
