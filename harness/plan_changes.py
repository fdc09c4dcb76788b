"""Changes of a plan from a day on, as sentences state them, worked into the plan's document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from reference_engine.plans.document import Node
from reference_engine.problems import Problem, Where, did_you_mean

_TIER = re.compile(r"rate (?:above (?P<above>\S.*)|up to (?P<up>\S.*)|from (?P<from>\S.*?) to (?P<to>\S.*))\Z")


@dataclass(frozen=True, slots=True)
class Change:
    """One row of `the plan "AE Growth" changes on 2026-04-01`: what it says before that day, and from it on."""

    setting: str
    before: str
    after: str
    day: date
    where: Where


def changed(document: Node, changes: list[Change], problems: list[Problem]) -> Node:
    """The document with its changes: until the day before by the old values, from the day on by the new ones."""
    for day in sorted({c.day for c in changes}):
        todays = [c for c in changes if c.day == day]
        found: set[Change] = set()
        entries = dict(document.items())
        listed = entries.get("components")
        components = []
        for node in listed.nodes() if listed is not None else ():
            here: set[Change] = set()
            components.append(_component(node, todays, day, here, problems))
            problems += [_open(change) for change in here & found]
            found |= here
        if listed is not None:
            entries["components"] = Node(tuple(components), listed.where)
        document = Node(entries, document.where, document.keys)
        for change in todays:
            if change not in found:
                problems.append(_unknown(change, document))
    return document


def _component(node: Node, changes: list[Change], day: date, found: set[Change], problems: list[Problem]) -> Node:
    earn = node.get("earn")
    if earn is None:
        return node
    steps = tuple(_step(step, changes, day, found, problems) for step in earn.nodes())
    return Node({**dict(node.items()), "earn": Node(steps, earn.where)}, node.where, node.keys)


def _step(step: Node, changes: list[Change], day: date, found: set[Change], problems: list[Problem]) -> Node:
    for name, parameters in step.items():
        if name in ("flat rate", "lookup"):
            return _flat(step, name, parameters, changes, day, found, problems)
        tiers = parameters.get("tiers")
        if tiers is not None:
            rows = _tiers(tiers, changes, day, found, problems)
            return Node({name: Node({**dict(parameters.items()), "tiers": rows}, parameters.where, parameters.keys)}, step.where, step.keys)
    return step


def _flat(
    step: Node, name: str, parameters: Node, changes: list[Change], day: date, found: set[Change], problems: list[Problem]
) -> Node:
    """A rate that changes is a rule until the day before and a rule from the day on."""
    todays = [c for c in changes if c.setting == "rate"]
    if not todays:
        return step
    listed = parameters.get("rules")
    rules = list(listed.nodes()) if name == "lookup" and listed is not None else [parameters]
    last = rules[-1]
    rate = last.get("rate")
    change = todays[0]
    found.add(change)
    if rate is None or rate.text() != change.before:
        problems.append(_differs(change, rate.text() if rate is not None else "stated otherwise"))
        return step
    until = Node((day - timedelta(days=1)).isoformat(), change.where)
    old = Node({**dict(last.items()), "to": until}, last.where, {**(last.keys or {}), "to": change.where})
    new = Node.of({"from": day.isoformat(), "rate": change.after}, change.where)
    return Node({"lookup": Node.of({"rules": [*rules[:-1], old, new]}, step.where)}, step.where)


def _tiers(tiers: Node, changes: list[Change], day: date, found: set[Change], problems: list[Problem]) -> Node:
    """The table in force until the day before, and the table from the day on."""
    wanted = [(c, m) for c in changes if (m := _TIER.fullmatch(c.setting))]
    if not wanted:
        return tiers
    rows = tiers.nodes()
    if not all(r.get("rate") for r in rows):
        return tiers
    newest = [r for r in rows if r.get("valid to") is None]
    older = [r for r in rows if r.get("valid to") is not None]
    old = [_with(r, "valid to", (day - timedelta(days=1)).isoformat(), wanted[0][0].where) for r in newest]
    new = [_with(r, "valid from", day.isoformat(), wanted[0][0].where) for r in newest]
    for change, match in wanted:
        for i, row in enumerate(newest):
            if _is(row, match):
                found.add(change)
                rate = row.get("rate")
                if rate is None or rate.text() != change.before:
                    problems.append(_differs(change, rate.text() if rate is not None else "stated otherwise"))
                new[i] = _with(new[i], "rate", change.after, change.where)
    return Node((*older, *old, *new), tiers.where) if found else tiers


def _is(row: Node, match: re.Match[str]) -> bool:
    first, last = (node.text() if (node := row.get(k)) is not None else "" for k in ("from", "to"))
    if match["above"]:
        return first == match["above"] and not last
    if match["up"]:
        return last == match["up"] and not first.strip("0.,% ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return (first, last) == (match["from"], match["to"])


def _with(row: Node, name: str, value: str, where: Where) -> Node:
    return Node({**dict(row.items()), name: Node(value, where)}, row.where, {**(row.keys or {}), name: where})


def _open(change: Change) -> Problem:
    what = f'several components of the plan have a "{change.setting}"'
    why = "It is open which of them changes."
    return Problem("component-open", what, change.where, why, "State the change in the plan, with the days on which each rate holds.")


def _differs(change: Change, stated: str) -> Problem:
    what = f'the {change.setting} is {stated} before the change, not {change.before}'
    return Problem("change-before", what, change.where, "The change was meant for another plan or rate.", f"Write {stated} as before, or correct the plan.")


def _unknown(change: Change, document: Node) -> Problem:
    known = list(_settings(document))
    what = f'nothing in the plan is called "{change.setting}"'
    return Problem("change-unknown", what, change.where, "The change would have no effect.", did_you_mean(change.setting, known) or "A flat rate or the rate of a tier can change.")


def _settings(document: Node) -> list[str]:
    """What can change in this plan, as the sentence calls it."""
    out: list[str] = []
    components = document.get("components")
    for component in components.nodes() if components is not None else ():
        earn = component.get("earn")
        for step in earn.nodes() if earn is not None else ():
            for name, parameters in step.items():
                if name in ("flat rate", "lookup"):
                    out.append("rate")
                tiers = parameters.get("tiers")
                for row in (r for r in tiers.nodes() if r.get("rate")) if tiers is not None else ():
                    first, last = (node.text() if (node := row.get(k)) is not None else "" for k in ("from", "to"))
                    out.append(f"rate from {first} to {last}" if last else f"rate above {first}")
    return list(dict.fromkeys(out))
