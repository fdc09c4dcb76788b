"""The figures of a comparison for people, and where its files are: of a reconciliation and of a regression alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from harness.cli.output import shown_out
from harness.reconcile.results import Reconciliation
from reports.pages.differences import csv_name
from reports.record_types import RunRecord


@dataclass(frozen=True)
class Words:
    """How a comparison speaks.  agree, differ, known: of rows; left, right, gap: of the two sides and what lies between."""

    agree: str
    differ: str
    known: str
    left: str
    right: str
    gap: str


def print_grains(found: Reconciliation, words: Words) -> None:
    """Counts, totals and causes of each grain."""
    for grain in found.grains:
        click.echo(
            f"\n{grain.name}: {grain.compared:,} compared, {grain.matched:,} {words.agree}, "
            f"{len(grain.differences):,} {words.differ}, {len(grain.accepted):,} {words.known}"
        )
        for total in grain.totals:
            left, right, gap = (
                grain.money_text(units, total.currency)
                for units in (total.expected, total.actual, total.difference)
            )
            click.echo(f"  {words.left} {left:>22}   {words.right} {right:>22}   {words.gap} {gap:>18}")
        for group in grain.groups:
            money = ", ".join(grain.money_text(u, c) for c, u in group.money)
            click.echo(f"  - {group.sentence}  {money}")
    if found.known:
        click.echo("")


def files_of(out: Path, record: RunRecord) -> dict[str, Any]:
    """What a summary says of the files in the output folder."""
    return {
        "report": shown_out(out, "index.html"),
        "record": shown_out(out, "record.json"),
        "differences_csv": shown_out(out, "differences.csv"),
        "differences_csvs": {g.name: shown_out(out, csv_name(record.grains, g.name)) for g in record.grains},
    }


def print_files(summary: dict[str, Any]) -> None:
    """Where report, differences and record are, if they were written."""
    if "report" not in summary:
        return
    files: dict[str, str] = summary["differences_csvs"]
    click.echo(f"\nReport:      {summary['report']}")
    for name, path in files.items():
        click.echo(f"Differences: {path}" + (f"  ({name})" if len(files) > 1 else ""))
    click.echo(f"Record:      {summary['record']}")
