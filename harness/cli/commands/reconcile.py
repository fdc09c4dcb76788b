"""`trueup reconcile`: expected against a target's export."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

from harness.cli.inputs import SeveralPaths, read_all
from harness.cli.output import Progress, check_out
from harness.evidence.inputs import shown


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
@click.option("--out", type=click.Path(path_type=Path), help="Folder for report, record and CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(
    expected: Path | None, plans: tuple[str, ...], data: str | None, actual: Path, mapping: Path, known: Path | None, out: Path | None, as_json: bool
) -> int:  # fmt: skip
    """Compares expected payouts with a target's export, both ways.

    Example: trueup reconcile --plan plans/*.yaml --data data --actual export.csv --mapping mapping.yaml --out out
    """
    from harness.cli.reconciling import Job, calculated, print_summary

    if (expected is None) == (not plans or data is None):
        raise click.UsageError("Give either --expected, or --plan and --data together.")
    if out is not None:
        check_out(out)
    progress = Progress(quiet=as_json)
    job = Job(
        f"Reconciliation of {actual.name}",
        "reconcile",
        _command(expected, plans, data, actual, mapping, known),
        mapping,
        actual,
        out,
        progress,
        known,
        expected_path=expected,
    )
    if expected is None and data is not None:
        progress.step("reading plans and data")
        read, world = read_all(plans, data)
        job.calculated = calculated(read, world, Path(data), progress)
    found, summary = job.run()
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, indent=1))
    else:
        print_summary(found, summary, found.target)
    return 0 if found.agrees else 1


def _command(
    expected: Path | None,
    plans: tuple[str, ...],
    data: str | None,
    actual: Path,
    mapping: Path,
    known: Path | None,
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
    ):
        given = [shown(v) for v in values if v]
        words += [option, *given] if given else []
    return shlex.join(words)
