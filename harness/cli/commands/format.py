"""`trueup format`: feature files in one form."""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reference_engine.problems import Problem, Stopped, Where

if TYPE_CHECKING:
    from harness.formatting import Formatted


@click.command("format")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; show what would change, and end with 1 if anything would.")
def command(paths: tuple[Path, ...], check: bool) -> int:
    """Gives feature files one form: indentation, aligned tables, blank lines, straight quotes.

    What a feature says stays as it is. A file that can't be read is left untouched.

    Example: trueup format features
    """
    problems: list[Problem] = []
    read = [found for path in _files(paths, problems) if (found := _formatted(path, problems)) is not None]
    changed = [found for found in read if found.changed]
    for found in changed:
        if check:
            click.echo(_difference(found), nl=False)
        elif _write(found, problems):
            click.echo(f"Formatted {found.path}")
    for problem in problems:
        click.echo(f"{problem}\n", err=True)
    click.echo(_summary(read, changed, problems, check=check), err=bool(problems))
    return 2 if problems else int(check and bool(changed))


def _files(paths: Sequence[Path], problems: list[Problem]) -> list[Path]:
    from harness.feature_files import find_features

    for path in paths:
        if not find_features([path]):
            what = "no feature is here" if path.is_dir() else "there is no such file" if not path.exists() else "this is no feature"
            remedy = "Name a file that ends with .feature, or a folder of them."
            problems.append(Problem("nothing-to-format", what, Where(str(path)), "Nothing was formatted.", remedy))
    return find_features(paths)


def _formatted(path: Path, problems: list[Problem]) -> Formatted | None:
    from harness.formatting import format_file

    try:
        found = format_file(path, problems)
    except Stopped as stopped:
        problems += stopped.problems
        return None
    return found if found.text is not None else None


def _write(found: Formatted, problems: list[Problem]) -> bool:
    """Beside the file first, then in its place: a stopped run leaves the old one whole.  A link stays a link."""
    from harness.adapters.data_folder import write_text

    try:
        place = found.path.resolve()
        mode = place.stat().st_mode
        write_text(place, found.text or "")
        os.chmod(place, mode)
    except OSError as error:
        what, why = f"the file can't be written: {error.strerror}", "It is as it was."
        problems.append(Problem("feature-unwritable", what, Where(str(found.path)), why, "Check whether you may write it."))
        return False
    return True


def _difference(found: Formatted) -> str:
    before = found.before.decode("utf-8-sig").splitlines(keepends=True)
    after = (found.text or "").splitlines(keepends=True)
    lines = [line if line.endswith("\n") else f"{line}\n" for line in unified_diff(before, after, str(found.path), "formatted", n=1)]
    if lines:
        return "".join(line.replace("\r\n", "^M\n") for line in lines)
    return f"--- {found.path}\nIts first bytes mark an encoding, which UTF-8 doesn't need.\n"


def _summary(read: Sequence[Formatted], changed: Sequence[Formatted], problems: Sequence[Problem], *, check: bool) -> str:
    if check:
        text = f"{len(changed):,} of {len(read):,} features would be formatted" if changed else f"{len(read):,} features have their form"
    else:
        text = f"{len(changed):,} of {len(read):,} features formatted"
    return f"{text}; {len(problems)} problem{'' if len(problems) == 1 else 's'}." if problems else f"{text}."
