"""`trueup seed`: test data into a target, and its calculation."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from harness.cli.output import Progress


@click.command("seed")
@click.option("--target", type=click.Path(path_type=Path), required=True, help="Profile of the target: how it is reached, and what is seeded and run.")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of standard tables.")
@click.option("--run", "runs", is_flag=True, help="Also have the target calculate, and wait for its end.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(target: Path, data: Path, runs: bool, as_json: bool) -> int:
    """Fills a test system with standard tables, in load order, and counts back what arrived.

    Writes only where the profile's `may write to` allows it.

    Example: trueup seed --target varicent.yaml --data data --run
    """
    from harness.adapters.data_folder import read_data_folder
    from harness.targets.profile import profile
    from harness.targets.seeding import seed_rows
    from reference_engine.problems import Problem, Stopped
    from reference_engine.world import read_world

    found = profile(target)
    problems: list[Problem] = []
    tables = read_data_folder(data, problems)
    if not problems:
        read_world(tables, problems)
    if problems:
        raise Stopped(problems)
    rows = seed_rows(found.seeds, tables)
    progress = Progress(quiet=as_json)
    asked = found.open()
    try:
        done = asked.seed(rows, progress.step)
        done += asked.run(progress.step) if runs else []
    finally:
        asked.close()
    progress.done()
    if as_json:
        click.echo(json.dumps({"target": found.target, "done": [asdict(d) for d in done]}, ensure_ascii=False, indent=1))
        return 0
    click.echo(f"Done in {found.target}:")
    for entry in done:
        click.echo(f"  {entry.what}" + (f": {entry.rows:,} rows" if entry.rows is not None else ""))
    return 0
