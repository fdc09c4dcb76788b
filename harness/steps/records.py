"""Transactions and data files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from harness.amendments import Amendment
from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import AMENDMENTS, Rows, record_schema
from harness.value_types import RECORD_TABLES, TABLE_WORDS
from reference_engine.problems import Problem

_AS_DEALS = {
    "orders": {"order": "deal", "date": "closed"},
    "renewals": {"renewal": "deal", "of": "renewal of", "date": "closed"},
}


@sentence(
    "G36",
    "given",
    "these {records}:",
    table=record_schema,
    meaning="Rows of a standard table, by its name: deals, invoices, payments, returns, retail sales, draws, salaries and so on.",
    example="these deals:",
)
def records(scene: Scene, records: str, table: Rows) -> None:
    text = table.text_table(RECORD_TABLES[records])
    if records in _AS_DEALS:
        text = replace(text, header=tuple(_AS_DEALS[records].get(name, name) for name in text.header))
    if records == "renewals":
        text = replace(text, header=(*text.header, "type"), rows=tuple((*row, "renewal") for row in text.rows))
    scene.tables.append(text)


@sentence(
    "G38",
    "given",
    'deal "{deal}" is amended on {date}:',
    table=AMENDMENTS,
    meaning="From that day on the deal is worth another amount, or belongs to another owner. The difference counts on that day: less is a return, more a deal of its own, "
    "split like the first; a new owner takes the whole deal over. A deal can be amended again on a later day.",
    example='deal "D-1" is amended on 2026-04-02:',
)
def amend(scene: Scene, deal: str, date: date, table: Rows) -> None:
    changes = {row.text["field"]: (row.text["before"], row.text["after"], row.where) for row in table.rows}
    if len(changes) < len(table.rows):
        what = f'a field of deal "{deal}" is amended twice'
        scene.problems.append(Problem("fact-twice", what, table.where, "Only one of them could count.", "Keep one."))
    scene.amendments.append(Amendment(deal, date, changes, scene.where))


@sentence(
    "G37",
    "given",
    'the {tables} in "{file}"',
    meaning="A CSV or Parquet file under scenarios/data with the columns of the standard table.",
    example='the deals in "examples/northwind_q1/deals.csv"',
)
def table_file(scene: Scene, tables: str, file: str) -> None:
    from harness.adapters.data_folder import read_table_file

    path = scene.file(file, ["data"])
    if path is None:
        return
    table = read_table_file(path, TABLE_WORDS[tables], scene.problems)
    if table is not None:
        scene.tables.append(table)


@sentence(
    "P02",
    "given",
    'the data in "{folder}"',
    meaning="A folder under scenarios/data with standard tables as CSV or Parquet files, or with a tables.yaml that makes them from other files.",
    example='the data in "examples/adventureworks_quarters"',
)
def data_folder(scene: Scene, folder: str) -> None:
    from harness.adapters.data_folder import read_data_folder

    path = scene.file(folder, ["data"])
    if path is not None:
        scene.tables += read_data_folder(path, scene.problems)
