@req:QUOT-10
Feature: Quotas are handed down, over-assigned, shared and moved
  Owner: Sales Planning. Source: Quota policy 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:QUOT-10 @sev1
  Scenario: A regional quota is handed down and over-assigned on each level
    Given the plan "AE Growth" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      quota:
        - top down: {split: shares, over assignment: [5%, 10%]}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - marginal:
                tiers:
                  - {from: 0%, to: 100%, rate: 8%}
                  - {from: 100%, rate: 12%}
      """
    And these territory quotas:
      | territory | period  | quota          |
      | Europe    | 2026-Q1 | 200,000.00 EUR |
    And these quota allocations:
      | parent | child    | share |
      | Europe | Iberia   |  100% |
      | Iberia | Ana Ruiz |   60% |
      | Iberia | Ben Katz |   40% |
    And these plan assignments:
      | payee    | plan      | from       |
      | Ana Ruiz | AE Growth | 2026-01-01 |
      | Ben Katz | AE Growth | 2026-01-01 |
    And these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 140,000.00 EUR | 2026-02-10 |
      | D-2  | Ben Katz |  92,400.00 EUR | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the quota of "Ana Ruiz" for 2026-Q1 is 138,600.00 EUR
    And the quota of "Ben Katz" for 2026-Q1 is 92,400.00 EUR
    And the attainment of "Ben Katz" for 2026-Q1 is 100%
    And the payout of "Ana Ruiz" for 2026-Q1 is 11,256.00 EUR because:
      | line       | base           | rate | amount        |
      | up to 100% | 138,600.00 EUR |   8% | 11,088.00 EUR |
      | above 100% |   1,400.00 EUR |  12% |    168.00 EUR |

  @id:QUOT-11 @sev1
  Scenario: A territory that changes hands is carried by each seller for the days held
    Given the plan "Sellers" reads:
      """
      currency: EUR
      conventions: {profile: step language, quota.seller_order: "ramp, then adjustment", proration.basis: calendar days}
      quota: [seller quota]
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - marginal:
                tiers:
                  - {from: 0%, to: 100%, rate: 10%}
                  - {from: 100%, rate: 15%}
      """
    And these plan assignments:
      | payee    | plan    | from       |
      | Ana Ruiz | Sellers | 2026-01-01 |
      | Ben Katz | Sellers | 2026-01-01 |
    And these territory quotas:
      | territory | period  | quota         | adjustment   |
      | North     | 2026-Q1 | 81,000.00 EUR | 9,000.00 EUR |
    And these seller quotas:
      | payee    | territory | share | ramp | from       | to         |
      | Ana Ruiz | North     |  100% |      |            | 2026-02-28 |
      | Ben Katz | North     |  100% |  50% | 2026-03-01 |            |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 59,000.00 EUR | 2026-02-10 |
      | D-2  | Ben Katz | 20,000.00 EUR | 2026-03-10 |
    When commissions are calculated for 2026-Q1
    Then the quota of "Ana Ruiz" for 2026-Q1 is 59,000.00 EUR
    And the quota of "Ben Katz" for 2026-Q1 is 15,500.00 EUR
    And the payout of "Ana Ruiz" for 2026-Q1 is 5,900.00 EUR
    And the payout of "Ben Katz" for 2026-Q1 is 2,225.00 EUR because:
      | line       | base          | rate | amount       |
      | up to 100% | 15,500.00 EUR |  10% | 1,550.00 EUR |
      | above 100% |  4,500.00 EUR |  15% |   675.00 EUR |

  @id:QUOT-12 @sev2
  Scenario Outline: A quota is relieved where its holder lost a material part of the opportunity
    Given the plan "AE Growth" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      quota:
        - relief: {material from: 15%, change: whole, of: losses}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - marginal:
                tiers:
                  - {from: 0%, to: 100%, rate: 10%}
                  - {from: 100%, rate: 20%}
      """
    And "Ana Ruiz" is on plan "AE Growth" for FY2026
    And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1
    And these territory changes:
      | holder   | period  | before | after   |
      | Ana Ruiz | 2026-Q1 |  1,000 | <after> |
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the quota of "Ana Ruiz" for 2026-Q1 is <quota>
    And the payout of "Ana Ruiz" for 2026-Q1 is <payout>

    Examples:
      | case                              | after | bookings       | quota          | payout        |
      | a loss of 14.9%, just below quota |   851 |  99,999.00 EUR | 100,000.00 EUR |  9,999.90 EUR |
      | a loss of 14.9%, exactly quota    |   851 | 100,000.00 EUR | 100,000.00 EUR | 10,000.00 EUR |
      | a loss of 14.9%, just above quota |   851 | 100,001.00 EUR | 100,000.00 EUR | 10,000.20 EUR |
      | a loss of 15%                     |   850 | 100,000.00 EUR |  85,000.00 EUR | 11,500.00 EUR |
      | a loss of 15.1%                   |   849 | 100,000.00 EUR |  84,900.00 EUR | 11,510.00 EUR |
      | a gain of 30%                     | 1,300 | 100,000.00 EUR | 100,000.00 EUR | 10,000.00 EUR |

  @id:QUOT-14 @sev2
  Scenario: Who has no quota of their own has that of the role, or of the plan
    Given the plan "AE Growth" reads:
      """
      currency: EUR
      conventions: {profile: step language, quota.explicit_zero: overrides}
      quota:
        - default quota:
            per: quarter
            quotas:
              - {amount: "100,000.00 EUR"}
              - {role: Senior, amount: "200,000.00 EUR"}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - retroactive:
                tiers:
                  - {from: 0%, to: 100%, rate: 1%}
                  - {from: 100%, rate: 2%}
      """
    And these payees:
      | payee    | role   |
      | Ana Ruiz | Junior |
      | Ben Katz | Senior |
      | Cho Park | Senior |
      | Dan Wolf | Senior |
      | Eva Lind | Senior |
    And these plan assignments:
      | payee    | plan      | from       |
      | Ana Ruiz | AE Growth | 2026-01-01 |
      | Ben Katz | AE Growth | 2026-01-01 |
      | Cho Park | AE Growth | 2026-01-01 |
      | Dan Wolf | AE Growth | 2026-01-01 |
      | Eva Lind | AE Growth | 2026-01-01 |
    And these quotas:
      | payee    | period  | quota         |
      | Cho Park | 2026-Q1 | 50,000.00 EUR |
      | Dan Wolf | 2026-Q1 | 50,000.00 EUR |
      | Eva Lind | 2026-Q1 | 50,000.00 EUR |
    And these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 100,000.00 EUR | 2026-02-10 |
      | D-2  | Ben Katz | 199,999.00 EUR | 2026-02-10 |
      | D-3  | Cho Park |  50,001.00 EUR | 2026-02-10 |
      | D-4  | Dan Wolf |  49,999.00 EUR | 2026-02-10 |
      | D-5  | Eva Lind |  50,000.00 EUR | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the quota of "Ana Ruiz" for 2026-Q1 is 100,000.00 EUR
    And the quota of "Ben Katz" for 2026-Q1 is 200,000.00 EUR
    And the payouts for 2026-Q1 are:
      | payee    | payout       |
      | Ana Ruiz | 2,000.00 EUR |
      | Ben Katz | 1,999.99 EUR |
      | Cho Park | 1,000.02 EUR |
      | Dan Wolf |   499.99 EUR |
      | Eva Lind | 1,000.00 EUR |

  @id:QUOT-15 @sev2
  Scenario: The target incentive is a share of the salary, and of two salaries by their days
    Given the plan "Bonus" reads:
      """
      currency: EUR
      conventions: {profile: step language, curve.below: zero}
      quota:
        - salary target: {share: 20%, per: quarter, salary: average by day}
      components:
        - component: target
          measure: bookings
          credits: [direct]
          earn:
            - curve:
                points:
                  - {attainment: 50%, payout: 0%}
                  - {attainment: 100%, payout: 100%}
                  - {attainment: 150%, payout: 200%}
      """
    And "Ana Ruiz" is on plan "Bonus" for FY2026
    And "Ana Ruiz" has a quota of 90,000.00 EUR for 2026-Q1
    And these salaries:
      | payee    | from       | salary        |
      | Ana Ruiz | 2025-07-01 | 54,000.00 EUR |
      | Ana Ruiz | 2026-03-01 | 72,000.00 EUR |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 67,500.00 EUR | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the attainment of "Ana Ruiz" for 2026-Q1 is 75%
    And the payout of "Ana Ruiz" for 2026-Q1 is 1,505.00 EUR because:
      | line   | rate | amount       |
      | target |  50% | 1,505.00 EUR |

  @id:QUOT-16 @sev2
  Scenario Outline: The manager's quota is the sum of the team's, less what the team won't reach
    Given the plan "Manager" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      quota:
        - roll up: {over: managers, stated: keeps, reduction: 10%}
      components:
        - component: commission
          measure: bookings
          credits: [roll-up]
          earn:
            - marginal:
                tiers:
                  - {from: 0%, to: 100%, rate: 1%}
                  - {from: 100%, rate: 2%}
      """
    And these payees:
      | payee     | role    | manager   |
      | Mia Stone | Manager |           |
      | Ana Ruiz  | Seller  | Mia Stone |
      | Ben Katz  | Seller  | Mia Stone |
    And these crediting rules:
      | role    | receives | of the credit of |
      | Manager |     100% | team             |
    And "Mia Stone" is on plan "Manager" for FY2026
    And these quotas:
      | payee    | period  | quota          |
      | Ana Ruiz | 2026-Q1 | 120,000.00 EUR |
      | Ben Katz | 2026-Q1 |  80,000.00 EUR |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | <bookings>    | 2026-02-10 |
      | D-2  | Ben Katz | 60,000.00 EUR | 2026-02-11 |
    When commissions are calculated for 2026-Q1
    Then the quota of "Mia Stone" for 2026-Q1 is 180,000.00 EUR
    And the payout of "Mia Stone" for 2026-Q1 is <payout>
    And the statement of "Mia Stone" for 2026-Q1 includes:
      | line    | base         | rate   | amount       |
      | <slice> | <slice base> | <rate> | <slice pays> |

    Examples:
      | case          | bookings       | slice      | slice base     | rate | slice pays   | payout       |
      | just below    | 119,999.00 EUR | up to 100% | 179,999.00 EUR |   1% | 1,799.99 EUR | 1,799.99 EUR |
      | exactly on it | 120,000.00 EUR | up to 100% | 180,000.00 EUR |   1% | 1,800.00 EUR | 1,800.00 EUR |
      | just above    | 120,001.00 EUR | above 100% |       1.00 EUR |   2% |     0.02 EUR | 1,800.02 EUR |
