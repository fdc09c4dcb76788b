"""docs/mappings.md and docs/features.md: every word documented, every example read and run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from harness.adapters import (
    cell_spec_reader,
    grain_kinds,
    mapping,
    mapping_reader,
    periods,
    strict,
    table_definitions,
    text_export,
)
from harness.adapters.cultures import CULTURES, DATE_ORDERS, NEGATIVES, number_form
from harness.adapters.data_folder import read_data_folder
from harness.adapters.delimited import DELIMITERS, ENCODINGS, QUOTINGS, TextFile
from harness.adapters.findings import Findings
from harness.catalogue import catalogue, find
from harness.features import parse_feature
from harness.lint import lint_feature
from harness.reconcile.baseline import approved_change
from harness.reconcile.known import known_difference
from harness.recorder import Recorder
from harness.scene import Scene
from harness.sentences_page import PAGE, START, page_features, reference, uses_of_sentences
from reference_engine.plans.document import Node, parse_yaml
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import format_money

ROOT = Path(__file__).parents[2]
MAPPINGS = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_DOCUMENTED = re.compile(r"^\| (?:`[^`]+`(?:, | or )?)+", re.MULTILINE)
AMOUNT = {"amount": {"column": "a", "currency": "EUR"}}
GRAIN = {"grain": "rows", "expected": "lines", "key": {"payee": {"column": "p"}}, "values": AMOUNT}
TOP = {"target": "T", "grains": [GRAIN]}


def blocks(kind: str) -> list[str]:
    return [text for word, text in _FENCED.findall(MAPPINGS) if word == kind]


YAML = blocks("yaml")


def whole(node: Node) -> Node:
    """A part of a mapping, as it stands on the page, inside the least mapping that holds it."""
    if node.get("target") is not None:
        return node
    parts = dict(node.items())
    if set(parts) <= {"format", "codes", "grains", "about"}:
        return Node.of({**TOP, **parts}, node.where)
    return Node.of({**TOP, "grains": [{**GRAIN, **parts}]}, node.where)


def read_block(text: str) -> list[Problem]:
    """Reads an example as what it is: a list of known differences, a tables.yaml, or a mapping or a part of one."""
    problems: list[Problem] = []
    node = parse_yaml(text, "mappings.md", problems)
    assert node is not None, problems
    if node.is_list:
        key = {name: {"column": name} for name in ("payee", "plan", "period")}
        finest = {**GRAIN, "key": {**key, "record": {"column": "record"}}}
        grains = [finest, {**GRAIN, "grain": "settlements", "expected": "payouts", "key": key}]
        keyed = mapping_reader.mapping_of(Node.of({**TOP, "grains": grains}), "mapping.yaml", problems)
        assert keyed is not None, problems
        for entry in node.nodes():
            read = known_difference if entry.get("approved by") is None else approved_change
            read(entry, keyed, problems)
    else:
        mapping_reader.mapping_of(whole(node), "mapping.yaml", problems)
    return problems


def is_tables(text: str) -> bool:
    return text.startswith("about: The order system")


@pytest.mark.parametrize("text", [b for b in YAML if not is_tables(b)], ids=lambda b: b.split("\n", 1)[0])
def test_an_example_of_a_mapping_reads(text: str) -> None:
    assert read_block(text) == []


def test_an_example_that_does_not_read_is_found() -> None:
    assert [p.slug for p in read_block("format:\n  delimeter: comma\n")] == ["mapping-word"]


def test_the_example_of_a_data_folder_makes_its_tables(tmp_path: Path) -> None:
    (text,) = filter(is_tables, YAML)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "orders.csv").write_text("OrderNo,Status,SalesRep,Net,OrderDate,Customer\nO-1,won,17,99.50,2026-01-15,7\nO-2,lost,17,1.00,2026-01-16,7\n", "utf-8")
    (tmp_path / "exports" / "reps.csv").write_text("rep,payee,grade,rate\n17,Ana Ruiz,1,0.08\n", "utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "tables.yaml").write_text(text, "utf-8")
    problems: list[Problem] = []
    payees, deals = read_data_folder(tmp_path / "data", problems)
    assert problems == []
    assert dict(zip(deals.header, deals.rows[0], strict=True)) == {"deal": "O-1", "owner": "Ana Ruiz", "amount": "99.50 EUR", "closed": "2026-01-15", "account": "C-7"}
    assert len(deals.rows) == 1
    assert dict(zip(payees.header, payees.rows[0], strict=True)) == {"payee": "Ana Ruiz", "kind": "employee", "role": "Account Executive", "commission rate": "8%"}


# -- the worked example ---------------------------------------------------------------------------------
def test_the_sample_rows_read_as_the_page_says(tmp_path: Path) -> None:
    rows, codes = blocks("text")
    (tmp_path / "results.txt").write_text(rows, "utf-8")
    (tmp_path / "payee_codes.csv").write_text(codes, "utf-8")
    text = next(b for b in YAML if b.startswith("target: Varicent"))
    problems: list[Problem] = []
    node = parse_yaml(text, str(tmp_path / "mapping.yaml"), problems)
    assert node is not None
    found = mapping_reader.mapping_of(node, str(tmp_path / "mapping.yaml"), problems)
    assert found is not None, problems
    tables = text_export.read_export(found, tmp_path, problems)
    assert problems == []
    (grain,) = found.grains
    cells = [[*r.key, format_money(Fraction(r.amount, 100), r.currency)] for r in tables["results"].rows]
    said = [line.strip("| ").split(" | ") for line in MAPPINGS.split("Read through it, the rows are:")[1].split("\n\n")[1].splitlines()]
    assert said[0] == [*grain.key_names, "amount"]
    assert said[2:] == cells


# -- every word is documented, and no other --------------------------------------------------------------
def known_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> set[str]:
    """Every key that a reader asks for while it reads the examples of the page: it asks whether or not they state it."""
    asked: set[str] = set()
    take = strict.Section.take

    def recorded(self: strict.Section, name: str, *, must: bool = False) -> Node | None:
        asked.add(name)
        return take(self, name, must=must)

    monkeypatch.setattr(strict.Section, "take", recorded)
    for text in YAML:
        if is_tables(text):
            (tmp_path / "tables.yaml").write_text(text, "utf-8")
            table_definitions.read_definitions(tmp_path / "tables.yaml", [])
            part = parse_yaml("column: {column: a, lookup: {file: a, from: b, to: c}}", "x", [])
            assert part is not None
            # Its files aren't here, so the columns are asked one by one.
            maker = table_definitions._Maker(tmp_path, [])
            for _, cell in part.items():
                maker._cell("column", cell, TextFile(("a",), 1, []), Findings([], "x"))
        else:
            read_block(text)
    return asked


def documented() -> set[str]:
    """The words in the first cells of the page's tables."""
    return {word for row in _DOCUMENTED.findall(MAPPINGS) for word in re.findall(r"`([^`]+)`", row)}


