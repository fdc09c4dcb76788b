"""`--mask`: what run, reconcile and report leave for sharing names nobody, and no unmasked record lies beside it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.tests.conftest import contents
from harness.tests.green_feature import GREEN
from reports.record import load_record

KEYED = {"TRUEUP_MASK_KEY": "a secret of this test"}


def test_reconcile_and_report_leave_masked_copies_only(
    project: Any, trueup: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*next(iter(KEYED.items())))
    full = trueup(*project.quick, "--out", "full")
    ran = trueup(*project.quick, "--out", "shared", "--mask", "names", "--json")
    assert (full.code, ran.code) == (1, 1), ran.err
    assert set(contents(Path("shared"))) == {".trueup", "record.json", "index.html", "differences.csv", "differences.xlsx", "junit.xml", "summary.md"}
    record = load_record(Path("full"))
    people = {d.key["person"] for d in record.differences} | {
        d.ours.payee for d in record.differences if d.ours
    }
    assert people
    with zipfile.ZipFile("shared/differences.xlsx") as book:
        sheets = [(name, book.read(name)) for name in book.namelist()]
    assert len(sheets) > 5
    for name, content in (*contents(Path("shared")).items(), *sheets, ("--json", ran.out.encode())):
        for code in people:
            assert not re.search(rf'["|,>]{code}["|,<]'.encode(), content), (name, code)
    shared = load_record(Path("shared"))
    assert shared.verdict == record.verdict
    again = trueup("report", "full", "--out", "again", "--mask", "names")
    assert again.code == 0, again.err
    assert "no evidence" in again.out
    assert load_record(Path("again")).differences == shared.differences
    assert trueup("report", "full", "--mask", "names").code == 2


def test_a_masked_run_of_features_names_nobody(
    trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRUEUP_MASK_KEY", raising=False)
    (tmp_path / "pay.feature").write_text("# Ana's own idea\n" + GREEN, encoding="utf-8")
    ran = trueup("run", "pay.feature", "--out", "shared", "--mask", "names,amounts")
    assert ran.code == 0, ran.out + ran.err
    assert set(contents(tmp_path / "shared")) == {".trueup", "record.json", "index.html", "junit.xml", "summary.md", "cucumber.ndjson", "cucumber.json"}
    for name, content in contents(tmp_path / "shared").items():
        assert b"Ana" not in content, name
        assert b"100.00 EUR" not in content, name
    assert "TRUEUP_MASK_KEY isn't set" in ran.out
    assert "Payee 1" in (tmp_path / "shared" / "index.html").read_text(encoding="utf-8")
