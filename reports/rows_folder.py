"""The folder of rows beside a page: small files that the page loads one by one when a reader asks for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reports.pages.differences import FOLDER
from reports.record import write_beside

_OURS = re.compile(r"g\d+-[cd]\d+\.js\Z", re.ASCII)


def write_rows(out_folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files of rows, and takes away those of an earlier page that this one doesn't have."""
    folder = out_folder / FOLDER
    if files:
        folder.mkdir(exist_ok=True)
        for name, content in files.items():
            write_beside(folder / name, content)
    if folder.is_dir() and not folder.is_symlink():
        for path in folder.iterdir():
            if _OURS.match(path.name) and path.name not in files:
                path.unlink()
        if not any(folder.iterdir()):
            folder.rmdir()
