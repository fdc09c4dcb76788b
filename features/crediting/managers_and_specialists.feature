@req:CRED-10
Feature: Managers and specialists are credited on top of the sellers
  Owner: Sales Operations. Source: Crediting policy 2026, sections 2 and 3.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:CRED-10 @sev1
  Scenario Outline: The manager changes inside the quarter
    Given these payees:
      | payee     | role    |
      | Mia Stone | Manager |
      | Max Weber | Manager |
      | Ana Ruiz  | Seller  |
    And these reporting lines:
      | payee    | manager   | from       | to         |
      | Ana Ruiz | Mia Stone |            | 2026-02-14 |
      | Ana Ruiz | Max Weber | 2026-02-15 |            |
    And these crediting rules:
      | role    | receives | of the credit of |
      | Manager |     100% | team             |
    And the plan "Override" pays 1% of bookings
    And the plan "Override" follows these conventions:
      | convention   | reading |
      | rollup.as_of | <as of> |
    And these plan assignments:
      | payee     | plan     | from       |
      | Mia Stone | Override | 2026-01-01 |
      | Max Weber | Override | 2026-01-01 |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-02-14 |
      | D-2  | Ana Ruiz | 20,000.00 EUR | 2026-02-15 |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee     | payout |
      | Mia Stone | <mia>  |
      | Max Weber | <max>  |
    And the credit of deal "D-1" is:
      | payee    | credit        | why     |
      | Ana Ruiz | 10,000.00 EUR | direct  |
      | <first>  | 10,000.00 EUR | roll-up |

    Examples:
      | case                      | as of            | first     | mia        | max        |
      | of the day of the deal    | transaction date | Mia Stone | 100.00 EUR | 200.00 EUR |
      | of the end of the quarter | period end       | Max Weber |   0.00 EUR | 300.00 EUR |

  @id:CRED-11 @sev1
  Scenario: Each level has its own share, and a return takes it back from all of them
    Given these payees:
      | payee     | role     | manager   |
      | Ida Falk  | Director |           |
      | Mia Stone | Manager  | Ida Falk  |
      | Ana Ruiz  | Seller   | Mia Stone |
    And these crediting rules:
      | role     | receives | of the credit of | level |
      | Manager  |     100% | team             |     1 |
      | Director |      40% | team             |     2 |
    And the plan "AE Flat" pays 10% of bookings
    And the plan "Override" pays 2% of bookings
    And these plan assignments:
      | payee     | plan     | from       |
      | Ana Ruiz  | AE Flat  | 2026-01-01 |
      | Mia Stone | Override | 2026-01-01 |
      | Ida Falk  | Override | 2026-01-01 |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 50,000.00 EUR | 2026-01-20 |
    And these returns:
      | return | of  | amount        | date       |
      | R-1    | D-1 | 10,000.00 EUR | 2026-03-01 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ida Falk" for 2026-Q1 is 320.00 EUR because:
      | line | base          | rate | amount     |
      | D-1  | 20,000.00 EUR |   2% | 400.00 EUR |
      | R-1  | -4,000.00 EUR |   2% | -80.00 EUR |
    And the payouts for 2026-Q1 are:
      | payee     | payout       |
      | Ana Ruiz  | 4,000.00 EUR |
      | Mia Stone |   800.00 EUR |
      | Ida Falk  |   320.00 EUR |

  @id:CRED-12 @sev2
  Scenario: A specialist is credited with the deals of one product only
    Given these payees:
      | payee     | role       | team  |
      | Ana Ruiz  | Seller     | North |
      | Ben Katz  | Seller     | South |
      | Sam Okoro | Specialist | Cloud |
    And these crediting rules:
      | role       | receives | of the credit of | as      | field   | is    |
      | Specialist |      50% | everyone         | overlay | product | Cloud |
    And the plan "Specialist" pays 3% of bookings
    And "Sam Okoro" is on plan "Specialist" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     | product |
      | D-1  | Ana Ruiz | 40,000.00 EUR | 2026-01-20 | Cloud   |
      | D-2  | Ben Katz | 20,000.00 EUR | 2026-02-20 | Cloud   |
      | D-3  | Ben Katz | 90,000.00 EUR | 2026-02-21 | Licence |
    When commissions are calculated for 2026-Q1
    Then the payout of "Sam Okoro" for 2026-Q1 is 900.00 EUR because:
      | line | base          | rate | amount     |
      | D-1  | 20,000.00 EUR |   3% | 600.00 EUR |
      | D-2  | 10,000.00 EUR |   3% | 300.00 EUR |
    And the credit of deal "D-3" is:
      | payee    | credit        | why    |
      | Ben Katz | 90,000.00 EUR | direct |

  @id:CRED-13 @sev2
  Scenario Outline: All overlay credit of a deal together stays below a maximum
    Given these payees:
      | payee     | role       | team  |
      | Ana Ruiz  | Seller     | North |
      | Sam Okoro | Specialist | North |
      | Tia Lund  | Specialist | North |
    And these crediting rules:
      | payee     | receives | of the credit of | as      |
      | Sam Okoro | <sam>    | team             | overlay |
      | Tia Lund  |      30% | team             | overlay |
    And these credit maximums:
      | of      | per    | percent |
      | overlay | record |     50% |
    And the plan "Specialist" pays 2% of bookings
    And the plan "Specialist" follows these conventions:
      | convention    | reading           |
      | maximum.order | all in proportion |
    And these plan assignments:
      | payee     | plan       | from       |
      | Sam Okoro | Specialist | 2026-01-01 |
      | Tia Lund  | Specialist | 2026-01-01 |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-02-03 |
    When commissions are calculated for 2026-Q1
    Then the credit of deal "D-1" is:
      | payee     | credit        | why     |
      | Ana Ruiz  | 10,000.00 EUR | direct  |
      | Sam Okoro | <sam credit>  | overlay |
      | Tia Lund  | <tia credit>  | overlay |
    And the payout of "Sam Okoro" for 2026-Q1 is <sam pays>

    Examples:
      | case          | sam | sam credit   | tia credit   | sam pays  |
      | below         | 10% | 1,000.00 EUR | 3,000.00 EUR | 20.00 EUR |
      | exactly on it | 20% | 2,000.00 EUR | 3,000.00 EUR | 40.00 EUR |
      | above         | 30% | 2,500.00 EUR | 2,500.00 EUR | 50.00 EUR |
