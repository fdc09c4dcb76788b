@req:CRED-01 @req:CRED-02
Feature: Credit is shared between the people who won the deal
  Direct credit always totals 100%. Overlay and manager credit comes on top and is never taken from the team.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And these payees:
      | payee     | role                | manager   |
      | Mia Stone | Regional Manager    |           |
      | Sam Okoro | Solution Consultant | Mia Stone |
      | Ana Ruiz  | Account Executive   | Mia Stone |
      | Ben Katz  | Account Executive   | Mia Stone |
    And the plan "AE Flat" pays 10% of bookings
    And the plan "SC Overlay" pays 2% of bookings
    And the plan "Manager" pays 1% of bookings
    And these plan assignments:
      | payee     | plan       | from       |
      | Ana Ruiz  | AE Flat    | 2026-01-01 |
      | Ben Katz  | AE Flat    | 2026-01-01 |
      | Sam Okoro | SC Overlay | 2026-01-01 |
      | Mia Stone | Manager    | 2026-01-01 |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 50,000.00 EUR | 2026-02-03 |

  @id:CRED-01 @sev1
  Scenario: A 60/40 split with an overlay and a manager roll-up
    Given the credit of deal "D-1" is split:
      | payee    | share |
      | Ana Ruiz |   60% |
      | Ben Katz |   40% |
    And these crediting rules:
      | role                | receives | of the credit of |
      | Solution Consultant |      25% | team             |
      | Regional Manager    |     100% | team             |
    When commissions are calculated for 2026-Q1
    Then the credit of deal "D-1" is:
      | payee     | credit        | why     |
      | Ana Ruiz  | 30,000.00 EUR | direct  |
      | Ben Katz  | 20,000.00 EUR | direct  |
      | Sam Okoro | 12,500.00 EUR | overlay |
      | Mia Stone | 50,000.00 EUR | roll-up |
    And the payouts for 2026-Q1 are:
      | payee     | payout       |
      | Ana Ruiz  | 3,000.00 EUR |
      | Ben Katz  | 2,000.00 EUR |
      | Sam Okoro |   250.00 EUR |
      | Mia Stone |   500.00 EUR |
    And total payouts for 2026-Q1 are 5,750.00 EUR

  @id:CRED-02 @sev1
  Scenario Outline: Direct credit that does not total 100% is refused
    Given the credit of deal "D-1" is split:
      | payee    | share |
      | Ana Ruiz | <ana> |
      | Ben Katz | <ben> |
    When commissions are calculated for 2026-Q1
    Then the calculation is refused because "<reason>"

    Examples:
      | case       | ana | ben | reason                                |
      | over 100%  | 60% | 50% | direct credit of deal D-1 totals 110% |
      | under 100% | 60% | 30% | direct credit of deal D-1 totals 90%  |

  @id:CRED-03 @sev2
  Scenario: Without a split the owner has all the credit, and a manager's own deal does not roll up
    Given these deals:
      | deal | owner     | amount        | closed     |
      | D-2  | Mia Stone | 10,000.00 EUR | 2026-03-05 |
    And these crediting rules:
      | role             | receives | of the credit of |
      | Regional Manager |     100% | team             |
    When commissions are calculated for 2026-Q1
    Then the credit of deal "D-2" is:
      | payee     | credit        | why    |
      | Mia Stone | 10,000.00 EUR | direct |
    And the payouts for 2026-Q1 are:
      | payee     | payout       |
      | Ana Ruiz  | 5,000.00 EUR |
      | Mia Stone |   600.00 EUR |
