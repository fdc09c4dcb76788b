"""The step book as one HTML file that needs no network: searched as one types, each example copied with a click."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from harness.stepbook.entries import Entry, sections
from harness.value_types import CELLS, TYPES
from reports.offline_page import asset, offline_page

_SCRIPTS = ("stepbook.js",)


def page(all_entries: Sequence[Entry]) -> str:
    """The whole step book as HTML text."""
    values = {
        "count": len(all_entries),
        "sections": sections(all_entries),
        "types": [(t.name, " or ".join(t.words) or t.form) for t in TYPES.values()],
        "cells": [(name, t.form) for name, t in CELLS.items()],
        "used": any(e.uses for e in all_entries),
        "version": version("trueup"),
    }
    return offline_page("stepbook.html", (asset("report.css"), asset("stepbook.css")), _SCRIPTS, values, {})
