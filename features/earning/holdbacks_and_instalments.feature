@req:EARN-12
Feature: Commission is earned at once and paid in parts
  Holdbacks, instalments and milestones move pay, never what is earned.
  Owner: Finance. Source: Commission payment policy 2026, section 4.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods

  @id:HOLD-01 @sev1
  Scenario Outline: A fifth is held back for sixty days
    Given the plan "Holdback" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [{reserve: {withheld: 20%, after days: 60}}]
      """
    And "Ana Ruiz" is on plan "Holdback" for FY2026
    And these deals:
      | deal | owner    | amount        | closed   |
      | D-1  | Ana Ruiz | 10,000.00 EUR | <closed> |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-01 is 800.00 EUR because:
      | line | amount     |
      | D-1  | 800.00 EUR |
    And the payout of "Ana Ruiz" for <released> is 200.00 EUR because:
      | line | amount     |
      | D-1  | 200.00 EUR |
    And the commission held for "Ana Ruiz" after 2026-03 is <held>

    Examples:
      | case                      | closed     | released | held       |
      | due the day before        | 2026-01-29 | 2026-03  |   0.00 EUR |
      | due on the last of March  | 2026-01-30 | 2026-03  |   0.00 EUR |
      | due on the first of April | 2026-01-31 | 2026-04  | 200.00 EUR |

  @id:HOLD-02 @sev2
  Scenario: Three instalments of 100.00 total 100.00, and the last takes the cent
    Given the plan "In Thirds" reads:
      """
      currency: EUR
      conventions:
        profile: step language
        rounding: [{at: line, mode: half up, decimals: 2}]
        portion.residue: last
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 1%}}]
          pay: [{instalments: {number: 3, every: month}}]
      """
    And "Ana Ruiz" is on plan "In Thirds" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-01-31 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 33.33 EUR because:
      | line | amount    |
      | D-1  | 33.33 EUR |
    And the payout of "Ana Ruiz" for 2026-02 is 33.33 EUR
    And the payout of "Ana Ruiz" for 2026-03 is 33.34 EUR
    And the payout of "Ana Ruiz" for 2026-Q1 is 100.00 EUR

  @id:HOLD-03 @sev1
  Scenario: Parts of the commission wait for the go-live and for the first payment
    Given the plan "Delivery" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay:
            - milestones:
                parts:
                  - {share: 40%, when: booking}
                  - {share: 35%, when: milestone, named: go-live}
                  - {share: 25%, when: first payment}
      """
    And "Ana Ruiz" is on plan "Delivery" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz |  2,000.00 EUR | 2026-01-21 |
    And these milestones:
      | deal | milestone | date       |
      | D-1  | kick-off  | 2026-02-01 |
      | D-1  | go-live   | 2026-03-31 |
    And these invoices:
      | invoice | deal | amount        | date       |
      | I-1     | D-1  | 10,000.00 EUR | 2026-02-01 |
    And these payments:
      | payment | invoice | amount     | date       |
      | P-1     | I-1     | 100.00 EUR | 2026-04-01 |
      | P-2     | I-1     | 900.00 EUR | 2026-05-01 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-01 is 480.00 EUR because:
      | line | amount     |
      | D-1  | 400.00 EUR |
      | D-2  |  80.00 EUR |
    And the payout of "Ana Ruiz" for 2026-03 is 350.00 EUR
    And the payout of "Ana Ruiz" for 2026-04 is 250.00 EUR

  @id:HOLD-04 @sev1 @req:EARN-07
  Scenario Outline: Of a cancelled year, the months that weren't served are taken back
    Given the plan "Served" reads:
      """
      currency: EUR
      conventions:
        profile: step language
        clawback.lapse: <reading>
        months.count: calendar months
        clawback.of: what was paid
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [{clawback: {unserved: months}}]
      """
    And "Ana Ruiz" is on plan "Served" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     | term months |
      | D-1  | Ana Ruiz | 12,000.00 EUR | 2026-01-01 |          12 |
      | D-2  | Ana Ruiz | 20,000.00 EUR | 2026-04-20 |             |
    And these cancellations:
      | deal | date        |
      | D-1  | <cancelled> |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-01 is 1,200.00 EUR
    And the payout of "Ana Ruiz" for 2026-04 is <april>
    And the statement of "Ana Ruiz" for <month> includes:
      | line | amount     |
      | D-1  | <clawback> |

    Examples:
      | case                        | reading    | cancelled  | month   | clawback    | april        |
      | in April, its month is kept | earned     | 2026-04-15 | 2026-04 | -800.00 EUR | 1,200.00 EUR |
      | in April, its month is lost | not earned | 2026-04-15 | 2026-04 | -900.00 EUR | 1,100.00 EUR |
      | the last day of March       | earned     | 2026-03-31 | 2026-03 | -900.00 EUR | 1,100.00 EUR |
      | the first day of April      | earned     | 2026-04-01 | 2026-04 | -800.00 EUR | 1,200.00 EUR |

  @id:HOLD-05 @sev1
  Scenario Outline: Monthly advances are settled with what the quarter really earned
    Given the plan "Advance" reads:
      """
      currency: EUR
      conventions: {profile: step language, trueup.minus: earned, trueup.negative: recovered}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [{advance and true up: {settled at end of: quarter}}]
      """
    And "Ana Ruiz" is on plan "Advance" for FY2026
    And these advances:
      | payee    | period  | amount     |
      | Ana Ruiz | 2026-01 | 500.00 EUR |
      | Ana Ruiz | 2026-02 | 500.00 EUR |
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-1  | Ana Ruiz | <bookings> | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 500.00 EUR because:
      | line    | amount     |
      | advance | 500.00 EUR |
    And the payout of "Ana Ruiz" for 2026-03 is <march>
    And the balance of "Ana Ruiz" after 2026-03 is <balance>

    Examples:
      | case                   | bookings      | march    | balance     |
      | less than was advanced |  9,990.00 EUR | 0.00 EUR |   -1.00 EUR |
      | just what was advanced | 10,000.00 EUR | 0.00 EUR |    0.00 EUR |
      | more than was advanced | 10,010.00 EUR | 1.00 EUR |    0.00 EUR |
      | much less              |  8,000.00 EUR | 0.00 EUR | -200.00 EUR |

  @id:HOLD-06 @sev1
  Scenario Outline: A very large deal waits for a decision
    Given the plan "Reviewed" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [{windfall review: {deal above: "200,000.00 EUR"}}]
      """
    And "Ana Ruiz" is on plan "Reviewed" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | <bookings>    | 2026-01-20 |
      | D-2  | Ana Ruiz | 10,000.00 EUR | 2026-01-21 |
    And these deal caps:
      | deal | date       | amount        | reason          |
      | D-1  | 2026-03-31 | 15,000.00 EUR | board, windfall |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is <january>
    And the statement of "Ana Ruiz" for 2026-01 includes:
      | line | base          | rate | amount       |
      | D-2  | 10,000.00 EUR |  10% | 1,000.00 EUR |
    And the commission held for "Ana Ruiz" after 2026-02 is <held>
    And the payout of "Ana Ruiz" for 2026-03 is <march>

    Examples:
      | case          | bookings       | january       | held          | march         |
      | just below    | 199,999.00 EUR | 20,999.90 EUR |      0.00 EUR |      0.00 EUR |
      | exactly on it | 200,000.00 EUR | 21,000.00 EUR |      0.00 EUR |      0.00 EUR |
      | just above    | 200,001.00 EUR |  1,000.00 EUR | 20,000.10 EUR | 15,000.00 EUR |
