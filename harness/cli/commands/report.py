"""`trueup report`: draws a kept record again."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.masking import form_option, mask_option
from reference_engine.problems import Problem, Stopped, Where
from reports.pages.differences import Form
from reports.record_types import RunRecord


@click.command("report")
@click.argument("record", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for the report; the record's own folder where left out.",
)
@click.option(
    "--since",
    type=click.Path(path_type=Path),
    help="Record of an earlier run: the report says what is new, still open and gone since then.",
)
@click.option("--signers", type=click.Path(path_type=Path), envvar="TRUEUP_SIGNERS", help="List of the people who may sign, for the sign-off sheet.")
@mask_option
@form_option
def command(record: Path, out: Path | None, since: Path | None, signers: Path | None, mask: str | None, form: Form) -> int:
    """Draws the report of a kept record again, without engine, target or plan.

    The report in a run's own folder is sealed and stays as it is; there the sign-off sheet is drawn again, with its signatures.

    Example: trueup report out/record.json --out report
    """
    from harness.cli.output import check_out, check_unsealed, out_folder, put_in_order, shown_out
    from reports.record import load_record, save_record
    from reports.site import draw

    put_in_order(record)
    kept = load_record(record)
    if since is not None:
        from harness.evidence.history import summary_line, with_since

        kept = with_since(kept, load_record(since))
        click.echo(summary_line(kept))
    folder = record if record.is_dir() else record.parent
    if mask is not None:
        return _copy(kept, out, mask, form)
    if out is None and since is None and (folder / "manifest.json").is_file():
        return _sheet(folder, signers)
    if out is None:
        check_out(folder)
        check_unsealed(folder)
        draw(kept, folder, form)
    else:
        with out_folder(out) as folder:
            save_record(kept, folder)
            draw(kept, folder, form)
        folder = out
    click.echo(f"Report: {shown_out(folder, 'index.html')}")
    return 0


def _copy(kept: RunRecord, out: Path | None, mask: str, form: Form) -> int:
    """Draws a masked copy for sharing, in a folder of its own."""
    from harness.cli.masking import mask_of, masked_copy, note_of, write_copy
    from harness.cli.output import out_folder, shown_out

    wanted = mask_of(mask)
    if out is None or wanted is None:
        raise click.UsageError("Name a new folder with --out: a masked copy never lies beside the record itself.")
    with out_folder(out) as folder:
        write_copy(folder, masked_copy(kept, wanted), form)
    click.echo(f"Report: {shown_out(out, 'index.html')}\n{note_of(wanted)}")
    return 0


def _sheet(folder: Path, signers: Path | None) -> int:
    """Draws the sign-off sheet of a sealed folder, whose report nobody may change."""
    from harness.evidence.signing_sheet import write_sheet
    from harness.evidence.signing_signers import read_signers
    from harness.evidence.verify import verify

    found = verify(folder, None, read_signers(signers) if signers is not None else None)
    try:
        path = write_sheet(folder, found.manifest, found.signoff)
    except OSError as error:
        what = f"the sign-off sheet can't be written: {error.strerror or error}."
        raise Stopped(Problem("out-unwritable", what, Where(str(folder)), remedy="Get the right to write there, or take --out.")) from None
    click.echo(f"Report: {(folder / 'index.html').as_posix()}, sealed and unchanged" if found.package_whole else f"{folder.as_posix()} was changed; see `trueup verify`.")
    click.echo(f"Sign-off sheet: {path.as_posix()}, {found.signoff.state}")
    return 0
