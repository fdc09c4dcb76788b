"""Overlay credit: a specialist is credited with a share of what the colleagues of the same team are credited with."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Exact
from reference_engine.mechanics.crediting.credits import OVERLAY, Credits
from reference_engine.mechanics.crediting.roll_up import receivers
from reference_engine.world import World

MEANING = (
    "A specialist receives credit on top of the direct credit of the team; it is never taken from the team."
)


def overlay(direct: Credits, world: World, by_role: dict[str, tuple[Exact, str]]) -> list[Credits]:
    """Credits for the payees of the same team (or, where no team is written, of the same manager) whose role receives credit.

    Who has payees below receives roll-up credit instead, and no credit for colleagues of the same level.
    """
    receives, direct_only = receivers(world, by_role)
    team = world.payee_column("team")
    out: list[Credits] = []
    for payee in np.flatnonzero((receives.num != 0) & ~direct_only).tolist():
        manager = world.managers[payee]
        if (world.managers == payee).any():
            continue
        if team[payee]:
            mates = team == team[payee]
        elif manager >= 0:
            mates = world.managers == manager
        else:
            continue
        mates[payee] = False
        rows = np.flatnonzero(mates[direct.payee])
        if len(rows):
            share = receives[np.full(len(rows), payee)]
            out.append(
                Credits(
                    direct.event[rows],
                    np.full(len(rows), payee, dtype=np.int64),
                    np.full(len(rows), OVERLAY, dtype=np.int8),
                    direct.share[rows] * share,
                    rows,
                    share,
                )
            )
    return out
