@req:MBO-01 @req:POOL-01 @req:SPIF-01
Feature: Objectives, pools, contests and sales incentives
  What companies pay beside the commission plan.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:MBO-01 @sev2
  Scenario: Each payee has objectives of one's own
    Given the plan "Quarterly Goals" pays the target incentive by objectives
    And these plan assignments:
      | payee    | plan            | from       | target incentive | period  |
      | Ana Ruiz | Quarterly Goals | 2026-01-01 |     5,000.00 EUR | quarter |
      | Ben Katz | Quarterly Goals | 2026-01-01 |     4,000.00 EUR | quarter |
    And these objectives of "Ana Ruiz" for 2026-Q1:
      | objective         | weight | result |
      | Reference account |    60% |   100% |
      | Forecast accuracy |    40% |    50% |
    And these objectives of "Ben Katz" for 2026-Q1:
      | objective         | weight | result |
      | Forecast accuracy |   100% |    75% |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 4,000.00 EUR because:
      | line              | amount       |
      | Reference account | 3,000.00 EUR |
      | Forecast accuracy | 1,000.00 EUR |
    And the payout of "Ben Katz" for 2026-Q1 is 3,000.00 EUR

  @id:POOL-01 @sev2
  Scenario: A pool is shared by what each sold, and the largest share takes the cent
    Given the plan "Team Pool" shares a pool of 100.00 EUR by bookings
    And "Ana Ruiz" is on plan "Team Pool" for FY2026
    And "Ben Katz" is on plan "Team Pool" for FY2026
    And "Eva Lind" is on plan "Team Pool" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 1,000.02 EUR | 2026-01-10 |
      | D-2  | Ben Katz | 1,000.00 EUR | 2026-02-10 |
      | D-3  | Eva Lind | 1,000.00 EUR | 2026-03-10 |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee    | payout    |
      | Ana Ruiz | 33.34 EUR |
      | Ben Katz | 33.33 EUR |
      | Eva Lind | 33.33 EUR |
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line | base       | amount    |
      | pool | 100.00 EUR | 33.34 EUR |
    And total payouts for 2026-Q1 are 100.00 EUR

  @id:POOL-02 @sev3
  Scenario: Conventions of a plan, and of every plan, are stated in the scenario
    Given the plan "Team Pool" shares a pool of 100.00 EUR equally
    And the plan "AE Flat" pays 10% of bookings
    And every plan follows these conventions:
      | convention       | reading  |
      | balance.negative | paid out |
    And the plan "AE Flat" follows these conventions:
      | convention   | reading |
      | returns.earn | signed  |
    And these plan assignments:
      | payee    | plan      | from       |
      | Ana Ruiz | Team Pool | 2026-01-01 |
      | Ben Katz | Team Pool | 2026-01-01 |
      | Ana Ruiz | AE Flat   | 2026-01-01 |
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | 900.00 EUR | 2026-02-10 |
    And these returns:
      | return | of  | amount     | date       |
      | R-1    | D-1 | 900.00 EUR | 2026-05-10 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 140.00 EUR because:
      | line    | amount    |
      | pool    | 50.00 EUR |
      | AE Flat | 90.00 EUR |
    And the payouts for 2026-Q2 are:
      | payee    | payout     |
      | Ana Ruiz | -40.00 EUR |
      | Ben Katz |  50.00 EUR |

  @id:CONT-02 @sev2
  Scenario Outline: Two sellers of one rank
    Given the plan "Winter Race" pays prizes by rank in bookings, and <ties>:
      | place | to | prize        |
      |     1 |    | 1,000.00 EUR |
      |     2 |  3 |   300.00 EUR |
    And "Ana Ruiz" is on plan "Winter Race" for FY2026
    And "Ben Katz" is on plan "Winter Race" for FY2026
    And "Eva Lind" is on plan "Winter Race" for FY2026
    And "Kim Park" is on plan "Winter Race" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 5,000.00 EUR | 2026-01-10 |
      | D-2  | Ben Katz | 5,000.00 EUR | 2026-02-10 |
      | D-3  | Eva Lind | 1,000.00 EUR | 2026-03-10 |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee    | payout     |
      | Ana Ruiz | <first>    |
      | Ben Katz | <first>    |
      | Eva Lind | 300.00 EUR |
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line   | amount  |
      | rank 1 | <first> |

    Examples:
      | case   | ties                            | first        |
      | shared | equal ranks share the prizes    |   650.00 EUR |
      | each   | equal ranks each take the prize | 1,000.00 EUR |

  @id:SPIF-01 @sev2
  Scenario Outline: A sales incentive in its days, up to its limit
    Given the incentive "Spring Push" from 2026-03-01 to 2026-03-31:
      | product | pays      | per  | limit per payee |
      | Phone X | 20.00 EUR | unit |      400.00 EUR |
    And these payees:
      | payee      | role  |
      | Store Lyon | store |
    And these retail sales:
      | sale | retailer   | product | units   | date       |
      | S-1  | Store Lyon | Phone X | <units> | <date>     |
      | S-2  | Store Lyon | Phone Y |      50 | 2026-03-10 |
    When commissions are calculated for 2026-H1
    Then total payouts for 2026-H1 are <payout>
    And the units by period are:
      | period  | payee      | amount |
      | 2026-H1 | Store Lyon | <sold> |

    Examples:
      | case              | units | date       | sold | payout     |
      | the day before    |     5 | 2026-02-28 |   55 |   0.00 EUR |
      | the first day     |     5 | 2026-03-01 |   55 | 100.00 EUR |
      | the last day      |     5 | 2026-03-31 |   55 | 100.00 EUR |
      | the day after     |     5 | 2026-04-01 |   55 |   0.00 EUR |
      | just below limit  |    19 | 2026-03-10 |   69 | 380.00 EUR |
      | exactly the limit |    20 | 2026-03-10 |   70 | 400.00 EUR |
      | above the limit   |    21 | 2026-03-10 |   71 | 400.00 EUR |
