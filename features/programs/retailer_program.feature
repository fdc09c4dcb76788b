@req:RET-01
Feature: Retailers earn rewards for units sold out of the store
  A volume rebate. Units returned before settlement do not count. Each unit earns the reward of its own band.

  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with quarterly periods
    And these payees:
      | payee      | role  | kind     | currency |
      | Store Lyon | store | retailer | EUR      |
      | Store Nice | store | retailer | EUR      |
    And the retailer program "Summer Phones" from 2026-07-01 to 2026-09-30:
      | product | from units | to units | reward per unit |
      | Phone X |          1 |       50 |        5.00 EUR |
      | Phone X |         51 |      100 |        8.00 EUR |
      | Phone X |        101 |          |       10.00 EUR |

  @id:RET-01 @sev1
  Scenario: Returns are netted before the bands are applied
    Given these retail sales:
      | sale | retailer   | product | units | date       |
      | S-1  | Store Lyon | Phone X |    60 | 2026-07-10 |
      | S-2  | Store Lyon | Phone X |    50 | 2026-08-21 |
    And these returns:
      | return | of  | units | date       |
      | R-1    | S-2 |     5 | 2026-09-02 |
    When the program "Summer Phones" is settled for 2026-Q3
    Then the payout of "Store Lyon" for 2026-Q3 is 700.00 EUR because:
      | line         | base     | rate      | amount     |
      | units 1-50   | 50 units |  5.00 EUR | 250.00 EUR |
      | units 51-100 | 50 units |  8.00 EUR | 400.00 EUR |
      | units 101+   |  5 units | 10.00 EUR |  50.00 EUR |

  @id:RET-02 @sev2
  Scenario: Other products and late sales earn nothing
    Given these retail sales:
      | sale | retailer   | product | units | date       |
      | S-1  | Store Nice | Phone Y |    40 | 2026-08-01 |
      | S-2  | Store Nice | Phone X |    40 | 2026-10-01 |
      | S-3  | Store Nice | Phone X |    10 | 2026-09-30 |
    When the program "Summer Phones" is settled for 2026-Q3
    Then the payouts for 2026-Q3 are:
      | payee      | payout    |
      | Store Nice | 50.00 EUR |
    And the statement of "Store Nice" for 2026-Q3 shows:
      | line       | base     | rate     | amount    |
      | units 1-50 | 10 units | 5.00 EUR | 50.00 EUR |

  @id:RET-03 @sev1
  Scenario Outline: Rewards around the band edges
    Given these retail sales:
      | sale | retailer   | product | units   | date       |
      | S-1  | Store Lyon | Phone X | <units> | 2026-07-10 |
    When the program "Summer Phones" is settled for 2026-Q3
    Then the payout of "Store Lyon" for 2026-Q3 is <payout>
    And the statement of "Store Lyon" for 2026-Q3 includes:
      | line   | base           | rate     | amount  |
      | <band> | <inside> units | <reward> | <earns> |

    Examples:
      | case            | units | band         | inside | reward    | earns      | payout     |
      | below end of 1  |    49 | units 1-50   |     49 |  5.00 EUR | 245.00 EUR | 245.00 EUR |
      | end of band 1   |    50 | units 1-50   |     50 |  5.00 EUR | 250.00 EUR | 250.00 EUR |
      | start of band 2 |    51 | units 51-100 |      1 |  8.00 EUR |   8.00 EUR | 258.00 EUR |
      | inside band 2   |    52 | units 51-100 |      2 |  8.00 EUR |  16.00 EUR | 266.00 EUR |
      | below end of 2  |    99 | units 51-100 |     49 |  8.00 EUR | 392.00 EUR | 642.00 EUR |
      | end of band 2   |   100 | units 51-100 |     50 |  8.00 EUR | 400.00 EUR | 650.00 EUR |
      | start of band 3 |   101 | units 101+   |      1 | 10.00 EUR |  10.00 EUR | 660.00 EUR |
      | inside band 3   |   102 | units 101+   |      2 | 10.00 EUR |  20.00 EUR | 670.00 EUR |
