"""`trueup propose`: a mapping from a sample of an export."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reference_engine.problems import Problem, Stopped, Where


@click.command("propose")
@click.argument("sample", type=click.Path(path_type=Path))
@click.option("--target", default="", help="Name of the target, as reports say it.")
@click.option("--out", type=click.Path(path_type=Path), help="File for the mapping; printed where left out. A file that is there is never overwritten.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(sample: Path, target: str, out: Path | None, as_json: bool) -> int:
    """Proposes a mapping from a sample of a target's export.

    It says what speaks for each decision, and leaves open what the sample doesn't prove: `trueup check` refuses the mapping until you have decided that.

    Example: trueup propose payouts.csv --out payouts.mapping.yaml
    """
    from harness.adapters.data_folder import write_text
    from harness.proposing.mapping_text import proposed
    from harness.proposing.sample import sample_of

    if out is not None and out.exists():
        raise Stopped(Problem("out-not-ours", "there is a file of this name already.", Where(str(out)), "It may be a mapping that somebody decided.", "Name another file with --out."))
    found = proposed(sample_of(sample), target or sample.stem, sample.name)
    if out is not None:
        try:
            write_text(out, found.text)
        except OSError as error:
            raise Stopped(Problem("out-unwritable", f"the mapping can't be written: {error.strerror}.", Where(str(out)), remedy="Name another file with --out.")) from None
    if as_json:
        click.echo(json.dumps({"mapping": found.text, "decided": found.decided, "open": found.open}, ensure_ascii=False, indent=1))
        return 0
    if out is None:
        click.echo(found.text)
    click.echo("Decided from the sample:", err=out is None)
    for line in found.decided:
        click.echo(f"  {line}", err=out is None)
    click.echo("Left to you:", err=out is None)
    for line in found.open or ["nothing; compare it with what you know of the target all the same"]:
        click.echo(f"  {line}", err=out is None)
    if out is not None:
        click.echo(f"Mapping: {out.as_posix()}")
    return 0
