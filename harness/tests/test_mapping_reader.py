"""Mapping files are read strictly, with the line of every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.adapters.mapping_reader import mapping_of, read_mapping
from harness.tests.reconcile_rows import LINES_MAPPING, mapping
from reference_engine.plans.document import parse_yaml
from reference_engine.problems import Problem

MAPPINGS = Path(__file__).parents[1] / "mappings"


@pytest.mark.parametrize("file", sorted(MAPPINGS.glob("*.yaml")), ids=lambda f: f.stem)
def test_every_shipped_mapping_is_sound(file: Path) -> None:
    problems: list[Problem] = []
    assert read_mapping(file, problems) is not None
    assert not problems


def test_the_finest_grain_comes_first_whatever_the_order() -> None:
    head, lines, statements = LINES_MAPPING.partition("  - grain: lines")[0], *_grains()
    assert [g.name for g in mapping(head + statements + lines).grains] == ["lines", "statements"]


def _grains() -> tuple[str, str]:
    body = LINES_MAPPING[LINES_MAPPING.index("  - grain: lines") :]
    at = body.index("  - grain: statements")
    return body[:at], body[at:]


@pytest.mark.parametrize(
    ("old", "new", "slug", "said"),
    [
        ("target: Test target", "traget: Test target", "mapping-missing", '"target"'),
        (
            "target: Test target",
            "target: Test target\nculture: de-DE",
            "mapping-word",
            '"culture" isn\'t known',
        ),
        ("expected: payouts", "expected: payout", "mapping-word", "payouts"),
        ("    expected: lines\n", "", "mapping-missing", '"expected"'),
        ("payee: {column: who}", "paye: {column: who}", "mapping-word", "payee"),
        ("payee: {column: who}", "payee: {colum: who}", "mapping-word", "column"),
        ("payee: {column: who}", "payee: {}", "mapping-missing", "where it is found"),
        ("payee: {column: who}", "payee: {column: who, constant: A}", "mapping-missing", "where it is found"),
        ("payee: {column: who}", "payee: {column: who, map: plans}", "mapping-word", "plans"),
        ("payee: {column: who}", "payee: {column: who, pattern: x}", "mapping-form", "periods"),
        ("payee: {column: who}", "payee: who", "mapping-form", "names and values"),
        (
            "payee: {column: who}",
            "payee: {column: who, lookup: {file: ../secret.csv, from: a, to: b}}",
            "mapping-path",
            "beside",
        ),
        ("from: first, to: last", "from: first", "mapping-missing", "both from: and to:"),
        ("from: first, to: last", "column: first, pattern: '{month}'", "mapping-pattern", "{year}"),
        ("follows from: lines", "follows from: line", "mapping-word", "Did you mean: lines"),
        ("follows from: lines", "follows from: statements", "mapping-circle", "follow from each other"),
        ("file: lines.csv", "file: ../../etc/passwd", "mapping-path", "inside"),
        ("file: lines.csv", "file: lines.csv\n    format: {delimiter: ab}", "mapping-word", "delimiter"),
        ("file: lines.csv", "file: lines.csv\n    format: {culture: de_DE}", "mapping-word", "de-DE"),
        ("file: lines.csv", "file: lines.csv\n    format: {header: no}", "mapping-missing", "column names"),
        (
            "file: lines.csv",
            "file: lines.csv\n    format: {negative: [brackets]}",
            "mapping-word",
            "negative",
        ),
        (
            "file: lines.csv",
            "file: lines.csv\n    format: {skip first lines: -1}",
            "mapping-form",
            "whole number",
        ),
        ("currency: {column: cur}}\n      state", "currency: EURO}\n      state", "mapping-word", "EUR"),
        (
            "file: lines.csv",
            "file: lines.csv\n    tolerance: [{amount: 0.01 EUR}]",
            "mapping-missing",
            '"reason"',
        ),
        (
            "file: lines.csv",
            "file: lines.csv\n    tolerance: [{amount: 0.001 EUR, reason: x}]",
            "not-a-number",
            "decimals",
        ),
        (
            "file: lines.csv",
            "file: lines.csv\n    expected where: {statte: released}",
            "mapping-word",
            "state",
        ),
    ],
)
def test_a_mistake_is_a_problem_with_its_line(old: str, new: str, slug: str, said: str) -> None:
    text = LINES_MAPPING.replace(old, new, 1)
    assert text != LINES_MAPPING
    problems: list[Problem] = []
    node = parse_yaml(text, "m.yaml", problems)
    assert node is not None
    assert mapping_of(node, "m.yaml", problems) is None
    found = [p for p in problems if p.slug == slug]
    assert found, problems
    assert any(said in f"{p.what} {p.remedy}" for p in found)
    assert all(p.where.line > 0 for p in problems)


def test_mistakes_are_collected() -> None:
    text = LINES_MAPPING.replace("column: who", "colum: who").replace(
        "currency: {column: cur}", "currency: XYZ"
    )
    problems: list[Problem] = []
    node = parse_yaml(text, "m.yaml", problems)
    assert node is not None
    assert mapping_of(node, "m.yaml", problems) is None
    assert len({p.where.line for p in problems}) >= 4
