"""What tier tables refuse, and what they say on a statement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from reference_engine.explain.derivation import explain
from reference_engine.mechanics.registry import Example, described
from reference_engine.plans.convention_reader import STAGES
from reference_engine.plans.document import Node, parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.run import calculate
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import World, read_world

ON_PLAN = "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 100.00 EUR | 90.00 EUR | month"
DEALS = "deal | owner | amount | closed\nD-1 | Ana | 120.00 EUR | 2026-01-15"
COMMON = "tier.accumulate: period, tier.bound: upper tier, returns.earn: mirror, balance.negative: paid out, transaction.order: date and name"


def read(plan: str, tables: dict[str, str]) -> tuple[Plan, World]:
    problems: list[Problem] = []
    written = parse_yaml(plan, "example", problems)
    assert written is not None, problems
    document = {"plan": Node.of("P"), "pays": Node.of("monthly")} | dict(written.items())
    stated = document.get("conventions")
    conventions = stated.plain() if stated is not None else {"rounding": "exact", "returns.earn": "mirror"}
    assert isinstance(conventions, dict)
    document["conventions"] = Node.of(
        {"returns.earn": "signed", "balance.negative": "paid out", **conventions}
    )
    found = read_plan(Node.of(document), problems)
    rows = {
        name: [tuple(c.strip() for c in r.split("|")) for r in text.splitlines()]
        for name, text in tables.items()
    }
    world = read_world(
        [TextTable(name, cells[0], tuple(cells[1:])) for name, cells in rows.items()], problems
    )
    assert found is not None, "\n".join(map(str, problems))
    assert not problems, "\n".join(map(str, problems))
    return found, world


REFUSED = """
times-without-rate | marginal: {tiers: [{from: 0%, to: 100%, times: 1}, {from: 100%, times: 2}]}          | nothing before it sets a rate |
times-without-rate | whole transaction: {tiers: [{from: 0%, times: 1}]}                                    | nothing before it sets a rate | attainment.includes_current: yes
accumulate-none    | curve: {points: [{attainment: 0%, payout: 0%}, {attainment: 100%, payout: 100%}]}     | single record has no attainment | tier.accumulate: none, curve.below: zero, curve.above: flat
accumulate-none    | growth: {on: everything, tiers: [{from: 0%, rate: 5%}]}                                 | no year before it | tier.accumulate: none
growth-history     | growth: {on: everything, tiers: [{from: 0%, rate: 5%}]}                               | "Ana" has 120.00 EUR in 2026-01, and nothing to compare it with |
growth-history     | growth: {on: the increase, tiers: [{from: 0%, rate: 5%}]}                             | and every sale is growth): 6.00 EUR |
growth-history     | growth: {on: everything, tiers: [{from: 0%, to: 9%, pays: 1.00 EUR}, {from: 9%, pays: 7.00 EUR}]} | and every sale is growth): 7.00 EUR |
annualised-year    | annualised: {tiers: [{from: 0.00 EUR, rate: 5%}]}                                     | add up over: period |
curve-extrapolate  | step curve: {points: [{attainment: 0%, payout: 0%}, {attainment: 100%, payout: 100%}]} | no slope | curve.below: extrapolate
payment-interval   | bonus: {pays: 5.00 EUR, when: bookings this year > 1.00 EUR}                           | per: year (once, at the end of the year) |
payment-interval   | bonus: {pays: 5.00 EUR, when: attainment of bookings this quarter >= 1%}              | "attainment of bookings this quarter" |
no-tier            | on result: {tiers: [{category: Bikes, from: 0.00 EUR, rate: 5%}]}                     | is of the category "" |
"""


@pytest.mark.parametrize(
    "row", REFUSED.strip().splitlines(), ids=lambda r: r.split("|")[1].split(":")[0].strip()
)
def test_what_has_no_meaning_is_refused(row: str) -> None:
    slug, earn, words, more = (c.strip() for c in row.split("|"))
    stated = dict(part.split(": ") for part in f"{COMMON}, {more}".strip(", ").split(", "))
    conventions = ", ".join(f"{k}: {v}" for k, v in stated.items())
    plan, world = read(
        f"conventions: {{rounding: exact, {conventions}}}\ncomponents: [{{component: C, measure: bookings, credits: [direct], earn: [{{{earn}}}]}}]",
        {"plan_assignments": ON_PLAN, "deals": DEALS},
    )
    with pytest.raises(Stopped) as stopped:
        calculate([plan], world)
    hits = [p for p in stopped.value.problems if p.slug == slug]
    assert hits, stopped.value
    assert words in str(hits[0])
    assert hits[0].remedy


MINE = (
    "annualised", "brackets", "cap", "commission free", "counts as", "curve", "excess over quota", "flat rate", "floor", "for every", "growth",
    "individual rate", "lookup", "marginal", "mixed", "on result", "over achievement", "per record", "per unit", "percent to goal", "proportional",
    "retroactive", "rolling", "ship and debit", "single target", "slab sum", "step curve", "target rate", "threshold", "total", "unit bands",
    "whole transaction",
)  # fmt: skip
EXAMPLES = [
    pytest.param(example, id=f"{name}-{i}")
    for name in MINE
    for i, example in enumerate(described("earning")[name].examples, 1)
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_line_says_why_in_plain_words(example: Example) -> None:
    plan, world = read(example.plan, example.tables)
    payees = sorted({line.split("|")[0].strip() for line in example.payouts.splitlines()})
    said = 0
    for payee in payees:
        _, found = explain(
            [plan], world, payee, as_of=date.fromisoformat(example.as_of) if example.as_of else None
        )
        for derivation in found:
            for step in derivation.steps:
                said += 1
                assert step.sentence.endswith("."), step
                assert ".." not in step.sentence.replace("...", "")
                for word in ("None", "Exact", "Fraction", "{", "}"):
                    assert word not in step.sentence, step.sentence
    assert said


def test_the_field_s_words_are_found() -> None:
    """Whoever knows a mechanic by a vendor's word finds it."""
    words = " ".join(
        f"{name} {about.meaning} {' '.join(about.words.values())}"
        for name, about in described("earning").items()
        if name in MINE
    ).casefold()
    for wanted in (
        "stair-step", "free goods", "ship and debit", "decelerator", "accelerator", "stepped", "rolling", "total", "back to dollar one",
        "interpolate", "proportional split", "percent to goal", "retail spiff", "pro rata", "growth rebate", "single target", "multi-year",
        "tier based amount", "whole-", "step by transaction", "highest rate", "individual commission rate", "hurdle", "company share",
    ):  # fmt: skip
        assert wanted.replace("whole-", "whole ").replace("step by", "stepped by") in words, wanted


