"""The pages of docs that follow from the code: the mechanics, the conventions, and the reference part of docs/plans.md.

    python -m reference_engine.plans.documentation

writes them.
"""

from __future__ import annotations

from pathlib import Path

from reference_engine.mechanics.registry import FAMILIES, described
from reference_engine.plans import convention_page, mechanic_pages
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.plans.mechanic_pages import anchor, family_table, tidy
from reference_engine.vocabulary.schemas import KINDS
from reference_engine.vocabulary.tables import TABLES

DOCS = Path(__file__).parents[2] / "docs"
START = "## Mechanics"
"""Where the part of docs/plans.md begins that follows from the code."""


def reference() -> str:
    """The part of docs/plans.md from START on: what exists, with links, and the standard tables."""
    parts = [
        START,
        "",
        "Each has a page with its parameters, worked examples, sources and what systems call it.",
        "An [index](mechanics/README.md#by-word) finds them by the words of the field.",
        "",
    ]
    for family in FAMILIES:
        if described(family):
            title, *table = family_table(family, "mechanics/")
            parts += [f"#{title}", *table]
    parts += [
        "## Conventions",
        "",
        "Each with its readings, a case and the money that each reading pays: [Conventions](conventions.md). A plan states those that",
        "its mechanics need.",
        "",
        "| convention | question | readings |",
        "|---|---|---|",
    ]
    for name, convention in CONVENTIONS.items():
        readings = "<br>".join(f"`{reading}`: {meaning}" for reading, meaning in convention.readings.items())
        parts.append(f"| [`{name}`](conventions.md#{anchor(name)}) | {convention.question} | {readings} |")
    return tidy([*parts, "", *_tables()])


def pages() -> dict[str, str]:
    """Every page that follows from the code whole: path below docs -> text."""
    return {
        "conventions.md": convention_page.page(),
        **{f"mechanics/{path}": text for path, text in mechanic_pages.pages().items()},
    }


def plans_page(written: str) -> str:
    """docs/plans.md with its reference renewed.  written: the page as it is."""
    return written[: written.index(START)] + reference()


def write(docs: Path = DOCS) -> list[Path]:
    """Writes every page, and removes pages of mechanics that are gone.  Returns what changed."""
    wanted = {docs / path: text for path, text in pages().items()}
    plans = docs / "plans.md"
    wanted[plans] = plans_page(plans.read_text(encoding="utf-8"))
    changed: list[Path] = []
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    for path in sorted((docs / "mechanics").rglob("*.md")):
        if path not in wanted:
            path.unlink()
            changed.append(path)
    return changed


def _tables() -> list[str]:
    parts = ["## Standard tables", ""]
    for schema in TABLES.values():
        parts += [f"**{schema.name}**: {schema.meaning}", ""]
        if schema.extra_columns:
            parts += ["It may have columns of your own, for rules and expressions to look at.", ""]
        parts += ["| column | what it holds | |", "|---|---|---|"]
        for field in schema.fields:
            words = f"one of {', '.join(field.choices)}" if field.choices else KINDS[field.kind]
            must = "required" if field.required else ""
            parts.append(
                f"| {field.name} | {words}{'. ' + field.meaning if field.meaning else ''} | {must} |"
            )
        parts.append("")
        if schema.key:
            parts += [f"One row for each {', '.join(schema.key)}.", ""]
    return parts


if __name__ == "__main__":
    for changed in write():
        print(changed.relative_to(DOCS.parent))
