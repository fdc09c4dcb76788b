"""How a mapping says where one of our names is found in a row of the export: column, constant, codes, lookup, pattern or span."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from pathlib import PurePosixPath
from types import MappingProxyType

from harness.adapters.mapping import PERIOD_NAMES, CellSpec, Lookup
from harness.adapters.periods import WrongPattern, period_reader
from harness.adapters.strict import Section
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, did_you_mean

CodeTables = MappingOf[str, dict[str, str]]
NO_TABLES: CodeTables = MappingProxyType({})
OTHERS = ("refuse", "as they are", "not compared")


def cell_spec(
    name: str, node: Node, names: Iterable[str], problems: list[Problem], tables: CodeTables = NO_TABLES
) -> CellSpec | None:
    """Reads how one of our names is found in a row of the export.  tables: the codes that a map may name."""
    known = tuple(names)
    part = Section(node, f'"{name}"', problems)
    if name not in known:
        part.problem(
            "mapping-word",
            f'"{name}" is not a name that expected rows have.',
            node,
            remedy=did_you_mean(name, known),
        )
        return None
    before = len(problems)
    columns = part.texts("column")
    constant_node = part.take("constant")
    constant = constant_node.text() if constant_node is not None else None
    codes = _codes(part, tables)
    lookup = _lookup(part, problems)
    others = part.choice("others", OTHERS, "refuse")
    pattern_node = part.take("pattern")
    span = _span(part, name, problems)
    blank = part.choice("blank", ("refused", "allowed"), "refused") == "allowed"
    part.close()
    if (
        part.sound
        and sum((bool(columns), constant_node is not None, span is not None)) != 1
        and len(problems) == before
    ):
        part.problem(
            "mapping-missing",
            f'"{name}" must say where it is found.',
            remedy="Write column: with a column of the export, or constant: with a value"
            + (", or from: and to: with two columns." if name in PERIOD_NAMES else "."),
        )
    if codes and lookup:
        part.problem("mapping-form", f'"{name}" has both a map and a lookup.', remedy="Keep one.")
    if pattern_node is not None:
        if name not in PERIOD_NAMES:
            part.problem(
                "mapping-form",
                f'a pattern is for periods, not for "{name}".',
                pattern_node,
                why="It would change nothing.",
                remedy='Remove "pattern"; codes are written with "map".',
            )
        else:
            try:
                period_reader(pattern_node.text())
            except WrongPattern as error:
                part.problem(
                    "mapping-pattern",
                    error.what,
                    pattern_node,
                    why="No period of the export could be read.",
                    remedy=error.remedy,
                )
    if len(problems) != before:
        return None
    pattern = pattern_node.text() if pattern_node is not None else ""
    return CellSpec(name, columns, constant, codes, others, lookup, pattern, span, blank, node.where)


def _codes(part: Section, tables: CodeTables) -> dict[str, str] | None:
    node = part.take("map")
    if node is None:
        return None
    if not node.is_text:
        return code_table(part, node)
    if node.text() not in tables:
        part.problem(
            "mapping-word",
            f'no codes are called "{node.text()}".',
            node,
            remedy=did_you_mean(node.text(), tables, f"State them under  codes: {{{node.text()}: ...}}"),
        )
        return None
    return dict(tables[node.text()])


def code_table(part: Section, node: Node) -> dict[str, str]:
    """The target's codes and what each means."""
    if not node.is_mapping or not dict(node.items()):
        part.problem(
            "mapping-form",
            "codes are written as code: meaning.",
            node,
            why="Nothing could be looked up.",
            remedy="Write  {A1: Ana Ruiz, B2: Ben Kay},  the target's code first.",
        )
    return {name: value.text() for name, value in node.items() if _is_text(part, value)}


def _is_text(part: Section, node: Node) -> bool:
    if not node.is_text:
        part.problem(
            "mapping-form",
            f"a code means text, not {node.kind}.",
            node,
            why="A row has one value there.",
            remedy="Write one name behind the code.",
        )
    return node.is_text


def _span(part: Section, name: str, problems: list[Problem]) -> tuple[CellSpec, CellSpec] | None:
    first, last = part.texts("from"), part.texts("to")
    if not first and not last:
        return None
    if name not in PERIOD_NAMES:
        part.problem(
            "mapping-form",
            f'from and to are for periods, not for "{name}".',
            why="Only a period has a first and a last day.",
            remedy="Write  column:  with the column of the export.",
        )
        return None
    if not first or not last:
        part.problem(
            "mapping-missing",
            "a period said by its days needs both from: and to:.",
            why="One day alone names no period.",
            remedy=f'Add "{"to" if first else "from"}:" with the column of the {"last" if first else "first"} day.',
        )
        return None
    return CellSpec("first day", first, where=part.node.where), CellSpec(
        "last day", last, where=part.node.where
    )


def _lookup(part: Section, problems: list[Problem]) -> Lookup | None:
    node = part.take("lookup")
    if node is None:
        return None
    inner = Section(node, "the lookup", problems)
    first, last = inner.text("first"), inner.text("last")
    days = (first, last) if first and last else None
    found = Lookup(
        inner.text("file", must=True), inner.text("from", must=True), inner.text("to", must=days is None), node.where, days
    )
    if (first or last) and not days:
        inner.problem("mapping-missing", "a period looked up by its days needs both first: and last:.", remedy="Name the columns of its first and of its last day.")
    if found.file and not is_plain_path(found.file):
        inner.problem(
            "mapping-path",
            f'"{found.file}" isn\'t a file beside the mapping or the export.',
            node.get("file"),
            why="A mapping reads only what lies beside it or beside the export.",
            remedy="Write the name of a file in one of the two folders, like employees.csv.",
        )
    inner.close()
    return found


def is_plain_path(text: str) -> bool:
    """Whether a path stays inside the folder that it is looked for in."""
    path = PurePosixPath(text.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in text
