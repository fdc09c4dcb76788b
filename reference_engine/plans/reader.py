"""Reads a plan from its document, strictly: unknown names, open conventions and impossible tables are Problems."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

from reference_engine.mechanics.registry import Mechanic
from reference_engine.plans.conventions import check_needed, read_conventions
from reference_engine.plans.document import Node, load_yaml
from reference_engine.plans.parameters import read_mechanics
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.vocabulary.dates import parse_date
from reference_engine.vocabulary.numbers import NotANumber, minor_units, parse_percent
from reference_engine.vocabulary.plan import (
    CREDIT_TYPES,
    EARNING_EVENTS,
    FREQUENCIES,
    MEASURES,
    RECORDS,
    Component,
    Plan,
)

PLAN_NAMES = (
    "plan",
    "currency",
    "pays",
    "eligible",
    "valid",
    "conventions",
    "measures",
    "quota",
    "components",
    "pay",
    "settle",
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
    "valid",
    "earn",
    "pay",
    "description",
)
_SOURCES = {
    "bookings": ("deals", "returns of deals", "cancellations"),
    "revenue": ("invoices",),
    "margin": ("invoice lines",),
    "cash": ("payments",),
    "units": ("retail sales", "returns of sales"),
}
_EVENT_SOURCES = {
    "booking": ("deals", "returns of deals", "cancellations"),
    "invoice": ("invoices",),
    "payment": ("payments",),
}
_RECORD_SOURCES = {
    "deals": ("deals", "returns of deals", "cancellations"),
    "invoices": ("invoices",),
    "invoice lines": ("invoice lines",),
    "payments": ("payments",),
    "retail sales": ("retail sales", "returns of sales"),
}


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
    for word in ("currency", "pays"):
        if (entry := node.get(word)) is not None and not entry.is_text:
            problems.append(
                Problem("plan-form", f'"{word}" is {entry.kind}; it must be one word.', entry.where)
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
    components = _components(node, problems)
    pay = read_mechanics(node.get("pay"), "paying", problems)
    quota = read_mechanics(node.get("quota"), "quota", problems)
    settling = read_mechanics(node.get("settle"), "settling", problems)
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
    for mechanic in every:
        for convention in mechanic.needs():
            needed.setdefault(convention, (mechanic.name, mechanic.where))
    check_needed(needed, conventions, problems)
    for mechanic in every:
        mechanic.check_under(conventions, problems)
    if len(problems) > before:
        return None
    at = entry.where if (entry := node.get("eligible")) is not None else node.where
    return Plan(
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
    )


def _components(node: Node, problems: list[Problem]) -> tuple[Component, ...]:
    entry = node.get("components")
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
        component = _component(part, problems)
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


def _component(node: Node, problems: list[Problem]) -> Component | None:
    if not node.is_mapping:
        problems.append(Problem("plan-form", "a component must be names and values.", node.where))
        return None
    _check_names(node, COMPONENT_NAMES, "a component", problems)
    name = _text(node, "component", problems, "Give the component a name.")
    measure = _word(node, "measure", MEASURES, problems)
    sources = _sources(node, measure, problems)
    credits: tuple[str, ...] = ()
    entry = node.get("credits")
    if entry is None:
        problems.append(
            Problem(
                "convention-open",
                f'"{name}" doesn\'t say which credits it pays on.',
                node.where,
                "A manager's roll-up credit may be paid or not.",
                "Add  credits: [direct]  or any of " + ", ".join(CREDIT_TYPES) + ".",
            )
        )
    else:
        listed = entry.nodes() if entry.is_list else (entry,)
        for word in listed:
            if word.text() not in CREDIT_TYPES:
                problems.append(
                    Problem(
                        "unknown-word",
                        f'"{word.text()}" isn\'t a credit type.',
                        word.where,
                        remedy=did_you_mean(word.text(), CREDIT_TYPES),
                    )
                )
        credits = tuple(w.text() for w in listed)
    earn = read_mechanics(node.get("earn"), "earning", problems)
    if node.get("earn") is None:
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
    _check_measure(measure, sources, earn, problems)
    names = [m.name for m in pay]
    if "release" in names and "clawback" in names and names.index("clawback") < names.index("release"):
        problems.append(
            Problem(
                "pay-order",
                '"clawback" stands before "release".',
                pay[names.index("clawback")].where,
                "It would take back what was never paid.",
                'Put "release" first.',
            )
        )
    products = tuple(n.text() for n in e.nodes()) if (e := node.get("products")) is not None else ()
    return Component(
        name, measure, sources, credits, earn, pay, products, _valid(node.get("valid"), problems), node.where
    )


def _check_measure(
    measure: str, sources: dict[str, Fraction], earn: tuple[Mechanic, ...], problems: list[Problem]
) -> None:
    """What a measure and its events allow: money and units don't mix, and not everything can be earned in parts."""
    for mechanic in earn:
        if measure and mechanic.counts_units != (measure == "units"):
            wanted = "units" if mechanic.counts_units else "money"
            problems.append(
                Problem(
                    "measure-mechanic",
                    f'"{mechanic.name}" works on {wanted}, and the measure is {measure}.',
                    mechanic.where,
                    "A rate of units is no money, and an amount falls in no band of units.",
                    "Take another measure, or another mechanic.",
                )
            )
        if any(share != 1 for share in sources.values()) and not mechanic.proportional:
            problems.append(
                Problem(
                    "event-shares",
                    f'"{mechanic.name}" can\'t be earned event by event.',
                    mechanic.where,
                    "It looks at a whole amount or adds amounts up; a booking and its payments would count twice.",
                    'Take "flat rate" or "individual rate", or leave "events" out.',
                )
            )


