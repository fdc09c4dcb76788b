"""Slips, contradictions and facts without effect: each is answered, and none is paid in silence."""

from __future__ import annotations

import pytest

from harness.tests.test_steps_run import run

FY = "    Given fiscal year FY2026 starts on 2026-01-01 with monthly periods\n"
FLAT = '    And the plan "P" pays 10% of bookings\n'
ANA = '    And "Ana Ruiz" is on plan "P" for FY2026\n'
BEN = '    And "Ben Katz" is on plan "P" for FY2026\n'
CALC = "    When commissions are calculated for 2026-Q1\n"
TIERS = '    And the plan "P" pays by attainment of bookings:\n      | from | to   | rate |\n      | 0%   | 100% | 5%   |\n      | 100% |      | 10%  |\n'
BONUS = '    And the plan "P" pays these bonuses by attainment of bookings:\n      | attainment | bonus    |\n      | 100%       | 5.00 EUR |\n'
OBJECTIVES = '    And the plan "P" pays the target incentive by objectives\n'
CLAWBACK = "    And commissions on deals cancelled within 90 days are taken back in full\n"
SPREAD = "    And commission cost is spread over 4 months\n"


def table(header: str, *rows: str) -> str:
    return "".join(f"      | {line} |\n" for line in (header, *rows))


DEALS = "    And these deals:\n" + table(
    "deal | owner | amount | closed",
    "D-1 | Ana Ruiz | 100.00 EUR | 2026-01-15",
    "D-2 | Ana Ruiz | 300.00 EUR | 2026-02-16",
)
QUOTAS = "    And these quotas:\n" + table(
    "payee | period | quota",
    "Ana Ruiz | 2026-01 | 50.00 EUR",
    "Ana Ruiz | 2026-02 | 100.00 EUR",
    "Ana Ruiz | 2026-03 | 100.00 EUR",
)
TARGET = "    And these plan assignments:\n" + table(
    "payee | plan | from | target incentive | period", "Ana Ruiz | P | 2026-01-01 | 1,000.00 EUR | month"
)
BASE = FY + FLAT + ANA + DEALS
RETURN = "    And these returns:\n" + table(
    "return | of | date | amount", "R-1 | D-1 | 2026-02-20 | 100.00 EUR"
)
PIPELINE = "    And this pipeline:\n" + table(
    "opportunity | owner | amount | stage | closes | known",
    "O-1 | Ana Ruiz | 100.00 EUR | Commit | 2026-02-01 | 2026-01-15",
)


def settings(*rows: str, period: str = "FY2026") -> str:
    return f'    And the plan "P" for {period}:\n' + table("setting | value", *rows)


def limits(*rows: str) -> str:
    return '    And the plan "P" limits payouts:\n' + table("limit | amount | per", *rows)


def conventions(row: str, whose: str = 'the plan "P" follows') -> str:
    return f"    And {whose} these conventions:\n" + table("convention | reading", row)


def objectives(*rows: str, payee: str = "Ana Ruiz") -> str:
    return f'    And these objectives of "{payee}" for 2026-Q1:\n' + table(
        "objective | weight | result", *rows
    )


def contest(*rows: str) -> str:
    return (
        '    And the plan "P" pays prizes by rank in bookings, and equal ranks share the prizes:\n'
        + table("place | prize", *rows)
    )


def amended(row: str, day: str = "2026-02-20") -> str:
    return f'    And deal "D-1" is amended on {day}:\n' + table("field | before | after", row)


def changes(*rows: str) -> str:
    return '    And the plan "P" changes on 2026-02-01:\n' + table("setting | before | after", *rows)


def rates(kind: str) -> str:
    return "    And these exchange rates:\n" + table(
        "from | to | rate | valid from | kind", f"USD | EUR | 0.9 | 2026-01-01 | {kind}"
    )


def total(amount: str) -> str:
    return f"    Then total payouts for 2026-Q1 are {amount} EUR\n"


