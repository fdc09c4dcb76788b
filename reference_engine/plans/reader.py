"""Reads a plan from its document, strictly: unknown names, open conventions and impossible tables are Problems."""

from __future__ import annotations

from pathlib import Path

from reference_engine.mechanics.registry import Mechanic
from reference_engine.plans.component_reader import read_components
from reference_engine.plans.convention_reader import check_needed, read_conventions
from reference_engine.plans.document import Node, load_yaml
from reference_engine.plans.measures import read_measures
from reference_engine.plans.parameters import read_mechanics, read_rows
from reference_engine.plans.stated import check_names, text_of, valid_days
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.quota_parts import unit_of
from reference_engine.vocabulary.numbers import Money, NotANumber, format_number, minor_units
from reference_engine.vocabulary.plan import FREQUENCIES, Plan, Shown, component_in

PLAN_NAMES = (
    "plan",
    "currency",
    "pays",
    "eligible",
    "valid",
    "conventions",
    "measures",
    "figures",
    "quota",
    "components",
    "pay",
    "settle",
    "grace days",
    "paid after days",
    "description",
    "source",
)


def read_plan_file(path: Path, problems: list[Problem], shown: str | None = None) -> Plan | None:
    """A plan from a YAML file.  Adds Problems with file and line, and returns None, where it can't be run."""
    node = load_yaml(path, problems, shown)
    return read_plan(node, problems) if node is not None else None


def read_plan(node: Node, problems: list[Problem]) -> Plan | None:
    """A plan from its document, whoever wrote it: a plan file or the sentences of a feature."""
    before = len(problems)
    if not node.is_mapping:
        problems.append(
            Problem(
                "plan-form", "a plan must be names and values.", node.where, remedy="Begin with  plan: NAME"
            )
        )
        return None
    check_names(node, PLAN_NAMES, "a plan", problems)
    name = text_of(node, "plan", problems, "Give the plan a name:  plan: AE Growth")
    currency = e.text() if (e := node.get("currency")) is not None else ""
    if currency and (entry := node.get("currency")) is not None:
        try:
            minor_units(currency)
        except NotANumber as error:
            problems.append(
                Problem(
                    "unknown-currency", error.what, entry.where, "Nothing could be paid in it.", error.remedy
                )
            )
    pays = ""
    for key in ("currency", "pays"):
        if (entry := node.get(key)) is not None and not entry.is_text:
            problems.append(
                Problem(
                    "plan-form",
                    f'"{key}" is {entry.kind}; it must be one word.',
                    entry.where,
                    "A plan pays in one currency and at one pace.",
                    f"Write  {key}: {'EUR' if key == 'currency' else 'monthly'}",
                )
            )
    if (entry := node.get("pays")) is not None and entry.is_text:
        pays = FREQUENCIES.get(entry.text(), "")
        if not pays:
            problems.append(
                Problem(
                    "unknown-word",
                    f'"{entry.text()}" isn\'t a pay frequency.',
                    entry.where,
                    remedy="Write " + ", ".join(FREQUENCIES) + ".",
                )
            )
    eligible, roles = _eligible(node.get("eligible"), node.where, problems)
    conventions = read_conventions(node.get("conventions"), node.where, problems)
    measures = read_measures(node.get("measures"), problems)
    figures = read_rows(node.get("figures"), Shown, "figures", problems)
    _check_figures(figures, problems)
    components = read_components(node, measures, problems)
    pay = read_mechanics(node.get("pay"), "paying", problems)
    quota = read_mechanics(node.get("quota"), "quota", problems)
    settling = read_mechanics(node.get("settle"), "settling", problems)
    _check_round_to(quota, problems)
    for mechanic in pay:
        if not mechanic.adds_lines:
            problems.append(
                Problem(
                    "plan-level",
                    f'"{mechanic.name}" stands under the plan; it belongs under a component.',
                    mechanic.where,
                    "It works on the lines of one component.",
                    'Move it to "pay" of each component that it is meant for.',
                )
            )
    valid = valid_days(node.get("valid"), problems)
    needed: dict[str, tuple[str, Where]] = {}
    every = (*quota, *(m for c in components for m in (*c.earn, *c.pay)), *pay, *settling)
    own = {id(m): c.accumulate for c in components for m in (*c.earn, *c.pay)}
    for mechanic in every:
        for convention in mechanic.needs():
            # A measure that says over which time it adds up needs no convention for it.
            if convention == "tier.accumulate" and own.get(id(mechanic)):
                continue
            needed.setdefault(convention, (mechanic.name, mechanic.where))
    check_needed(needed, conventions, problems)
    for mechanic in every:
        mechanic.check_under(conventions, problems)
    if len(problems) > before:
        return None
    at = entry.where if (entry := node.get("eligible")) is not None else node.where
    plan = Plan(
        name,
        currency,
        pays,
        eligible,
        roles,
        conventions,
        components,
        pay,
        valid,
        node.where,
        at,
        quota=quota,
        settling=settling,
        measures=tuple(measures.values()),
        figures=figures,
        grace_days=_days(node, "grace days", problems) or 0,
        paid_after_days=_days(node, "paid after days", problems),
    )
    _check_order(plan, problems)
    _check_currency(plan, problems)
    return plan if len(problems) == before else None


