"""What commands leave behind: a folder that is complete or isn't there, and progress on a terminal."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
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


def put_in_order(out: Path) -> None:
    """Mends what a killed run left beside an output folder: an earlier result goes back, half-written folders go.

    A run moves the old folder aside and the new one into its place; killed between the two it leaves neither.  Only folders
    of runs of this machine whose process has ended are touched.
    """
    with suppress(OSError):
        beside = sorted(out.parent.iterdir()) if out.parent.is_dir() else []
        for path in beside:
            run = _LEFT.fullmatch(path.name.removeprefix(f".{out.name}.")) if path.name.startswith(f".{out.name}.") else None
            if run is None or path.is_symlink() or not path.is_dir() or run["machine"] != _machine() or _lives(int(run["process"])):
                continue
            old = path / out.name
            if run["old"] and (old / MARK).is_file() and not out.exists() and not out.is_symlink():
                os.replace(old, out)
                click.echo(f"The last run was killed while it replaced {out.as_posix()}; the result before it was put back.", err=True)
            shutil.rmtree(path, ignore_errors=True)


def _beside(out: Path, kind: str = "") -> Path:
    """A name beside an output folder, from which a later run sees whether its run still lives."""
    return out.parent / f".{out.name}.{kind}{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"


_LEFT = re.compile(r"(?P<old>old\.)?(?P<machine>[0-9a-f]{6})-(?P<process>\d{1,9})-[0-9a-f]{8}", re.ASCII)


@cache
def _machine() -> str:
    return hashlib.sha256(socket.gethostname().encode("utf-8", "replace")).hexdigest()[:6]


def _lives(process: int) -> bool:
    """Whether a process of this machine still runs; where that can't be asked, it does."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@contextmanager
def out_folder(out: Path, seal: Callable[[Path], None] | None = None, *, private: bool = False) -> Iterator[Path]:
    """A folder to write into, which takes the place of `out` only when all is written.

    A run that stops half-way leaves the old result whole.  seal: makes the complete folder an evidence package; the
    manifest is the last file that is written.  private: nobody else may look into it before it is complete.
    """
    put_in_order(out)
    check_out(out)
    # Named before it is made: whoever interrupts in between leaves nothing behind.
    beside = _beside(out)
    try:
        try:
            out.parent.mkdir(parents=True, exist_ok=True)
            beside.mkdir()
            os.chmod(beside, 0o700 if private else 0o755)
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
        os.chmod(beside, 0o755)  # noqa: S103  (as above)
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
        old = _beside(out, "old.")
        old.mkdir(mode=0o700)
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
