"""docs/cli.md says of every command what its --help says: purpose, arguments, options, example.  A change there fails here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from harness.cli.main import program

DOC = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text("utf-8")
NAMES = program.list_commands(click.Context(program))


def command(name: str) -> click.Command:
    found = program.get_command(click.Context(program), name)
    assert found is not None
    return found


def understood(name: str, words: list[str]) -> None:
    """Reads a command line as the program does, without running it."""
    command(name).make_context(name, words, parent=program.make_context("trueup", [name]))


def section(name: str) -> str:
    """The part of the page below a command's heading."""
    parts = re.split(r"^## ", DOC, flags=re.MULTILINE)[1:]
    found = [p for p in parts if p.startswith(f"trueup {name}\n")]
    assert len(found) == 1, f'docs/cli.md needs one heading "## trueup {name}"'
    return found[0]


def form(option: click.Option) -> str:
    """How an option is written: its name and what it takes."""
    if option.is_flag:
        return option.opts[0]
    if isinstance(option.type, click.Choice):
        takes = "\\|".join(option.type.choices)
    else:
        takes = option.metavar or {"integer range": "N", "integer": "N"}.get(option.type.name, option.type.name.upper())
    return f"{option.opts[0]} {takes}"


def row(option: click.Option) -> str:
    """The line of the page's table that states an option."""
    words = option.help or ""
    if option.required:
        words += " Required."
    if option.show_default:
        words += f" Default: `{option.default}`."
    return f"| `{form(option)}` | {words} |"


def prose(found: click.Command) -> tuple[list[str], str]:
    """The paragraphs of a command's help without line ends, and its example."""
    paragraphs = [" ".join(p.split()) for p in (found.help or "").split("\n\n")]
    example = next(p for p in paragraphs if p.startswith("Example: "))
    return [p for p in paragraphs if p and p != example], example.removeprefix("Example: ")


def shell_lines() -> list[str]:
    blocks = re.findall(r"^```sh\n(.*?)^```", DOC, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def test_every_command_has_its_section_in_order() -> None:
    assert re.findall(r"^## trueup (\w+)$", DOC, flags=re.MULTILINE) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_the_help_says(name: str) -> None:
    found, text = command(name), section(name)
    flat = " ".join(text.split())
    paragraphs, example = prose(found)
    for paragraph in paragraphs:
        assert paragraph in flat, f"docs/cli.md, {name}: write this paragraph:\n{paragraph}"
    assert example in text, f"docs/cli.md, {name}: show the example of --help:\n{example}"
    options = [row(p) for p in found.params if isinstance(p, click.Option)]
    stated = re.findall(r"^\| `--.*$", text, flags=re.MULTILINE)
    assert stated == options, f"docs/cli.md, {name}: the table of options must be\n" + "\n".join(options)
    for argument in found.params:
        if isinstance(argument, click.Argument):
            assert f"`{argument.make_metavar(click.Context(found))}`" in text


@pytest.mark.parametrize("name", NAMES)
def test_the_exit_codes_are_stated(name: str) -> None:
    assert re.search(r"^Exit codes: .*\b0\b.*\b2\b", section(name), flags=re.MULTILINE)


@pytest.mark.parametrize("line", shell_lines())
def test_every_example_is_understood(line: str) -> None:
    # Not run, but read as the program reads it: names of options, choices and dates.
    words = shlex.split(line.partition(" | ")[0])
    assert words[0] == "trueup", line
    if words[1:] in (["--help"], ["--version"]):
        return
    understood(words[1], words[2:])


@pytest.mark.parametrize("name", NAMES)
def test_every_help_has_an_example_that_is_understood(name: str) -> None:
    words = shlex.split(prose(command(name))[1])
    assert words[:2] == ["trueup", name]
    understood(name, words[2:])


def test_help_of_everything(trueup: Callable[..., Any]) -> None:
    overview = trueup("--help")
    assert overview.code == 0
    for name in NAMES:
        assert re.search(rf"^  {name}  ", overview.out, flags=re.MULTILINE)
        for flag in ("--help", "-h"):
            ran = trueup(name, flag)
            assert (ran.code, ran.err) == (0, "")
            assert f"Usage: trueup {name}" in ran.out
            assert "Example: trueup" in ran.out
    assert re.fullmatch(r"trueup, version \d+\.\d+\.\d+\n", trueup("--version").out)


def test_the_codes_of_the_page_are_those_of_the_program() -> None:
    from harness.cli import main

    table = dict(re.findall(r"^\| (\d+) \| (.+) \|$", DOC, flags=re.MULTILINE))
    codes = {v for k, v in vars(main).items() if k.isupper() and isinstance(v, int)}
    assert {int(code) for code in table} == codes


def test_the_page_names_nothing_that_isnt_there() -> None:
    known = {o for name in NAMES for p in command(name).params for o in p.opts} | {"--help", "--version", "--trueup-out"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", DOC)) <= known
    assert set(re.findall(r"`trueup (\w+)", DOC)) <= set(NAMES)
