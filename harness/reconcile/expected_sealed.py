"""Expected results that were calculated before must be as the calculation left them; its manifest says how that was."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.manifest_files import hash_of
from harness.evidence.manifest_reading import LARGEST, read_json
from harness.evidence.manifest_types import MANIFEST
from reference_engine.problems import Problem, Stopped, Where


def check_sealed(path: Path, problems: list[Problem]) -> None:
    """Adds a Problem for every table that was changed since.  path: what --expected names, a folder or one of its files.

    Tables without a manifest are somebody's own, and the report says that their calculation isn't part of the run.
    """
    folder = path if path.is_dir() else path.parent
    files = sorted(folder.glob("*.csv")) if path.is_dir() else [path]
    # `calculate` seals the folder itself; a demo keeps what it calculated in a folder of its package.
    for root, prefix in ((folder, ""), (folder.resolve().parent, f"{folder.resolve().name}/")):
        if not (root / MANIFEST).is_file():
            continue
        try:
            data, _ = read_json(root / MANIFEST, "manifest-broken", LARGEST)
        except Stopped as stopped:
            problems += stopped.problems
            return
        listed = data.get("files")
        sealed = {f.get("name"): f.get("sha256") for f in listed if isinstance(f, dict)} if isinstance(listed, list) else {}
        for file in files:
            stated = sealed.get(prefix + file.name)
            if stated is not None and hash_of(file)[0] != stated:
                problems.append(
                    Problem(
                        "expected-changed",
                        "this file was changed after trueup calculated it.",
                        Where(str(file)),
                        "The target would be compared with amounts that no plan gives.",
                        "Calculate again; or, if the amounts are meant to be your own, take a copy of the files without manifest.json.",
                    )
                )
        return
