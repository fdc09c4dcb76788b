"""Tags of feature files as pytest marks: registered from the start, under their full names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from operator import index
from pathlib import Path
from typing import SupportsIndex

import pytest

from harness.feature_files import find_features

_TAG = re.compile(r"@([^\s@#]+)")
_MEANINGS = {
    "id": "the stable name of a scenario",
    "req": "a requirement that scenarios prove",
    "sev": "how much it matters: sev1 wrong money or blocked, sev2 with a work-around, sev3 minor, sev4 cosmetic",
}


class _Marker(str):
    """One line of the `markers` setting.  pytest takes the name up to the first colon; a tag may hold one."""

    __slots__ = ("tag",)
    tag: str

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        if sep == ":":
            most = index(maxsplit)
            return [self.tag, self[len(self.tag) + 2 :]][: most + 1 if most > 0 else 2]
        return super().split(sep, maxsplit)


def register(config: pytest.Config, tags: Iterable[str]) -> None:
    """Makes tags known as marks, so that they can be selected with -m and pass --strict-markers."""
    known = {str(line) for line in config.getini("markers")}
    for tag in tags:
        key = re.match(r"id|req|sev", tag)
        line = _Marker(f"{tag}: {_MEANINGS[key[0]] if key else 'a tag in feature files'}")
        line.tag = tag
        if str(line) not in known:
            known.add(str(line))
            config.addinivalue_line("markers", line)


def written_tags(paths: Iterable[Path]) -> Iterator[str]:
    """Every tag in the feature files at these paths and below them, in order of their names.  Reads no further."""
    found: set[str] = set()
    for path in find_features(p for p in paths if p.exists()):
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            continue
        for line in lines:
            if line.lstrip().startswith("@"):
                found.update(_TAG.findall(line))
    yield from sorted(found)
