"""An example of each sentence, taken from features that run and kept beside the code.

An installed trueup has no features of its own, so the examples are written down; `python -m harness.sentences_page` does it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from harness.adapters.data_folder import write_text
from harness.catalogue import catalogue

KEPT = Path(__file__).with_name("examples.json")


@dataclass(frozen=True, slots=True)
class Example:
    """A step as it is written in a feature.  source: that feature; "" where it stands in the documentation."""

    text: str
    source: str


@cache
def kept_examples() -> dict[str, tuple[Example, ...]]:
    """The examples of each sentence by its id."""
    found = json.loads(KEPT.read_text(encoding="utf-8"))
    return {id_: tuple(Example(e["text"], e["source"]) for e in examples) for id_, examples in found.items()}


def current_examples() -> str:
    """The text of the file of examples, as it follows from the features now."""
    from harness.sentences_page import chosen_uses, step_lines, uses_of_sentences

    uses = uses_of_sentences()
    found: dict[str, list[dict[str, str]]] = {}
    for entry in catalogue():
        for use in chosen_uses(entry, uses.get(entry.id, [])):
            lines = step_lines(entry, use.step.text, use.step.table, use.step.docstring)
            found.setdefault(entry.id, []).append({"text": "\n".join(lines), "source": use.file})
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def write_examples() -> None:
    """Writes the examples down."""
    write_text(KEPT, current_examples())
    kept_examples.cache_clear()
