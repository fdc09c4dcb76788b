"""Parameters that were guessed once: what a plan leaves open is asked for where it changes money, and only there."""

from __future__ import annotations

import pytest

from reference_engine.mechanics.registry import described
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem

POINTS = "points: [{attainment: 80%, payout: 50%}, {attainment: 100%, payout: 100%}]"


def problems_of(component: str, plan: str = "") -> list[Problem]:
    problems: list[Problem] = []
    node = parse_yaml(
        "plan: P\npays: monthly\neligible: everyone\nconventions: {rounding: exact, curve.below: zero, curve.above: flat, "
        f"guarantee.excess: lost, guarantee.offset: no}}\ncomponents: [{{component: C, {component}}}]\n{plan}",
        "plan.yaml",
        problems,
    )
    assert node is not None
    read_plan(node, problems)
    return problems


def objectives(more: str) -> str:
    return f"earn: [{{objectives: {{goals: [{{goal: G, weight: 100%, achievement: reported g, {more}}}]}}}}]"


BOOKINGS = "measure: bookings, credits: [direct], earn: [{flat rate: {rate: 1%}}]"
GUARANTEE = "settle: [{guarantee: {amount: 900.00 EUR, TERMS}}]"


@pytest.mark.parametrize(
    ("component", "plan", "words"),
    [
        (objectives(POINTS), "", "between points: line (a straight line between the points): 75%"),
        (objectives(POINTS), "", "between points: step (what the last point reached pays): 50%"),
        (
            f"{BOOKINGS}, pay: [{{advance and as earned: {{advance: 75%}}}}]",
            "",
            '"advance and as earned" doesn\'t state "months"',
        ),
        (
            "measure: bookings, credits: [direct], earn: [{growth: {tiers: [{from: 0%, rate: 1%}]}}]",
            "",
            'doesn\'t state "on"',
        ),
        (
            BOOKINGS,
            GUARANTEE.replace("TERMS", "term: quarter, paid: at the end"),
            "per: term (it is for the whole term)",
        ),
        (
            BOOKINGS,
            GUARANTEE.replace("TERMS", "term: quarter, per: period"),
            "paid: at the end (of the term)",
        ),
    ],
)
def test_what_a_plan_leaves_open_is_asked_for(component: str, plan: str, words: str) -> None:
    assert any(words in str(problem) for problem in problems_of(component, plan))


@pytest.mark.parametrize(
    ("component", "plan"),
    [
        (objectives(f"{POINTS}, between points: step"), ""),
        (objectives("points: [{attainment: 80%, payout: 50%}]"), ""),
        (BOOKINGS, GUARANTEE.replace(", TERMS", "")),
        (BOOKINGS, GUARANTEE.replace("TERMS", "term: quarter, per: period, paid: each period")),
    ],
)
def test_what_changes_nothing_is_not(component: str, plan: str) -> None:
    assert problems_of(component, plan) == []


def test_a_cap_says_when_its_split_matters() -> None:
    assert all("cap.split" in described(f)["cap"].boundary for f in ("earning", "paying"))
