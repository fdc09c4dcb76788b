@req:EARN-20
Feature: One deal counts as bookings, billings, recognised revenue and cash, each in its own month
  Owner: Revenue Accounting. Source: Revenue recognition and commission policy 2026, section 2.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "On Bookings" pays 10% of bookings
    And the plan "On Billing" pays 10% of revenue
    And the plan "On Recognition" pays 10% of recognised revenue
    And the plan "On Cash" pays 10% of cash

  @id:BVR-01 @sev1
  Scenario: A yearly contract is booked in January, billed in halves, recognised month by month
    Given these plan assignments:
      | payee    | plan           | from       |
      | Ana Ruiz | On Bookings    | 2026-01-01 |
      | Ana Ruiz | On Billing     | 2026-01-01 |
      | Ana Ruiz | On Recognition | 2026-01-01 |
      | Ana Ruiz | On Cash        | 2026-01-01 |
    And these deals:
      | deal | owner    | amount        | closed     | starts     | term months |
      | D-1  | Ana Ruiz | 12,000.00 EUR | 2026-01-20 | 2026-02-01 |          12 |
    And these invoices:
      | invoice | deal | amount       | date       |
      | I-1     | D-1  | 6,000.00 EUR | 2026-02-01 |
      | I-2     | D-1  | 6,000.00 EUR | 2026-08-01 |
    And these payments:
      | payment | invoice | amount       | date       |
      | P-1     | I-1     | 6,000.00 EUR | 2026-03-15 |
    When commissions are calculated for FY2026
    Then the payout of "Ana Ruiz" for 2026-01 is 1,200.00 EUR because:
      | line        | base          | rate | amount       |
      | On Bookings | 12,000.00 EUR |  10% | 1,200.00 EUR |
    And the payout of "Ana Ruiz" for 2026-02 is 700.00 EUR because:
      | line           | base         | rate | amount     |
      | On Billing     | 6,000.00 EUR |  10% | 600.00 EUR |
      | On Recognition | 1,000.00 EUR |  10% | 100.00 EUR |
    And the payout of "Ana Ruiz" for 2026-03 is 700.00 EUR because:
      | line           | base         | rate | amount     |
      | On Cash        | 6,000.00 EUR |  10% | 600.00 EUR |
      | On Recognition | 1,000.00 EUR |  10% | 100.00 EUR |
    And the payout of "Ana Ruiz" for FY2026 is 4,100.00 EUR

  @id:BVR-02 @sev1
  Scenario Outline: A contract that starts on the 16th: how its first month is recognised
    Given the plan "On Recognition" follows these conventions:
      | convention          | reading   |
      | revenue.first_month | <reading> |
    And "Ana Ruiz" is on plan "On Recognition" for FY2026
    And these deals:
      | deal | owner    | amount       | closed     | starts     | term months |
      | D-1  | Ana Ruiz | 9,300.00 EUR | 2026-01-05 | 2026-01-16 |           3 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-01 is <january>
    And the payout of "Ana Ruiz" for 2026-02 is 310.00 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 3,100.00 EUR |  10% | 310.00 EUR |
    And the payout of "Ana Ruiz" for 2026-04 is <april>

    Examples:
      | case        | reading      | january    | april      |
      | whole month | whole months | 310.00 EUR |   0.00 EUR |
      | half month  | half month   | 155.00 EUR | 155.00 EUR |
      | 16 of 31    | by days      | 160.00 EUR | 150.00 EUR |

  @id:BVR-03 @sev1
  Scenario: A credit note takes back what was earned on the invoice, and nothing of the booking
    Given these plan assignments:
      | payee    | plan        | from       |
      | Ana Ruiz | On Bookings | 2026-01-01 |
      | Ana Ruiz | On Billing  | 2026-01-01 |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-01-20 |
    And these invoices:
      | invoice | deal | amount        | date       | kind        | of  |
      | I-1     | D-1  | 10,000.00 EUR | 2026-02-01 | invoice     |     |
      | C-1     | D-1  |  1,500.00 EUR | 2026-02-20 | credit note | I-1 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 1,000.00 EUR
    And the payout of "Ana Ruiz" for 2026-02 is 850.00 EUR because:
      | line | base          | rate | amount       |
      | I-1  | 10,000.00 EUR |  10% | 1,000.00 EUR |
      | C-1  | -1,500.00 EUR |  10% |  -150.00 EUR |

  @id:BVR-04 @sev2
  Scenario: Margin is what is invoiced less the cost of each line
    Given the plan "On Margin" pays 20% of margin
    And "Ana Ruiz" is on plan "On Margin" for FY2026
    And these products:
      | product | unit cost  |
      | Router  | 300.00 EUR |
      | Switch  |  80.00 EUR |
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 6,000.00 EUR | 2026-01-20 |
    And these invoices:
      | invoice | deal | amount       | date       |
      | I-1     | D-1  | 6,000.00 EUR | 2026-02-01 |
    And these invoice lines:
      | invoice | line | amount       | product | units | unit cost |
      | I-1     |    1 | 5,000.00 EUR | Router  |    10 |           |
      | I-1     |    2 | 1,000.00 EUR | Switch  |    10 | 70.00 EUR |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-02 is 460.00 EUR because:
      | line        | base         | rate | amount     |
      | I-1, line 1 | 2,000.00 EUR |  20% | 400.00 EUR |
      | I-1, line 2 |   300.00 EUR |  20% |  60.00 EUR |

  @id:BVR-05 @sev2
  Scenario: The commission on a booking is paid as the deal is billed
    Given the plan "As Billed" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [release as invoiced]
      """
    And "Ana Ruiz" is on plan "As Billed" for FY2026
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 EUR | 2026-01-20 |
    And these invoices:
      | invoice | deal | amount       | date       | kind        | of  |
      | I-1     | D-1  | 4,000.00 EUR | 2026-01-31 |             |     |
      | I-2     | D-1  | 5,000.00 EUR | 2026-03-31 |             |     |
      | C-1     | D-1  | 1,000.00 EUR | 2026-04-10 | credit note | I-2 |
    When commissions are calculated for 2026-H1
    Then the payout of "Ana Ruiz" for 2026-01 is 400.00 EUR because:
      | line | amount     |
      | D-1  | 400.00 EUR |
    And the payout of "Ana Ruiz" for 2026-03 is 500.00 EUR
    And the balance of "Ana Ruiz" after 2026-04 is -100.00 EUR
    And the commission held for "Ana Ruiz" after 2026-03 is 100.00 EUR
