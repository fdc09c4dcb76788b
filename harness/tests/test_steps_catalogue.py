"""The catalogue: every sentence can be told from every other, and each says what it means."""

from __future__ import annotations

import inspect

import pytest

from harness.catalogue import Sentence, catalogue, find, sentence, suggest
from harness.features import parse_feature
from harness.lint import lint_feature
from harness.table_schemas import record_schema
from harness.value_types import RECORD_TABLES
from reference_engine.problems import Problem

ALL = catalogue()


def test_there_are_sentences_of_every_kind() -> None:
    assert {s.kind for s in ALL} == {"given", "when", "then"}
    assert len(ALL) >= 45


@pytest.mark.parametrize("entry", ALL, ids=lambda s: s.id)
def test_an_example_is_read_as_its_own_sentence_and_no_other(entry: Sentence) -> None:
    for kind in ("given", "when", "then"):
        found = find(kind, entry.example)
        assert found == ((entry,) if kind == entry.kind else ()), f"{entry.example} is also {[s.id for s in found]}"


@pytest.mark.parametrize("entry", ALL, ids=lambda s: s.id)
def test_a_sentence_is_complete(entry: Sentence) -> None:
    assert entry.meaning.endswith(".")
    wanted = {name for name, _ in entry.slots} | ({"table"} if entry.table is not None else set()) | ({"block"} if entry.block else set())
    assert set(inspect.signature(entry.function).parameters) - {"scene"} == wanted


@pytest.mark.parametrize("records", sorted(RECORD_TABLES))
def test_records_have_a_schema_of_their_own(records: str) -> None:
    assert find("given", f"these {records}:")[0].id == "G36"
    assert record_schema({"records": records}).required


def test_a_coroutine_is_refused() -> None:
    async def never(scene: object) -> None: ...

    with pytest.raises(TypeError, match="awaited"):
        sentence("X1", "given", "x", meaning="x.", example="x")(never)  # type: ignore[arg-type]


@pytest.mark.parametrize("pattern", ["x:", "x"])
def test_a_colon_stands_exactly_where_a_table_follows(pattern: str) -> None:
    table = None if pattern.endswith(":") else record_schema({"records": "deals"})
    with pytest.raises(ValueError, match=":"):
        sentence("X2", "given", pattern, meaning="x.", example="x", table=table)(lambda scene: None)


def test_wordings_that_overlap_are_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    import harness.catalogue as module

    twin = replace(find("when", "commissions are calculated for 2026-Q1")[0], id="W1b")
    monkeypatch.setattr(module, "catalogue", lambda: (*ALL, twin))
    find.cache_clear()
    try:
        text = "Feature: F\n  Scenario: S\n    When commissions are calculated for 2026-Q1\n    Then total payouts for 2026-Q1 are 0.00 EUR\n"
        problems: list[Problem] = []
        feature = parse_feature(text, "x.feature", problems)
        assert feature is not None
        assert [p.slug for p in lint_feature(feature)] == ["step-ambiguous"]
    finally:
        find.cache_clear()


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("the fiscal calender:", "G03"),
        ('the pay out of "Ana" for 2026-Q1 is 5.00 EUR', "T01"),
        ('"Ana" has a quota of 5.00 EUR in 2026-Q1', "G25"),
        ("commision is calculated for 2026-Q1", "W1"),
    ],
)
def test_the_nearest_sentence_is_suggested(text: str, id: str) -> None:
    near = suggest(text)
    assert near is not None
    assert near[0].id == id


def test_nothing_is_suggested_for_something_else() -> None:
    assert suggest("I click the red button") is None
