"""The part of docs/glossary.md that follows from the code: each mechanic, and what systems call it.

After a change write the page again with `python -m harness.glossary_page`.
"""

from __future__ import annotations

from pathlib import Path

from harness.adapters.data_folder import write_text
from reference_engine.mechanics.registry import FAMILIES, described
from reference_engine.plans.mechanic_pages import PLACES, page_of, tidy

PAGE = Path(__file__).parents[1] / "docs" / "glossary.md"
START = "## Mechanics, and what systems call them"


def reference() -> str:
    """Markdown of every mechanic of every family with its words, by system."""
    parts = [START, "", "From the pages of the mechanics, where the sources stand.", ""]
    for family in FAMILIES:
        known = described(family)
        if not known:
            continue
        parts += [
            f"### {PLACES[family][0]}: what systems say",
            "",
            "| in trueup | what it does | elsewhere |",
            "|---|---|---|",
        ]
        for name, about in known.items():
            words = ". ".join(f"{vendor}: {word}" for vendor, word in about.words.items())
            parts.append(f"| [{name}](mechanics/{page_of(family, name)}) | {about.meaning} | {words} |")
        parts.append("")
    return tidy(parts)


def write_page() -> None:
    """Writes what follows from the code into the page; the part above it stays as it is."""
    text = PAGE.read_text(encoding="utf-8")
    written = text[: text.index(START)] if START in text else text.rstrip() + "\n\n"
    write_text(PAGE, written + reference())


if __name__ == "__main__":
    write_page()
