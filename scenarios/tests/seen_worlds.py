"""Worlds for the tests, each made once, and a way to look at their tables as rows of named cells."""

from __future__ import annotations

import functools

from reference_engine.vocabulary.tables import TextTable
from scenarios import world
from scenarios.recipes import find_recipe

Row = dict[str, str]


class Seen:
    """A world's tables as rows by name of the column; a table that the world doesn't have has no rows."""

    def __init__(self, built: world.BuiltWorld) -> None:
        self.built = built
        self._rows = {table.name: as_rows(table) for table in built}

    def __getitem__(self, table: str) -> list[Row]:
        return self._rows.get(table, [])

    def by(self, table: str, column: str) -> dict[str, Row]:
        return {row[column]: row for row in self[table]}


def as_rows(table: TextTable) -> list[Row]:
    return [dict(zip(table.header, cells, strict=True)) for cells in table.rows]


@functools.cache
def small(recipe: str, seed: int) -> Seen:
    """The smallest world of a recipe and a seed."""
    return Seen(world.build(recipe, seed, find_recipe(recipe).fewest))
