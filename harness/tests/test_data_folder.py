"""Data folders: standard tables from CSV, from Parquet, and from other files by a tables.yaml."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from harness.adapters.data_folder import read_data_folder, write_tables
from reference_engine.problems import Problem
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

DEMO = Path(__file__).parents[2] / "scenarios" / "worlds" / "odoo_commission"
PAYEES = "payee,name,role\n007,Ann,Rep\n7,Bob,Rep\n"


def read(folder: Path) -> tuple[dict[str, TextTable], list[Problem]]:
    problems: list[Problem] = []
    return {t.name: t for t in read_data_folder(folder, problems)}, problems


def test_csv_files_become_text_tables_with_lines(tmp_path: Path) -> None:
    (tmp_path / "payees.csv").write_bytes(b"\xef\xbb\xbf" + PAYEES.encode())
    (tmp_path / "README.md").write_text("not a table")
    tables, problems = read(tmp_path)
    assert not problems
    assert tables["payees"] == TextTable(
        "payees",
        ("payee", "name", "role"),
        (("007", "Ann", "Rep"), ("7", "Bob", "Rep")),
        str(tmp_path / "payees.csv"),
        (2, 3),
        1,
    )


@pytest.mark.parametrize(
    ("name", "text", "slug"),
    [
        ("payes.csv", PAYEES, "unknown-table"),
        ("payees.csv", "payee,name\n1,a,b\n", "cell-count"),
        ("payees.csv", "payee,payee\n1,a\n", "column-twice"),
        ("payees.csv", "", "file-empty"),
    ],
)
def test_a_wrong_file_is_a_problem(tmp_path: Path, name: str, text: str, slug: str) -> None:
    (tmp_path / name).write_text(text)
    tables, problems = read(tmp_path)
    assert [p.slug for p in problems] == [slug]
    assert problems[0].where.file == str(tmp_path / name)
    assert not tables


def test_an_empty_folder_and_a_missing_one_are_problems(tmp_path: Path) -> None:
    assert [p.slug for p in read(tmp_path)[1]] == ["data-folder"]
    assert [p.slug for p in read(tmp_path / "no")[1]] == ["data-folder"]


def parquet(file: Path, select: str) -> None:
    with duckdb.connect() as connection:
        connection.sql(select).write_parquet(str(file))


def test_parquet_is_read_exactly(tmp_path: Path) -> None:
    parquet(
        tmp_path / "deals.parquet",
        "SELECT * FROM (VALUES ('007', 'A', 12345678901234567.10::DECIMAL(20,2), DATE '2026-03-31', 3, true),"
        ' (\'8\', NULL, 0.5, DATE \'2026-04-01\', NULL, NULL)) t(deal, owner, amount, closed, "term months", "a ""b")',
    )
    tables, problems = read(tmp_path)
    assert not problems
    assert tables["deals"].header == ("deal", "owner", "amount", "closed", "term months", 'a "b')
    assert tables["deals"].rows == (
        ("007", "A", "12345678901234567.10", "2026-03-31", "3", "yes"),
        ("8", "", "0.50", "2026-04-01", "", ""),
    )


def test_binary_fractions_and_other_types_are_refused(tmp_path: Path) -> None:
    parquet(tmp_path / "deals.parquet", "SELECT '1' AS deal, 0.1::DOUBLE AS amount, [1] AS tags")
    tables, problems = read(tmp_path)
    assert not tables
    assert [(p.slug, p.where.column) for p in problems] == [("float-column", 2), ("column-type", 3)]
    (tmp_path / "deals.parquet").write_bytes(b"not parquet")
    assert [p.slug for p in read(tmp_path)[1]] == ["parquet-unreadable"]


def test_a_table_may_stand_only_once(tmp_path: Path) -> None:
    (tmp_path / "payees.csv").write_text(PAYEES)
    parquet(tmp_path / "payees.parquet", "SELECT '1' AS payee")
    assert [p.slug for p in read(tmp_path)[1]] == ["table-twice"]


DEFINITIONS = """
tables:
  payees:
    file: raw/people.csv
    where: {active: ["1", "2"]}
    columns:
      payee: {column: id, prefix: P}
      name: {column: name}
      kind: {constant: employee}
      commission rate: {column: pct, as: a share of 1}
      role: {column: job, map: {m: Manager, r: Rep}}
      manager: {column: boss, lookup: {file: raw/bosses.csv, from: code, to: id}}
  quotas:
    file: raw/people.csv
    columns:
      payee: {column: id}
      period: {constant: 2026-Q1}
      quota: {column: quota, currency: USD}
