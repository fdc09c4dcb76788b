"""The part of docs/features.md that follows from the code: values, sentences and what their words settle.

The examples are steps of features that run.  After a change write the page again with `python -m harness.sentences_page`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.adapters.data_folder import write_text
from harness.catalogue import Sentence, catalogue, find
from harness.feature_files import find_features
from harness.feature_tables import aligned
from harness.features import (
    WrittenFeature,
    WrittenStep,
    WrittenTable,
    parse_feature,
    read_feature,
)
from harness.plan_drafts import PROFILE
from harness.stepbook.examples import write_examples
from harness.table_schemas import RECORD_SCHEMAS, described
from harness.value_types import CELLS, TYPES
from reference_engine.plans.document import load_yaml
from reference_engine.vocabulary.schemas import Field, TableSchema
from reference_engine.vocabulary.tables import TABLES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "features.md"
START = "## Values"
PROFILES = ROOT / "reference_engine" / "conventions"
_WORDS = {"given": "Facts: Given", "when": "The event: When", "then": "What must come out: Then"}
_BLOCK = re.compile(r"^```gherkin\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Use:
    """A step of a feature that runs.  file: where it stands, seen from docs; "" for the page itself."""

    step: WrittenStep
    file: str

    @property
    def size(self) -> tuple[int, int, str, int]:
        """Short ones are the better examples."""
        rows = (self.step.table.header, *self.step.table.rows) if self.step.table else ()
        width = sum(len(c.value) for c in rows[0]) if rows else 0
        return len(rows), width + len(self.step.text), self.file, self.step.line


def reference() -> str:
    """Markdown of the values, of every sentence with its table and an example that runs, and of the silent settings."""
    uses = uses_of_sentences()
    parts = [START, "", "Each value has one form. Another one is answered with what was probably meant.", ""]
    parts += ["| in a sentence | how it is written |", "|---|---|"]
    parts += [f"| `{{{name}}}` | {_form(t.form, t.words)} |" for name, t in TYPES.items()]
    parts += ["| `\"{...}\"` | a name in straight double quotes |", ""]
    parts += ["| in a table | how it is written |", "|---|---|"]
    parts += [f"| {name} | {t.form} |" for name, t in CELLS.items()]
    parts += ["", "## Sentences", ""]
    kind = topic = ""
    for entry in catalogue():
        if entry.kind != kind:
            kind, topic = entry.kind, ""
            parts += [f"### {_WORDS[kind]}", ""]
        if kind == "given" and entry.topic != topic:
            topic = entry.topic
            parts += [f"*{topic.replace('_', ' ').capitalize()}*", ""]
        parts += _sentence(entry, uses.get(entry.id, []))
    parts += [*_settled(), ""]
    return "\n".join(parts).replace(".  ", ". ").rstrip() + "\n"


def uses_of_sentences(features: Iterable[tuple[WrittenFeature, str]] | None = None) -> dict[str, list[Use]]:
    """The steps of features by the sentence that they are: of the project's own and those on the page, where none are given."""
    found: dict[str, list[Use]] = {}
    for feature, file in _features() if features is None else features:
        for case in feature.cases():
            for step in case.steps():
                for entry in find(step.kind, step.text):
                    found.setdefault(entry.id, []).append(Use(step, file))
    return found


def page_features() -> list[str]:
    """The whole features that the written part of the page holds."""
    text = PAGE.read_text(encoding="utf-8")
    written = text[: text.index(START)] if START in text else text
    return [block for block in _BLOCK.findall(written) if re.search(r"^\s*Feature:", block, re.MULTILINE)]


def write_page() -> None:
    """Writes what follows from the code into the page; the part above it stays as it is.  The step book's examples too."""
    text = PAGE.read_text(encoding="utf-8")
    write_text(PAGE, text[: text.index(START)] + reference())
    write_examples()


def _features() -> Iterator[tuple[WrittenFeature, str]]:
    for path in find_features([ROOT / "features"]):
        feature = read_feature(path, [])
        if feature is not None:
            yield feature, path.relative_to(ROOT).as_posix()
    for block in page_features():
        feature = parse_feature(block, PAGE.name, [])
        if feature is not None:
            yield feature, ""


