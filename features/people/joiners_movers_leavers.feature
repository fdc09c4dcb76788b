@req:PEOP-01 @req:PEOP-02
Feature: Joining, moving, leave and leaving change targets by calendar days
  The first quarter of 2026 has 90 days.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Target" pays the target incentive along this curve of bookings:
      | attainment | payout |
      |        50% |     0% |
      |       100% |   100% |
      |       150% |   200% |
    And the plan "AE Target" for FY2026:
      | setting   | value         |
      | proration | calendar days |
      | currency  | EUR           |
    And these plan assignments:
      | payee    | plan      | from       | quota         | target incentive | period  |
      | Ana Ruiz | AE Target | 2026-01-01 | 90,000.00 EUR |     9,000.00 EUR | quarter |

  @id:PEOP-01 @sev1
  Scenario: A joiner in February has a smaller quota and a smaller target
    Given "Ana Ruiz" joins on 2026-02-01
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 59,000.00 EUR | 2026-03-12 |
    When commissions are calculated for 2026-Q1
    Then the attainment of "Ana Ruiz" for 2026-Q1 is 100%
    And the quota of "Ana Ruiz" for 2026-Q1 is 59,000.00 EUR
    And the payout of "Ana Ruiz" for 2026-Q1 is 5,900.00 EUR because:
      | line   | base         | rate | amount       |
      | target | 5,900.00 EUR | 100% | 5,900.00 EUR |

  @id:PEOP-02 @sev2
  Scenario: Unpaid leave lowers both quota and target
    Given "Ana Ruiz" is on unpaid leave from 2026-02-01 to 2026-02-28
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 46,500.00 EUR | 2026-03-12 |
    When commissions are calculated for 2026-Q1
    Then the attainment of "Ana Ruiz" for 2026-Q1 is 75%
    And the quota of "Ana Ruiz" for 2026-Q1 is 62,000.00 EUR
    And the payout of "Ana Ruiz" for 2026-Q1 is 3,100.00 EUR because:
      | line   | base         | rate | amount       |
      | target | 6,200.00 EUR |  50% | 3,100.00 EUR |

  @id:PEOP-03 @sev1
  Scenario: A leaver reported late is corrected in the next open quarter
    Given the payout of "Ana Ruiz" for 2026-Q1 was 0.00 EUR
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 45,000.00 EUR | 2026-01-30 |
    And "Ana Ruiz" leaves on 2026-02-14
    When 2026-Q1 is recalculated
    Then the statement of "Ana Ruiz" for 2026-Q2 shows:
      | line                  | amount       |
      | correction of 2026-Q1 | 4,500.00 EUR |

  @id:PEOP-04 @sev1
  Scenario: A move inside the quarter pays each plan for its own days
    Given these payees:
      | payee    | role |
      | Kim Park | SDR  |
    And these employment events:
      | payee    | event | from       | value             |
      | Kim Park | move  | 2026-03-01 | Account Executive |
    And these plan assignments:
      | payee    | plan      | from       | to         | quota         | target incentive | period  |
      | Kim Park | SDR       | 2026-01-01 | 2026-02-28 | 90,000.00 EUR |     4,500.00 EUR | quarter |
      | Kim Park | AE Target | 2026-03-01 |            | 90,000.00 EUR |     9,000.00 EUR | quarter |
    And the plan "SDR" pays the target incentive along this curve of bookings:
      | attainment | payout |
      |         0% |     0% |
      |       100% |   100% |
    And the plan "SDR" for FY2026:
      | setting   | value         |
      | proration | calendar days |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Kim Park | 59,000.00 EUR | 2026-02-20 |
      | D-2  | Kim Park | 31,000.00 EUR | 2026-03-20 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Kim Park" for 2026-Q1 is 6,050.00 EUR because:
      | line      | amount       |
      | SDR       | 2,950.00 EUR |
      | AE Target | 3,100.00 EUR |

  @id:PEOP-05 @sev1
  Scenario Outline: The last day of employment counts
    Given "Ana Ruiz" leaves on <day>
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 45,000.00 EUR | 2026-01-30 |
    When commissions are calculated for 2026-Q1
    Then the attainment of "Ana Ruiz" for 2026-Q1 is <attainment>
    And the quota of "Ana Ruiz" for 2026-Q1 is <quota>

    Examples:
      | case                   | day        | attainment | quota         |
      | half of the quarter    | 2026-02-14 |       100% | 45,000.00 EUR |
      | five weeks and a day   | 2026-02-05 |       125% | 36,000.00 EUR |
      | the first day of March | 2026-03-01 |        75% | 60,000.00 EUR |
