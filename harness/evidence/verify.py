"""Proves that a run's folder is as its manifest says, and its signatures those of the people they name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from harness.evidence.inputs import PROJECT, file_input
from harness.evidence.manifest import content_hash, grain_totals
from harness.evidence.manifest_files import files_of, hash_of, steady, sums_text, table_of
from harness.evidence.manifest_reading import is_inside, read_manifest
from harness.evidence.manifest_types import COPIES, SHEET, SUMS, UNSEALED, KeptInput, Manifest
from harness.evidence.signing import sign_off
from harness.evidence.signing_sheet import shows_these
from harness.evidence.signing_signers import Signers
from reference_engine.problems import Problem, Stopped, Where
from reports.record import load_record, record_hash
from reports.record_check import number
from reports.record_types import RunRecord
from reports.signoff_types import SignOff

RECORD = "record.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the manifest says."""

    kind: Literal["changed", "missing", "added", "input changed", "doesn't add up"]
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification came to.

    inputs_checked: inputs that still lie where the run read them, and are compared.  out_of_reach: the others' paths.
    """

    manifest: Manifest
    manifest_sha256: str
    findings: tuple[Finding, ...]
    inputs_checked: int
    out_of_reach: tuple[str, ...]
    signoff: SignOff
    other_sheet: bool = False
    """Whether the sign-off sheet, which nothing seals, isn't the one of these signatures."""

    @property
    def whole(self) -> bool:
        """Whether everything is as it was, and no signature is void."""
        return not self.findings and self.signoff.state != "void"

    @property
    def package_whole(self) -> bool:
        """Whether the package's own bytes are as they were, whatever became of its inputs since."""
        return not any(f.kind != "input changed" for f in self.findings)


def verify(folder: Path, inputs: Path | None = None, signers: Signers | None = None) -> Verified:
    """Recomputes everything.  inputs: where the run's inputs lie now.  Raises Stopped where the folder is no package.

    Nothing outside the folder is read but the inputs, and those only below `inputs`, or below the folder of work, and for a demo below trueup's own.
    """
    if not folder.is_dir():
        what = "there is no such folder." if not folder.exists() else "this is a file; a package is a folder."
        raise Stopped(
            Problem(
                "manifest-missing",
                what,
                Where(str(folder)),
                "Nothing is proved by it.",
                "Give the folder of a run.",
            )
        )
    if inputs is not None and not inputs.is_dir():
        raise Stopped(
            Problem(
                "file-unreadable",
                "there is no such folder of inputs.",
                Where(str(inputs)),
                remedy="Check the path after --inputs.",
            )
        )
    files = files_of(folder)
    manifest, content = read_manifest(folder, files)
    fingerprint = hashlib.sha256(content).hexdigest()
    found = [*_files(manifest, files)]
    record = _record(folder, found) if RECORD in files else None
    found += _sums(manifest, record, has_record=RECORD in files)
    # The inputs of the demo come with trueup itself.
    here = (Path.cwd(), PROJECT) if manifest.content.kind == "demo" else (Path.cwd(),)
    roots = (inputs,) if inputs is not None else here
    checked, out_of_reach, moved = _inputs(manifest.content.inputs, [r.resolve() for r in roots])
    whole = not found
    signed = sign_off(manifest, fingerprint, files, signers, whole=whole)
    other = signed.state != "void" and SHEET in files and not shows_these(files[SHEET], manifest, signed)
    return Verified(manifest, fingerprint, (*found, *moved), checked, tuple(out_of_reach), signed, other)


def _files(manifest: Manifest, files: dict[str, Path]) -> Iterator[Finding]:
    """What lies there against what is listed."""
    listed = {f.name for f in manifest.files}
    for file in manifest.files:
        if file.name not in files:
            yield Finding("missing", file.name)
            continue
        path = files[file.name]
        try:
            digest, size = hash_of(path)
            if (digest, size) != (file.sha256, file.bytes):
                grown = f"{size:,} bytes, the manifest says {file.bytes:,}; " if size != file.bytes else ""
                yield Finding(
                    "changed", file.name, f"{grown}SHA-256 {digest}, the manifest says {file.sha256}"
                )
                continue
            rows, totals = table_of(path)
        except OSError as error:
            yield Finding("changed", file.name, f"it can't be read: {error.strerror or error}")
            continue
        if rows != file.rows:
            yield Finding("doesn't add up", file.name, f"{rows} rows, the manifest says {file.rows}")
        elif totals != file.totals:
            yield Finding("doesn't add up", file.name, "its control totals aren't those of the manifest")
    for name in files:
        if name not in listed and name not in UNSEALED:
            yield Finding("added", name)


def _record(folder: Path, found: list[Finding]) -> RunRecord | None:
    """The record, which checks itself; None after at least one finding."""
    if any(f.name == RECORD or f.name.startswith("record.") for f in found):
        return None
    import duckdb

    try:
        return load_record(folder / RECORD)
    except Stopped as stopped:
        found += [Finding("doesn't add up", RECORD, p.what) for p in stopped.problems[:20]]
    except (duckdb.Error, ValueError, TypeError, KeyError) as error:
        found.append(
            Finding("doesn't add up", RECORD, f"one of its tables can't be read: {str(error)[:200]}")
        )
    return None


