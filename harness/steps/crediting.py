"""Who is credited: territories, accounts, splits, overlay and roll-up."""

from __future__ import annotations

from datetime import date

from harness.catalogue import sentence
from harness.scene import Scene
from harness.table_schemas import SPLIT, Rows
from reference_engine.vocabulary.tables import TABLES, TextTable


@sentence(
    "G27",
    "given",
    "these territories:",
    table=TABLES["territories"],
    meaning="Who holds a territory, from which day and up to which; both days included, open where blank.",
    example="these territories:",
)
def territories(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())


@sentence(
    "G28",
    "given",
    "accounts are routed to territories by:",
    table=TABLES["territory_rules"],
    meaning="How accounts find their territory: the first rule that matches wins.",
    example="accounts are routed to territories by:",
)
def routing(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())


@sentence(
    "G29",
    "given",
    "these accounts:",
    table=TABLES["accounts"],
    meaning="Customers, with whatever territory rules look at.",
    example="these accounts:",
)
def accounts(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())


@sentence(
    "G30",
    "given",
    'account "{account}" moves to territory "{territory}" on {date}',
    meaning="From that day on the account belongs to the other territory.",
    example='account "Fjord AS" moves to territory "South" on 2026-02-15',
)
def account_moves(scene: Scene, account: str, territory: str, date: date) -> None:
    scene.add_row("account_moves", account=account, territory=territory, from_=date.isoformat())


@sentence(
    "G31",
    "given",
    'the credit of deal "{deal}" is split:',
    table=SPLIT,
    meaning="Several payees share the credit of a deal; the shares total 100%.",
    example='the credit of deal "D-1" is split:',
)
def split(scene: Scene, deal: str, table: Rows) -> None:
    rows = table.text_table("credit_splits")
    scene.tables.append(
        TextTable(rows.name, ("deal", *rows.header), tuple((deal, *r) for r in rows.rows), rows.file, rows.lines, rows.header_line)
    )


@sentence(
    "G32",
    "given",
    "these crediting rules:",
    table=TABLES["crediting_rules"],
    meaning="Overlay and roll-up credit, on top of the direct credit and never taken from it.",
    example="these crediting rules:",
)
def crediting_rules(scene: Scene, table: Rows) -> None:
    scene.tables.append(table.text_table())
