"""A written document as nodes of text that know where they stand.

Plan files, mapping files and the sentences of a feature all become nodes before anything is read from them.
A scalar stays the text its author wrote: YAML's own guesses (yes, 1.10, 2026-01-01) never happen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from reference_engine.problems import NOWHERE, Problem, Where

MAX_BYTES = 4_000_000
MAX_DEPTH = 40
_PLAIN_TAGS = {"str", "int", "float", "bool", "null", "timestamp", "value", "merge", "map", "seq"}


@dataclass(frozen=True)
class Node:
    """A scalar (text), a list of nodes, or a mapping of names to nodes.  keys: where each name stands."""

    value: str | tuple[Node, ...] | dict[str, Node]
    where: Where = NOWHERE
    keys: Mapping[str, Where] | None = None

    @classmethod
    def of(cls, value: object, where: Where = NOWHERE) -> Node:
        """A node from plain text, lists and mappings, all at one place.  Nodes inside keep their own place."""
        if isinstance(value, Node):
            return value
        if isinstance(value, str):
            return cls(value, where)
        if isinstance(value, Mapping):
            return cls(
                {str(k): cls.of(v, where) for k, v in value.items()}, where, {str(k): where for k in value}
            )
        if isinstance(value, Sequence):
            return cls(tuple(cls.of(v, where) for v in value), where)
        raise TypeError(f"a document holds text, lists and mappings, not {type(value).__name__}")

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def is_list(self) -> bool:
        return isinstance(self.value, tuple)

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, dict)

    @property
    def kind(self) -> str:
        return "text" if self.is_text else "a list" if self.is_list else "a mapping"

    def text(self) -> str:
        """The text of a scalar; "" for anything else."""
        return self.value if isinstance(self.value, str) else ""

    def items(self) -> Iterator[tuple[str, Node]]:
        """The entries of a mapping; nothing for anything else."""
        if isinstance(self.value, dict):
            yield from self.value.items()

    def nodes(self) -> tuple[Node, ...]:
        """The entries of a list; nothing for anything else."""
        return self.value if isinstance(self.value, tuple) else ()

    def get(self, name: str) -> Node | None:
        """The entry of a mapping, or None."""
        return self.value.get(name) if isinstance(self.value, dict) else None

    def key_where(self, name: str) -> Where:
        """Where a name of the mapping stands."""
        return (self.keys or {}).get(name, self.where)

    def plain(self) -> object:
        """The same as plain text, lists and dicts."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, tuple):
            return [n.plain() for n in self.value]
        return {k: n.plain() for k, n in self.value.items()}


