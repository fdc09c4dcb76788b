"""`trueup run`: features through pytest, with record and report."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import click

from harness.cli.masking import mask_of, mask_option, masked_copy, note_of, write_copy
from harness.cli.output import check_out, out_folder
from harness.evidence.gate_results import summary_lines
from harness.evidence.gates import read_gates
from harness.evidence.history import history_folder, summary_line
from harness.evidence.inputs import shown
from harness.evidence.manifest import Package
from harness.evidence.requirements import read_requirements
from reference_engine.problems import Problem, Stopped, Unreachable, Where
from reports.record import load_record
from reports.record_types import RunRecord

INTERRUPTED, INTERNAL, USAGE, UNWRITTEN, UNREACHABLE = 2, 3, 4, 74, 75
"""Exit codes of pytest; the last two are those of the plug-in: the results can't be written, the target can't be asked."""
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
@click.option("--target", type=click.Path(path_type=Path), help="Profile of a target: each scenario is also seeded into it, calculated there, fetched and compared.")
@click.option("--complete", is_flag=True, help="Fail where a scenario is written and not executed, for whatever reason.")
@click.option("--gates", type=click.Path(path_type=Path), help="Rules that decide whether the run ends with 0; without, no scenario may fail.")
@click.option("--requirements", type=click.Path(path_type=Path), help="CSV with the requirements to be proved: id, title, severity, optional.")
@click.option("--history", type=click.Path(path_type=Path), help="Folder that keeps each run and is compared with; `history` beside --out where there is one.")
@mask_option
def command(
    paths: tuple[str, ...], out: Path, target: Path | None, complete: bool, gates: Path | None, requirements: Path | None, history: Path | None,
    mask: str | None,
) -> int:  # fmt: skip
    """Runs features, and writes the record and the report.

    Paths are feature files or folders; `features` where none is named. What follows -- goes to pytest.

    Example: trueup run features/plans --out out -- -k accelerators
    """
    if target is not None:
        _check_target(target)
    check_out(out)
    given_files = _given(out, gates, requirements, history)
    wanted = mask_of(mask)
    if wanted is not None:
        # A masked run is for sharing: it is neither kept among the runs before nor evidence.
        given_files.pop("history", None)
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
    package = Package(out)
    with out_folder(out, None if wanted else package.seal, private=wanted is not None) as folder:
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
            *(["--trueup-target", str(target), *_in_one_process()] if target else []),
            *(word for name, path in given_files.items() for word in (f"--trueup-{name}", str(path))),
        ]
        environment = os.environ | {
            "TRUEUP_COMMAND": " ".join(["trueup run", *given, *(["--complete"] if complete else []),
                *(["--target", shown(target)] if target else []), *(word for name, path in given_files.items() for word in (f"--{name}", shown(path))), *(["--", *extra] if extra else [])])
        }  # fmt: skip
        # Whom pytest's own words name is known only when it has ended, so a masked run says them then.
        held = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8", "errors": "replace"} if wanted else {}
        ran: subprocess.CompletedProcess[str] = subprocess.run([*words, *extra, *given], check=False, env=environment, **held)  # type: ignore[call-overload]
        code = ran.returncode
        kept = folder / RECORD
        if code in (INTERRUPTED, -signal.SIGINT):
            raise KeyboardInterrupt
        if code == UNREACHABLE:
            raise Unreachable(
                Problem(
                    "target-unreachable",
                    "the target could not be asked; why stands above.",
                    Where(str(target)),
                    "Half a comparison is no verdict, so no report was written.",
                    "Run it again when the target is ready.",
                )
            )
        if code == UNWRITTEN:
            raise OSError("there is no room for them, or no right to write them")
        if code in (INTERNAL, USAGE) or not kept.is_file():
            raise Stopped(
                Problem(
                    "pytest",
                    f"pytest ran no features (its exit code is {code}).",
                    Where(given[0]),
                    "Nothing was proved.",
                    "Its own message stands above." if wanted is None else "Its own message may name people: run without --mask to read it.",
                )
            )
        package.record = record = load_record(kept)
        said = _asked(target, record) if target is not None else ""
        masked = masked_copy(record, wanted) if wanted else None
        if masked is not None:
            write_copy(folder, masked)
            record = masked.record
            click.echo(masked.text(ran.stdout), nl=False)
        verdict = record.verdict
    click.echo("")
    for line in (*(summary_lines(record.gates) if record.gates else ()), summary_line(record)):
        click.echo(line) if line else None
    if said:
        click.echo(said)
    click.echo(f"{verdict.sentence}\nReport: {(out / 'index.html').as_posix()}")
    if wanted is not None:
        click.echo(note_of(wanted))
    return verdict.exit_code


def _asked(target: Path, record: RunRecord) -> str:
    """How many scenarios the target was asked.  Raises Stopped where it was asked none: green would say nothing of it."""
    from harness.targets.judging import NOT_ASKED

    asked = [s for s in record.scenarios if s.asked and not s.asked.startswith(NOT_ASKED)]
    if not asked:
        why = "A green run would say nothing about the target."
        raise Stopped(Problem("nothing-compared", "no scenario was asked of the target: none that ran and passed calculates payouts.", Where(str(target)), why, "Run scenarios that calculate commissions, and see why others failed by running them without --target."))
    agreeing = sum(s.outcome == "passed" for s in asked)
    return f"Target: {len(asked):,} of {len(record.scenarios):,} scenarios were asked of it; it agrees with {agreeing:,}."


def _in_one_process() -> list[str]:
    """What keeps pytest in one process, also where its settings ask for several."""
    return ["-n0"] if importlib.util.find_spec("xdist") else []


def _check_target(file: Path) -> None:
    """Reads the profile and its mapping before anything runs.  Raises Stopped with every Problem."""
    from harness.targets.judging import Asker

    Asker(file, None).close()


def _given(out: Path, gates: Path | None, requirements: Path | None, history: Path | None) -> dict[str, Path]:
    """The files that the run is judged by, read before anything runs.  Raises Stopped with every Problem in them."""
    problems: list[Problem] = []
    if gates is not None:
        read_gates(gates, problems)
    if requirements is not None:
        read_requirements(requirements, problems)
    if problems:
        raise Stopped(problems)
    named = {"gates": gates, "requirements": requirements, "history": history_folder(history, out)}
    return {name: path for name, path in named.items() if path is not None}
