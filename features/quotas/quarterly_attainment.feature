@req:QUOTA-01
Feature: Sales people are paid by what they sell against their quarterly quota
  The reseller sales people of AdventureWorks, with their real quotas and all their orders. People are named by their
  BusinessEntityID. The expected figures were computed straight from the CSV files, without the engine.

  Background:
    Given fiscal year FY2019 starts on 2018-07-01 with quarterly periods
    And amounts are rounded half up per payout to 2 decimals
    And the data in "examples/adventureworks_quarters"
    And the plan "Reseller Growth" pays by attainment of bookings:
      | from | to   | rate |
      |   0% | 100% |   1% |
      | 100% | 150% | 1.5% |
      | 150% |      |   2% |

  @id:QUOTA-01 @sev1
  Scenario: Everybody who sold in the first quarter of fiscal year 2019 is paid
    When commissions are calculated for 2019-Q1
    Then the payouts for 2019-Q1 are:
      | payee | payout        |
      |   274 |    597.78 USD |
      |   275 | 12,529.54 USD |
      |   276 | 11,739.71 USD |
      |   277 | 12,673.17 USD |
      |   278 |  4,255.74 USD |
      |   279 |  6,726.68 USD |
      |   280 |  5,969.92 USD |
      |   281 |  8,384.09 USD |
      |   282 |  4,003.95 USD |
      |   283 |  3,575.10 USD |
      |   287 |    737.81 USD |
      |   289 | 14,424.61 USD |
      |   290 |  5,275.56 USD |
    And the quota of "280" for 2019-Q1 is 210,000.00 USD
    And total payouts for 2019-Q1 are 90,893.66 USD

  @id:QUOTA-02 @sev2
  Scenario: Whoever doubles the quota reaches the highest tier
    When commissions are calculated for 2019-Q1
    Then the statement of "280" for 2019-Q1 includes:
      | line         | base           | rate | amount       |
      | up to 100%   | 210,000.00 USD |   1% | 2,100.00 USD |
      | 100% to 150% | 105,000.00 USD | 1.5% | 1,575.00 USD |
    And the payout of "280" for 2019-Q1 is 5,969.92 USD

  @id:QUOTA-03 @sev2
  Scenario Outline: Attainment is what was sold against the quota of the quarter
    When commissions are calculated for <period>
    Then the attainment of "<payee>" for <period> is <attainment>
    And the quota of "<payee>" for <period> is <quota>

    Examples:
      | case                      | payee | period  | attainment    | quota            |
      | first quarter of the data |   274 | 2018-Q1 |      80.6595% |    28,000.00 USD |
      | large quota               |   277 | 2019-Q1 | 79.207314375% | 1,600,000.00 USD |
      | close below quota         |   283 | 2019-Q4 |       93.334% |   284,000.00 USD |
      | far above a small quota   |   287 | 2020-Q4 |      245.679% |     1,000.00 USD |