def test_every_key_is_documented_and_no_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = known_words(monkeypatch, tmp_path)
    assert {"target", "follows from", "skip first lines", "blank", "until", "prefix", "as"} <= asked
    assert sorted(asked - documented()) == []
    values = {*NEGATIVES, *mapping.LINE_NAMES, *mapping.PAYOUT_NAMES, *(f"{{{w}}}" for w in periods.TOKEN_WORDS)}
    values |= {*grain_kinds.NAMES, *(n for names in (*grain_kinds.NAMES.values(), *grain_kinds.VALUES.values(), *grain_kinds.EXTRA_VALUES.values()) for n in names)}
    assert sorted(documented() - asked - values) == []


def words() -> Iterator[str]:
    yield from (*DELIMITERS, *ENCODINGS, *QUOTINGS, *DATE_ORDERS, *NEGATIVES, *CULTURES)
    yield from (*mapping.LINE_NAMES, *mapping.PAYOUT_NAMES, *cell_spec_reader.OTHERS, table_definitions.FRACTION)
    yield from (name for names in mapping.EXTRA_VALUES.values() for name in names)
    yield from (name for names in (*grain_kinds.NAMES.values(), *grain_kinds.VALUES.values()) for name in names)
    yield from (*grain_kinds.NAMES, *grain_kinds.TOGETHER, *grain_kinds.ROUNDINGS)
    yield from (f"{{{word}}}" for word in periods.TOKEN_WORDS)


