"""`trueup demo`: the main job on real data, or on a generated company of any size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.inputs import near, read_all
from harness.cli.output import Progress, check_out, out_folder, shown_out
from harness.evidence.inputs import PROJECT

if TYPE_CHECKING:
    from harness.cli.reconciling import Job
    from scenarios.planted import TargetExport

PLANS = PROJECT / "scenarios" / "plans" / "odoo_commission"
WORLD = PROJECT / "scenarios" / "worlds" / "odoo_commission"
EXPORT = PROJECT / "scenarios" / "data" / "odoo_commission"
MAPPING = PROJECT / "harness" / "mappings" / "odoo_commission.yaml"
COMPANY_MAPPING = PROJECT / "harness" / "mappings" / "whole_company.yaml"
PAYEES_FOR_ONE_FAULT = 50
FEWEST_FAULTS = 5


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Folder for report, record and CSV.",
)
@click.option(
    "--payees",
    type=click.IntRange(100, 200_000),
    help="Makes a company of so many payees with planted differences instead.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(out: Path, payees: int | None, as_json: bool) -> int:
    """The main job on real data.

    Calculates nine plans on AdventureWorks orders, reconciles what a real commission system (Odoo with the OCA
    add-ons) paid on them, and writes the report. Ends with 0 when it has found what there is to find.

    With --payees it makes a company of that size with four plans and twelve periods, calculates it, plants differences
    of every class and cause in what a target would export, and says whether each was found.

    Example: trueup demo --out out
    """
    if payees is not None:
        return _company(out, payees, as_json)
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


def _company(out: Path, payees: int, as_json: bool) -> int:
    """The job on a generated company, whose tables and export are kept in a folder beside the report."""
    from harness.cli.reconciling import print_summary
    from harness.reconcile.planted import compare_with_planted

    check_out(out)
    beside = out.with_name(f"{out.name}-company")
    job, export = _company_job(out, beside, payees, Progress(quiet=as_json))
    found, summary = job.run()
    outcome = compare_with_planted(found, export.truth)
    if as_json:
        summary |= {"planted": outcome.as_json(), "company": shown_out(beside, "data")}
        click.echo(json.dumps(summary, ensure_ascii=False, indent=1))
    else:
        print_summary(found, summary, job.title)
        click.echo(f"Company:     {shown_out(beside, 'data')}")
        click.echo(f"Planted:     {shown_out(beside, 'export/planted.csv')}")
        click.echo(f"\n{outcome.sentence}")
        for text in outcome.wrong[:20]:
            click.echo(f"  - {text}")
    return 0 if outcome.is_right else 1


def _company_job(out: Path, beside: Path, payees: int, progress: Progress) -> tuple[Job, TargetExport]:
    from harness.cli.reconciling import Job, calculated
    from scenarios.planted import target_export
    from scenarios.whole_company import PLANS as COMPANY_PLANS
    from scenarios.whole_company import whole_company
    from scenarios.world import write

    progress.step(f"making a company of {payees:,} payees")
    with out_folder(beside) as folder:
        write(whole_company(payees), folder / "data")
        plans, world = read_all([near(COMPANY_PLANS)], str(folder / "data"))
        result = calculated(plans, world, beside / "data", progress)
        progress.step("planting differences in the target's export")
        export = target_export(
            result.result.line_rows(),
            result.result.payout_rows(),
            each=max(FEWEST_FAULTS, payees // PAYEES_FOR_ONE_FAULT),
        )
        export.write(folder / "export")
    job = Job(
        f"A company of {payees:,} payees with planted differences", "demo", f"trueup demo --payees {payees}",
        Path(near(COMPANY_MAPPING)), beside / "export", out, progress,
        known=beside / "export" / "known.yaml", calculated=result,
    )  # fmt: skip
    return job, export
