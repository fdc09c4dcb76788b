"""Reads the components of a plan: what each counts, what it earns on that and how it pays it."""

from __future__ import annotations

import itertools

from reference_engine.mechanics.lump import Lump
from reference_engine.mechanics.registry import Mechanic
from reference_engine.plans.document import Node
from reference_engine.plans.measures import Counted, read_counted, word
from reference_engine.plans.parameters import read_mechanics
from reference_engine.plans.stated import check_names, text_of, valid_days
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.plan import MEASURES, Component, Measure

COMPONENT_NAMES = (
    "component",
    "measure",
    "records",
    "events",
    "credits",
    "products",
    "where",
    "value",
    "count",
    "paid",
    "valid",
    "earn",
    "pay",
    "description",
)


def read_components(
    node: Node, measures: dict[str, Measure], problems: list[Problem]
) -> tuple[Component, ...]:
    """The components of a plan.  A plan of figures or quotas alone has none."""
    entry = node.get("components")
    if entry is None and (node.get("figures") is not None or node.get("quota") is not None):
        return ()
    if entry is None or not entry.is_list or not entry.nodes():
        problems.append(
            Problem(
                "plan-form",
                "the plan has no components.",
                entry.where if entry else node.where,
                "It would pay nothing.",
                "List at least one under  components:",
            )
        )
        return ()
    out: list[Component] = []
    names: dict[str, Where] = {}
    for part in entry.nodes():
        component = _component(part, measures, problems)
        if component is None:
            continue
        if component.name in names:
            problems.append(
                Problem(
                    "component-twice",
                    f'two components are called "{component.name}".',
                    part.where,
                    remedy="Give each its own name.",
                )
            )
        names[component.name] = part.where
        out.append(component)
    return tuple(out)


def _component(node: Node, measures: dict[str, Measure], problems: list[Problem]) -> Component | None:
    if not node.is_mapping:
        problems.append(
            Problem(
                "plan-form",
                "a component must be names and values.",
                node.where,
                "Nothing says what it counts and pays.",
                "Begin with  - component: NAME",
            )
        )
        return None
    check_names(node, COMPONENT_NAMES, "a component", problems)
    name = text_of(node, "component", problems, "Give the component a name.")
    counted = read_counted(node, name, measures, problems)
    earn = read_mechanics(node.get("earn"), "earning", problems)
    stated = node.get("earn")
    if stated is None or (stated.is_list and not stated.nodes()):
        problems.append(
            Problem(
                "missing-parameter",
                f'"{name}" has no "earn".',
                node.where,
                "It would pay nothing.",
                "List its mechanics under  earn:",
            )
        )
    pay: tuple[Mechanic, ...] = read_mechanics(node.get("pay"), "paying", problems)
    _check_measure(name, counted, earn, node, problems)
    _check_earn(name, earn, node.where, problems)
    taking_back = next((i for i, m in enumerate(pay) if m.name == "clawback"), len(pay))
    for late in (m for m in pay[taking_back:] if m.holds):
        problems.append(
            Problem(
                "pay-order",
                f'"clawback" stands before "{late.name}".',
                pay[taking_back].where,
                "It would take back what was never paid.",
                f'Put "{late.name}" first.',
            )
        )
    return Component(
        name,
        counted.measure,
        counted.sources,
        counted.credits,
        earn,
        pay,
        counted.products,
        valid_days(node.get("valid"), problems),
        node.where,
        counted.of,
        counted.condition,
        counted.value,
        counted.count,
        counted.accumulate,
        _paid(node, problems),
    )


def _paid(node: Node, problems: list[Problem]) -> bool:
    return node.get("paid") is None or word(node, "paid", ("yes", "no"), problems) != "no"


def _check_earn(name: str, earn: tuple[Mechanic, ...], where: Where, problems: list[Problem]) -> None:
    """Problems where one mechanic would undo another without a word, or nothing of a component earns."""
    setters = [m for m in earn if m.sets_amount()]
    for before, after in itertools.pairwise(setters):
        problems.append(
            Problem(
                "earn-twice",
                f'"{after.name}" stands after "{before.name}" in "{name}", and both say what a line earns.',
                after.where,
                f'What "{before.name}" earned would be replaced.',
                f'Put "{after.name}" into a component of its own, where both are to be paid.',
            )
        )
    multiples = [m for m in earn if not (m.sets_amount() or m.adjusts or m.on_amounts)]
    if earn and not setters and not multiples and not any(isinstance(m, Lump) for m in earn):
        problems.append(
            Problem(
                "earn-nothing",
                f'nothing in "{name}" says what a line earns.',
                where,
                f'"{earn[0].name}" only changes what others earn, so the component would pay nothing.',
                "Add what earns, like  - flat rate: {rate: 5%}.",
            )
        )
    if not setters:
        return
    at = earn.index(setters[0])
    for mechanic in (m for m in earn[:at] if not m.on_base and (m.adjusts or m.on_amounts)):
        problems.append(_misplaced(mechanic, setters[0], "before", "works on what was earned", "after"))
    for mechanic in (m for m in earn[at + 1 :] if m.on_base):
        problems.append(
            _misplaced(mechanic, setters[0], "after", "changes the base that is paid on", "before")
        )


def _misplaced(mechanic: Mechanic, setter: Mechanic, stands: str, why: str, put: str) -> Problem:
    return Problem(
        "earn-order",
        f'"{mechanic.name}" stands {stands} "{setter.name}".',
        mechanic.where,
        f'"{mechanic.name}" {why}, so it would have no effect there.',
        f'Put it {put} "{setter.name}".',
    )


def _check_measure(
    name: str, counted: Counted, earn: tuple[Mechanic, ...], node: Node, problems: list[Problem]
) -> None:
    """What a measure and its events allow: money and units don't mix, and not everything can be earned in parts."""
    in_units = counted.of == "units" or bool(counted.count)
    for mechanic in earn:
        if not counted.measure and node.get("measure") is None and not mechanic.from_figures:
            problems.append(
                Problem(
                    "missing-parameter",
                    f'"{name}" doesn\'t say what it counts.',
                    node.where,
                    f'"{mechanic.name}" works on records.',
                    "Add  measure:  with one of " + ", ".join(MEASURES) + ", or a measure of the plan.",
                )
            )
            break
        # What an expression is worth shows only on the records.
        sure = counted.measure and counted.value is None and not mechanic.on_amounts
        if sure and mechanic.counts_units not in (None, in_units):
            wanted = "units" if mechanic.counts_units else "money"
            what = (
                f"the measure is {counted.measure}"
                if not counted.count
                else f"the component counts {counted.count}"
            )
            problems.append(
                Problem(
                    "measure-mechanic",
                    f'"{mechanic.name}" works on {wanted}, and {what}.',
                    mechanic.where,
                    "A rate of units is no money, and an amount falls in no band of units.",
                    "Take another measure, or another mechanic.",
                )
            )
        if any(share != 1 for share in counted.sources.values()) and not mechanic.proportional:
            problems.append(
                Problem(
                    "event-shares",
                    f'"{mechanic.name}" can\'t be earned event by event.',
                    mechanic.where,
                    "It looks at a whole amount or adds amounts up; a booking and its payments would count twice.",
                    'Take "flat rate" or "individual rate", or leave "events" out.',
                )
            )
