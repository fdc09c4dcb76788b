@req:COMP-20
Feature: An enterprise: 125 people, four levels, eight countries, two currencies, ninety-six territories
  Accounts find their territory by country and industry; some are named; one territory of each country changes hands in May;
  managers change in March; American deals are converted at the average rate of their month. The control totals were
  worked out from the CSV files without the engine (harness/tests/independent_companies.py).
  Owner: Global Compensation. Source: Meridian Group, global sales plan 2026.

  Background:
    Given the company "Meridian Group 2026"
    And the deals in "examples/meridian_h1/deals.csv"
    And the returns in "examples/meridian_h1/returns.csv"
    And the credit splits in "examples/meridian_h1/credit_splits.csv"

  @id:MG-01 @sev1
  Scenario: Control totals of the half-year, and one payee of each level
    When commissions are calculated for 2026-H1
    Then total payouts for 2026-Q1 are 1,364,553.66 EUR
    And total payouts for 2026-Q2 are 1,369,583.55 EUR
    And the payout of "VP-1" for 2026-Q1 is 12,445.50 EUR
    And the payout of "DIR-4" for 2026-Q2 is 9,925.76 EUR
    And the payout of "MGR-DE1" for 2026-Q2 is 7,173.15 EUR
    And the payout of "SPC-US" for 2026-Q1 is 10,471.80 EUR
    And the payout of "AE-DE07" for 2026-Q2 is 33,703.85 EUR
    And the credit of deal "M-0386" is:
      | payee   | credit        | why     |
      | AE-FR01 | 30,687.94 EUR | direct  |
      | MGR-FR1 | 30,687.94 EUR | roll-up |
      | DIR-1   | 30,687.94 EUR | roll-up |
      | VP-1    | 30,687.94 EUR | roll-up |

  @id:MG-03 @sev2
  Scenario: An American cloud deal is converted at the average rate of February, for the seller and the specialist
    Given these deals:
      | deal | owner           | account | amount        | closed     | product |
      | X-2  | territory owner | ACC-007 | 20,000.00 USD | 2026-02-10 | Cloud   |
    When commissions are calculated for 2026-Q1
    Then the statement of "SPC-US" for 2026-Q1 includes:
      | line | base         | rate | amount     |
      | X-2  | 9,187.00 EUR |   3% | 275.61 EUR |

  @id:MG-02 @sev2
  Scenario Outline: The last and the first day of a holder, of a named account and of a manager
    Given these deals:
      | deal | owner           | account   | amount        | closed   | product  |
      | X-1  | territory owner | <account> | 10,000.00 EUR | <closed> | Services |
    When commissions are calculated for 2026-H1
    Then the credit of deal "X-1" is:
      | payee      | credit        | why     |
      | <holder>   | 10,000.00 EUR | direct  |
      | <manager>  | 10,000.00 EUR | roll-up |
      | <director> | 10,000.00 EUR | roll-up |
      | VP-1       | 10,000.00 EUR | roll-up |

    Examples:
      | case                             | account | closed     | holder  | manager | director |
      | the last day of the old holder   | ACC-041 | 2026-05-14 | AE-DE06 | MGR-DE1 | DIR-1    |
      | the first day of the new one     | ACC-041 | 2026-05-15 | AE-DE07 | MGR-DE2 | DIR-1    |
      | the last day of the name         | ACC-006 | 2026-03-15 | AE-SE12 | MGR-SE2 | DIR-3    |
      | the first day without it         | ACC-006 | 2026-03-16 | AE-SE01 | MGR-SE1 | DIR-3    |
      | the last day of the old manager  | ACC-025 | 2026-02-28 | AE-DE04 | MGR-DE1 | DIR-1    |
      | the first day of the new manager | ACC-025 | 2026-03-01 | AE-DE04 | MGR-DE2 | DIR-1    |
