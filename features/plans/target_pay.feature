@req:PLAN-13
Feature: A target incentive is paid by attainment, by two measures at once, or not at all below a threshold
  Owner: Compensation Operations. Source: Management incentive plan 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:TGT-01 @sev1
  Scenario Outline: Pay follows attainment between the threshold and the cap
    Given the plan "MIP" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: target
          measure: bookings
          credits: [direct]
          earn: [{percent to goal: {threshold: 70%, reached: at least, cap: 150%}}]
      """
    And these plan assignments:
      | payee    | plan | from       | quota         | target incentive | period  |
      | Ana Ruiz | MIP  | 2026-01-01 | 90,000.00 EUR |     9,000.00 EUR | quarter |
      | Ben Katz | MIP  | 2026-01-01 | 90,000.00 EUR |     4,500.00 EUR | quarter |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | <bookings>    | 2026-02-10 |
      | D-2  | Ben Katz | 90,000.00 EUR | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout> because:
      | line   | amount   |
      | target | <payout> |
    And the payout of "Ben Katz" for 2026-Q1 is 4,500.00 EUR

    Examples:
      | case               | bookings       | payout        |
      | just below 70%     |  62,999.00 EUR |      0.00 EUR |
      | exactly 70%        |  63,000.00 EUR |  6,300.00 EUR |
      | just above 70%     |  63,009.00 EUR |  6,300.90 EUR |
      | just below the cap | 134,991.00 EUR | 13,499.10 EUR |
      | exactly the cap    | 135,000.00 EUR | 13,500.00 EUR |
      | just above the cap | 135,009.00 EUR | 13,500.00 EUR |

  @id:TGT-02 @sev1
  Scenario Outline: Bookings and margin together pick a cell of the matrix
    Given the plan "Growth and Margin" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: target
          earn:
            - matrix:
                pays: share of target
                dimensions:
                  - {of: attainment of bookings, from: [0%, 80%, 100%]}
                  - {of: reported margin, from: [0%, 50%]}
                grid:
                  - [10%, 20%]
                  - [60%, 80%]
                  - [100%, 130%]
      """
    And these plan assignments:
      | payee    | plan              | from       | quota         | target incentive | period  |
      | Ana Ruiz | Growth and Margin | 2026-01-01 | 50,000.00 EUR |    10,000.00 EUR | quarter |
    And these reported measures:
      | payee    | measure | period  | value    |
      | Ana Ruiz | margin  | 2026-Q1 | <margin> |
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout> because:
      | line   | base          | rate   | amount   |
      | target | 10,000.00 EUR | <cell> | <payout> |

    Examples:
      | case                          | bookings      | margin | cell | payout        |
      | just below 80%, below 50%     | 39,999.00 EUR |  49.9% |  10% |  1,000.00 EUR |
      | exactly 80%, below 50%        | 40,000.00 EUR |  49.9% |  60% |  6,000.00 EUR |
      | just above 80%, exactly 50%   | 40,001.00 EUR |    50% |  80% |  8,000.00 EUR |
      | just below quota, above 50%   | 49,999.00 EUR |  50.1% |  80% |  8,000.00 EUR |
      | exactly quota, below 50%      | 50,000.00 EUR |  49.9% | 100% | 10,000.00 EUR |
      | just above quota, exactly 50% | 50,001.00 EUR |    50% | 130% | 13,000.00 EUR |

  @id:TGT-03 @sev1
  Scenario Outline: A cliff at half the quota re-prices everything, the accelerator only what is above
    Given the plan "Cliff" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - mixed:
                tiers:
                  - {from: 0%, to: 50%, rate: 5%, on: everything}
                  - {from: 50%, to: 100%, rate: 10%, on: everything}
                  - {from: 100%, rate: 15%, on: what is above}
      """
    And "Ana Ruiz" is on plan "Cliff" for FY2026
    And "Ana Ruiz" has a quota of 100,000.00 EUR for 2026-Q1
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line    | base         | rate   | amount       |
      | <slice> | <slice base> | <rate> | <slice pays> |

    Examples:
      | case             | bookings       | slice       | slice base     | rate | slice pays    | payout        |
      | just below 50%   |  49,999.00 EUR | up to 50%   |  49,999.00 EUR |   5% |  2,499.95 EUR |  2,499.95 EUR |
      | exactly 50%      |  50,000.00 EUR | 50% to 100% |  50,000.00 EUR |  10% |  5,000.00 EUR |  5,000.00 EUR |
      | just above 50%   |  50,001.00 EUR | 50% to 100% |  50,001.00 EUR |  10% |  5,000.10 EUR |  5,000.10 EUR |
      | just below quota |  99,999.00 EUR | 50% to 100% |  99,999.00 EUR |  10% |  9,999.90 EUR |  9,999.90 EUR |
      | exactly quota    | 100,000.00 EUR | 50% to 100% | 100,000.00 EUR |  10% | 10,000.00 EUR | 10,000.00 EUR |
      | just above quota | 100,001.00 EUR | above 100%  |       1.00 EUR |  15% |      0.15 EUR | 10,000.15 EUR |
