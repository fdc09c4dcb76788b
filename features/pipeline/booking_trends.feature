@req:TREND-01
Feature: What was sold month by month, net of what came back
  Owner: Revenue Operations. Source: Booking trend report 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Flat" pays 10% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And "Ben Katz" is on plan "AE Flat" for FY2026

  @id:TREND-01 @sev2
  Scenario: A return and a cancellation lower the month in which they happen
    Given commissions on deals cancelled within 90 days are taken back in full
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 40,000.00 EUR | 2026-01-31 |
      | D-2  | Ana Ruiz | 25,000.00 EUR | 2026-02-01 |
      | D-3  | Ben Katz | 30,000.00 EUR | 2026-02-28 |
      | D-4  | Ben Katz | 10,000.00 EUR | 2026-03-31 |
    And these returns:
      | return | of  | amount       | date       |
      | R-1    | D-1 | 5,000.00 EUR | 2026-02-10 |
    And these cancellations:
      | deal | date       |
      | D-3  | 2026-03-15 |
    When commissions are calculated for 2026-Q1
    Then the bookings by period are:
      | period  | payee    | amount         |
      | 2026-01 |          |  40,000.00 EUR |
      | 2026-02 |          |  50,000.00 EUR |
      | 2026-03 |          | -20,000.00 EUR |
      | 2026-02 | Ana Ruiz |  20,000.00 EUR |
      | 2026-03 | Ben Katz | -20,000.00 EUR |
      | 2026-Q1 |          |  70,000.00 EUR |

  @id:TREND-02 @sev2
  Scenario: A shared deal and a manager's roll-up are counted once
    Given these payees:
      | payee     | role    | manager   |
      | Mia Stone | Manager |           |
      | Ana Ruiz  | Seller  | Mia Stone |
      | Ben Katz  | Seller  | Mia Stone |
    And these crediting rules:
      | role    | receives | of the credit of |
      | Manager |     100% | team             |
    And "Mia Stone" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 40,000.00 EUR | 2026-01-31 |
    And the credit of deal "D-1" is split:
      | payee    | share |
      | Ana Ruiz |   70% |
      | Ben Katz |   30% |
    When commissions are calculated for 2026-Q1
    Then the bookings by period are:
      | period  | payee    | amount        |
      | 2026-01 |          | 40,000.00 EUR |
      | 2026-01 | Ana Ruiz | 28,000.00 EUR |
      | 2026-01 | Ben Katz | 12,000.00 EUR |
    And total payouts for 2026-01 are 8,000.00 EUR

  @id:TREND-03 @sev2
  Scenario: Billings and cash have trends of their own
    Given the plan "On Billing" pays 1% of revenue
    And the plan "On Cash" pays 1% of cash
    And "Ana Ruiz" is on plan "On Billing" for FY2026
    And "Ana Ruiz" is on plan "On Cash" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 12,000.00 EUR | 2026-01-31 |
    And these invoices:
      | invoice | deal | amount        | date       | kind        | of  |
      | I-1     | D-1  | 12,000.00 EUR | 2026-02-01 | invoice     |     |
      | C-1     | D-1  |  2,000.00 EUR | 2026-03-01 | credit note | I-1 |
    And these payments:
      | payment | invoice | amount       | date       |
      | P-1     | I-1     | 4,000.00 EUR | 2026-03-31 |
      | P-2     | I-1     | 6,000.00 EUR | 2026-04-01 |
    When commissions are calculated for 2026-H1
    Then the revenue by period is:
      | period  | amount        |
      | 2026-02 | 12,000.00 EUR |
      | 2026-03 | -2,000.00 EUR |
    And the cash by period is:
      | period  | amount       |
      | 2026-03 | 4,000.00 EUR |
      | 2026-04 | 6,000.00 EUR |

  @id:TREND-04 @sev3
  Scenario: Units sold through, less units that came back
    Given the plan "Sell-Through" pays 2.00 EUR for each unit
    And "Store Lyon" is on plan "Sell-Through" for FY2026
    And these retail sales:
      | sale | retailer   | product | units | date       |
      | S-1  | Store Lyon | Phone X |    30 | 2026-01-31 |
      | S-2  | Store Lyon | Phone X |    20 | 2026-02-01 |
    And these returns:
      | return | of  | units | date       |
      | R-1    | S-1 |     4 | 2026-02-20 |
    When commissions are calculated for 2026-Q1
    Then the units by period are:
      | period  | payee      | amount |
      | 2026-01 | Store Lyon |     30 |
      | 2026-02 | Store Lyon |     16 |
      | 2026-Q1 |            |     46 |
    And the payout of "Store Lyon" for 2026-02 is 32.00 EUR because:
      | line | base     | rate     | amount    |
      | S-2  | 20 units | 2.00 EUR | 40.00 EUR |
      | R-1  | -4 units | 2.00 EUR | -8.00 EUR |
