@req:QUOT-13
Feature: An account takes its quota along, or leaves it behind
  Owner: Sales Planning. Source: Quota policy 2026, section 6.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And "Ana Ruiz" is on plan "Territory" for FY2026
    And "Ben Katz" is on plan "Territory" for FY2026
    And these territories:
      | territory | owner    |
      | North     | Ana Ruiz |
      | South     | Ben Katz |
    And these accounts:
      | account | territory |
      | Fjord   | North     |
      | Nordic  | North     |
      | Iberica | South     |

  @id:QUOT-13 @sev2
  Scenario Outline: An account takes its quota along when it moves
    Given the plan "Territory" reads:
      """
      currency: EUR
      conventions:
        profile: step language
        quota.account_move: <move>
        quota.seller_order: ramp, then adjustment
      quota: [account quotas, seller quota]
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
    And account "Fjord" moves to territory "South" on 2026-05-01
    And these account quotas:
      | account | period  | quota        |
      | Fjord   | 2026-Q2 | 9,100.00 EUR |
      | Nordic  | 2026-Q2 | 5,000.00 EUR |
      | Iberica | 2026-Q2 | 4,000.00 EUR |
    And these deals:
      | deal | owner           | account | amount       | closed     |
      | D-1  | territory owner | Nordic  | 9,000.00 EUR | 2026-06-10 |
      | D-2  | territory owner | Fjord   | 1,000.00 EUR | 2026-06-11 |
    When commissions are calculated for 2026-H1
    Then the quota of "Ana Ruiz" for 2026-Q2 is <ana quota>
    And the quota of "Ben Katz" for 2026-Q2 is <ben quota>
    And the payout of "Ana Ruiz" for 2026-Q2 is <ana>
    And the payout of "Ben Katz" for 2026-Q2 is 100.00 EUR because:
      | line       | base         | rate | amount     |
      | up to 100% | 1,000.00 EUR |  10% | 100.00 EUR |

    Examples:
      | case                 | move           | ana quota     | ben quota     | ana          |
      | moves with 61 days   | moves pro rata |  8,000.00 EUR | 10,100.00 EUR | 1,000.00 EUR |
      | stays for the period | stays          | 14,100.00 EUR |  4,000.00 EUR |   900.00 EUR |
