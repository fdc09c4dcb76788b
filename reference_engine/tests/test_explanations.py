"""What explain says: every sentence of every example can be read and recalculated by whoever is paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import pytest

from reference_engine.explain.counted import MOST
from reference_engine.explain.derivation import Step, derive, readable
from reference_engine.mechanics.registry import FAMILIES, Example, described
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.plans.document import Node
from reference_engine.plans.reader import read_plan
from reference_engine.plans.worked_examples import cells, whole_plan
from reference_engine.problems import Problem
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.tests.published.example_file import Case, examples
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.results import EarnedLine
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

Told = list[tuple[EarnedLine, list[Step]]]

WORKED = [
    pytest.param(example, id=f"{family}-{name}-{i}")
    for family in FAMILIES
    for name, about in described(family).items()
    for i, example in enumerate(about.examples, 1)
]
PUBLISHED = [
    pytest.param(case, id=f"{example.name}-{i}")
    for example in examples()
    for i, case in enumerate(example.cases, 1)
    if not case.problems
]

_NUMBER = r"((?:[Aa]bout )?-?\d[\d,]*(?:\.\d+)?)"
PRODUCT = re.compile(
    rf"{_NUMBER} ?(?:[A-Z]{{3}}|units?)? x {_NUMBER}(%?)(?: [A-Z]{{3}})?(?: \([^)]*\))? = {_NUMBER} [A-Z]{{3}}"
)
UNREADABLE = {
    "a fraction": re.compile(r"\d/\d"),
    "a Python value": re.compile(
        r"\bNone\b|Fraction\(|Expression|<[\w.]+ |Exact|\bTrue\b|\bFalse\b|datetime"
    ),
    "two blanks": re.compile(r"  "),
    "two commas or stops": re.compile(r",,|\.\.(?!\.)(?<!\.\.\.)|;;|, ?\.| [,.;:]"),
    "a path": re.compile(r"(?:^|\s)/\w|\.yaml|\.py\b|\.csv"),
    "a sign of the plan language": re.compile(r">=|<=|\*|\{|\}"),
}


def _told(result: Result) -> Told:
    return [
        (line, derive(result, part, index))
        for part in (*result.parts, *result.settled[0])
        for index, line in enumerate(result.rows_of(part))
    ]


def _worked(example: Example) -> Told:
    problems: list[Problem] = []
    plan = read_plan(Node.of(whole_plan(example)), problems)
    tables = [
        TextTable(name, rows[0], tuple(rows[1:]))
        for name, text in example.tables.items()
        for rows in [cells(text)]
    ]
    world = read_world(tables, problems)
    assert plan is not None, problems
    return _told(calculate([plan], world, trace=True, as_of=_day(example.as_of), until=_day(example.until)))


def _published(case: Case) -> Told:
    problems: list[Problem] = []
    plans: list[Plan] = [p for p in (read_plan(node, problems) for node in case.plans) if p is not None]
    world: World = read_world(case.tables, problems, case.calendar)
    return _told(calculate(plans, world, trace=True, as_of=case.as_of, until=case.until))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _range(text: str, scale: int = 1) -> tuple[Fraction, Fraction]:
    """The least and the most that a printed number can stand for."""
    digits = re.sub(r"[Aa]bout |,", "", text)
    value = Fraction(digits) / scale
    if not text.lower().startswith("about"):
        return value, value
    places = len(digits.partition(".")[2])
    half = Fraction(1, 2 * 10**places * scale)
    return value - half, value + half


def _products(sentence: str) -> Iterator[tuple[str, bool]]:
    """Each multiplication that a sentence shows, and whether it is right to the digits shown."""
    for found in PRODUCT.finditer(sentence):
        base, rate = _range(found[1]), _range(found[2], 100 if found[3] else 1)
        products = [b * r for b in base for r in rate]
        least, most = _range(found[4])
        yield found[0], min(products) <= most and max(products) >= least


def _check(told: Told) -> None:
    for line, steps in told:
        assert steps, line
        for step in steps:
            assert step.sentence[0].isupper() or step.sentence[0] in '-"' or step.sentence[0].isdigit(), step
            assert step.sentence.endswith("."), step
            assert [name for name, wrong in UNREADABLE.items() if wrong.search(step.sentence)] == [], step
            assert [shown for shown, right in _products(step.sentence) if not right] == [], step
        _check_amount(line, steps)


def _check_amount(line: EarnedLine, steps: list[Step]) -> None:
    """The amount of a line is the last that its sentences come to."""
    text = " ".join(s.sentence for s in steps)
    amount = readable(format_money(abs(line.amount), line.currency)).removeprefix("About ")
    cut_off = readable(format_money(abs(line.amount), line.currency), exact=True)
    nothing = not line.amount and re.search(r"nothing|isn't paid|No tier|takes back", text)
    assert nothing or amount in text or cut_off in text, (line, text)


@pytest.mark.parametrize("example", WORKED)
def test_a_worked_example_reads_like_a_statement(example: Example) -> None:
    _check(_worked(example))


@pytest.mark.parametrize("case", PUBLISHED)
def test_a_published_example_reads_like_a_statement(case: Case) -> None:
    _check(_published(case))


def test_multiplications_are_found_and_wrong_ones_too() -> None:
    right = "It is 100.00 EUR x 10% = 10.00 EUR. Then 3 units x 2.50 EUR = 7.50 EUR; about 181.82 EUR x 5% = about 9.09 EUR."
    assert [ok for _, ok in _products(right)] == [True, True, True]
    assert [ok for _, ok in _products("1,000.00 EUR x 6% (60% of 10%) = 60.00 EUR")] == [True]
    assert [ok for _, ok in _products("100.00 EUR x 10% = 10.01 EUR, 3 units x 2.50 EUR = 7.00 EUR")] == [
        False,
        False,
    ]
    assert [ok for _, ok in _products("about 181.82 EUR x 5% = about 9.19 EUR")] == [False]


def test_fractions_become_decimals() -> None:
    assert readable("11,500/153% of it.") == "About 75.16% of it."
    assert readable("It is -13/3,825 USD.") == "It is about -0.003399 USD."
    assert (
        readable("Rounded: 100/3 EUR becomes 33.33 EUR.", exact=True)
        == "Rounded: 33.333333... EUR becomes 33.33 EUR."
    )
    assert (
        readable("On 2026-01-15 SO48730/1 is worth 5.00 EUR.") == "On 2026-01-15 SO48730/1 is worth 5.00 EUR."
    )


def test_formulas_are_said_in_words() -> None:
    assert formula_words("bookings >= 1200.00 EUR") == "bookings is at least 1,200.00 EUR"
    assert formula_words("10% * (bookings - 350.00 EUR)") == "10% x (bookings - 350.00 EUR)"


PEOPLE = "payee | plan | from\nAna | P | 2026-01-01"


def _of(earn: str, deals: str, *, head: str = "", quota: str = "", **tables: str) -> list[list[str]]:
    """The sentences of each line of a plan with one component."""
    more = {"quotas": f"payee | period | quota\nAna | {quota}"} if quota else {}
    plan = f"{head}components: [{{component: C, measure: bookings, credits: [direct], earn: [{earn}]}}]"
    every = {
        "plan_assignments": PEOPLE,
        "deals": f"deal | owner | amount | closed\n{deals}",
        **more,
        **tables,
    }
    return [[s.sentence for s in steps] for _, steps in _worked(Example("t", plan, every, ""))]


QUARTER = "conventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier}\n"
TIERS = "retroactive: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 7%}]}"


def test_the_attainment_behind_a_tier_is_said() -> None:
    told = _of(
        f"{{{TIERS}}}", "D-1 | Ana | 130.00 EUR | 2026-03-15", head=QUARTER, quota="2026-Q1 | 100.00 EUR"
    )
    assert told[-1][0] == "In 2026-Q1 these count: D-1 of 2026-03-15, 130.00 EUR."
    assert told[-1][1] == (
        "In 2026-Q1, 130.00 EUR of a quota of 100.00 EUR is an attainment of 130%. "
        "The tier above 100% of the quota is reached and pays 7% on everything: 130.00 EUR x 7% = 9.10 EUR."
    )


def test_a_single_tier_is_said_plainly() -> None:
    told = _of(
        "{marginal: {tiers: [{from: 0.00 EUR, rate: 1%}]}}",
        "D-1 | Ana | 200.00 EUR | 2026-01-15",
        head=QUARTER,
    )
    assert told == [
        [
            'Booking D-1 of 2026-01-15 is worth 200.00 EUR, credited to "Ana" as the owner.',
            "All of it is paid at 1%: 200.00 EUR x 1% = 2.00 EUR.",
        ]
    ]


def test_the_running_total_behind_a_part_is_said() -> None:
    told = _of(
        "{marginal: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 7%}]}}",
        "D-1 | Ana | 80.00 EUR | 2026-01-15\nD-2 | Ana | 50.00 EUR | 2026-02-15",
        head=QUARTER,
        quota="2026-Q1 | 100.00 EUR",
    )
    assert told[-1][1] == (
        "With it the total of 2026-Q1 rises from 80.00 EUR to 130.00 EUR, of a quota of 100.00 EUR: from 80% to 130%. "
        "The part above 100% of the quota is paid at 7%: 30.00 EUR x 7% = 2.10 EUR."
    )


def test_what_was_earned_before_is_deducted_by_name() -> None:
    told = _of(
        f"{{{TIERS}}}",
        "D-1 | Ana | 80.00 EUR | 2026-01-15\nD-2 | Ana | 50.00 EUR | 2026-02-15",
        head=QUARTER,
        quota="2026-Q1 | 100.00 EUR",
    )
    assert ["Less 4.00 EUR, which was earned before in 2026-Q1."] in told
    february = next(t for t in told if len(t) > 1 and "D-2" in t[0])
    assert february[0].endswith(
        "D-1 of 2026-01-15, 80.00 EUR; D-2 of 2026-02-15, 50.00 EUR; together 130.00 EUR."
    )
    assert february[1].endswith(
        "That is for 2026-Q1 so far; the 4.00 EUR earned before are deducted on a line of their own."
    )


def test_many_deals_beneath_a_line_are_counted() -> None:
    deals = "\n".join(f"D-{i:02} | Ana | 10.00 EUR | 2026-03-15" for i in range(1, MOST + 36))
    told = _of(f"{{{TIERS}}}", deals, head=QUARTER, quota="2026-Q1 | 100.00 EUR")
    assert "D-20 of 2026-03-15, 10.00 EUR; and 35 more; together 550.00 EUR." in told[-1][0]
    assert "D-21" not in told[-1][0]


def test_a_conversion_says_its_rate() -> None:
    head = "currency: EUR\nconventions: {rounding: exact, fx.date: record date, fx.kind: spot}\n"
    rates = "from | to | rate | kind | valid from\nUSD | EUR | 0.9 | spot | 2026-01-10\nUSD | EUR | 0.8 | spot | 2026-02-01"
    told = _of(
        "{flat rate: {rate: 10%}}", "D-1 | Ana | 100.00 USD | 2026-01-15", head=head, exchange_rates=rates
    )
    assert told[0] == [
        'Booking D-1 of 2026-01-15 is worth 100.00 USD, credited to "Ana" as the owner; converted at 0.9, the spot rate of '
        "USD to EUR in force on 2026-01-15 (since 2026-01-10), it is 90.00 EUR.",
        "90.00 EUR x 10% = 9.00 EUR.",
    ]


def test_one_unit_is_one_unit() -> None:
    plan = "components: [{component: C, measure: units, credits: [direct], earn: [{per unit: {amount: 2.00 EUR}}]}]"
    tables = {
        "plan_assignments": PEOPLE,
        "retail_sales": "sale | retailer | product | units | date\nS-1 | Ana | A | 1 | 2026-01-10",
    }
    told = _worked(Example("t", plan, tables, ""))
    assert [s.sentence for s in told[0][1]] == [
        'Sale S-1 of 2026-01-10 is for 1 unit, credited to "Ana" as the owner.',
        "1 unit x 2.00 EUR = 2.00 EUR.",
    ]


def test_a_release_names_the_payments() -> None:
    plan = (
        "conventions: {rounding: exact, release.period: release period}\n"
        "components: [{component: C, measure: revenue, credits: [direct], earn: [{flat rate: {rate: 10%}}], pay: [release on cash: {}]}]"
    )
    tables = {
        "plan_assignments": PEOPLE,
        "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-10",
        "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 1,000.00 EUR | 2026-01-15",
        "payments": "payment | invoice | amount | date\nZ-1 | I-1 | 400.00 EUR | 2026-02-10",
    }
    told = [steps[-1].sentence for _, steps in _worked(Example("t", plan, tables, ""))]
    assert told == [
        "40.00 EUR of 100.00 EUR: the part paid by the customer, paid in 2026-02. Payments of invoice I-1 by 2026-02-28: "
        "Z-1 of 2026-02-10, 400.00 EUR.",
        "60.00 EUR of 100.00 EUR: not paid by the customer. Payments of invoice I-1 by 2026-02-28: Z-1 of 2026-02-10, 400.00 EUR.",
    ]


def test_a_territory_and_its_day_are_named() -> None:
    told = _worked(
        next(
            e
            for e in described("crediting")["territory"].examples
            if e.title == "An account moves on the 16th"
        )
    )
    said = [steps[0].sentence for _, steps in told]
    assert any(
        s.endswith(
            'credited to "Cho" as the holder of its territory South on 2026-01-16, to which the account A moved on 2026-01-16.'
        )
        for s in said
    )
