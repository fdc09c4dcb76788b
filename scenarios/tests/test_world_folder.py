"""Worlds on disk: exact cells, true manifests, and never a half-written or a foreign folder."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import faker
import pytest

from reference_engine.problems import Stopped
from reference_engine.vocabulary.tables import TABLES, TextTable
from scenarios import bulk, world
from scenarios.folder import read_manifest
from scenarios.recipes import all_recipes

RECIPES = tuple(all_recipes())


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, strict=True))


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_cell_survives_the_file(recipe: str, tmp_path: Path) -> None:
    built = world.build(recipe, 12)
    world.write(built, tmp_path / "world")
    for table in built:
        data = (tmp_path / "world" / f"{table.name}.csv").read_bytes()
        assert b"\r" not in data
        assert data.endswith(b"\n")
        assert [tuple(row) for row in read_csv(tmp_path / "world" / f"{table.name}.csv")] == [
            table.header,
            *table.rows,
        ]


def test_hostile_looking_names_are_written_as_they_are(tmp_path: Path) -> None:
    world.write(world.build("several currencies", 1), tmp_path / "world")
    names = {row[-1] for row in read_csv(tmp_path / "world" / "accounts.csv")}
    assert {"=SUM(A1:A9) Consulting", 'Müller, Söhne & Co. "KG"', "@Home B.V.", "L'Été & Fils, S.A."} <= names


@pytest.mark.parametrize("recipe", RECIPES)
def test_control_totals_counts_and_hashes_are_those_of_the_files(recipe: str, tmp_path: Path) -> None:
    world.write(world.build(recipe, 21), tmp_path / "small")
    bulk.write(recipe, 3_000, tmp_path / "large", seed=21)
    for folder in ("small", "large"):
        manifest = read_manifest(tmp_path / folder)
        files = {path.name for path in (tmp_path / folder).iterdir()} - {"manifest.json"}
        assert files == {entry["file"] for entry in manifest["tables"].values()}
        for name, entry in manifest["tables"].items():
            path = tmp_path / folder / entry["file"]
            assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
            header, *rows = read_csv(path)
            assert len(rows) == entry["rows"]
            totals: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
            for row in rows:
                cells = dict(zip(header, row, strict=True))
                for column, cell in cells.items():
                    spec = TABLES[name].field(column)
                    if cell and spec and (spec.kind == "money" or column == "units"):
                        number, _, unit = cell.partition(" ")
                        unit = unit or (cells["currency"] if spec.kind == "money" else "units")
                        totals[column][unit] += Fraction(number)
            stated = {c: {u: Fraction(t) for u, t in s.items()} for c, s in entry["control_totals"].items()}
            assert stated == totals, name


def test_the_manifest_says_where_the_world_comes_from(tmp_path: Path) -> None:
    path = world.write(world.build("deal splits", 5, 100, "Acme"), tmp_path / "world")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    assert manifest["origin"] == {
        "recipe": "deal splits",
        "seed": 5,
        "deals": 100,
        "company": "Acme",
        "plans": ["field_sales.yaml", "solution_overlay.yaml", "sales_managers.yaml"],
        "in_bulk": False,
    }
    assert manifest["versions"]["faker"] == faker.VERSION
    assert manifest["tables"]["deals"]["rows"] == 100
    assert {"case": "exactly", "table": "deals"}.keys() < manifest["edges"][0].keys()
    assert str(tmp_path) not in path.read_text(encoding="utf-8")


def test_an_earlier_world_is_replaced_whole(tmp_path: Path) -> None:
    world.write(world.build("retail sales", 1), tmp_path / "world")
    world.write(world.build("late cash", 1), tmp_path / "world")
    names = {path.name for path in (tmp_path / "world").iterdir()}
    assert "payments.csv" in names
    assert "retail_sales.csv" not in names
    assert [path.name for path in tmp_path.iterdir()] == ["world"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "world").mkdir()
    assert world.write(world.build("late cash", 1), tmp_path / "world").is_file()


@pytest.mark.parametrize("foreign", ["notes.txt", "manifest.json"])
def test_a_folder_with_anything_else_in_it_is_refused_and_left_alone(foreign: str, tmp_path: Path) -> None:
    (tmp_path / foreign).write_text("[1]", encoding="utf-8")
    with pytest.raises(Stopped) as stopped:
        world.write(world.build("late cash", 1), tmp_path)
    assert [p.slug for p in stopped.value.problems] == ["folder-not-ours"]
    assert foreign in stopped.value.problems[0].what
    assert [path.name for path in tmp_path.iterdir()] == [foreign]


def test_a_file_added_to_a_world_is_not_swept_away(tmp_path: Path) -> None:
    built = world.build("late cash", 1)
    world.write(built, tmp_path / "world")
    (tmp_path / "world" / "my_notes.csv").write_text("keep me", encoding="utf-8")
    with pytest.raises(Stopped) as stopped:
        world.write(built, tmp_path / "world")
    assert "my_notes.csv" in stopped.value.problems[0].what
    assert (tmp_path / "world" / "my_notes.csv").read_text(encoding="utf-8") == "keep me"


def test_a_stopped_run_leaves_the_old_world_whole(tmp_path: Path) -> None:
    world.write(world.build("late cash", 1), tmp_path / "world")
    before = {path.name: path.read_bytes() for path in (tmp_path / "world").iterdir()}
    broken = TextTable("deals", ("deal", "amount", "currency"), (("D-1", "not a number", "EUR"),))
    with pytest.raises(ValueError, match="not a number"):
        world.write([broken], tmp_path / "world")
    assert {path.name: path.read_bytes() for path in (tmp_path / "world").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["world"]
