@req:CRED-20
Feature: Credit can wait, can stay with whoever sold before, and can find its payee by rule
  Owner: Sales Operations. Source: Crediting policy 2026, sections 5 to 7.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And "Ben Katz" is on plan "AE Flat" for FY2026

  @id:CRED-20 @sev1
  Scenario Outline: A held credit counts from the day on which it is released
    Given today is 2026-04-05
    And every plan follows these conventions:
      | convention      | reading         |
      | hold.attainment | not counted     |
      | hold.period     | original period |
    And these credit holds:
      | record | payee    | released on | reason          |
      | D-1    | Ana Ruiz | <released>  | contract review |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 30,000.00 EUR | 2026-02-03 |
      | D-2  | Ana Ruiz |  5,000.00 EUR | 2026-02-04 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line | base         | rate | amount     |
      | D-2  | 5,000.00 EUR |  10% | 500.00 EUR |

    Examples:
      | case                   | released   | payout       |
      | the day before the run | 2026-04-04 | 3,500.00 EUR |
      | on the day of the run  | 2026-04-05 | 3,500.00 EUR |
      | the day after the run  | 2026-04-06 |   500.00 EUR |

  @id:CRED-21 @sev1
  Scenario Outline: Whoever handed an account over keeps its deals for a while
    Given these holdovers:
      | payee    | account | until      | share   |
      | Ana Ruiz | Fjord   | 2026-03-15 | <share> |
    And these deals:
      | deal | owner    | account | amount        | closed     |
      | D-1  | Ben Katz | Fjord   | 20,000.00 EUR | <closed>   |
      | D-2  | Ben Katz | Alpen   |  1,000.00 EUR | 2026-03-01 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <ana>
    And the payout of "Ben Katz" for 2026-Q1 is <ben>
    And the statement of "Ben Katz" for 2026-Q1 includes:
      | line | base         | rate | amount     |
      | D-2  | 1,000.00 EUR |  10% | 100.00 EUR |

    Examples:
      | case                         | share | closed     | ana          | ben          |
      | the day before the last      |  100% | 2026-03-14 | 2,000.00 EUR |   100.00 EUR |
      | the last day                 |  100% | 2026-03-15 | 2,000.00 EUR |   100.00 EUR |
      | the day after                |  100% | 2026-03-16 |     0.00 EUR | 2,100.00 EUR |
      | the last day, three quarters |   75% | 2026-03-15 | 1,500.00 EUR |   600.00 EUR |

  @id:CRED-22 @sev2
  Scenario: Every member of a group is credited with the whole deal, from the first to the last day
    Given these groups:
      | group    | payee    | from       | to         |
      | Bid Team | Ana Ruiz |            | 2026-02-15 |
      | Bid Team | Ben Katz | 2026-02-15 |            |
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Bid Team | 1,000.00 EUR | 2026-02-14 |
      | D-2  | Bid Team | 2,000.00 EUR | 2026-02-15 |
      | D-3  | Bid Team | 4,000.00 EUR | 2026-02-16 |
    When commissions are calculated for 2026-Q1
    Then the credit of deal "D-2" is:
      | payee    | credit       |
      | Ana Ruiz | 2,000.00 EUR |
      | Ben Katz | 2,000.00 EUR |
    And the payouts for 2026-Q1 are:
      | payee    | payout     |
      | Ana Ruiz | 300.00 EUR |
      | Ben Katz | 600.00 EUR |

  @id:CRED-23 @sev2
  Scenario: Deals without an owner find their payee by country and segment
    Given every plan follows these conventions:
      | convention         | reading       |
      | match.precedence   | most specific |
      | credit.preassigned | owner only    |
    And these matching rules:
      | rule           | payee    | priority | country | segment |
      | Germany        | Ana Ruiz |        1 | DE, AT  |         |
      | Germany, large | Ben Katz |        2 | DE      | large   |
    And these accounts:
      | account | country | segment |
      | Kleine  | DE      | small   |
      | Werke   | DE      | large   |
      | Alpen   | AT      | large   |
    And these deals:
      | deal | owner    | account | amount       | closed     |
      | D-1  | by rule  | Kleine  | 1,000.00 EUR | 2026-02-14 |
      | D-2  | by rule  | Werke   | 2,000.00 EUR | 2026-02-15 |
      | D-3  | by rule  | Alpen   | 4,000.00 EUR | 2026-02-16 |
      | D-4  | Ana Ruiz | Werke   | 8,000.00 EUR | 2026-02-17 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 1,300.00 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 1,000.00 EUR |  10% | 100.00 EUR |
      | D-3  | 4,000.00 EUR |  10% | 400.00 EUR |
      | D-4  | 8,000.00 EUR |  10% | 800.00 EUR |
    And the payout of "Ben Katz" for 2026-Q1 is 200.00 EUR

  @id:CRED-24 @sev1
  Scenario Outline: A shared deal is divided before, or after, its rate is found
    Divided afterwards, the whole deal finds the rate and each has half of the commission.

    Given the plan "Big Deals" reads:
      """
      currency: EUR
      conventions: {profile: step language, split.when: <when>}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn:
            - brackets:
                tiers:
                  - {from: 0.00 EUR, to: "50,000.00 EUR", rate: 4%}
                  - {from: "50,000.00 EUR", rate: 6%}
      """
    And "Eva Lind" is on plan "Big Deals" for FY2026
    And these deals:
      | deal | owner    | amount   | closed     |
      | D-1  | Eva Lind | <amount> | 2026-02-14 |
    And the credit of deal "D-1" is split:
      | payee    | share |
      | Eva Lind |   50% |
      | Ben Katz |   50% |
    When commissions are calculated for 2026-Q1
    Then the payout of "Eva Lind" for 2026-Q1 is <eva> because:
      | line | base   | rate   | share   | amount |
      | D-1  | <base> | <rate> | <share> | <eva>  |

    Examples:
      | case                | when        | amount         | base          | rate | share | eva          |
      | before, share below | before rate |  99,998.00 EUR | 49,999.00 EUR |   4% |  100% | 1,999.96 EUR |
      | before, share on it | before rate | 100,000.00 EUR | 50,000.00 EUR |   6% |  100% | 3,000.00 EUR |
      | before, share above | before rate | 100,002.00 EUR | 50,001.00 EUR |   6% |  100% | 3,000.06 EUR |
      | after, deal below   | after rate  |  49,999.00 EUR | 49,999.00 EUR |   4% |   50% |   999.98 EUR |
      | after, deal on it   | after rate  |  50,000.00 EUR | 50,000.00 EUR |   6% |   50% | 1,500.00 EUR |
      | after, deal above   | after rate  |  50,002.00 EUR | 50,002.00 EUR |   6% |   50% | 1,500.06 EUR |

  @id:CRED-25 @sev2
  Scenario: Thirds of a deal are rounded, and the last payee takes the cent
    Given "Eva Lind" is on plan "AE Flat" for FY2026
    And amounts are rounded half up per credit to 2 decimals
    And amounts are rounded half up per line to 2 decimals
    And every plan follows these conventions:
      | convention    | reading |
      | split.residue | last    |
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | 100.00 EUR | 2026-02-14 |
    And these credit splits:
      | deal | payee    | share   |
      | D-1  | Ana Ruiz | 33.333% |
      | D-1  | Ben Katz | 33.333% |
      | D-1  | Eva Lind | 33.334% |
    When commissions are calculated for 2026-Q1
    Then the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line | base      | rate | amount   |
      | D-1  | 33.33 EUR |  10% | 3.33 EUR |
    And the statement of "Eva Lind" for 2026-Q1 includes:
      | line | base      | rate | amount   |
      | D-1  | 33.34 EUR |  10% | 3.33 EUR |
