@req:COMP-10
Feature: A mid-market company: sixteen people on four plans
  Hunters are paid by slices of their quota, farmers on renewals up to a cap, consultants on a quarter of the deals
  of their team, managers on everything below them. The expected figures were worked out from the CSV files without
  the engine (harness/tests/independent_companies.py).
  Owner: Sales Operations. Source: Harbor Tools, sales compensation 2026.

  Background:
    Given the company "Harbor Tools 2026"
    And the deals in "examples/harbor_tools_h1/deals.csv"
    And the returns in "examples/harbor_tools_h1/returns.csv"
    And the credit splits in "examples/harbor_tools_h1/credit_splits.csv"

  @id:HT-01 @sev1
  Scenario: Everybody's pay and the control total of the first quarter
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee     | payout        |
      | Ana Ruiz  | 11,519.62 EUR |
      | Ben Katz  |  7,940.14 EUR |
      | Cho Park  |  7,601.20 EUR |
      | Dan Wolf  | 10,890.50 EUR |
      | Eva Lind  | 13,513.33 EUR |
      | Finn Berg | 10,325.85 EUR |
      | Gia Moro  | 11,300.96 EUR |
      | Hal Dunn  | 11,920.88 EUR |
      | Ivo Janic |  4,349.49 EUR |
      | Jan Vos   |  5,500.00 EUR |
      | Kim Park  |  4,977.93 EUR |
      | Lea Frank |  2,204.22 EUR |
      | Max Weber |  2,575.60 EUR |
      | Mia Stone |  7,517.58 EUR |
      | Noa Levi  |  6,986.99 EUR |
    And total payouts for 2026-Q1 are 119,124.29 EUR
    And the credit of deal "H-116" is:
      | payee     | credit        | why     |
      | Dan Wolf  | 18,047.24 EUR | direct  |
      | Lea Frank |  4,511.81 EUR | overlay |
      | Mia Stone | 18,047.24 EUR | roll-up |

  @id:HT-02 @sev1
  Scenario: The second quarter, after somebody has left
    When commissions are calculated for 2026-H1
    Then the payouts for 2026-Q2 are:
      | payee     | payout        |
      | Ana Ruiz  | 13,567.47 EUR |
      | Ben Katz  |  6,700.27 EUR |
      | Cho Park  |  5,346.21 EUR |
      | Dan Wolf  |  8,318.94 EUR |
      | Eva Lind  |  7,160.81 EUR |
      | Finn Berg |  7,844.67 EUR |
      | Gia Moro  |  7,378.32 EUR |
      | Ivo Janic |  5,116.53 EUR |
      | Jan Vos   |  4,055.02 EUR |
      | Kim Park  |  3,776.01 EUR |
      | Lea Frank |  2,117.38 EUR |
      | Max Weber |  1,513.54 EUR |
      | Mia Stone |  7,198.94 EUR |
      | Noa Levi  |  4,378.76 EUR |
    And total payouts for 2026-Q2 are 84,472.87 EUR
    And the credit of deal "H-154" is:
      | payee     | credit        | why     |
      | Ana Ruiz  | 31,014.92 EUR | direct  |
      | Lea Frank |  7,753.73 EUR | overlay |
      | Mia Stone | 31,014.92 EUR | roll-up |

  @id:HT-03 @sev2
  Scenario: Joiner and leaver have a quota for 59 of the 90 days
    When commissions are calculated for 2026-Q1
    Then the quota of "Dan Wolf" for 2026-Q1 is 59,000.00 EUR
    And the quota of "Hal Dunn" for 2026-Q1 is 64,900.00 EUR
    And the quota of "Ana Ruiz" for 2026-Q1 is 90,000.00 EUR
