@req:PAY-05
Feature: A monthly commission and a quarterly bonus are each paid in their own periods
  A quarter is paid with its last month, so the payouts of three months make the payout of the quarter.
  Owner: Compensation Operations. Source: AE plan document 2026, section 5.2.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Commission" pays 10% of bookings
    And the plan "Quarterly Bonus" pays these bonuses by attainment of bookings:
      | attainment | bonus      |
      |       100% | 900.00 EUR |
    And the plan "Quarterly Bonus" for FY2026:
      | setting       | value     |
      | pay frequency | quarterly |
    And "Ana Ruiz" is on plan "AE Commission" for FY2026
    And "Ana Ruiz" is on plan "Quarterly Bonus" for FY2026
    And "Ana Ruiz" has a quota of 12,000.00 EUR for 2026-Q1

  @id:TIME-01 @sev1
  Scenario Outline: The bonus of the quarter is paid with its last month
    Given these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 4,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | <march>      | 2026-03-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 400.00 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 4,000.00 EUR |  10% | 400.00 EUR |
    And the payout of "Ana Ruiz" for 2026-02 is 0.00 EUR
    And the payout of "Ana Ruiz" for 2026-03 is <paid>
    And the payout of "Ana Ruiz" for 2026-Q1 is <quarter>

    Examples:
      | case             | march        | paid         | quarter      |
      | just below quota | 7,999.90 EUR |   799.99 EUR | 1,199.99 EUR |
      | on quota         | 8,000.00 EUR | 1,700.00 EUR | 2,100.00 EUR |
      | just above quota | 8,000.10 EUR | 1,700.01 EUR | 2,100.01 EUR |

  @id:TIME-02 @sev2
  Scenario: Each plan is asked by its own periods
    Given these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 4,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | 8,000.00 EUR | 2026-03-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" under plan "AE Commission" for 2026-03 is 800.00 EUR
    And the payout of "Ana Ruiz" under plan "AE Commission" for 2026-Q1 is 1,200.00 EUR
    And the payout of "Ana Ruiz" under plan "Quarterly Bonus" for 2026-Q1 is 900.00 EUR
    And the statement of "Ana Ruiz" for 2026-03 shows:
      | line       | amount     |
      | D-2        | 800.00 EUR |
      | above 100% | 900.00 EUR |

  @id:TIME-03 @sev1
  Scenario: A monthly draw counts against all that is paid in the month
    Given "Ana Ruiz" has a recoverable draw of 500.00 EUR per month from 2026-01 to 2026-03
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 4,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | 8,000.00 EUR | 2026-03-10 |
    When commissions are calculated for 2026-Q1
    Then the payouts for 2026-01 are:
      | payee    | payout     |
      | Ana Ruiz | 500.00 EUR |
    And the balance of "Ana Ruiz" after 2026-01 is -100.00 EUR
    And the balance of "Ana Ruiz" after 2026-02 is -600.00 EUR
    And the payout of "Ana Ruiz" for 2026-03 is 1,100.00 EUR because:
      | line          | amount      |
      | D-2           |  800.00 EUR |
      | above 100%    |  900.00 EUR |
      | draw recovery | -600.00 EUR |
    And the balance of "Ana Ruiz" after 2026-03 is 0.00 EUR
    And total payouts for 2026-Q1 are 2,100.00 EUR
