"""Drop folders on this machine, such as a mounted share."""

from __future__ import annotations

from collections.abc import Callable

from harness.targets.drop_folder import DropFolder, LocalPlace, rules_of, wanted_of
from harness.targets.profile import Parts, Target


def opener_of(parts: Parts) -> tuple[Callable[[], Target], tuple[str, ...]] | None:
    """Reads the connection and what is fetched."""
    before = len(parts.problems)
    root = parts.file.parent / parts.connection.text("folder", must=True)
    rules = rules_of(parts)
    parts.connection.close()
    wanted = wanted_of(parts)
    if len(parts.problems) != before:
        return None
    return lambda: DropFolder(parts.target, lambda: LocalPlace(root), rules, wanted), tuple(w.file for w in wanted)
