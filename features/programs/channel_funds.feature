@req:MDF-01
Feature: Development funds, points and price protection of the channel
  Owner: Channel Marketing. Source: Partner programme guide 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods

  @id:MDF-01 @sev1
  Scenario Outline: A co-op fund pays half of what was spent, as far as it reaches
    Given the plan "Co-op" reads:
      """
      currency: EUR
      conventions: {profile: step language, fund.claims: after accrual}
      components:
        - component: co-op
          earn:
            - fund: {fund: Co-op, accrues: 2% * bookings in the period, share: 50%}
      """
    And "Nord Systems" is on plan "Co-op" for FY2026
    And these deals:
      | deal | owner        | amount         | closed     |
      | D-1  | Nord Systems | 100,000.00 EUR | 2026-01-15 |
    And these returns:
      | return | of  | amount        | date       |
      | R-1    | D-1 | 10,000.00 EUR | 2026-02-10 |
    And these fund claims:
      | claim | payee        | fund  | amount       | date       |
      | C-1   | Nord Systems | Co-op | 1,600.00 EUR | 2026-01-20 |
      | C-2   | Nord Systems | Co-op | <spent>      | 2026-02-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Nord Systems" for 2026-01 is 800.00 EUR because:
      | line  | amount     |
      | co-op | 800.00 EUR |
    And the payout of "Nord Systems" for 2026-02 is <paid>

    Examples:
      | case                | spent        | paid         |
      | just below the fund | 1,999.80 EUR |   999.90 EUR |
      | exactly the fund    | 2,000.00 EUR | 1,000.00 EUR |
      | just above the fund | 2,000.20 EUR | 1,000.00 EUR |

  @id:MDF-02 @sev2
  Scenario Outline: What accrued lapses after two months
    Given the plan "MDF" reads:
      """
      currency: EUR
      conventions: {profile: step language, fund.claims: after accrual}
      components:
        - component: fund
          earn:
            - fund: {fund: MDF, accrues: 2% * bookings in the period, share: 100%, lapses after periods: 2}
      """
    And "Nord Systems" is on plan "MDF" for FY2026
    And these deals:
      | deal | owner        | amount         | closed     |
      | D-1  | Nord Systems | 100,000.00 EUR | 2026-01-15 |
      | D-2  | Nord Systems |  10,000.00 EUR | 2026-03-01 |
    And these fund claims:
      | claim | payee        | fund | amount     | date  |
      | C-1   | Nord Systems | MDF  | 500.00 EUR | <day> |
    When commissions are calculated for 2026-Q1
    Then the payout of "Nord Systems" for 2026-Q1 is <paid> because:
      | line | amount |
      | fund | <paid> |

    Examples:
      | case                     | day        | paid       |
      | the last day of February | 2026-02-28 | 500.00 EUR |
      | the first day of March   | 2026-03-01 | 200.00 EUR |

  @id:LOY-01 @sev2
  Scenario: Points are collected on units and redeemed at their value
    Given the plan "Club" reads:
      """
      currency: EUR
      conventions: {profile: step language, fund.claims: after accrual}
      components:
        - component: points
          earn:
            - fund: {fund: Club, accrues: 10 * units in the period, share: 100%, point pays: 0.05 EUR}
      """
    And "Store Lyon" is on plan "Club" for FY2026
    And these retail sales:
      | sale | retailer   | product | units | date       |
      | S-1  | Store Lyon | Phone X |    80 | 2026-01-10 |
      | S-2  | Store Lyon | Phone X |    20 | 2026-02-10 |
    And these fund claims:
      | claim | payee      | fund | points | date       |
      | C-1   | Store Lyon | Club |    500 | 2026-01-20 |
      | C-2   | Store Lyon | Club |    900 | 2026-02-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Store Lyon" for 2026-01 is 25.00 EUR because:
      | line   | amount    |
      | points | 25.00 EUR |
    And the payout of "Store Lyon" for 2026-02 is 25.00 EUR

  @id:SHIP-01 @sev1
  Scenario Outline: Ship and debit: the reseller claims what a unit cost above the agreed cost
    Given the plan "Price Protection" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: claim
          measure: units
          credits: [direct]
          earn: [{ship and debit: {down to: 80.00 EUR}}]
      """
    And "Store Lyon" is on plan "Price Protection" for FY2026
    And these products:
      | product | unit cost  |
      | Phone X | 100.00 EUR |
      | Phone Y | <cost>     |
    And these retail sales:
      | sale | retailer   | product | units | date       |
      | S-1  | Store Lyon | Phone X |    10 | 2026-01-10 |
      | S-2  | Store Lyon | Phone Y |    10 | 2026-01-11 |
    And these returns:
      | return | of  | units | date       |
      | R-1    | S-1 |     4 | 2026-01-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Store Lyon" for 2026-01 is <paid> because:
      | line | base     | amount     |
      | S-1  | 10 units | 200.00 EUR |
      | S-2  | 10 units | <claimed>  |
      | R-1  | -4 units | -80.00 EUR |

    Examples:
      | case                    | cost      | claimed  | paid       |
      | just below agreed cost  | 79.99 EUR | 0.00 EUR | 120.00 EUR |
      | exactly the agreed cost | 80.00 EUR | 0.00 EUR | 120.00 EUR |
      | just above agreed cost  | 80.01 EUR | 0.10 EUR | 120.10 EUR |
