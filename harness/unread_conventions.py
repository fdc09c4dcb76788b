"""Conventions that a scenario states and that nothing of its plans reads: whoever states them believes that they decide something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference_engine.problems import Problem, Where

if TYPE_CHECKING:
    from harness.facts import Facts
    from reference_engine.vocabulary.plan import Plan
    from reference_engine.world import World

_READ_BY = {
    "tier.": ("tiers", "a curve", "a quota"),
    "attainment.includes_current": ("tiers",),
    "rate.date": ("rates that change",),
    "lookup.precedence": ("a table of rates",),
    "curve.": ("a curve",),
    "contest.": ("a contest",),
    "pool.": ("a pool",),
    "fund.": ("a fund",),
    "ramp.": ("a ramp",),
    "cap.": ("a cap",),
    "clawback.": ("what is taken back",),
    "guarantee.": ("a floor or a guarantee",),
    "trueup.": ("a true-up",),
    "carry.": ("a smallest payout",),
    "release.": ("a release",),
    "unpaid.": ("a day on which the payee must be employed",),
}
"""Conventions that only mechanics read, by the beginning of their name; and what such a mechanic is called by business users."""
_MECHANICS = {
    "attainment.includes_current": ("whole transaction",),
    "lookup.precedence": ("lookup",),
    "cap.": ("cap", "maximum", "windfall review"),
    "clawback.": ("clawback",),
    "guarantee.": ("guarantee",),
    "release.": ("release",),
}
"""Mechanics that may look at a convention without always needing it, for those that few look at."""
PLAIN = {
    "flat rate",
    "per unit",
    "per record",
    "cap",
    "clawback",
    "pool",
    "contest",
    "guarantee",
    "multiplier",
    "gate",
}
"""Mechanics that look at no tiers, curves or quotas of their own."""
_TABLES = {
    "split.": ("credit_splits", "matching_rules", "groups", "holdovers", "crediting_rules", "territories"),
    "rollup.": ("crediting_rules", "reporting_lines", "payees"),
    "match.": ("matching_rules",),
    "credit.preassigned": ("matching_rules",),
    "territory.": ("territories", "accounts", "named_accounts", "territory_rules"),
    "hold.attainment": ("credit_holds",),
    "hold.period": ("credit_holds",),
    "maximum.": ("credit_maximums",),
    "returns.": ("returns", "cancellations", "invoices", "write_offs"),
    "draw.": ("draws",),
    "leave.": ("employment_events",),
    "credit.outside_employment": ("employment_events", "payees"),
    "adjustment.": ("adjustments",),
    "restatement.": ("processed_results",),
}
"""Conventions that are asked only of records: the tables that ask them."""


@dataclass(frozen=True, slots=True)
class StatedConvention:
    """A convention that a sentence states.

    plan: "" for every plan.  said: what the sentence calls it.  shared: whether it stands in a Background, for several scenarios.
    """

    plan: str
    name: str
    said: str
    where: Where
    shared: bool


def unread_conventions(facts: Facts, plans: Sequence[Plan], world: World) -> Iterator[Problem]:
    """A Problem for each stated convention that none of the plans it is stated for can read.

    What a Background states may be for another scenario of the feature.
    """
    for stated in facts.conventions_stated:
        if stated.shared:
            continue
        own = [p for p in plans if stated.plan in ("", p.name)]
        reason = own and _why_unread(stated, own, world)
        if reason:
            what = f"{stated.said} changes nothing, because {reason}"
            yield Problem(
                "term-unused",
                what,
                stated.where,
                "Whoever reads it believes that it decides something.",
                "Leave it out, or state what it is for.",
            )


def _why_unread(stated: StatedConvention, plans: list[Plan], world: World) -> str:
    """Why a convention can have no effect; "" where it may have one."""
    name = stated.name
    if any(name in m.needs() for p in plans for m in p.mechanics()):
        return ""
    whose = f'the plan "{plans[0].name}" has' if len(plans) == 1 else "the plans have"
    key = next((k for k in _READ_BY if name.startswith(k)), "")
    if key:
        may = _MECHANICS.get(key)
        mechanics = [m for p in plans for m in p.mechanics()]
        read = any(m.name in may for m in mechanics) if may else any(m.name not in PLAIN for m in mechanics)
        read |= key == "tier." and any(
            p.mentioned or p.measures or any(c.count for c in p.components) for p in plans
        )
        return "" if read else f"{whose} no part that reads it, such as {' or '.join(_READ_BY[key])}"
    if name.startswith("proration.") and not _prorates(plans, world):
        return f"{whose} no quota, target incentive, draw or guarantee of which a part could be taken"
    tables = next((t for k, t in _TABLES.items() if name.startswith(k)), ())
    if name.startswith("draw.") and any(p.settling for p in plans):
        return ""
    if tables and not any(world.table(t).size for t in tables):
        return f"the scenario states no {' and no '.join(t.replace('_', ' ') for t in tables)}"
    converts = any(p.currency or any(m.name == "payment currency" for m in p.mechanics()) for p in plans)
    if name.startswith("fx.") and not converts and not world.table("exchange_rates").size:
        return f"{whose} no currency, so nothing is converted"
    return ""


def _prorates(plans: list[Plan], world: World) -> bool:
    """Whether anything of the plans may be taken in part: what is expected, the target, or what is guaranteed."""
    parts = any(
        p.quota
        or p.settling
        or p.mentioned
        or any(m.name not in PLAIN - {"guarantee"} for m in p.mechanics())
        for p in plans
    )
    return parts or bool(world.table("draws").size)
