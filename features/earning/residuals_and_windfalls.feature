@req:EARN-14
Feature: Residuals by month of the contract, and windfalls that retire no quota
  Owner: Channel Finance. Source: Dealer agreement 2026, schedule B.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods

  @id:RESID-01 @sev1
  Scenario Outline: What the customer pays earns the rate of its month since the signature
    Given the plan "Dealer Residual" reads:
      """
      currency: EUR
      conventions: {profile: step language, months.count: calendar months}
      components:
        - component: residual
          measure: cash
          credits: [direct]
          earn:
            - residual:
                rates:
                  - {from month: 1, to month: 3, rate: 10%}
                  - {from month: 4, to month: 6, rate: 4%}
      """
    And "Dealer Lyon" is on plan "Dealer Residual" for FY2026
    And these deals:
      | deal | owner       | amount       | closed     |
      | D-1  | Dealer Lyon | 1,200.00 EUR | 2026-01-20 |
    And these invoices:
      | invoice | deal | amount       | date       |
      | I-1     | D-1  | 1,200.00 EUR | 2026-01-20 |
    And these payments:
      | payment | invoice | amount     | date       |
      | P-0     | I-1     | 100.00 EUR | 2026-01-20 |
      | P-1     | I-1     | 100.00 EUR | <paid>     |
    When commissions are calculated for FY2026
    Then the payout of "Dealer Lyon" for FY2026 is <payout> because:
      | line | base       | rate   | amount    |
      | P-0  | 100.00 EUR |    10% | 10.00 EUR |
      | P-1  | 100.00 EUR | <rate> | <earned>  |

    Examples:
      | case                 | paid       | rate | earned    | payout    |
      | last day of month 3  | 2026-03-31 |  10% | 10.00 EUR | 20.00 EUR |
      | first day of month 4 | 2026-04-01 |   4% |  4.00 EUR | 14.00 EUR |
      | last day of month 6  | 2026-06-30 |   4% |  4.00 EUR | 14.00 EUR |
      | first day of month 7 | 2026-07-01 |   0% |  0.00 EUR | 10.00 EUR |

  @id:WIND-01 @sev1
  Scenario Outline: A windfall is paid in the tier reached before it and retires no quota
    Given the plan "AE Windfall" reads:
      """
      currency: EUR
      conventions: {profile: step language, tier.accumulate: quarter}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - windfall: {above: "200,000.00 EUR", treatment: paid without quota}
            - marginal:
                tiers:
                  - {from: 0%, to: 100%, rate: 5%}
                  - {from: 100%, rate: 10%}
      """
    And "Ana Ruiz" is on plan "AE Windfall" for FY2026
    And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 50,000.00 EUR | 2026-01-10 |
      | D-2  | Ana Ruiz | <bookings>    | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 2,500.00 EUR
    And the payout of "Ana Ruiz" for 2026-02 is <payout>
    And the statement of "Ana Ruiz" for 2026-02 includes:
      | line       | base         | rate | amount       |
      | up to 100% | <slice base> |   5% | <slice pays> |
    And the attainment of "Ana Ruiz" for 2026-Q1 is <attainment>

    Examples:
      | case             | bookings       | slice base     | slice pays    | payout        | attainment |
      | just below       | 199,999.00 EUR |  50,000.00 EUR |  2,500.00 EUR | 17,499.90 EUR |   249.999% |
      | exactly on it    | 200,000.00 EUR |  50,000.00 EUR |  2,500.00 EUR | 17,500.00 EUR |       250% |
      | just above       | 200,001.00 EUR | 200,001.00 EUR | 10,000.05 EUR | 10,000.05 EUR |        50% |
      | just below quota |  49,999.00 EUR |  49,999.00 EUR |  2,499.95 EUR |  2,499.95 EUR |    99.999% |
      | exactly quota    |  50,000.00 EUR |  50,000.00 EUR |  2,500.00 EUR |  2,500.00 EUR |       100% |
      | just above quota |  50,010.00 EUR |  50,000.00 EUR |  2,500.00 EUR |  2,501.00 EUR |    100.01% |

  @id:EARN-15 @sev2
  Scenario Outline: Who pays late costs commission: the overdue invoice is taken back until it is paid
    Given the plan "On Invoice" reads:
      """
      currency: EUR
      conventions: {profile: step language, balance.negative: paid out}
      components:
        - component: commission
          measure: revenue
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [{past due: {grace days: 30}}]
      """
    And "Ana Ruiz" is on plan "On Invoice" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 5,000.00 EUR | 2026-01-05 |
    And these invoices:
      | invoice | deal | amount       | date       | due        |
      | I-1     | D-1  | 5,000.00 EUR | 2026-01-10 | 2026-02-28 |
    And these payments:
      | payment | invoice | amount       | date   |
      | P-1     | I-1     | 5,000.00 EUR | <paid> |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-01 is 500.00 EUR because:
      | line | base         | rate | amount     |
      | I-1  | 5,000.00 EUR |  10% | 500.00 EUR |
    And the payout of "Ana Ruiz" for 2026-03 is <march>
    And the payout of "Ana Ruiz" for 2026-H1 is 500.00 EUR

    Examples:
      | case                     | paid       | march       |
      | the day before           | 2026-03-29 |    0.00 EUR |
      | on the last day of grace | 2026-03-30 |    0.00 EUR |
      | when it is over          | 2026-04-01 | -500.00 EUR |
