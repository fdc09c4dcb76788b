@req:DRAW-10
Feature: Draws that are recovered in parts, loans, guarantees and small amounts
  Owner: Payroll. Source: Draw policy 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026

  @id:DRAW-10 @sev1
  Scenario: Half of what is above the draw is taken back, at most 600.00 a month
    Given these draws:
      | payee    | kind        | amount       | per   | from    | to      | recovery share | recovery maximum |
      | Ana Ruiz | recoverable | 2,000.00 EUR | month | 2026-01 | 2026-04 |            50% |       600.00 EUR |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz |  5,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | 28,000.00 EUR | 2026-02-20 |
      | D-3  | Ana Ruiz | 40,000.00 EUR | 2026-03-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 2,000.00 EUR because:
      | line         | amount       |
      | commission   |   500.00 EUR |
      | draw advance | 1,500.00 EUR |
    And the payout of "Ana Ruiz" for 2026-02 is 2,400.00 EUR because:
      | line          | amount       |
      | commission    | 2,800.00 EUR |
      | draw recovery |  -400.00 EUR |
    And the payout of "Ana Ruiz" for 2026-03 is 3,400.00 EUR
    And the balance of "Ana Ruiz" after 2026-03 is -500.00 EUR

  @id:DRAW-11 @sev1
  Scenario Outline: Earnings just below, on and above the draw
    Given "Ana Ruiz" has a recoverable draw of 3,000.00 EUR per month from 2026-01 to 2026-02
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 20,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | <bookings>    | 2026-02-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-02 is <payout>
    And the statement of "Ana Ruiz" for 2026-02 includes:
      | line | base       | rate | amount   |
      | D-2  | <bookings> |  10% | <earned> |
    And the balance of "Ana Ruiz" after 2026-02 is <balance>

    Examples:
      | case                | bookings      | earned       | payout       | balance       |
      | just below the draw | 29,999.00 EUR | 2,999.90 EUR | 3,000.00 EUR | -1,000.10 EUR |
      | exactly the draw    | 30,000.00 EUR | 3,000.00 EUR | 3,000.00 EUR | -1,000.00 EUR |
      | just above the draw | 30,001.00 EUR | 3,000.10 EUR | 3,000.00 EUR |   -999.90 EUR |
      | all is paid back    | 40,000.00 EUR | 4,000.00 EUR | 3,000.00 EUR |      0.00 EUR |
      | a cent is left over | 40,000.10 EUR | 4,000.01 EUR | 3,000.01 EUR |      0.00 EUR |

  @id:DRAW-12 @sev1
  Scenario Outline: What a leaver still owes
    Given "Ana Ruiz" has a recoverable draw of 3,000.00 EUR per month from 2026-01 to 2026-06
    And "Ana Ruiz" leaves on 2026-02-28
    And every plan follows these conventions:
      | convention                | reading   |
      | balance.leaver            | <reading> |
      | draw.partial_period       | whole     |
      | credit.outside_employment | counts    |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | 35,000.00 EUR | 2026-02-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 3,000.00 EUR because:
      | line         | amount       |
      | commission   | 1,000.00 EUR |
      | draw advance | 2,000.00 EUR |
    And the payout of "Ana Ruiz" for 2026-02 is <february>
    And the balance of "Ana Ruiz" after 2026-02 is <balance>

    Examples:
      | case                    | reading                 | february     | balance       |
      | stays open              | stays open              | 3,000.00 EUR | -1,500.00 EUR |
      | taken from the last pay | taken from the last pay | 1,500.00 EUR |      0.00 EUR |
      | forgiven                | forgiven                | 3,000.00 EUR |      0.00 EUR |

  @id:DRAW-13 @sev2
  Scenario: A draw that is forgiven after half a year
    Given these draws:
      | payee    | kind        | amount       | per   | from    | to      | forgiven after | forgiven share |
      | Ana Ruiz | recoverable | 1,000.00 EUR | month | 2026-01 | 2026-02 | 2026-03        |            50% |
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 2,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | 4,000.00 EUR | 2026-02-20 |
      | D-3  | Ana Ruiz | 2,000.00 EUR | 2026-03-20 |
      | D-4  | Ana Ruiz | 9,000.00 EUR | 2026-04-20 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-01 is 1,000.00 EUR because:
      | line         | amount     |
      | commission   | 200.00 EUR |
      | draw advance | 800.00 EUR |
    And the payout of "Ana Ruiz" for 2026-03 is 0.00 EUR
    And the balance of "Ana Ruiz" after 2026-03 is -600.00 EUR
    And the payout of "Ana Ruiz" for 2026-04 is 300.00 EUR

  @id:GUAR-01 @sev2
  Scenario Outline: A guarantee for the quarter is made up at its end
    Given the plan "AE Flat" limits payouts:
      | limit     | amount       | per     |
      | guarantee | 3,000.00 EUR | quarter |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 12,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | <march>       | 2026-03-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 1,200.00 EUR
    And the payout of "Ana Ruiz" for 2026-03 is <payout>
    And the statement of "Ana Ruiz" for 2026-03 includes:
      | line | base    | rate | amount   |
      | D-2  | <march> |  10% | <earned> |

    Examples:
      | case          | march         | earned       | payout       |
      | just below    | 17,999.00 EUR | 1,799.90 EUR | 1,800.00 EUR |
      | exactly on it | 18,000.00 EUR | 1,800.00 EUR | 1,800.00 EUR |
      | just above    | 18,001.00 EUR | 1,800.10 EUR | 1,800.10 EUR |
      | far below     |  1,000.00 EUR |   100.00 EUR | 1,800.00 EUR |

  @id:CARRY-01 @sev2
  Scenario Outline: An amount under the smallest payout waits for the next month
    Given the plan "Affiliate" reads:
      """
      currency: EUR
      conventions: {profile: step language, carry.bound: paid}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      settle:
        - carry over: {under: 50.00 EUR}
      """
    And "Ben Katz" is on plan "Affiliate" for FY2026
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ben Katz | <january>  | 2026-01-20 |
      | D-2  | Ben Katz | 100.00 EUR | 2026-02-20 |
      | D-3  | Ben Katz | 500.00 EUR | 2026-03-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ben Katz" for 2026-01 is <paid>
    And the balance of "Ben Katz" after 2026-01 is <waits>
    And the payout of "Ben Katz" for 2026-Q1 is <total>
    And the statement of "Ben Katz" for 2026-03 includes:
      | line | base       | rate | amount    |
      | D-3  | 500.00 EUR |  10% | 50.00 EUR |

    Examples:
      | case          | january    | paid      | waits     | total      |
      | just below    | 499.90 EUR |  0.00 EUR | 49.99 EUR | 109.99 EUR |
      | exactly on it | 500.00 EUR | 50.00 EUR |  0.00 EUR | 110.00 EUR |
      | just above    | 500.10 EUR | 50.01 EUR |  0.00 EUR | 110.01 EUR |
