"""Pages of a long download, kept until it is complete, so that a fetch that was broken off goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from harness.targets.http_client import Answer
from reference_engine.problems import Problem, Stopped, Where


class PageStore:
    """A private folder of pages.  They are only a first read: a second one, from the target itself, must agree with it.

    asked: what the pages answer, with the model and when it was calculated; pages of anything else aren't found.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = ""

    @property
    def pages(self) -> int:
        """How many are kept."""
        return len(list(self.folder.glob("*.json"))) if self.folder.is_dir() else 0

    def get(self, what: str, offset: int) -> Answer | None:
        """A page that was kept; None where it wasn't, or isn't whole."""
        try:
            kept = json.loads(self._file(what, offset).read_text(encoding="utf-8"))
            text = str(kept["data"])
            if hashlib.sha256(text.encode()).hexdigest() != kept["sha256"]:
                return None
            return Answer(json.loads(text), str(kept["date"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, what: str, offset: int, answer: Answer) -> None:
        """Keeps a page; without room for it, the fetch goes on without."""
        text = json.dumps(answer.data, ensure_ascii=False)
        file = self._file(what, offset)
        beside = file.with_suffix(".part")
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.write_text(json.dumps({"data": text, "date": answer.date, "sha256": hashlib.sha256(text.encode()).hexdigest()}), encoding="utf-8")
            beside.replace(file)

    def clear(self) -> None:
        """Takes all pages away: the download is complete, or they are worth nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, what: str, offset: int) -> Path:
        name: Any = json.dumps([self.asked, what, offset])
        return self.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:40]}.json"


@runtime_checkable
class Resumable(Protocol):
    """A target whose long downloads go on where they were broken off."""

    def keep_pages(self, store: PageStore) -> None:
        """Keeps pages there while it fetches, and takes them from there."""


def store_beside(out: Path) -> PageStore:
    """The store of a fetch into a folder.  Raises Stopped where its place is taken by somebody else's link."""
    folder = out.absolute().with_name(f".{out.name}.pages")
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid != os.getuid() if hasattr(os, "getuid") else False):
        raise Stopped(Problem("out-not-ours", "the place for pages of a download is taken.", Where(str(folder)), "Pay data would be written where others want it.", "Remove it, or name another folder with --out."))
    return PageStore(folder)
