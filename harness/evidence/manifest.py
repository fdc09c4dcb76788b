"""Makes a run's folder an evidence package: copies of the policy, the list of hashes, and last of all the manifest."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from harness.evidence.inputs import source_of
from harness.evidence.manifest_files import files_of, hash_of, sealed, steady, sums_text
from harness.evidence.manifest_origin import git_states, seeds_of, started_by, system_and_zone, versions
from harness.evidence.manifest_types import (
    COPIES,
    FORMAT,
    MANIFEST,
    SUMS,
    UNSEALED,
    Content,
    GrainTotals,
    KeptInput,
    Manifest,
    SealedFile,
    Surroundings,
)
from reference_engine.problems import Problem, Stopped, Where
from reports.record import RunRecord, record_hash, write_beside
from reports.record_reading import plain
from reports.record_types import Input

COPIED = (".feature", ".yaml", ".yml", ".toml")
POLICY = ("requirements", "gate", "known", "baseline", "tolerance", "approved", "how the target")
"""Kinds of inputs that are policy, and words that their roles begin with: they are copied.  Of data only the hash is kept, for
it names people."""
LARGEST = 4_000_000


@dataclass
class Package:
    """The evidence of one run, to be sealed when its folder is complete.

    out: where the folder will stand.  record: what the run found, once it is known; a calculation has one that isn't kept as a file.
    """

    out: Path
    record: RunRecord | None = None

    def seal(self, folder: Path) -> None:
        """Writes copies, hashes and manifest into the complete folder."""
        if self.record is None:
            raise RuntimeError("a package is sealed before its run has a record")
        seal(self.record, folder, _hash_of_previous(self.out))


def seal(record: RunRecord, folder: Path, previous: str = "") -> Manifest:
    """Seals a folder.  previous: SHA-256 of the manifest that stood in its place."""
    inputs = _copied(record.inputs, folder)
    listed = [
        sealed(name, path) for name, path in files_of(folder).items() if name not in UNSEALED and name != SUMS
    ]
    write_beside(folder / SUMS, sums_text(listed))
    listed = sorted([*listed, sealed(SUMS, folder / SUMS)], key=lambda f: f.name)
    content = _content(record, inputs, listed, has_record=(folder / "record.json").is_file())
    manifest = Manifest(content, content_hash(content), tuple(listed), _surroundings(record, previous))
    write_beside(folder / MANIFEST, manifest_text(manifest))
    return manifest


def manifest_text(manifest: Manifest) -> bytes:
    """The manifest's bytes: JSON in ASCII, so that names with broken characters come back as they are."""
    return (json.dumps({"format": FORMAT, **plain(manifest)}, ensure_ascii=True, indent=1) + "\n").encode(
        "ascii"
    )


def content_hash(content: Content) -> str:
    """SHA-256 of what was found on what, without who, when and where."""
    text = json.dumps(plain(content), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def grain_totals(record: RunRecord) -> tuple[GrainTotals, ...]:
    """The control totals of every grain, as the manifest states them beside the inputs'."""
    return tuple(
        GrainTotals(
            g.name,
            g.compared,
            g.matched,
            g.differences,
            g.known,
            g.expected,
            g.actual,
            g.difference,
            g.tolerances,
        )
        for g in record.grains
    )


def _content(
    record: RunRecord, inputs: tuple[KeptInput, ...], files: Iterable[SealedFile], *, has_record: bool
) -> Content:
    identity, counts = record.identity, record.scenario_counts
    return Content(
        title=identity.title,
        kind=identity.kind,
        command=record.circumstances.command,
        verdict=record.verdict,
        record_sha256=record_hash(record) if has_record else "",
        versions=versions(),
        git=git_states(record.inputs),
        seeds=seeds_of(record),
        inputs=inputs,
        grains=grain_totals(record),
        written=counts.written,
        selected=counts.selected,
        executed=counts.executed,
        results=steady(files),
    )


def _surroundings(record: RunRecord, previous: str) -> Surroundings:
    system, zone = system_and_zone()
    seen = record.circumstances
    return Surroundings(
        run_id=seen.run_id,
        started=seen.started,
        finished=seen.finished,
        sealed=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        time_zone=zone,
        host=seen.host,
        system=system,
        started_by=started_by(os.environ),
        previous_sha256=previous,
    )


def _copied(inputs: Iterable[Input], folder: Path) -> tuple[KeptInput, ...]:
    """Copies the policy into the folder.  Raises Stopped where a file is another one than the run has read."""
    kept: list[KeptInput] = []
    taken: set[str] = set()
    problems: list[Problem] = []
    for entry in inputs:
        source = source_of(entry)
        name = ""
        is_policy = entry.name.lower().endswith(COPIED) or entry.role.startswith(POLICY)
        if source is not None and is_policy and entry.bytes <= LARGEST:
            content = source.read_bytes()
            if hashlib.sha256(content).hexdigest() != entry.sha256:
                problems.append(_moved(entry))
                continue
            name = _place(entry, taken)
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            write_beside(folder / name, content)
        fields = {f.name: getattr(entry, f.name) for f in dataclasses.fields(entry)}
        kept.append(KeptInput(**fields, copy=name))
    if problems:
        raise Stopped(problems)
    return tuple(kept)


def _place(entry: Input, taken: set[str]) -> str:
    """Where the copy lies: as the project has it, and never outside."""
    parts = [p for p in PurePosixPath(entry.path.replace("\\", "/")).parts if p not in ("..", ".", "/")]
    name = str(PurePosixPath(COPIES, *parts))
    if name.casefold() in taken:
        name = str(PurePosixPath(COPIES, entry.sha256[:12], *parts))
    taken.add(name.casefold())
    return name


def _hash_of_previous(out: Path) -> str:
    try:
        return hash_of(out / MANIFEST)[0]
    except OSError:
        return ""


def _moved(entry: Input) -> Problem:
    return Problem(
        "input-moved",
        "this file was changed while the run was going on.",
        Where(entry.path),
        "The evidence would show another text than the one that was read.",
        "Run again while nobody writes there.",
    )