REFUSED = {
    "year with two starts": (
        FY + FY.replace("Given", "And").replace("01-01", "02-01") + FLAT + ANA + DEALS,
        "fact-twice",
    ),
    "year far from its number": (FY.replace("2026-01-01", "2023-01-01") + FLAT + ANA + DEALS, "not-a-year"),
    "year of fourteen months": (
        FY + "    And fiscal year FY2027 starts on 2027-03-01 with monthly periods\n" + FLAT + ANA + DEALS,
        "fact-twice",
    ),
    "year and calendar disagree": (
        FY
        + "    And the fiscal calendar:\n"
        + table("period | from | to | pattern", "FY2026 | 2026-02-01 | 2027-01-30 | 4-4-5")
        + FLAT
        + ANA
        + DEALS,
        "fact-twice",
    ),
    "two todays": (
        FY + "    And today is 2026-01-01\n    And today is 2026-06-01\n" + FLAT + ANA + DEALS,
        "fact-twice",
    ),
    "two roundings of a level": (
        BASE
        + "    And amounts are rounded half up per payout to 2 decimals\n    And amounts are rounded down per payout to 0 decimals\n",
        "fact-twice",
    ),
    "rounding by sentence and convention": (
        BASE
        + "    And amounts are rounded down per payout to 0 decimals\n"
        + conventions("rounding | exact"),
        "plan-stated-twice",
    ),
    "two expense times": (BASE + SPREAD + SPREAD.replace("4", "6"), "fact-twice"),
    "two clawbacks": (BASE + CLAWBACK + CLAWBACK.replace("90", "30"), "fact-twice"),
    "rates that convert nothing": (BASE + rates("spot"), "term-unused"),
    "two kinds of rates in two steps": (
        BASE.replace("100.00 EUR", "100.00 USD")
        + settings("currency | EUR")
        + rates("spot")
        + rates("average"),
        "convention-open",
    ),
    "two currencies of a plan": (BASE + settings("currency | EUR", "currency | USD"), "plan-stated-twice"),
    "settings of two periods": (
        BASE + settings("currency | EUR") + settings("currency | EUR", period="2026-Q1"),
        "plan-stated-twice",
    ),
    "settings of no period": (BASE + settings("currency | EUR", period="2026-P13"), "not-a-period"),
    "measure said before the plan": (
        FY + settings("measure | revenue") + FLAT + ANA + DEALS,
        "plan-stated-twice",
    ),
    "credit date said before the plan": (
        FY + settings("credit date | payment date") + FLAT + ANA + DEALS,
        "plan-stated-twice",
    ),
    "plan and every plan disagree": (
        BASE
        + conventions("tier.accumulate | quarter")
        + conventions("tier.accumulate | period", "every plan follows"),
        "plan-stated-twice",
    ),
    "setting and convention disagree": (
        BASE + conventions("tier.accumulate | quarter") + settings("attainment base | year"),
        "plan-stated-twice",
    ),
    "negative rate": (FY + FLAT.replace("10%", "-10%") + ANA + DEALS, "amount-negative"),
    "negative tier": (FY + TIERS.replace("| 5%", "| -5%") + ANA + QUOTAS + DEALS, "amount-negative"),
    "negative amount for each": (
        FY + '    And the plan "P" pays -5.00 EUR for each deal\n' + ANA + DEALS,
        "amount-negative",
    ),
    "negative bonus": (FY + FLAT + BONUS.replace("5.00", "-5.00") + ANA + QUOTAS + DEALS, "amount-negative"),
    "negative pool": (
        FY + '    And the plan "P" shares a pool of -9.00 EUR equally\n' + ANA + DEALS,
        "amount-negative",
    ),
    "negative prize": (FY + contest("1 | -9.00 EUR") + ANA + DEALS, "amount-negative"),
    "negative limit": (BASE + limits("cap | -5.00 EUR | period"), "amount-negative"),
    "negative draw": (
        BASE + '    And "Ana Ruiz" has a recoverable draw of -9.00 EUR per month from 2026-01 to 2026-03\n',
        "amount-negative",
    ),
    "gate that never closes": (
        BASE + '    And the plan "P" pays only if the attainment of bookings is at least 0%\n' + QUOTAS,
        "amount-negative",
    ),
    "amount in another currency": (
        FY + '    And the plan "P" pays 5.00 USD for each deal\n' + settings("currency | EUR") + ANA + DEALS,
        "currency-mixed",
    ),
    "bonuses out of order": (
        FY
        + FLAT
        + BONUS.replace(
            "| 100%       | 5.00 EUR |", "| 200%       | 9.00 EUR |\n      | 100%       | 5.00 EUR |"
        )
        + ANA
        + QUOTAS
        + DEALS,
        "tiers-order",
    ),
    "components stated in two steps": (
        FY
        + (
            '    And the plan "P" has these components:\n'
            + table("component | measure | weight | curve", "A | bookings | 100% | linear")
        )
        * 2
        + TARGET
        + QUOTAS
        + DEALS,
        "plan-stated-twice",
    ),
    "a condition with a formula in it": (
        FY
        + '    And the plan "P" has these components:\n'
        + table(
            "component | measure | weight | curve | paid only if",
            "A | bookings | 100% | linear | bookings > 0 or attainment of margin above 80%",
        )
        + TARGET
        + QUOTAS
        + DEALS,
        "unknown-name",
    ),
    "a gate, and then another component": (
        BASE
        + '    And the plan "P" pays only if the attainment of bookings is at least 80%\n'
        + BONUS
        + QUOTAS,
        "component-open",
    ),
    "a multiplier twice": (
        BASE
        + (
            '    And the plan "P" multiplies what is earned by attainment of bookings:\n'
            + table("from | factor", "0% | 1", "100% | 2")
        )
        * 2
        + QUOTAS,
        "plan-stated-twice",
    ),
    "a limit twice": (
        BASE + limits("cap | 15.00 EUR | period", "cap | 5.00 EUR | period"),
        "plan-stated-twice",
    ),
    "a floor above the cap": (
        BASE + limits("cap | 5.00 EUR | period", "floor | 15.00 EUR | period"),
        "limits-order",
    ),
    "a ramp and nobody hired": (
        FY
        + TIERS
        + '    And the quotas of the plan "P" ramp up by month since the hire:\n'
        + table("month | share", "1 | 50%")
        + ANA
        + QUOTAS
        + DEALS,
        "term-unused",
    ),
    "a measure that nobody counts": (
        BASE + "    And these measures:\n" + table("measure | of", "new ARR | bookings"),
        "term-unused",
    ),
    "objectives that no plan pays": (BASE + objectives("Ref | 100% | 100%"), "term-unused"),
    "weights over two tables": (
        FY + OBJECTIVES + TARGET + objectives("Ref | 100% | 100%") + objectives("Acc | 100% | 100%"),
        "weights-total",
    ),
    "an objective with a formula in it": (
        FY + OBJECTIVES + TARGET + objectives("Ref` * 5 * `x | 100% | 100%"),
        "wrong-value",
    ),
    "a hole in the places": (FY + contest("1 | 9.00 EUR", "3 | 5.00 EUR") + ANA + DEALS, "contest-prize"),
    "prizes in two currencies": (FY + contest("1 | 9.00 EUR", "2 | 5.00 USD") + ANA + DEALS, "contest-prize"),
    "an incentive over two fiscal years": (
        FY
        + '    And the incentive "Push" from 2025-12-01 to 2026-01-31:\n'
        + table("product | pays | per | limit per payee", "X | 20.00 EUR | deal | 30.00 EUR")
        + DEALS,
        "incentive-years",
    ),
    "a quota of a misspelt payee": (
        FY + TIERS + ANA + QUOTAS + DEALS + '    And "Ana Riuz" has a quota of 9.00 EUR for 2026-01\n',
        "payee-unused",
    ),
    "an adjustment of a misspelt payee": (
        BASE
        + "    And these adjustments:\n"
        + table("payee | period | amount | reason", "Ana Riuz | 2026-01 | 5.00 EUR | x"),
        "payee-unused",
    ),
    "a stranger leaves": (BASE + '    And "Nobody At All" leaves on 2026-02-20\n', "payee-unused"),
    "an amendment in another currency": (BASE + amended("amount | 100.00 EUR | 160.00 USD"), "wrong-value"),
    "an amendment to less than nothing": (BASE + amended("amount | 100.00 EUR | -9.00 EUR"), "wrong-value"),
    "an amendment of nothing": (BASE + amended("amount | 100.00 EUR | 100.00 EUR"), "change-nothing"),
    "an amendment before the deal": (
        BASE + amended("amount | 100.00 EUR | 60.00 EUR", "2026-01-01"),
        "dates-order",
    ),
    "two amendments on one day": (
        BASE + amended("amount | 100.00 EUR | 60.00 EUR") + amended("amount | 60.00 EUR | 50.00 EUR"),
        "dates-order",
    ),
    "an amendment of what was before": (
        BASE
        + amended("amount | 100.00 EUR | 60.00 EUR")
        + amended("amount | 100.00 EUR | 50.00 EUR", "2026-03-01"),
        "change-before",
    ),
    "an amendment where deals count": (
        FY
        + '    And the plan "P" pays 5.00 EUR for each deal\n'
        + ANA
        + DEALS
        + amended("amount | 100.00 EUR | 160.00 EUR"),
        "amended-open",
    ),
    "an amended deal is cancelled": (
        BASE
        + amended("amount | 100.00 EUR | 160.00 EUR")
        + CLAWBACK
        + "    And these cancellations:\n"
        + table("deal | date", "D-1 | 2026-03-10"),
        "amended-open",
    ),
    "a change twice": (BASE + changes("rate | 10% | 15%", "rate | 10% | 20%"), "plan-stated-twice"),
    "a change of nothing": (BASE + changes("rate | 10% | 10%"), "change-nothing"),
    "a change that two components share": (
        FY
        + '    And the plan "P" reads:\n      """\n      conventions: {profile: step language}\n      components:\n'
        + "".join(
            f"      - {{component: {c}, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}]}}\n"
            for c in "CD"
        )
        + '      """\n'
        + ANA
        + DEALS
        + changes("rate | 10% | 15%"),
        "component-open",
    ),
    "a folder name too long": (BASE + f'    And the data in "{"x" * 5000}"\n', "file-missing"),
}


