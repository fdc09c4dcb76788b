"""The step book on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from harness.stepbook.entries import Column, Entry, Table, sections
from harness.stepbook.examples import Example

_MANY_USES = 5
_MANY_TABLES = 4


def listed(all_entries: Iterable[Entry]) -> list[str]:
    """One line for each sentence, under its kind and topic."""
    lines: list[str] = []
    for section in sections(all_entries):
        lines += ["", section.title, *(f"  {e.sentence.id:<4} {e.words}" for e in section.entries)]
    return lines[1:]


def in_full(entry: Entry, words: Sequence[str] = ()) -> list[str]:
    """All that there is to say of one sentence.  words: where a sentence takes many tables, those are shown that have one."""
    lines = [f"{entry.words}  [{entry.sentence.id}]", f"  {entry.sentence.meaning}"]
    tables, examples = _asked_for(entry, words) if len(entry.tables) > 1 else (entry.tables, entry.examples)
    lines += [f"  {{{kind}}} is written {form}" for kind, form in entry.slots if len(entry.tables) < 2]
    if len(tables) > _MANY_TABLES:
        lines += ["", "  Columns, * required:"]
        lines += [f"    these {table.word}: {', '.join(_starred(table))}" for table in tables]
    else:
        lines += [line for table in tables for line in _table(table)]
    if entry.sentence.block:
        lines += ["", f"  A text block follows with {entry.sentence.block}."]
    for example in examples[:3]:
        lines += ["", *(f"    {line}".rstrip() for line in example.text.splitlines())]
    if entry.uses:
        more = len(entry.uses) - _MANY_USES
        lines += ["", f"  Used in {', '.join(entry.uses[:_MANY_USES])}{f' and {more:,} more' if more > 0 else ''}"]
    return lines


def _asked_for(entry: Entry, words: Sequence[str]) -> tuple[Sequence[Table], Sequence[Example]]:
    wanted = [word for text in words for word in text.casefold().split()]
    named = [t for t in entry.tables if any(w in t.word.casefold() for w in wanted)]
    tables = named or [t for t in entry.tables if any(w in f"{c.name} {c.meaning}".casefold() for c in t.columns for w in wanted)]
    shown = tables or entry.tables
    begins = tuple(f"Given these {t.word}:" for t in shown)
    return shown, [e for e in entry.examples if e.text.startswith(begins)]


def as_data(entry: Entry) -> dict[str, Any]:
    """The same for programs."""
    s = entry.sentence
    return {
        "id": s.id,
        "kind": s.kind,
        "topic": entry.topic,
        "pattern": s.pattern,
        "meaning": s.meaning,
        "values": dict(entry.slots),
        "tables": [{"word": t.word, "columns": [_column_data(c) for c in t.columns]} for t in entry.tables],
        "text block": s.block,
        "examples": [e.text for e in entry.examples],
        "uses": list(entry.uses),
    }


def _column_data(column: Column) -> dict[str, Any]:
    return {
        "column": column.name,
        "required": column.required,
        "form": column.form,
        "choices": list(column.choices),
        "meaning": column.meaning,
    }


def _starred(table: Table) -> Sequence[str]:
    return [f"{c.name}*" if c.required else c.name for c in table.columns]


def _table(table: Table) -> list[str]:
    width = max(len(c.name) for c in table.columns) + 1
    lines = ["", f"  Columns{f' of these {table.word}' if table.word else ''}, * required:"]
    for column in table.columns:
        name = f"{column.name}{'*' if column.required else ''}"
        said = " or ".join(column.choices) or column.form
        lines.append(f"    {name:<{width}}  {said}{f'; {column.meaning}' if column.meaning else ''}")
    if table.own_columns:
        lines.append(f"    {'...':<{width}}  columns of your own")
    return lines
