"""Worlds in bulk: the same people, edge cases and shapes, with very many deals."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path

import duckdb
import pytest

from reference_engine.problems import Problem, Stopped
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world
from scenarios import bulk
from scenarios.folder import read_manifest
from scenarios.recipes import all_recipes

RECIPES = tuple(all_recipes())
DEALS = 52_000
"""More than one block."""


def tables_of(folder: Path) -> list[TextTable]:
    tables = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            header, *rows = (tuple(row) for row in csv.reader(stream, strict=True))
        tables.append(TextTable(path.stem, header, tuple(rows), path.name, tuple(range(2, len(rows) + 2)), 1))
    return tables


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_engine_reads_a_world_in_bulk_and_every_reference_holds(recipe: str, tmp_path: Path) -> None:
    bulk.write(recipe, 8_000, tmp_path / "world", seed=2)
    tables = tables_of(tmp_path / "world")
    problems: list[Problem] = []
    read = read_world(tables, problems)
    assert problems == []
    sales = "retail_sales" if recipe == "retail sales" else "deals"
    assert read.table(sales).size == 8_000
    payees = set(read.table("payees").words("payee").tolist())
    deals = set(read.table(sales).words("sale" if recipe == "retail sales" else "deal").tolist())
    assert set(read.table("deals").words("owner").tolist()) <= payees
    assert set(read.table("retail_sales").words("retailer").tolist()) <= payees
    for table, column in (
        ("invoices", "deal"),
        ("cancellations", "deal"),
        ("returns", "of"),
        ("credit_splits", "deal"),
    ):
        assert set(read.table(table).words(column).tolist()) <= deals
    invoices = set(read.table("invoices").words("invoice").tolist())
    assert set(read.table("payments").words("invoice").tolist()) <= invoices
    edges = read_manifest(tmp_path / "world")["edges"]
    assert len(edges) >= 9


def test_splits_in_bulk_are_between_different_payees_and_total_100_percent(tmp_path: Path) -> None:
    bulk.write("deal splits", DEALS, tmp_path / "world", seed=4)
    splits = next(table for table in tables_of(tmp_path / "world") if table.name == "credit_splits")
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for deal, _, share, _ in splits.rows:
        totals[deal] += Fraction(share[:-1])
    assert set(totals.values()) == {100}
    assert len({row[:2] for row in splits.rows}) == len(splits.rows)
    sizes = Counter(Counter(row[0] for row in splits.rows).values())
    assert set(sizes) == {2, 3}
    assert DEALS * 28 // 100 < len(totals) < DEALS * 32 // 100


def test_edge_payees_get_no_deals_in_bulk(tmp_path: Path) -> None:
    bulk.write("deal splits", 5_000, tmp_path / "world", seed=4)
    tables = {table.name: table for table in tables_of(tmp_path / "world")}
    deals = [dict(zip(tables["deals"].header, row, strict=True)) for row in tables["deals"].rows]
    quotas = [dict(zip(tables["quotas"].header, row, strict=True)) for row in tables["quotas"].rows]
    reached = set()
    for row in quotas:
        months = {f"2026-{3 * (int(row['period'][-1]) - 1) + n:02d}" for n in (1, 2, 3)}
        mine = [d for d in deals if d["owner"] == row["payee"] and d["closed"][:7] in months]
        reached.add(sum(Fraction(d["amount"]) for d in mine) - Fraction(row["quota"].split()[0]))
    assert {Fraction(-1, 100), Fraction(0), Fraction(1, 100)} <= reached


def test_parquet_has_the_same_text_cells(tmp_path: Path) -> None:
    bulk.write("several currencies", 2_000, tmp_path / "csv", seed=6)
    bulk.write("several currencies", 2_000, tmp_path / "parquet", seed=6, form="parquet")
    assert not list((tmp_path / "parquet").glob("*.csv"))
    for table in tables_of(tmp_path / "csv"):
        with duckdb.connect() as connection:
            found = connection.read_parquet(str(tmp_path / "parquet" / f"{table.name}.parquet"))
            assert tuple(found.columns) == table.header
            assert found.fetchall() == list(table.rows)
    totals = [
        {name: entry["control_totals"] for name, entry in read_manifest(tmp_path / form)["tables"].items()}
        for form in ("csv", "parquet")
    ]
    assert totals[0] == totals[1]


def test_too_few_deals_and_unknown_formats_are_problems(tmp_path: Path) -> None:
    with pytest.raises(Stopped) as stopped:
        bulk.write("late cash", 10, tmp_path / "world")
    assert stopped.value.problems[0].slug == "too-few-deals"
    with pytest.raises(Stopped) as stopped:
        bulk.write("late cash", 100, tmp_path / "world", form="xls")
    assert stopped.value.problems[0].slug == "unknown-format"
    assert not list(tmp_path.iterdir())
