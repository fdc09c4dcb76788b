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
    assert set(contents(Path("shared"))) == {".trueup", "record.json", "index.html", "differences.csv", "differences.parquet", "differences.xlsx", "junit.xml", "summary.md"}
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


def test_a_masked_run_prints_nobody_and_no_amount(start: Callable[..., Any], tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[str, int]:
        # A process of its own, for pytest writes to the terminal itself.
        process = start("run", *arguments, cwd=tmp_path, plain_pytest=True, env=KEYED)
        return "\n".join(process.communicate(timeout=60)), process.returncode

    (tmp_path / "pay.feature").write_text(GREEN.replace("is 10.00 EUR", "is 12.34 EUR"), encoding="utf-8")
    plain, code = run("pay.feature", "--out", "full")
    said, masked_code = run("pay.feature", "--out", "shared", "--mask", "names,amounts")
    assert (code, masked_code) == (1, 1), said
    assert "Ana" in plain
    assert "12.34" in plain
    for word in ("Ana", "12.34", "10.00"):
        assert word not in said
    assert "1 scenario written, 1 selected, 1 executed" in said
    assert "FAILED pay.feature::PAY-01" in said
    (tmp_path / "broken.feature").write_text("Feature: Ana\n  Scenario: Ana\n    Given Ana\n  nonsense\n", encoding="utf-8")
    told, code = run("broken.feature", "--out", "other", "--mask", "names")
    assert code == 2
    assert "Ana" not in told


def test_a_masked_comparison_leaves_a_masked_copy_only(trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(*next(iter(KEYED.items())))
    mapping = (
        "target: T\nformat:\n  delimiter: comma\n  encoding: utf-8\n  quoting: double quotes\n  header: yes\n  culture: en-US\n  dates: year first\n"
        "grains:\n  - grain: payouts\n    expected: payouts\n    key:\n      payee: {column: who}\n      period: {column: period}\n"
        "    values:\n      amount: {column: paid, currency: EUR}\n"
    )
    (tmp_path / "mapping.yaml").write_text(mapping, "utf-8")
    rows = "who,period,paid\nZenobia,2026-01,{}\nQuentin,2026-01,77.70\n"
    (tmp_path / "before.csv").write_text(rows.format("1234.56"), "utf-8")
    (tmp_path / "after.csv").write_text(rows.format("1300.00"), "utf-8")
    common = ("compare", "before.csv", "after.csv", "--mapping", "mapping.yaml")
    assert trueup(*common, "--mask", "names").code == 2
    ran = trueup(*common, "--out", "shared", "--mask", "names,amounts")
    assert ran.code == 1, ran.err
    as_json = trueup(*common, "--out", "again", "--mask", "names,amounts", "--json")
    assert as_json.code == 1
    for text in (ran.out, as_json.out, *(c.decode("utf-8", "replace") for c in contents(tmp_path / "shared").values())):
        assert "Zenobia" not in text
        assert "1234.56" not in text
        assert "1,234.56" not in text
    assert "manifest.json" not in contents(tmp_path / "shared")
    assert "no evidence" in ran.out
