"""Feature files as they were written when they ran."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeatureText:
    """One feature file.  text: all of it.  sha256: of the file's bytes, as `sha256sum` gives it."""

    path: str
    name: str
    sha256: str
    text: str
