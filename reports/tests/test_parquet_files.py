"""The differences as Parquet: the rows of the CSV, with amounts that are exact."""

from __future__ import annotations

import csv
import dataclasses
from decimal import Decimal
from pathlib import Path

import duckdb

from reports.parquet_files import write_parquet
from reports.site import draw
from reports.tests.synthetic import synthetic_record


def test_every_row_of_the_csv_is_there_with_exact_amounts(tmp_path: Path) -> None:
    record = synthetic_record(40, 6)
    draw(record, tmp_path)
    for name, grain in (("differences", record.grains[0]), ("differences_settlements", record.grains[1])):
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        read = duckdb.read_parquet(str(tmp_path / f"{name}.parquet"))
        assert read.columns == list(rows[0])
        found = [dict(zip(read.columns, row, strict=True)) for row in read.fetchall()]
        assert len(found) == len(rows) == grain.differences
        for row, text in zip(found, rows, strict=True):
            assert {n: str(v) for n, v in row.items()} == text
            assert all(type(row[n]) is Decimal for n in ("expected", "actual", "difference"))


def test_what_no_decimal_holds_is_text_and_a_blank_is_none(tmp_path: Path) -> None:
    record = synthetic_record(3, 0)
    first, second, *others = record.differences
    first = dataclasses.replace(first, expected="100/3", difference="")
    second = dataclasses.replace(second, actual="", key={**second.key, "document": "half \ud800 of one"})
    write_parquet(
        dataclasses.replace(record, differences=(first, second, *others)),
        record.grains[0],
        tmp_path / "d.parquet",
    )
    expected, actual, difference, documents = (
        [
            row[0]
            for row in duckdb.execute(
                f'SELECT "{n}" FROM read_parquet($1)', [str(tmp_path / "d.parquet")]
            ).fetchall()
        ]
        for n in ("expected", "actual", "difference", "document")
    )
    assert expected[0] == "100/3"
    assert actual[1] is None
    assert difference[0] is None
    assert documents[1] == "half \\ud800 of one"


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    record = synthetic_record(5, 1)
    for name in ("a", "b"):
        write_parquet(record, record.grains[0], tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b"]


def test_a_grain_without_differences_has_an_empty_file(tmp_path: Path) -> None:
    draw(synthetic_record(0, 0), tmp_path)
    assert duckdb.read_parquet(str(tmp_path / "differences.parquet")).fetchall() == []
