"""`trueup new`: the project that it makes is green as it stands, here and on a machine that never saw this checkout."""

from __future__ import annotations

import json
import os
import re
import shutil
import site
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.adapters.mapping_reader import read_mapping
from harness.cli.commands import new
from reference_engine.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
EDITOR_STUB = "features/trueup_steps.py"
COUNTED = "6 scenarios written, 6 selected, 6 executed (written = selected = executed)"


def shell(command: str, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a line as a person or a CI machine would.  path: a folder in which its programs stand."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_", "PYTHON"))}
    kept["PATH"] = os.pathsep.join([str(path or PROGRAMS), kept.get("PATH", "")])
    return subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env=kept,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


PROGRAMS = Path(sys.executable).parent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One project that the tests share.  Nobody may change it."""
    folder = tmp_path_factory.mktemp("own") / "commissions"
    ran = shell("trueup new commissions", folder.parent)
    assert (ran.returncode, ran.stderr) == (0, "")
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Path:
    """A copy that the test may change."""
    return Path(shutil.copytree(made, tmp_path / "commissions"))


def test_it_is_green_at_first_run(project: Path) -> None:
    checked = shell("trueup check --strict", project)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "Checked 2 features, 1 plan, 1 mapping, 1 data folder: no problems.\n"
    ran = shell("trueup run features", project)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert COUNTED in ran.stdout
    assert (project / "out" / "index.html").is_file()
    plain = shell("python -m pytest", project)
    assert plain.returncode == 0, plain.stdout
    assert COUNTED in plain.stdout


def test_it_holds_what_the_list_says_and_no_placeholder(made: Path) -> None:
    there = {p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file()}
    assert there == {*new.FILES, EDITOR_STUB}
    assert {p.name for p in new.TEMPLATE.iterdir() if p.name != "__pycache__"} == set(new.FILES.values())
    for name in there:
        assert "{{" not in (made / name).read_text("utf-8").replace("${{", ""), name
    assert [p.name for p in made.parent.iterdir()] == ["commissions"], "nothing half-written lies beside it"
    assert (made / "README.md").read_text("utf-8").startswith("# commissions\n")


def test_it_can_turn_red(project: Path) -> None:
    plan = project / "scenarios/plans/account_executive.yaml"
    plan.write_text(plan.read_text("utf-8").replace("rate: 12%", "rate: 13%"), "utf-8")
    ran = shell("trueup run features", project)
    assert ran.returncode == 1
    assert "target_system.feature::REC-01" in ran.stdout
    assert "accelerators.feature::AE-02[just above quota]" in ran.stdout
    assert "accelerators.feature::AE-02[exactly quota]" not in ran.stdout


def test_every_command_of_its_readme_runs(project: Path) -> None:
    blocks = re.findall(
        r"^```sh\n(.*?)^```", (project / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("trueup ")]
    assert len(lines) == 4
    for line in lines:
        ran = shell(line, project)
        assert (ran.returncode, ran.stderr) == (0, ""), line
    assert "9,200.00 EUR" in ran.stdout


# -- CI ------------------------------------------------------------------------------------------------
def steps_of(path: Path) -> list[str]:
    """The shell lines of a CI file, in their order."""
    found: list[str] = []

    def look(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("run", "script", "before_script"):
                    found.extend(value if isinstance(value, list) else [value])
                else:
                    look(value)
        elif isinstance(node, list):
            for entry in node:
                look(entry)

    look(yaml.safe_load(path.read_text("utf-8")))
    return found


CI = {
    ".github/workflows/trueup.yml": ("out/index.html",),
    ".gitlab-ci.yml": ("gl-code-quality-report.json", "out/index.html", "out/junit.xml"),
    "azure-pipelines.yml": ("trueup.sarif", "out/index.html", "out/junit.xml"),
}


@pytest.mark.parametrize("name", CI)
def test_the_lines_of_ci_run_and_leave_what_is_kept(
    name: str, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install, *lines = steps_of(project / name)
    assert install == "python -m pip install -r requirements.txt"
    summary = [line for line in lines if line == 'cat out/summary.md >> "$GITHUB_STEP_SUMMARY"']
    assert (len(lines), len(summary)) == ((3, 1) if ".github" in name else (2, 0))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    for line in lines:
        ran = shell(line, project)
        assert (ran.returncode, ran.stderr) == (0, ""), line
    if summary:
        assert (tmp_path / "step.md").read_text("utf-8").startswith("## ")
    for kept in CI[name]:
        assert (project / kept).is_file()
        assert kept.partition("/")[0] in (project / name).read_text("utf-8").partition("trueup run")[
            2
        ] or kept.endswith(("sarif", "report.json"))
    assert shell("git init -q && git add . && git status --short", project).stdout.count("out/") == 0
    names = {line[3:] for line in shell("git status --short", project).stdout.splitlines()}
    assert names == {*new.FILES, EDITOR_STUB}, "what a run leaves is ignored by git"


@pytest.mark.parametrize(
    ("name", "file", "shown"),
    [
        (".github/workflows/trueup.yml", "", "::error file=features/plans/accelerators.feature,line=22,"),
        (".gitlab-ci.yml", "gl-code-quality-report.json", '"path": "features/plans/accelerators.feature"'),
        ("azure-pipelines.yml", "trueup.sarif", '"uri": "features/plans/accelerators.feature"'),
    ],
)
def test_ci_turns_red_and_shows_the_line(name: str, file: str, shown: str, project: Path) -> None:
    feature = project / "features/plans/accelerators.feature"
    feature.write_text(
        feature.read_text("utf-8").replace("Then the attainment", "Then the atainment", 1), "utf-8"
    )
    _, check, run, *_ = steps_of(project / name)
    checked = shell(check, project)
    assert checked.returncode == 2
    text = (project / file).read_text("utf-8") if file else checked.stdout
    assert shown in text
    if file:
        json.loads(text)
    assert shell(run, project).returncode == 2


# -- names that trueup's packages have -------------------------------------------------------------------
SHADOWS = (
    "scenarios/__init__.py",
    "scenarios/world.py",
    "scenarios/recipes/__init__.py",
    "reports/__init__.py",
    "reports/record.py",
    "reference_engine/__init__.py",
)
COMPANY = """@req:R-1
Feature: A made company

  @id:MADE-01 @sev3
  Scenario: A recipe's company comes with its plan
    Given the company "Northwind Traders" with 60 deals of the recipe "late cash", seed 7
    When commissions are calculated for 2026-Q1
    Then total payouts for 2026-Q1 are 11,223.03 EUR
