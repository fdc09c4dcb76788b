"""The same recipe and seed make the same world, whoever makes it, wherever and whenever."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reference_engine.vocabulary.tables import TextTable
from scenarios import bulk, world
from scenarios.folder import csv_text, read_manifest
from scenarios.recipes import all_recipes

ROOT = Path(__file__).parents[2]
RECIPES = tuple(all_recipes())
NAMED = {"payees", "accounts"}
"""Tables with names from Faker, which may change with its version."""

PINNED = {
    "bookings and revenue": "edd878fe9262642655b21783017dc1caef87e0b6a970acb0098d8d1ad197d24e",
    "cancellations": "dcac4bcb059426a71388c630f3343ba0be98a390d012d100ea148b814258510a",
    "deal splits": "3446118a95841fc11ca80370358ca951afc89677b12542b2164f107f752c9150",
    "late cash": "7d9cc96969af79428751b0bcde27d5649ea91da188406e3e157a777480081cf9",
    "retail sales": "d3bdda42f1528a8f36f01c9bdc3584d98a8021ce913c39b5c4f96d5b179f069c",
    "several currencies": "e2f78e3ba87b4be5271811190dde3c5025189599948c30c343441e19f442996e",
}
"""A change here changes the data of everybody who kept a seed: it belongs in the changelog."""

PINNED_IN_BULK = {
    "bookings and revenue": "b8eb0895ddf1e3f6c06c347012260651ee180372d6d1b9d29e3ffec958b2e9a0",
    "cancellations": "609137277ee65b8515401f4d2e70edd99879c5507c87b925d6be5908135155c1",
    "deal splits": "e37fcb4ea9a63cfe4ebba4714d9fd3eb07fc8dae9c192f809cfbf09be3e16b74",
    "late cash": "3fc5791d6b9057d358a001739d2f13728958c150fbe9775d78f53a0981cc9f7f",
    "retail sales": "501223ab445d4c734a9a7d95001236589d28b2fa6f3f3214ef76cebf2e27b213",
    "several currencies": "8f410f070ceb97d5a19aa8fbfe2fc7ae4f92f529836961450e1bcba9ffa0cec8",
}
IN_BULK = 50_400
"""More than one block, and not a whole number of blocks."""


def digest(tables: tuple[TextTable, ...]) -> str:
    """A digest of every table, the names of people and companies left out."""
    found = hashlib.sha256()
    for table in tables:
        kept = [n for n, column in enumerate(table.header) if table.name not in NAMED or column != "name"]
        rows = [[cells[n] for n in kept] for cells in (table.header, *table.rows)]
        found.update(f"{table.name}\n{csv_text(rows)}".encode())
    return found.hexdigest()


@pytest.mark.parametrize("recipe", RECIPES)
def test_two_builds_are_equal_and_another_seed_is_not(recipe: str) -> None:
    first, second = world.build(recipe, 7), world.build(recipe, 7)
    assert first == second
    assert first.edges == second.edges
    assert world.build(recipe, 8) != first


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_figures_of_a_seed_never_change(recipe: str) -> None:
    assert digest(world.build(recipe, 1)) == PINNED[recipe]


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_figures_of_a_seed_in_bulk_never_change(recipe: str, tmp_path: Path) -> None:
    bulk.write(recipe, IN_BULK, tmp_path / "world", seed=1)
    tables = read_manifest(tmp_path / "world")["tables"]
    kept = {name: entry["sha256"] for name, entry in tables.items() if name not in NAMED}
    assert hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest() == PINNED_IN_BULK[recipe]


def test_hash_seed_time_zone_and_locale_of_the_machine_do_not_matter(tmp_path: Path) -> None:
    script = (
        "import sys; from scenarios import world; from scenarios.recipes import all_recipes\n"
        "for name in all_recipes(): world.write(world.build(name, 11, 90), f'{sys.argv[1]}/{name}')\n"
    )
    found = []
    for number, (hash_seed, zone) in enumerate((("0", "Pacific/Kiritimati"), ("4242", "Pacific/Pago_Pago"))):
        out = tmp_path / str(number)
        machine = {"PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": "C", "PYTHONUTF8": "0"}
        subprocess.run(
            [sys.executable, "-c", script, str(out)], cwd=ROOT, env={**os.environ, **machine}, check=True
        )
        found.append({str(p.relative_to(out)): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()})
    assert len(found[0]) > 40
    assert found[0] == found[1]
    for name in RECIPES:
        here = tmp_path / "here" / name
        world.write(world.build(name, 11, 90), here)
        for path in here.iterdir():
            assert path.read_bytes() == found[0][f"{name}/{path.name}"], path.name


def test_the_company_changes_names_and_no_figures() -> None:
    one, other = (world.build("deal splits", 3, company=company) for company in ("Acme", "Globex"))
    assert digest(one) == digest(other)
    assert one.table("payees") != other.table("payees")


def test_more_deals_leave_the_edge_cases_alone() -> None:
    def edge_rows(deals: int) -> list[tuple[str, ...]]:
        built = world.build("cancellations", 5, deals)
        keys = {edge.key for edge in built.edges if edge.table == "cancellations"}
        return [row for row in built.table("cancellations").rows if row[0] in keys]

    assert edge_rows(60) == edge_rows(500)
    assert len(edge_rows(60)) == 9
