"""Transactions and data files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import AMENDMENTS, Rows, record_schema
from harness.value_types import RECORD_TABLES, TABLE_WORDS
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.numbers import Money, NotANumber, parse_money
from reference_engine.vocabulary.tables import TextTable

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
    meaning="From that day on the deal is worth another amount, or belongs to another owner. The difference counts on that day: less is a return, more a deal of its own; "
    "a new owner takes the whole deal over.",
    example='deal "D-1" is amended on 2026-04-02:',
)
def amend(scene: Scene, deal: str, date: date, table: Rows) -> None:
    stated = _stated_deal(scene, deal)
    if stated is None:
        return
    after = dict(stated)
    for row in table.rows:
        field, was = row.text["field"], row.text["before"]
        if stated.get(field) != was:
            what = f'the {field} of deal {deal} is {stated.get(field) or "not stated"} before the amendment, not {was}'
            scene.problems.append(Problem("change-before", what, row.where, "The amendment was meant for another deal.", "Write what these deals state."))
        after[field] = row.text["after"]
    day = date.isoformat()
    try:
        old, new = (parse_money(text) for text in (stated["amount"], after["amount"]))
    except NotANumber as error:
        scene.problems.append(Problem("wrong-value", error.what, table.where, "The difference can't be calculated.", error.remedy))
        return
    less = old if after["owner"] != stated["owner"] else Money(old.amount - new.amount, old.currency)
    if less.amount > 0:
        scene.add_row("returns", return_=f"{deal} amended {day}", of=deal, date=day, amount=str(less))
    more = new if after["owner"] != stated["owner"] else Money(-less.amount, new.currency)
    if more.amount > 0:
        kept = {k: v for k, v in stated.items() if k not in ("deal", "amount", "owner", "closed")}
        cells = {"deal": f"{deal} amended {day}", "owner": after["owner"], "amount": str(more), "closed": day, **kept}
        scene.tables.append(TextTable("deals", tuple(cells), (tuple(cells.values()),), scene.where.file, (scene.where.line,), scene.where.line))


def _stated_deal(scene: Scene, deal: str) -> dict[str, str] | None:
    """The row of a deal that the scenario states, by column."""
    rows = [
        dict(zip(t.header, row, strict=True)) for t in scene.tables if t.name == "deals" and "deal" in t.header for row in t.rows if row[t.header.index("deal")] == deal
    ]
    if rows:
        return rows[-1]
    known = [row[t.header.index("deal")] for t in scene.tables if t.name == "deals" and "deal" in t.header for row in t.rows]
    what = f'no step above states the deal "{deal}"'
    scene.problems.append(Problem("deal-unknown", what, scene.where, "Nothing can be amended.", did_you_mean(deal, known) or "State it in these deals."))
    return None


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
