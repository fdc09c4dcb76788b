"""`trueup report`: draws a kept record again."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("report")
@click.argument("record", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the report; the record's own folder where left out.",
)
def command(record: Path, out: Path | None) -> int:
    """Draws the report of a kept record again, without engine, target or plan.

    Example: trueup report out/record.json --out report
    """
    from harness.cli.output import check_out, out_folder, shown_out
    from reports.record import load_record, save_record
    from reports.site import draw

    kept = load_record(record)
    if out is None:
        folder = record if record.is_dir() else record.parent
        check_out(folder)
        draw(kept, folder)
    else:
        with out_folder(out) as folder:
            save_record(kept, folder)
            draw(kept, folder)
        folder = out
    click.echo(f"Report: {shown_out(folder, 'index.html')}")
    return 0
