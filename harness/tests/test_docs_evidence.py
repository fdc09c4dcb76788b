"""docs/evidence.md: every place that it names is in a package, every command is one, every state is shown."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import click

from harness.cli.main import program
from harness.evidence.manifest_types import SHEET, STATEMENTS
from harness.tests.evidence_packages import sealed

__all__ = ["sealed"]
PAGE = (Path(__file__).resolve().parents[2] / "docs" / "evidence.md").read_text("utf-8")


def test_the_twenty_items_have_their_places() -> None:
    assert [int(n) for n in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)] == list(range(1, 21))


def test_every_part_of_the_manifest_that_is_named_is_there(sealed: Path) -> None:
    manifest: Any = json.loads((sealed / "out/manifest.json").read_text("ascii"))
    named = re.findall(r"`((?:content|circumstances)(?:\.[a-z_\[\]]+)+)`", PAGE)
    assert len(named) >= 14
    for path in set(named) - {"circumstances.history"}:
        part = manifest
        for name in path.replace("[]", ".0").split("."):
            part = part[int(name)] if name == "0" else part[name]
    record: Any = json.loads((sealed / "out/record.json").read_text("utf-8"))
    for name in (
        "scenario_counts",
        "scenarios",
        "grains",
        "differences",
        "known",
        "problems",
        "limits",
        "gates",
    ):
        assert f"`{name}" in PAGE
        assert name in record
    assert "history" in record["circumstances"]


def test_every_file_of_a_package_is_named(sealed: Path) -> None:
    names = {p.relative_to(sealed / "out").parts[0] for p in (sealed / "out").rglob("*") if p.is_file()}
    for name in {*names, SHEET, *STATEMENTS.values()} - {".trueup"}:
        assert f"`{name}`" in PAGE or f"`{name}/`" in PAGE, name


def test_every_command_of_trueup_is_one() -> None:
    lines = re.findall(r"^trueup (.+)$", PAGE, re.MULTILINE)
    assert len(lines) > 3
    for line in lines:
        name, *words = shlex.split(line)
        found = program.get_command(click.Context(program), name)
        assert found is not None
        found.make_context(name, words, parent=program.make_context("trueup", [name]))
