"""A scenario that tested nothing, or states a fact that nothing looks at, isn't green: each is told with its line, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.catalogue import find
from harness.features import parse_feature
from harness.lint import lint_feature
from harness.recorder import Recorder
from harness.scene import Scene
from harness.tests.test_steps_attacks import (
    ANA,
    BASE,
    BEN,
    CALC,
    DEALS,
    FLAT,
    FY,
    OBJECTIVES,
    PIPELINE,
    QUOTAS,
    SPREAD,
    TARGET,
    TIERS,
    changes,
    conventions,
    objectives,
    settings,
    table,
)
from harness.vacuous import nothing_tested
from harness.verdicts import Mismatch
from reference_engine.problems import Problem, Stopped

ROOT = Path(__file__).parents[2]
YEAR = "    When commissions are calculated for FY2026\n"
STAGES = "    And the stage probabilities:\n" + table("stage | probability", "Commit | 90%")
DUE = '    And the plan "Q" pays 1% of bookings\n'


def given(words: str, *rows: str) -> str:
    return f"    And {words}\n" + (table(*rows) if rows else "")


def paid(amount: str = "40.00 EUR", payee: str = "Ana Ruiz", period: str = "2026-Q1") -> str:
    return f'    Then the payout of "{payee}" for {period} is {amount}\n'


def outcome(steps: str, background: str = "") -> str:
    """What a run says of a scenario, with what is found before it and after it; "" where it is green."""
    problems: list[Problem] = []
    head = f"Feature: F\n  Background:\n{background}" if background else "Feature: F\n"
    feature = parse_feature(head + "  Scenario: S\n" + steps.lstrip("\n"), "x.feature", problems)
    assert feature is not None, problems
    if found := lint_feature(feature):
        return "\n".join(map(str, found))
    (case,) = feature.cases()
    recorder = Recorder(feature, case, tuple(case.steps()))
    scene = Scene(recorder, ROOT)
    for step in recorder.steps:
        recorder.start_step()
        try:
            scene.perform(find(step.kind, step.text)[0], step.text)
        except (Mismatch, Stopped) as error:
            return str(error)
        recorder.end_step("passed")
    return nothing_tested(scene, "x.feature")


ROUTER = "    And these deals:\n" + table("deal | owner | amount | closed | product", "D-1 | Ana Ruiz | 100.00 EUR | 2026-01-15 | Router")
PUSH = given('the incentive "Push" from 2026-01-01 to 2026-03-31:', "product | pays | per", "Ruoter | 20.00 EUR | deal")
PHONES = given('the retailer program "S" from 2026-01-01 to 2026-03-31:', "product | from units | reward per unit", "Phnoe | 1 | 2.00 EUR")
SOLD = given("these retail sales:", "sale | retailer | product | units | date", "S-1 | Shop | Phone | 10 | 2026-01-05")
BY_MONTH = given('the quotas of the plan "P" are distributed by month:', "part | weight", "1 | 20%", "2 | 30%", "3 | 50%")
SPLIT = given('the credit of deal "D-1" is split:', "payee | share", "Ana Ruiz | 50%", "Ben Katz | 50%")

HOLES: dict[str, tuple[str, str]] = {
    # Names and products.
    "a misspelt product of an incentive": (FY + FLAT + ANA + ROUTER + PUSH + CALC + paid("10.00 EUR"), "Did you mean: Router"),
    "a misspelt product of a programme": (FY + PHONES + SOLD + '    When the program "S" is settled for 2026-Q1\n' + paid("0.00 EUR", "Shop"), "Did you mean: Phone"),
    "a product that nothing names": (FY + FLAT + ANA + DEALS + PUSH + CALC + paid(), "no record of the scenario has"),
    "a misspelt owner": (FY + FLAT + ANA + DEALS.replace("D-2 | Ana Ruiz", "D-2 | Ana Riuz") + CALC + paid("10.00 EUR"), 'there is "Ana Ruiz", who is'),
    "a misspelt payee of a split": (BASE + BEN + SPLIT.replace("Ben Katz", "Ben Kazt") + CALC + paid("35.00 EUR"), 'there is "Ben Katz", who is'),
    "nothing of somebody on no plan": (BASE + given("these orders:", "order | owner | amount | date", "O-1 | Eva Lind | 9.00 EUR | 2026-01-03") + CALC + paid("0.00 EUR", "Eva Lind"), "is on no plan"),
    # Currencies.
    "a forecast of nothing in another currency": (FY + PIPELINE + STAGES + "    When the pipeline is forecast for 2026-Q2\n    Then the forecast for 2026-Q2 is 0.00 JPY\n", "No opportunity is in JPY"),
    "a payout of nothing in another currency": (BASE + BEN + CALC + paid("0.00 USD", "Ben Katz"), "Write the amount in EUR"),
    "a total beside another currency": (FY + FLAT + ANA + DEALS.replace("300.00 EUR", "300.00 USD") + CALC + "    Then total payouts for 2026-Q1 are 10.00 EUR\n", "total payouts for 2026-Q1 are 30.00 USD"),
    "a balance of nothing in another currency": (BASE + CALC + '    Then the balance of "Ana Ruiz" after 2026-Q1 is 0.00 JPY\n', "0 JPY would hold"),
    "nothing held in another currency": (BASE + CALC + '    Then the commission held for "Ana Ruiz" after 2026-Q1 is 0.00 JPY\n', "0 JPY would hold"),
    "nothing sold in another currency": (BASE + CALC + given("x", "period | amount", "2026-03 | 0.00 JPY").replace("And x", "Then the bookings by period are:"), "0 JPY would hold"),
    "no expense in another currency": (BASE + SPREAD + CALC + given("x", "period | expense | remaining", "2026-12 | 0.00 JPY | 0.00 JPY").replace("And x", 'Then the expense of deal "D-1" is spread:'), "JPY"),
    # Periods.
    "a period without records": (BASE + "    When commissions are calculated for 2026-Q3\n" + paid("0.00 EUR", period="2026-Q3"), "[span-empty]"),
    "a year, and zeros of a part without records": (BASE + YEAR + "    Then total payouts for 2026-Q3 are 0.00 EUR\n", "[span-empty]"),
    "a change after the period": (BASE + changes("rate | 10% | 15%").replace("2026-02-01", "2026-07-01") + CALC + paid(), "[fact-later]"),
    "a draw after the period": (BASE + given('"Ana Ruiz" has a recoverable draw of 9.00 EUR per month from 2026-07 to 2026-09') + CALC + paid(), "[fact-later]"),
    "an adjustment after the period": (BASE + given("these adjustments:", "payee | period | amount | reason", "Ana Ruiz | 2026-07 | 5.00 EUR | x") + CALC + paid(), "[fact-later]"),
    "a balance after the period": (BASE + given('"Ana Ruiz" enters 2026-07 with a balance of -6.00 EUR') + CALC + paid(), "[fact-later]"),
    "an incentive after the period": (FY + FLAT + ANA + ROUTER + PUSH.replace("2026-01-01", "2026-07-01").replace("2026-03-31", "2026-09-30").replace("Ruoter", "Router") + CALC + paid("10.00 EUR"), "[fact-later]"),
    # Terms of plans that nothing reads.
    "an attainment base of a flat rate": (BASE + settings("attainment base | quarter") + CALC + paid(), 'the setting "attainment base" changes nothing'),
    "a proration of a flat rate": (BASE + settings("proration | calendar days") + CALC + paid(), 'the setting "proration" changes nothing'),
    "ties without a contest": (BASE + conventions("contest.ties | each takes the prize") + CALC + paid(), "the convention contest.ties changes nothing"),
    "a curve's reading without a curve": (BASE + conventions("curve.below | zero", "every plan follows") + CALC + paid(), "such as a curve"),
    "a day of rates without a currency": (BASE + conventions("fx.date | period end") + CALC + paid(), "no currency, so nothing is converted"),
    "a reading of splits without splits": (BASE + conventions("split.residue | last") + CALC + paid(), "states no credit splits"),
    "a monthly distribution of monthly quotas": (FY + TIERS + ANA + QUOTAS + DEALS + BY_MONTH + CALC + paid("32.50 EUR"), "distribution by month"),
    "quotas of a flat rate": (BASE + QUOTAS + CALC + paid(), "this quota changes nothing"),
    "a target incentive of a flat rate": (FY + FLAT + TARGET + DEALS + CALC + paid(), "this target incentive changes nothing"),
    "a plan with nobody on it": (BASE + DUE + CALC + paid(), 'nobody is on the plan "Q"'),
    # Sentences that another one would look at.
    "a mapping and no results": (BASE + given('the target\'s mapping "examples/northwind_q1/results.mapping.yaml"') + CALC + paid(), "no step loads results"),
    "a spread and no expense": (BASE + SPREAD + CALC + paid(), "how the cost of a deal is spread"),
    "probabilities and no forecast": (BASE + STAGES + CALC + paid(), "no step makes a forecast"),
    "a pipeline and no forecast": (BASE + PIPELINE + CALC + paid(), "no plan counts the pipeline"),
    # Tables that nothing looks at.
    "territories and no owner of one": (BASE + given("these territories:", "territory | owner", "South | Ana Ruiz") + CALC + paid(), "these territories change nothing"),
    "routes and no territories": (BASE + given("accounts are routed to territories by:", "priority | field | is | territory", "1 | country | NO | North") + CALC + paid(), "these territory rules change nothing"),
    "a move of an account": (BASE + given('account "Fjord" moves to territory "South" on 2026-02-15') + CALC + paid(), "these account moves change nothing"),
    "units and no plan of units": (BASE + SOLD + CALC + paid(), "no plan counts units"),
    "milestones and no plan of them": (BASE + given("these milestones:", "deal | milestone | date", "D-1 | go-live | 2026-02-01") + CALC + paid(), "no plan pays by milestones"),
    "a cap by hand and no review": (BASE + given("these deal caps:", "deal | date | amount", "D-1 | 2026-02-01 | 5.00 EUR") + CALC + paid(), "no plan reviews windfalls"),
    "a claim and no fund": (BASE + given("these fund claims:", "claim | payee | fund | date | amount", "C-1 | Ana Ruiz | MDF | 2026-02-01 | 5.00 EUR") + CALC + paid(), "no plan keeps a fund"),
    "salaries and no target of them": (BASE + given("these salaries:", "payee | from | salary", "Ana Ruiz | 2026-01-01 | 5,000.00 EUR") + CALC + paid(), "these salaries change nothing"),
    "advances that no plan pays": (BASE + given("these advances:", "payee | period | amount", "Ana Ruiz | 2026-01 | 5.00 EUR") + CALC + paid(), "no plan pays advances"),
    "a reported measure that no plan looks at": (BASE + given("these reported measures:", "payee | measure | period | value", "Ana Ruiz | nps | 2026-01 | 50") + CALC + paid(), 'no plan looks at the measure "nps"'),
    "a product that nobody sells": (BASE + given("these products:", "product | unit cost", "X | 5.00 EUR") + CALC + paid(), 'names the product "X"'),
    "holidays where no days count": (BASE + given("these holidays:", "date | name", "2026-01-01 | New Year") + CALC + paid(), "no plan counts work days"),
    "reporting lines and no roll-up": (BASE + given("these reporting lines:", "payee | manager", "Ana Ruiz | Mia Stone") + CALC + paid(), "nobody is credited with what others sell"),
    "a group that owns nothing": (BASE + given("these groups:", "group | payee", "Bid Team | Ana Ruiz") + CALC + paid(), 'names the group "Bid Team"'),
    "rates of currencies that nobody has": (BASE + settings("currency | EUR") + given("these exchange rates:", "from | to | rate | valid from", "JPY | GBP | 0.9 | 2026-01-01") + CALC + paid(), "nobody is paid in either"),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "said"), HOLES.values(), ids=HOLES)
def test_what_tests_nothing_is_not_green(steps: str, said: str) -> None:
    message = outcome(steps)
    assert said in message, message


GREEN: dict[str, str] = {
    "the same product": FY + FLAT + ANA + ROUTER + PUSH.replace("Ruoter", "Router") + CALC + paid("30.00 EUR"),
    "a product that is listed and not sold": FY + FLAT + ANA + ROUTER + PUSH.replace("Ruoter", "Switch") + given("these products:", "product", "Router", "Switch") + CALC + paid("10.00 EUR"),
    "colleagues with numbers": BASE.replace("Ana Ruiz", "Rep 1") + DEALS.replace("D-", "E-").replace("Ana Ruiz", "Rep 2") + CALC + paid(payee="Rep 1"),
    "nothing of somebody on the plan": BASE + BEN + CALC + paid("0.00 EUR", "Ben Katz"),
    "a total for each currency": FY + FLAT + ANA + DEALS.replace("300.00 EUR", "300.00 USD") + CALC + "    Then total payouts for 2026-Q1 are 10.00 EUR\n    And total payouts for 2026-Q1 are 30.00 USD\n",
    "a forecast of nothing in its currency": FY + PIPELINE + STAGES + "    When the pipeline is forecast for 2026-Q2\n    Then the forecast for 2026-Q2 is 0.00 EUR\n",
    "a zero beside what is paid": BASE + YEAR + paid("0.00 EUR", period="2026-Q3") + paid().replace("Then", "And"),
    "an attainment base of tiers": FY + TIERS + ANA + QUOTAS.replace("2026-01 | 50", "2026-Q1 | 400").replace("      | Ana Ruiz | 2026-02 | 100.00 EUR |\n      | Ana Ruiz | 2026-03 | 100.00 EUR |\n", "") + DEALS + settings("attainment base | quarter") + CALC + paid("20.00 EUR"),
    "a distribution of a quarter": FY + TIERS + ANA + given('"Ana Ruiz" has a quota of 1,000.00 EUR for 2026-Q1') + DEALS + BY_MONTH + CALC + paid("20.00 EUR"),
}  # fmt: skip


@pytest.mark.parametrize("steps", GREEN.values(), ids=GREEN)
def test_what_tests_something_stays_green(steps: str) -> None:
    assert outcome(steps) == ""


def test_what_a_background_states_may_be_for_another_scenario() -> None:
    background = BASE + QUOTAS + conventions("split.residue | last") + given("these territories:", "territory | owner", "South | Ana Ruiz")
    assert outcome(CALC + paid(), background) == ""


@pytest.mark.parametrize("hole", ["a mapping and no results", "a draw after the period", "quotas of a flat rate", "a misspelt owner", "a period without records"])
def test_it_is_told_with_file_and_line(hole: str) -> None:
    assert "x.feature:" in outcome(HOLES[hole][0])


def test_a_credit_is_shown_as_it_is_rounded() -> None:
    rounded = "    And amounts are rounded half up per credit to 2 decimals\n    And amounts are rounded half up per line to 2 decimals\n"
    steps = FY + rounded + FLAT + ANA + BEN + DEALS.replace("100.00", "100.01") + SPLIT + conventions("split.residue | last") + CALC
    credit = '    Then the credit of deal "D-1" is:\n'
    assert outcome(steps + credit + table("payee | credit", "Ana Ruiz | 50.01 EUR", "Ben Katz | 50.00 EUR")) == ""
    assert "50.01 EUR" in outcome(steps + credit + table("payee | credit", "Ana Ruiz | 50.00 EUR", "Ben Katz | 50.00 EUR"))


def test_a_commission_that_is_divided_after_its_rate_shows_rate_and_share() -> None:
    steps = FY + FLAT + ANA + BEN + DEALS + SPLIT + conventions("split.when | after rate") + CALC
    shows = '    Then the statement of "Ana Ruiz" for 2026-01 shows:\n'
    assert outcome(steps + shows + table("line | base | rate | share | amount", "D-1 | 100.00 EUR | 10% | 50% | 5.00 EUR")) == ""
    wrong = outcome(steps + shows + table("line | rate | amount", "D-1 | 5% | 5.00 EUR"))
    assert "10%" in wrong
    assert "50%" in wrong


@pytest.mark.parametrize(("measure", "right"), [("cash", "is"), ("revenue", "is"), ("bookings", "are"), ("units", "are")])
def test_what_is_counted_is_and_things_are(measure: str, right: str) -> None:
    assert len(find("then", f"the {measure} by period {right}:")) == 1
    assert find("then", f"the {measure} by period {'are' if right == 'is' else 'is'}:") == ()


def test_missing_objectives_are_told_in_the_words_of_the_sentence() -> None:
    quarterly = FY.replace("monthly", "quarterly") + OBJECTIVES + TARGET
    said = outcome(quarterly + objectives("Ref | 100% | 100%").replace("2026-Q1", "2026-Q2") + CALC + paid("0.00 EUR"))
    assert 'Add: these objectives of "Ana Ruiz" for 2026-Q1:' in said
    assert "reported_measures" not in said
    alone = outcome(quarterly + BEN + objectives("Ref | 100% | 100%", payee="Ben Katz") + CALC + paid("0.00 EUR"))
    assert "has no target incentive in" in alone or "has no objectives for" in alone


def test_a_balance_in_another_currency_is_told_at_its_line() -> None:
    said = outcome(BASE + given('"Ana Ruiz" enters 2026-01 with a balance of -60.00 USD') + CALC + paid())
    line = 3 + BASE.count("\n")
    assert f"x.feature:{line}: " in said
    assert "(input)" not in said


def test_a_recalculation_reaches_the_next_pay_period_of_a_plan_that_pays_rarely() -> None:
    steps = BASE + settings("pay frequency | quarterly") + given('the payout of "Ana Ruiz" for 2026-Q1 was 35.00 EUR') + "    When 2026-Q1 is recalculated\n"
    assert outcome(steps + paid("5.00 EUR", period="2026-Q2")) == ""


NAMES = """Feature: Reps
  Background:
    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods
    And the plan "Rep" pays 8% of bookings
    And "Ana Ruiz" is on plan "Rep" for FY2026
  Scenario: Month
    Given these deals:
      | deal | owner    | amount         | closed     |
      | D-1  | Ana Ruiz | 110,000.00 EUR | 2026-01-15 |
    When commissions are calculated for 2026-01
    Then the payout of "Ana Ruiz" for 2026-01 is 8,800.00 EUR
