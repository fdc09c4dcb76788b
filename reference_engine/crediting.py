"""The crediting stage: every event finds the payees who are credited with it."""

from __future__ import annotations

from reference_engine.columns import Exact
from reference_engine.events import Events
from reference_engine.mechanics.crediting import direct, overlay, roll_up, split, territory
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.problems import Problem
from reference_engine.world import World


def check(world: World, problems: list[Problem]) -> None:
    """What must hold of the whole world before anything is credited."""
    split.check(world, problems)
    roll_up.check(world, problems)


def credit(events: Events, world: World) -> Credits:
    """Direct credits, then the overlay and roll-up credits that follow from them.  Local to the events given."""
    credits = split.split(direct.credit(events), events, world)
    rules = _rules(world)
    if not rules:
        return credits
    return Credits.joined(
        [credits, *overlay.overlay(credits, world, rules), *roll_up.roll_up(credits, world, rules)]
    )


def own(events: Events, world: World, problems: list[Problem]) -> Events:
    """Events whose deal leaves its owner to the territory, with that owner."""
    return territory.own(events, world, problems)


def _rules(world: World) -> dict[str, tuple[Exact, str]]:
    table = world.table("crediting_rules")
    receives = table.amounts("receives").value
    return {
        role: (receives[row : row + 1], of)
        for row, (role, of) in enumerate(
            zip(table.words("role").tolist(), table.words("of the credit of").tolist(), strict=True)
        )
    }