def _sentence(entry: Sentence, uses: Sequence[Use]) -> list[str]:
    out = [f"**{entry.id}** `{entry.pattern}`", "", entry.meaning, ""]
    if entry.table is not None:
        out += _table(entry)
    if entry.block:
        out += [f"Below it stands a text block with {entry.block}.", ""]
    if not uses:
        # A test proves that such a sentence is refused.
        return [*out, "Not calculated yet: a scenario with it is refused.", "", *_gherkin(entry, entry.example)]
    for use in chosen_uses(entry, uses):
        out += _gherkin(entry, use.step.text, use.step.table, use.step.docstring)
        if use.file:
            out += [f"From [{Path(use.file).name}](../{use.file}).", ""]
    return out


def chosen_uses(entry: Sentence, uses: Sequence[Use]) -> list[Use]:
    """The shortest use; where a word decides which table follows, the shortest for each word."""
    best: dict[str, Use] = {}
    decides = [name for name, kind in entry.slots if kind and TYPES[kind].decides]
    for use in sorted(uses, key=lambda u: u.size):
        texts = entry.texts(use.step.text) or {}
        best.setdefault(" ".join(texts[name] for name in decides), use)
    return [best[word] for word in sorted(best)]


def _table(entry: Sentence) -> list[str]:
    schema = entry.table
    if not isinstance(schema, TableSchema):
        out = ["| records | columns |", "|---|---|"]
        for word, table in RECORD_SCHEMAS.items():
            out.append(f"| these {word}: | {described(table)} |")
        return [*out, "", "What the columns hold: [standard tables](plans.md#standard-tables).", ""]
    if schema.name in TABLES:
        return [f"Columns of the [standard table](plans.md#standard-tables) {schema.name}: {described(schema)}.", ""]
    out = ["| column | how it is written | |", "|---|---|---|"]
    return [*out, *(_column(field) for field in schema.fields), ""]


def _column(field: Field) -> str:
    form = " or ".join(field.choices) if field.choices else CELLS[field.kind].form
    meaning = f"; {field.meaning}" if field.meaning else ""
    return f"| {field.name} | {form}{meaning} | {'required' if field.required else ''} |"


def _gherkin(entry: Sentence, text: str, table: WrittenTable | None = None, block: str | None = None) -> list[str]:
    return ["```gherkin", *step_lines(entry, text, table, block), "```", ""]


def step_lines(entry: Sentence, text: str, table: WrittenTable | None = None, block: str | None = None) -> list[str]:
    """A step with its table or text block as it is written in a feature."""
    out = [f"{entry.kind.capitalize()} {text}"]
    if table is not None:
        rows = [[_escaped(c.value) for c in row] for row in (table.header, *table.rows)]
        out += [f"  {line}" for line in aligned(rows)]
    if block is not None:
        lines = block.replace('"""', '\\"\\"\\"').splitlines()
        out += ['  """', *(f"  {line}".rstrip() for line in lines), '  """']
    return out


def _escaped(cell: str) -> str:
    return cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")


def _form(form: str, words: Sequence[str]) -> str:
    return " or ".join(f"`{word}`" for word in words) if words else form


def _settled() -> list[str]:
    """The readings of the profile that plans made of sentences follow."""
    out = [
        "## What the sentences settle",
        "",
        "A plan that is stated in sentences follows these [conventions](plans.md#conventions), because its words say so. A plan file states its own.",
        "",
        "| convention | reading | because of |",
        "|---|---|---|",
    ]
    node = load_yaml(PROFILES / f"{PROFILE.replace(' ', '_')}.yaml", [])
    for name, entry in node.items() if node is not None else ():
        reading, source = (part.text() if (part := entry.get(key)) is not None else "" for key in ("is", "source"))
        out.append(f"| `{name}` | {reading} | {source} |")
    return out


if __name__ == "__main__":
    write_page()
