"""Transactions and data files."""

from __future__ import annotations

from dataclasses import replace

from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import Rows, record_schema
from harness.value_types import RECORD_TABLES, TABLE_WORDS

_ORDER_COLUMNS = {"order": "deal", "date": "closed"}


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
    if records == "orders":
        text = replace(text, header=tuple(_ORDER_COLUMNS.get(name, name) for name in text.header))
    scene.tables.append(text)


@sentence(
    "G37",
    "given",
    'the {tables} in "{file}"',
    meaning="A CSV or Parquet file under scenarios/data with the columns of the standard table.",
    example='the deals in "examples/first_quarter/deals.csv"',
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
