"""What is said of an export that nobody can read: in words that whoever exported it can act on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from harness.cli.reconciling import _verdict
from harness.reconcile.run import reconcile
from harness.tests.reconcile_rows import LINES_MAPPING, expected, export, line, mapping
from reference_engine.problems import Problem, Stopped

ONLY_LINES = mapping(LINES_MAPPING.split("  - grain: statements")[0])


def stopped(folder: Path, content: bytes) -> Problem:
    (folder / "lines.csv").write_bytes(content)
    with pytest.raises(Stopped) as found:
        reconcile(expected(line("A", "D-1", "1.00")), folder, ONLY_LINES)
    (problem,) = found.value.problems
    return problem


@pytest.mark.parametrize(("content", "slug"), [(b"PK\x03\x04\x14\0\x06\0", "archive-damaged"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0", "workbook-damaged")])
def test_a_damaged_workbook_is_called_one(tmp_path: Path, content: bytes, slug: str) -> None:
    assert stopped(tmp_path, content).slug == slug


def test_a_file_that_was_cut_off_is_said_to_be(tmp_path: Path) -> None:
    problem = stopped(tmp_path, b"who,plan,record,amount,cur,state\nA,P,D-1,1.00,EUR,paid\nA,P,D")
    assert problem.slug == "cell-count"
    assert "the file ends in the middle of this row" in problem.what
    assert "cut off" in problem.remedy


def test_a_blank_currency_is_not_taken_for_a_key(tmp_path: Path) -> None:
    problem = stopped(tmp_path, b"who,plan,record,amount,cur,state\nA,P,D-1,1.00,,paid\n")
    assert problem.slug == "blank-cell"
    assert "isn't 100 of another" in problem.why
    assert "allowed" not in problem.remedy


def test_one_known_difference_holds_no_longer(tmp_path: Path) -> None:
    (tmp_path / "known.yaml").write_text("- {key: {record: D-1}, difference: 1.00 EUR, reason: r, until: 2020-01-01}\n", "utf-8")
    export(tmp_path, "A,P,D-1,1.00,EUR,paid")
    found = reconcile(expected(line("A", "D-1", "1.00")), tmp_path, ONLY_LINES, tmp_path / "known.yaml")
    assert _verdict(found).sentence == "1 known difference no longer holds as accepted."
    twice = dataclasses.replace(found, known=found.known * 2)
    assert _verdict(twice).sentence == "2 known differences no longer hold as accepted."
