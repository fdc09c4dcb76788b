"""`trueup demo`: the main job on real data."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.inputs import near, read_all
from harness.cli.output import Progress, check_out
from harness.evidence.inputs import PROJECT

PLANS = PROJECT / "scenarios" / "plans" / "odoo_commission"
WORLD = PROJECT / "scenarios" / "worlds" / "odoo_commission"
EXPORT = PROJECT / "scenarios" / "data" / "odoo_commission"
MAPPING = PROJECT / "harness" / "mappings" / "odoo_commission.yaml"


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for report, record and CSV.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(out: Path, as_json: bool) -> int:
    """The main job on real data.

    Calculates nine plans on AdventureWorks orders, reconciles what a real commission system (Odoo with the OCA
    add-ons) paid on them, and writes the report. Ends with 0 when it has found what there is to find.

    Example: trueup demo --out out
    """
    from harness.cli.reconciling import Job, calculated, print_summary

    check_out(out)
    progress = Progress(quiet=as_json)
    progress.step("reading plans and data")
    plans, world = read_all([near(PLANS)], near(WORLD))
    job = Job(
        "Odoo commissions on AdventureWorks orders", "demo", "trueup demo", Path(near(MAPPING)), Path(near(EXPORT)), out, progress,
        calculated=calculated(plans, world, Path(near(WORLD)), progress),
    )  # fmt: skip
    found, summary = job.run()
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, indent=1))
    else:
        print_summary(found, summary, job.title)
        click.echo(
            "\nThese differences are real: the system departs from its plans there. Open the report to see why."
        )
    return 0
