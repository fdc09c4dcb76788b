@req:TERR-10
Feature: Named accounts and territory rules have their days and their priority
  Owner: Sales Operations. Source: Territory model 2026.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And the plan "AE Flat" pays 10% of bookings
    And these plan assignments:
      | payee     | plan    | from       |
      | Ana Ruiz  | AE Flat | 2026-01-01 |
      | Ben Katz  | AE Flat | 2026-01-01 |
      | Sam Okoro | AE Flat | 2026-01-01 |
    And these territories:
      | territory | owner    |
      | Small     | Ana Ruiz |
      | Large     | Ben Katz |

  @id:TERR-10 @sev1
  Scenario Outline: A band of company sizes, on both of its ends
    Given accounts are routed to territories by:
      | priority | field | is   | territory |
      |        1 | size  | 1-99 | Small     |
      |        2 | size  | 100+ | Large     |
    And these accounts:
      | account | size   |
      | Fjord   | <size> |
    And these deals:
      | deal | owner           | account | amount        | closed     |
      | D-1  | territory owner | Fjord   | 10,000.00 EUR | 2026-02-14 |
    When commissions are calculated for 2026-Q1
    Then the credit of deal "D-1" is:
      | payee   | credit        | why    |
      | <owner> | 10,000.00 EUR | direct |
    And the payouts for 2026-Q1 are:
      | payee   | payout       |
      | <owner> | 1,000.00 EUR |

    Examples:
      | case        | size | owner    |
      | below 100   |   99 | Ana Ruiz |
      | exactly 100 |  100 | Ben Katz |
      | above 100   |  101 | Ben Katz |

  @id:TERR-11 @sev1
  Scenario Outline: A named account stands above the rules until its last day
    Given accounts are routed to territories by:
      | priority | field | is   | territory |
      |        1 | size  | 1-99 | Small     |
      |        2 | size  | 100+ | Large     |
    And these accounts:
      | account | size |
      | Fjord   |   50 |
    And these named accounts:
      | account | payee     | to         |
      | Fjord   | Sam Okoro | 2026-02-15 |
    And every plan follows these conventions:
      | convention           | reading   |
      | territory.precedence | <reading> |
    And these deals:
      | deal | owner           | account | amount        | closed   |
      | D-1  | territory owner | Fjord   | 10,000.00 EUR | <closed> |
    When commissions are calculated for 2026-Q1
    Then the credit of deal "D-1" is:
      | payee   | credit        | why    |
      | <owner> | 10,000.00 EUR | direct |

    Examples:
      | case                    | reading              | closed     | owner     |
      | the day before the last | named accounts first | 2026-02-14 | Sam Okoro |
      | the last day            | named accounts first | 2026-02-15 | Sam Okoro |
      | the day after           | named accounts first | 2026-02-16 | Ana Ruiz  |
      | where rules come first  | rules first          | 2026-02-14 | Ana Ruiz  |

  @id:TERR-12 @sev2
  Scenario Outline: A rule holds from its first to its last day
    Given accounts are routed to territories by:
      | priority | field   | is | territory | from       | to         |
      |        1 | country | NO | Large     | 2026-02-01 | 2026-02-28 |
      |        2 | country | NO | Small     |            |            |
    And these accounts:
      | account | country |
      | Fjord   | NO      |
    When territories are assigned as of <day>
    Then the territories of these accounts are:
      | account | territory   | owner   | why    |
      | Fjord   | <territory> | <owner> | <rule> |

    Examples:
      | case           | day        | territory | owner    | rule   |
      | the day before | 2026-01-31 | Small     | Ana Ruiz | rule 2 |
      | the first day  | 2026-02-01 | Large     | Ben Katz | rule 1 |
      | the last day   | 2026-02-28 | Large     | Ben Katz | rule 1 |
      | the day after  | 2026-03-01 | Small     | Ana Ruiz | rule 2 |

  @id:TERR-13 @sev1
  Scenario: A return follows the holder of the day of the deal, whoever holds the account now
    Given these accounts:
      | account | territory |
      | Fjord   | Small     |
    And account "Fjord" moves to territory "Large" on 2026-02-15
    And these deals:
      | deal | owner           | account | amount        | closed     |
      | D-1  | territory owner | Fjord   | 10,000.00 EUR | 2026-02-14 |
      | D-2  | territory owner | Fjord   | 20,000.00 EUR | 2026-02-15 |
    And these returns:
      | return | of  | amount       | date       |
      | R-1    | D-1 | 4,000.00 EUR | 2026-03-10 |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-Q1 is 600.00 EUR because:
      | line | base          | rate | amount       |
      | D-1  | 10,000.00 EUR |  10% | 1,000.00 EUR |
      | R-1  | -4,000.00 EUR |  10% |  -400.00 EUR |
    And the payout of "Ben Katz" for 2026-Q1 is 2,000.00 EUR
