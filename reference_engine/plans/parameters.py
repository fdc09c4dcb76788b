"""Reads the parameters of a mechanic from a plan, guided by the types of its fields."""

from __future__ import annotations

import dataclasses
import re
import types
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from reference_engine.expressions.syntax import Expression, NotAnExpression, parse
from reference_engine.mechanics.registry import FAMILIES, Mechanic, described, mechanics, parameters
from reference_engine.plans.ambiguous_words import AMBIGUOUS
from reference_engine.plans.document import Node
from reference_engine.problems import Problem, did_you_mean, nearest
from reference_engine.vocabulary.dates import parse_date
from reference_engine.vocabulary.numbers import (
    Money,
    NotANumber,
    Percent,
    Quantity,
    parse_money,
    parse_number,
    parse_percent,
)
from reference_engine.vocabulary.refusals import NotAccepted

MAX_COUNT = 10_000
"""Days, periods or levels beyond that lead out of every calendar."""
_ADD_ENTRY = "Write at least one entry, each behind a dash."


class _Wrong(NotAccepted):
    """The text isn't of the wanted type."""


R = TypeVar("R")


def read_rows(node: Node | None, row: type[R], what: str, problems: list[Problem]) -> tuple[R, ...]:
    """A list of rows, each written as names and values."""
    if node is None:
        return ()
    if not node.is_list:
        problems.append(
            Problem("plan-form", f"{what} must be a list.", node.where, remedy="Begin each with a dash.")
        )
        return ()
    found = [_read_object(row, n, f"{what}, entry {i}", problems) for i, n in enumerate(node.nodes(), 1)]
    return tuple(r for r in found if r is not None)


def read_mechanics(node: Node | None, family: str, problems: list[Problem]) -> tuple[Mechanic, ...]:
    """A list of mechanics, each written as its name and its parameters."""
    if node is None:
        return ()
    if not node.is_list:
        problems.append(
            Problem(
                "plan-form",
                f"this is {node.kind}; it must be a list of mechanics.",
                node.where,
                remedy="Begin each with a dash.",
            )
        )
        return ()
    out: list[Mechanic] = []
    known = mechanics(family)
    for entry in node.nodes():
        entries = (
            dict(entry.items())
            if entry.is_mapping
            else {entry.text(): Node({}, entry.where)}
            if entry.is_text
            else {}
        )
        if len(entries) != 1:
            problems.append(
                Problem(
                    "plan-form",
                    "each entry must be one mechanic with its parameters.",
                    entry.where,
                    remedy="Write  - flat rate: {rate: 8%}",
                )
            )
            continue
        ((name, body),) = entries.items()
        cls = known.get(name)
        if cls is None:
            problems.append(
                Problem(
                    "unknown-mechanic",
                    f'there is no {family} mechanic "{name}".',
                    entry.key_where(name),
                    remedy=_meant(name, family, list(known)),
                )
            )
            continue
        before = len(problems)
        mechanic = _read_object(
            cls, Node({}, body.where) if body.text() == "" and body.is_text else body, f'"{name}"', problems
        )
        if mechanic is not None and len(problems) == before:
            mechanic.check(problems)
            if len(problems) == before:
                _check_lists(mechanic, body, problems)
            out.append(mechanic)
    return tuple(out)


def _meant(name: str, family: str, known: list[str]) -> str:
    """The mechanic that somebody means by a word of the field or of a system, or by a slip."""
    wanted = name.casefold()
    found: list[str] = []
    for other in FAMILIES:
        for mechanic, about in described(other).items():
            spoken = {w.strip().casefold() for words in about.words.values() for w in words.split(",")}
            if wanted in spoken or (other != family and wanted == mechanic):
                found.append(mechanic if other == family else f"{mechanic} (a mechanic of {other})")
    several = [
        f"{mechanic}{'' if other == family else f' of {other}'} ({means})"
        for word in (wanted, *wanted.split())
        for other, mechanic, means in AMBIGUOUS.get(word, ())
    ]
    if several:
        return f"It may mean {'; '.join(several)}. Write the one that the plan means."
    if not found and not nearest(name, known, 0.75):
        found = _about(wanted, family)
    if found:
        return f"Did you mean: {', '.join(found)}? docs/mechanics says what each does."
    return did_you_mean(name, known).rstrip(".") + ". docs/mechanics finds a mechanic by any word of the field."


