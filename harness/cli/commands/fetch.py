"""`trueup fetch`: what a target paid, as files with their evidence."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.output import Progress, check_out, out_folder

if TYPE_CHECKING:
    from harness.targets.profile import Profile


@click.command("fetch")
@click.option("--target", type=click.Path(path_type=Path), required=True, help="Profile of the target: how it is reached, and what is fetched.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the files and extracts.json, their evidence. Required without --list.")
@click.option("--list", "lists", is_flag=True, help="Only list what could be fetched, as a profile names it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(target: Path, out: Path | None, lists: bool, as_json: bool) -> int:
    """Fetches what a target paid, to be reconciled.

    The folder is complete or isn't there. Nothing is changed in the target. A long download that is broken off goes on where it was.

    Example: trueup fetch --target varicent.yaml --out fetched
    """
    from harness.targets.asking import fetched
    from harness.targets.page_store import store_beside
    from harness.targets.profile import profile

    if (out is None) != lists:
        raise click.UsageError("Give either --out, the folder for the files, or --list.")
    found = profile(target)
    if out is None:
        return _listed(found, as_json)
    check_out(out)
    progress = Progress(quiet=as_json)
    store = store_beside(out)
    try:
        with out_folder(out, private=True) as folder:
            extracts = fetched(found, folder, progress.step, store=store)
    except BaseException:
        progress.done()
        if pages := store.pages:
            click.echo(f"{pages:,} pages that were read are kept in {store.folder.name}, which only you can open; the same command goes on with them.", err=True)
        raise
    store.clear()
    progress.done()
    if as_json:
        click.echo(json.dumps({"target": found.target, "extracts": [asdict(e) for e in extracts]}, ensure_ascii=False, indent=1))
        return 0
    click.echo(f"Fetched from {found.target}:")
    width = max(len(e.file) for e in extracts)
    for extract in extracts:
        click.echo(f"  {extract.file:<{width}}  {extract.rows:>10,} rows  {extract.request.splitlines()[0]}")
        for note in extract.notes:
            click.echo(f"  {'':<{width}}  {note}")
    click.echo(f"Evidence: {(out / 'extracts.json').as_posix()}")
    click.echo(f"Compare:  trueup reconcile --actual {out.as_posix()} --mapping {found.mapping.as_posix()} ...")
    return 0


def _listed(found: Profile, as_json: bool) -> int:
    asked = found.open()
    try:
        names = asked.names()
    finally:
        asked.close()
    if as_json:
        click.echo(json.dumps({"target": found.target, "names": names}, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(names) if names else f"{found.target} shows this user nothing.")
    return 0
