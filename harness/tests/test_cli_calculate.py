"""`trueup calculate` tells what counts nothing, and goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PLAN = """plan: AE 2026
pays: monthly
eligible: everyone
conventions: {rounding: exact}
components:
- component: Commission
  measure: bookings
  credits: [direct]
  earn: [{flat rate: {rate: 10%}}]
- component: Accelerator
  measure: bookings
  credits: [direct]
  where: type = "WORD"
  earn: [{flat rate: {rate: 5%}}]
"""


@pytest.fixture
def calculate(tmp_path: Path, trueup: Callable[..., Any]) -> Callable[..., Any]:
    """A run of a plan whose accelerator is for deals of a type."""

    def run(word: str, *options: str) -> Any:
        (tmp_path / "plan.yaml").write_text(PLAN.replace("WORD", word), encoding="utf-8")
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        (data / "payees.csv").write_text("payee\nAna\n", encoding="utf-8")
        (data / "deals.csv").write_text(
            "deal,owner,amount,closed,type\nD-1,Ana,100.00 EUR,2026-01-15,new\nD-2,Ana,900.00 EUR,2026-02-15,renewal\n",
            encoding="utf-8",
        )
        return trueup("calculate", "--plan", tmp_path / "plan.yaml", "--data", data, *options)

    return run


def test_a_component_that_counts_nothing_is_told(calculate: Callable[..., Any]) -> None:
    ran = calculate("renewl")
    assert (ran.code, ran.err) == (0, "")
    assert 'Note: "Accelerator" of "AE 2026" counts no record: no deal has the type "renewl" (did you mean: renewal)' in ran.out
    assert "plan.yaml:10" in ran.out
    (note,) = calculate("renewl", "--json").json["notes"]
    assert note["what"].endswith("(did you mean: renewal)")
    assert note["line"] == 10


def test_a_component_that_counts_something_is_not(calculate: Callable[..., Any]) -> None:
    ran = calculate("renewal")
    assert ran.code == 0
    assert "Note:" not in ran.out
    assert calculate("renewal", "--json").json["notes"] == []


def test_a_word_in_other_letters_is_no_note_but_refused(calculate: Callable[..., Any]) -> None:
    ran = calculate("Renewal")
    assert ran.code == 2
    assert 'Did you mean: "renewal"' in ran.err
