"""What a calculation expects, written as files and read again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from harness.reconcile.expected import LINE_COLUMNS, PAYOUT_COLUMNS, Expected, read_expected, write_expected
from harness.tests.reconcile_rows import line, payout
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.calendar import Calendar
from reference_engine.vocabulary.results import Credit, EarnedLine, Payout


@dataclass
class Calculated:
    """Rows in the shape of a calculation's result."""

    lines: list[EarnedLine] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    calendar: Calendar = field(default_factory=Calendar)

    def line_rows(self) -> Sequence[EarnedLine]:
        return self.lines

    def payout_rows(self) -> Sequence[Payout]:
        return self.payouts

    def credit_rows(self) -> Sequence[Credit]:
        return self.credits


RESULT = Calculated(
    [
        line(
            "007", "D-1", "-10.05", base=Fraction("837.50"), rate=Fraction(12, 1000), where=Where("p.yaml", 7)
        ),
        line(
            "7",
            "D-2",
            "1/3",
            rate=Fraction(1, 3),
            attributes=(("category", 'a "b", ü'),),
            state="held",
            pay_period="",
        ),
        line(
            "=1+1",
            "@D",
            "7.50",
            rate=Fraction("7.5"),
            rate_currency="EUR",
            label="'quoted'",
            rule="+5%",
            date=None,
        ),
        line("J", "D-4", "123456789012345678", currency="JPY", base=Fraction(5, 2)),
    ],
    [payout("007", "-10.05"), payout("A", "1.00", plan="", component="draw")],
    [
        Credit(
            "007",
            "D-1",
            "1",
            "D",
            "invoice",
            "direct",
            date(2026, 3, 1),
            Fraction(1, 3),
            Fraction("99.99"),
            "EUR",
        )
    ],
)


def test_what_is_written_is_read_again_exactly(tmp_path: Path) -> None:
    files = write_expected(RESULT, tmp_path / "out")
    assert [f.name for f in files] == ["lines.csv", "payouts.csv", "credits.csv"]
    problems: list[Problem] = []
    found = read_expected(tmp_path / "out", problems)
    assert not problems
    assert found is not None
    assert list(found.lines) == RESULT.lines
    assert list(found.payouts) == RESULT.payouts
    assert found.days == Expected.of_result(RESULT).days
    assert found.days["2026-03"] == (date(2026, 3, 1), date(2026, 3, 31))
    assert sorted(f.name for f in (tmp_path / "out").iterdir()) == ["credits.csv", "lines.csv", "payouts.csv"]


def test_no_text_of_a_written_file_is_a_formula(tmp_path: Path) -> None:
    for file in write_expected(RESULT, tmp_path):
        with file.open(newline="", encoding="utf-8") as text:
            cells = [c for row in csv.reader(text) for c in row]
        assert not [c for c in cells if c.startswith(("=", "+", "@", "\t"))]
        assert all(c[1:2].isdigit() for c in cells if c.startswith("-"))


@pytest.mark.parametrize("name", ["lines.csv", "payouts.csv"])
def test_one_of_the_files_is_enough(tmp_path: Path, name: str) -> None:
    write_expected(RESULT, tmp_path)
    problems: list[Problem] = []
    found = read_expected(tmp_path / name, problems)
    assert found is not None
    assert (bool(found.lines), bool(found.payouts)) == (name == "lines.csv", name == "payouts.csv")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", "1e5"),
        ("amount", "1,000.00"),
        ("amount", "1/0"),
        ("amount", ""),
        ("currency", "EURO"),
        ("from", "01.03.2026"),
        ("lines", "-1"),
    ],
)
def test_an_edited_cell_is_a_problem_with_its_line(tmp_path: Path, column: str, value: str) -> None:
    cells = dict(
        zip(
            PAYOUT_COLUMNS,
            ["A", "2026-03", "2026-03-01", "2026-03-31", "P", "c", "1.00", "EUR", "1"],
            strict=True,
        )
    )
    with (tmp_path / "payouts.csv").open("w", newline="", encoding="utf-8") as text:
        writer = csv.writer(text)
        writer.writerows([PAYOUT_COLUMNS, list(cells.values()), list({**cells, column: value}.values())])
    problems: list[Problem] = []
    assert read_expected(tmp_path, problems) is None
    assert [(p.slug, p.where.line) for p in problems] == [("expected-cell", 3)]
    assert column in problems[0].what


@pytest.mark.parametrize("attributes", ["{", "[]", '{"a": 1}', "[" * 5000])
def test_damaged_attributes_are_a_problem(tmp_path: Path, attributes: str) -> None:
    write_expected(RESULT, tmp_path)
    file = tmp_path / "lines.csv"
    rows = list(csv.reader(file.read_text(encoding="utf-8").splitlines()))
    rows[1][LINE_COLUMNS.index("attributes")] = attributes
    with file.open("w", newline="", encoding="utf-8") as text:
        csv.writer(text).writerows(rows)
    problems: list[Problem] = []
    assert read_expected(file, problems) is None
    assert [(p.slug, p.where.line) for p in problems] == [("expected-cell", 2)]


def test_a_folder_or_file_without_results_is_a_problem(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read_expected(tmp_path, problems) is None
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert read_expected(tmp_path / "other.csv", problems) is None
    assert [p.slug for p in problems] == ["expected-missing", "expected-columns"]
