"""What is copied from the docs, and what `trueup new` makes, stands in the form of `trueup format` already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.formatting import format_text
from reference_engine.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
_GHERKIN = re.compile(r"^```gherkin\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FRAMES = {"Feature": "", "Scenario": "Feature: F\n\n", "Given": "Feature: F\n\n  Scenario: S\n"}
"""What a block needs around it to be a feature, by what stands in it."""


def blocks() -> Iterator[tuple[str, str]]:
    """Name and text of every Gherkin example of README and docs, and of every feature of the project template."""
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for number, text in enumerate(_GHERKIN.findall(page.read_text("utf-8")), 1):
            yield f"{page.relative_to(ROOT).as_posix()}, block {number}", text
    for path in sorted((ROOT / "harness" / "project_template").glob("*.txt")):
        text = path.read_text("utf-8")
        if re.search(r"^\s*Feature:", text, re.MULTILINE):
            yield path.name, text


def framed(text: str) -> str:
    """A part of a feature as a whole one; "" for a row of a table alone."""
    if re.search(r"^\s*(#.*|)\s*Feature:", text, re.MULTILINE):
        return text
    if re.search(r"^  (Scenario|Background|Rule)", text, re.MULTILINE):
        return _FRAMES["Scenario"] + text
    if not re.search(r"^ *(Given|When|Then|And|But) ", text, re.MULTILINE):
        return ""
    first = re.sub(r"^( *)And ", r"\1Given ", text, count=1)
    indent = "    " if not text.startswith(" ") else ""
    return _FRAMES["Given"] + re.sub(r"^(?=.)", indent, first, flags=re.MULTILINE)


def test_every_example_stands_in_the_form_of_format() -> None:
    found = list(blocks())
    assert len(found) > 40
    wrong = []
    for name, text in found:
        problems: list[Problem] = []
        whole = framed(text)
        if whole and (form := format_text(whole, name, problems)) != whole:
            wrong.append((name, form or problems))
    assert wrong == []


def test_a_block_that_is_not_in_the_form_is_found() -> None:
    ragged = "Feature: F\n\n  Scenario: S\n    Given these deals:\n      | deal | owner |\n      | D | A |\n"
    assert format_text(ragged, "x", []) != ragged


def test_a_project_checked_after_another_keeps_its_own_plans(
    trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert trueup("check", "features/plans/accelerators.feature").code == 0
    monkeypatch.chdir(tmp_path)
    assert trueup("new", "commissions").code == 0
    monkeypatch.chdir(tmp_path / "commissions")
    found = trueup("check")
    assert found.code == 0, found.err


def test_a_fresh_project_is_in_the_form_checked_and_green(
    trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert trueup("new", "commissions").code == 0
    monkeypatch.chdir(tmp_path / "commissions")
    for words in (["format", "--check", "features"], ["check"], ["run", "features"]):
        found = trueup(*words)
        assert found.code == 0, (words, found.out, found.err)
