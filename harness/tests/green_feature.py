"""The smallest feature that is green, for tests of what runs features."""

GREEN = """@req:R-1
Feature: Pay
  @id:PAY-01 @sev1
  Scenario: One deal
    Given the plan "P" pays 10% of bookings
    And "Ana" is on plan "P" for FY2026
    And fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And these deals:
      | deal | owner | amount     | closed     |
      | D-1  | Ana   | 100.00 EUR | 2026-01-15 |
    When commissions are calculated for 2026-01
    Then the payout of "Ana" for 2026-01 is 10.00 EUR
"""
