"""Which files are features: found in the folders of a project, and those whose names only nearly say so."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from reference_engine.problems import Problem, Where

_TOOLS = {"node_modules", "__pycache__"}
_RESULTS = frozenset(("build", "dist", "out"))
_PROJECT = {"pyproject.toml", "setup.py", "package.json", ".git", "pytest.ini"}
_MISNAMED = re.compile(r"\.(?:feature|features|featrue|feture|faeture|featur)(?:\.(?:txt|md|doc|docx|rtf))?\s*\Z", re.IGNORECASE)


def find_features(paths: Iterable[str | Path]) -> list[Path]:
    """All feature files at the paths and below them, each once, in order of their names."""
    found: dict[str, Path] = {}
    for given in paths:
        path = Path(given)
        if path.is_dir():
            files = sorted(folder / name for folder, names in walk(path) for name in names if name.endswith(".feature"))
        else:
            files = [path] if path.suffix == ".feature" else []
        for file in files:
            found.setdefault(os.path.abspath(file), file)
    return list(found.values())


def walk(path: Path) -> Iterator[tuple[Path, list[str]]]:
    """Each folder with the names of its files, from this one down; links are followed once.

    Left out are hidden folders, what tools make, and results beside a project file or of an earlier run.
    """
    seen: set[str] = set()
    for folder, folders, files in os.walk(path, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        results = _RESULTS if _PROJECT.intersection((*files, *folders)) else frozenset()
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith(".") and f not in _TOOLS and f not in results and not f.endswith(".egg-info") and not _made(folder, f)
        )
        yield Path(folder), sorted(files)


def _made(folder: str, name: str) -> bool:
    """Whether a folder is a Python environment or the results of a run."""
    return any(os.path.exists(os.path.join(folder, name, mark)) for mark in ("pyvenv.cfg", ".trueup"))


def misnamed(path: Path) -> bool:
    """Whether a file was likely meant as a feature, and isn't one by its name."""
    name = path.name
    return not name.endswith(".feature") and not name.startswith(".") and bool(_MISNAMED.search(name))


def misnamed_problem(path: str) -> Problem:
    """A file that was likely meant as a feature."""
    name = Path(path).name
    return Problem(
        "feature-extension",
        f'"{name}" doesn\'t end with .feature',
        Where(path),
        "It is not taken for a feature, so nothing in it is tested.",
        f"Rename it to {name[: name.lower().rfind('.fea')] if '.fea' in name.lower() else name.partition('.')[0]}.feature.",
    )
