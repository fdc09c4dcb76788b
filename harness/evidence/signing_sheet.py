"""Draws the sign-off sheet of a package; the sheet shows the signatures and is none itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.evidence.manifest_types import SHEET, Manifest
from reports.pages.signoff_sheet import sheet
from reports.record import write_beside
from reports.signoff_types import SignOff


def write_sheet(folder: Path, manifest: Manifest, signoff: SignOff) -> Path:
    """Writes the sheet into the package, which doesn't list it, and returns its path."""
    path = folder / SHEET
    write_beside(path, drawn(manifest, signoff))
    return path


def shows_these(path: Path, manifest: Manifest, signoff: SignOff) -> bool:
    """Whether the sheet that lies there is the one of these signatures, with or without a list of signers."""
    signatures = tuple(replace(s, known=None) for s in signoff.signatures)
    unlisted = replace(signoff, signatures=signatures, signers="")
    try:
        text = path.read_bytes()
    except OSError:
        return False
    named = dict.fromkeys((signoff.signers, Path(signoff.signers).name))
    return text in (drawn(manifest, unlisted), *(drawn(manifest, replace(signoff, signers=n)) for n in named))


def drawn(manifest: Manifest, signoff: SignOff) -> bytes:
    """The sheet as it is written."""
    content, seen = manifest.content, manifest.circumstances
    git = next((g for g in content.git if g.commit), None)
    facts = {
        "Run": seen.run_id,
        "Command": content.command,
        "Started by": f"{seen.started_by.name} ({seen.started_by.by})",
        "Finished": seen.finished.replace("T", ", ").replace("Z", " UTC"),
        "trueup": content.versions.trueup,
        "Commit": f"{git.commit[:12]}, {git.state}" if git else "not in a repository",
        "Files sealed": f"{len(manifest.files):,}",
        "Inputs": f"{len(content.inputs):,}",
    }
    return sheet(content.title, content.verdict, facts, signoff).encode("utf-8", "replace")
