"""Profiles: one small YAML file says how a target is reached, what is seeded, what is run and what is fetched."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from harness.adapters.cell_spec_reader import is_plain_path
from harness.adapters.strict import Section
from harness.targets import kinds
from harness.targets.extract import Done, Extract
from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import NOWHERE, Problem, Stopped, Where, did_you_mean
from reference_engine.vocabulary.tables import TABLES

Say = Callable[[str], None]
"""Tells a person what happens now, and how far it is."""


FORMS = ("a number", "the currency", "a fraction", "month first", "day first")


@dataclass(frozen=True)
class SeedCell:
    """How one of the target's columns is filled: from a column of ours, in another form where that is said, or with one text.

    blank: what is written where ours is blank.
    """

    column: str = ""
    form: str = ""
    blank: str = ""
    constant: str = ""


@dataclass(frozen=True)
class Seed:
    """One of the target's tables that is filled, in load order: what others refer to comes first.

    table: the standard table that its rows come from.  into: the target's table, or the name of a file.  columns: the
    target's columns, in its order, and how each is filled.  emptied: whether rows that are there already go.
    """

    table: str
    into: str
    columns: dict[str, SeedCell]
    emptied: bool
    where: Where = NOWHERE


@dataclass(frozen=True)
class SeedRows:
    """What is written into one of the target's tables.  rows: cells as text, in the order of the header."""

    seed: Seed
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class Target(Protocol):
    """One target while it is asked.  Raises Stopped for wrong input, Unreachable where it can't be asked or isn't ready."""

    def seed(self, tables: Sequence[SeedRows], say: Say) -> list[Done]:
        """Fills the target's tables in this order, and counts back what arrived."""

    def run(self, say: Say) -> list[Done]:
        """Has the target calculate, and waits for its end."""

    def fetch(self, folder: Path, say: Say) -> list[Extract]:
        """Writes what the target paid as CSV files (UTF-8, commas, a point as decimal mark, year-month-day) into the folder."""

    def names(self) -> list[str]:
        """What could be fetched, as an entry of `fetch` names it, such as "table: Payee_"."""

    def close(self) -> None:
        """Ends the connection."""


@dataclass(frozen=True)
class Profile:
    """How one target is asked.  opener: connects.  mapping: how its files are read."""

    target: str
    kind: str
    file: Path
    mapping: Path
    seeds: tuple[Seed, ...]
    opener: Callable[[], Target]
    runs: int = 0
    fetches: tuple[str, ...] = field(default=())

    def open(self) -> Target:
        """Connects.  Raises Stopped, or Unreachable."""
        return self.opener()


@dataclass(frozen=True)
class Parts:
    """The parts of a profile that its kind reads.  seeds are read already; what a kind can't seed it says itself."""

    target: str
    file: Path
    connection: Section
    seeds: tuple[Seed, ...]
    run: tuple[Node, ...]
    fetch: tuple[Node, ...]
    problems: list[Problem]


class Kind(Protocol):
    """What a file in `kinds` has to offer."""

    def opener_of(self, parts: Parts) -> tuple[Callable[[], Target], tuple[str, ...]] | None:
        """Reads the kind's own parts, without connecting: how to connect, and the names of the files that it fetches."""


def kind_names() -> list[str]:
    """The words that may stand behind `kind:`."""
    return sorted(m.name for m in pkgutil.iter_modules(kinds.__path__))


def read_profile(path: Path, problems: list[Problem]) -> Profile | None:
    """Reads a profile.  Adds every Problem found; nothing is connected to."""
    node = load_yaml(path, problems)
    return None if node is None else profile_of(node, path, problems)


def profile(path: Path) -> Profile:
    """Reads a profile.  Raises Stopped with every Problem."""
    problems: list[Problem] = []
    found = read_profile(path, problems)
    if problems or found is None:
        raise Stopped(problems)
    return found


