@req:EARN-03 @req:EARN-07
Feature: Commission is earned when the customer pays and taken back when the deal is undone
  Finance accrues commission cost from these statements, so the split between periods matters as much as the total.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026

  @id:EARN-01 @sev1
  Scenario: Half is earned on booking, half as the customer pays, and a return reverses both
    Given 50% of each commission is earned on booking
    And 50% of each commission is earned on payment
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-7  | Ana Ruiz | 40,000.00 EUR | 2026-01-20 |
    And these invoices:
      | invoice | deal | amount        | date       |
      | I-7     | D-7  | 40,000.00 EUR | 2026-02-01 |
    And these payments:
      | payment | invoice | amount        | date       |
      | P-7     | I-7     | 30,000.00 EUR | 2026-04-10 |
    And these returns:
      | return | of  | amount        | date       |
      | R-7    | D-7 | 10,000.00 EUR | 2026-05-05 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 2,000.00 EUR
    And the payout of "Ana Ruiz" for 2026-Q2 is 1,000.00 EUR because:
      | line                | base           | rate | amount       |
      | payment P-7         |  30,000.00 EUR |   5% | 1,500.00 EUR |
      | return R-7, booking | -10,000.00 EUR |   5% |  -500.00 EUR |

  @id:EARN-02 @sev1
  Scenario Outline: A cancellation inside 90 days takes the commission back
    Given commissions on deals cancelled within 90 days are taken back in full
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-9  | Ana Ruiz | 20,000.00 EUR | 2026-01-15 |
      | D-10 | Ana Ruiz |  5,000.00 EUR | 2026-05-02 |
    And these cancellations:
      | deal | date        |
      | D-9  | <cancelled> |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 2,000.00 EUR because:
      | line | base          | rate | amount       |
      | D-9  | 20,000.00 EUR |  10% | 2,000.00 EUR |
    And the payout of "Ana Ruiz" for 2026-Q2 is <payout>
    And the balance of "Ana Ruiz" after 2026-Q2 is <balance>

    Examples:
      | case   | cancelled  | payout     | balance       |
      | day 85 | 2026-04-10 |   0.00 EUR | -1,500.00 EUR |
      | day 89 | 2026-04-14 |   0.00 EUR | -1,500.00 EUR |
      | day 90 | 2026-04-15 |   0.00 EUR | -1,500.00 EUR |
      | day 91 | 2026-04-16 | 500.00 EUR |      0.00 EUR |

  @id:EARN-03 @sev2
  Scenario: The same deal counts as bookings when it is signed and as cash when it is paid
    Given the plan "AE Cash" pays 10% of cash
    And "Ben Katz" is on plan "AE Cash" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 12,000.00 EUR | 2026-03-31 |
      | D-2  | Ben Katz | 12,000.00 EUR | 2026-03-31 |
    And these invoices:
      | invoice | deal | amount        | date       |
      | I-2     | D-2  | 12,000.00 EUR | 2026-04-01 |
    And these payments:
      | payment | invoice | amount       | date       |
      | P-1     | I-2     | 9,000.00 EUR | 2026-06-30 |
      | P-2     | I-2     | 3,000.00 EUR | 2026-07-01 |
    When commissions are calculated for FY2026
    Then the payouts for 2026-Q1 are:
      | payee    | payout       |
      | Ana Ruiz | 1,200.00 EUR |
    And the payouts for 2026-Q2 are:
      | payee    | payout     |
      | Ben Katz | 900.00 EUR |
    And the statement of "Ben Katz" for 2026-Q2 shows:
      | line        | base         | rate | amount     |
      | payment P-1 | 9,000.00 EUR |  10% | 900.00 EUR |
    And the payouts for 2026-Q3 are:
      | payee    | payout     |
      | Ben Katz | 300.00 EUR |
