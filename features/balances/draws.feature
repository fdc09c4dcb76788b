@req:DRAW-01
Feature: A draw smooths pay while earnings ramp up
  A recoverable draw tops low months up and is recovered from earnings above the draw; a non-recoverable one is not.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-01-20 |
      | D-2  | Ana Ruiz | 45,000.00 EUR | 2026-02-12 |
      | D-3  | Ana Ruiz | 40,000.00 EUR | 2026-03-05 |

  @id:DRAW-01 @sev1
  Scenario: A recoverable draw is paid back from the months above it
    Given "Ana Ruiz" has a recoverable draw of 3,000.00 EUR per month from 2026-01 to 2026-03
    When commissions are calculated for 2026-Q1
    Then the statement of "Ana Ruiz" for 2026-01 shows:
      | line         | amount       |
      | commission   | 1,000.00 EUR |
      | draw advance | 2,000.00 EUR |
    And the statement of "Ana Ruiz" for 2026-02 shows:
      | line          | amount        |
      | commission    |  4,500.00 EUR |
      | draw recovery | -1,500.00 EUR |
    And the statement of "Ana Ruiz" for 2026-03 shows:
      | line          | amount       |
      | commission    | 4,000.00 EUR |
      | draw recovery |  -500.00 EUR |
    And the balance of "Ana Ruiz" after 2026-03 is 0.00 EUR

  @id:DRAW-02 @sev2
  Scenario: A non-recoverable draw leaves no balance
    Given "Ana Ruiz" has a non-recoverable draw of 3,000.00 EUR per month from 2026-01 to 2026-03
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 3,000.00 EUR because:
      | line         | amount       |
      | commission   | 1,000.00 EUR |
      | draw advance | 2,000.00 EUR |
    And the payout of "Ana Ruiz" for 2026-02 is 4,500.00 EUR
    And the balance of "Ana Ruiz" after 2026-01 is 0.00 EUR

  @id:DRAW-03 @sev2
  Scenario: An opening balance is recovered before anything is paid out
    Given "Ana Ruiz" enters 2026-01 with a balance of -600.00 EUR
    When commissions are calculated for 2026-01
    Then the payout of "Ana Ruiz" for 2026-01 is 400.00 EUR because:
      | line              | amount       |
      | commission        | 1,000.00 EUR |
      | balance recovered |  -600.00 EUR |
    And the balance of "Ana Ruiz" after 2026-01 is 0.00 EUR

  @id:DRAW-04 @sev2
  Scenario: What is still owed stands open after each month
    Given "Ana Ruiz" has a recoverable draw of 3,000.00 EUR per month from 2026-01 to 2026-03
    When commissions are calculated for 2026-Q1
    Then the balance of "Ana Ruiz" after 2026-01 is -2,000.00 EUR
    And the balance of "Ana Ruiz" after 2026-02 is -500.00 EUR
    And the payout of "Ana Ruiz" for 2026-02 is 3,000.00 EUR because:
      | line          | amount        |
      | commission    |  4,500.00 EUR |
      | draw recovery | -1,500.00 EUR |
    And the payouts for 2026-Q1 are:
      | payee    | payout       |
      | Ana Ruiz | 9,500.00 EUR |