"""


@pytest.mark.parametrize(
    ("mode", "empty"), [("importlib", False), ("prepend", False), ("append", False), ("prepend", True)]
)
def test_folders_named_like_its_packages_are_never_imported(project: Path, mode: str, empty: bool) -> None:
    """scenarios/ must be there by its name; reports/ and others may be.  Whatever is imported from them ends the run."""
    for name in SHADOWS:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        if not empty:
            (project / name).write_text(f'raise SystemExit("imported from the project: {name}")\n', "utf-8")
    (project / "features" / "company.feature").write_text(COMPANY, "utf-8")
    plain = shell(f"python -m pytest --import-mode={mode} -p no:cacheprovider", project)
    assert plain.returncode == 0, plain.stdout + plain.stderr
    assert "7 scenarios written, 7 selected, 7 executed" in plain.stdout
    if mode == "importlib":
        ran = shell("trueup run", project)
        assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
        assert shell("trueup check", project).returncode == 0


def test_the_packages_are_those_beside_the_harness(project: Path) -> None:
    (project / "scenarios" / "__init__.py").write_text("", "utf-8")
    seen = shell(
        'python -c "import harness, scenarios, reports; print(scenarios.__file__); print(reports.__file__)"',
        project,
    )
    assert seen.stdout.splitlines() == [
        str(ROOT / "scenarios/__init__.py"),
        str(ROOT / "reports/__init__.py"),
    ]
    # Without the harness the project's folder would be taken: this is what it guards against.
    alone = shell('python -c "import scenarios; print(scenarios.__file__)"', project)
    assert alone.stdout.strip() == str(project / "scenarios/__init__.py")


# -- a machine that never saw this checkout ---------------------------------------------------------------
@pytest.fixture(scope="module")
def other_machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with trueup as pip builds it, and the other packages of this one."""
    folder = tmp_path_factory.mktemp("machine")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "tests", "out")
    for name in ("reference_engine", "scenarios", "harness", "reports"):
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(folder),
        str(source),
    ]
    built = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=300)
    if built.returncode and re.search(
        r"No matching distribution|connection|resolve", built.stderr, re.IGNORECASE
    ):
        pytest.skip("pip can't fetch setuptools here, which builds the package")
    assert built.returncode == 0, built.stderr
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    packages = next((folder / "venv").glob("lib*/python*/site-packages"))
    shutil.unpack_archive(next(folder.glob("*.whl")), packages, "zip")
    # The other packages come from here, without the checkout that stands among them.
    others = folder / "others"
    others.mkdir()
    for entry in Path(next(p for p in site.getsitepackages() if p.endswith("site-packages"))).iterdir():
        if "trueup" not in entry.name and not entry.name.endswith(".pth"):
            (others / entry.name).symlink_to(entry)
    (packages / "others.pth").write_text(f"{others}\n", "utf-8")
    program = folder / "venv" / "bin" / "trueup"
    program.write_text(f"#!{folder}/venv/bin/python\nfrom harness.cli.main import run\nrun()\n", "utf-8")
    program.chmod(0o755)
    return program.parent