def profile_of(node: Node, path: Path, problems: list[Problem]) -> Profile | None:
    """Reads a profile from its document."""
    before = len(problems)
    top = Section(node, "the profile", problems)
    target = top.text("target", must=True)
    top.text("about")
    kind = top.text("kind", must=True)
    if kind and kind not in kind_names():
        top.problem("mapping-word", f'trueup knows no kind of target called "{kind}".', node.get("kind"), remedy=did_you_mean(kind, kind_names()))
        kind = ""
    mapping = path.parent / top.text("mapping", must=True)
    if node.get("mapping") is not None and not mapping.is_file():
        top.problem("file-unreadable", f'there is no mapping "{mapping.name}" beside the profile.', node.get("mapping"), remedy="Correct its name, or put it there.")
    connection = top.take("connection", must=True)
    seed_node, run_node, fetch_node = top.take("seed"), top.take("run"), top.take("fetch", must=True)
    top.close()
    seeds = tuple(s for n in (seed_node.nodes() if seed_node else ()) if (s := _seed(n, problems)) is not None)
    if fetch_node is not None and not fetch_node.nodes():
        top.problem("mapping-form", '"fetch" must be a list.', fetch_node, why="Nothing would be fetched.", remedy="Begin with  - file: payouts.csv")
    if not kind or connection is None or fetch_node is None:
        return None
    module: Kind = importlib.import_module(f"harness.targets.kinds.{kind}")
    part = Section(connection, "the connection", problems)
    runs = tuple(run_node.nodes()) if run_node is not None else ()
    found = module.opener_of(Parts(target, path, part, seeds, runs, tuple(fetch_node.nodes()), problems))
    if len(problems) != before or found is None:
        return None
    opener, files = found
    return Profile(target, kind, path, mapping, seeds, opener, len(runs), files)


def _seed(node: Node, problems: list[Problem]) -> Seed | None:
    before = len(problems)
    part = Section(node, "the seed", problems)
    table, into = part.text("table", must=True), part.text("into", must=True)
    if table and table not in TABLES:
        part.problem("unknown-table", f'"{table}" isn\'t a standard table.', node.get("table"), remedy=did_you_mean(table, TABLES))
    columns = dict(part.entries("columns", lambda n, v: _cell(n, v, problems), must=True))
    known = [f.name for f in TABLES[table].fields] if table in TABLES else []
    for ours in (cell.column for cell in columns.values() if cell.column):
        if known and ours not in known and not TABLES[table].extra_columns:
            part.problem("unknown-column", f'{table} has no column "{ours}".', node.get("columns"), remedy=did_you_mean(ours, known))
    words = ("are removed", "are kept")
    there = part.choice("rows that are there", words, "")
    if not there and node.get("rows that are there") is None:
        part.problem(
            "mapping-missing", f'the seed of "{into}" doesn\'t say what becomes of rows that are there.', node,
            why="Rows of an earlier test would be paid as well; or rows that somebody needs would be lost.",
            remedy='Add  rows that are there: are removed,  or  rows that are there: are kept.',
        )  # fmt: skip
    part.close()
    return Seed(table, into, columns, there == words[0], node.where) if len(problems) == before else None


def _cell(name: str, node: Node, problems: list[Problem]) -> tuple[str, SeedCell] | None:
    if node.is_text:
        return name, SeedCell(node.text())
    part = Section(node, f'"{name}"', problems)
    column, form = part.text("column"), part.choice("as", FORMS, "")
    blank = part.text("blank")
    constant_node = part.take("constant")
    part.close()
    if bool(column) == (constant_node is not None):
        part.problem("mapping-missing", f'"{name}" needs either a column of ours or a constant.', remedy='Write  column: payee,  or  constant: X.')
        return None
    return name, SeedCell(column, form, blank, constant_node.text() if constant_node is not None else "")


def file_name(part: Section, taken: list[str]) -> str:
    """The file that an entry of `fetch` is written to: a plain name, once."""
    name = part.text("file", must=True)
    if name and (not is_plain_path(name) or "/" in name or "\\" in name or not name.endswith(".csv")):
        part.problem("mapping-path", f'"{name}" isn\'t a plain name of a CSV file.', part.node.get("file"), remedy="Write a name like  payouts.csv.")
        return ""
    if name in taken:
        part.problem("mapping-duplicate", f'two entries are fetched into "{name}".', part.node.get("file"), why="The second would overwrite the first.", remedy="Give each a name of its own.")
    taken.append(name)
    return name
