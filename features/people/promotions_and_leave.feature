@req:PEOP-10
Feature: Promotions, leaves and new hires
  The first quarter of 2026 has 90 days.
  Owner: Human Resources. Source: Sales people policy 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:PEOP-10 @sev2
  Scenario: What a new seller earns is held until the trial period is over
    Given the plan "Trial" reads:
      """
      currency: EUR
      pays: monthly
      conventions: {profile: step language, hold.count: from the next day}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [{hold until employed: {days: 90}}]
      """
    And these payees:
      | payee    | hired      |
      | Ana Ruiz | 2026-01-01 |
      | Ben Katz | 2025-12-31 |
    And "Ana Ruiz" is on plan "Trial" for FY2026
    And "Ben Katz" is on plan "Trial" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-01-20 |
      | D-2  | Ben Katz | 20,000.00 EUR | 2026-01-20 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ben Katz" for 2026-03 is 2,000.00 EUR because:
      | line | base          | rate | amount       |
      | D-2  | 20,000.00 EUR |  10% | 2,000.00 EUR |
    And the payout of "Ana Ruiz" for 2026-03 is 0.00 EUR
    And the commission held for "Ana Ruiz" after 2026-03 is 1,000.00 EUR
    And the payout of "Ana Ruiz" for 2026-04 is 1,000.00 EUR

  @id:PEOP-11 @sev1
  Scenario Outline: What a parental leave of four weeks does to quota and target
    Given the plan "AE Target" pays the target incentive along this curve of bookings:
      | attainment | payout |
      |         0% |     0% |
      |       100% |   100% |
      |       150% |   200% |
    And the plan "AE Target" for FY2026:
      | setting   | value         |
      | proration | calendar days |
      | currency  | EUR           |
    And the plan "AE Target" follows these conventions:
      | convention   | reading  |
      | leave.quota  | <quota>  |
      | leave.target | <target> |
    And these plan assignments:
      | payee    | plan      | from       | quota         | target incentive | period  |
      | Ana Ruiz | AE Target | 2026-01-01 | 90,000.00 EUR |     9,000.00 EUR | quarter |
    And "Ana Ruiz" is on parental leave from 2026-02-01 to 2026-02-28
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 77,500.00 EUR | 2026-03-12 |
    When commissions are calculated for 2026-Q1
    Then the quota of "Ana Ruiz" for 2026-Q1 is <expected>
    And the payout of "Ana Ruiz" for 2026-Q1 is <payout> because:
      | line      | amount   |
      | AE Target | <payout> |

    Examples:
      | case                   | quota         | target        | expected      | payout        |
      | 62 of 90 days, both    | days excluded | days excluded | 62,000.00 EUR |  9,300.00 EUR |
      | the target stays whole | days excluded | nothing       | 62,000.00 EUR | 13,500.00 EUR |
      | nothing changes        | nothing       | nothing       | 90,000.00 EUR |  7,750.00 EUR |

  @id:PEOP-12 @sev1
  Scenario: A promotion on 1 March: the new quota and target count for its own days
    Given the plan "AE Target" pays the target incentive along this curve of bookings:
      | attainment | payout |
      |         0% |     0% |
      |       100% |   100% |
    And the plan "AE Target" for FY2026:
      | setting   | value         |
      | proration | calendar days |
      | currency  | EUR           |
    And these plan assignments:
      | payee    | plan      | from       | to         | quota          | target incentive | period  |
      | Ana Ruiz | AE Target | 2026-01-01 | 2026-02-28 |  90,000.00 EUR |     9,000.00 EUR | quarter |
      | Ana Ruiz | AE Target | 2026-03-01 |            | 180,000.00 EUR |    18,000.00 EUR | quarter |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 60,500.00 EUR | 2026-02-20 |
    When commissions are calculated for 2026-Q1
    Then the attainment of "Ana Ruiz" for 2026-Q1 is 50%
    And the payout of "Ana Ruiz" for 2026-Q1 is 6,050.00 EUR because:
      | line      | amount       |
      | AE Target | 6,050.00 EUR |

  @id:PEOP-13 @sev2
  Scenario Outline: Joining by calendar days, by work days and by months
    Given the plan "AE Target" pays the target incentive along this curve of bookings:
      | attainment | payout |
      |         0% |     0% |
      |       100% |   100% |
    And the plan "AE Target" for FY2026:
      | setting   | value   |
      | proration | <basis> |
      | currency  | EUR     |
    And these plan assignments:
      | payee    | plan      | from       | quota         | target incentive | period  |
      | Ana Ruiz | AE Target | 2026-01-01 | 57,600.00 EUR |     5,760.00 EUR | quarter |
    And "Ana Ruiz" joins on 2026-02-01
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 18,000.00 EUR | 2026-03-12 |
    When commissions are calculated for 2026-Q1
    Then the quota of "Ana Ruiz" for 2026-Q1 is <quota>
    And the payout of "Ana Ruiz" for 2026-Q1 is 1,800.00 EUR because:
      | line      | amount       |
      | AE Target | 1,800.00 EUR |

    Examples:
      | case                | basis         | quota         |
      | 59 of 90 days       | calendar days | 37,760.00 EUR |
      | 42 of 64 work days  | work days     | 37,800.00 EUR |
      | two of three months | months        | 38,400.00 EUR |

  @id:PEOP-14 @sev1
  Scenario Outline: A deal that closes after the last day of employment
    Given the plan "AE Flat" pays 10% of bookings
    And the plan "AE Flat" follows these conventions:
      | convention                | reading   |
      | credit.outside_employment | <reading> |
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And "Ana Ruiz" leaves on 2026-02-14
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-02-10 |
      | D-2  | Ana Ruiz | 30,000.00 EUR | <closed>   |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line | base          | rate | amount       |
      | D-1  | 10,000.00 EUR |  10% | 1,000.00 EUR |

    Examples:
      | case                         | reading       | closed     | payout       |
      | the day before the last      | doesn't count | 2026-02-13 | 4,000.00 EUR |
      | the last day                 | doesn't count | 2026-02-14 | 4,000.00 EUR |
      | the day after                | doesn't count | 2026-02-15 | 1,000.00 EUR |
      | the day after, where it does | counts        | 2026-02-15 | 4,000.00 EUR |
