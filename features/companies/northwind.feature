@req:COMP-01
Feature: A whole company as the start of a scenario
  The people, quotas, plans and calendar of Northwind are kept in a folder; a scenario states only what happens.

  @id:NW-01 @sev1
  Scenario: A shared deal pays the seller, the overlay and the manager
    Given the company "Northwind 2026"
    And these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 110,000.00 EUR | 2026-01-20 |
      | D-2  | Ben Katz |  40,000.00 EUR | 2026-02-11 |
    And the credit of deal "D-2" is split:
      | payee    | share |
      | Ana Ruiz |   25% |
      | Ben Katz |   75% |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-Q1 are:
      | payee     | payout        |
      | Ana Ruiz  | 10,400.00 EUR |
      | Ben Katz  |  2,400.00 EUR |
      | Sam Okoro |    750.00 EUR |
      | Mia Stone |  1,500.00 EUR |
    And the quota of "Ben Katz" for 2026-Q1 is 80,000.00 EUR
    And the attainment of "Ana Ruiz" for 2026-Q1 is 120%

  @id:NW-02 @sev1
  Scenario: What becomes known after the close isn't in the closed quarter
    Given the company "Northwind 2026"
    And these deals:
      | deal | owner    | amount        | closed     | known      |
      | D-1  | Ana Ruiz | 50,000.00 EUR | 2026-01-20 | 2026-01-20 |
      | D-2  | Ana Ruiz | 10,000.00 EUR | 2026-03-31 | 2026-04-05 |
      | D-3  | Ana Ruiz | 20,000.00 EUR | 2026-03-30 | 2026-04-06 |
    When 2026-Q1 is closed
    Then the payout of "Ana Ruiz" for 2026-Q1 is 4,800.00 EUR because:
      | line       | base          | rate | amount       |
      | up to 100% | 60,000.00 EUR |   8% | 4,800.00 EUR |

  @id:NW-03 @sev2
  Scenario: Why nothing is paid on a deal
    Given the company "Northwind 2026"
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 50,000.00 EUR | 2025-12-31 |
      | D-2  | Ana Ruiz | 10,000.00 EUR | 2026-01-02 |
    When commissions are calculated for 2026-Q1
    Then no commission is paid on deal "D-1" because "closed before the plan started"
    And the explanation of "Ana Ruiz" for 2026-Q1 reads:
      """
      D-2, up to 100% 800.00 EUR
      ...
      """
    And the bookings by period are:
      | period  | payee    | amount        |
      | 2026-01 |          | 10,000.00 EUR |
      | 2026-01 | Ana Ruiz | 10,000.00 EUR |
      | 2026-02 | Ben Katz |      0.00 EUR |

  @id:NW-04 @sev2
  Scenario: A made company holds every edge case of its recipe
    Given the company "Northwind Traders" with 60 deals of the recipe "late cash", seed 7
    When commissions are calculated for 2026-Q1
    Then total payouts for 2026-Q1 are 11,223.03 EUR
    And the payout of "E-0006" for 2026-Q1 is 573.18 EUR because:
      | line              | base         | rate   | amount     |
      | D-000017, booking | 4,300.00 EUR | 3.625% | 155.88 EUR |
      | D-000018, booking | 2,791.00 EUR | 3.625% | 101.17 EUR |
      | D-000021, booking | 4,855.00 EUR | 3.625% | 175.99 EUR |
      | payment P-000023  | 1,075.00 EUR | 3.625% |  38.97 EUR |
      | payment P-000027  | 2,791.00 EUR | 3.625% | 101.17 EUR |
