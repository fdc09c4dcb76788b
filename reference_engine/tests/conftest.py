"""What the tests of the engine say at their end: how many published examples came out."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis.internal.conjecture import providers

# Hypothesis also draws constants that it finds in our own modules.  Which ones are loaded differs from session to session, so a
# world that fails in a whole session couldn't be drawn again by its test alone.  An unchanged test draws unchanged worlds.
if hasattr(providers, "is_local_module_file"):
    providers.is_local_module_file = lambda _path: False


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line with the published examples that were run."""
    counted: Counter[str] = Counter()
    failed = 0
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            if (
                getattr(report, "when", "") != "call"
                or "published/test_published.py::test_example[" not in report.nodeid
            ):
                continue
            status = dict(report.user_properties).get("published example")
            if outcome == "passed" and isinstance(status, str):
                counted[status] += 1
            else:
                failed += 1
    total = counted.total() + failed
    if total:
        words = [
            f"{counted['reproduced']} reproduced",
            f"{counted['inconsistent']} shown inconsistent",
            f"{counted['out of scope']} out of scope",
        ]
        words += [f"{failed} FAILED"] if failed else []
        terminalreporter.write_line(f"published examples: {', '.join(words)} of {total}")
