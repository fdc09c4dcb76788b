"""Statements: both sides of each payee's pay, how it is made up, and files that no spreadsheet runs."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from reports.pages.statements import made_of, statements_csv, statements_page
from reports.record import RunRecord, contradictions, load_record, save_record
from reports.record_check import number
from reports.site import draw, page
from reports.tests.synthetic import synthetic_record
from reports.tests.synthetic_pay import with_pay


@pytest.fixture(scope="module")
def record() -> RunRecord:
    return with_pay(synthetic_record(24, 6))


def test_who_differs_most_stands_first(record: RunRecord) -> None:
    found = statements_page(record)
    assert found is not None
    assert (found.payees, found.amounts, found.differing) == (15, 15, 9)
    sizes = [
        abs(Fraction(row.difference.text.replace(",", "").replace("\u2212", "-"))) for row in found.listed
    ]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 9
    assert all(size > 0 for size in sizes)


def test_a_record_without_statements_has_no_section() -> None:
    assert statements_page(synthetic_record()) is None
    assert 'id="statements"' not in page(synthetic_record())


def test_every_statement_is_in_the_csv_and_adds_up(record: RunRecord) -> None:
    rows = list(csv.DictReader(io.StringIO(statements_csv(record))))
    assert len(rows) == len(record.statements)
    for row, kept in zip(rows, record.statements, strict=True):
        assert Fraction(row["actual"] or 0) - Fraction(row["expected"] or 0) == Fraction(row["difference"])
        assert (row["payee"], row["currency"], row["differences"]) == (
            kept.payee,
            kept.currency,
            " ".join(kept.differences),
        )
    assert rows[0]["made of"].endswith("110.00 USD from 12 lines, \u221210.00 USD by cap")


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    record = with_pay(synthetic_record(4, 0))
    evil = tuple(replace(row, name="=cmd|' /C calc'!A0", payee="@" + row.payee) for row in record.statements)
    draw(replace(record, statements=evil), tmp_path)
    rows = list(csv.reader(io.StringIO((tmp_path / "statements.csv").read_text(encoding="utf-8"))))
    assert rows[1][:2] == ["'@" + record.statements[0].payee, "'=cmd|' /C calc'!A0"]
    assert not [cell for row in rows for cell in row if cell[:1] in "=@+" and cell[:1]]


def test_the_packed_statements_hold_every_row(record: RunRecord) -> None:
    found = statements_page(record)
    assert found is not None
    data = json.loads(gzip.decompress(base64.b64decode(found.data)))
    payee, period, _, component, currency, expected, actual, _, differences = data["columns"]
    for i, row in enumerate(record.statements):
        assert data["payees"][payee[i]] == [row.payee, row.name]
        assert [data["texts"][n] for n in (period[i], component[i], currency[i])] == [
            row.period,
            row.component,
            row.currency,
        ]
        assert (expected[i], actual[i] or expected[i]) == (row.expected, row.actual)
        assert differences[i] == (list(row.differences) or 0)
    assert set(data["open"]) == {i for row in record.statements for i in row.differences}
    assert [r[-1] for r in data["reached"]] == ["0.0%", "50.0%", "100.0%", "100.0%", "150.0%", "400.0%"]


def test_a_statement_must_fit_the_record(record: RunRecord) -> None:
    first = next(row for row in record.statements if row.differences)
    broken = (
        (replace(first, differences=()), "differs, and no difference says why"),
        (replace(first, differences=("X",)), 'names the unknown difference "X"'),
        (
            replace(first, expected="1.00", parts=(*first.parts, first.parts[0])),
            "don't add up to what is expected",
        ),
        (replace(first, actual="1,00"), "is not an exact amount"),
    )
    assert contradictions(record) == []
    for row, words in broken:
        found = contradictions(replace(record, statements=(row,)))
        assert any(words in problem.what for problem in found), words


def test_many_statements_lie_beside_the_record_and_come_back(record: RunRecord, tmp_path: Path) -> None:
    one = record.statements[0]
    many = replace(
        record,
        statements=tuple(replace(one, payee=f"P{i}") for i in range(5_001)),
        performance=record.performance * 1_000,
    )
    save_record(many, tmp_path)
    assert (tmp_path / "record.statements.parquet").is_file()
    assert load_record(tmp_path) == many


def test_what_an_amount_is_made_of_is_said_in_words(record: RunRecord) -> None:
    row = next(row for row in record.statements if row.parts)
    assert made_of(row) == "110.00 USD from 12 lines, \u221210.00 USD by cap"
    assert number(row.parts[0].amount) + number(row.parts[1].amount) == number(row.expected)
    assert made_of(replace(row, parts=())) == ""
