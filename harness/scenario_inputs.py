"""What a scenario reads beside its feature: plan files, data, mappings, exports and made companies, for the record of the run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reference_engine.vocabulary.tables import TextTable

if TYPE_CHECKING:
    from harness.adapters.mapping import CellSpec, GrainMapping
    from harness.adapters.mapping import Mapping as TargetMapping

PLAN, MAPPING, CODES, EXPORT = "plan", "mapping", "mapping: codes", "target's export"
DEFINITIONS, DATA_CODES = "data: where each table comes from", "data: codes"


@dataclass
class ScenarioInputs:
    """What one scenario has read so far.

    files: path and role of each.  folders: data folders, whose files are those of the tables read from them.  made: the
    companies that a recipe made, which stand in no file.
    """

    root: Path
    files: dict[tuple[str, str], None] = field(default_factory=dict)
    folders: dict[str, None] = field(default_factory=dict)
    made: list[dict[str, Any]] = field(default_factory=list)

    def reads(self, path: Path, role: str) -> None:
        """A file or a folder that a step names."""
        if path.is_dir():
            self.folders[self.shown(path)] = None
        else:
            self.files[self.shown(path), role] = None

    def reads_target(self, export: Path, mapping_file: Path, mapping: TargetMapping) -> None:
        """An export with its mapping, and with the files that translate the mapping's codes."""
        self.reads(mapping_file, MAPPING)
        for grain in mapping.grains:
            path = export if export.is_file() else export / Path(getattr(grain, "file", "") or "")
            if path.is_file():
                self.reads(path, EXPORT)
            for spec in _specs(grain):
                if spec.lookup is not None:
                    beside = export if export.is_dir() else export.parent
                    # The same order in which the mapping looks for it.
                    places = (folder / spec.lookup.file for folder in (mapping_file.parent, beside))
                    if (codes := next((p for p in places if p.is_file()), None)) is not None:
                        self.reads(codes, CODES)

    def shown(self, path: Path) -> str:
        """A path as the record has it: relative to the project, or to trueup's own folder; never a machine's own."""
        from harness.evidence.inputs import shown

        inside = os.path.relpath(os.path.abspath(path), os.path.abspath(self.root))
        return shown(path) if inside.startswith("..") or os.path.isabs(inside) else Path(inside).as_posix()

    def as_dict(self, tables: Sequence[TextTable], feature: str) -> dict[str, Any]:
        """Plain data for the record.  tables: those of the scenario, of which some were read from files."""
        files = dict(self.files)
        for table in tables:
            if table.file and table.file != feature and Path(table.file).is_file():
                files[self.shown(Path(table.file)), f"data: {table.name.replace('_', ' ')}"] = None
        return {"files": [list(entry) for entry in files], "folders": list(self.folders), "made": self.made}


def _specs(grain: GrainMapping) -> Iterator[CellSpec]:
    for spec in (*grain.key, *grain.fields, grain.amount.currency):
        yield spec
        yield from spec.span or ()


def made_company(tables: Iterable[TextTable], company: str, recipe: str, deals: int, seed: int) -> dict[str, Any]:
    """What a recipe made, as an input: the hash and the size of its tables as CSV files, one after the other."""
    return dict(_made(tuple(tables), company, recipe, deals, seed))


@lru_cache(maxsize=64)
def _made(tables: tuple[TextTable, ...], company: str, recipe: str, deals: int, seed: int) -> dict[str, Any]:
    from scenarios.folder import csv_text

    digest = hashlib.sha256()
    size = rows = 0
    for table in tables:
        content = f"{table.name}\n{csv_text([table.header, *table.rows])}".encode()
        digest.update(content)
        size += len(content)
        rows += len(table.rows)
    name = f'recipe "{recipe}", {deals:,} deals, seed {seed}, company "{company}"'
    return {"name": name, "sha256": digest.hexdigest(), "bytes": size, "rows": rows}