@pytest.mark.slow
def test_it_is_green_on_another_machine(other_machine: Path, tmp_path: Path) -> None:
    here = shell('python -c "import harness; print(harness.__file__)"', tmp_path, other_machine).stdout
    assert str(ROOT) not in here
    assert "site-packages" in here
    made = shell(
        "trueup new x && cd x && trueup check && trueup run features && python -m pytest",
        tmp_path,
        other_machine,
    )
    assert (made.returncode, made.stderr) == (0, ""), made.stdout
    assert made.stdout.count(COUNTED) == 2
    assert "trueup==" in (tmp_path / "x/requirements.txt").read_text("utf-8")


@pytest.mark.slow
def test_a_recipe_brings_its_plan_on_another_machine(other_machine: Path, tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    (tmp_path / "features/company.feature").write_text(COMPANY, "utf-8")
    ran = shell("trueup run", tmp_path, other_machine)
    assert ran.returncode == 0, ran.stdout


# -- where trueup comes from ------------------------------------------------------------------------------
class Installed:
    """A distribution that was installed from somewhere."""

    version = "9.9.9"

    def __init__(self, origin: dict[str, Any]) -> None:
        self.origin = origin

    def read_text(self, name: str) -> str:
        assert name == "direct_url.json"
        return json.dumps(self.origin)


@pytest.mark.parametrize(
    ("origin", "written", "told"),
    [
        (
            {"url": "https://git.example.com/t.git", "vcs_info": {"vcs": "git", "commit_id": "abc1"}},
            "trueup @ git+https://git.example.com/t.git@abc1",
            False,
        ),
        ({"url": "file:///srv/trueup", "dir_info": {"editable": True}}, "-e file:///srv/trueup", True),
        ({"url": "file:///srv/trueup", "dir_info": {}}, "trueup @ file:///srv/trueup", True),
        (
            {"url": "https://example.com/trueup-0.1.0-py3-none-any.whl", "archive_info": {}},
            "trueup @ https://example.com/trueup-0.1.0-py3-none-any.whl",
            False,
        ),
    ],
)
def test_the_requirement_says_where_this_one_came_from(
    origin: dict[str, Any],
    written: str,
    told: bool,
    monkeypatch: pytest.MonkeyPatch,
    trueup: Callable[..., Any],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(new, "distribution", lambda name: Installed(origin))
    ran = trueup("new", tmp_path / "x")
    assert ran.code == 0
    assert f"requirements.txt takes trueup from: {written}\n" in ran.out
    assert (tmp_path / "x/requirements.txt").read_text("utf-8").splitlines()[-1] == written
    assert ("No other machine has that folder" in ran.out) == told


def test_the_requirement_may_be_given(trueup: Callable[..., Any], tmp_path: Path) -> None:
    ran = trueup("new", tmp_path / "x", "--requirement", "trueup==0.1.0")
    assert ran.code == 0
    assert "No other machine" not in ran.out
    assert (tmp_path / "x/requirements.txt").read_text("utf-8").splitlines()[-1] == "trueup==0.1.0"


# -- folders that it refuses ------------------------------------------------------------------------------
def test_a_folder_with_files_is_left_alone(
    trueup: Callable[..., Any], kept: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / ".hidden").write_text("mine", "utf-8")
    ran = trueup("new", tmp_path / "x")
    assert ran.code == 2
    assert "this folder holds files already" in ran.err
    assert "[project-folder]" in ran.err
    assert kept(tmp_path) == {"x/.hidden": b"mine"}


def test_an_empty_folder_and_folders_above_are_taken(trueup: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert trueup("new", tmp_path / "x").code == 0
    assert trueup("new", tmp_path / "a b" / "c").code == 0
    assert 'cd "' in trueup("new", tmp_path / "d e").out


def test_what_cannot_be_a_folder_is_a_problem(
    trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("file", "file/x", "link", "here", "n" * 300):
        ran = trueup("new", tmp_path / name)
        assert (ran.code, "[project-folder]" in ran.err) == (2, True), name
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "here", "link"]


def test_nothing_half_written_is_left(
    trueup: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    ran = trueup("new", tmp_path / "x")
    assert ran.code == 2
    assert "No space left on device" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_its_mapping_reads(made: Path) -> None:
    problems: list[Problem] = []
    assert read_mapping(made / "scenarios/data/target/results.mapping.yaml", problems) is not None
    assert problems == []


def test_the_settings_of_the_editor_are_json(made: Path) -> None:
    for name in ("settings", "extensions"):
        json.loads((made / f".vscode/{name}.json").read_text("utf-8"))
    assert "cucumber.parameterTypes" in (made / ".vscode/settings.json").read_text("utf-8")
