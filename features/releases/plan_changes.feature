@req:REL-01
Feature: A new release changes only what the change request asked for

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Growth" pays by attainment of bookings:
      | from | to   | rate |
      | 0%   | 100% | 8%   |
      | 100% | 120% | 12%  |
      | 120% |      | 15%  |
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
      | rate above 120% | 15%    | 16%   |
    When release "2026.4" is compared with release "2026.5" for 2026-Q2
    Then only these payouts change:
      | payee    | before        | after         | reason                 |
      | Ana Ruiz | 14,900.00 EUR | 15,200.00 EUR | rate above 120% is 16% |

  @id:REL-03 @sev1
  Scenario: The quarter before the change is paid as it was
    Given the plan "AE Growth" changes on 2026-04-01:
      | setting               | before | after |
      | rate above 120%       | 15%    | 16%   |
      | rate from 0% to 100%  | 8%     | 9%    |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 14,900.00 EUR
    And the payout of "Ana Ruiz" for 2026-Q2 is 16,200.00 EUR
    And the payout of "Ben Katz" for 2026-Q2 is 11,400.00 EUR

  @id:REL-04 @sev1
  Scenario: A flat rate changes on a day, and a return is paid as its sale was
    Given the plan "AE Flat" pays 10% of bookings
    And the plan "AE Flat" changes on 2026-02-15:
      | setting | before | after |
      | rate    | 10%    | 12%   |
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
      | D-4  | 1,000.00 EUR | 10%  | 100.00 EUR |
      | D-5  | 1,000.00 EUR | 12%  | 120.00 EUR |
      | R-1  | -100.00 EUR  | 10%  | -10.00 EUR |
