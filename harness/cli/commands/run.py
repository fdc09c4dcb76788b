"""`trueup run`: features through pytest, with record and report."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from harness.cli.output import check_out, out_folder
from reference_engine.problems import Problem, Stopped, Where

PASSED, FAILED, INTERRUPTED, INTERNAL, USAGE, NONE = range(6)


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
def command(paths: tuple[str, ...], out: Path, target: str | None) -> int:
    """Runs features, and writes the record and the report.

    Paths are feature files or folders; `features` where none is named. What follows -- goes to pytest.

    Example: trueup run features/plans --out out -- -k accelerators
    """
    if target is not None:
        raise Stopped(
            Problem(
                "no-profile",
                f'there is no target profile "{target}".',
                remedy="Run without --target, or reconcile an export with `trueup reconcile`.",
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
    started = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        code = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "harness.plugin",
                "--rootdir",
                str(Path.cwd()),
                "--trueup-out",
                folder,
                *extra,
                *(named or ["features"]),
            ],
            check=False,
        ).returncode
        written = Path(folder) / "scenarios.json"
        if code == -2 or (code == INTERRUPTED and not written.is_file()):
            raise KeyboardInterrupt
        if code in (INTERNAL, USAGE) or not written.is_file():
            raise Stopped(
                Problem(
                    "pytest",
                    f"pytest couldn't run the features (its exit code is {code}).",
                    remedy="Its own message stands above.",
                )
            )
        found = json.loads(written.read_text(encoding="utf-8"))
    return _report(found, started, out, list(named or ["features"]))


def _report(found: dict[str, Any], started: datetime, out: Path, paths: list[str]) -> int:
    from harness.evidence.scenarios import feature_record
    from reports.record import save_record
    from reports.site import draw

    record = feature_record(found, started, paths)
    with out_folder(out) as folder:
        save_record(record, folder)
        draw(record, folder)
    click.echo(f"\n{record.verdict.sentence}\nReport: {(out / 'index.html').as_posix()}")
    return record.verdict.exit_code