@pytest.mark.parametrize("name", MINE)
def test_every_mechanic_is_documented(name: str) -> None:
    about = described("earning")[name]
    assert len(about.examples) >= 3
    assert about.formula
    assert about.boundary.endswith(".")
    assert about.sources
    assert about.words


def asked(earn: str, conventions: str = "rounding: exact") -> list[Problem]:
    """What the plan is asked where a component earns so."""
    problems: list[Problem] = []
    node = parse_yaml(
        f"plan: P\npays: monthly\nconventions: {{{conventions}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{{earn}}}]}}]",
        "plan.yaml",
        problems,
    )
    assert node is not None, problems
    read_plan(node, problems)
    return problems


def conventions_of(problems: list[Problem]) -> list[str]:
    assert {p.slug for p in problems} <= {"convention-open"}, problems
    return sorted(p.remedy.split("\n")[1].split(":")[0].strip() for p in problems)


BY_AMOUNT = "{from: 0.00 EUR, to: 500.00 EUR, rate: 1%}, {from: 500.00 EUR, rate: 2%}"
WITH_A_GAP = "{from: 0.00 EUR, to: 500.00 EUR, rate: 1%}, {from: 501.00 EUR, rate: 2%}"
OTHER_YEAR = WITH_A_GAP.replace("rate: ", "valid from: 2027-01-01, rate: ")


@pytest.mark.parametrize(
    ("earn", "conventions"),
    [
        (f"brackets: {{tiers: [{BY_AMOUNT}]}}", ["returns.earn", "tier.bound"]),
        (f"brackets: {{tiers: [{WITH_A_GAP}]}}", ["returns.earn", "tier.bound", "tier.gap"]),
        (
            f"brackets: {{tiers: [{BY_AMOUNT.replace('rate: ', 'valid to: 2026-12-31, rate: ')}, {OTHER_YEAR}]}}",
            ["rate.date", "returns.earn", "tier.bound", "tier.gap"],
        ),
        ("brackets: {by: term months, reached: at least, tiers: [{from: 0, to: 24, rate: 1%}, {from: 24, rate: 2%}]}", []),
        (
            "brackets: {by: term months, reached: at least, tiers: [{from: 0, to: 24, pays: 1.00 EUR}, {from: 24, pays: 2.00 EUR}]}",
            ["returns.earn"],
        ),
        ("lookup: {rules: [{rate: 1%}]}", []),
        ("lookup: {rules: [{pays: 1.00 EUR}]}", ["returns.earn"]),
        ("lookup: {rules: [{product: A, rate: 1%}, {rate: 2%}]}", ["lookup.precedence"]),
        ("lookup: {rules: [{product: A, rate: 1%}, {product: 'B, C', rate: 2%}]}", []),
        ("lookup: {rules: [{product: 'A, B', rate: 1%}, {product: 'B, C', rate: 2%}]}", ["lookup.precedence"]),
        ("lookup: {rules: [{product: A, rate: 1%}, {category: B, rate: 2%}]}", ["lookup.precedence"]),
        ("lookup: {rules: [{product: A, category: B, rate: 1%}, {category: C, rate: 2%}]}", []),
        ("lookup: {rules: [{to: 2026-02-28, rate: 1%}, {from: 2026-03-01, rate: 2%}]}", ["rate.date"]),
        ("lookup: {rules: [{to: 2026-03-01, rate: 1%}, {from: 2026-03-01, rate: 2%}]}", ["lookup.precedence", "rate.date"]),
    ],
)  # fmt: skip
def test_only_what_changes_money_is_asked(earn: str, conventions: list[str]) -> None:
    assert conventions_of(asked(earn)) == conventions


