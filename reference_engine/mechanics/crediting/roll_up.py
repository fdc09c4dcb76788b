"""Roll-up credit: a manager is credited with a share of what the payees below are credited with."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.mechanics.crediting.credits import ROLL_UP, Credits
from reference_engine.problems import Problem
from reference_engine.world import World

MEANING = "A manager receives credit for the deals of the payees below, never for deals of the manager's own."


def check(world: World, problems: list[Problem]) -> None:
    """A Problem where a payee is, over some levels, the manager of himself."""
    # Each round doubles the levels looked up; a chain that is longer than there are payees has a loop.
    top = len(world.payees)
    up = np.append(np.where(world.managers >= 0, world.managers, top), top)
    for _ in range(top.bit_length()):
        up = up[up]
    at = np.where(up[:-1] < top, up[:-1], -1)
    for code in np.flatnonzero(at >= 0).tolist()[:5]:
        problems.append(
            Problem(
                "hierarchy-loop",
                f'"{world.payees[code]}" reports, over some levels, to somebody who reports back.',
                world.table("payees").where(0),
                "Credit would roll up for ever.",
                "Correct the column manager.",
            )
        )


def roll_up(direct: Credits, world: World, by_role: dict[str, tuple[Exact, str]]) -> list[Credits]:
    """Credits for every manager above a directly credited payee whose role receives roll-up credit.

    Where tiers or rounding make their order matter, several credits of one record to one manager count in the order
    of the split that they follow from.

    by_role: role -> (share it receives, "team" for all levels below or "direct reports" for the first).
    """
    receives, direct_only = receivers(world, by_role)
    out: list[Credits] = []
    at, level = direct.payee, 0
    rows = np.arange(len(direct))
    while len(rows):
        at = world.managers[at]
        level += 1
        rows, at = rows[at >= 0], at[at >= 0]
        gets = (receives.num[at] != 0) & ((level == 1) | ~direct_only[at])
        found, who = rows[gets], at[gets]
        if len(found):
            share = receives[who]
            out.append(
                Credits(
                    direct.event[found],
                    who,
                    np.full(len(found), ROLL_UP, dtype=np.int8),
                    direct.share[found] * share,
                    found,
                    share,
                )
            )
    return out


def receivers(world: World, by_role: dict[str, tuple[Exact, str]]) -> tuple[Exact, Array]:
    """For each payee the share that the payee's role receives (0 for none), and whether only of direct reports."""
    share = Exact.full(len(world.payees), 0)
    direct_only = np.zeros(len(world.payees), dtype=bool)
    roles = world.payee_column("role")
    for role, (receives, of) in by_role.items():
        has = roles == role
        share = Exact.where(has, receives[np.zeros(len(has), dtype=np.int64)], share)
        direct_only |= has & (of == "direct reports")
    return share, direct_only
