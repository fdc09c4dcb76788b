"""docs/glossary.md: up to date with the mechanics, whole, and right about the sentences that it names."""

from __future__ import annotations

import re

import pytest

from harness.catalogue import catalogue
from harness.glossary_page import PAGE, START, reference
from reference_engine.mechanics.registry import FAMILIES, described
from reference_engine.plans.mechanic_pages import page_of

TEXT = PAGE.read_text("utf-8")
WRITTEN = TEXT[: TEXT.index(START)]
ROWS = [
    line.strip("| ").split(" | ")
    for line in WRITTEN.splitlines()
    if line.startswith("| ") and "in trueup" not in line
]


def test_the_part_of_the_mechanics_is_up_to_date() -> None:
    assert TEXT[TEXT.index(START) :] == reference(), (
        "docs/glossary.md is out of date: run  python -m harness.glossary_page"
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_every_mechanic_and_every_word_of_a_system_is_there(family: str) -> None:
    for name, about in described(family).items():
        (row,) = [
            line
            for line in reference().splitlines()
            if line.startswith(f"| [{name}](mechanics/{page_of(family, name)}) |")
        ]
        assert about.words, name
        for vendor, word in about.words.items():
            assert f"{vendor}: {word}" in row


@pytest.mark.parametrize(
    "system",
    ["Varicent", "SAP", "Xactly", "Oracle", "Salesforce", "CaptivateIQ", "Anaplan", "Siebel", "Spiff"],
)
def test_the_systems_of_the_field_are_named(system: str) -> None:
    assert len(re.findall(system, WRITTEN)) >= 1


@pytest.mark.parametrize(
    "word",
    [
        *(
            "payee",
            "plan assignment",
            "leave",
            "proration",
            "credit",
            "direct",
            "split",
            "overlay",
            "roll-up",
            "territory",
        ),
        *(
            "measure",
            "quota",
            "attainment",
            "ramp",
            "seasons",
            "component",
            "convention",
            "tier, bound",
            "target incentive",
        ),
        *(
            "on-target earnings",
            "draw",
            "guarantee",
            "clawback",
            "adjustment",
            "restatement",
            "fiscal calendar",
            "close",
        ),
        *(
            "retailer program",
            "contest",
            "objectives",
            "forecast",
            "mapping",
            "known difference",
            "because",
            "recipe, seed",
        ),
    ],
)
def test_a_word_of_the_field_is_explained(word: str) -> None:
    found = [cells for cells in ROWS if re.match(rf"\[?{re.escape(word)}\b", cells[0])]
    assert found, word
    assert len(found[0][1]) > 10


def test_no_word_stands_twice_and_every_row_is_whole() -> None:
    words = [re.sub(r"\]\(.*?\)|\[| \(\[.*", "", cells[0]) for cells in ROWS]
    assert sorted(words) == sorted(set(words))
    assert [cells for cells in ROWS if len(cells) not in (2, 3)] == []
    assert len(words) >= 70


def test_the_sentences_that_it_names_are_there() -> None:
    known = {s.id for s in catalogue()}
    named = re.findall(r"\[([A-Z]\d+)\]\(features\.md#sentences\)", WRITTEN)
    assert named
    assert sorted(set(named) - known) == []
