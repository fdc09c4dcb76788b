"""The readings of the conventions that decide who is credited, as the plans state them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.plan import Component, Measure, Plan
from reference_engine.world import World


@dataclass(frozen=True)
class Readings:
    """What the plans that are credited in one go state; "" where none of them states it.

    cadence: the pay periods that a hierarchy as of the period's end means.  run_day: the day of the run, if stated.
    """

    rollup_as_of: str = ""
    rollup_duplicates: str = ""
    rollup_own_sales: str = ""
    match_precedence: str = ""
    credit_preassigned: str = ""
    territory_date: str = ""
    territory_precedence: str = ""
    hold_attainment: str = ""
    hold_period: str = ""
    maximum_order: str = ""
    cadence: str = ""
    run_day: date | None = None


NAMES = {
    f.name: f.name.replace("_", ".", 1) for f in fields(Readings) if f.name not in ("cadence", "run_day")
}
"""Field -> the convention's name in plans."""


@dataclass
class Asked:
    """What the data make the plans say: convention and records -> where, and an example in words.

    Filled while crediting.  Blank records: whatever a plan pays on.
    """

    found: dict[tuple[str, str], tuple[Where, str]] = field(default_factory=dict)

    def ask(self, convention: str, where: Where, what: str, records: str = "") -> None:
        self.found.setdefault((convention, records), (where, what))


def readings_of(
    plans: Sequence[Plan], world: World, run_day: date | None
) -> list[tuple[Readings, list[Plan]]]:
    """The plans in groups that can be credited together: what one states, no other of its group states otherwise."""
    groups: list[tuple[dict[str, str], list[Plan]]] = []
    for plan in plans:
        stated = {f: r for f, name in NAMES.items() if (r := plan.conventions.get(name)) is not None}
        if stated.get("rollup_as_of") == "period end":
            stated["cadence"] = plan.pays or world.calendar.pay_cadence or "month"
        for values, members in groups:
            if all(values.get(f, r) == r for f, r in stated.items()):
                values.update(stated)
                members.append(plan)
                break
        else:
            groups.append((stated, [plan]))
    if not groups:
        groups.append(({}, []))
    return [(Readings(**values, run_day=run_day), members) for values, members in groups]


def check(plans: Sequence[Plan], asked: Asked, problems: list[Problem]) -> None:
    """A Problem for each plan that leaves open what the data ask, of credits that it pays on."""
    for (name, records), (where, what) in asked.found.items():
        for plan in plans:
            counting: list[Component | Measure] = [*plan.components]
            counting += [m for m in plan.measures if m.formula is None]
            paid = {t for c in counting if not records or records in c.sources for t in c.credits}
            if plan.conventions.get(name) is not None or not paid:
                continue
            if name.startswith("rollup.") and "roll-up" not in paid:
                continue
            if name.startswith("maximum.") and paid == {"direct"}:
                continue
            problems.append(
                open_convention(
                    name, f'{what}, and "{plan.name}" doesn\'t state {name}.', where, plan.conventions
                )
            )
