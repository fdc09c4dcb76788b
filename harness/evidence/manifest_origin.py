"""Where a run comes from: who started it, on which commit, with which versions and seeds."""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import distributions, version
from pathlib import Path

from harness.evidence.inputs import GENERATED, PROJECT, source_of
from harness.evidence.manifest_types import GitState, Seed, Starter, Versions
from reports.record_types import Input, RunRecord

CI = (
    ("GitHub Actions", "GITHUB_ACTIONS", ("GITHUB_ACTOR",), ("GITHUB_SERVER_URL", "/", "GITHUB_REPOSITORY", "/actions/runs/", "GITHUB_RUN_ID")),
    ("GitLab CI", "GITLAB_CI", ("GITLAB_USER_LOGIN",), ("CI_JOB_URL",)),
    ("Azure Pipelines", "TF_BUILD", ("BUILD_REQUESTEDFOREMAIL", "BUILD_REQUESTEDFOR"), ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "/_build/results?buildId=", "BUILD_BUILDID")),
    ("Jenkins", "JENKINS_URL", ("BUILD_USER_ID", "BUILD_USER", "CHANGE_AUTHOR"), ("BUILD_URL",)),
    ("CI", "CI", (), ()),
)  # fmt: skip
"""CI systems: the variable that tells them, those that name who started the job, and the parts of its address.

Only these are read: a variable of CI may hold a secret.
"""
MOST = 200
"""How many changed files are listed by name."""
_SEED = re.compile(r'recipe "([^"]+)", seed (\d+)')


def started_by(environment: Mapping[str, str]) -> Starter:
    """The CI identity, or the user of this machine."""
    for system, mark, names, address in CI:
        if environment.get(mark):
            name = next((environment[n] for n in names if environment.get(n)), "")
            parts = [environment.get(p, "") if re.fullmatch(r"[A-Z_]+", p) else p for p in address]
            return Starter(name or _user(environment), system, "".join(parts) if all(parts) else "")
    return Starter(_user(environment), "user of this machine")


def system_and_zone() -> tuple[str, str]:
    """The operating system, and the time zone of the machine; times in a manifest are UTC all the same."""
    return platform.platform(), datetime.now().astimezone().strftime("%Z (UTC%z)")


def versions() -> Versions:
    """trueup, Python and every installed package."""
    found: dict[str, str] = {}
    for one in distributions():
        name = one.metadata["Name"]
        if name:
            found.setdefault(name.lower().replace("_", "-"), one.version)
    packages = dict(sorted(found.items()))
    listed = "".join(f"{name}=={number}\n" for name, number in packages.items())
    return Versions(
        version("trueup"), platform.python_version(), packages, hashlib.sha256(listed.encode()).hexdigest()
    )


def git_states(inputs: Iterable[Input]) -> tuple[GitState, ...]:
    """The repository of the folder of work with its inputs, and trueup's own where it runs from a clone."""
    sources = [s for i in inputs if (s := source_of(i)) is not None]
    here = _top(Path.cwd())
    states = [
        _state("the folder of work", here, sources)
        if here
        else GitState("the folder of work", "not a repository")
    ]
    own = _top(PROJECT)
    if own is not None and own != here and own == PROJECT:
        states.append(_state("trueup", own, sources))
    return tuple(states)


def seeds_of(record: RunRecord) -> tuple[Seed, ...]:
    """The seeds of made-up data: those that scenarios state, and those of generated data folders."""
    found = [
        Seed(m[1], m[2], scenario.id or f"{scenario.feature}: {scenario.name}")
        for scenario in record.scenarios
        for step in scenario.steps
        if (m := _SEED.search(step.text))
    ]
    for entry in record.inputs:
        source = source_of(entry) if GENERATED in entry.role else None
        if source is not None:
            origin = json.loads(source.read_text("utf-8")).get("origin") or {}
            found.append(Seed(str(origin.get("recipe", "")), str(origin.get("seed", "")), entry.path))
    return tuple(dict.fromkeys(found))


def _user(environment: Mapping[str, str]) -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return environment.get("USERNAME", "") or "unknown"


def _top(folder: Path) -> Path | None:
    top = _git(folder, "rev-parse", "--show-toplevel")
    return Path(top).resolve() if top else None


def _state(of: str, top: Path, sources: list[Path]) -> GitState:
    commit = _git(top, "log", "-1", "--format=%H%x00%an <%ae>%x00%cI")
    if not commit:
        return GitState(of, "no commit yet")
    number, author, day = commit.split("\0")
    status = _git(top, "status", "--porcelain", "-z", "--untracked-files=no", "--no-renames")
    modified = sorted(line[3:] for line in status.split("\0") if line)
    inside = sorted({s.relative_to(top).as_posix() for s in sources if s.is_relative_to(top)})
    others = (
        _git(top, "--literal-pathspecs", "ls-files", "-z", "--others", "--", *inside[:1000]) if inside else ""
    )
    uncommitted = sorted(name for name in others.split("\0") if name)
    return GitState(
        of,
        "modified" if modified or uncommitted else "clean",
        number,
        _git(top, "rev-parse", "--abbrev-ref", "HEAD"),
        author,
        day,
        _first(modified),
        _first(uncommitted),
    )


def _first(names: list[str]) -> tuple[str, ...]:
    more = len(names) - MOST
    return (*names[:MOST], *([f"... and {more:,} more"] if more > 0 else []))


def _git(folder: Path, *words: str) -> str:
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        ran = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, timeout=30, check=True, env=environment
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(ran.stdout).strip("\n")