def _check_currency(plan: Plan, problems: list[Problem]) -> None:
    """A Problem where a fixed amount for each record or unit is in another currency than the plan pays in."""
    for component in plan.components if plan.currency else ():
        for mechanic in component.earn:
            amount = getattr(mechanic, "amount", None)
            if isinstance(amount, Money) and amount.currency != plan.currency:
                problems.append(
                    Problem(
                        "currency-mixed",
                        f'"{mechanic.name}" pays {amount}, and the plan pays in {plan.currency}.',
                        mechanic.where,
                        "Fixed amounts aren't converted.",
                        f"State the amount in {plan.currency}.",
                    )
                )


def _check_round_to(quota: tuple[Mechanic, ...], problems: list[Problem]) -> None:
    for mechanic in quota:
        unit = unit_of(getattr(mechanic, "round_to", None))
        if unit is not None and unit <= 0:
            problems.append(
                Problem(
                    "parameter",
                    f'"{mechanic.name}" rounds to {format_number(unit)}.',
                    mechanic.where,
                    "No amount is a multiple of it.",
                    "Round to something above 0, like 100.00 EUR.",
                )
            )


def _check_figures(figures: tuple[Shown, ...], problems: list[Problem]) -> None:
    seen: set[str] = set()
    for shown in figures:
        if shown.figure in seen or not shown.figure:
            problems.append(
                Problem(
                    "measure-twice",
                    f'two figures are called "{shown.figure}".' if shown.figure else "a figure has no name.",
                    shown.where,
                    "It wouldn't be clear which is meant.",
                    "Give each figure its own name.",
                )
            )
        seen.add(shown.figure)


def _days(node: Node, name: str, problems: list[Problem]) -> int | None:
    entry = node.get(name)
    if entry is None:
        return None
    text = entry.text()
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 366):
        problems.append(
            Problem(
                "parameter",
                f'"{name}" is "{text}"; it must be a whole number of days.',
                entry.where,
                remedy="Write a number from 0 to 366.",
            )
        )
        return None
    return int(text)


def _check_order(plan: Plan, problems: list[Problem]) -> None:
    """A Problem where a component looks at one that isn't there, or at itself over others."""
    known = [c.name for c in plan.components]
    for component in plan.components:
        for name in plan.needed_by(component):
            if name not in known:
                problems.append(
                    Problem(
                        "unknown-name",
                        f'"{component.name}" looks at what "{name}" earned, and there is no such component.',
                        component.where,
                        "Nothing can be made of it.",
                        did_you_mean(name, known),
                    )
                )
        if any(component_in(n) == component.name for m in component.earn for n in m.names()):
            problems.append(
                Problem(
                    "figure-circle",
                    f'"{component.name}" looks at what it earned itself.',
                    component.where,
                    "It isn't known before it is calculated.",
                    "To pay what is due so far less what was earned before:  formula: {..., less earned in: quarter} .",
                )
            )
    waiting = {c.name: {n for n in plan.needed_by(c) if n in known} for c in plan.components}
    while waiting:
        free = [n for n, needed in waiting.items() if not needed & set(waiting)]
        if not free:
            first = next(c for c in plan.components if c.name in waiting)
            problems.append(
                Problem(
                    "figure-circle",
                    f"components look at each other's results in a circle: {', '.join(waiting)}.",
                    first.where,
                    "None of them could be calculated first.",
                    "Let one of them not depend on the others.",
                )
            )
            return
        for name in free:
            del waiting[name]


def _eligible(node: Node | None, where: Where, problems: list[Problem]) -> tuple[str, tuple[str, ...]]:
    if node is None:
        return "assigned", ()
    if node.is_text:
        if node.text() not in ("assigned", "everyone"):
            problems.append(
                Problem(
                    "unknown-word",
                    f'"{node.text()}" doesn\'t say who is on the plan.',
                    node.where,
                    remedy="Write assigned, everyone, or {roles: [...]}.",
                )
            )
        return node.text(), ()
    roles = node.get("roles")
    if (
        roles is None
        or not roles.nodes()
        or not all(n.text() for n in roles.nodes())
        or len(dict(node.items())) != 1
    ):
        problems.append(
            Problem(
                "plan-form",
                "this doesn't say who is on the plan.",
                node.where,
                remedy="Write assigned, everyone, or {roles: [...]}.",
            )
        )
        return "roles", ()
    return "roles", tuple(n.text() for n in roles.nodes())
