"""Transactions and data files."""

from __future__ import annotations

from dataclasses import replace

from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import Rows, record_schema
from harness.value_types import RECORD_TABLES
from reference_engine.problems import Problem

_ORDER_COLUMNS = {"order": "deal", "date": "closed"}


@sentence(
    "G36",
    "given",
    "these {records}:",
    table=record_schema,
    meaning="Records of one kind: deals, orders, invoices, payments, returns, cancellations or retail sales.",
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
    'the {records} in "{file}"',
    meaning="A CSV or Parquet file under scenarios/data with the columns of the standard table.",
    example='the deals in "examples/first_quarter/deals.csv"',
)
def records_file(scene: Scene, records: str, file: str) -> None:
    from harness.adapters.data_folder import read_table_file

    path = scene.file(file, ["data"])
    if path is None:
        return
    if records == "orders":
        what = "orders in a file are deals: write the deals in"
        scene.problems.append(Problem("records-file", what, scene.where, remedy='Write: the deals in "..."'))
        return
    table = read_table_file(path, RECORD_TABLES[records], scene.problems)
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
