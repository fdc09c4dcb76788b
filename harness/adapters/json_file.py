"""Exports as JSON: rows of objects, or column names with rows of cells as REST answers have them.  Numbers stay their own text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from harness.adapters.cultures import number_form
from harness.adapters.findings import Findings
from harness.adapters.text_format import MAX_CELL, TextFile, TextFormat, TextRow

_DEEP = 20


class _Number(str):
    """A number as it stands in the file; every digit counts."""

    __slots__ = ()


class _NotRows(ValueError):
    """The document can't be read as rows; slug, what, why and remedy for people."""

    def __init__(self, slug: str, what: str, why: str, remedy: str) -> None:
        super().__init__(what)
        self.slug, self.what, self.why, self.remedy = slug, what, why, remedy


def read_json(text: str, form: TextFormat, findings: Findings) -> TextFile | None:
    """The rows of a JSON document; None, with a finding, where it has none or is damaged.  A row's line is its number."""
    try:
        found = json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_no_number, object_pairs_hook=_object)
        header, rows, notes = _table(_at(found, form.rows_at), form)
    except _NotRows as error:
        findings.add(error.slug, error.what, why=error.why, remedy=error.remedy)
        return None
    except json.JSONDecodeError as error:
        findings.add("json-damaged", f"the JSON is damaged or cut off: {error.msg}.", error.lineno, why="Rows would be missing.", remedy="Export or fetch it again.")
        return None
    except RecursionError:
        findings.add("json-rows", "the JSON is nested too deeply.", why="No export is.", remedy="Export rows.")
        return None
    if not rows:
        findings.add("file-empty", "the file has no rows.", remedy="Export it again; check the period and the rights of the user.")
        return None
    return TextFile(header, 0, rows, notes=notes)


def _no_number(word: str) -> str:
    raise _NotRows("json-damaged", f"the JSON holds {word}, which is no number.", "Nothing can be compared with it.", "Correct the calculation in the target.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        twice = next(name for at, (name, _) in enumerate(pairs) if name in dict(pairs[:at]))
        raise _NotRows("column-twice", f'an object has two values called "{twice}".', "It can't be told which of the two counts.", "Name them apart in the export.")
    return names


def _at(found: Any, path: str) -> Any:
    """What stands at a path such as data.items; without a path, the only list of the top level."""
    if path:
        for name in path.split("."):
            if not isinstance(found, dict) or name not in found:
                there = ", ".join(found) if isinstance(found, dict) else "a list"
                raise _NotRows("json-rows", f'the JSON has no "{path}"; at this place it has {there}.', "The rows are looked for there.", "Correct  rows at:  in the mapping's format.")
            found = found[name]
        return found
    if isinstance(found, dict) and "columnDefinitions" not in found:
        lists = [name for name, value in found.items() if isinstance(value, list)]
        if len(lists) != 1:
            said = f"several lists: {', '.join(lists)}" if lists else f"no list, only {', '.join(list(found)[:10])}"
            raise _NotRows("json-rows", f"the JSON has {said}.", "It can't be told where the rows are.", "Say  rows at: NAME  in the mapping's format.")
        return found[lists[0]]
    return found


def _table(found: Any, form: TextFormat) -> tuple[tuple[str, ...], list[TextRow], tuple[str, ...]]:
    if isinstance(found, dict) and "columnDefinitions" in found:
        return _of_cells(found, form)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise _NotRows("json-rows", "the rows of the JSON aren't objects with names.", "Without names it can't be told which value is which.", "Export objects, or say  rows at:  where they are.")
    flat = [dict(_flat(row, "", 0)) for row in found]
    header = tuple(dict.fromkeys(name for row in flat for name in row))
    rows = [TextRow(n, [_text(row.get(name), form) for name in header], json.dumps(source, ensure_ascii=False)) for n, (row, source) in enumerate(zip(flat, found, strict=True), 1)]
    return header, rows, ()


def _of_cells(found: dict[str, Any], form: TextFormat) -> tuple[tuple[str, ...], list[TextRow], tuple[str, ...]]:
    """Column definitions with rows of cells; one client reads both one list deeper, so both shapes are known."""
    definitions, data = found["columnDefinitions"], found.get("data")
    notes: tuple[str, ...] = ()
    if isinstance(definitions, list) and len(definitions) == 1 and isinstance(definitions[0], list):
        definitions = definitions[0]
        data = data[0] if isinstance(data, list) and len(data) == 1 else data
        notes = ("The answer has its columns and rows one list deeper than documented.",)
    if not isinstance(definitions, list) or not isinstance(data, list) or not all(isinstance(d, dict) and isinstance(d.get("name"), str) for d in definitions):
        raise _NotRows("json-rows", "the answer has no column names or no data.", "It can't be told which value is which.", "Fetch it again.")
    header = tuple(d["name"] for d in definitions)
    if len(set(header)) < len(header):
        raise _NotRows("column-twice", "two columns have the same name.", "It can't be told which of the two counts.", "Name them apart in the target.")
    rows = []
    for number, cells in enumerate(data, 1):
        if not isinstance(cells, list) or len(cells) > len(header):
            raise _NotRows("cell-count", f"row {number:,} has more cells than there are columns, or is no row.", "Its values can't be told apart.", "Fetch it again.")
        padded = [*cells, *[None] * (len(header) - len(cells))]
        rows.append(TextRow(number, [_text(cell, form) for cell in padded], json.dumps(cells, ensure_ascii=False)))
    return header, rows, notes


def _flat(row: dict[str, Any], before: str, depth: int) -> Sequence[tuple[str, Any]]:
    """Objects in objects by their path: payee.name, value.value."""
    if depth > _DEEP:
        raise _NotRows("json-rows", "its objects are nested too deeply.", "No export is.", "Export rows.")
    out: list[tuple[str, Any]] = []
    for name, value in row.items():
        out += _flat(value, f"{before}{name}.", depth + 1) if isinstance(value, dict) else [(before + name, value)]
    return out


def _text(value: Any, form: TextFormat) -> str:
    """A value as the mapping's format would have it in a text file; null is blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, _Number):
        mark = number_form(form.culture, form.negative).decimal
        return value.replace(".", mark) if mark != "." else str(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) > MAX_CELL:
        raise _NotRows("json-rows", f"a value has more than {MAX_CELL:,} characters.", "No cell of an export has.", "Leave it out of the export.")
    return text