"""
FROM_FILE = """Feature: Reps
  Scenario: Quarter
    Given the data in "examples/northwind_q1"
    And the plan "Rep" pays 8% of bookings
    When commissions are calculated for 2026-Q1
    Then the payout of "{}" for 2026-Q1 is 0.00 EUR
"""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param(NAMES.replace('of "Ana Ruiz" for 2026-01 is', 'of "Ana Riuz" for 2026-01 is'), "11:5", id="then"),
        pytest.param(NAMES.replace("D-1  | Ana Ruiz", "D-1  | Ana Riuz"), "9", id="owner"),
        pytest.param(NAMES.replace("    When", '    And the credit of deal "D-1" is split:\n      | payee    | share |\n      | Ana Riuz | 100%  |\n    When'), "12", id="split"),
        pytest.param(FROM_FILE.format("Nobody At All"), "6:5", id="a payee whom no file has"),
    ],
)  # fmt: skip
def test_check_finds_names_that_nobody_has(text: str, place: str, trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios" / "data").mkdir(parents=True)
    (tmp_path / "scenarios" / "data" / "examples").symlink_to(ROOT / "scenarios" / "data" / "examples")
    (tmp_path / "x.feature").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = trueup("check", "x.feature")
    assert ran.code == 2
    assert f"x.feature:{place}: " in ran.err, ran.err


def test_check_reads_the_names_of_files(trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios" / "data" / "team").mkdir(parents=True)
    (tmp_path / "scenarios" / "data" / "team" / "payees.csv").write_text("payee\nEva Lind\n", encoding="utf-8")
    (tmp_path / "team.feature").write_text(FROM_FILE.format("Eva Lind").replace("examples/northwind_q1", "team"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert trueup("check", "team.feature").code == 0
