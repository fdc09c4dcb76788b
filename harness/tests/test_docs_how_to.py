"""docs/how-to: every feature on the pages is checked, runs green and can turn red; every command and link is good."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import pytest

from harness.catalogue import catalogue
from harness.cli.main import program
from harness.stepbook.entries import entries, search

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FOLDER = DOCS / "how-to"
PAGES = sorted(p for p in FOLDER.glob("*.md") if p.name != "README.md")
LINKED = [*PAGES, FOLDER / "README.md", DOCS / "tutorial.md", DOCS / "glossary.md"]
_GHERKIN = re.compile(r"^```gherkin\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"`(trueup [^`]+)`")
_MONEY = re.compile(r"(\d[\d,]*\.\d)(\d)(?= [A-Z]{3}\b)")


def features() -> dict[str, str]:
    """File name -> text of every feature on the pages."""
    return {
        f"{page.stem}_{n}.feature": text
        for page in PAGES
        for n, text in enumerate(_GHERKIN.findall(page.read_text("utf-8")), 1)
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that holds the features of all pages, and the plans and data of this repository."""
    folder = tmp_path_factory.mktemp("how_to")
    (folder / "conftest.py").write_text('pytest_plugins = ["harness.plugin"]\n', "utf-8")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\n", "utf-8")
    (folder / "scenarios").mkdir()
    for name in ("data", "plans", "companies"):
        (folder / "scenarios" / name).symlink_to(ROOT / "scenarios" / name)
    (folder / "features").mkdir()
    for name, text in features().items():
        (folder / "features" / name).write_text(text, "utf-8")
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:hypothesispytest",
        *words,
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)


def test_each_page_holds_a_complete_feature() -> None:
    assert len(PAGES) >= 17
    held = {name.rpartition("_")[0] for name in features()}
    # What compares two exports has no feature; test_docs_regression.py runs its commands.
    assert held == {page.stem for page in PAGES} - {"regression"}


def test_the_index_lists_every_page() -> None:
    listed = re.findall(
        r"^\| \[[^\]]+\]\(([\w-]+)\.md\)", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert sorted(listed) == [page.stem for page in PAGES]


def test_the_features_have_no_slip(project: Path, trueup: Callable[..., Any]) -> None:
    checked = trueup("check", project / "features", "--strict")
    found = [*checked.err.splitlines()[:-1], *checked.out.splitlines()]
    # These two pages are about other things than the edges of their plans.
    beside = ("quotas_", "plan-changes_")
    slips = [f for f in found if not ("[edge-untested]" in f and any(page in f for page in beside))]
    assert slips == []


def test_every_feature_runs_green(project: Path) -> None:
    ran = run(project)
    assert ran.returncode == 0, ran.stdout
    assert "(written = selected = executed)" in ran.stdout


def changed(text: str) -> str:
    """A feature that expects one cent more or less in its last step with money."""
    lines = text.splitlines()
    begin = max(
        n
        for n, line in enumerate(lines)
        if re.match(r"\s+(Then|And) ", line) and ("payout" in line or "forecast" in line or "balance" in line)
    )
    for n in range(len(lines) - 1, begin - 1, -1):
        if _MONEY.search(lines[n]):
            *_, last = _MONEY.finditer(lines[n])
            cent = "1" if last[2] != "1" else "2"
            lines[n] = lines[n][: last.start(2)] + cent + lines[n][last.end(2) :]
            return "\n".join(lines) + "\n"
    raise AssertionError("no money is expected")


def test_every_feature_can_turn_red(project: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(project, tmp_path / "red", symlinks=True))
    for name, text in features().items():
        (folder / "features" / name).write_text(changed(text), "utf-8")
    ran = run(folder)
    assert ran.returncode == 1
    red = set(re.findall(r"^FAILED features/([\w-]+\.feature)", ran.stdout, re.MULTILINE))
    assert red == set(features())


@pytest.mark.parametrize("page", [*PAGES, DOCS / "tutorial.md"], ids=lambda p: p.stem)
def test_commands_on_the_page_are_understood(page: Path) -> None:
    text = page.read_text("utf-8")
    for line in _COMMAND.findall(text):
        words = shlex.split(line)
        group = click.Context(program)
        command = program.get_command(group, words[1])
        assert command is not None, line
        # A command may stand in a sentence without all that it needs.
        with suppress(click.MissingParameter):
            command.make_context(words[1], words[2:], parent=program.make_context("trueup", [words[1]]))
        if words[1] == "steps" and words[2:] and not words[2].startswith("--"):
            assert search(list(entries(None)), words[2:]), f"finds nothing: {line}"


def anchors(path: Path) -> set[str]:
    """The places of a page that a link can lead to, as GitHub names them."""
    found = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", LINKED, ids=lambda p: p.stem)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if link.startswith("https://"):
            continue
        name, _, place = link.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.is_file(), f"{page.name}: {link}"
        if place:
            assert place in anchors(there), f"{page.name}: {link}"


def test_the_readme_leads_to_the_guides() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for name in ("docs/tutorial.md", "docs/how-to/README.md", "docs/glossary.md"):
        assert f"({name})" in text


def test_every_kind_of_event_is_on_a_page() -> None:
    """Whoever looks for what can be calculated finds each When in a running feature."""
    text = "\n".join(features().values())
    missing = []
    for sentence in catalogue():
        said = re.sub(r'"?\\\{\w+\\\}"?', ".+", re.escape(sentence.pattern))
        if sentence.kind == "when" and not re.search(f"(When|And) {said}", text):
            missing.append(f"{sentence.id} {sentence.pattern}")
    assert missing == []
