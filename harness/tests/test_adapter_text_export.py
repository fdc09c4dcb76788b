"""Text exports read through a mapping: what is read, and every way in which a file can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.adapters.mapping_reader import read_mapping
from harness.adapters.rows import SourceRow, UnreadableRow
from harness.adapters.text_export import read_export
from harness.tests.reconcile_rows import LINES_MAPPING, export, mapping, only_lines
from reference_engine.problems import Problem

MAPPINGS = Path(__file__).parents[1] / "mappings"


def read_problems(folder: Path, text: str = "") -> list[Problem]:
    problems: list[Problem] = []
    tables = read_export(mapping(text) if text else only_lines(), folder, problems)
    assert not tables
    return problems


def unreadable(folder: Path) -> tuple[UnreadableRow, ...]:
    """The rows of an export that are set aside, while the others are read."""
    problems: list[Problem] = []
    table = read_export(only_lines(), folder, problems)["lines"]
    assert not problems
    assert table.read == len(table.rows) + len(table.unreadable)
    return table.unreadable


def test_a_row_keeps_its_key_amount_and_place(tmp_path: Path) -> None:
    problems: list[Problem] = []
    tables = read_export(
        only_lines(), export(tmp_path, '007,P,"D-1, a","1,234.50",EUR,paid', "7,P,,-0.10,EUR,wait"), problems
    )
    assert not problems
    first, second = tables["lines"].rows
    assert first.key == ("007", "P", "D-1, a")
    assert (first.amount, first.currency, first.fields) == (123450, "EUR", ("released",))
    assert first.sources == (
        SourceRow("lines.csv", 2, '007,P,"D-1, a","1,234.50",EUR,paid', ("007", "P", "D-1, a")),
    )
    assert second.key == ("7", "P", "")
    assert (second.amount, second.fields) == (-10, ("held",))


def test_lines_are_counted_over_cells_with_line_feeds(tmp_path: Path) -> None:
    folder = export(tmp_path, 'A,P,"two\nlines",1.00,EUR,paid', "B,P,x,oops,EUR,paid")
    (bad,) = unreadable(folder)
    assert (bad.source.line, bad.key, bad.faults[0].slug, bad.faults[0].column) == (4, ("B", "P", "x"), "not-a-number", 4)


@pytest.mark.parametrize(
    ("row", "slug", "column"),
    [
        ("A,P,D,12.345,EUR,paid", "too-many-decimals", 4),
        ("A,P,D,1,EUR,paid", None, 0),
        ('A,P,D,"1,5",EUR,paid', "not-a-number", 4),
        (",P,D,1.00,EUR,paid", "blank-cell", 1),
        ("A,P,D,,EUR,paid", "blank-amount", 4),
        ("A,P,D,1.00,EURO,paid", "unknown-currency", 5),
        (" A,P,D,1.00,EUR,paid", "blanks-around", 1),
        ("A,P,D,1.00,EUR", "cell-count", 0),
        ("A,P,Smith, Ann,1.00,EUR,paid", "cell-count", 0),
        ('A,P,"D,1.00,EUR,paid', "csv-quoting", 0),
        ('A,P,"D"x,1.00,EUR,paid', "csv-quoting", 0),
    ],
)
@pytest.mark.trap
def test_a_cell_that_cant_be_read_is_a_finding_at_its_place(
    tmp_path: Path, row: str, slug: str | None, column: int
) -> None:
    folder = export(tmp_path, "Z,P,ok,1.00,EUR,paid", row)
    if slug == "csv-quoting":
        # Where a cell ends can't be told, so nothing behind it can be trusted: the file isn't compared.
        problems = read_problems(folder)
        assert [(p.slug, p.where.line, p.where.column) for p in problems] == [(slug, 3, column)]
        assert problems[0].where.file == str(tmp_path / "lines.csv")
        assert problems[0].excerpt.startswith("   3 | ")
        return
    found = [(b.faults[0].slug, b.source.line, b.faults[0].column) for b in unreadable(folder)]
    assert found == ([(slug, 3, column)] if slug else [])


def test_a_file_of_which_most_rows_cant_be_read_is_a_problem_and_isnt_compared(tmp_path: Path) -> None:
    rows = ["Z,P,ok,1.00,EUR,paid", *(f"A,P,D{i},1.234.00,EUR,paid" for i in range(2))]
    problems = read_problems(export(tmp_path, *rows))
    assert [(p.slug, p.where.line, p.where.column) for p in problems] == [("not-a-number", n, 4) for n in (3, 4)]
    assert problems[0].where.file == str(tmp_path / "lines.csv")
    assert problems[0].excerpt.startswith("   3 | ")


def test_a_code_without_a_meaning_is_a_gap_of_the_mapping(tmp_path: Path) -> None:
    rows = ["Z,P,ok,1.00,EUR,paid", "A,P,E,1.00,EUR,paid", "A,P,D,1.00,EUR,done"]
    problems = read_problems(export(tmp_path, *rows))
    assert [(p.slug, p.where.line, p.where.column) for p in problems] == [("unknown-code", 4, 6)]


def test_a_file_that_ends_inside_a_row_is_not_compared(tmp_path: Path) -> None:
    folder = export(tmp_path, "Z,P,ok,1.00,EUR,paid", "A,P,E,1.00,EUR,paid", "A,P,F,1.00,EUR,paid")
    file = tmp_path / "lines.csv"
    file.write_bytes(file.read_bytes()[:-12])
    assert [(p.slug, p.where.line) for p in read_problems(folder)] == [("cell-count", 4)]


def test_all_cells_and_rows_are_reported_and_then_counted(tmp_path: Path) -> None:
    problems = read_problems(export(tmp_path, *(f",P,D{i},x,EUR,odd" for i in range(40))))
    assert len(problems) == 51
    assert problems[-1].slug == "more-problems"
    assert "31 more" in problems[-1].what
    assert [p.slug for p in problems[:3]] == ["blank-cell", "unknown-code", "not-a-number"]
    assert [p.what for p in problems if p.slug == "unknown-code"] == [
        'column "state": "odd" is not a state that the mapping knows. It stands in 40 rows.'
    ]


@pytest.mark.parametrize(
    ("data", "slug", "line"),
    [
        (b"", "file-empty", 0),
        (b"\n\n", "file-empty", 0),
        (b"\xef\xbb\xbfwho,plan,record,amount,cur,state\n", "file-bom", 1),
        ("who\n".encode("utf-16"), "file-bom", 1),
        (b"who,plan,record,amount,cur,state\nA,P,D\0,1.00,EUR,paid\n", "file-nul", 2),
        (b"who,plan,record,amount,cur,state\nPe\xf1a,P,D,1.00,EUR,paid\n", "file-encoding", 2),
        (b"who,plan,who,amount,cur,state\n", "column-twice", 1),
        (b"who,plan,,amount,cur,state\n", "column-unnamed", 1),
        (b"who,plan,record,amount,cur\n", "missing-column", 1),
        (b"who;plan;record;amount;cur;state\nA;P;D;1.00;EUR;paid\n", "wrong-delimiter", 1),
    ],
)
@pytest.mark.trap
def test_a_file_that_isnt_as_declared_is_a_problem(tmp_path: Path, data: bytes, slug: str, line: int) -> None:
    (tmp_path / "lines.csv").write_bytes(data)
    problems = read_problems(tmp_path)
    assert problems[0].slug == slug
    assert problems[0].where.line == line
    assert problems[0].where.file.endswith("lines.csv")


@pytest.mark.trap
def test_utf8_read_as_another_encoding_is_noticed(tmp_path: Path) -> None:
    export(tmp_path, "Peña,P,D,1.00,EUR,paid")
    text = LINES_MAPPING.split("  - grain: statements")[0].replace(
        "grains:", "format: {encoding: windows-1252}\ngrains:"
    )
    assert [p.slug for p in read_problems(tmp_path, text)] == ["file-encoding"]


@pytest.mark.trap
def test_declared_delimiter_culture_encoding_and_skipped_lines(tmp_path: Path) -> None:
    rows = "Details;of March\r\n\r\nwho;plan;record;amount;cur;state\r\nPeña;P;D-1;(1.234,50);EUR;paid\r\nTotal;;;;;\r\n"
    (tmp_path / "lines.csv").write_bytes(rows.encode("cp1252"))
    text = LINES_MAPPING.split("  - grain: statements")[0].replace(
        "grains:",
        "format: {delimiter: semicolon, culture: de-DE, encoding: windows-1252, negative: [minus, parentheses], "
        "skip first lines: 2, skip last rows: 1}\ngrains:",
    )
    problems: list[Problem] = []
    table = read_export(mapping(text), tmp_path, problems)["lines"]
    assert not problems
    assert [(r.key, r.amount) for r in table.rows] == [(("Peña", "P", "D-1"), -123450)]
    assert isinstance(table.rows[0].sources[0], SourceRow)
    assert table.rows[0].sources[0].line == 4
    assert any("3 lines" in note for note in table.notes)


def test_a_column_may_have_several_names_but_only_one_may_stand_there(tmp_path: Path) -> None:
    changed = only_lines(**{"payee: {column: who}": "payee: {column: [PayeeID_, who]}"})
    problems: list[Problem] = []
    assert read_export(changed, export(tmp_path, "A,P,D,1.00,EUR,paid"), problems)
    export(tmp_path, "A,A,P,D,1.00,EUR,paid", header="who,PayeeID_,plan,record,amount,cur,state")
    assert not read_export(changed, tmp_path, problems)
    assert [p.slug for p in problems] == ["column-ambiguous"]


def test_rows_that_dont_count_are_left_out_and_counted(tmp_path: Path) -> None:
    changed = only_lines(**{"    values:": "    rows where: {state: [paid]}\n    values:"})
    problems: list[Problem] = []
    table = read_export(
        changed, export(tmp_path, "A,P,D,1.00,EUR,paid", "A,P,E,oops,EUR,forecast"), problems
    )["lines"]
    assert not problems
    assert (len(table.rows), table.read, table.left_out) == (1, 2, 1)
    assert "state is paid" in table.notes[0]


def test_a_lookup_translates_codes_and_refuses_unknown_ones(tmp_path: Path) -> None:
    changed = only_lines(
        **{"payee: {column: who}": "payee: {column: who, lookup: {file: people.csv, from: code, to: payee}}"}
    )
    (tmp_path / "people.csv").write_text("code,payee\nE272,274\nB274,274\n", encoding="utf-8")
    export(tmp_path, "E272,P,D,1.00,EUR,paid", "B274,P,E,1.00,EUR,paid")
    problems: list[Problem] = []
    table = read_export(changed, tmp_path, problems)["lines"]
    assert [r.key[0] for r in table.rows] == ["274", "274"]
    assert [s.codes[0] for r in table.rows for s in r.sources if isinstance(s, SourceRow)] == ["E272", "B274"]
    export(tmp_path, "E273,P,D,1.00,EUR,paid")
    assert not read_export(changed, tmp_path, problems)
    assert problems[0].slug == "unknown-code"
    assert "E272" in problems[0].remedy
    (tmp_path / "people.csv").write_text("code,payee\nE272,274\nE272,275\n", encoding="utf-8")
    assert not read_export(changed, tmp_path, problems)
    assert problems[-1].slug == "lookup-twice"
    (tmp_path / "people.csv").unlink()
    assert not read_export(changed, tmp_path, problems)
    assert problems[-1].slug == "lookup-missing"


def test_a_missing_file_and_folder_are_problems(tmp_path: Path) -> None:
    assert [p.slug for p in read_problems(tmp_path)] == ["file-unreadable"]
    assert [p.slug for p in read_problems(tmp_path / "nowhere")] == ["file-unreadable"]


def test_rows_with_the_same_key_add_up_only_if_declared(tmp_path: Path) -> None:
    export(tmp_path, "A,P,D,1.00,EUR,paid", "A,P,D,-0.20,EUR,paid")
    problems: list[Problem] = []
    assert len(read_export(only_lines(), tmp_path, problems)["lines"].rows) == 2
    summing = only_lines(**{"    values:": "    rows with the same key: add up\n    values:"})
    (row,) = read_export(summing, tmp_path, problems)["lines"].rows
    assert (row.amount, len(row.sources)) == (80, 2)


VARICENT = """PayeeID_;CompPlanID;AttributeID;PeriodString;PeriodString2;Value_
0041;AE;COMMISSION [FINAL];2024-01 JAN;2024-01 JAN;100
0041;AE;COMMISSION [FINAL];2024-01 JAN;2024-02 FEB;-20
0042;AE;COMMISSION [FINAL];2024-01 JAN;2024-01 JAN;96866.1
"""


def test_a_narrow_result_table_with_two_period_columns_is_read(tmp_path: Path) -> None:
    problems: list[Problem] = []
    found = read_mapping(MAPPINGS / "varicent_result.yaml", problems)
    assert found is not None, problems
    file = tmp_path / "Result.txt"
    file.write_text(VARICENT, encoding="utf-8")
    table = read_export(found, file, problems)["results"]
    assert not problems
    assert [(r.key, r.amount) for r in table.rows] == [
        (("0041", "AE", "COMMISSION [FINAL]", "2024-01", "2024-01"), 10000),
        (("0041", "AE", "COMMISSION [FINAL]", "2024-01", "2024-02"), -2000),
        (("0042", "AE", "COMMISSION [FINAL]", "2024-01", "2024-01"), 9686610),
    ]
    file.write_text(VARICENT.replace("2024-02 FEB", "2024-02 MAR"), encoding="utf-8")
    (bad,) = read_export(found, file, problems)["results"].unreadable
    assert not problems
    assert (bad.source.line, bad.faults[0].slug, bad.faults[0].column) == (3, "not-a-period", 5)
    assert 'column "PeriodString2"' in bad.what
