"""The step book: every sentence, its table, an example that runs, and where it is used; and the stub for editors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.catalogue import catalogue, find
from harness.features import parse_feature
from harness.lint import lint_feature
from harness.stepbook import editor
from harness.stepbook.entries import Entry, entries, search, used_in
from harness.stepbook.examples import KEPT, current_examples
from harness.stepbook.page import page
from harness.value_types import TYPES
from reference_engine.problems import Stopped

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def book() -> tuple[Entry, ...]:
    return entries(used_in([ROOT / "features"]))


def ids(found: list[Entry]) -> list[str]:
    return [e.sentence.id for e in found]


# -- what it holds ----------------------------------------------------------------------------------------
def test_the_kept_examples_are_those_of_the_features() -> None:
    assert KEPT.read_text(encoding="utf-8") == current_examples(), "out of date: run  python -m harness.sentences_page"


@pytest.mark.parametrize("entry", entries(), ids=lambda e: e.sentence.id)
def test_every_example_is_read_as_its_sentence(entry: Entry) -> None:
    assert entry.examples
    for example in entry.examples:
        text = f"Feature: x\n\n  Scenario: y\n    {example.text.replace(chr(10), chr(10) + '    ')}\n"
        feature = parse_feature(text, "x.feature", [])
        assert feature is not None
        (step,) = feature.scenarios[0].steps
        assert [s.id for s in find(step.kind, step.text)] == [entry.sentence.id]
        slips = {p.slug for p in lint_feature(feature)} - {"no-then", "no-when", "two-whens", "scenario-without-then"}
        assert not slips & {"step-unknown", "wrong-value", "unknown-column", "missing-column", "table-missing", "text-missing"}


def test_uses_are_places_that_hold_the_step(book: tuple[Entry, ...]) -> None:
    total = 0
    for entry in book:
        for place in entry.uses:
            file, _, line = place.rpartition(":")
            text = Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
            fixed = max(re.split(r'"\{\w+\}"|\{\w+\}', entry.sentence.pattern), key=len)
            assert fixed.strip() in text or "<" in text, place
            total += 1
    assert total > 500


def test_a_row_of_an_outline_is_no_place_of_its_own(book: tuple[Entry, ...]) -> None:
    for entry in book:
        assert len(set(entry.uses)) == len(entry.uses)


def test_search(book: tuple[Entry, ...]) -> None:
    assert ids(search(book, ["g25"])) == ["G25"]
    assert ids(search(book, ['Given "Ana" has a quota of 5.00 EUR for 2026-Q1'])) == ["G25"]
    assert ids(search(book, ["ramp", "quotas"]))[0] == "G53"
    assert "G26" in ids(search(book, ["RAMPING"]))
    assert ids(search(book, ["recovery maximum"])) == ["G36"]
    with pytest.raises(Stopped) as stopped:
        search(book, ["qutoa"])
    assert "Did you mean: quota" in str(stopped.value)
    with pytest.raises(Stopped):
        search(book, ["quota", "xyzzy"])


# -- the command ------------------------------------------------------------------------------------------
def test_the_list_names_every_sentence(trueup: Callable[..., Any]) -> None:
    ran = trueup("steps")
    assert ran.code == 0
    for s in catalogue():
        assert re.search(rf"^  {s.id} +{s.kind.capitalize()} {re.escape(s.pattern)}$", ran.out, re.MULTILINE)


def test_words_show_sentences_in_full(trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = trueup("steps", "G26")
    for words in ("Given these quotas:  [G26]", "payee*", "ramp      8%; share of the quota", "| payee ", "Used in features/"):
        assert words in ran.out
    ran = trueup("steps", "write-offs")
    assert "Columns of these write-offs, * required:" in ran.out
    assert "these salaries" not in ran.out
    ran = trueup("steps", "qutoa")
    assert ran.code == 2
    assert "[no-such-sentence]" in ran.err


def test_json_holds_the_same(trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "a.feature").write_text("Feature: a\n\n  Scenario: b\n    Given today is 2026-01-01\n", encoding="utf-8")
    found = {s["id"]: s for s in trueup("steps", "--json", "--features", "own").json["sentences"]}
    assert set(found) == {s.id for s in catalogue()}
    assert found["G06"]["uses"] == ["own/a.feature:4"]
    assert found["G25"]["uses"] == []
    assert found["G25"]["examples"][0].startswith('Given "')
    assert [c["column"] for c in found["T20"]["tables"][0]["columns"]] == ["period", "payee", "amount"]
    assert {t["word"] for t in found["G36"]["tables"]} == set(TYPES["records"].words)


def test_the_page_is_written_whole(trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    ran = trueup("steps", "--html", tmp_path / "new" / "book.html")
    assert ran.code == 0
    text = (tmp_path / "new" / "book.html").read_text(encoding="utf-8")
    for s in catalogue():
        assert f'id="{s.id}"' in text
    assert "features/plans/accelerators.feature:" in text
    assert not re.search(r"(?:src|href)=\"(?!#|data:,)", text)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    ran = trueup("steps", "--html", tmp_path / "file" / "book.html")
    assert ran.code == 2
    assert "[page-unwritable]" in ran.err


def test_the_page_escapes_what_it_is_given(book: tuple[Entry, ...]) -> None:
    evil = "<script>alert(1)</script>\"'"
    one = book[0]
    text = page([Entry(one.sentence, one.tables, one.examples, (evil,))])
    assert evil not in text
    assert "&lt;script&gt;alert(1)" in text


# -- the editor -------------------------------------------------------------------------------------------
def test_the_stub_runs_and_does_nothing() -> None:
    room: dict[str, Any] = {}
    exec(compile(editor.stub_text(), "stub.py", "exec"), room)
    for s in catalogue():
        assert s.meaning in room[s.id.lower()].__doc__.replace('\\"', '"')


def test_each_type_of_a_stub_fits_its_own_form_and_no_other() -> None:
    types = {t["name"]: t["regexp"] for t in editor.parameter_types()}
    used = {name for s in catalogue() for name in re.findall(r"\{([^}]+)\}", editor.expression(s))}
    assert used == set(types)
    for name, pattern in types.items():
        if name in TYPES:
            samples = TYPES[name].words or tuple(TYPES[name].form.removesuffix(", or a measure that the scenario names").replace(" or ", ", ").split(", "))
            for sample in samples:
                assert re.fullmatch(pattern, sample), (name, sample)
        else:
            assert re.fullmatch(pattern, '"Ana Ruiz"')
            assert not re.fullmatch(pattern, '"Ana" or "Ben"')
    for name, wrong in (("money", "5"), ("money", "5.00 EURO"), ("percent", "8 %"), ("period", "Q1 2026"), ("n", "ten"), ("date", "1.1.2026")):
        assert not re.fullmatch(types[name], wrong)


def test_the_editor_files_keep_other_settings(trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = tmp_path / ".vscode" / "settings.json"
    settings.parent.mkdir()
    own = {"name": "colour", "regexp": "red"}
    settings.write_text(json.dumps({"files.eol": "\n", editor.PARAMETERS: [own, {"name": "money", "regexp": "old"}]}), encoding="utf-8")
    ran = trueup("steps", "--editor")
    assert (ran.code, ran.out) == (0, "Written: features/trueup_steps.py\nWritten: .vscode/settings.json\n")
    first = settings.read_text(encoding="utf-8")
    found = json.loads(first)
    assert found["files.eol"] == "\n"
    assert found[editor.PARAMETERS] == [own, *editor.parameter_types()]
    assert trueup("steps", "--editor").code == 0
    assert settings.read_text(encoding="utf-8") == first


@pytest.mark.parametrize("text", ["// mine\n{}", "[]", '{"cucumber.parameterTypes": {}}'])
def test_settings_that_cant_be_read_stay(trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    settings = tmp_path / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(text, encoding="utf-8")
    ran = trueup("steps", "--editor")
    assert ran.code == 2
    assert "[settings-unreadable]" in ran.err
    assert settings.read_text(encoding="utf-8") == text
    assert not (tmp_path / "features").exists()


@pytest.mark.parametrize(
    ("word", "id_"), [("accelerators", "G14"), ("clawback", "G34"), ("SPIFF", "G24"), ("MBOs", "G23"), ("rollup", "G32"), ("tiers", "G14")]
)
def test_a_word_of_the_field_finds_the_sentence_that_says_it(book: tuple[Entry, ...], word: str, id_: str) -> None:
    assert id_ in ids(search(book, [word]))
