"""docs/plans.md holds the reference that follows from the code."""

from __future__ import annotations

from pathlib import Path

from reference_engine.plans.documentation import reference

PAGE = Path(__file__).parents[2] / "docs" / "plans.md"


def test_the_page_holds_the_reference() -> None:
    text = PAGE.read_text(encoding="utf-8")
    written = text[text.index("## Mechanics") :]
    assert written == reference(), "docs/plans.md is out of date: write reference_engine.plans.documentation.reference() from '## Mechanics' on"
