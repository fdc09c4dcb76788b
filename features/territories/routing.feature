@req:TERR-01
Feature: Every account has one owner, and deals follow the owner

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And these territories:
      | territory | owner     |
      | Strategic | Sam Okoro |
      | North     | Ana Ruiz  |
      | South     | Ben Katz  |
    And accounts are routed to territories by:
      | priority | field   | is         | territory |
      |        1 | segment | strategic  | Strategic |
      |        2 | country | SE, NO, DK | North     |
      |        3 | country | ES, IT     | South     |
    And these accounts:
      | account  | country | segment   |
      | Fjord AS | NO      | mid       |
      | Iberica  | ES      | strategic |
      | Roma Spa | IT      | small     |
      | Alpen AG | CH      | mid       |

  @id:TERR-01 @sev2
  Scenario: The first matching rule wins and unmatched accounts are visible
    When territories are assigned as of 2026-01-01
    Then the territories of these accounts are:
      | account  | territory | owner     | why             |
      | Fjord AS | North     | Ana Ruiz  | rule 2          |
      | Iberica  | Strategic | Sam Okoro | rule 1          |
      | Roma Spa | South     | Ben Katz  | rule 3          |
      | Alpen AG | none      |           | no rule matches |

  @id:TERR-02 @sev1
  Scenario: Deals follow the owner on the day they close
    Given the plan "AE Flat" pays 10% of bookings
    And these plan assignments:
      | payee    | plan    | from       |
      | Ana Ruiz | AE Flat | 2026-01-01 |
      | Ben Katz | AE Flat | 2026-01-01 |
    And account "Fjord AS" moves to territory "South" on 2026-02-15
    And these deals:
      | deal | owner           | account  | amount        | closed     |
      | D-1  | territory owner | Fjord AS | 10,000.00 EUR | 2026-02-14 |
      | D-2  | territory owner | Fjord AS | 20,000.00 EUR | 2026-02-15 |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee    | payout       |
      | Ana Ruiz | 1,000.00 EUR |
      | Ben Katz | 2,000.00 EUR |
    And the credit of deal "D-2" is:
      | payee    | credit        | why    |
      | Ben Katz | 20,000.00 EUR | direct |
