@req:REL-01
Feature: A new release changes only what the change request asked for

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Growth" pays by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   8% |
      | 100% | 120% |  12% |
      | 120% |      |  15% |
    And "Ana Ruiz" is on plan "AE Growth" for FY2026
    And "Ben Katz" is on plan "AE Growth" for FY2026
    And these quotas:
      | payee    | period  | quota          |
      | Ana Ruiz | 2026-Q1 | 100,000.00 EUR |
      | Ana Ruiz | 2026-Q2 | 100,000.00 EUR |
      | Ben Katz | 2026-Q1 | 100,000.00 EUR |
      | Ben Katz | 2026-Q2 | 100,000.00 EUR |
    And these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 150,000.00 EUR | 2026-03-31 |
      | D-2  | Ana Ruiz | 150,000.00 EUR | 2026-04-01 |
      | D-3  | Ben Katz | 120,000.00 EUR | 2026-04-01 |

  @id:REL-02 @sev1
  Scenario: Only the payout above 120% changes
    Given the plan "AE Growth" changes on 2026-04-01:
      | setting         | before | after |
      | rate above 120% |    15% |   16% |
    When release "2026.4" is compared with release "2026.5" for 2026-Q2
    Then only these payouts change:
      | payee    | before        | after         | reason                 |
      | Ana Ruiz | 14,900.00 EUR | 15,200.00 EUR | rate above 120% is 16% |

  @id:REL-03 @sev1
  Scenario: The quarter before the change is paid as it was
    Given the plan "AE Growth" changes on 2026-04-01:
      | setting              | before | after |
      | rate above 120%      |    15% |   16% |
      | rate from 0% to 100% |     8% |    9% |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 14,900.00 EUR because:
      | line         | base           | rate | amount       |
      | up to 100%   | 100,000.00 EUR |   8% | 8,000.00 EUR |
      | 100% to 120% |  20,000.00 EUR |  12% | 2,400.00 EUR |
      | above 120%   |  30,000.00 EUR |  15% | 4,500.00 EUR |
    And the payout of "Ana Ruiz" for 2026-Q2 is 16,200.00 EUR
    And the payout of "Ben Katz" for 2026-Q2 is 11,400.00 EUR

  @id:REL-04 @sev1
  Scenario: A flat rate changes on a day, and a return is paid as its sale was
    Given the plan "AE Flat" pays 10% of bookings
    And the plan "AE Flat" changes on 2026-02-15:
      | setting | before | after |
      | rate    |    10% |   12% |
    And "Eva Lind" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-4  | Eva Lind | 1,000.00 EUR | 2026-02-14 |
      | D-5  | Eva Lind | 1,000.00 EUR | 2026-02-15 |
    And these returns:
      | return | of  | amount     | date       |
      | R-1    | D-4 | 100.00 EUR | 2026-03-01 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Eva Lind" for 2026-Q1 is 210.00 EUR because:
      | line | base         | rate | amount     |
      | D-4  | 1,000.00 EUR |  10% | 100.00 EUR |
      | D-5  | 1,000.00 EUR |  12% | 120.00 EUR |
      | R-1  |  -100.00 EUR |  10% | -10.00 EUR |

  @id:REL-05 @sev1
  Scenario Outline: The edges after the change
    Given the plan "AE Growth" changes on 2026-04-01:
      | setting                | before | after |
      | rate from 100% to 120% |    12% |   13% |
      | rate above 120%        |    15% |   16% |
    And "Eva Lind" is on plan "AE Growth" for FY2026
    And "Eva Lind" has a quota of 100,000.00 EUR for 2026-Q2
    And these deals:
      | deal | owner    | amount     | closed     |
      | D-4  | Eva Lind | <bookings> | 2026-04-01 |
    When commissions are calculated for 2026-Q2
    Then the payout of "Eva Lind" for 2026-Q2 is <payout>
    And the statement of "Eva Lind" for 2026-Q2 includes:
      | line    | base         | rate   | amount       |
      | <slice> | <slice base> | <rate> | <slice pays> |

    Examples:
      | case             | bookings       | slice        | slice base     | rate | slice pays   | payout        |
      | just below quota |  99,999.00 EUR | up to 100%   |  99,999.00 EUR |   8% | 7,999.92 EUR |  7,999.92 EUR |
      | exactly quota    | 100,000.00 EUR | up to 100%   | 100,000.00 EUR |   8% | 8,000.00 EUR |  8,000.00 EUR |
      | just above quota | 100,001.00 EUR | 100% to 120% |       1.00 EUR |  13% |     0.13 EUR |  8,000.13 EUR |
      | just below 120%  | 119,999.00 EUR | 100% to 120% |  19,999.00 EUR |  13% | 2,599.87 EUR | 10,599.87 EUR |
      | exactly 120%     | 120,000.00 EUR | 100% to 120% |  20,000.00 EUR |  13% | 2,600.00 EUR | 10,600.00 EUR |
      | just above 120%  | 120,001.00 EUR | above 120%   |       1.00 EUR |  16% |     0.16 EUR | 10,600.16 EUR |

  @id:REL-06 @sev2
  Scenario Outline: The day of the change takes the new rate
    Given the plan "AE Flat" pays 10% of bookings
    And the plan "AE Flat" changes on 2026-02-15:
      | setting | before | after |
      | rate    |    10% |   12% |
    And "Eva Lind" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | amount       | closed   |
      | D-4  | Eva Lind | 1,000.00 EUR | <closed> |
    When commissions are calculated for 2026-Q1
    Then the payout of "Eva Lind" for 2026-Q1 is <payout> because:
      | line | base         | rate   | amount   |
      | D-4  | 1,000.00 EUR | <rate> | <payout> |

    Examples:
      | case           | closed     | rate | payout     |
      | the day before | 2026-02-14 |  10% | 100.00 EUR |
      | the day        | 2026-02-15 |  12% | 120.00 EUR |
      | the day after  | 2026-02-16 |  12% | 120.00 EUR |
