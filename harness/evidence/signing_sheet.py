"""Draws the sign-off sheet of a package; the sheet shows the signatures and is none itself."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.manifest_types import SHEET, Manifest
from reports.pages.signoff_sheet import sheet
from reports.record import write_beside
from reports.signoff_types import SignOff


def write_sheet(folder: Path, manifest: Manifest, signoff: SignOff) -> Path:
    """Writes the sheet into the package, which doesn't list it, and returns its path."""
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
    path = folder / SHEET
    write_beside(path, sheet(content.title, content.verdict, facts, signoff).encode("utf-8", "replace"))
    return path
