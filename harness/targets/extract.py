"""The evidence of what was asked of a target: every step with its figures and times, and never a secret."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness.adapters.data_folder import write_text
from harness.targets.hidden import masked
from reference_engine.problems import Problem, Where

EVIDENCE = "extracts.json"


@dataclass(frozen=True)
class Done:
    """One thing that was done to a target: what, with how many rows, when, and what it said."""

    what: str
    rows: int | None = None
    started: str = ""
    ended: str = ""
    said: str = ""


@dataclass(frozen=True)
class Extract:
    """One file that was fetched.

    request and parameters: what was asked.  rows: without the header.  sha256: of the file as it was written.  source: the
    system, and its model or database.  calculated: when the target says that it calculated last.  locked: the periods that
    it says are locked.  notes: what a reviewer should know.
    """

    file: str
    request: str
    rows: int
    sha256: str
    started: str
    ended: str
    source: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    pages: int = 1
    calculated: str = ""
    locked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def now() -> str:
    """The time, as evidence says it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def write_rows(file: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> tuple[int, str]:
    """Writes a fetched table as CSV, beside its place first: how many rows, and the hash of the file."""
    beside = file.with_name(f".{file.name}.part")
    count = 0
    try:
        with beside.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(header)
            for row in rows:
                writer.writerow(row)
                count += 1
        with beside.open("rb") as done:
            digest = hashlib.file_digest(done, "sha256").hexdigest()
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return count, digest


def write_evidence(folder: Path, target: str, extracts: Sequence[Extract], done: Sequence[Done] = ()) -> Path:
    """Writes the evidence of a fetch beside its files."""
    said: dict[str, Any] = {
        "target": target,
        "extracts": [asdict(e) for e in extracts],
        "done": [asdict(d) for d in done],
    }
    text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    return write_text(folder / EVIDENCE, masked(text))


def check_fetched(folder: Path, problems: list[Problem]) -> None:
    """Refuses fetched files that aren't as they were fetched.  Does nothing where the folder has no evidence of a fetch."""
    evidence = folder / EVIDENCE
    if not evidence.is_file():
        return
    try:
        extracts = json.loads(evidence.read_text(encoding="utf-8"))["extracts"]
        kept = {str(e["file"]): str(e["sha256"]) for e in extracts}
    except (OSError, ValueError, KeyError, TypeError):
        problems.append(Problem("extract-changed", f"{EVIDENCE} can't be read as trueup wrote it.", Where(str(evidence)), "It says what was fetched, and from where.", "Fetch again."))
        return
    for name, digest in kept.items():
        file = folder / Path(name).name
        if not file.is_file():
            problems.append(Problem("extract-changed", f"{name} was fetched into this folder and isn't there any more.", Where(str(evidence)), "A part of what the target paid would be missing.", "Fetch again."))
            continue
        with file.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != digest:
                problems.append(Problem("extract-changed", "the file isn't as it was fetched.", Where(str(file)), "What is compared would not be what the target says.", f"Fetch again; or take {EVIDENCE} away, and answer for the file yourself."))
