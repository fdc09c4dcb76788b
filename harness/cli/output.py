"""What commands leave behind: a folder that is complete or isn't there, and progress on a terminal."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from reference_engine.problems import Problem, Stopped, Where

MARK = ".trueup"
_MARK_TEXT = "This folder was made by trueup. A later run may replace it.\n"


def check_out(out: Path) -> None:
    """Refuses a folder that holds anything trueup didn't make.  Raises Stopped."""
    try:
        _check_out(out)
    except (OSError, ValueError) as error:
        words = error.strerror if isinstance(error, OSError) else "the name can't be used"
        raise Stopped(
            Problem(
                "out-unwritable",
                f"the output folder can't be made: {words}.",
                Where(str(out)[:80]),
                remedy="Name another folder with --out.",
            )
        ) from None


def _check_out(out: Path) -> None:
    problem = None
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        problem = "it is not a folder"
    elif out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        problem = "it holds files that trueup didn't make"
    elif out.resolve() in (Path.cwd().resolve(), Path.home().resolve(), Path("/").resolve()):
        problem = "it is the folder you work in"
    parent = next(p for p in (out.absolute(), *out.absolute().parents) if p.exists())
    if not problem and not parent.is_dir():
        problem = f"{parent.name} is a file"
    elif not problem and not os.access(parent if parent != out.absolute() else parent.parent, os.W_OK):
        problem = f"nothing may be written in {parent.name or parent}"
    if problem:
        raise Stopped(
            Problem(
                "out-not-ours", f"the output folder can't be used: {problem}.", Where(str(out)),
                "A run replaces its whole output folder, so your files would be lost.", "Name a new folder with --out.",
            )
        )  # fmt: skip


@contextmanager
def out_folder(out: Path) -> Iterator[Path]:
    """A folder to write into, which takes the place of `out` only when all is written.

    A run that stops half-way leaves the old result whole.
    """
    check_out(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise Stopped(
            Problem(
                "out-unwritable",
                f"the output folder can't be made: {error.strerror}.",
                Where(str(out)),
                remedy="Name another folder with --out.",
            )
        ) from None
    try:
        os.chmod(beside, 0o755)  # noqa: S103  (mkdtemp's own mode would hide the report from a web server or a colleague)
        yield beside
        (beside / MARK).write_text(_MARK_TEXT, encoding="utf-8")
        _replace(beside, out)
    except OSError as error:
        raise Stopped(
            Problem(
                "out-unwritable",
                f"the results can't be written: {error.strerror or error}.",
                Where(str(out)),
                "An earlier result in this folder is as it was.",
                "Make room, or name another folder with --out.",
            )
        ) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _replace(new: Path, out: Path) -> None:
    old = None
    if out.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old.", dir=out.parent))
        os.replace(out, old / out.name)
    os.replace(new, out)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def shown_out(out: Path, name: str) -> str:
    """A file in the output folder, as the user named the folder."""
    return Path(os.path.normpath(out / name)).as_posix()


class Progress:
    """Says on a terminal what is being done; silent elsewhere and with --json."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.on = not quiet and sys.stderr.isatty() and "CI" not in os.environ
        self.started = time.monotonic()

    def step(self, words: str) -> None:
        if self.on:
            click.echo(f"\r\x1b[2K{time.monotonic() - self.started:5.1f} s  {words} ...", err=True, nl=False)

    def done(self) -> None:
        if self.on:
            click.echo("\r\x1b[2K", err=True, nl=False)
