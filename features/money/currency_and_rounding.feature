@req:FX-01 @req:CAL-02 @req:RND-01
Feature: Currency, calendar and rounding decide the last cent

  Background:
    Given the fiscal calendar:
      | period   | from       | to         | pay date   |
      | 2026-P01 | 2026-02-01 | 2026-02-28 | 2026-03-15 |
      | 2026-P02 | 2026-03-01 | 2026-03-28 | 2026-04-15 |
      | 2026-P03 | 2026-03-29 | 2026-05-02 | 2026-05-15 |
    And these exchange rates:
      | from | to  | rate | valid from | kind    |
      | USD  | EUR | 0.92 | 2026-02-01 | average |
      | USD  | EUR | 0.94 | 2026-03-01 | average |
      | GBP  | EUR | 1.17 | 2026-02-01 | average |
    And the plan "AE Flat" pays 5% of bookings
    And the plan "AE Flat" for FY2026:
      | setting  | value |
      | currency | EUR   |
    And "Ana Ruiz" is on plan "AE Flat" for FY2026

  @id:FX-01 @sev1
  Scenario: Each deal is converted at the average rate of its own period
    Given these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 USD | 2026-02-10 |
      | D-2  | Ana Ruiz |  5,000.00 GBP | 2026-02-20 |
      | D-3  | Ana Ruiz | 10,000.00 USD | 2026-03-05 |
    When commissions are calculated for FY2026
    Then the payout of "Ana Ruiz" for 2026-P01 is 752.50 EUR because:
      | line | base         | rate | amount     |
      | D-1  | 9,200.00 EUR |   5% | 460.00 EUR |
      | D-2  | 5,850.00 EUR |   5% | 292.50 EUR |
    And the payout of "Ana Ruiz" for 2026-P02 is 470.00 EUR

  @id:FX-02 @sev1
  Scenario: A missing exchange rate stops the calculation
    Given these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 1,000.00 CHF | 2026-02-10 |
    When commissions are calculated for 2026-P01
    Then the calculation is refused because "no average rate CHF to EUR"

  @id:CAL-01 @sev1
  Scenario Outline: The fiscal calendar decides the period, not the month
    Given these deals:
      | deal | owner    | amount        | closed   |
      | D-1  | Ana Ruiz | 10,000.00 EUR | <closed> |
    When commissions are calculated for FY2026
    Then the payout of "Ana Ruiz" for <period> is 500.00 EUR because:
      | line | base          | rate | amount     |
      | D-1  | 10,000.00 EUR |   5% | 500.00 EUR |

    Examples:
      | case               | closed     | period   |
      | first day of P02   | 2026-03-01 | 2026-P02 |
      | last day of P02    | 2026-03-28 | 2026-P02 |
      | first day of P03   | 2026-03-29 | 2026-P03 |
      | May, but still P03 | 2026-05-02 | 2026-P03 |

  @id:RND-01 @sev2
  Scenario Outline: Where and how rounding happens changes the payout
    Given amounts are rounded <mode> per <level> to 2 decimals
    And these deals:
      | deal | owner    | amount    | closed     |
      | D-1  | Ana Ruiz | 10.10 EUR | 2026-02-02 |
      | D-2  | Ana Ruiz | 10.10 EUR | 2026-02-03 |
      | D-3  | Ana Ruiz | 10.10 EUR | 2026-02-04 |
    When commissions are calculated for 2026-P01
    Then the payout of "Ana Ruiz" for 2026-P01 is <payout>
    And the credit of deal "D-1" is:
      | payee    | credit    | why    |
      | Ana Ruiz | 10.10 EUR | direct |

    Examples:
      | case               | mode           | level  | payout   |
      | half up per line   | half up        | line   | 1.53 EUR |
      | half up per payout | half up        | payout | 1.52 EUR |
      | half even per line | half even      | line   | 1.50 EUR |
      | cut off per payout | down           | payout | 1.51 EUR |
      | away from zero     | away from zero | payout | 1.52 EUR |

  @id:RND-02 @sev2
  Scenario: Amounts that need rounding are refused where no rounding is stated
    Given these deals:
      | deal | owner    | amount    | closed     |
      | D-1  | Ana Ruiz | 10.10 EUR | 2026-02-02 |
    When commissions are calculated for 2026-P01
    Then the calculation is refused because "0.505 EUR"
