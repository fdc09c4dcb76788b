"""Reads the files of published examples, strictly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.calendar import Calendar
from reference_engine.vocabulary.tables import TextTable

FOLDER = Path(__file__).parent / "examples"
STATUSES = ("reproduced", "inconsistent", "out of scope")
ROWS = ("payouts", "lines", "credits", "attainments", "quotas", "balances", "figures")


@dataclass(frozen=True)
class Rounded:
    """A column that the source prints rounded.  decimals: None for as many as each cell shows."""

    column: str
    decimals: int | None
    mode: str


@dataclass(frozen=True)
class Case:
    """One run.  expected: kind of result -> rows of cells, the header first.  problems: (slug, words) refused."""

    name: str
    plans: tuple[Node, ...]
    tables: tuple[TextTable, ...]
    calendar: Calendar | None
    as_of: date | None
    until: date | None
    expected: dict[str, list[tuple[str, ...]]]
    total: tuple[str, str]
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Example:
    """One published example with everything its file says."""

    name: str
    title: str
    source: str
    shows: str
    status: str
    why: str
    file: str
    rounded: tuple[Rounded, ...] = ()
    cases: tuple[Case, ...] = ()
    where: Where = field(default_factory=Where)


class BadFile(Exception):
    """A file of examples isn't in its form."""


def examples() -> list[Example]:
    """Every example of every file, in the order of the files."""
    return [e for path in sorted(FOLDER.glob("*.yaml")) for e in read(path)]


def read(path: Path) -> Iterator[Example]:
    problems: list[Problem] = []
    root = load_yaml(path, problems, path.name)
    if root is None or not root.is_list:
        raise BadFile("\n".join(map(str, problems)) or f"{path.name} must be a list of examples")
    for node in root.nodes():
        yield _example(node, path.name)


def _example(node: Node, file: str) -> Example:
    known = ("example", "title", "source", "shows", "status", "why", "rounded", "plans", "tables", "cases")
    _only(node, known)
    status = _text(node, "status", "reproduced")
    if status not in STATUSES:
        raise BadFile(f"{node.where}: status must be one of {', '.join(STATUSES)}")
    if (status == "reproduced") == bool(_text(node, "why")):
        raise BadFile(f"{node.where}: say why, and only where the number isn't reproduced")
    cases = tuple(_case(c, node) for c in _list(node, "cases"))
    if (status in ("reproduced", "inconsistent")) != bool(cases):
        raise BadFile(f"{node.where}: cases belong to what is calculated, and only to that")
    shown = any(
        any(h.startswith("published ") for h in rows[0]) for case in cases for rows in case.expected.values()
    ) or any(case.total[1] for case in cases)
    if shown != (status == "inconsistent"):
        raise BadFile(
            f"{node.where}: an inconsistent example, and only that, shows what was published instead"
        )
    return Example(
        _needed(node, "example"),
        _needed(node, "title"),
        _needed(node, "source"),
        _needed(node, "shows"),
        status,
        _text(node, "why"),
        file,
        tuple(_rounded(r) for r in _list(node, "rounded")),
        cases,
        node.where,
    )


def _rounded(node: Node) -> Rounded:
    _only(node, ("column", "decimals", "mode", "why"))
    _needed(node, "why")
    decimals = _needed(node, "decimals")
    return Rounded(
        _needed(node, "column"),
        None if decimals == "as printed" else int(decimals),
        _text(node, "mode", "half up"),
    )


def _case(node: Node, example: Node) -> Case:
    _only(node, ("case", "plans", "tables", "fiscal years", "as of", "until", "expect"))
    expect = node.get("expect")
    if expect is None:
        raise BadFile(f"{node.where}: the case expects nothing")
    _only(expect, (*ROWS, "total", "problems"))
    years = node.get("fiscal years")
    total = expect.get("total")
    if total is not None and total.is_mapping:
        _only(total, ("exact", "published"))
    return Case(
        _text(node, "case", "the example"),
        (*_list(example, "plans"), *_list(node, "plans")),
        tuple(
            _table(name, text)
            for of in (example, node)
            for name, text in (of.get("tables") or Node.of({})).items()
        ),
        None if years is None else Calendar(tuple((int(y[2:]), _day(d)) for y, d in years.items())),
        _day(node.get("as of")) if node.get("as of") else None,
        _day(node.get("until")) if node.get("until") else None,
        {kind: _cells(rows) for kind, rows in expect.items() if kind in ROWS},
        (total.text() or _text(total, "exact"), _text(total, "published")) if total is not None else ("", ""),
        tuple((_needed(p, "slug"), _needed(p, "says")) for p in _list(expect, "problems")),
    )


def _table(name: str, node: Node) -> TextTable:
    rows = _cells(node)
    line = node.where.line
    return TextTable(
        name,
        rows[0],
        tuple(rows[1:]),
        node.where.file,
        tuple(range(line + 2, line + 1 + len(rows))),
        line + 1,
    )


def _cells(node: Node) -> list[tuple[str, ...]]:
    rows = [tuple(c.strip() for c in row.split("|")) for row in node.text().splitlines() if row.strip()]
    if not rows:
        raise BadFile(f"{node.where}: a table is empty")
    return rows


def _day(node: Node | None) -> date:
    return date.fromisoformat(node.text() if node is not None else "")


def _only(node: Node, known: tuple[str, ...]) -> None:
    unknown = [name for name, _ in node.items() if name not in known]
    if unknown or not node.is_mapping:
        raise BadFile(f"{node.where}: {', '.join(unknown) or 'this'} is none of: {', '.join(known)}")


def _text(node: Node, name: str, otherwise: str = "") -> str:
    entry = node.get(name)
    return otherwise if entry is None else entry.text().strip()


def _needed(node: Node, name: str) -> str:
    text = _text(node, name)
    if not text:
        raise BadFile(f'{node.where}: "{name}" isn\'t stated')
    return text


def _list(node: Node, name: str) -> tuple[Node, ...]:
    entry = node.get(name)
    if entry is not None and not entry.is_list:
        raise BadFile(f'{entry.where}: "{name}" must be a list')
    return entry.nodes() if entry is not None else ()