def _sums(manifest: Manifest, record: RunRecord | None, *, has_record: bool) -> Iterator[Finding]:
    """What the parts of the manifest say of each other, and of the record."""
    content = manifest.content
    by_name = {f.name: f for f in manifest.files}
    if content_hash(content) != manifest.content_sha256:
        yield Finding("changed", "manifest.json", "its content doesn't have the SHA-256 that it states")
    rest = [f for f in manifest.files if f.name != SUMS]
    expected = hashlib.sha256(sums_text(rest)).hexdigest()
    if by_name[SUMS].sha256 != expected:
        yield Finding("doesn't add up", SUMS, "it doesn't list what the manifest lists")
    if dict(content.results) != steady(rest):
        yield Finding("doesn't add up", "manifest.json", "its results aren't the files that it lists")
    for entry in content.inputs:
        if entry.copy and by_name[entry.copy].sha256 != entry.sha256:
            yield Finding("doesn't add up", entry.copy, "the copy isn't the input that the run read")
    copies = {i.copy for i in content.inputs}
    for name in by_name:
        if name.startswith(f"{COPIES}/") and name not in copies:
            yield Finding(
                "doesn't add up", name, "it lies among the copies of inputs, and the run had no such input"
            )
    if has_record != bool(content.record_sha256):
        yield Finding(
            "doesn't add up", RECORD, "the manifest and the folder don't agree whether there is a record"
        )
    if record is not None:
        yield from _against_record(manifest, record)
    yield from _ties(content.inputs, manifest)


def _against_record(manifest: Manifest, record: RunRecord) -> Iterator[Finding]:
    content, counts = manifest.content, record.scenario_counts
    stated = [(i.path, i.sha256, i.bytes, i.rows, i.role, dict(i.totals), i.controls) for i in content.inputs]
    kept = [(i.path, i.sha256, i.bytes, i.rows, i.role, dict(i.totals), i.controls) for i in record.inputs]
    pairs = (
        ("the SHA-256 of the record", content.record_sha256, record_hash(record)),
        ("the verdict", content.verdict, record.verdict),
        ("the title", content.title, record.identity.title),
        ("the command", content.command, record.circumstances.command),
        ("the inputs", stated, kept),
        ("the totals", content.grains, grain_totals(record)),
        (
            "the scenarios",
            (content.written, content.selected, content.executed),
            (counts.written, counts.selected, counts.executed),
        ),
        ("the run", manifest.circumstances.run_id, record.circumstances.run_id),
    )
    for what, one, other in pairs:
        if one != other:
            yield Finding("doesn't add up", RECORD, f"{what} isn't what the manifest says")


def _ties(inputs: Sequence[KeptInput], manifest: Manifest) -> Iterator[Finding]:
    """Each grain's total of the target against the control totals of the export that it was read from."""
    # In a comparison of a target with itself, before is the expected side.
    theirs = [i for i in inputs if not i.role.startswith("export before")]
    for grain in manifest.content.grains:
        stated = [c.totals for i in theirs for c in i.controls if c.name == grain.grain]
        roles = (f"target's export: {grain.grain}", f"export after the change: {grain.grain}")
        alone = [i.totals for i in theirs if not i.controls and i.totals and i.role.endswith(roles)]
        for totals in (*stated, *alone):
            if _exact(totals.items()) != _exact(grain.actual.items()):
                yield Finding(
                    "doesn't add up", grain.grain, "the target's total isn't the control total of its export"
                )


def _exact(totals: Iterable[tuple[str, str]]) -> dict[str, Fraction]:
    return {currency: value for currency, text in totals if (value := number(text))}


def _inputs(inputs: Sequence[KeptInput], roots: Sequence[Path]) -> tuple[int, list[str], list[Finding]]:
    """Inputs that still lie below one of the roots, against their hashes."""
    checked, out_of_reach, moved = 0, [], []
    hashes: dict[str, set[str]] = {}
    for entry in inputs:
        hashes.setdefault(entry.path, set()).add(entry.sha256)
    for entry in inputs:
        path = _reach(entry.path, roots)
        if path is None:
            out_of_reach.append(entry.path)
            continue
        try:
            now = file_input(path, "")
        except OSError:
            out_of_reach.append(entry.path)
            continue
        if now.sha256 == entry.sha256:
            checked += 1
            if now.rows != entry.rows:
                moved.append(
                    Finding(
                        "doesn't add up",
                        entry.path,
                        f"the input has {now.rows} rows, the manifest says {entry.rows}",
                    )
                )
        elif now.sha256 in hashes[entry.path]:
            # Two inputs of one name from different folders; only one of them can lie here.
            out_of_reach.append(entry.path)
        else:
            checked += 1
            moved.append(
                Finding("input changed", entry.path, f"SHA-256 {now.sha256}, the run read {entry.sha256}")
            )
    return checked, out_of_reach, moved


def _reach(name: str, roots: Sequence[Path]) -> Path | None:
    """The file of this name below a root: no way up, no link out, an ordinary file."""
    plain = name
    while plain.startswith("../"):
        plain = plain[3:]
    if not is_inside(plain):
        return None
    for root in roots:
        try:
            path = (root / plain).resolve()
            if path.is_relative_to(root) and path.is_file() and os.access(path, os.R_OK):
                return path
        except (OSError, ValueError, RuntimeError):
            continue
    return None
