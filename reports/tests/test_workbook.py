"""The workbook of differences, read back: every digit, no formula, a sheet for each grain."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from reports import workbook as made
from reports.csv_files import difference_rows
from reports.record_types import RunRecord
from reports.site import draw
from reports.tests.synthetic import synthetic_record


def opened(record: RunRecord) -> Any:
    return load_workbook(io.BytesIO(made.workbook(record)))


def written_numbers(record: RunRecord) -> set[str]:
    """The number texts that stand in the sheets' XML, before any program reads them."""
    with zipfile.ZipFile(io.BytesIO(made.workbook(record))) as book:
        sheets = [book.read(n).decode() for n in book.namelist() if n.startswith("xl/worksheets/")]
    return {v for sheet in sheets for v in re.findall(r't="n"[^>]*><v>([^<]*)</v>', sheet)}


def one(record: RunRecord, **changes: Any) -> RunRecord:
    first = dataclasses.replace(record.differences[0], **changes)
    return dataclasses.replace(record, differences=(first,), grains=record.grains[:1])


def test_a_sheet_for_each_grain_holds_its_rows_and_can_be_filtered() -> None:
    record = synthetic_record(20, 3)
    book = opened(record)
    assert book.sheetnames == ["Summary", *(g.name for g in record.grains)]
    for grain in record.grains:
        sheet = book[grain.name]
        header, rows = difference_rows(record, grain)
        assert [c.value for c in sheet[1]] == header
        assert sheet.max_row == len(rows) + 1
        assert (sheet.freeze_panes, sheet.auto_filter.ref) == (
            "A2",
            f"A1:{sheet.cell(1, len(header)).column_letter}{len(rows) + 1}",
        )
        at = header.index("expected")
        for cells, row in zip(sheet.iter_rows(min_row=2), rows, strict=True):
            shown = [cell.value for cell in cells]
            assert Decimal(str(shown[at])) == Decimal(row[at])
            assert cells[at].number_format == "#,##0.00;[Red]-#,##0.00"
            assert [v or "" for v in shown[: len(grain.keys)]] == list(row[: len(grain.keys)])


def test_the_summary_has_counts_and_totals_by_currency() -> None:
    record = synthetic_record(20, 3)
    grain = dataclasses.replace(
        record.grains[0],
        expected={"EUR": "1.50", "USD": "7.25"},
        actual={"EUR": "2.00"},
        difference={"EUR": "0.50", "USD": "-7.25"},
    )
    rows = list(opened(dataclasses.replace(record, grains=(grain,)))["Summary"].values)
    found = [row for row in rows if row[0] == grain.name]
    assert [row[5] for row in found] == ["EUR", "USD"]
    assert found[0][1:5] == (grain.compared, grain.matched, grain.differences, grain.known)
    assert [str(v) for v in found[0][6:9]] == ["1.5", "2.0", "0.5"]
    assert [None if v is None else str(v) for v in found[1][6:9]] == ["7.25", None, "-7.25"]
    assert rows[1][0] == record.verdict.sentence


@pytest.mark.parametrize("amount", ["1234567890123.45", "0.1", "-0.29", "99999999999999.9", "1.005"])
def test_no_digit_of_an_amount_changes(amount: str) -> None:
    assert amount in written_numbers(one(synthetic_record(1, 1), expected=amount))


@pytest.mark.parametrize("amount", ["12345678901234.56", "-90071992547409931", "1/3"])
def test_an_amount_that_excel_would_round_stays_text(amount: str) -> None:
    record = one(synthetic_record(1, 1), expected=amount)
    header, _ = difference_rows(record, record.grains[0])
    cell = opened(record)[record.grains[0].name].cell(2, header.index("expected") + 1)
    assert (cell.value, cell.data_type) == (amount, "s")


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_decimals_are_those_of_the_currency(currency: str) -> None:
    record = one(synthetic_record(1, 1), expected="5", currency=currency)
    header, _ = difference_rows(record, record.grains[0])
    cell = opened(record)[record.grains[0].name].cell(2, header.index("expected") + 1)
    assert cell.number_format.partition(";")[0] == {"JPY": "#,##0", "KWD": "#,##0.000"}[currency]


HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "007",
    "1e5",
    "2026-01-02",
    "a\x00b\x1f",
    "\ud800",
    "\u202egpj",
    "x" * 40_000,
    "#N/A",
    "TRUE",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_text_and_nothing_is_a_formula(name: str) -> None:
    record = synthetic_record(1, 1)
    key = dict.fromkeys(record.grains[0].keys, name)
    hostile = one(record, key=key)
    cell = opened(hostile)[record.grains[0].name].cell(2, 1)
    assert cell.data_type == "s"
    if name.isprintable() and len(name) < 100:
        assert cell.value == name
    with zipfile.ZipFile(io.BytesIO(made.workbook(hostile))) as book:
        assert not any(b"<f>" in book.read(n) for n in book.namelist() if n.startswith("xl/worksheets/"))


def test_sheet_names_that_excel_forbids() -> None:
    record = synthetic_record(1, 1)
    grains = [
        dataclasses.replace(record.grains[0], name=n)
        for n in ("a/b:c[1]*?", "x" * 40, "X" * 40, "Summary", "'")
    ]
    names = opened(dataclasses.replace(record, grains=tuple(grains))).sheetnames
    assert len({n.lower() for n in names}) == 6
    assert all(len(n) <= 31 and not re.search(r"[\\/*?:\[\]]", n) for n in names)


def test_more_than_a_sheet_should_hold_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made, "MOST", 2)
    book = opened(synthetic_record(3, 1))
    assert book.sheetnames == ["Summary"]
    assert "CSV files" in book["Summary"]["A4"].value


def test_it_is_drawn_beside_the_report_and_linked(tmp_path: Path) -> None:
    index = draw(synthetic_record(3, 1), tmp_path)
    assert load_workbook(tmp_path / "differences.xlsx").sheetnames[0] == "Summary"
    assert 'href="differences.xlsx"' in index.read_text("utf-8")


def test_the_same_record_makes_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    record = synthetic_record(3, 1)
    first = made.workbook(record)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert made.workbook(record) == first
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        assert record.circumstances.started.encode() in book.read("docProps/core.xml")
