"""Reads a plan from its document, strictly: unknown names, open conventions and impossible tables are Problems."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

from reference_engine.mechanics.lump import Lump
from reference_engine.mechanics.registry import Mechanic
from reference_engine.plans.convention_reader import check_needed, read_conventions
from reference_engine.plans.document import Node, load_yaml
from reference_engine.plans.measures import Counted, read_counted, read_measures, word
from reference_engine.plans.parameters import read_mechanics, read_rows
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.quota_parts import unit_of
from reference_engine.vocabulary.dates import parse_date
from reference_engine.vocabulary.numbers import NotANumber, format_number, minor_units
from reference_engine.vocabulary.plan import FREQUENCIES, MEASURES, Component, Measure, Plan, Shown

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
    _check_names(node, PLAN_NAMES, "a plan", problems)
    name = _text(node, "plan", problems, "Give the plan a name:  plan: AE Growth")
    currency = e.text() if (e := node.get("currency")) is not None else ""
    if currency and (entry := node.get("currency")) is not None:
        try:
            minor_units(currency)
        except NotANumber as error:
            problems.append(Problem("unknown-currency", str(error), entry.where))
    pays = ""
    for key in ("currency", "pays"):
        if (entry := node.get(key)) is not None and not entry.is_text:
            problems.append(
                Problem("plan-form", f'"{key}" is {entry.kind}; it must be one word.', entry.where)
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
    components = _components(node, measures, problems)
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
    valid = _valid(node.get("valid"), problems)
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
    return plan if len(problems) == before else None


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


def _components(node: Node, measures: dict[str, Measure], problems: list[Problem]) -> tuple[Component, ...]:
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
        problems.append(Problem("plan-form", "a component must be names and values.", node.where))
        return None
    _check_names(node, COMPONENT_NAMES, "a component", problems)
    name = _text(node, "component", problems, "Give the component a name.")
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
        _valid(node.get("valid"), problems),
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


def _valid(node: Node | None, problems: list[Problem]) -> tuple[date | None, date | None]:
    if node is None:
        return None, None
    if not node.is_mapping or any(not entry.is_text for _, entry in node.items()):
        problems.append(
            Problem(
                "plan-form",
                "valid must say from when to when.",
                node.where,
                "It would be valid for ever.",
                "Write  valid: {from: 2026-01-01, to: 2026-12-31}",
            )
        )
        return None, None
    days: list[date | None] = []
    _check_names(node, ("from", "to"), "valid", problems)
    for name in ("from", "to"):
        entry = node.get(name)
        day = parse_date(entry.text()) if entry is not None and entry.text() else None
        if entry is not None and entry.text() and day is None:
            problems.append(
                Problem(
                    "not-a-date",
                    f'"{entry.text()}" is not a date.',
                    entry.where,
                    remedy="Write year-month-day, like 2026-03-31.",
                )
            )
        days.append(day)
    if days[0] and days[1] and days[1] < days[0]:
        problems.append(Problem("valid-order", "the last day is before the first.", node.where))
    return days[0], days[1]


def _check_names(node: Node, known: tuple[str, ...], what: str, problems: list[Problem]) -> None:
    for name, _ in node.items():
        if name not in known:
            problems.append(
                Problem(
                    "unknown-name",
                    f'{what} has no "{name}".',
                    node.key_where(name),
                    remedy=did_you_mean(name, known),
                )
            )


def _text(node: Node, name: str, problems: list[Problem], remedy: str) -> str:
    entry = node.get(name)
    if entry is None or not entry.text():
        problems.append(Problem("missing-parameter", f'"{name}" isn\'t stated.', node.where, remedy=remedy))
        return ""
    return entry.text()
