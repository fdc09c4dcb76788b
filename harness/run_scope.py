"""What a run was asked to cover, against what the test runner opened: whoever leaves scenarios out must say so."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.feature_files import find_features, misnamed, misnamed_problem, walk
from harness.features import read_feature
from harness.tally import DESELECTED, OUTSIDE, UNOPENED, Tally
from reference_engine.problems import Problem

_LEAVE_OUT = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise")
_ONLY_LOOK = ("collectonly", "setupplan", "setuponly")


@dataclass(frozen=True)
class Scope:
    """What this command itself says; options from a configuration file or the environment don't count.

    chosen: whether it leaves scenarios out.  ignores: whether it leaves files out.  narrowed: whether it names single
    scenarios, or only those that failed last time.  paths: whether it names files or folders.  only_looks: whether it
    asks for a list and not for a run.
    """

    chosen: bool
    ignores: bool
    narrowed: bool
    paths: bool
    only_looks: bool


def scope_of(config: pytest.Config) -> Scope:
    """Reads the words of the command again, without what was added to them."""
    typed = argparse.Namespace()
    try:
        typed = config._parser.parse_known_args([str(a) for a in config.invocation_params.args])
    except Exception:
        return Scope(False, False, False, False, bool(config.option.collectonly))
    named = [str(p) for p in getattr(typed, "file_or_dir", None) or ()]
    return Scope(
        chosen=any(getattr(typed, o, None) for o in _LEAVE_OUT),
        ignores=bool(getattr(typed, "ignore", None) or getattr(typed, "ignore_glob", None)),
        narrowed=any("::" in p for p in named) or any(getattr(typed, o, None) for o in ("lf", "stepwise")),
        paths=bool(named),
        only_looks=any(getattr(typed, o, None) for o in _ONLY_LOOK),
    )


def named_paths(config: pytest.Config) -> list[Path]:
    """The files and folders of the run, wherever they were named."""
    return [Path(os.path.normpath(config.invocation_params.dir / arg.partition("::")[0])) for arg in config.args]


def add_unopened(config: pytest.Config, tally: Tally, scope: Scope) -> None:
    """Writes down the feature files that the run should have covered and the test runner never opened."""
    inside = named_paths(config)
    reason = DESELECTED if scope.ignores else UNOPENED
    _add(config, tally, inside, reason)
    if not scope.paths and config.args_source is not pytest.Config.ArgsSource.INVOCATION_DIR:
        # The configuration names the paths; what lies beside them was left out by nobody who runs this.
        _add(config, tally, [config.rootpath], OUTSIDE)


def _add(config: pytest.Config, tally: Tally, roots: list[Path], reason: str) -> None:
    for path in find_features(r for r in roots if r.exists()):
        if os.path.abspath(path) in tally.files:
            continue
        tally.files.add(os.path.abspath(path))
        problems: list[Problem] = []
        prefix = _node(config, path)
        feature = read_feature(path, problems, shown(config, path))
        if feature is not None:
            tally.write_down(prefix, feature, reason)
        else:
            tally.mark_broken(prefix, problems)
    for root in roots:
        for folder, names in walk(root) if root.is_dir() else ():
            for name in names:
                if misnamed(folder / name):
                    problem = misnamed_problem(shown(config, folder / name))
                    if problem not in tally.misnamed:
                        tally.misnamed.append(problem)
                        tally.mark_broken(_node(config, folder / name), [problem])


def shown(config: pytest.Config, path: Path) -> str:
    """A path as seen from where the run was started."""
    for base in (config.invocation_params.dir, config.rootpath):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return str(path)


def _node(config: pytest.Config, path: Path) -> str:
    return path.relative_to(config.rootpath).as_posix() if path.is_relative_to(config.rootpath) else path.as_posix()

