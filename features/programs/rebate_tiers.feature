@req:RET-10
Feature: Retailer and dealer tiers: rolling, in total, stair-step and for every so many units
  A return unwinds what its units had reached.
  Owner: Channel Sales. Source: Rebate agreement 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:RET-10 @sev1
  Scenario Outline: Rolling: the highest tier pays on everything, those below it up to their own end
    Given the plan "Rolling Rebate" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: rebate
          measure: bookings
          credits: [direct]
          earn:
            - rolling:
                tiers:
                  - {from: 0.00 EUR, to: "10,000.00 EUR", rate: 1%}
                  - {from: "10,000.00 EUR", rate: 2%}
      """
    And "Store Lyon" is on plan "Rolling Rebate" for FY2026
    And these deals:
      | deal | owner      | amount   | closed     |
      | D-1  | Store Lyon | <bought> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Store Lyon" for 2026-Q1 is <paid>
    And the statement of "Store Lyon" for 2026-Q1 includes:
      | line                | base         | rate | amount       |
      | up to 10,000.00 EUR | <first base> |   1% | <first pays> |

    Examples:
      | case          | bought        | first base    | first pays | paid       |
      | just below    |  9,999.00 EUR |  9,999.00 EUR |  99.99 EUR |  99.99 EUR |
      | exactly on it | 10,000.00 EUR | 10,000.00 EUR | 100.00 EUR | 300.00 EUR |
      | just above    | 10,001.00 EUR | 10,000.00 EUR | 100.00 EUR | 300.02 EUR |

  @id:RET-11 @sev1
  Scenario Outline: In total: every tier reached pays on everything, and a return may lose one
    Given the plan "Total Rebate" reads:
      """
      currency: EUR
      conventions: {profile: step language, balance.negative: paid out, tier.accumulate: half-year}
      components:
        - component: rebate
          measure: bookings
          credits: [direct]
          earn:
            - total:
                tiers:
                  - {from: 0.00 EUR, to: "10,000.00 EUR", rate: 1%}
                  - {from: "10,000.00 EUR", rate: 2%}
      """
    And "Store Lyon" is on plan "Total Rebate" for FY2026
    And "Store Nice" is on plan "Total Rebate" for FY2026
    And these deals:
      | deal | owner      | amount        | closed     |
      | D-1  | Store Lyon | 12,000.00 EUR | 2026-02-10 |
      | D-2  | Store Nice | <bought>      | 2026-02-10 |

    And these returns:
      | return | of  | amount     | date       |
      | R-1    | D-1 | <returned> | 2026-05-10 |
    When commissions are calculated for 2026-H1
    Then the payout of "Store Lyon" for 2026-Q1 is 360.00 EUR because:
      | line                | base          | rate | amount     |
      | up to 10,000.00 EUR | 12,000.00 EUR |   1% | 120.00 EUR |
      | above 10,000.00 EUR | 12,000.00 EUR |   2% | 240.00 EUR |
    And the payout of "Store Lyon" for 2026-Q2 is <unwound>
    And the payout of "Store Nice" for 2026-Q1 is <nice>

    Examples:
      | case               | returned     | unwound     | bought        | nice       |
      | just above is left | 1,999.00 EUR |  -59.97 EUR |  9,999.00 EUR |  99.99 EUR |
      | just the bound     | 2,000.00 EUR |  -60.00 EUR | 10,000.00 EUR | 300.00 EUR |
      | the tier is lost   | 2,001.00 EUR | -260.01 EUR | 10,001.00 EUR | 300.03 EUR |

  @id:RET-12 @sev1
  Scenario Outline: Stair-step: the money per car of the step that is reached goes back to the first car
    Given the plan "Stair-Step" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: bonus
          measure: units
          credits: [direct]
          earn:
            - retroactive:
                tiers:
                  - {from: 0, to: 50, per unit: 0.00 EUR}
                  - {from: 50, to: 75, per unit: 250.00 EUR}
                  - {from: 75, per unit: 500.00 EUR}
      """
    And "Autohaus Nord" is on plan "Stair-Step" for FY2026
    And "Autohaus Sud" is on plan "Stair-Step" for FY2026
    And these retail sales:
      | sale | retailer      | product | units  | date       |
      | S-1  | Autohaus Nord | Sedan   | <cars> | 2026-02-10 |
      | S-2  | Autohaus Sud  | Sedan   |     60 | 2026-02-10 |
    And these returns:
      | return | of  | units | date       |
      | R-1    | S-1 |     1 | 2026-03-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Autohaus Nord" for 2026-Q1 is <paid>
    And the payout of "Autohaus Sud" for 2026-Q1 is 15,000.00 EUR because:
      | line     | base     | rate       | amount        |
      | 50 to 75 | 60 units | 250.00 EUR | 15,000.00 EUR |

    Examples:
      | case                | cars | paid          |
      | 49 after the return |   50 |      0.00 EUR |
      | 48 after the return |   49 |      0.00 EUR |
      | 50 after the return |   51 | 12,500.00 EUR |
      | 51 after the return |   52 | 12,750.00 EUR |
      | 74 after the return |   75 | 18,500.00 EUR |
      | 73 after the return |   74 | 18,250.00 EUR |
      | 75 after the return |   76 | 37,500.00 EUR |
      | 76 after the return |   77 | 38,000.00 EUR |

  @id:RET-13 @sev2
  Scenario Outline: For every ten units one is free
    Given the plan "Free Goods" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: free goods
          measure: units
          credits: [direct]
          earn: [{for every: {every: 10, free units: 1, worth: 9.00 EUR}}]
      """
    And "Store Lyon" is on plan "Free Goods" for FY2026
    And these retail sales:
      | sale | retailer   | product | units   | date       |
      | S-1  | Store Lyon | Phone X |      10 | 2026-01-10 |
      | S-2  | Store Lyon | Phone X | <units> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Store Lyon" for 2026-Q1 is <paid> because:
      | line       | amount |
      | free goods | <paid> |

    Examples:
      | case      | units | paid      |
      | 19 in all |     9 |  9.00 EUR |
      | 20 in all |    10 | 18.00 EUR |
      | 21 in all |    11 | 18.00 EUR |

  @id:RET-14 @sev2
  Scenario Outline: A fixed amount for each step that is passed
    Given the plan "Slabs" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: bonus
          measure: bookings
          credits: [direct]
          earn:
            - slab sum:
                tiers:
                  - {from: 0.00 EUR, to: "20,000.00 EUR", pays: 0.00 EUR}
                  - {from: "20,000.00 EUR", to: "50,000.00 EUR", pays: 200.00 EUR}
                  - {from: "50,000.00 EUR", pays: 500.00 EUR}
        - component: base
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 1%}}]
      """
    And "Store Lyon" is on plan "Slabs" for FY2026
    And these deals:
      | deal | owner      | amount   | closed     |
      | D-1  | Store Lyon | <bought> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Store Lyon" for 2026-Q1 is <paid>
    And the statement of "Store Lyon" for 2026-Q1 includes:
      | line | base     | rate | amount |
      | base | <bought> |   1% | <base> |

    Examples:
      | case              | bought        | base       | paid         |
      | just below 20,000 | 19,999.00 EUR | 199.99 EUR |   199.99 EUR |
      | exactly 20,000    | 20,000.00 EUR | 200.00 EUR |   400.00 EUR |
      | just above 20,000 | 20,001.00 EUR | 200.01 EUR |   400.01 EUR |
      | just below 50,000 | 49,999.00 EUR | 499.99 EUR |   699.99 EUR |
      | exactly 50,000    | 50,000.00 EUR | 500.00 EUR | 1,200.00 EUR |
      | just above 50,000 | 50,001.00 EUR | 500.01 EUR | 1,200.01 EUR |
