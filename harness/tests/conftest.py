"""What the tests of the program share: one run of the demo, and a small copy of its files to damage."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.cli.commands.demo import EXPORT, MAPPING, PLANS, WORLD
from harness.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-c", "from harness.cli.main import run; run()")
ORDERS = {"SO48730", "SO48737", "SO48745", "SO48748", "SO49058", "SO49127"}
"""Orders of the small copy: paid and unpaid, with refunds, with commission-free lines, one sold by a manager."""


@dataclass(frozen=True)
class Ran:
    """One run of the program inside this process."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on standard output; nothing else may stand there."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def slugs(self) -> list[str]:
        """The kinds of the problems that --json listed, in their order."""
        return [p["slug"] for p in self.json["problems"]]


def run_here(*arguments: str | Path) -> Ran:
    """Runs the real program in this process and keeps what it printed."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(a) for a in arguments])
    return Ran(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def trueup() -> Callable[..., Ran]:
    """The program: trueup("demo", "--json") gives exit code and output."""
    return run_here


@pytest.fixture(scope="session")
def start() -> Callable[..., subprocess.Popen[str]]:
    """The program as a process of its own, in its own group, so that a test can interrupt it."""

    def popen(
        *arguments: str | Path, cwd: Path, probe: str = "", plain_pytest: bool = False, env: dict[str, str] | None = None
    ) -> subprocess.Popen[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_", "PYTHON"))}
        environment |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
        if plain_pytest:
            # Two plug-ins that features don't need take longer to load than a feature takes to run.
            environment["PYTEST_ADDOPTS"] = "-p no:hypothesispytest -p no:faker"
        program = (sys.executable, "-c", probe) if probe else PROGRAM
        return subprocess.Popen(
            [*program, *map(str, arguments)],
            cwd=cwd,
            env=environment | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    return popen


@dataclass(frozen=True)
class Demo:
    """The one run of `trueup demo --json` that the tests share.  Nobody may change its folder."""

    ran: Ran
    out: Path

    @property
    def summary(self) -> dict[str, Any]:
        return self.ran.json

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of one of the CSV files it left."""
        with (self.out / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    out = tmp_path_factory.mktemp("demo") / "out"
    ran = run_here("demo", "--json", "--out", out)
    assert ran.code == 0, ran.err
    return Demo(ran, out)


@dataclass(frozen=True)
class Project:
    """A small copy of the demo: its plans, its data, its mapping and its export, in a folder of their own."""

    folder: Path
    plans: Path
    world: Path
    export: Path
    mapping: Path
    expected: Path

    @property
    def arguments(self) -> list[str | Path]:
        """`reconcile` on this copy, without options of output."""
        return ["reconcile", "--plan", self.plans, "--data", self.world, *self.against]

    @property
    def quick(self) -> list[str | Path]:
        """`reconcile` with what was calculated before, which saves the reading of plans and data."""
        return ["reconcile", "--expected", self.expected, *self.against]

    @property
    def against(self) -> list[str | Path]:
        return ["--actual", self.export, "--mapping", self.mapping]

    def damage(self, file: Path | str, old: str, new: str) -> int:
        """Replaces the first `old` of a file and returns its line, counted from 1."""
        path = self.folder / file
        text = path.read_bytes().decode("utf-8")
        at = text.index(old)
        path.write_bytes((text[:at] + new + text[at + len(old) :]).encode("utf-8"))
        return text[:at].count("\n") + 1

    def lines(self, file: Path | str) -> list[str]:
        return (self.folder / file).read_bytes().decode("utf-8").splitlines()


def _keep(file: Path, column: int, wanted: Callable[[str], bool]) -> None:
    with file.open(encoding="utf-8-sig", newline="") as source:
        header, *rows = list(csv.reader(source))
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *(r for r in rows if wanted(r[column]))])
    file.write_bytes(text.getvalue().encode("utf-8"))


@pytest.fixture(scope="session")
def _small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy that every `project` is copied from: the demo's files with the documents of six orders."""
    folder = tmp_path_factory.mktemp("small")
    unused = shutil.ignore_patterns("reseller_sales_line.csv", "examples", "__pycache__")
    for room in (PLANS, WORLD.parent, EXPORT.parent):
        shutil.copytree(room, folder / room.relative_to(ROOT), ignore=unused)
    mapping = folder / MAPPING.relative_to(ROOT)
    mapping.parent.mkdir(parents=True)
    lines = MAPPING.read_text("utf-8")
    # Six orders don't settle what two hundred did, so the small copy compares commission lines only.
    mapping.write_text(lines[: lines.index("\n  - grain: settlements")], "utf-8")
    data = folder / EXPORT.relative_to(ROOT)
    for name in ("commission_lines", "document_lines", "documents"):
        _keep(data / f"{name}.csv", 0, lambda document: document.partition("-")[2] in ORDERS)
    _keep(folder / EXPORT.parent.relative_to(ROOT) / "adventureworks" / "reseller_sales_order.csv", 0, ORDERS.__contains__)
    return folder


@pytest.fixture(scope="session")
def _small_expected(_small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the small copy should pay, as `calculate --out` writes it."""
    folder = tmp_path_factory.mktemp("small_expected") / "expected"
    plans, world = (_small / path.relative_to(ROOT) for path in (PLANS, WORLD))
    ran = run_here("calculate", "--plan", plans, "--data", world, "--out", folder)
    assert ran.code == 0, ran.err
    return folder


@pytest.fixture
def project(_small: Path, _small_expected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A small copy of the demo's files that the test may damage; it is the folder of work."""
    folder = tmp_path / "project"
    shutil.copytree(_small, folder)
    monkeypatch.chdir(folder)
    plans, world, export, mapping = (path.relative_to(ROOT) for path in (PLANS, WORLD, EXPORT, MAPPING))
    return Project(folder, plans, world, export, mapping, _small_expected)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes, to prove that nothing changed."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="session")
def kept() -> Callable[[Path], dict[str, bytes]]:
    return contents

