"""The inputs of a run: which files went in, with their hashes, rows and control totals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from reference_engine.vocabulary.numbers import MINOR_UNITS, plain_number
from reference_engine.world import World
from reports.record import Input

PROJECT = Path(__file__).resolve().parent.parent.parent


def shown(path: str | Path) -> str:
    """A path as a report shows it: relative to the folder of work or to the project, never a machine's own."""
    full = Path(path).resolve()
    for root in (Path.cwd().resolve(), PROJECT):
        if full.is_relative_to(root):
            return full.relative_to(root).as_posix()
    return full.name if Path(path).is_absolute() else Path(path).as_posix()


def file_input(path: Path, role: str) -> Input:
    """One file as an input: its hash, its size and its rows (lines after the header, for text tables)."""
    digest = hashlib.sha256()
    size = rows = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
            rows += block.count(b"\n")
    is_table = path.suffix.lower() in (".csv", ".txt", ".tsv")
    return Input(path.name, shown(path), digest.hexdigest(), size, max(rows - 1, 0) if is_table else 0, role)


def folder_inputs(folder: Path, world: World) -> list[Input]:
    """Every file that a data folder's tables were read from, with the control totals of each table."""
    totals: dict[str, dict[str, str]] = {}
    names: dict[str, list[str]] = {}
    for name, table in world.tables.items():
        for file in table.files:
            names.setdefault(file, []).append(name)
        if len(table.files) == 1 and "amount" in table.numbers:
            totals[table.file] = _totals(world, name)
    inputs = []
    for file in sorted(names):
        path = Path(file)
        if path.is_file():
            found = file_input(path, "data: " + ", ".join(sorted(names[file])).replace("_", " "))
            same = len(names[file]) == 1
            inputs.append(
                Input(
                    found.name,
                    found.path,
                    found.sha256,
                    found.bytes,
                    found.rows,
                    found.role,
                    totals.get(file, {}) if same else {},
                )
            )
    definition = folder / "tables.yaml"
    if definition.is_file():
        inputs.append(file_input(definition, "data: where each table comes from"))
    return inputs


def _totals(world: World, name: str) -> dict[str, str]:
    column = world.table(name).amounts("amount")
    sums: dict[str, Fraction] = {}
    for value, currency in zip(
        column.value.fractions(),
        column.currency.tolist() if column.currency is not None else [],
        strict=False,
    ):
        if currency:
            sums[currency] = sums.get(currency, Fraction(0)) + value
    return {c: plain_number(v, MINOR_UNITS.get(c, 2)) for c, v in sorted(sums.items())}


def unique(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """Each file once."""
    found: dict[str, Input] = {}
    for entry in inputs:
        found.setdefault(entry.path, entry)
    return tuple(found.values())