def test_a_lookup_without_an_order_pays_the_rule_that_matches() -> None:
    plan, world = read(
        "conventions: {rounding: exact}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
        "earn: [{lookup: {rules: [{product: A, rate: 1%}, {product: B, rate: 2%}]}}]}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "products": "product\nA\nB",
            "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 100.00 EUR | 2026-01-15 | B",
            "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-15 | 50.00 EUR",
        },
    )
    assert [p.amount for p in calculate([plan], world).payout_rows()] == [2, -1]


def test_a_gap_of_a_table_names_the_convention_that_keeps_it() -> None:
    printed = "[{from: 0.00 EUR, to: 100,000.00 EUR, rate: 1%}, {from: 100,001.00 EUR, rate: 2%}]"
    problems = asked(
        "marginal: {reached: at least, tiers: " + printed.replace("100,00", "10000") + "}",
        "rounding: exact, tier.accumulate: period",
    )
    (gap,) = [p for p in problems if p.slug == "tiers-gap"]
    assert "from 100,000.00 EUR" in gap.remedy
    assert "tier.gap" in gap.remedy
    # Steps of points know no tier.gap.
    problems = asked(
        "over achievement: {steps: [{from: 100%, to: 110%, each point: 1%}, {from: 120%, each point: 2%}]}",
        "rounding: exact, tier.accumulate: period",
    )
    (gap,) = [p for p in problems if p.slug == "tiers-gap"]
    assert "tier.gap" not in gap.remedy


def test_bounds_in_money_say_that_the_lines_are_in_units() -> None:
    plan, world = read(
        "conventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier}\ncomponents: [{component: C, measure: bookings, value: term months, credits: [direct], "
        "earn: [{retroactive: {tiers: [{from: 0.00 USD, to: 9.00 USD, pays: 1.00 USD}, {from: 9.00 USD, pays: 2.00 USD}]}}]}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed | term months\nD-1 | Ana | 7.00 USD | 2026-01-10 | 12",
        },
    )
    with pytest.raises(Stopped) as stopped:
        calculate([plan], world)
    (problem,) = [p for p in stopped.value.problems if p.slug == "currency-mixed"]
    assert "the tiers are in USD, and lines are in units" in problem.what
    assert "exchange rates" not in problem.remedy
    assert "units" in problem.remedy


ROUNDED = """
percent to goal                                                                                           | 569.00
{curve: {points: [{attainment: 0%, payout: 0%}, {attainment: 100%, payout: 100%}]}}                       | 569.00
{step curve: {reached: at least, points: [{attainment: 0%, payout: 10%}, {attainment: 56.9%, payout: 20%}]}} | 200.00
{over achievement: {steps: [{from: 50%, to: 100%, each point: 10%}]}}                                     | 690.00
{formula: {pays: target incentive * attainment, for each: period}}                                        | 569.00
{objectives: {goals: [{goal: G, weight: 100%, achievement: attainment of bookings}]}}                     | 569.00
{retroactive: {reached: at least, tiers: [{from: 0%, to: 56.9%, rate: 1%}, {from: 56.9%, rate: 2%}]}}     | 1137.50
"""


@pytest.mark.parametrize("row", ROUNDED.strip().splitlines(), ids=lambda r: r.split(":")[0].strip(" {|").split("|")[0].strip())
def test_every_mechanic_takes_the_rounded_attainment(row: str) -> None:
    """56.875% to one decimal is 56.9%; the decimals are those of the percentage, as the page of conventions says."""
    earn, amount = (c.strip() for c in row.split("|"))
    plan, world = read(
        "conventions: {rounding: [{at: attainment, mode: half up, decimals: 1}], tier.accumulate: period, curve.below: zero, curve.above: flat}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{earn}]}}]",
        {
            "plan_assignments": "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 100,000.00 EUR | 1,000.00 EUR | month",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 56,875.00 EUR | 2026-01-15",
        },
    )  # fmt: skip
    assert [str(Decimal(p.amount.numerator) / p.amount.denominator + Decimal("0.00")) for p in calculate([plan], world, until=date(2026, 1, 31)).payout_rows()] == [amount]


def test_the_decimals_of_an_attainment_are_described() -> None:
    assert "56.9%" in STAGES["attainment"]
    assert "1 decimal" in STAGES["attainment"]
    assert "percentage" in STAGES["rate"]
