"""`trueup check`: reads everything, runs nothing."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.tables import TABLES

KINDS = ("feature", "plan", "mapping", "data folder", "profile")
SKIPPED = {"node_modules", "__pycache__", "build", "dist", "out"}


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(paths: tuple[Path, ...], as_json: bool) -> int:
    """Checks features, plans, mappings and data folders; runs nothing.

    Without a PATH the folder of work is searched.

    Example: trueup check plans features
    """
    checker = _Checker()
    for path in paths or (Path(),):
        checker.look(path)
    problems = list(dict.fromkeys(checker.problems))
    counts = {kind: checker.seen[kind] for kind in KINDS if checker.seen[kind]}
    if not counts and not problems:
        problems.append(
            Problem(
                "nothing-to-check",
                "no feature, plan, mapping or data folder is here.",
                Where(", ".join(map(str, paths)) or "."),
                "Nothing was checked.",
                "Name the files or the folder.",
            )
        )
    if as_json:
        click.echo(
            json.dumps(
                {"checked": counts, "problems": [p.as_dict() for p in problems]}, ensure_ascii=False, indent=1
            )
        )
    else:
        for problem in problems:
            click.echo(f"{problem}\n", err=True)
        words = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in counts.items()) or "nothing"
        found = (
            "no problems" if not problems else f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        )
        click.echo(f"Checked {words}: {found}.", err=bool(problems))
    return 2 if problems else 0


class _Checker:
    """Finds out what each file is, and reads it with what reads it in a run."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.seen: Counter[str] = Counter()

    def look(self, path: Path) -> None:
        """One path that the user named."""
        if path.is_dir():
            features = []
            for folder, files in _walk(path):
                self._folder(folder, files)
                features += [folder / f for f in files if f.endswith(".feature")]
                for name in files:
                    if name.endswith((".yaml", ".yml")):
                        self._yaml(folder / name, named=False)
            self._features(features)
        elif path.suffix == ".feature":
            self._features([path])
        elif path.suffix in (".yaml", ".yml") or not path.exists():
            self._yaml(path, named=True)
        else:
            self.problems.append(
                Problem(
                    "unknown-file",
                    "this is no feature, plan, mapping or data folder.",
                    Where(str(path)),
                    "It wasn't checked.",
                    "Name the folder of a table, not the table.",
                )
            )

    def _features(self, files: list[Path]) -> None:
        if files:
            from harness.lint import lint_features

            self.seen["feature"] += len(files)
            self.problems += lint_features(files)

    def _folder(self, folder: Path, files: list[str]) -> None:
        is_data = "tables.yaml" in files or any(
            Path(f).stem in TABLES and f.endswith((".csv", ".parquet")) for f in files
        )
        if not is_data:
            return
        from harness.adapters.data_folder import read_data_folder
        from reference_engine.world import read_world

        self.seen["data folder"] += 1
        before = len(self.problems)
        tables = read_data_folder(folder, self.problems)
        if len(self.problems) == before:
            read_world(tables, self.problems)

    def _yaml(self, path: Path, *, named: bool) -> None:
        found: list[Problem] = []
        node = load_yaml(path, found)
        if node is None:
            self.problems += found
            return
        if node.get("plan") is not None or node.get("components") is not None:
            from reference_engine.plans.reader import read_plan

            self.seen["plan"] += 1
            read_plan(node, self.problems)
        elif node.get("grains") is not None or node.get("target") is not None:
            from harness.adapters.mapping_reader import mapping_of

            self.seen["mapping"] += 1
            mapping_of(node, str(path), self.problems)
        elif _is_profile(node):
            self.seen["profile"] += 1
        elif named and node.get("tables") is None:
            self.problems.append(
                Problem(
                    "unknown-file",
                    "this is neither a plan nor a mapping.",
                    Where(str(path), 1),
                    "It wasn't checked.",
                    'A plan begins with "plan:", a mapping with "target:".',
                )
            )


def _is_profile(node: Node) -> bool:
    return node.is_mapping and all(entry.get("is") is not None for _, entry in node.items())


def _walk(path: Path) -> Iterator[tuple[Path, list[str]]]:
    for folder, folders, files in os.walk(path):
        folders[:] = sorted(
            f for f in folders if not f.startswith(".") and f not in SKIPPED and not f.endswith(".egg-info")
        )
        yield Path(folder), sorted(files)
