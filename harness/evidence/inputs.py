"""The inputs of a run: which files went in, with their hashes, rows and control totals."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.adapters.several_files import files_of, is_pattern
from harness.evidence.manifest_files import parquet_rows
from harness.targets.extract import EVIDENCE
from reference_engine.plans.document import Node, load_yaml
from reference_engine.vocabulary.numbers import MINOR_UNITS, plain_number
from reports.record import Control, Input

if TYPE_CHECKING:
    from harness.adapters.mapping import CellSpec
    from harness.reconcile.results import GrainResult, Reconciliation
    from reference_engine.world import World

PROJECT = Path(__file__).resolve().parent.parent.parent
_SOURCES: dict[tuple[str, str], Path] = {}
"""Where the inputs of this process lie on this machine, which a record never says: for copies in the evidence package."""
GENERATED = "data: how it was generated"
FETCHED = "how the target's export was fetched"


def shown(path: str | Path) -> str:
    """A path as a report shows it: relative to the folder of work or to the project, never a machine's own."""
    return _shown(str(path), os.getcwd())


@lru_cache(maxsize=10_000)
def _shown(path: str, here: str) -> str:
    full = Path(path).resolve()
    for root in (Path(here).resolve(), PROJECT):
        if full.is_relative_to(root):
            return full.relative_to(root).as_posix()
    return full.name if Path(path).is_absolute() else Path(path).as_posix()


def file_input(path: Path, role: str) -> Input:
    """One file as an input: its hash, its size and its rows (lines after the header, for text tables)."""
    digest = hashlib.sha256()
    size = rows = 0
    last = b"\n"
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
            rows += block.count(b"\n")
            last = block[-1:]
    is_table = path.suffix.lower() in (".csv", ".txt", ".tsv")
    rows += last != b"\n"
    count = max(rows - 1, 0) if is_table else None
    if path.suffix.lower() == ".parquet":
        count = parquet_rows(path)
    found = Input(path.name, shown(path), digest.hexdigest(), size, count, role)
    _SOURCES[found.path, found.sha256] = path.resolve()
    return found


def source_of(entry: Input) -> Path | None:
    """Where the input lies on this machine, if it is known and still there."""
    known = _SOURCES.get((entry.path, entry.sha256))
    plain = Path(entry.path)
    places = [known] if known else [] if plain.is_absolute() else [Path.cwd() / plain, PROJECT / plain]
    return next((p.resolve() for p in places if p.is_file()), None)


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
            inputs.append(dataclasses.replace(found, totals=totals.get(file, {}) if same else {}))
    origin = folder / "manifest.json"
    if origin.is_file() and is_generated(origin):
        inputs.append(file_input(origin, GENERATED))
    definition = folder / "tables.yaml"
    if definition.is_file():
        inputs.append(file_input(definition, "data: where each table comes from"))
        lookups = dict.fromkeys(_lookup_files(load_yaml(definition, [])))
        inputs += [file_input(folder / f, "data: codes") for f in lookups if (folder / f).is_file()]
    return inputs


def is_generated(manifest: Path) -> bool:
    """Whether this is what `trueup generate` leaves beside its tables."""
    try:
        found = json.loads(manifest.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and found.get("made_by") == "trueup generate" and isinstance(found.get("origin"), dict)


def mapping_inputs(found: Reconciliation, mapping_file: Path, actual: Path) -> list[Input]:
    """The mapping, the files that translate its codes, and every file of the export.

    A file that feeds several grains stands once, with the control totals of each.
    """
    beside = actual if actual.is_dir() else actual.parent
    inputs = [file_input(mapping_file, "mapping")]
    if actual.is_dir() and (actual / EVIDENCE).is_file():
        inputs.append(file_input(actual / EVIDENCE, FETCHED))
    codes: dict[str, list[str]] = {}
    for spec in (s for grain in found.grains for s in _specs(grain)):
        if spec.lookup is not None:
            codes.setdefault(spec.lookup.file, []).append(spec.name)
    for file, names in codes.items():
        # The same order in which the mapping looks for it.
        path = next((f / file for f in (mapping_file.parent, beside) if (f / file).is_file()), None)
        if path is not None:
            inputs.append(file_input(path, f"mapping: codes of {_listed(names)}"))
    files: dict[Path, list[GrainResult]] = {}
    parts: dict[Path, list[GrainResult]] = {}
    for grain in found.grains:
        if actual.is_dir() and is_pattern(grain.mapping.file):
            for path in files_of(actual, grain.mapping.file):
                parts.setdefault(path, []).append(grain)
            continue
        path = actual if actual.is_file() else beside / Path(grain.actual_file).name
        if path.is_file():
            files.setdefault(path, []).append(grain)
    # The control totals of a table in several files belong to none of them alone.
    several = [file_input(path, f"target's export, one of several files: {_listed([g.name for g in grains])}") for path, grains in parts.items()]
    return [*inputs, *(_export(path, grains) for path, grains in files.items()), *several]


def unique(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """Each file once, with everything that it is to the run."""
    found: dict[tuple[str, str], Input] = {}
    for entry in inputs:
        key = (entry.path, entry.sha256)
        before = found.get(key)
        if before is None:
            found[key] = entry
        elif entry.role not in before.role.split("; "):
            found[key] = dataclasses.replace(
                before,
                role=f"{before.role}; {entry.role}",
                totals=before.totals or entry.totals,
                controls=before.controls or entry.controls,
            )
    return tuple(found.values())


def _export(path: Path, grains: list[GrainResult]) -> Input:
    entry = file_input(path, f"target's export: {_listed([g.name for g in grains])}")
    controls = tuple(
        Control(g.name, g.actual_rows, {t.currency: g.plain_text(t.actual, t.currency) for t in g.totals})
        for g in grains
    )
    if len(controls) == 1:
        return dataclasses.replace(entry, totals=controls[0].totals)
    return dataclasses.replace(entry, controls=controls)


def _specs(grain: GrainResult) -> Iterator[CellSpec]:
    mapping = grain.mapping
    for spec in (*mapping.key, *mapping.fields, mapping.amount.currency):
        yield spec
        yield from spec.span or ()


def _listed(names: Iterable[str]) -> str:
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def _lookup_files(node: Node | None) -> Iterator[str]:
    if node is None:
        return
    if node.is_list:
        for one in node.nodes():
            yield from _lookup_files(one)
    for name, value in node.items():
        file = value.get("file") if name == "lookup" else None
        if file is not None and file.is_text:
            yield file.text()
        yield from _lookup_files(value)


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