def load_yaml(path: Path, problems: list[Problem], shown: str | None = None) -> Node | None:
    """Reads a YAML file as nodes.  Adds Problems and returns None where it can't be read.

    shown: the name of the file in Problems; the path as given where absent.
    """
    name = shown if shown is not None else str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        problems.append(
            Problem(
                "file-unreadable",
                f"the file can't be read: {error.strerror}",
                Where(name),
                remedy="Check the path.",
            )
        )
        return None
    if len(data) > MAX_BYTES:
        problems.append(
            Problem(
                "file-too-large",
                f"the file has {len(data):,} bytes; {MAX_BYTES:,} is the limit.",
                Where(name),
                "No plan or mapping is so long; it is likely another file.",
                "Name the right file; records belong in tables (CSV).",
            )
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(
            Problem(
                "file-encoding",
                "the file isn't UTF-8 text.",
                Where(name, line),
                remedy="Save it again with the encoding UTF-8.",
            )
        )
        return None
    return parse_yaml(text, name, problems)


_PLAIN_WORDS = (
    (
        "expected <block end>, but found",
        "this line isn't indented like its neighbours",
        "Begin it in the same column as the lines that it belongs with.",
        False,
    ),
    (
        "could not find expected ':'",
        "there is no blank after a colon, or no colon",
        "Write it like  measure: bookings",
        True,
    ),
    (
        "mapping values are not allowed here",
        "this line doesn't fit the one above",
        "Indent both alike, with blanks, and write a blank after each dash and colon, like  - component: commission",
        False,
    ),
    (
        "expected ',' or",
        "a bracket or brace that is opened here isn't closed, or a comma is missing",
        "Close it, and write a comma between its entries.",
        True,
    ),
    ("cannot start any token", "", "Indent with blanks, not with tabs, and put such a value in quotes.", False),
    ("alias", "", "Write the value out here.", False),
)
"""What the parser says -> what is meant, what to do, and whether the beginning of it is the place to look at."""


def _in_plain_words(error: yaml.MarkedYAMLError) -> tuple[str, str, bool]:
    said = str(error.problem or error.context)
    for part, plain, remedy, at_start in _PLAIN_WORDS:
        if part in said:
            return plain or said, remedy, at_start
    return said, "Check the indentation, the colons and the brackets around here.", False


def parse_yaml(text: str, name: str, problems: list[Problem]) -> Node | None:
    """Reads YAML text as nodes.  name: the file's name in Problems."""
    lines = text.splitlines()
    try:
        # The safe loader's compose step makes nodes and never runs a tag's constructor.
        root = yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        said, remedy, at_start = _in_plain_words(error)
        mark = (error.context_mark if at_start else None) or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        problems.append(
            Problem(
                "yaml-syntax",
                f"this isn't well-formed YAML: {said}.",
                Where(name, line, mark.column + 1 if mark else 0),
                remedy=remedy,
                excerpt=_excerpt(lines, line),
            )
        )
        return None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        problems.append(
            Problem(
                "yaml-syntax",
                f"there is a character here that can't stand in YAML (number {ord(error.character):#06x})."
                if isinstance(error.character, str)
                else "there is a character here that can't stand in YAML.",
                Where(name, line),
                remedy="Remove it.",
            )
        )
        return None
    except RecursionError:
        problems.append(_too_deep(Where(name, 1)))
        return None
    except yaml.YAMLError as error:
        problems.append(
            Problem(
                "yaml-syntax",
                f"this isn't well-formed YAML: {error}".splitlines()[0],
                Where(name, 1),
                "Nothing of the file could be read.",
                "Check the indentation, the colons and the brackets.",
            )
        )
        return None
    if root is None:
        problems.append(
            Problem(
                "file-empty",
                "the file is empty.",
                Where(name),
                remedy="Write the document, or remove the file.",
            )
        )
        return None
    before = len(problems)
    node = _convert(root, name, lines, problems, 0)
    return node if len(problems) == before else None


class _PlainLoader(yaml.SafeLoader):
    """Refuses aliases: a few lines of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it untyped
            raise yaml.MarkedYAMLError(problem="an alias (*name) isn't allowed", problem_mark=mark)
        return super().compose_node(parent, index)


def _convert(raw: yaml.Node, name: str, lines: list[str], problems: list[Problem], depth: int) -> Node:
    where = Where(name, raw.start_mark.line + 1, raw.start_mark.column + 1)
    if depth > MAX_DEPTH:
        problems.append(_too_deep(where))
        return Node("", where)
    if raw.tag.removeprefix("tag:yaml.org,2002:") not in _PLAIN_TAGS:
        problems.append(
            Problem(
                "yaml-tag",
                f'the tag "{raw.tag.replace("tag:yaml.org,2002:", "!!")}" isn\'t allowed.',
                where,
                remedy="Remove the exclamation mark and the word after it.",
            )
        )
        return Node("", where)
    if isinstance(raw, yaml.ScalarNode):
        text = str(raw.value)
        if raw.style is None and raw.tag == "tag:yaml.org,2002:null":
            text = "" if text in ("~", "null", "Null", "NULL", "") else text
        return Node(text, where)
    if isinstance(raw, yaml.SequenceNode):
        return Node(tuple(_convert(n, name, lines, problems, depth + 1) for n in raw.value), where)
    entries: dict[str, Node] = {}
    keys: dict[str, Where] = {}
    for key_node, value_node in raw.value:
        key_where = Where(name, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
            problems.append(
                Problem(
                    "yaml-key",
                    "a name must be plain text.",
                    key_where,
                    "Nobody could look it up.",
                    "Write a word before the colon, like  rate: 8%",
                    _excerpt(lines, key_where.line),
                )
            )
            continue
        key = str(key_node.value)
        if key in entries:
            problems.append(
                Problem(
                    "yaml-duplicate",
                    f'"{key}" stands twice here; the first is on line {keys[key].line}.',
                    key_where,
                    why="Only one of them could count.",
                    remedy="Remove one.",
                    excerpt=_excerpt(lines, key_where.line),
                )
            )
            continue
        keys[key] = key_where
        entries[key] = _convert(value_node, name, lines, problems, depth + 1)
    return Node(entries, where, keys)


def _too_deep(where: Where) -> Problem:
    return Problem(
        "yaml-nesting",
        "the document is nested too deeply.",
        where,
        f"Nothing that trueup reads has more than {MAX_DEPTH} levels.",
        "Take out brackets or indentation; a slip often opens many levels.",
    )


def _excerpt(lines: list[str], line: int) -> str:
    return f"{line:>4} | {lines[line - 1]}" if 0 < line <= len(lines) else ""
