"""Recipes: each file here makes one kind of world.  The file's name is the recipe's name.

A new recipe is one new file with one function under the `@recipe` decorator; nothing else changes.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from reference_engine.problems import Problem, Stopped, Where, did_you_mean
from scenarios.draft import Draft


@dataclass(frozen=True, slots=True)
class Shape:
    """What the deals of a recipe bring with them when they are made in bulk.

    kind: deals, or retail sales.  median: of the deals' amounts, in euro cents.  split, cancelled, returned:
    in how many of a hundred deals.  paid: whether invoices are followed by payments.  currencies: code and
    weight of each.
    """

    kind: str = "deals"
    median: int = 900_000
    split: int = 0
    invoiced: bool = False
    paid: bool = False
    cancelled: int = 0
    returned: int = 0
    currencies: tuple[tuple[str, int], ...] = (("EUR", 1),)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A registered recipe.

    name: words with spaces.  stresses: the docstring of its file, in business words.  deals: how many it
    makes unless told otherwise.  fewest: how many it needs for its edge cases.  plans: the plan files that it
    goes with, in scenarios/plans.
    """

    name: str
    stresses: str
    make: Callable[[Draft], None]
    plans: tuple[str, ...]
    deals: int
    fewest: int
    shape: Shape


_REGISTERED: dict[str, Recipe] = {}


def recipe(
    *, plans: tuple[str, ...], deals: int = 300, fewest: int = 60, shape: Shape = Shape()
) -> Callable[[Callable[[Draft], None]], Callable[[Draft], None]]:
    """Registers the function as the recipe of its file."""

    def register(make: Callable[[Draft], None]) -> Callable[[Draft], None]:
        name = make.__module__.rpartition(".")[2].replace("_", " ")
        stresses = (sys.modules[make.__module__].__doc__ or "").strip()
        _REGISTERED[name] = Recipe(name, stresses, make, plans, deals, fewest, shape)
        return make

    return register


def all_recipes() -> dict[str, Recipe]:
    """Every recipe by name, in order of the names."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(_REGISTERED.items()))


def find_recipe(name: str) -> Recipe:
    """The recipe of a name, with spaces, underscores or hyphens.  Stops with a Problem for an unknown one."""
    known = all_recipes()
    words = name.strip().casefold().replace("_", " ").replace("-", " ")
    if words not in known:
        raise Stopped(
            Problem(
                "unknown-recipe",
                f'there is no recipe "{name}".',
                Where("recipe"),
                why="A recipe makes one kind of world, so nothing can be made without one.",
                remedy=did_you_mean(words, known),
            )
        )
    return known[words]
