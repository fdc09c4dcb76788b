"""Steps and cells that aren't understood for their quotes or blanks alone, mended.

Word processors turn straight quotes into curly ones and plain blanks into others.  Only what can't be understood as it
stands, and can once it is plain, is touched: it has no meaning yet that could change.  Names in tables stay as they are.
"""

from __future__ import annotations

import re

from harness.catalogue import Sentence, find
from harness.features import Cell, WrittenFeature, WrittenStep
from harness.value_types import CELLS, NotAValue
from reference_engine.vocabulary.schemas import Field, TableSchema

_CURLY = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'))
_BLANKS = re.compile(r"\s+")
_UNKNOWN, _WRONG_VALUE, _UNDERSTOOD = range(3)


def repaired(feature: WrittenFeature) -> str:
    """The text of the feature with such steps and cells mended."""
    lines = list(feature.lines)
    steps = {step.line: step for s in feature.scenarios for step in (*s.background, *s.steps)}
    steps |= {step.line: step for step in feature.background}
    for step in steps.values():
        text = mended(step.kind, step.text)
        line = lines[step.line - 1].rstrip()
        if text != step.text and line.endswith(step.text):
            lines[step.line - 1] = line[: -len(step.text)] + text
        if step.table is not None:
            _mend_table(step, text, lines)
    return "\n".join(lines) + "\n"


def mended(kind: str, text: str) -> str:
    """The step's words with plain quotes and blanks, if that is what they lack; else as they are."""
    now = _understood(kind, text)
    if now == _UNDERSTOOD or not kind:
        return text
    straight = text.translate(_CURLY)
    for candidate in (_plain_outside_names(text), _plain_outside_names(straight), _BLANKS.sub(" ", straight)):
        if candidate != text and _understood(kind, candidate) > now:
            return candidate
    return text


def _plain_outside_names(text: str) -> str:
    parts = text.split('"')
    parts[::2] = [_BLANKS.sub(" ", part) for part in parts[::2]]
    return '"'.join(parts).strip()


def _understood(kind: str, text: str) -> int:
    return max((_readable(entry, text) for entry in find(kind, text)), default=_UNKNOWN)


def _readable(entry: Sentence, text: str) -> int:
    try:
        entry.read(entry.texts(text) or {})
    except NotAValue:
        return _WRONG_VALUE
    return _UNDERSTOOD


def _mend_table(step: WrittenStep, text: str, lines: list[str]) -> None:
    """Column names and typed values; a name of a payee or a deal is whatever its author wrote."""
    schema = _schema(step.kind, text)
    if schema is None or step.table is None:
        return
    known = {field.name for field in schema.fields}
    header = [_BLANKS.sub(" ", c.value) if _BLANKS.sub(" ", c.value) in known else c.value for c in step.table.header]
    for cell, name in reversed(list(zip(step.table.header, header, strict=True))):
        _replace(lines, cell, name)
    fields = {field.name: field for field in schema.fields}
    for row in step.table.rows:
        for cell, name in reversed(list(zip(row, header, strict=False))):
            plain = _BLANKS.sub(" ", cell.value)
            field = fields.get(name)
            if field is not None and plain != cell.value and not _fits(field, cell.value) and _fits(field, plain):
                _replace(lines, cell, plain)


def _schema(kind: str, text: str) -> TableSchema | None:
    found = find(kind, text)
    if len(found) != 1 or not _readable(found[0], text):
        return None
    try:
        return found[0].schema(found[0].read(found[0].texts(text) or {}))
    except NotAValue:
        table = found[0].table
        return table if isinstance(table, TableSchema) else None


def _fits(field: Field, text: str) -> bool:
    if field.choices:
        return text in field.choices
    try:
        CELLS[field.kind].read(text)
    except NotAValue:
        return False
    return True


def _replace(lines: list[str], cell: Cell, text: str) -> None:
    """Puts a text in the place of a cell's, where the cell stands on its line as it was read."""
    line, start = lines[cell.line - 1], cell.column - 1
    end = start + len(cell.value)
    if text != cell.value and line[start:end] == cell.value:
        lines[cell.line - 1] = line[:start] + text + line[end:]
