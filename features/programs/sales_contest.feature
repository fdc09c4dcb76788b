@req:CONT-01
Feature: The best sellers of a quarter win prizes
  A contest is written as plan files have it, in a text block. Owner: Sales Operations.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "Winter Race" reads:
      """
      currency: EUR
      conventions: {profile: step language, contest.ties: prizes are shared}
      components:
        - component: prize
          earn:
            - contest:
                by: bookings
                minimum: "bookings >= 10,000.00 EUR"
                prizes:
                  - {place: 1, pays: "1,000.00 EUR"}
                  - {place: 2, pays: 500.00 EUR}
      """
    And "Ana Ruiz" is on plan "Winter Race" for FY2026
    And "Ben Katz" is on plan "Winter Race" for FY2026
    And "Eva Lind" is on plan "Winter Race" for FY2026

  @id:CONT-01 @sev2
  Scenario Outline: The second place around a tie, and the minimum for taking part
    Given these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 30,000.00 EUR | 2026-01-20 |
      | D-2  | Ben Katz | <ben>         | 2026-02-10 |
      | D-3  | Eva Lind | 20,000.00 EUR | 2026-03-05 |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee    | payout     |
      | Ana Ruiz | <first>    |
      | Ben Katz | <ben wins> |
      | Eva Lind | <eva wins> |
    And the statement of "Ana Ruiz" for 2026-Q1 shows:
      | line   | amount  |
      | rank 1 | <first> |

    Examples:
      | case                       | ben           | first        | ben wins   | eva wins   |
      | a cent below the second    | 19,999.99 EUR | 1,000.00 EUR |   0.00 EUR | 500.00 EUR |
      | equal: the prize is shared | 20,000.00 EUR | 1,000.00 EUR | 250.00 EUR | 250.00 EUR |
      | a cent above the third     | 20,000.01 EUR | 1,000.00 EUR | 500.00 EUR |   0.00 EUR |
      | below the minimum          |  9,999.99 EUR | 1,000.00 EUR |   0.00 EUR | 500.00 EUR |
