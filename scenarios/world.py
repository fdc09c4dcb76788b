"""Worlds: everything a plan is calculated on, made from a recipe and a seed.

The same recipe, seed, number of deals and company give the same world, byte for byte, on every machine, in
every year.  Only the names of people and companies may change, with the version of Faker in the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reference_engine.problems import Problem, Stopped, Where
from reference_engine.vocabulary.tables import TextTable
from scenarios.draft import Draft, Edge
from scenarios.folder import Origin, WorldFolder
from scenarios.recipes import Recipe, find_recipe

DEFAULT_SEED = 1


class BuiltWorld(tuple[TextTable, ...]):
    """The standard tables of a world, with where they come from.

    edges: the rows that are special, with what is special about them, in business words.
    """

    origin: Origin
    edges: tuple[Edge, ...]

    def __new__(cls, tables: Iterable[TextTable], origin: Origin, edges: Iterable[Edge]) -> BuiltWorld:
        built = super().__new__(cls, tables)
        built.origin = origin
        built.edges = tuple(edges)
        return built

    def table(self, name: str) -> TextTable:
        """One table by its name."""
        return next(table for table in self if table.name == name)


def build(recipe: str, seed: int = DEFAULT_SEED, deals: int | None = None, company: str = "") -> BuiltWorld:
    """The tables of a world as text.

    recipe: its name, such as `deal splits`.  seed: any whole number.  deals: how many deals (or retail sales)
    the world has, edge cases included; the recipe's own number where left out.  company: whose people these
    are; another company has other names, and the same figures.
    Stops with a Problem for an unknown recipe or too few deals.
    """
    found = find_recipe(recipe)
    draft = drafted(found, seed, found.deals if deals is None else deals, company)
    return BuiltWorld(draft.tables(), origin_of(found, draft), draft.edges)


def write(tables: Iterable[TextTable], folder: str | Path) -> Path:
    """Writes tables as CSV files with a manifest.json into a folder; returns the manifest's path.

    The folder must be new, empty or made by this before.  It is written beside and then renamed, so a stopped
    run leaves the old one whole.
    """
    listed = list(tables)
    origin = tables.origin if isinstance(tables, BuiltWorld) else None
    edges = tables.edges if isinstance(tables, BuiltWorld) else ()
    with WorldFolder(folder) as target:
        for table in listed:
            with target.table(table.name, table.header) as rows:
                rows.write(table.rows)
        return target.finish(origin, edges)


def drafted(recipe: Recipe, seed: int, deals: int, company: str = "", volume: int | None = None) -> Draft:
    """The filled draft of a recipe.  volume: deals of the whole world, where the rest is made in bulk."""
    if deals < recipe.fewest:
        raise Stopped(
            Problem(
                "too-few-deals",
                f'the recipe "{recipe.name}" needs at least {recipe.fewest} deals; {deals} were asked for.',
                Where("deals"),
                why="Every world of a recipe has all of its edge cases, and each takes a deal of its own.",
                remedy=f"Ask for {recipe.fewest} deals or more.",
            )
        )
    draft = Draft(recipe.name, seed, deals, company, volume)
    recipe.make(draft)
    return draft


def origin_of(recipe: Recipe, draft: Draft, *, in_bulk: bool = False) -> Origin:
    """What the manifest says about where a world comes from."""
    return Origin(recipe.name, draft.seed, draft.volume, draft.company, recipe.plans, in_bulk)
