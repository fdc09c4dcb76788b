"""A small commission system inside a real database, calculated by its own SQL and by nothing of trueup."""

SCHEMA = """
CREATE SCHEMA comp;
CREATE TABLE comp.payee (payee_id text PRIMARY KEY, currency char(3) NOT NULL);
CREATE TABLE comp.plan_member (payee_id text REFERENCES comp.payee, plan_name text NOT NULL, first_day date NOT NULL, last_day date,
    PRIMARY KEY (payee_id, plan_name, first_day));
CREATE TABLE comp.deal (deal_id text PRIMARY KEY, payee_id text REFERENCES comp.payee, closed date NOT NULL, amount numeric(18, 2) NOT NULL,
    currency char(3) NOT NULL);
CREATE TABLE comp.payout (payee_id text, plan_name text, period text, amount numeric(18, 2), currency char(3), calculated timestamp DEFAULT now());
CREATE PROCEDURE comp.calculate(rate text) LANGUAGE sql AS $$
    DELETE FROM comp.payout;
    INSERT INTO comp.payout (payee_id, plan_name, period, amount, currency)
    SELECT d.payee_id, m.plan_name, to_char(d.closed, 'YYYY-MM'), sum(round(d.amount * rate::numeric, 2)), d.currency
    FROM comp.deal d JOIN comp.plan_member m ON m.payee_id = d.payee_id AND d.closed BETWEEN m.first_day AND coalesce(m.last_day, 'infinity')
    GROUP BY 1, 2, 3, 5;
$$;
CREATE FUNCTION comp.wipe() RETURNS integer LANGUAGE sql AS $$ DELETE FROM comp.payout; SELECT 1; $$;
"""

PROFILE = """
target: Commission database
kind: sql
mapping: payouts.mapping.yaml
connection:
  url: {url}
  password: {{environment: COMMISSION_PASSWORD}}
  may write to: [uat]
seed:
  - table: payees
    into: comp.payee
    rows that are there: are removed
    columns: {{payee_id: payee, currency: {{column: currency, blank: EUR}}}}
  - table: plan_assignments
    into: comp.plan_member
    rows that are there: are removed
    columns: {{payee_id: payee, plan_name: plan, first_day: from, last_day: to}}
  - table: deals
    into: comp.deal
    rows that are there: are removed
    columns:
      deal_id: deal
      payee_id: owner
      closed: closed
      amount: {{column: amount, as: a number}}
      currency: {{column: amount, as: the currency}}
run:
  - procedure: comp.calculate
    arguments: ["{rate}"]
fetch:
  - file: payouts.csv
    table: comp.payout
    columns: [payee_id, plan_name, period, amount, currency]
    order by: [payee_id, plan_name, period]
"""

MAPPING = """
target: Commission database
grains:
  - grain: payouts
    expected: payouts
    file: payouts.csv
    key:
      payee: {column: payee_id}
      plan: {column: plan_name}
      period: {column: period}
    values:
      amount: {column: amount, currency: {column: currency}}
"""

FEATURE = """
Feature: Flat commission
  @id:flat-1 @req:R1
  Scenario: Two deals of one quarter
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Flat" pays 8% of bookings
    And "Ana Ruiz" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner    | closed     | amount        |
      | D-1  | Ana Ruiz | 2026-01-15 | 10,000.00 EUR |
      | D-2  | Ana Ruiz | 2026-02-15 | 20,000.00 EUR |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ana Ruiz" for 2026-01 is 800.00 EUR
    And the payout of "Ana Ruiz" for 2026-02 is 1,600.00 EUR

  @id:flat-2 @req:R1
  Scenario: Somebody else, whose data must not meet those of the first
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "AE Flat" pays 8% of bookings
    And "Ben Kay" is on plan "AE Flat" for FY2026
    And these deals:
      | deal | owner   | closed     | amount       |
      | D-1  | Ben Kay | 2026-03-31 | 1,000.00 EUR |
    When commissions are calculated for 2026-Q1
    Then the payout of "Ben Kay" for 2026-03 is 80.00 EUR
"""