def _about(wanted: str, family: str) -> list[str]:
    """The mechanics for which some system has a word that begins like the wanted one: tiered, tiers."""
    stem = wanted[:4]
    if len(stem) < 4:
        return []
    found = [
        mechanic
        for mechanic, about in described(family).items()
        if any(word.startswith(stem) for words in about.words.values() for word in words.casefold().split())
    ]
    return found[:6]


def _check_lists(mechanic: Mechanic, body: Node, problems: list[Problem]) -> None:
    """A list that a mechanic needs and that holds nothing would make it pay nothing, without a word."""
    for name, field in parameters(type(mechanic)).items():
        entry = body.get(name)
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if needed and entry is not None and entry.is_list and not entry.nodes():
            problems.append(
                Problem(
                    "parameter",
                    f'"{mechanic.name}", "{name}": the list is empty; it must have an entry.',
                    entry.where,
                    "It would pay nothing.",
                    _ADD_ENTRY,
                )
            )


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    """The types of a class's fields; to work them out takes longer than to read the fields."""
    return get_type_hints(cls)


def _read_object(cls: type[Any], node: Node, what: str, problems: list[Problem]) -> Any:
    if not node.is_mapping:
        problems.append(
            Problem(
                "plan-form",
                f"{what} must have its parameters as names and values.",
                node.where,
                "A value without a name could mean anything.",
                f"Write each with its name: {', '.join(parameters(cls))}."
                if parameters(cls)
                else "It has no parameters; write its name alone.",
            )
        )
        return None
    hints = _hints(cls)  # type: ignore[arg-type]  # a class is hashable; typeshed's protocol doesn't see it
    fields = parameters(cls)
    values: dict[str, Any] = {"where": node.where}
    pieces = torn(node, what, problems)
    for name, entry in node.items():
        if name in pieces:
            continue
        if re.fullmatch(r"\d+(\.\d+)?( [A-Z]{3}|%)?", name):
            problems.append(
                Problem(
                    "comma-in-braces",
                    f'"{name}" is the second half of a number with a comma.',
                    node.key_where(name),
                    "Inside braces and brackets a comma ends the value.",
                    'Put quotes around the whole, with a point for decimals: "9,500.00 EUR".',
                )
            )
            continue
        if name not in fields:
            problems.append(
                Problem(
                    "unknown-name",
                    f'{what} has no parameter "{name}".',
                    node.key_where(name),
                    remedy=did_you_mean(name, fields, "It has no parameters; write its name alone."),
                )
            )
            continue
        field = fields[name]
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        try:
            if needed and entry.is_list and not entry.nodes() and not issubclass(cls, Mechanic):
                raise _Wrong("the list is empty; it must have an entry.", _ADD_ENTRY)
            values[field.name] = _read(hints[field.name], entry, f'{what}, "{name}"', problems)
        except _Wrong as error:
            problems.append(
                Problem(
                    "parameter",
                    f'{what}, "{name}": {error.what}',
                    entry.where,
                    "It can't be read, so nothing can be calculated with it.",
                    error.remedy,
                )
            )
    missing = [
        name
        for name, field in fields.items()
        if field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
        and node.get(name) is None
    ]
    for name in missing:
        problems.append(
            Problem(
                "missing-parameter",
                f'{what} doesn\'t state "{name}".',
                node.where,
                remedy=f'Add "{name}: ...".',
            )
        )
    if missing or any(
        f.name not in values and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        for f in fields.values()
    ):
        return None
    return cls(**values)


