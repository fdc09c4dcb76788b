@req:EARN-10 @req:EARN-11
Feature: Renewals, amended deals and adjustments by hand

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:EARN-10 @sev2
  Scenario: New business and renewals are different measures
    Given these measures:
      | measure      | of       | where            |
      | new business | bookings | type is blank    |
      | renewed      | bookings | type = "renewal" |
    And the plan "Hunter" pays 10% of new business
    And the plan "Farmer" pays 2% of renewed
    And these plan assignments:
      | payee    | plan   | from       |
      | Ana Ruiz | Hunter | 2026-01-01 |
      | Ana Ruiz | Farmer | 2026-01-01 |
    And these deals:
      | deal | owner    | amount       | closed     | type |
      | D-1  | Ana Ruiz | 1,000.00 EUR | 2026-01-20 |      |
    And these renewals:
      | renewal | of  | owner    | amount       | date       |
      | N-1     | D-0 | Ana Ruiz | 5,000.00 EUR | 2026-02-01 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 200.00 EUR because:
      | line   | base         | rate | amount     |
      | Hunter | 1,000.00 EUR |  10% | 100.00 EUR |
      | Farmer | 5,000.00 EUR |   2% | 100.00 EUR |

  @id:EARN-11 @sev1
  Scenario Outline: An amended deal counts from the day of the amendment
    Given the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And "Ben Katz" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 5,000.00 EUR | 2026-01-20 |
    And deal "D-1" is amended on 2026-04-02:
      | field   | before   | after   |
      | <field> | <before> | <after> |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 500.00 EUR
    And the statement of "Ana Ruiz" for 2026-Q2 includes:
      | line                   | amount |
      | D-1 amended 2026-04-02 | <ana>  |
    And the payout of "Ben Katz" for 2026-Q2 is <ben>

    Examples:
      | case      | field  | before       | after        | ana         | ben        |
      | less      | amount | 5,000.00 EUR | 4,500.00 EUR |  -50.00 EUR |   0.00 EUR |
      | more      | amount | 5,000.00 EUR | 5,200.00 EUR |   20.00 EUR |   0.00 EUR |
      | new owner | owner  | Ana Ruiz     | Ben Katz     | -500.00 EUR | 500.00 EUR |

  @id:EARN-12 @sev2
  Scenario: An amount entered by hand is paid beside the commission
    Given the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 5,000.00 EUR | 2026-01-20 |
    And these adjustments:
      | payee    | period  | amount     | reason          | approved by |
      | Ana Ruiz | 2026-Q1 | 250.00 EUR | goodwill, D-114 | Mia Stone   |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 750.00 EUR because:
      | line            | base         | rate | amount     |
      | D-1             | 5,000.00 EUR |  10% | 500.00 EUR |
      | goodwill, D-114 |              |      | 250.00 EUR |

  @id:EARN-13 @sev1
  Scenario: Half of the commission waits for the customer's payment
    Given the plan "On Cash" reads:
      """
      currency: EUR
      conventions: {profile: step language, portion.residue: last}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [release on cash]
      figures:
        - {figure: paid share, is: 'if(bookings = 0, 0, cash / bookings)'}
      """
    And "Ana Ruiz" is on plan "On Cash" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 5,000.00 EUR | 2026-01-20 |
    And these invoices:
      | invoice | deal | amount       | date       |
      | I-1     | D-1  | 5,000.00 EUR | 2026-01-31 |
    And these payments:
      | payment | invoice | amount       | date       |
      | P-1     | I-1     | 2,000.00 EUR | 2026-03-01 |
      | P-2     | I-1     | 3,000.00 EUR | 2026-04-01 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 200.00 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 2,000.00 EUR |  10% | 200.00 EUR |
    And the commission held for "Ana Ruiz" after 2026-Q1 is 300.00 EUR
    And the commission held for "Ana Ruiz" after 2026-Q2 is 0.00 EUR
    And the figure "paid share" of "Ana Ruiz" for 2026-Q1 is 40%
