"""`trueup steps`: the step book."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reference_engine.problems import Problem, Stopped, Where

if TYPE_CHECKING:
    from harness.stepbook.entries import Entry


@click.command("steps")
@click.argument("words", nargs=-1)
@click.option("--html", "html", type=click.Path(path_type=Path), help="Write the step book as one searchable page that needs no network.")
@click.option("--editor", is_flag=True, help="Write what makes the Cucumber extension of VS Code complete and check sentences.")
@click.option(
    "--features",
    type=click.Path(path_type=Path),
    default=Path("features"),
    show_default=True,
    help="Where the features are that use the sentences.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(words: tuple[str, ...], html: Path | None, editor: bool, features: Path, as_json: bool) -> int:
    """Shows every sentence that a scenario may use.

    With WORDS it shows the sentences that have them all, in their words, meanings, columns or examples, with table, example and
    places of use; WORDS may also be an id or a whole step.

    Example: trueup steps quota
    """
    from harness.stepbook.entries import entries, search, used_in

    if editor:
        return _write_editor()
    found = list(entries(used_in([features]) if words or html or as_json else None))
    if words:
        found = search(found, words)
    if html is not None:
        _write_page(html, found)
    elif as_json:
        from harness.stepbook.text import as_data

        click.echo(json.dumps({"sentences": [as_data(e) for e in found]}, ensure_ascii=False, indent=1))
    else:
        from harness.stepbook.text import in_full, listed

        if words:
            click.echo("\n\n".join("\n".join(in_full(entry, words)) for entry in found))
        else:
            click.echo("\n".join([*listed(found), "", f"{len(found)} sentences. `trueup steps WORDS` shows some in full."]))
    return 0


def _write_editor() -> int:
    from harness.stepbook.editor import write_editor_files

    for path in write_editor_files(Path()):
        click.echo(f"Written: {path}")
    return 0


def _write_page(file: Path, found: list[Entry]) -> None:
    from harness.adapters.data_folder import write_text
    from harness.stepbook.page import page

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, page(found))
    except OSError as error:
        what = f"the page can't be written: {error.strerror}"
        raise Stopped(Problem("page-unwritable", what, Where(str(file)), remedy="Name another file with --html.")) from None
    click.echo(f"Step book: {file}")