@pytest.mark.parametrize(("steps", "slug"), REFUSED.values(), ids=REFUSED)
def test_what_contradicts_or_has_no_effect_is_refused(steps: str, slug: str) -> None:
    # What says over how many months cost is spread is looked at by this sentence only.
    spread = '    And the expense of deal "D-1" is spread:\n' + table("period | expense | remaining", "2026-01 | 1.00 EUR | 1.00 EUR")
    message = run(steps + CALC + total("0.00") + (spread if SPREAD in steps else ""))
    assert f"[{slug}]" in message, message


PAID = {
    "a floor where nothing is sold": (BASE + limits("floor | 15.00 EUR | period"), "60.00"),
    "a guarantee at the end of a quarter in which nothing is sold": (
        BASE + limits("guarantee | 100.00 EUR | quarter"),
        "100.00",
    ),
    "bonuses stated first": (FY + BONUS + FLAT + ANA + QUOTAS + DEALS, "50.00"),
    "a pool stated first": (
        FY + '    And the plan "P" shares a pool of 10.00 EUR by bookings\n' + FLAT + ANA + DEALS,
        "60.00",
    ),
    "objectives beside a rate": (
        FY.replace("monthly", "quarterly")
        + OBJECTIVES
        + FLAT
        + TARGET
        + DEALS
        + objectives("Ref | 60% | 100%", "Acc | 40% | 50%"),
        "2,440.00",
    ),
    "a deal amended twice": (
        BASE
        + amended("amount | 100.00 EUR | 160.00 EUR")
        + amended("amount | 160.00 EUR | 80.00 EUR", "2026-02-21"),
        "38.00",
    ),
    "an amendment before the deals": (
        FY + FLAT + ANA + amended("amount | 100.00 EUR | 60.00 EUR") + DEALS,
        "36.00",
    ),
    "a deal for a new owner": (BASE + BEN + amended("owner | Ana Ruiz | Ben Katz", "2026-02-20"), "40.00"),
    "settings limit the plan to their period": (BASE + settings("currency | EUR", period="2026-01"), "10.00"),
    "a change beside bonuses with the same bounds": (
        FY + TIERS + BONUS + ANA + QUOTAS + DEALS + changes("rate above 100% | 10% | 20%"),
        "62.50",
    ),
}


