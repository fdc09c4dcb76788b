"""Every Problem that the source makes says where it is and what to do: nobody is told only that something is wrong."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
ROOMS = ("reference_engine", "scenarios", "reports", "harness")
NEEDED = ("where", "remedy")
PROBLEM = ("slug", "what", "where", "why", "remedy", "excerpt")


@dataclass(frozen=True)
class Taker:
    """A function that makes a Problem of what it is given.  names: its parameters, in order; keywords: those by name only."""

    names: tuple[str, ...]
    keywords: tuple[str, ...] = ()

    def lacks(self, call: ast.Call) -> list[str]:
        """What a call of it leaves out or leaves blank."""
        given = dict(zip(self.names, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
        needed = [n for n in NEEDED if n in (*self.names, *self.keywords)]
        return [n for n in needed if n not in given or (isinstance(given[n], ast.Constant) and not given[n].value)]  # type: ignore[attr-defined]  # a Constant has a value


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    files = (f for room in ROOMS for f in sorted((HOUSE / room).rglob("*.py")) if "tests" not in f.parts)
    return tuple((str(f.relative_to(HOUSE)), ast.parse(f.read_text(encoding="utf-8"))) for f in files)


@cache
def takers() -> dict[str, list[Taker]]:
    """Every function or class that takes a slug and lets the remedy be left out, by name.

    Where even the slug may be left out, both have a usual value.
    """
    out = {"Problem": [Taker(PROBLEM)]}
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                made = next((p for p in node.body if isinstance(p, ast.FunctionDef) and p.name == "__init__"), None)
                if made is not None and _takes(made):
                    out.setdefault(node.name, []).append(_taker(made))
            elif isinstance(node, ast.FunctionDef) and node.name != "__init__" and _takes(node):
                out.setdefault(node.name, []).append(_taker(node))
    return out


def _takes(function: ast.FunctionDef) -> bool:
    named = [a.arg for a in function.args.args]
    open_ones = named[len(named) - len(function.args.defaults) :]
    open_ones += [a.arg for a, d in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True) if d is not None]
    return "slug" in named and "slug" not in open_ones and "remedy" in open_ones


def _taker(function: ast.FunctionDef) -> Taker:
    names = tuple(a.arg for a in function.args.args if a.arg not in ("self", "cls"))
    return Taker(names, tuple(a.arg for a in function.args.kwonlyargs))


def lacking(file: str, tree: ast.Module) -> Iterator[str]:
    """Every call that makes a Problem without saying where it is or what to do."""
    known = takers()
    # Sets have an `add` too.
    adds = "Findings" in ast.dump(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in known or (name == "add" and (not adds or len(node.args) < 2)):
            continue
        lacks = min((taker.lacks(node) for taker in known[name]), key=len)
        if lacks:
            yield f"{file}:{node.lineno} {name} without {' and '.join(lacks)}"


def test_every_problem_says_where_it_is_and_what_to_do() -> None:
    assert [lack for file, tree in sources() for lack in lacking(file, tree)] == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("Problem('s', 'w', at, 'why', 'do')", []),
        ("Problem('s', 'w', at, 'why')", ["remedy"]),
        ("Problem('s', 'w', at, remedy='')", ["remedy"]),
        ("Problem('s', 'w', remedy='do')", ["where"]),
        ("run.problem('s', 'w', at, 'why')", ["remedy"]),
        ("part.problem('s', 'w', node)", ["remedy"]),
        ("part.problem('s', 'w', node, remedy='do')", []),
        ("cells.problem('s', row, spec, 'w')", ["remedy"]),
        ("Findings(found).add('s', 'w', 3)", ["remedy"]),
        ("seen.add((name, place))", []),
    ],
)
def test_the_scan_sees_what_is_left_out(call: str, expected: list[str]) -> None:
    found = list(lacking("x.py", ast.parse(call)))
    assert [f.partition(" without ")[2] for f in found] == ([" and ".join(expected)] if expected else [])