@pytest.mark.parametrize("word", sorted(set(words())))
def test_every_word_is_documented(word: str) -> None:
    assert f"`{word}`" in MAPPINGS


def test_every_culture_stands_beside_a_number_that_it_reads() -> None:
    for name in CULTURES:
        row = next(line for line in MAPPINGS.splitlines() if line.startswith("| 1") and f"`{name}`" in line)
        for sample in row.strip("| ").split(" | ")[0].split(" or "):
            assert number_form(name).units(sample, 2, "EUR") == 100050, f"{name}: {sample}"


def test_every_way_to_write_a_negative_is_read() -> None:
    for name in NEGATIVES:
        row = next(line for line in MAPPINGS.splitlines() if line.startswith(f"| `{name}` |"))
        sample = row.split("|")[2].partition(",")[0].strip()
        assert number_form("en-US", (name,)).units(sample, 2, "EUR") == -500


def test_every_part_of_a_period_reads_as_the_page_says() -> None:
    for word in periods.TOKEN_WORDS:
        if word not in ("year", "yy"):
            row = next(line for line in MAPPINGS.splitlines() if line.startswith(f"| `{{{word}}}` |"))
            _, _, reads, label, _ = (cell.strip() for cell in row.split("|"))
            for sample in reads.partition(",")[0].split(" or "):
                assert periods.period_reader(f"{{year}} {{{word}}}")(f"2026 {sample}") == label
    for sample, pattern, label in (("Jan 2026", "{mon} {year}", "2026-01"), ("2019-01 JAN", "{year}-{month} {mon}", "2019-01"), ("Q1/2026", "Q{quarter}/{year}", "2026-Q1")):
        assert f"`{sample}` is `{pattern}`" in MAPPINGS
        assert periods.period_reader(pattern)(sample) == label


# -- the page of features --------------------------------------------------------------------------------
def test_the_page_of_features_holds_the_reference() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text[text.index(START) :] == reference(), "docs/features.md is out of date: run  python -m harness.sentences_page"


@pytest.mark.parametrize("text", page_features(), ids=lambda b: b.split("\n", 1)[0])
def test_a_feature_on_the_page_runs(text: str) -> None:
    problems: list[Problem] = []
    feature = parse_feature(text, "features.md", problems)
    assert feature is not None, problems
    assert lint_feature(feature) == []
    for case in feature.cases():
        recorder = Recorder(feature, case, tuple(case.steps()))
        scene = Scene(recorder, ROOT)
        for step in recorder.steps:
            recorder.start_step()
            scene.perform(find(step.kind, step.text)[0], step.text)
            recorder.end_step("passed")


def test_the_readme_feature_runs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    test_a_feature_on_the_page_runs(re.findall(r"```gherkin\n(.*?)```", text, re.DOTALL)[0])


def test_every_sentence_is_used_in_a_feature() -> None:
    used = uses_of_sentences()
    assert [s.id for s in catalogue() if s.id not in used] == []


def test_links_of_the_pages_lead_somewhere() -> None:
    for name in ("mappings.md", "features.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)(?:#[\w-]*)?\)", text):
            if not target.startswith("https://"):
                assert (ROOT / "docs" / target).exists(), f"{name}: {target}"
