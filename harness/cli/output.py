"""What commands leave behind: a folder that is complete or isn't there, and progress on a terminal."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
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


def check_unsealed(folder: Path) -> None:
    """Refuses to draw into a run's sealed folder, which a changed report would make void.  Raises Stopped."""
    if (folder / "manifest.json").is_file():
        why = "Another report in it would make its manifest and its signatures void."
        raise Stopped(Problem("out-sealed", "this folder is the evidence of a run.", Where(str(folder)), why, "Name a new folder with --out."))


@contextmanager
def out_folder(out: Path, seal: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """A folder to write into, which takes the place of `out` only when all is written.

    A run that stops half-way leaves the old result whole.  seal: makes the complete folder an evidence package; the
    manifest is the last file that is written.
    """
    check_out(out)
    # Named before it is made: whoever interrupts in between leaves nothing behind.
    beside = out.parent / f".{out.name}.{secrets.token_hex(4)}"
    try:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            beside.mkdir()
            os.chmod(beside, 0o755)  # noqa: S103  (a web server or a colleague may read the report, whatever the umask)
        except OSError as error:
            raise Stopped(
                Problem(
                    "out-unwritable",
                    f"the output folder can't be made: {error.strerror}.",
                    Where(str(out)),
                    remedy="Name another folder with --out.",
                )
            ) from None
        yield beside
        (beside / MARK).write_text(_MARK_TEXT, encoding="utf-8")
        if seal is not None:
            seal(beside)
        _replace(beside, out)
    except Exception as error:
        words = _of_the_disk(error)
        if not words:
            raise
        raise Stopped(
            Problem(
                "out-unwritable",
                f"the results can't be written: {words}.",
                Where(str(out)),
                "An earlier result in this folder is as it was.",
                "Make room, or name another folder with --out.",
            )
        ) from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _of_the_disk(error: Exception) -> str:
    """What the system says of a file that can't be written; blank where the error is another one.

    DuckDB, which writes the large tables, has an error of its own for it.
    """
    if isinstance(error, OSError):
        return str(error.strerror or error)
    duckdb = sys.modules.get("duckdb")
    if duckdb is not None and isinstance(error, duckdb.IOException):
        return str(error).strip().splitlines()[0].rstrip(".")
    return ""


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
