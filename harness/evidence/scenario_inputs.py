"""What the scenarios of a run have read, as inputs of its record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from harness.evidence.inputs import GENERATED, PROJECT, file_input, is_generated
from harness.scenario_inputs import DATA_CODES, DEFINITIONS
from reports.record_types import Input

MADE = "data: made by a recipe; the hash is that of its tables as CSV"


def inputs_of(scenarios: Sequence[dict[str, Any]], root: Path) -> Iterator[Input]:
    """Every file that a scenario has read beside its feature, and every company that a recipe made for one.

    root: what the paths are relative to, where they aren't in trueup's own folder.
    """
    read: dict[tuple[str, str], None] = {}
    made: dict[str, dict[str, Any]] = {}
    for scenario in scenarios:
        used = scenario.get("inputs") or {}
        folders = [f for name in used.get("folders", ()) if (f := _found(name, root)) is not None]
        read.update(((name, role), None) for name, role in used.get("files", ()))
        read.update((entry, None) for folder in folders for entry in _beside(folder))
        made |= {entry["name"]: entry for entry in used.get("made", ())}
    for name, role in sorted(read):
        path = _found(name, root)
        if path is not None and path.is_file():
            yield file_input(path, role)
    for name, entry in sorted(made.items()):
        yield Input(name, name, entry["sha256"], entry["bytes"], entry["rows"], MADE)


def _beside(folder: Path) -> Iterator[tuple[str, str]]:
    """What a data folder holds beside its tables: where they come from, the codes that translate them, how it was generated."""
    from harness.adapters.table_definitions import DEFINITIONS as FILE
    from harness.adapters.table_definitions import read_definitions

    if (folder / "manifest.json").is_file() and is_generated(folder / "manifest.json"):
        yield str(folder / "manifest.json"), GENERATED
    definitions = folder / FILE
    if definitions.is_file():
        yield str(definitions), DEFINITIONS
        tables, _, used = read_definitions(definitions, [])
        sources = {table.file for table in tables.values()}
        for path in used:
            if str(path) not in sources:
                yield str(path), DATA_CODES


def _found(name: str, root: Path) -> Path | None:
    return next((base / name for base in (root, PROJECT) if (base / name).exists()), None)
