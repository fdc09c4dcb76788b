"""`trueup compare`: a target's export before a change against its export after it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click

from harness.cli.inputs import memory_size
from harness.cli.masking import form_option, json_masked, mask_of, mask_option, note_of, said_masked
from harness.cli.output import Progress, check_out
from harness.evidence.inputs import shown
from reports.pages.differences import Form


@click.command("compare")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    required=True,
    help="How both exports say payee, plan, period and amount.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help="Approved changes with reason, approver and last day.",
)
@click.option(
    "--only",
    multiple=True,
    metavar="NAME=VALUE",
    help="Only these rows may change, such as plan=AE Growth,period=2026-03; a star stands for any text.",
)
@click.option(
    "--closed",
    "closed_periods",
    multiple=True,
    metavar="PERIOD",
    help="A closed period, such as 2026-01 or 2025-*.",
)
@click.option(
    "--write-baseline",
    "propose",
    type=click.Path(path_type=Path),
    help="Writes what changed as a baseline to be approved: reason, approver and last day are left to fill in.",
)
@click.option(
    "--memory",
    default="",
    metavar="SIZE",
    callback=memory_size,
    help="The most memory that DuckDB may take for large exports, such as 2GB; what doesn't fit goes to the disk.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for report, record and CSV.")
@mask_option
@form_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(
    before: Path,
    after: Path,
    mapping: Path,
    baseline: Path | None,
    only: tuple[str, ...],
    closed_periods: tuple[str, ...],
    propose: Path | None,
    memory: str,
    out: Path | None,
    mask: str | None,
    form: Form,
    as_json: bool,
) -> int:
    """Compares a target's export BEFORE a change with its export AFTER it.

    Only what a baseline approves may change; anything else is red, and so is an approved change that did not happen.

    Example: trueup compare before.csv after.csv --mapping mapping.yaml --baseline approved.yaml --out out
    """
    from harness.cli.comparing import Comparison, print_changes

    if mask is not None and out is None:
        raise click.UsageError("--mask is for what is written: name the folder with --out.")
    if out is not None:
        check_out(out)
    words = ["trueup", "compare", shown(before), shown(after), "--mapping", shown(mapping)]
    if baseline is not None:
        words += ["--baseline", shown(baseline)]
    words += [word for text in only for word in ("--only", text)]
    words += [word for text in closed_periods for word in ("--closed", text)]
    job = Comparison(
        before,
        after,
        mapping,
        shlex.join(words),
        Progress(quiet=as_json),
        baseline,
        only,
        closed_periods,
        out,
        propose,
        memory,
        mask_of(mask),
        form,
    )
    found, summary = job.run()
    if as_json:
        click.echo(json.dumps(json_masked(job.masked, summary), ensure_ascii=False, indent=1))
    else:
        with said_masked(job.masked):
            print_changes(found, summary)
        if job.mask is not None:
            click.echo(note_of(job.mask))
    return 0 if found.agrees else 1
