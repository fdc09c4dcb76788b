@req:PIPE-02
Feature: The pipeline is a measure of its own
  Owner: Revenue Operations. Source: Pipeline policy 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods

  @id:PIPE-10 @sev2
  Scenario: An opportunity's own probability stands above that of its stage
    Given the stage probabilities:
      | stage    | probability |
      | Proposal |         40% |
      | Commit   |         90% |
    And this pipeline:
      | opportunity | owner    | amount         | stage    | closes     | probability |
      | O-1         | Ana Ruiz | 100,000.00 EUR | Proposal | 2026-05-31 |             |
      | O-2         | Ana Ruiz | 100,000.00 EUR | Proposal | 2026-05-31 |         60% |
      | O-3         | Ben Katz |  50,000.00 EUR | Commit   | 2026-06-30 |        100% |
      | O-4         | Ben Katz |  50,000.00 EUR | Commit   | 2026-07-31 |             |
    When the pipeline is forecast for 2026-Q2
    Then the forecast for 2026-Q2 is 150,000.00 EUR

  @id:PIPE-11 @sev2
  Scenario Outline: A bonus for a pipeline of three times what is still to be sold
    Given the plan "Builder" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: coverage bonus
          earn:
            - bonus: {pays: 500.00 EUR, when: "pipeline >= 3 * (quota of bookings - bookings)"}
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      """
    And "Ana Ruiz" is on plan "Builder" for 2026-Q1
    And "Ana Ruiz" has a quota of 50,000.00 EUR for 2026-Q1
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 20,000.00 EUR | 2026-02-10 |
    And this pipeline:
      | opportunity | owner    | amount        | stage    | closes     | probability |
      | O-1         | Ana Ruiz | 60,000.00 EUR | Proposal | 2026-03-31 |         40% |
      | O-2         | Ana Ruiz | <open>        | Commit   | 2026-03-30 |         90% |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is <payout>
    And the statement of "Ana Ruiz" for 2026-Q1 includes:
      | line       | base          | rate | amount       |
      | commission | 20,000.00 EUR |  10% | 2,000.00 EUR |

    Examples:
      | case             | open          | payout       |
      | just below three | 29,999.00 EUR | 2,000.00 EUR |
      | exactly three    | 30,000.00 EUR | 2,500.00 EUR |
      | just above three | 30,001.00 EUR | 2,500.00 EUR |

  @id:PIPE-12 @sev3
  Scenario: Coverage is shown beside the pay, and nothing is paid on it
    Given the plan "Shown" reads:
      """
      currency: EUR
      conventions: {profile: step language}
      components:
        - component: commission
          measure: bookings
          credits: [direct]
          earn: [{flat rate: {rate: 10%}}]
      figures:
        - {figure: coverage, is: pipeline / quota of bookings}
      """
    And "Ana Ruiz" is on plan "Shown" for 2026-Q2
    And "Ana Ruiz" has a quota of 50,000.00 EUR for 2026-Q2
    And these deals:
      | deal | owner    | amount        | closed     |
      | D-1  | Ana Ruiz | 20,000.00 EUR | 2026-05-10 |
    And this pipeline:
      | opportunity | owner    | amount        | stage    | closes     | probability |
      | O-1         | Ana Ruiz | 90,000.00 EUR | Proposal | 2026-06-30 |         40% |
      | O-2         | Ana Ruiz | 35,000.00 EUR | Commit   | 2026-04-01 |         90% |
      | O-3         | Ana Ruiz | 80,000.00 EUR | Commit   | 2026-07-01 |         90% |
    When commissions are calculated for 2026-Q2
    Then the figure "coverage" of "Ana Ruiz" for 2026-Q2 is 250%
    And the payout of "Ana Ruiz" for 2026-Q2 is 2,000.00 EUR because:
      | line | base          | rate | amount       |
      | D-1  | 20,000.00 EUR |  10% | 2,000.00 EUR |
