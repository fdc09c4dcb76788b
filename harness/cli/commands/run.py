"""`trueup run`: features through pytest, with record and report."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import click

from harness.cli.output import check_out, out_folder
from reference_engine.problems import Problem, Stopped, Where
from reports.record import load_record

INTERRUPTED, INTERNAL, USAGE = 2, 3, 4
"""Exit codes of pytest."""
RECORD = "record.json"


class WithPytestArguments(click.Command):
    """Keeps what follows -- for pytest."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = args.index("--") if "--" in args else len(args)
        ctx.meta["pytest"] = args[at + 1 :]
        return super().parse_args(ctx, args[:at])


@click.command("run", cls=WithPytestArguments)
@click.argument("paths", nargs=-1, type=click.Path())
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for report and record.",
)
@click.option("--target", help="Profile of a target system to seed, run and fetch first.")
@click.option("--complete", is_flag=True, help="Fail where a scenario is written and not executed, for whatever reason.")
def command(paths: tuple[str, ...], out: Path, target: str | None, complete: bool) -> int:
    """Runs features, and writes the record and the report.

    Paths are feature files or folders; `features` where none is named. What follows -- goes to pytest.

    Example: trueup run features/plans --out out -- -k accelerators
    """
    if target is not None:
        raise Stopped(
            Problem(
                "no-profile",
                f'there is no target profile "{target}".',
                Where("--target"),
                "Nothing says how to reach the target.",
                "Run without --target, or reconcile an export with `trueup reconcile`.",
            )
        )
    check_out(out)
    named, extra = list(paths), list(click.get_current_context().meta["pytest"])
    for path in named:
        if not Path(path.partition("::")[0]).exists():
            raise Stopped(
                Problem(
                    "file-unreadable",
                    "there is no such feature file or folder.",
                    Where(path),
                    remedy="Check the path.",
                )
            )
    with out_folder(out) as folder:
        given = named or ["features"]
        words = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "harness.plugin",
            "-p",
            "no:hypothesispytest",
            "-p",
            "no:faker",
            "--rootdir",
            str(Path.cwd()),
            "--trueup-out",
            str(folder),
            *(["--trueup-complete"] if complete else []),
        ]
        environment = os.environ | {
            "TRUEUP_COMMAND": " ".join(["trueup run", *given, *(["--complete"] if complete else []), *(["--", *extra] if extra else [])])
        }
        code = subprocess.run([*words, *extra, *given], check=False, env=environment).returncode
        kept = folder / RECORD
        if code in (INTERRUPTED, -signal.SIGINT):
            raise KeyboardInterrupt
        if code in (INTERNAL, USAGE) or not kept.is_file():
            raise Stopped(
                Problem(
                    "pytest",
                    f"pytest ran no features (its exit code is {code}).",
                    Where(given[0]),
                    "Nothing was proved.",
                    "Its own message stands above.",
                )
            )
        verdict = load_record(kept).verdict
    click.echo(f"\n{verdict.sentence}\nReport: {(out / 'index.html').as_posix()}")
    return verdict.exit_code
