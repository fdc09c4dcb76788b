"""A list of requirements as CSV, such as any tool that keeps requirements exports."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path
from typing import Literal

from harness.evidence.inputs import shown
from reference_engine.problems import Problem, Where, did_you_mean
from reports.requirement_types import Requirement, RequirementList

COLUMNS = ("id", "title", "severity", "optional")
_OPTIONAL: dict[str, Literal["yes", "no"]] = {"": "no", "no": "no", "yes": "yes"}
_WHY = "A requirement that is read wrongly could count as proved, or be overlooked."


def read_requirements(path: Path, problems: list[Problem]) -> RequirementList | None:
    """Reads id, title, severity (sev1 to sev4) and optional (yes or no).  None, with Problems, where it can't."""
    name = shown(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        problems.append(
            Problem(
                "file-unreadable",
                f"the list of requirements can't be read: {error.strerror}.",
                Where(name),
                remedy="Check the path.",
            )
        )
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _problem(problems, name, 0, "the list of requirements is not UTF-8 text.", "Save it as CSV UTF-8.")
        return None
    before = len(problems)
    rows = _rows(text, name, problems)
    if not rows:
        return None
    header = [cell.strip().casefold() for cell in rows[0][1]]
    for cell in header:
        if cell not in COLUMNS:
            _problem(
                problems, name, rows[0][0], f'the column "{cell}" isn\'t known.', did_you_mean(cell, COLUMNS)
            )
    for column in COLUMNS[:2]:
        if column not in header:
            _problem(
                problems,
                name,
                rows[0][0],
                f'there is no column "{column}".',
                f"Name the columns {', '.join(COLUMNS)}.",
            )
    if len(set(header)) < len(header):
        _problem(problems, name, rows[0][0], "a column stands twice.", "Remove one of them.")
    if len(problems) > before:
        return None
    found = [
        r for line, cells in rows[1:] if (r := _requirement(line, header, cells, name, problems)) is not None
    ]
    seen: dict[str, int] = {}
    for r in found:
        if r.id in seen:
            _problem(
                problems,
                name,
                r.line,
                f'the requirement "{r.id}" stands in line {seen[r.id]} already.',
                "Keep one of them.",
            )
        seen.setdefault(r.id, r.line)
    if not found and len(problems) == before:
        _problem(problems, name, 0, "the list holds no requirement.", "Add one row for each.")
    if len(problems) > before:
        return None
    return RequirementList(name, hashlib.sha256(content).hexdigest(), tuple(found))


def _rows(text: str, name: str, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        _problem(problems, name, reader.line_num, f"this row can't be read: {error}.", "Close its quotes.")
        return []
    if not rows:
        _problem(
            problems, name, 0, "the list of requirements is empty.", f"Begin it with {','.join(COLUMNS)}."
        )
    return rows


def _requirement(
    line: int, header: list[str], cells: list[str], name: str, problems: list[Problem]
) -> Requirement | None:
    if len(cells) != len(header):
        _problem(
            problems,
            name,
            line,
            f"this row has {len(cells)} cells for {len(header)} columns.",
            "Put quotes around a text with the separator in it.",
        )
        return None
    values = dict(zip(header, (cell.strip() for cell in cells), strict=True))
    severity = values.get("severity", "").casefold().removeprefix("sev")
    optional = values.get("optional", "").casefold()
    before = len(problems)
    if not values["id"] or any(c.isspace() for c in values["id"]):
        what = (
            "this requirement has no id." if not values["id"] else f'the id "{values["id"]}" holds a blank.'
        )
        _problem(problems, name, line, what, "Write the id as the tag @req: has it, like PAY-07.")
    if severity not in ("", "1", "2", "3", "4"):
        _problem(
            problems,
            name,
            line,
            f'"{values["severity"]}" is no severity.',
            "Write sev1, sev2, sev3, sev4 or nothing.",
        )
    if optional not in _OPTIONAL:
        _problem(
            problems,
            name,
            line,
            f'"{values["optional"]}" doesn\'t say whether it is optional.',
            "Write yes, no or nothing.",
        )
    if len(problems) > before:
        return None
    return Requirement(values["id"], values["title"], severity, _OPTIONAL[optional], line)


def _problem(problems: list[Problem], file: str, line: int, what: str, remedy: str) -> None:
    problems.append(Problem("requirement-list", what, Where(file, line), _WHY, remedy))
