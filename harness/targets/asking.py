"""Asking a target from start to end: seed, run, fetch, with the evidence of each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.targets.extract import Done, Extract, write_evidence
from harness.targets.page_store import PageStore, Resumable
from harness.targets.profile import Profile, Say, Target
from harness.targets.seeding import seed_rows
from reference_engine.vocabulary.tables import TextTable


def fetched(
    found: Profile, folder: Path, say: Say, done: Sequence[Done] = (), target: Target | None = None, store: PageStore | None = None
) -> list[Extract]:
    """Fetches all files of a profile into a folder, with their evidence.  Raises Stopped or Unreachable; then nothing counts.

    store: keeps the pages of a long download until it is complete.
    """
    own = target or found.open()
    if store is not None and isinstance(own, Resumable):
        own.keep_pages(store)
    try:
        extracts = own.fetch(folder, say)
    finally:
        if target is None:
            own.close()
    write_evidence(folder, found.target, extracts, done)
    return extracts


def seeded(found: Profile, tables: Sequence[TextTable], say: Say, target: Target) -> list[Done]:
    """Fills the target's tables, then has it calculate."""
    return [*target.seed(seed_rows(found.seeds, tables), say), *target.run(say)]


def asked(found: Profile, tables: Sequence[TextTable], folder: Path, say: Say, target: Target | None = None) -> list[Extract]:
    """Seeds, runs and fetches.  target: an open one, which stays open."""
    own = target or found.open()
    try:
        done = seeded(found, tables, say, own)
        return fetched(found, folder, say, done, own)
    finally:
        if target is None:
            own.close()
