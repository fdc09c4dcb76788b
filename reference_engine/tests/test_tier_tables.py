"""What tier tables refuse, and what they say on a statement."""

from __future__ import annotations

from datetime import date

import pytest

from reference_engine.explain.derivation import explain
from reference_engine.mechanics.registry import Example, described
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
accumulate-none    | growth: {tiers: [{from: 0%, rate: 5%}]}                                               | no year before it | tier.accumulate: none
annualised-year    | annualised: {tiers: [{from: 0.00 EUR, rate: 5%}]}                                     | add up over: period |
curve-extrapolate  | step curve: {points: [{attainment: 0%, payout: 0%}, {attainment: 100%, payout: 100%}]} | no slope | curve.below: extrapolate
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
