"""`trueup new`: a project of one's own, green at first run."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from importlib.metadata import distribution
from pathlib import Path

import click

from reference_engine.problems import Problem, Stopped, Where

TEMPLATE = Path(__file__).parents[2] / "project_template"
FILES = {
    "README.md": "readme.txt",
    "conftest.py": "conftest.txt",
    "pyproject.toml": "pyproject.txt",
    "requirements.txt": "requirements.txt",
    ".gitignore": "gitignore.txt",
    ".github/workflows/trueup.yml": "github_workflow.yml",
    ".gitlab-ci.yml": "gitlab-ci.yml",
    "azure-pipelines.yml": "azure-pipelines.yml",
    ".vscode/settings.json": "vscode_settings.json",
    ".vscode/extensions.json": "vscode_extensions.json",
    "features/plans/accelerators.feature": "accelerators.txt",
    "features/reconciliation/target_system.feature": "target.txt",
    "scenarios/plans/account_executive.yaml": "account_executive.yaml",
    "scenarios/data/first_quarter/payees.csv": "payees.csv",
    "scenarios/data/first_quarter/plan_assignments.csv": "plan_assignments.csv",
    "scenarios/data/first_quarter/quotas.csv": "quotas.csv",
    "scenarios/data/first_quarter/deals.csv": "deals.csv",
    "scenarios/data/target/results.csv": "results.csv",
    "scenarios/data/target/results.mapping.yaml": "results.mapping.yaml",
    "scenarios/data/target/payee_codes.csv": "payee_codes.csv",
}
"""Where each file of a project comes from.  In the package none has a name by which pytest or `trueup check` would take it."""


@click.command("new")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--requirement",
    help="Where pip gets trueup, for requirements.txt; where this one came from where left out.",
)
def command(folder: Path, requirement: str | None) -> int:
    """Makes a project of one's own: features, a plan, data, an export with its mapping, and CI files.

    The folder must be new or empty. Everything in it is an example that runs; change it or take it away.

    Example: trueup new commissions
    """
    _check(folder)
    required = requirement or installed_from()
    _make(folder, {"name": folder.resolve().name, "requirement": required})
    click.echo(
        f"Made {folder.as_posix()} with two features, a plan, data and an export. Go on with:\n\n"
        f"  cd {_word(folder)}\n  trueup check\n  trueup run features\n\n"
        f"requirements.txt takes trueup from: {required}"
    )
    if _of_this_machine(required):
        click.echo(
            "No other machine has that folder: before CI runs, name an address there that its machine reaches."
        )
    return 0


def installed_from() -> str:
    """How pip got this trueup: a repository with its commit, a folder or archive, or the version from an index."""
    found = distribution("trueup")
    text = found.read_text("direct_url.json")
    if text is None:
        finder = Path(__file__).parents[3]
        return (
            f"-e {finder.as_posix()}" if (finder / "pyproject.toml").is_file() else f"trueup=={found.version}"
        )
    origin = json.loads(text)
    url = str(origin["url"])
    if "vcs_info" in origin:
        return f"trueup @ {origin['vcs_info']['vcs']}+{url}@{origin['vcs_info']['commit_id']}"
    if origin.get("dir_info", {}).get("editable"):
        return f"-e {url}"
    return f"trueup @ {url}"


def _of_this_machine(requirement: str) -> bool:
    return requirement.startswith("-e ") or "file://" in requirement


def _check(folder: Path) -> None:
    what = why = ""
    try:
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            what, why = "this is not a folder", "A project is a folder of files."
        elif folder.is_dir() and any(folder.iterdir()):
            what, why = (
                "this folder holds files already",
                "A new project would mix with them, or replace them.",
            )
        elif folder.resolve() == Path.cwd().resolve():
            what, why = (
                "this is the folder you work in",
                "It is replaced as a whole when the project is complete.",
            )
    except (OSError, ValueError) as error:
        what, why = f"no project can be made here: {getattr(error, 'strerror', '') or error}", ""
    if what:
        raise Stopped(
            Problem("project-folder", what, Where(str(folder)[:200]), why, "Name a new or empty folder.")
        )


def _make(folder: Path, words: dict[str, str]) -> None:
    """Writes the project beside its place, and moves it there when it is complete."""
    from harness.stepbook.editor import write_editor_files

    beside: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        os.chmod(beside, 0o755)  # noqa: S103  (mkdtemp's own mode would keep colleagues out)
        for name, source in FILES.items():
            text = (TEMPLATE / source).read_text("utf-8")
            for word, value in words.items():
                text = text.replace("{{" + word + "}}", value)
            file = beside / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        write_editor_files(beside)
        if folder.is_dir():
            folder.rmdir()
        os.replace(beside, folder)
    except OSError as error:
        raise Stopped(
            Problem(
                "project-folder",
                f"the project can't be written: {error.strerror or error}",
                Where(str(folder)[:200]),
                "Nothing was left half-written.",
                "Make room, or name another folder.",
            )
        ) from None
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


def _word(folder: Path) -> str:
    text = folder.as_posix()
    return f'"{text}"' if " " in text else text
