"""Every kind of problem that the source can report stands in docs/problems.md, and no other."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

HOUSE = Path(__file__).parents[2]
PAGE = HOUSE / "docs" / "problems.md"
ROOMS = ("reference_engine", "scenarios", "reports", "harness")
SLUG = re.compile(r"[a-z]+(-[a-z0-9]+)*\Z")
MADE = {"no-id", "no-req", "no-sev"}
"""Slugs that the feature linter puts together."""


def sources() -> dict[Path, ast.Module]:
    files = (f for room in ROOMS for f in sorted((HOUSE / room).rglob("*.py")) if "tests" not in f.parts)
    return {f: ast.parse(f.read_text(encoding="utf-8")) for f in files}


def takers(tree: ast.Module) -> dict[str, int]:
    """The functions and classes of a file that take a slug, and at which position."""
    out = {"Problem": 0, "problem": 0}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if (
                    isinstance(part, ast.FunctionDef)
                    and part.name == "__init__"
                    and (at := _position(part)) is not None
                ):
                    out[node.name] = at
        elif (
            isinstance(node, ast.FunctionDef)
            and node.name != "__init__"
            and (at := _position(node)) is not None
        ):
            out[node.name] = at
    return out


def _position(function: ast.FunctionDef) -> int | None:
    names = [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
    return names.index("slug") if "slug" in names else None


def reported() -> dict[str, str]:
    """Every slug in the source -> a place that reports it."""
    trees = sources()
    by_room: dict[tuple[str, ...], dict[str, int]] = {}
    for file, tree in trees.items():
        # A short name such as `add` takes a slug only beside the file that defines it, or where that is imported.
        by_room.setdefault(file.parent.parts, {}).update(takers(tree))
    out: dict[str, str] = {}
    for file, tree in trees.items():
        known = dict(by_room[file.parent.parts])
        if "Findings" in ast.dump(tree):
            known["add"] = 0
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = (
                node.func.id
                if isinstance(node.func, ast.Name)
                else node.func.attr
                if isinstance(node.func, ast.Attribute)
                else ""
            )
            if name in known:
                given = (
                    node.args[known[name]]
                    if len(node.args) > known[name]
                    else next((k.value for k in node.keywords if k.arg == "slug"), None)
                )
                for part in ast.walk(given) if isinstance(given, ast.IfExp) else (given,):
                    if (
                        isinstance(part, ast.Constant)
                        and isinstance(part.value, str)
                        and SLUG.match(part.value)
                    ):
                        out[part.value] = f"{file.relative_to(HOUSE)}:{node.lineno}"
    return out


def documented() -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_slug_is_documented() -> None:
    found = reported()
    assert len(found) > 150, "the scan of the source finds too little"
    missing = {slug: place for slug, place in found.items() if slug not in documented()}
    assert missing == {}


def test_the_page_names_no_slug_that_is_never_reported() -> None:
    assert set(documented()) - set(reported()) - MADE == set()


def test_each_slug_has_one_row_that_says_what_to_do() -> None:
    assert [slug for slug, count in Counter(documented()).items() if count > 1] == []
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert [row for row in rows if len([c for c in row.split(" | ") if c.strip(" |")]) != 3] == []
