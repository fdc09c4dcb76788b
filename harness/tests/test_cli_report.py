"""`trueup report`: a kept record is all it takes to draw the report again."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

PROBE = """
import sys
from harness.cli.main import main
code = main(["report", "kept.json", "--out", "drawn"])
# The workbook's library brings numpy, and the Parquet files take DuckDB and pandas: they calculate nothing here.
heavy = [m for m in sys.modules if m.split(".")[0] == "pytest"
         or m.startswith(("scenarios.", "reference_engine.run", "reference_engine.mechanics", "harness.adapters"))]
assert not heavy, heavy
sys.exit(code)
"""


@pytest.fixture
def elsewhere(demo: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that has the demo's record and nothing else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "kept.json").write_bytes((demo.out / "record.json").read_bytes())
    monkeypatch.chdir(folder)
    return folder


def test_the_same_report_again(elsewhere: Path, demo: Any, trueup: Callable[..., Any]) -> None:
    ran = trueup("report", "kept.json", "--out", "drawn")
    assert (ran.code, ran.err, ran.out) == (0, "", "Report: drawn/index.html\n")
    for name in ("index.html", "differences.csv", "differences_settlements.csv", "record.json"):
        assert (elsewhere / "drawn" / name).read_bytes() == (demo.out / name).read_bytes(), name


def test_a_folder_is_as_good_as_its_record(elsewhere: Path, demo: Any, trueup: Callable[..., Any]) -> None:
    run = elsewhere / "run"
    run.mkdir()
    for name in ("record.json", ".trueup"):
        (run / name).write_bytes((demo.out / name).read_bytes())
    assert trueup("report", "run").code == 0
    assert (run / "index.html").read_bytes() == (demo.out / "index.html").read_bytes()


def test_neither_engine_nor_data_are_touched(elsewhere: Path, start: Callable[..., Any]) -> None:
    process = start(cwd=elsewhere, probe=PROBE)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert out == "Report: drawn/index.html\n"


BREAK: dict[str, tuple[Callable[[str], str], str]] = {
    "cut off": (lambda text: text[:5000], "record-broken"),
    "empty": (lambda text: "", "record-broken"),
    "a list": (lambda text: "[]", "record-broken"),
    "an amount changed": (lambda text: text.replace('"difference": "230.38"', '"difference": "230.39"', 1), "record-changed"),
    "a count changed": (lambda text: text.replace('"compared": 26560', '"compared": 26561'), "record-changed"),
    "a name changed": (lambda text: text.replace("REF-SO49147", "REF-SO49148"), "record-changed"),
    "a binary fraction": (lambda text: text.replace('"compared": 26560', '"compared": 26560.0'), "record-broken"),
    "another format": (lambda text: text.replace('"format": ', '"format": 99', 1), "record-format"),
    "an unknown part": (lambda text: text.replace('"format"', '"extra": 1, "format"', 1), "record-broken"),
    "a part twice": (lambda text: text.replace('"grains"', '"grains": [], "grains"', 1), "record-broken"),
    "too deep": (lambda text: "[" * 100_000, "record-broken"),
    "no JSON": (lambda text: "document,line\n", "record-broken"),
}


@pytest.mark.parametrize("how", BREAK)
def test_a_broken_record(
    how: str, elsewhere: Path, trueup: Callable[..., Any], kept: Callable[[Path], dict[str, bytes]]
) -> None:
    change, slug = BREAK[how]
    text = (elsewhere / "kept.json").read_text("utf-8")
    (elsewhere / "kept.json").write_text(change(text), "utf-8")
    assert change(text) != text
    (elsewhere / "drawn").mkdir()
    (elsewhere / "drawn" / ".trueup").write_text("", "utf-8")
    (elsewhere / "drawn" / "index.html").write_text("an earlier report", "utf-8")
    before = kept(elsewhere)
    ran = trueup("report", "kept.json", "--out", "drawn")
    assert (ran.code, ran.out) == (2, "")
    assert "kept.json" in ran.err
    assert f"[{slug}]" in ran.err
    assert "Traceback" not in ran.err
    assert kept(elsewhere) == before


def test_a_record_that_was_cut_off_says_where(elsewhere: Path, trueup: Callable[..., Any]) -> None:
    text = (elsewhere / "kept.json").read_text("utf-8")[:5000]
    (elsewhere / "kept.json").write_text(text, "utf-8")
    line = int(trueup("report", "kept.json").err.split("kept.json:")[1].split(":")[0])
    assert 1 < line <= text.count("\n") + 1


@pytest.mark.parametrize("where", ["nowhere", "nowhere.json", "."])
def test_no_record(where: str, elsewhere: Path, trueup: Callable[..., Any]) -> None:
    ran = trueup("report", where)
    assert (ran.code, ran.out) == (2, "")
    assert "[record-missing]" in ran.err
    assert [p.name for p in elsewhere.iterdir()] == ["kept.json"]


def test_somebody_elses_page_beside_a_record_is_not_overwritten(elsewhere: Path, trueup: Callable[..., Any]) -> None:
    (elsewhere / "index.html").write_text("my own page", "utf-8")
    trueup("report", "kept.json")
    assert (elsewhere / "index.html").read_text("utf-8") == "my own page"


def test_hostile_text_of_a_record_stays_text(elsewhere: Path, demo: Any, trueup: Callable[..., Any]) -> None:
    # The hash of a record protects against changes, not against a target that names a product so.
    from reports.record import load_record, save_record

    evil = '</script><script>alert(1)</script>"><img src=x onerror=alert(1)>'
    record = load_record(elsewhere / "kept.json")
    first = record.differences[0]
    assert first.theirs is not None
    theirs = dataclasses.replace(first.theirs, row={**first.theirs.row, "document": evil})
    changed = dataclasses.replace(
        record,
        identity=dataclasses.replace(record.identity, title=evil),
        differences=(dataclasses.replace(first, theirs=theirs), *record.differences[1:]),
    )
    save_record(changed, elsewhere / "evil")
    assert trueup("report", "evil", "--out", "drawn").code == 0
    page = (elsewhere / "drawn" / "index.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert save_record(load_record(elsewhere / "drawn"), elsewhere / "again").is_file()
