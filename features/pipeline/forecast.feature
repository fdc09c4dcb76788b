@req:PIPE-01
Feature: The forecast weighs open opportunities by stage

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the stage probabilities:
      | stage     | probability |
      | Discovery |         10% |
      | Proposal  |         40% |
      | Commit    |         90% |
      | Lost      |          0% |

  @id:PIPE-01 @sev3
  Scenario: The opportunities that close in the quarter are weighed
    Given this pipeline:
      | opportunity | owner    | amount         | stage     | closes     |
      | O-1         | Ana Ruiz | 100,000.00 EUR | Discovery | 2026-04-30 |
      | O-2         | Ana Ruiz |  50,000.00 EUR | Proposal  | 2026-05-31 |
      | O-3         | Ben Katz |  30,000.00 EUR | Commit    | 2026-06-30 |
      | O-4         | Ben Katz |  80,000.00 EUR | Commit    | 2026-07-01 |
      | O-5         | Ben Katz |  80,000.00 EUR | Lost      | 2026-05-01 |
    When the pipeline is forecast for 2026-Q2
    Then the forecast for 2026-Q2 is 57,000.00 EUR

  @id:PIPE-02 @sev3
  Scenario Outline: Only the days of the quarter count
    Given this pipeline:
      | opportunity | owner    | amount         | stage  | closes   |
      | O-1         | Ana Ruiz | 100,000.00 EUR | Commit | <closes> |
    When the pipeline is forecast for 2026-Q2
    Then the forecast for 2026-Q2 is <forecast>

    Examples:
      | case           | closes     | forecast      |
      | the day before | 2026-03-31 |      0.00 EUR |
      | the first day  | 2026-04-01 | 90,000.00 EUR |
      | the last day   | 2026-06-30 | 90,000.00 EUR |
      | the day after  | 2026-07-01 |      0.00 EUR |
