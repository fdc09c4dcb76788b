@req:NET-01
Feature: Networks of sellers pay the levels above a sale
  Owner: Network Operations. Source: Network compensation plan 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And these payees:
      | payee    | role   | manager  |
      | Ana Ruiz | Bronze | Ben Katz |
      | Ben Katz | Silver | Cho Park |
      | Cho Park | Silver | Dan Wolf |
      | Dan Wolf | Gold   |          |
    And these crediting rules:
      | role   | receives | of the credit of |
      | Silver |     100% | team             |
      | Gold   |     100% | team             |
    And these plan assignments:
      | payee    | plan    | from       |
      | Ana Ruiz | Network | 2026-01-01 |
      | Ben Katz | Network | 2026-01-01 |
      | Cho Park | Network | 2026-01-01 |
      | Dan Wolf | Network | 2026-01-01 |
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 1,000.00 EUR | 2026-01-15 |

  @id:NET-01 @sev1
  Scenario: Each rank earns what its rate is more than the highest below, and a return takes it back
    Given the plan "Network" reads:
      """
      currency: EUR
      conventions: {profile: step language, balance.negative: paid out}
      components:
        - component: override
          measure: bookings
          credits: [direct, roll-up]
          earn:
            - differential override:
                rank: role
                rates are: of the rank
                ranks:
                  - {rank: Bronze, rate: 5%}
                  - {rank: Silver, rate: 12%}
                  - {rank: Gold, rate: 20%}
      """
    And these returns:
      | return | of  | amount     | date       |
      | R-1    | D-1 | 400.00 EUR | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-01 are:
      | payee    | payout    |
      | Ana Ruiz | 50.00 EUR |
      | Ben Katz | 70.00 EUR |
      | Dan Wolf | 80.00 EUR |
    And the payout of "Dan Wolf" for 2026-02 is -32.00 EUR because:
      | line | base        | rate | amount     |
      | R-1  | -400.00 EUR |   8% | -32.00 EUR |
    And total payouts for 2026-Q1 are 120.00 EUR

  @id:NET-02 @sev1
  Scenario: Unilevel: each level above earns the rate of its level
    Given the plan "Network" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: levels
          measure: bookings
          credits: [roll-up]
          earn:
            - level commission:
                rank: role
                looks at: rank of the payee
                ranks:
                  - {rank: Bronze, rates: [2%]}
                  - {rank: Silver, rates: [5%, 3%]}
                  - {rank: Gold, rates: [8%, 6%, 4%]}
      """
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-01 are:
      | payee    | payout    |
      | Ben Katz | 50.00 EUR |
      | Cho Park | 30.00 EUR |
      | Dan Wolf | 40.00 EUR |
    And the payout of "Dan Wolf" for 2026-01 is 40.00 EUR because:
      | line | base         | rate | amount    |
      | D-1  | 1,000.00 EUR |   4% | 40.00 EUR |

  @id:NET-03 @sev1
  Scenario Outline: A share of the commission of those below, on top of it or out of it
    Given the plan "Network" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
        - component: override
          earn:
            - override:
                of: commission
                levels:
                  - {level: 1, rate: 20%}
                  - {level: 2, rate: 5%}
                paid by: <payer>
      """
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is <ana>
    And the payout of "Ben Katz" for 2026-01 is 20.00 EUR because:
      | line     | amount    |
      | override | 20.00 EUR |
    And the payout of "Cho Park" for 2026-01 is 5.00 EUR
    And total payouts for 2026-01 are <total>

    Examples:
      | case         | payer    | ana        | total      |
      | on top of it | company  | 100.00 EUR | 125.00 EUR |
      | out of it    | downline |  75.00 EUR | 100.00 EUR |
