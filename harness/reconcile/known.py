"""Known differences: accepted until a day, and reported as soon as they are gone, changed or expired."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from harness.adapters.mapping import Mapping
from harness.adapters.strict import Section
from harness.reconcile.results import (
    ByCurrency,
    Difference,
    GrainResult,
    KnownDifference,
    KnownOutcome,
    added,
)
from reference_engine.plans.document import Node, load_yaml
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.dates import parse_date
from reference_engine.vocabulary.numbers import MINOR_UNITS, NotANumber, format_money, parse_money


def read_known(path: Path, mapping: Mapping, problems: list[Problem]) -> list[KnownDifference]:
    """Reads a list of known differences: key, difference, reason, until; owner and ticket if any."""
    node = load_yaml(path, problems)
    if node is None:
        return []
    if not node.is_list:
        problems.append(
            Problem(
                "known-form",
                "a file of known differences is a list.",
                node.where,
                remedy='Start each entry with "- key:".',
            )
        )
        return []
    return [k for n in node.nodes() if (k := known_difference(n, mapping, problems)) is not None]


def known_difference(node: Node, mapping: Mapping, problems: list[Problem]) -> KnownDifference | None:
    """Reads one known difference."""
    before = len(problems)
    part = Section(node, "the known difference", problems)
    names = [g.name for g in mapping.grains]
    grain = part.choice("grain", names, names[0])
    key_node = part.take("key", must=True)
    text = part.text("difference", must=True)
    reason = part.text("reason", must=True)
    until_text = part.text("until", must=True)
    owner, ticket = part.text("owner"), part.text("ticket")
    part.close()
    key = _key(part, key_node, mapping.grain(grain).key_names) if key_node is not None else ()
    until = date.min
    money: ByCurrency = ()
    if until_text:
        day = parse_date(until_text)
        if day is None:
            part.problem(
                "not-a-date",
                f'"{until_text}" is not a date.',
                node.get("until"),
                why="Nothing would say how long the difference is accepted.",
                remedy="Write year-month-day, like 2026-09-30.",
            )
        until = day or date.min
    if text:
        try:
            amount = parse_money(text)
            decimals = mapping.grain(grain).amount.decimals
            own = MINOR_UNITS[amount.currency]
            scale = own if decimals is None else max(own, decimals)
            money = added([((amount.currency, int(amount.amount * Fraction(10) ** scale)),)])
        except NotANumber as error:
            part.problem(
                "not-a-number",
                error.what,
                node.get("difference"),
                why="Only this very difference is accepted.",
                remedy=error.remedy,
            )
    if len(problems) != before:
        return None
    return KnownDifference(grain, key, money, reason, until, owner, ticket, node.where)


def _key(part: Section, node: Node, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    entries = []
    if not dict(node.items()):
        part.problem(
            "known-form", "the key must name at least one part.", node, remedy=f"Parts: {', '.join(names)}."
        )
    for name, value in node.items():
        if name not in names:
            part.problem(
                "known-form", f'"{name}" is no part of the key here.', value, remedy=did_you_mean(name, names)
            )
        elif not value.is_text:
            part.problem(
                "known-form", f'"{name}" must be text.', value, remedy=f"Write one value behind  {name}:"
            )
        else:
            entries.append((name, value.text()))
    return tuple(entries)


def judge(
    known: Iterable[KnownDifference], grain: GrainResult, today: date
) -> tuple[list[KnownOutcome], set[str]]:
    """What became of the known differences of one grain, and the ids of the differences that they accept."""
    outcomes: list[KnownOutcome] = []
    accepted: set[str] = set()
    for entry in known:
        if entry.grain != grain.name:
            continue
        found = [d for d in grain.differences if d.id not in accepted and _fits(entry, d)]
        outcome = _outcome(entry, found, grain, today)
        outcomes.append(outcome)
        if outcome.holds:
            accepted.update(outcome.ids)
    return outcomes, accepted


def _fits(entry: KnownDifference, difference: Difference) -> bool:
    """The key may be said in our values or in the target's own codes."""
    codes = {p.name: p.code for p in difference.key}
    return all(value in (difference.part(name), codes.get(name)) for name, value in entry.key)


def _outcome(
    entry: KnownDifference, found: list[Difference], grain: GrainResult, today: date
) -> KnownOutcome:
    named = ", ".join(f"{name} {value}" for name, value in entry.key)
    ids = tuple(d.id for d in found)
    if not found:
        taken = [d for d in grain.differences if _fits(entry, d)]
        message = (
            f"{named}: another entry of the list accepts this difference already. Remove one of them."
            if taken
            else f"{named}: the known difference is no longer there. Remove it from the list."
        )
        return KnownOutcome(entry, "gone", message)
    money = added(d.money for d in found)
    if money != entry.difference:
        return KnownOutcome(
            entry,
            "changed",
            f"{named}: the difference is now {_text(money, grain)}, not {_text(entry.difference, grain)}.",
            ids,
        )
    if today > entry.until:
        return KnownOutcome(
            entry,
            "expired",
            f"{named}: the difference was accepted until {entry.until} and is still there.",
            ids,
        )
    return KnownOutcome(
        entry,
        "accepted",
        f"{named}: {_text(money, grain)}, accepted until {entry.until}: {entry.reason}",
        ids,
    )


def _text(money: ByCurrency, grain: GrainResult) -> str:
    return (
        " and ".join(format_money(grain.amount(units, currency), currency) for currency, units in money)
        or "no money"
    )
