"""Overlay credit: a specialist is credited with a share of what the colleagues of the same team are credited with."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import OVERLAY, Credits
from reference_engine.mechanics.crediting.roll_up import in_order
from reference_engine.mechanics.crediting.rules import Rule
from reference_engine.mechanics.registry import About, Example, describe
from reference_engine.world import World

MEANING = (
    "A specialist receives credit on top of the direct credit of the team; it is never taken from the team."
)

_PLAN = (
    "eligible: everyone\nconventions: {rounding: exact}\n"
    "components: [{component: C, measure: bookings, credits: [overlay], earn: [{flat rate: {rate: 1%}}]}]"
)
_TEAM = "payee | role | team\nAna | Rep | T1\nBen | Rep | T2\nSam | Specialist | T1"
_DEALS = "deal | owner | amount | closed | product\nD-1 | Ana | 1,000.00 EUR | 2026-01-15 | Bike\nD-2 | Ben | 500.00 EUR | 2026-01-20 | Hat"

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="overlay credit = direct credit x receives",
        boundary="All credits of a record may come to more than 100%: overlay is on top. Nobody receives overlay credit of an own "
        "direct credit. Of a split, each part gives overlay credit by itself. Quota credit says what quotas and tiers see of it.",
        sources=(
            "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_opportunity_splits.htm",
            "https://cloudmybiz.com/tip-of-the-week-use-opportunity-splits-to-share-credit-and-revenue/",
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/incentive-compensation-plan-options-for-primary-details.html",
        ),
        words={"Salesforce": "overlay split", "Oracle": "indirect credit", "Xactly": "overlay credit"},
        examples=(
            Example(
                "A specialist of the team, on top of the seller",
                _PLAN.replace("[overlay]", "[direct, overlay]"),
                {
                    "payees": _TEAM,
                    "deals": _DEALS,
                    "crediting_rules": "role | receives | of the credit of\nSpecialist | 20% | team",
                },
                "Ana | 2026-01 | 10.00 EUR\nBen | 2026-01 | 5.00 EUR\nSam | 2026-01 | 2.00 EUR",
            ),
            Example(
                "A product specialist of every team, for bikes only",
                _PLAN,
                {
                    "payees": _TEAM,
                    "deals": _DEALS + "\nD-3 | Ben | 100.00 EUR | 2026-01-31 | Bike",
                    "crediting_rules": "payee | receives | of the credit of | field | is\nSam | 50% | everyone | product | Bike",
                },
                "Sam | 2026-01 | 5.50 EUR",
            ),
            Example(
                "Named with the deal: Ana 50% and 20% overlay, Ben 50%",
                _PLAN.replace("[overlay]", "[direct, overlay]"),
                {
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                    "credit_splits": "deal | payee | share | kind\nD-1 | Ana | 50% |\nD-1 | Ben | 50% |\nD-1 | Ana | 20% | overlay",
                },
                "Ana | 2026-01 | 7.00 EUR\nBen | 2026-01 | 5.00 EUR",
            ),
            Example(
                "A split deal gives overlay credit of each part; the specialist's own part gives none",
                _PLAN,
                {
                    "payees": _TEAM,
                    "deals": _DEALS,
                    "credit_splits": "deal | payee | share\nD-1 | Ana | 75%\nD-1 | Sam | 25%",
                    "crediting_rules": "role | receives | of the credit of\nSpecialist | 100% | team",
                },
                "Sam | 2026-01 | 7.50 EUR",
            ),
            Example(
                "A return takes back what the overlay credit earned",
                _PLAN,
                {
                    "payees": _TEAM,
                    "deals": _DEALS,
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-02 | 1,000.00 EUR",
                    "crediting_rules": "role | receives | of the credit of\nSpecialist | 20% | team",
                },
                "Sam | 2026-01 | 2.00 EUR\nSam | 2026-02 | -2.00 EUR",
            ),
        ),
    ),
)


def overlay(direct: Credits, events: Events, days: Array, world: World, rules: list[Rule]) -> list[Credits]:
    """Credits for the payees of the same team (or, where no team is written, of the same manager) who receive credit.

    days: for each event the day whose hierarchy counts.  Nobody receives overlay credit of an own direct credit.
    """
    out: list[Credits] = []
    if not len(direct):
        return out
    for rule in rules:
        counted = rule.counts_for(events)
        rows = np.arange(len(direct))
        if counted is not None:
            rows = np.flatnonzero(counted[direct.event])
        rows, who = _pairs(direct, rows, days, world, rule)
        apart = direct.payee[rows] != who
        has_role = rule.has_role(who, days[direct.event[rows]], world)
        if has_role is not None:
            apart &= has_role
        rows, who = rows[apart], who[apart]
        if len(rows):
            quota = None if rule.quota is None else rule.quota[who]
            out.append(direct.follow(rows, who, OVERLAY, rule.receives[who], quota))
    return in_order(out, world)


def _pairs(direct: Credits, rows: Array, days: Array, world: World, rule: Rule) -> tuple[Array, Array]:
    """Direct credits with each specialist who receives of them."""
    specialists = np.flatnonzero(rule.mask)
    if rule.scope == "everyone":
        return np.repeat(rows, len(specialists)), np.tile(specialists, len(rows))
    team = world.payee_column("team")
    codes = {t: i for i, t in enumerate(dict.fromkeys(team.tolist()))}
    code = np.array([codes[t] if t else -1 for t in team.tolist()], dtype=np.int64)
    by_team = specialists[code[specialists] >= 0]
    pairs = [_meet(rows, code[direct.payee[rows]], by_team, code[by_team], len(codes))]
    alone = specialists[code[specialists] < 0]
    if len(alone):
        pairs.append(_same_manager(direct, rows, days, world, alone))
    return np.concatenate([p[0] for p in pairs]), np.concatenate([p[1] for p in pairs])


def _same_manager(
    direct: Credits, rows: Array, days: Array, world: World, alone: Array
) -> tuple[Array, Array]:
    lines = world.reporting
    size = len(world.payees)
    day = days[direct.event[rows]]
    if not lines.dated and not lines.several:
        return _meet(rows, lines.dense[direct.payee[rows]], alone, lines.dense[alone], size)
    found: list[tuple[Array, Array]] = []
    bosses = lines.above(direct.payee[rows], day)
    for specialist in alone.tolist():
        own = lines.above(np.full(len(rows), specialist), day)
        same = np.zeros(len(rows), dtype=bool)
        for boss in bosses:
            for mine in own:
                same |= (boss >= 0) & (boss == mine)
        found.append((rows[same], np.full(int(same.sum()), specialist)))
    return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def _meet(rows: Array, key: Array, specialists: Array, own: Array, size: int) -> tuple[Array, Array]:
    """Each row with each specialist of the same key; -1 meets nobody."""
    specialists, own = specialists[own >= 0], own[own >= 0]
    if not len(specialists):
        return rows[:0], specialists
    order = np.argsort(own, kind="stable")
    starts = np.searchsorted(own[order], np.arange(size + 1))
    safe = np.maximum(key, 0)
    count = np.where(key >= 0, (starts[1:] - starts[:-1])[safe], 0)
    out = np.repeat(rows, count)
    position = np.arange(len(out)) - np.repeat(np.cumsum(count) - count, count)
    who = specialists[order[np.repeat(starts[:-1][safe], count) + position]]
    return out, who
