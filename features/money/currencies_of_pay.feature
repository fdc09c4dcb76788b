@req:FX-10
Feature: Rates of several kinds, and currencies without or with three decimals
  Owner: Treasury. Source: Exchange rate policy 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods

  @id:FX-10 @sev1
  Scenario Outline: Which kind of rate, and of which day, converts a deal
    Given the plan "AE EUR" reads:
      """
      currency: EUR
      conventions: {profile: step language, fx.kind: <kind>, fx.date: <date>}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      """
    And "Ana Ruiz" is on plan "AE EUR" for FY2026
    And these exchange rates:
      | from | to  | rate | valid from | kind    |
      | USD  | EUR | 0.90 | 2026-01-01 | plan    |
      | USD  | EUR | 0.92 | 2026-01-01 | spot    |
      | USD  | EUR | 0.95 | 2026-01-20 | spot    |
      | USD  | EUR | 0.93 | 2026-01-01 | average |
      | USD  | EUR | 0.96 | 2026-01-31 | closing |
    And these deals:
      | deal | owner    | amount        | closed   |
      | D-1  | Ana Ruiz | 10,000.00 USD | <closed> |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is <payout> because:
      | line | base   | rate | amount   |
      | D-1  | <base> |  10% | <payout> |

    Examples:
      | case                      | kind    | date        | closed     | base         | payout     |
      | plan rate of the year     | plan    | record date | 2026-01-20 | 9,000.00 EUR | 900.00 EUR |
      | spot, the day before      | spot    | record date | 2026-01-19 | 9,200.00 EUR | 920.00 EUR |
      | spot, on its day          | spot    | record date | 2026-01-20 | 9,500.00 EUR | 950.00 EUR |
      | spot, the day after       | spot    | record date | 2026-01-21 | 9,500.00 EUR | 950.00 EUR |
      | average of the month      | average | record date | 2026-01-20 | 9,300.00 EUR | 930.00 EUR |
      | closing rate at month end | closing | period end  | 2026-01-05 | 9,600.00 EUR | 960.00 EUR |

  @id:FX-11 @sev1
  Scenario Outline: What is earned in dollars is paid in the payee's own currency and its smallest unit
    Given the plan "AE USD" reads:
      """
      currency: USD
      conventions: {profile: step language, fx.kind: spot}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
          pay: [{payment currency: {to: of the payee, day: record date, rounded: half up}}]
      """
    And these payees:
      | payee    | currency   |
      | Ana Ruiz | <currency> |
    And "Ana Ruiz" is on plan "AE USD" for FY2026
    And these exchange rates:
      | from | to  | rate    | valid from | kind |
      | USD  | JPY | 150.555 | 2026-01-01 | spot |
      | USD  | KWD | 0.30671 | 2026-01-01 | spot |
      | USD  | EUR |  0.9155 | 2026-01-01 | spot |
    And these deals:
      | deal | owner    | amount       | closed     |
      | D-1  | Ana Ruiz | 1,000.10 USD | 2026-01-15 |
    When commissions are calculated for 2026-01
    Then the payout of "Ana Ruiz" for 2026-01 is <paid> because:
      | line | amount |
      | D-1  | <paid> |

    Examples:
      | case                 | currency | paid       |
      | yen have no decimals | JPY      | 15,057 JPY |
      | dinars have three    | KWD      | 30.674 KWD |
      | euros have two       | EUR      |  91.56 EUR |

  @id:FX-12 @sev2
  Scenario: A return is converted at the rate of the day of its deal where the plan says so
    Given the plan "AE EUR" reads:
      """
      currency: EUR
      conventions: {profile: step language, fx.kind: spot, fx.date: deal date}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      """
    And "Ana Ruiz" is on plan "AE EUR" for FY2026
    And these exchange rates:
      | from | to  | rate | valid from | kind |
      | USD  | EUR | 0.90 | 2026-01-01 | spot |
      | USD  | EUR | 1.00 | 2026-02-01 | spot |
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 10,000.00 USD | 2026-01-31 |
      | D-2  | Ana Ruiz | 10,000.00 USD | 2026-02-01 |
    And these returns:
      | return | of  | amount       | date       |
      | R-1    | D-1 | 1,000.00 USD | 2026-02-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-02 is 910.00 EUR because:
      | line | base          | rate | amount       |
      | D-2  | 10,000.00 EUR |  10% | 1,000.00 EUR |
      | R-1  |   -900.00 EUR |  10% |   -90.00 EUR |
