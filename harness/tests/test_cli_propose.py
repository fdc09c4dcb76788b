"""A mapping proposed from a sample: what the sample proves is decided, what it doesn't is left to people and refused by check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.adapters.mapping_reader import read_mapping
from harness.adapters.text_export import read_export
from harness.cli.main import main
from harness.tests.test_mappings_of_targets import SAMPLES
from reference_engine.problems import Problem

RESULTS = """PayeeID_;CompPlanID;AttributeID;PeriodString;PeriodString2;Value_
000417;AE_2026;COMMISSION [FINAL];2026-01 Jan;2026-02 Feb;1.627,65
000418;AE_2026;COMMISSION [FINAL];2026-01 Jan;2026-01 Jan;-1.200,04
"""


def proposal(folder: Path, content: str | bytes, capsys: pytest.CaptureFixture[str], name: str = "results.txt") -> dict[str, Any]:
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert main(["propose", str(folder / name), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def problems_of(folder: Path, text: str) -> list[Problem]:
    (folder / "m.yaml").write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    read_mapping(folder / "m.yaml", problems)
    return problems


def test_a_narrow_result_is_read_through_its_proposal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = proposal(tmp_path, RESULTS, capsys)
    assert "culture: de-DE" in found["mapping"]
    assert "delimiter: semicolon" in found["mapping"]
    assert '"{year}-{month} {mon}"' in found["mapping"]
    # Nobody but people knows the currency.
    assert [p.slug for p in problems_of(tmp_path, found["mapping"])] == ["mapping-word"]
    (tmp_path / "m.yaml").write_text(found["mapping"].replace("TO_BE_DECIDED", "EUR"), encoding="utf-8")
    problems: list[Problem] = []
    mapping = read_mapping(tmp_path / "m.yaml", problems)
    assert mapping is not None, problems
    (table,) = read_export(mapping, tmp_path / "results.txt", problems).values()
    assert [(row.key[0], row.amount) for row in table.rows] == [("000417", 162765), ("000418", -120004)]


def test_the_demo_s_settlements_need_only_their_currency(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = next(Path(__file__).parents[2].glob("scenarios/**/settlements.csv"))
    found = proposal(tmp_path, sample.read_bytes(), capsys, "settlements.csv")
    assert found["open"] == ["the currency: no column says it", "columns that nothing is compared with: lines. If a payee has several rows, one of them may belong to the key"]
    assert "period: {from: period_from, to: period_to}" in found["mapping"]
    assert len(problems_of(tmp_path, found["mapping"])) == 1


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ("Payee,Value,Currency\nP1,\"1,234\",EUR\nP2,\"5,678\",EUR\n", "the culture"),
        ("Payee,Paid on,Value,Currency\nP1,03/04/2026,1.5,EUR\n", "the order of dates"),
        ("Payee,value,preadjustedValue,Currency\nP1,1.5,2.5,EUR\n", "which amount is compared: value, preadjustedValue"),
        ("Payee,Value\nP1,1.5\nP1,2.5\n", "have the key of another row"),
        ("Payee,Value\n3.49730367606929E+16,1.5\n", "a spreadsheet has lost their digits"),
    ],
)
def test_what_a_sample_does_not_prove_is_left_to_people(tmp_path: Path, content: str, left: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = proposal(tmp_path, content, capsys, "r.csv")
    assert left in " ".join(found["open"])


def test_an_open_culture_or_order_is_refused_by_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = proposal(tmp_path, "Payee,Paid on,Value,Currency\nP1,03/04/2026,\"1,234\",EUR\n", capsys, "r.csv")
    said = [p.what for p in problems_of(tmp_path, found["mapping"])]
    assert any("culture" in what for what in said)
    assert any("dates" in what for what in said)


def test_titles_totals_and_footers_are_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = "Incentive Details\nCreated 2026-04-02\n\nOrder,Employee ID,Payment\nA-1,17,10.5\nA-2,18,4.5\nGrand Total,,15\nConfidential\n"
    found = proposal(tmp_path, content, capsys, "r.csv")
    assert "header: by its columns" in found["mapping"]
    assert "rows end before: ['Confidential']" in found["mapping"]
    assert 'total rows: {column: Order, are: ["Grand Total"]}' in found["mapping"]


@pytest.mark.parametrize("name", [n for n in SAMPLES if n not in ("sap_deposits",)])
def test_every_known_shape_gets_a_proposal_that_is_yaml(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    file, content, _ = SAMPLES[name]
    found = proposal(tmp_path, content, capsys, file)
    slugs = {p.slug for p in problems_of(tmp_path, found["mapping"])}
    assert slugs <= {"mapping-word", "mapping-missing", "mapping-form"}
    assert "yaml" not in slugs


def test_a_mapping_that_is_there_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.csv").write_text("Payee,Value\nP1,1.5\n", encoding="utf-8")
    assert main(["propose", str(tmp_path / "r.csv"), "--out", str(tmp_path / "m.yaml")]) == 0
    assert "Left to you:" in capsys.readouterr().out
    assert main(["propose", str(tmp_path / "r.csv"), "--out", str(tmp_path / "m.yaml")]) == 2


@pytest.mark.parametrize("content", [b"", b"one column\nonly\n", b"<!DOCTYPE html><html></html>", b"1,2\n3,4\n", b"\x00\x01\x02\xff" * 40])
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    assert main(["propose", str(tmp_path / "r.csv")]) == 2
    assert "Traceback" not in capsys.readouterr().err
