"""`trueup reconcile`: expected against a target's export."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

from harness.cli.inputs import SeveralPaths, memory_size, read_all
from harness.cli.masking import form_option, json_masked, mask_of, mask_option, note_of, said_masked
from harness.cli.output import Progress, check_out
from harness.evidence.inputs import shown
from reports.pages.differences import Form


@click.command("reconcile", cls=SeveralPaths)
@click.option(
    "--expected",
    type=click.Path(path_type=Path),
    help="What `trueup calculate --out` wrote: the folder, or one of its files.",
)
@click.option(
    "--plan",
    "plans",
    multiple=True,
    metavar="FILE...",
    help="Plan files, with --data in place of --expected: calculates first.",
)
@click.option("--data", type=click.Path(), help="Folder of standard tables.")
@click.option(
    "--actual",
    type=click.Path(path_type=Path),
    required=True,
    help="The target's export: a file, or the folder that the mapping's files are in.",
)
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    required=True,
    help="How the export says payee, plan, period and amount.",
)
@click.option(
    "--known", type=click.Path(path_type=Path), help="Accepted differences with reason, owner and expiry."
)
@click.option(
    "--closed", "closed_periods", multiple=True, metavar="PERIOD", help="A closed period, such as 2026-01 or 2025-*."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for report, record and CSV.")
@click.option("--gates", type=click.Path(path_type=Path), help="Rules that decide whether it ends with 0; without, all must agree.")
@click.option("--history", type=click.Path(path_type=Path), help="Folder that keeps each run and is compared with; `history` beside --out where there is one.")
@click.option(
    "--memory", default="", metavar="SIZE", callback=memory_size,
    help="With --expected: the most memory that DuckDB may take, such as 2GB; rows that agree are then counted and summed, and only those that differ are read.",
)
@mask_option
@form_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(
    expected: Path | None, plans: tuple[str, ...], data: str | None, actual: Path, mapping: Path, known: Path | None,
    closed_periods: tuple[str, ...], out: Path | None,
    gates: Path | None, history: Path | None, memory: str, mask: str | None, form: Form, as_json: bool
) -> int:  # fmt: skip
    """Compares expected payouts with a target's export, both ways.

    Example: trueup reconcile --plan plans/*.yaml --data data --actual export.csv --mapping mapping.yaml --out out
    """
    from harness.cli.reconciling import Job, calculated, print_summary
    from harness.evidence.history import history_folder

    if (expected is None) == (not plans or data is None):
        raise click.UsageError("Give either --expected, or --plan and --data together.")
    if mask is not None and out is None:
        raise click.UsageError("--mask is for what is written: name the folder with --out.")
    if out is not None:
        check_out(out)
    progress = Progress(quiet=as_json)
    job = Job(
        f"Reconciliation of {actual.name}",
        "reconcile",
        _command(expected, plans, data, actual, mapping, known, gates, history, closed_periods),
        mapping,
        actual,
        out,
        progress,
        known,
        expected_path=expected,
        closed_periods=closed_periods,
        gates=gates,
        history=history_folder(history, out),
        mask=mask_of(mask),
        form=form,
        memory=memory,
    )
    if expected is None and data is not None:
        progress.step("reading plans and data")
        read, world = read_all(plans, data)
        job.calculated = calculated(read, world, Path(data), progress)
    found, summary = job.run()
    if as_json:
        click.echo(json.dumps(json_masked(job.masked, summary), ensure_ascii=False, indent=1))
    else:
        with said_masked(job.masked):
            print_summary(found, summary, found.target)
            for line in job.said:
                click.echo(line)
        if job.mask is not None:
            click.echo(note_of(job.mask))
    return int(summary.get("exit_code", 0 if found.agrees else 1))


def _command(
    expected: Path | None,
    plans: tuple[str, ...],
    data: str | None,
    actual: Path,
    mapping: Path,
    known: Path | None,
    gates: Path | None,
    history: Path | None,
    closed_periods: tuple[str, ...],
) -> str:
    """The command as it can be given again; the report shows it."""
    words = ["trueup", "reconcile"]
    for option, values in (
        ("--expected", [expected]),
        ("--plan", plans),
        ("--data", [data]),
        ("--actual", [actual]),
        ("--mapping", [mapping]),
        ("--known", [known]),
        ("--gates", [gates]),
        ("--history", [history]),
    ):
        given = [shown(v) for v in values if v]
        words += [option, *given] if given else []
    words += [word for text in closed_periods for word in ("--closed", text)]
    return shlex.join(words)