"""
RAW = "id,name,pct,job,boss,active,quota\n1,Ann,0.012,m,,1,100\n2,Bob,,r,x,2,\n3,Cyd,zz,q,y,0,5\n"


def definitions(folder: Path, text: str = DEFINITIONS, raw: str = RAW) -> Path:
    (folder / "raw").mkdir(exist_ok=True)
    (folder / "raw" / "people.csv").write_text(raw)
    (folder / "raw" / "bosses.csv").write_text("code,id\nx,P1\n")
    (folder / "tables.yaml").write_text(text)
    return folder


def test_tables_are_made_from_other_files(tmp_path: Path) -> None:
    tables, problems = read(definitions(tmp_path))
    assert not problems
    assert tables["payees"].header == ("payee", "name", "kind", "commission rate", "role", "manager")
    assert tables["payees"].rows == (
        ("P1", "Ann", "employee", "1.2%", "Manager", ""),
        ("P2", "Bob", "employee", "", "Rep", "P1"),
    )
    assert tables["payees"].lines == (2, 3)
    assert tables["payees"].file == str(tmp_path / "raw" / "people.csv")
    assert [row[2] for row in tables["quotas"].rows] == ["100 USD", "", "5 USD"]


@pytest.mark.parametrize(
    ("old", "new", "slug"),
    [
        ("column: name", "column: nam", "missing-column"),
        ("      quota:", "      qouta:", "unknown-column"),
        ("  payees:", "  payes:", "unknown-table"),
        ("prefix: P", "prefx: P", "mapping-word"),
        ("{constant: employee}", "{}", "mapping-missing"),
        ("file: raw/people.csv\n    where", "file: raw/persons.csv\n    where", "file-unreadable"),
        ('["1", "2"]', '["0"]', "not-a-number"),
        ('["1", "2"]', '["0"]', "unknown-code"),
        ("currency: USD", "currency: US", "mapping-word"),
        ("raw/bosses.csv", "raw/none.csv", "lookup-missing"),
    ],
)
def test_mistakes_in_definitions_are_problems(tmp_path: Path, old: str, new: str, slug: str) -> None:
    _, problems = read(definitions(tmp_path, DEFINITIONS.replace(old, new)))
    assert slug in [p.slug for p in problems]
    assert all(p.where.file for p in problems)


def test_a_table_of_definitions_may_not_be_a_file_as_well(tmp_path: Path) -> None:
    (definitions(tmp_path) / "payees.csv").write_text(PAYEES)
    assert [p.slug for p in read(tmp_path)[1]] == ["table-twice"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    table = TextTable("payees", ("payee", "name"), (("007", 'a "b", c\nd'), ("8", "=1+1")))
    more = TextTable("payees", ("payee", "role"), (("9", "Rep"),))
    (file,) = write_tables([table, more], tmp_path)
    tables, problems = read(tmp_path)
    assert not problems
    assert tables["payees"].header == ("payee", "name", "role")
    assert tables["payees"].rows == (("007", 'a "b", c\nd', ""), ("8", "=1+1", ""), ("9", "", "Rep"))
    assert [f.name for f in tmp_path.iterdir()] == [file.name]


def test_the_demo_world_is_sound() -> None:
    tables, problems = read(DEMO)
    assert not problems
    assert {
        n: len(t.rows) for n, t in tables.items() if n in ("invoices", "invoice_lines", "payments", "payees")
    } == {
        "invoices": 237,
        "invoice_lines": 2960,
        "payments": 99,
        "payees": 18,
    }
    marks = tables["invoice_lines"].header.index("commission free")
    assert sum(row[marks] == "yes" for row in tables["invoice_lines"].rows) == 28
    read_world(tables.values(), problems)
    assert not problems


def test_the_adventureworks_world_has_fiscal_years_from_july() -> None:
    tables, problems = read(DEMO.parent / "adventureworks")
    world = read_world(tables.values(), problems)
    assert not problems
    assert len(tables["quotas"].rows) == 163
    assert str(world.period("2018-Q1").first) == "2017-07-01"
    assert str(world.period("2019-02").first) == "2019-02-01"


def test_the_remedy_of_a_table_in_another_encoding_speaks_of_no_mapping(tmp_path: Path) -> None:
    (tmp_path / "payees.csv").write_bytes("payee,name\n1,José\n".encode("windows-1252"))
    _, problems = read(tmp_path)
    assert [(p.slug, p.where.line, p.remedy) for p in problems] == [("file-encoding", 2, "Save it again as UTF-8.")]
    assert "UTF-8 text" in problems[0].what
