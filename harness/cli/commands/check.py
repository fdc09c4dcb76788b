"""`trueup check`: reads everything, runs nothing."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.tables import TABLES

if TYPE_CHECKING:
    from harness.features import WrittenFeature

KINDS = ("feature", "plan", "mapping", "target profile", "data folder", "profile")
FORMATS = ("text", "full", "json", "github", "gitlab", "sarif")


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="One line each, or in full; or for programs and code reviews.",
)
@click.option("--strict", is_flag=True, help="Advice fails the check too.")
@click.option("--unused", is_flag=True, help="Also list the sentences that no feature uses.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(paths: tuple[Path, ...], form: str, strict: bool, unused: bool, as_json: bool) -> int:
    """Checks features, plans, mappings and data folders; runs nothing.

    Without a PATH the folder of work is searched. Advice is what makes features weaker evidence without making them
    wrong; it doesn't fail the check.

    Example: trueup check plans features
    """
    checker = _Checker()
    for path in paths or (Path(),):
        checker.look(path)
    checker.finish()
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
    form = "json" if as_json else form
    if strict:
        problems, advice = [*problems, *checker.advice], []
    else:
        advice = checker.advice
    sentences = _unused(checker.features) if unused else None
    if form in ("text", "full"):
        _tell(problems, advice, counts, sentences, full=form == "full")
    elif form == "json":
        found: dict[str, Any] = {"checked": counts, "problems": [p.as_dict() for p in problems]}
        found["advice"] = [p.as_dict() for p in advice]
        if sentences is not None:
            found["unused"] = [{"id": i, "sentence": words} for i, words in sentences]
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        from harness.annotations import FORMS

        click.echo(FORMS[form](problems, advice))
    return 2 if problems else 0


def _tell(
    problems: list[Problem], advice: list[Problem], counts: dict[str, int], unused: list[tuple[str, str]] | None, *, full: bool
) -> None:
    """Problems go to standard error; advice stands under its own heading."""
    from harness.annotations import one_line

    for problem in problems:
        click.echo(f"{problem}\n" if full else one_line(problem), err=True)
    if advice:
        click.echo("Advice, which doesn't fail the check:")
        for entry in advice:
            click.echo(f"{entry}\n" if full else one_line(entry))
        click.echo()
    if unused is not None:
        click.echo(f"Sentences that no feature uses: {len(unused)}")
        for id_, words in unused:
            click.echo(f"  {id_:<4} {words}")
        click.echo()
    words = ", ".join(f"{n:,} {kind}{'s' if n > 1 else ''}" for kind, n in counts.items()) or "nothing"
    found = "no problems" if not problems else f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    click.echo(f"Checked {words}: {found}.", err=bool(problems))


def _unused(features: list[WrittenFeature]) -> list[tuple[str, str]]:
    """The sentences of the catalogue that none of the features uses."""
    from harness.catalogue import catalogue, find

    used = {s.id for f in features for case in f.cases() for step in case.steps() for s in find(step.kind, step.text)}
    return [(s.id, f"{s.kind.capitalize()} {s.pattern}") for s in catalogue() if s.id not in used]


class _Checker:
    """Finds out what each file is, and reads it with what reads it in a run."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.advice: list[Problem] = []
        self.features: list[WrittenFeature] = []
        self.seen: Counter[str] = Counter()
        self._files: list[Path] = []

    def look(self, path: Path) -> None:
        """One path that the user named."""
        from harness.feature_files import misnamed, misnamed_problem, walk

        if path.is_dir():
            for folder, files in walk(path):
                self._folder(folder, files)
                self._files += [folder / f for f in files if f.endswith(".feature")]
                self.problems += [misnamed_problem(str(folder / f)) for f in files if misnamed(folder / f)]
                for name in files:
                    if name.endswith((".yaml", ".yml")):
                        self._yaml(folder / name, named=False)
        elif path.suffix == ".feature":
            self._files.append(path)
        elif misnamed(path):
            self.problems.append(misnamed_problem(str(path)))
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

    def finish(self) -> None:
        """Reads all features together: ids and edges of tiers go through all of them."""
        if self._files:
            from harness.lint import check_features

            problems, self.advice = check_features(self._files, self.features)
            self.seen["feature"] = len(dict.fromkeys(map(os.path.abspath, self._files)))
            self.problems += problems

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
        elif node.is_mapping and node.get("kind") is not None and node.get("connection") is not None:
            from harness.targets.profile import profile_of

            self.seen["target profile"] += 1
            profile_of(node, path, self.problems)
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
