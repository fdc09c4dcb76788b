"""The CSV files of differences: the target's own columns first, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pytest

from reports.csv_files import COLUMNS, differences_csv, neutral
from reports.site import draw
from reports.tests.synthetic import synthetic_record


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "-", "+49 30"]
)
def test_formulas_are_neutralised(cell: str) -> None:
    assert neutral(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-12.30", "+5", "7", "-1.5%", "", "Ana = Ben", "a-b"])
def test_numbers_and_texts_stay(cell: str) -> None:
    assert neutral(cell) == cell


def test_one_file_per_grain_with_the_targets_own_columns(tmp_path: Path) -> None:
    record = synthetic_record(20, 3)
    draw(record, tmp_path)
    with (tmp_path / "differences.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert list(lines[0]) == ["document", "line", "person", "plan", *COLUMNS]
    assert len(lines) == 23
    first = record.differences[0]
    assert {name: lines[0][name] for name in first.key} == dict(first.key)
    assert (lines[0]["expected"], lines[0]["actual"], lines[0]["difference"]) == ("-2.20", "2.20", "4.40")
    assert (lines[0]["rule"], lines[0]["base"], lines[0]["rate"]) == ("Bikes at 1.1%", "-200.00", "1.1%")
    assert (lines[0]["group"], lines[0]["cause"]) == ("g1", record.groups[0].sentence)
    with (tmp_path / "differences_settlements.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + 9


def test_hostile_names_and_column_names_are_neutralised() -> None:
    record = synthetic_record(2, 1, evil=',"x"\n=cmd')
    key = {"=document": "=HYPERLINK(1)", "class": "c"}
    grain = dataclasses.replace(record.grains[0], keys=tuple(key))
    hostile = dataclasses.replace(record.differences[0], key=key)
    text = differences_csv(dataclasses.replace(record, differences=(hostile,)), grain)
    header, row = list(csv.reader(text.splitlines(keepends=True)))
    assert header[:4] == ["'=document", "class", "trueup class", "expected"]
    assert row[:2] == ["'=HYPERLINK(1)", "c"]
    plain = list(csv.reader(differences_csv(record, record.grains[0]).splitlines(keepends=True)))
    assert len(plain) == 4, "a line break inside a name doesn't make a row"