@pytest.mark.parametrize(("steps", "amount"), PAID.values(), ids=PAID)
def test_what_is_stated_in_any_order_counts(steps: str, amount: str) -> None:
    assert run(steps + CALC + total(amount)) == ""
    assert run(steps + CALC + total("0.01"))


def test_an_amended_deal_is_split_like_the_first() -> None:
    split = '    And the credit of deal "D-1" is split:\n' + table(
        "payee | share", "Ana Ruiz | 50%", "Ben Katz | 50%"
    )
    steps = BASE + BEN + split + amended("amount | 100.00 EUR | 160.00 EUR") + CALC
    assert run(steps + '    Then the payout of "Ben Katz" for 2026-Q1 is 8.00 EUR\n') == ""


def test_one_recalculates_what_is_closed() -> None:
    closed = '    And the payout of "Ana Ruiz" for 2026-{month} was {amount} EUR\n'
    again = "    When 2026-01 is recalculated\n"
    february = closed.format(month="02", amount="30.00")
    assert "[processed-missing]" in run(BASE + february + again + total("0.00"))
    both = BASE + closed.format(month="01", amount="4.00") + february + again
    assert run(both + '    Then the payout of "Ana Ruiz" for 2026-03 is 6.00 EUR\n') == ""


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (
            BASE
            + SPREAD
            + RETURN
            + CALC
            + '    Then the expense of deal "D-1" is spread:\n'
            + table("period | expense | remaining", "2026-01 | 0.00 EUR | 0.00 EUR"),
            "changes after",
        ),
        (
            BASE
            + SPREAD
            + CALC
            + '    Then the expense of deal "D-1" is spread:\n'
            + table("period | expense | remaining", "2026-Q1 | 0.00 EUR | 0.00 EUR"),
            "no month",
        ),
        (
            BASE
            + SPREAD
            + CALC
            + '    Then the expense of deal "D-9" is spread:\n'
            + table("period | expense | remaining", "2026-01 | 0.00 EUR | 0.00 EUR"),
            "No commission",
        ),
        (
            BASE
            + CALC
            + '    Then the explanation of "Ana Ruiz" for 2026-01 reads:\n      """\n      ...\n      """\n',
            "three dots only",
        ),
        (
            BASE + CALC + "    Then the bookings by period are:\n" + table("period | amount", "2026-03 | 0"),
            "not as expected",
        ),
        (
            BASE
            + changes("rate | 10% | 15%")
            + '    When release "A" is compared with release "A" for 2026-Q1\n'
            + total("0.00"),
            "compared with itself",
        ),
        (
            BASE
            + changes("rate | 10% | 15%")
            + '    When release "A" is compared with release "B" for 2026-Q1\n    Then only these payouts change:\n'
            + table("payee | before | after | reason", *["Ana Ruiz | 40.00 EUR | 55.00 EUR | x"] * 2),
            "stands twice",
        ),
        (
            BASE
            + '    And the plan "P" pays only if the attainment of bookings is at least 250%\n'
            + QUOTAS
            + CALC
            + '    Then no commission is paid on deal "D-1" because "its rate is 0%"\n',
            "is closed",
        ),
        (
            FY
            + "    When the pipeline is forecast for 2026-Q1\n    Then the forecast for 2026-Q1 is 0.00 EUR\n",
            "no opportunity",
        ),
        (
            FY
            + PIPELINE
            + "    And the stage probabilities:\n"
            + table("stage | probability", "Commit | 150%")
            + "    When the pipeline is forecast for 2026-Q1\n    Then the forecast for 2026-Q1 is 150.00 EUR\n",
            "150%",
        ),
        (
            FY
            + "    And today is 2026-01-01\n"
            + PIPELINE
            + "    And the stage probabilities:\n"
            + table("stage | probability", "Commit | 90%")
            + "    When the pipeline is forecast for 2026-Q1\n    Then the forecast for 2026-Q1 is 90.00 EUR\n",
            "No opportunity closes",
        ),
    ],
)
def test_an_expectation_of_nothing_does_not_hold(steps: str, said: str) -> None:
    assert said in run(steps)


def test_a_long_explanation_is_compared() -> None:
    many = (
        FY
        + FLAT
        + ANA
        + "    And these deals:\n"
        + table(
            "deal | owner | amount | closed",
            *(f"D-{i} | Ana Ruiz | 10.00 EUR | 2026-01-15" for i in range(900)),
        )
    )
    text = "".join(
        f"      {line}\n" for line in ['"""', "...", "10.00 EUR x 10% = 1.00 EUR.", *["..."] * 50, '"""']
    )
    assert run(many + CALC + '    Then the explanation of "Ana Ruiz" for 2026-01 reads:\n' + text) == ""