def _sources(node: Node, measure: str, problems: list[Problem]) -> dict[str, Fraction]:
    records, events = node.get("records"), node.get("events")
    if events is not None:
        out: dict[str, Fraction] = {}
        total = Fraction(0)
        known_only = all(word in EARNING_EVENTS for word, _ in events.items())
        for word, share in events.items():
            if word not in EARNING_EVENTS:
                problems.append(
                    Problem(
                        "unknown-word",
                        f'"{word}" isn\'t an event at which commission is earned.',
                        events.key_where(word),
                        remedy=did_you_mean(word, EARNING_EVENTS),
                    )
                )
                continue
            try:
                value = parse_percent(share.text()).value
            except NotANumber as error:
                problems.append(Problem("parameter", str(error), share.where))
                continue
            total += value
            out.update(dict.fromkeys(_EVENT_SOURCES[word], value))
        if known_only and out and total != 1:
            problems.append(
                Problem(
                    "event-shares",
                    f"the shares earned at the events total {total * 100}%, not 100%.",
                    events.where,
                    "Part of the commission would never be earned, or be earned twice.",
                    "Make them total 100%.",
                )
            )
        return out
    if records is not None:
        word = _word(node, "records", RECORDS, problems)
        return dict.fromkeys(_RECORD_SOURCES.get(word, ()), Fraction(1))
    return dict.fromkeys(_SOURCES.get(measure, ()), Fraction(1))


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
    if roles is None or not roles.is_list or len(dict(node.items())) != 1:
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


def _word(node: Node, name: str, known: tuple[str, ...], problems: list[Problem]) -> str:
    entry = node.get(name)
    if entry is None:
        problems.append(
            Problem(
                "missing-parameter",
                f'"{name}" isn\'t stated.',
                node.where,
                remedy="Write one of: " + ", ".join(known) + ".",
            )
        )
        return ""
    if entry.text() not in known:
        problems.append(
            Problem(
                "unknown-word",
                f'"{entry.text()}" isn\'t a known {name}.',
                entry.where,
                remedy=did_you_mean(entry.text(), known),
            )
        )
    return entry.text()
