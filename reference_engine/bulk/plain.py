"""What can be summed while it streams by, and what needs every record at once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reference_engine.mechanics.registry import Mechanic
from reference_engine.vocabulary.plan import Component, Conventions, Plan
from reference_engine.world import World

TABLES = frozenset(
    (
        "payees",
        "plan_assignments",
        "quotas",
        "exchange_rates",
        "crediting_rules",
        "credit_splits",
        "deals",
        "returns",
        "products",
        "accounts",
        "draws",
        "opening_balances",
        "pipeline",
        "salaries",
        "seller_quotas",
    )
)
"""Tables that a streamed run understands, or doesn't look at."""
SOURCES = ("deals", "returns of deals", "cancellations")
CREDITS = ("direct", "roll-up")
CREDITING = ("rollup.", "match.", "credit.", "territory.", "hold.", "maximum.")
"""Conventions about crediting that only matter where a world isn't plain."""


class NotPlain(Exception):
    """Why a run can't be streamed."""


def check(plans: Sequence[Plan], world: World) -> None:
    """Raises NotPlain where something needs each record by itself, or other payees' results."""
    if world.calendar.custom:
        raise NotPlain("the company has periods of its own")
    for name, table in world.tables.items():
        if table.size and name not in TABLES:
            raise NotPlain(f"the table {name}")
    splits = world.table("credit_splits")
    if (splits.words("kind") == "overlay").any() or splits.amounts("quota share").present.any():
        raise NotPlain("overlay or quota credit of its own in credit_splits")
    people = world.table("payees")
    if any(not np.isnat(people.days(name)).all() for name in ("hired", "left")):
        raise NotPlain("people who come and go")
    for plan in plans:
        _check_plan(plan)
        if world.table("credit_splits").size and plan.conventions.get("split.when") != "before rate":
            raise NotPlain(f'"{plan.name}" doesn\'t divide a split deal before the rate')


def _check_plan(plan: Plan) -> None:
    if plan.measures or plan.quota or plan.settling or plan.figures or plan.grace_days:
        raise NotPlain(f'"{plan.name}" has measures, quotas or settling of its own')
    for component in plan.components:
        _check_component(plan, component)
    for mechanic in plan.pay:
        _check_mechanic(mechanic, plan.conventions, "period", f'"{plan.name}"')


def _check_component(plan: Plan, component: Component) -> None:
    what = f'"{component.name}" of "{plan.name}"'
    if component.of != "bookings" or component.value is not None or component.count:
        raise NotPlain(f"{what} counts something else than bookings")
    if component.condition is not None or component.products:
        raise NotPlain(f"{what} looks at the records' attributes")
    if any(s not in SOURCES or share != Fraction(1) for s, share in component.sources.items()):
        raise NotPlain(f"{what} earns at other events than the booking")
    if any(kind not in CREDITS for kind in component.credits):
        raise NotPlain(f"{what} pays on overlay credit")
    if plan.conventions.round_at("line") is not None:
        raise NotPlain(f"{what} rounds each line")
    accumulate = component.accumulate or plan.conventions.get("tier.accumulate") or "period"
    for mechanic in (*component.earn, *component.pay):
        _check_mechanic(mechanic, plan.conventions, accumulate, what)


def _check_mechanic(mechanic: Mechanic, conventions: Conventions, accumulate: str, what: str) -> None:
    from_sums = mechanic.from_sums(conventions, accumulate)
    if not from_sums or mechanic.names() or mechanic.reads_others or mechanic.from_figures:
        raise NotPlain(f'"{mechanic.name}" of {what} looks at each record, or at other figures')
