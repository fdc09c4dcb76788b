@req:PLAN-10 @req:PLAN-11
Feature: A plan of several components, and what modifies them
  Lead roles are paid on two measures; bonuses, multipliers and gates change what a component earns.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:COMP-01 @sev1
  Scenario Outline: The second component is paid only if the first is reached
    Given the plan "Lead" has these components:
      | component | measure  | weight | curve                                       | paid only if          |
      | Growth    | bookings |    70% | 50% pays 0%, 100% pays 100%, 150% pays 200% |                       |
      | Cash in   | cash     |    30% | linear                                      | bookings at least 80% |
    And the plan "Lead" for FY2026:
      | setting  | value |
      | currency | EUR   |
    And these plan assignments:
      | payee    | plan | from       | target incentive | period  |
      | Ana Ruiz | Lead | 2026-01-01 |    10,000.00 EUR | quarter |
    And these quotas:
      | payee    | period  | quota          | measure  |
      | Ana Ruiz | 2026-Q1 | 100,000.00 EUR | bookings |
      | Ana Ruiz | 2026-Q1 |  50,000.00 EUR | cash     |
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-01-20 |
    And these invoices:
      | invoice | deal | amount     | date       |
      | I-1     | D-1  | <bookings> | 2026-02-01 |
    And these payments:
      | payment | invoice | amount        | date       |
      | P-1     | I-1     | 25,000.00 EUR | 2026-03-01 |
    When commissions are calculated for 2026-Q1
    Then the statement of "Ana Ruiz" for 2026-Q1 shows:
      | line    | amount   |
      | Growth  | <growth> |
      | Cash in | <cash>   |

    Examples:
      | case             | bookings       | growth        | cash         |
      | a cent below 80% |  79,999.00 EUR |  4,199.86 EUR |     0.00 EUR |
      | exactly 80%      |  80,000.00 EUR |  4,200.00 EUR | 1,500.00 EUR |
      | just above 80%   |  80,001.00 EUR |  4,200.14 EUR | 1,500.00 EUR |
      | far above quota  | 175,000.00 EUR | 14,000.00 EUR | 1,500.00 EUR |

  @id:COMP-02 @sev2
  Scenario Outline: A bonus for the highest level reached stands beside the commission
    Given the plan "BDR" pays retroactively by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   5% |
      | 100% |      |   7% |
    And the plan "BDR" pays these bonuses by attainment of bookings:
      | attainment | bonus        |
      |       100% | 1,000.00 EUR |
      |       120% | 2,500.00 EUR |
    And "Ana Ruiz" is on plan "BDR" for FY2026
    And "Ana Ruiz" has a quota of 10,000.00 EUR for 2026-Q1
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line       | base       | rate   | amount       |
      | commission | <bookings> | <rate> | <commission> |
      | bonus      | <bookings> |        | <bonus>      |

    Examples:
      | case             | bookings      | rate | commission | bonus        | payout       |
      | just below quota |  9,999.80 EUR |   5% | 499.99 EUR |     0.00 EUR |   499.99 EUR |
      | exactly quota    | 10,000.00 EUR |   7% | 700.00 EUR | 1,000.00 EUR | 1,700.00 EUR |
      | just above quota | 10,001.00 EUR |   7% | 700.07 EUR | 1,000.00 EUR | 1,700.07 EUR |
      | just below 120%  | 11,999.00 EUR |   7% | 839.93 EUR | 1,000.00 EUR | 1,839.93 EUR |
      | exactly 120%     | 12,000.00 EUR |   7% | 840.00 EUR | 2,500.00 EUR | 3,340.00 EUR |
      | just above 120%  | 12,001.00 EUR |   7% | 840.07 EUR | 2,500.00 EUR | 3,340.07 EUR |

  @id:COMP-03 @sev1
  Scenario Outline: Commission is multiplied by the attainment of new business
    Given these measures:
      | measure      | of       | where        |
      | new business | bookings | type = "new" |
    And the plan "AE Flat" pays 10% of bookings
    And the plan "AE Flat" multiplies what is earned by attainment of new business:
      | from | factor |
      |   0% |    50% |
      | 100% |   100% |
      | 150% |   125% |
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And these quotas:
      | payee    | period  | quota         | measure      |
      | Ana Ruiz | 2026-Q1 | 20,000.00 EUR | new business |
    And these deals:
      | deal | owner    | amount        | closed     | type    |
      | D-1  | Ana Ruiz | <new>         | 2026-02-10 | new     |
      | D-2  | Ana Ruiz | 10,000.00 EUR | 2026-02-11 | renewal |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line | base          | rate   | amount    |
      | D-2  | 10,000.00 EUR | <rate> | <renewal> |

    Examples:
      | case            | new           | rate  | renewal      | payout       |
      | just below 100% | 19,999.60 EUR |    5% |   500.00 EUR | 1,499.98 EUR |
      | exactly 100%    | 20,000.00 EUR |   10% | 1,000.00 EUR | 3,000.00 EUR |
      | just above 100% | 20,001.00 EUR |   10% | 1,000.00 EUR | 3,000.10 EUR |
      | just below 150% | 29,999.00 EUR |   10% | 1,000.00 EUR | 3,999.90 EUR |
      | exactly 150%    | 30,000.00 EUR | 12.5% | 1,250.00 EUR | 5,000.00 EUR |
      | just above 150% | 30,004.00 EUR | 12.5% | 1,250.00 EUR | 5,000.50 EUR |

  @id:COMP-04 @sev1
  Scenario Outline: A gate on cash holds the commission of the quarter
    Given the plan "AE Flat" pays 10% of bookings
    And the plan "AE Flat" pays only if the attainment of cash is at least 80%
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And these quotas:
      | payee    | period  | quota         | measure |
      | Ana Ruiz | 2026-Q1 | 10,000.00 EUR | cash    |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 12,000.00 EUR | 2026-01-10 |
    And these invoices:
      | invoice | deal | amount        | date       |
      | I-1     | D-1  | 12,000.00 EUR | 2026-01-31 |
    And these payments:
      | payment | invoice | amount | date       |
      | P-1     | I-1     | <cash> | 2026-03-31 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout> because:
      | line | base          | rate   | amount   |
      | D-1  | 12,000.00 EUR | <rate> | <payout> |

    Examples:
      | case         | cash         | rate | payout       |
      | a cent below | 7,999.99 EUR |   0% |     0.00 EUR |
      | exactly 80%  | 8,000.00 EUR |  10% | 1,200.00 EUR |
      | a cent above | 8,000.01 EUR |  10% | 1,200.00 EUR |

  @id:COMP-05 @sev2
  Scenario: The same amount for each deal, shared as the deal is
    Given the plan "Appointment" pays 50.00 EUR for each deal
    And these plan assignments:
      | payee    | plan        | from       |
      | Ana Ruiz | Appointment | 2026-01-01 |
      | Ben Katz | Appointment | 2026-01-01 |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 60,000.00 EUR | 2026-01-10 |
      | D-2  | Ana Ruiz |     10.00 EUR | 2026-01-11 |
      | D-3  | Ana Ruiz |    500.00 EUR | 2026-02-11 |
    And the credit of deal "D-3" is split:
      | payee    | share |
      | Ana Ruiz |   60% |
      | Ben Katz |   40% |
    And these returns:
      | return | of  | date       | amount    |
      | R-1    | D-2 | 2026-03-01 | 10.00 EUR |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee    | payout    |
      | Ana Ruiz | 80.00 EUR |
      | Ben Katz | 20.00 EUR |
    And the statement of "Ana Ruiz" for 2026-Q1 shows:
      | line       | amount     |
      | D-1        |  50.00 EUR |
      | D-2        |  50.00 EUR |
      | D-3        |  30.00 EUR |
      | return R-1 | -50.00 EUR |