def torn(node: Node, what: str, problems: list[Problem]) -> set[str]:
    """The names that belong to values which their own commas tore apart: min(a, b) in braces is `min(a` and a name `b)`.

    Adds a Problem for each such value.
    """
    out: set[str] = set()
    whole, names, first = "", set[str](), node
    for name, entry in node.items():
        if whole.count("(") > whole.count(")") and (not entry.is_text or entry.text() == ""):
            whole, names = f"{whole}, {name}", {*names, name}
            if whole.count("(") == whole.count(")"):
                out |= names
                problems.append(
                    Problem(
                        "comma-in-braces",
                        f'{what}: "{whole}" is torn apart at its commas.',
                        first.where,
                        "Inside braces and brackets a comma ends the value.",
                        f'Put quotes around the whole: "{whole}".',
                    )
                )
        else:
            whole, names, first = (entry.text() if entry.is_text else ""), {name}, entry
    return out


def _read(wanted: Any, node: Node, what: str, problems: list[Problem]) -> Any:
    origin = get_origin(wanted)
    if origin in (Union, types.UnionType):
        options = [t for t in get_args(wanted) if t is not type(None)]
        if node.is_text and node.text() == "" and len(options) < len(get_args(wanted)):
            return None
        if len(options) == 1:
            return _read(options[0], node, what, problems)
        return _read_amount(options, node)
    if origin is tuple:
        item: Any = get_args(wanted)[0]
        is_row = dataclasses.is_dataclass(item) and item not in _SCALARS
        if not node.is_list:
            raise _Wrong(f"this is {node.kind}; it must be a list.", "Begin each entry with a dash.")
        rows = [
            _read_object(item, n, f"{what}, entry {i}", problems)
            if is_row
            else _read(item, n, what, problems)
            for i, n in enumerate(node.nodes(), 1)
        ]
        return tuple(r for r in rows if r is not None)
    if not node.is_text:
        raise _Wrong(f"this is {node.kind}; it must be one value.", "Write the value behind the colon.")
    if origin is Literal:
        if node.text() not in get_args(wanted):
            known = get_args(wanted)
            near = nearest(node.text(), known)
            raise _Wrong(
                f'"{node.text()}" isn\'t one of: {", ".join(known)}.',
                f"Did you mean: {near}" if near else "Write one of them.",
            )
        return node.text()
    try:
        if wanted is Expression:
            return dataclasses.replace(_expression(node.text()), where=node.where)
        return _SCALARS[wanted](node.text())
    except NotANumber as error:
        raise _Wrong(error.what, error.remedy) from None


def _read_amount(options: list[Any], node: Node) -> Any:
    """Money, a percent or a plain number: the text itself says which."""
    text = node.text()
    kind = Percent if text.endswith("%") else Money if text[-1:].isalpha() else Quantity
    if kind not in options:
        names = {
            Percent: "a percent (8%)",
            Money: "an amount of money (1,200.50 EUR)",
            Quantity: "a plain number (50)",
        }
        forms = " or ".join(names[o] for o in options)
        raise _Wrong(f'"{text}" must be {forms}.', "Write it in that form.")
    try:
        return _SCALARS[kind](text)
    except NotANumber as error:
        raise _Wrong(error.what, error.remedy) from None


def _date(text: str) -> date:
    day = parse_date(text)
    if day is None:
        raise NotANumber(f'"{text}" is not a date.', "Write year-month-day, like 2026-03-31.")
    return day


def _count(text: str) -> int:
    value = parse_number(text)
    if value.denominator != 1 or value < 0:
        raise NotANumber(f'"{text}" must be a whole number.', "Write digits only, like 90.")
    if value > MAX_COUNT:
        raise NotANumber(
            f'"{text}" is more than {MAX_COUNT:,}, which is hardly meant.', f"Write {MAX_COUNT:,} at most."
        )
    return value.numerator


def _quantity(text: str) -> Quantity:
    return Quantity(parse_number(text))


def _expression(text: str) -> Expression:
    try:
        return parse(text)
    except NotAnExpression as error:
        raise NotANumber(f'"{text}" can\'t be read: {error}', "Correct the expression.") from None


_SCALARS: dict[Any, Callable[[str], Any]] = {
    Expression: _expression,
    str: str,
    int: _count,
    date: _date,
    Fraction: parse_number,
    Money: parse_money,
    Percent: parse_percent,
    Quantity: _quantity,
}
