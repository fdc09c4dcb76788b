"""`--mask`: what a command writes, for people who may not see names or amounts."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

if TYPE_CHECKING:
    from harness.adapters.mapping import Mapping
    from reference_engine.world import World
    from reports.masking import Mask, Masked
    from reports.pages.differences import Form
    from reports.people_found import People
    from reports.record_types import RunRecord

KEY = "TRUEUP_MASK_KEY"
mask_option = click.option(
    "--mask",
    type=click.Choice(["names", "names,amounts"]),
    help=f"Write a copy for sharing: payees under pseudonyms (the same ones each time with the secret {KEY}), amounts multiplied by a secret factor.",
)
form_option = click.option(
    "--form",
    type=click.Choice(["auto", "file", "folder"]),
    default="auto",
    show_default=True,
    help="One page that holds all rows, or a small page with its rows in the folder `rows` beside it; auto: the folder for very large runs.",
)


def mask_of(what: str | None) -> Mask | None:
    """The mask that an option asks for, with its secret from the environment."""
    from reports.masking import Mask, What

    return None if what is None else Mask(cast("What", what), os.environ.get(KEY, ""))


def people_of_world(world: World | None, mapping: Mapping | None) -> People:
    """Everybody whom the inputs name, also who is paid nothing, and the export's columns that name them."""
    from reports.people_found import People

    people = People()
    if world is not None:
        names = world.payee_column("name").tolist()
        for payee, name in zip(world.payees, names, strict=True):
            people.called(str(payee), name)
    if mapping is not None:
        people.columns |= {
            column
            for grain in mapping.grains
            for key in grain.key
            if key.name == "payee"
            for column in key.columns
        }
    return people


def people_of_features(record: RunRecord) -> People:
    """Everybody whom the sentences of features name, found by the catalogue of sentences."""
    from harness.catalogue import catalogue
    from reports.people_found import People

    people = People()
    patterns = [s for s in catalogue() if any(name in _SLOTS for name, _ in s.slots)]
    for text in dict.fromkeys(_steps(record)):
        for sentence in patterns:
            found = sentence.texts(text)
            if found is not None:
                for name in _SLOTS & found.keys():
                    people.same(found[name])
    return people


_SLOTS = {"payee"}
_KEYWORDS = ("Given ", "When ", "Then ", "And ", "But ", "* ")


def _steps(record: RunRecord) -> Iterator[str]:
    for scenario in record.scenarios:
        yield from (step.text for step in scenario.steps)
    for feature in record.features:
        for line in feature.text.split("\n"):
            bare = line.strip()
            yield from (bare.removeprefix(word).strip() for word in _KEYWORDS if bare.startswith(word))


def masked_copy(record: RunRecord, mask: Mask, people: People | None = None) -> Masked:
    """The record's copy for sharing."""
    from reports.masking import Masked

    found = people_of_features(record) if record.scenarios or record.features else None
    if found is not None and people is not None:
        for code in found.names():
            people.same(code)
    return Masked(record, mask, people or found)


def write_copy(folder: Path, masked: Masked, form: Form = "auto") -> None:
    """Leaves nothing but the masked copy in a folder: its record, its report and its CSV files."""
    from reports.record import save_record
    from reports.site import draw

    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    save_record(masked.record, folder)
    draw(masked.record, folder, form)


@contextlib.contextmanager
def said_masked(masked: Masked | None) -> Iterator[None]:
    """What is printed meanwhile is printed masked."""
    if masked is None:
        yield
        return
    held = io.StringIO()
    with contextlib.redirect_stdout(held):
        yield
    click.echo(masked.text(held.getvalue()), nl=False)


def note_of(mask: Mask) -> str:
    """What a reader of the terminal should know of the copy."""
    how = (
        "their pseudonyms are the same in every copy made with this key"
        if mask.key
        else f"their pseudonyms hold for this copy only, for {KEY} isn't set"
    )
    amounts = " Amounts are multiplied by a secret factor." if mask.amounts else ""
    return (
        f"Names are masked; {how}.{amounts} The copy is for sharing: it is no evidence and can't be signed."
    )


def json_masked(masked: Masked | None, value: Any) -> Any:
    """Plain data for --json, masked where that is asked for."""
    return value if masked is None else masked.plain(value)
