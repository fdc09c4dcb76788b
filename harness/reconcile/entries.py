"""What entries of known differences, pairings and approved changes have in common: rows, reason, people and a last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from harness.adapters.mapping import GrainMapping, Mapping
from harness.adapters.strict import Section
from harness.reconcile.patterns import Key
from harness.reconcile.results import ByCurrency, added
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.dates import parse_date
from reference_engine.vocabulary.numbers import MINOR_UNITS, NotANumber, parse_money, parse_number


@dataclass(frozen=True)
class Common:
    """Who accepted something, why and until when."""

    grain: GrainMapping
    reason: str
    until: date
    owner: str
    ticket: str
    approved_by: str


def common(part: Section, mapping: Mapping, *, approval: bool = False) -> Common:
    """Reads grain, reason, until, owner, ticket and approved by.  approval: whether somebody must have approved it."""
    names = [g.name for g in mapping.grains]
    grain = mapping.grain(part.choice("grain", names, names[0]))
    reason = part.text("reason", must=True)
    approved_by = part.text("approved by", must=approval)
    until_text = part.text("until", must=True)
    until = date.min
    if until_text:
        day = parse_date(until_text)
        if day is None:
            part.problem(
                "not-a-date",
                f'"{until_text}" is not a date.',
                part.node.get("until"),
                why="Nothing would say how long it is accepted.",
                remedy="Write year-month-day, like 2026-09-30.",
            )
        until = day or date.min
    return Common(grain, reason, until, part.text("owner"), part.text("ticket"), approved_by)


def key_of(part: Section, name: str, names: Sequence[str], *, several: bool = True) -> Key:
    """Reads the parts of a key.  several: whether a part may have several values."""
    node = part.take(name, must=True)
    if node is None:
        return ()
    entries: list[tuple[str, str]] = []
    if not dict(node.items()):
        part.problem(
            "known-form",
            "the key must name at least one part.",
            node,
            why="It would mean every row.",
            remedy=f"Parts: {', '.join(names)}.",
        )
    for part_name, value in node.items():
        values = (value,) if value.is_text else value.nodes() if several else ()
        if part_name not in names:
            part.problem(
                "known-form",
                f'"{part_name}" is no part of the key here.',
                value,
                remedy=did_you_mean(part_name, names),
            )
        elif not values or not all(v.is_text for v in values):
            part.problem(
                "known-form",
                f'"{part_name}" must be text.',
                value,
                remedy=f"Write one value behind  {part_name}:"
                + (", or a list of values." if several else ""),
            )
        else:
            entries += [(part_name, v.text()) for v in values]
    return tuple(entries)


def money_of(part: Section, name: str, grain: GrainMapping, *, must: bool = False) -> ByCurrency | None:
    """Reads an amount as whole minor units of the grain; None where it isn't there or can't be read."""
    text = part.text(name, must=must)
    return None if not text else units_of(part, part.node.get(name), text, grain)


def units_of(part: Section, node: Node | None, text: str, grain: GrainMapping) -> ByCurrency | None:
    """An amount as whole minor units of the grain."""
    stated = grain.amount.decimals
    try:
        if grain.amount.is_number:
            units = parse_number(text) * Fraction(10) ** (stated or 0)
            if units.denominator == 1:
                return added([(("", int(units)),)])
            what = f'"{text}" has more decimals than the {stated or 0} that are compared.'
            part.problem("not-a-number", what, node, remedy="Write it with the decimals of the mapping.")
            return None
        amount = parse_money(text)
    except NotANumber as error:
        part.problem(
            "not-a-number",
            error.what,
            node,
            why="Only this very difference is accepted.",
            remedy=error.remedy,
        )
        return None
    own = MINOR_UNITS[amount.currency]
    scale = own if stated is None else max(own, stated)
    return added([((amount.currency, int(amount.amount * Fraction(10) ** scale)),)])


def count_of(part: Section, name: str) -> int | None:
    """Reads a count; None where it isn't stated."""
    return part.count(name) if part.node.get(name) is not None else (part.take(name), None)[1]


def listed(node: Node, what: str, problems: list[Problem]) -> tuple[Node, ...]:
    """The entries of a file that must be a list."""
    if node.is_list:
        return node.nodes()
    problems.append(
        Problem(
            "known-form",
            f"a file of {what} is a list.",
            node.where,
            remedy='Start each entry with "- key:".',
        )
    )
    return ()
