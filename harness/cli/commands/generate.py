"""`trueup generate`: a world made by a recipe, as standard tables."""

from __future__ import annotations

from pathlib import Path

import click

IN_BULK = 100_000
"""From this many deals on, worlds are written in chunks."""


@click.command("generate")
@click.option(
    "--recipe",
    required=True,
    help="What the deals look like: deal splits, late cash, cancellations, several currencies, retail sales, bookings and revenue.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same world.")
@click.option(
    "--deals", type=click.IntRange(1, 100_000_000), help="How many; the recipe's own number where left out."
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Format of the tables.",
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the tables.")
def command(recipe: str, seed: int, deals: int | None, form: str, out: Path) -> int:
    """Makes a world of payees and deals as standard tables.

    Example: trueup generate --recipe "late cash" --seed 7 --deals 200 --out data
    """
    from scenarios import bulk, world

    if form == "parquet" or (deals or 0) >= IN_BULK:
        from scenarios.recipes import find_recipe

        manifest = bulk.write(recipe, deals or find_recipe(recipe).deals, out, seed=seed, form=form)
    else:
        manifest = world.write(world.build(recipe, seed, deals), out)
    click.echo(
        f"Written to {out.as_posix()}; {Path(manifest).name} lists the tables, their totals and the edge cases inside."
    )
    return 0
