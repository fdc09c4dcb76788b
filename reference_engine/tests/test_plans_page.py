"""docs/plans.md: its reference follows from the code, its first plan pays what it says, and it names every word of a plan."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from reference_engine.expressions.syntax import FUNCTIONS
from reference_engine.plans.component_reader import COMPONENT_NAMES
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.documentation import START, reference
from reference_engine.plans.measures import DEMOTIONS, INTERVALS, MEASURE_NAMES
from reference_engine.plans.reader import PLAN_NAMES, read_plan
from reference_engine.problems import Problem
from reference_engine.run import calculate
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.plan import CREDIT_TYPES, FREQUENCIES, MEASURES, RECORDS
from reference_engine.vocabulary.tables import TABLES, TextTable
from reference_engine.world import read_world

PAGE = Path(__file__).parents[2] / "docs" / "plans.md"
TEXT = PAGE.read_text(encoding="utf-8")
WRITTEN = TEXT[: TEXT.index(START)]
FILES = dict(re.findall(r"^`([\w/]+\.\w+)`\n\n```\w+\n(.*?)^```$", WRITTEN, re.MULTILINE | re.DOTALL))
SECTIONS = dict(re.findall(r"^##+ ([^\n]+)\n(.*?)(?=^##+ |\Z)", WRITTEN, re.MULTILINE | re.DOTALL))


def words_of(section: str) -> set[str]:
    """What the first column of the table in a section names."""
    rows = re.findall(r"^\| ([^|]*) \|", SECTIONS[section], re.MULTILINE)
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


def test_the_page_holds_the_reference() -> None:
    assert TEXT[TEXT.index(START) :] == reference(), "docs/plans.md is out of date: python -m reference_engine.plans.documentation"


def test_the_first_plan_pays_what_the_page_says() -> None:
    problems: list[Problem] = []
    node = parse_yaml(FILES["plan.yaml"], "plan.yaml", problems)
    assert node is not None
    plan = read_plan(node, problems)
    tables = []
    for name, text in FILES.items():
        if name.startswith("data/"):
            rows = [tuple(row) for row in csv.reader(io.StringIO(text))]
            tables.append(TextTable(Path(name).stem, rows[0], tuple(rows[1:])))
    assert len(tables) >= 4
    world = read_world(tables, problems)
    assert problems == []
    assert plan is not None
    paid = [[p.payee, p.period, p.plan, p.component, format_money(p.amount, p.currency)] for p in calculate([plan], world).payout_rows()]
    printed = SECTIONS["From nothing to a payout"].split("`calculate` prints\n\n```text\n")[1].split("```")[0].splitlines()
    assert [re.split(r"  +", line) for line in printed[2:]] == paid


@pytest.mark.parametrize(
    ("section", "known"),
    [("The keys of a plan", PLAN_NAMES), ("The keys of a component", COMPONENT_NAMES), ("Measures", MEASURE_NAMES)],
)
def test_every_key_is_documented_and_no_other(section: str, known: tuple[str, ...]) -> None:
    assert words_of(section) == set(known)


def test_the_words_that_a_key_takes_are_named() -> None:
    for word in (*FREQUENCIES, *MEASURES, *RECORDS, *CREDIT_TYPES, *INTERVALS, *DEMOTIONS):
        assert f"`{word}`" in WRITTEN, word


def test_every_function_is_documented() -> None:
    for function in FUNCTIONS:
        assert f"`{function}(" in SECTIONS["Expressions"], function


def test_every_table_has_its_place() -> None:
    """Somebody who knows what to say finds the table; those of figures nobody calculates with need no place."""
    section = SECTIONS["Which table holds what"]
    assert [t for t in TABLES if f"`{t}`" not in section and t != "pipeline"] == []


def test_the_examples_of_plans_can_be_read() -> None:
    for text in re.findall(r"^```yaml\n(.*?)^```$", WRITTEN, re.MULTILINE | re.DOTALL):
        problems: list[Problem] = []
        assert parse_yaml(text, "plans.md", problems) is not None, problems
