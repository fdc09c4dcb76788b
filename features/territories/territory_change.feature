@req:TERR-03
Feature: Orders follow whoever holds the territory on the day of the order
  On 2019-01-01 the holders of the territories Northeast and Central of AdventureWorks, 275 and 277, changed places.
  These are their real orders. The expected figures were computed straight from the CSV files, without the engine.

  Background:
    Given fiscal year FY2019 starts on 2018-07-01 with quarterly periods
    And amounts are rounded half up per payout to 2 decimals
    And the data in "examples/adventureworks_territories"
    And the plan "Territory" pays 1% of bookings
    And these plan assignments:
      | payee | plan      | from       |
      |   275 | Territory | 2017-07-01 |
      |   277 | Territory | 2017-07-01 |

  @id:TERR-03 @sev1
  Scenario: Payouts before and after the change
    When commissions are calculated for FY2019
    Then the payouts for 2019-Q2 are:
      | payee | payout       |
      |   275 | 8,474.10 USD |
      |   277 | 7,188.83 USD |
    And the payouts for 2019-Q3 are:
      | payee | payout       |
      |   275 | 5,619.80 USD |
      |   277 | 6,698.96 USD |
    And the credit of deal "SO48739" is:
      | payee | credit        | why    |
      |   277 | 20,558.79 USD | direct |
    And total payouts for 2019-Q3 are 12,318.76 USD

  @id:TERR-04 @sev1
  Scenario Outline: The last orders before the change and the first after it
    When commissions are calculated for FY2019
    Then the credit of deal "<order>" is:
      | payee    | credit   | why    |
      | <holder> | <credit> | direct |

    Examples:
      | case                   | order   | holder | credit        |
      | last one in Northeast  | SO48394 |    275 |  2,485.70 USD |
      | first one in Northeast | SO48739 |    277 | 20,558.79 USD |
      | last one in Central    | SO48382 |    277 |     20.52 USD |
      | first one in Central   | SO48731 |    275 |  7,046.85 USD |

  @id:TERR-05 @sev1
  Scenario Outline: The day of the change belongs to the new holder
    Given these deals:
      | deal | owner           | territory | amount        | closed   |
      | X-1  | territory owner | Northeast | 10,000.00 USD | <closed> |
    When commissions are calculated for FY2019
    Then the credit of deal "X-1" is:
      | payee    | credit        |
      | <holder> | 10,000.00 USD |

    Examples:
      | case           | closed     | holder |
      | the day before | 2018-12-31 |    275 |
      | the day        | 2019-01-01 |    277 |
      | the day after  | 2019-01-02 |    277 |
