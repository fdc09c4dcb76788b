"""The part of docs/plans.md that follows from the code: every mechanic and every convention."""

from __future__ import annotations

import dataclasses
import types
from fractions import Fraction
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from reference_engine.mechanics.crediting import direct, overlay, roll_up, split, territory
from reference_engine.mechanics.paying import draw
from reference_engine.mechanics.registry import FAMILIES, Mechanic, mechanics, parameters
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.vocabulary.numbers import Money, Percent, Quantity
from reference_engine.vocabulary.tables import KINDS, TABLES

_FORMS = {
    Money: "money",
    Percent: "percent",
    Quantity: "number",
    int: "whole number",
    str: "text",
    Fraction: "number",
}
_HEADINGS = {
    "quota": "Quotas: under `quota:` of the plan",
    "earning": "Earning: under `earn:`",
    "paying": "Paying: under `pay:`",
    "settling": "Settling: under `settle:` of the plan",
}


def reference() -> str:
    """Markdown of the mechanics with their parameters, needs and worked examples, of the conventions and the tables."""
    parts = [
        "## Mechanics",
        "",
        "Each is one file of the same name. They work in the order in which the plan lists them.",
        "",
    ]
    for family in (f for f in FAMILIES if mechanics(f)):
        parts += [f"### {_HEADINGS[family]}", ""]
        for cls in mechanics(family).values():
            parts += _mechanic(cls)
    parts += [
        "### Crediting and balances",
        "",
        "These follow from tables of the data, not from a plan.",
        "",
        "| | |",
        "|---|---|",
    ]
    for name, module in (
        ("direct", direct),
        ("split", split),
        ("overlay", overlay),
        ("roll-up", roll_up),
        ("territory", territory),
        ("draws and balances", draw),
    ):
        parts.append(f"| {name} | {module.MEANING} |")
    parts += ["", "## Conventions", "", "| convention | question | readings |", "|---|---|---|"]
    for name, convention in CONVENTIONS.items():
        readings = "<br>".join(f"`{reading}`: {meaning}" for reading, meaning in convention.readings.items())
        parts.append(f"| `{name}` | {convention.question} | {readings} |")
    parts += ["", "## Standard tables", ""]
    for schema in TABLES.values():
        parts += [f"**{schema.name}**: {schema.meaning}", "", "| column | what it holds | |", "|---|---|---|"]
        for field in schema.fields:
            words = f"one of {', '.join(field.choices)}" if field.choices else KINDS[field.kind]
            must = "required" if field.required else ""
            parts.append(
                f"| {field.name} | {words}{'. ' + field.meaning if field.meaning else ''} | {must} |"
            )
        parts.append("")
    return "\n".join(parts).replace(".  ", ". ").rstrip() + "\n"


def _mechanic(cls: type[Mechanic]) -> list[str]:
    out = [f"#### {cls.name}", "", cls.meaning, ""]
    hints = get_type_hints(cls)
    fields = parameters(cls)
    if fields:
        out += ["| parameter | | |", "|---|---|---|"]
        out += [
            f"| `{name}` | {_form(hints[f.name])} | {'' if _optional(f) else 'required'} |"
            for name, f in fields.items()
        ]
        out.append("")
    needs = _needs(cls)
    if needs:
        out += ["Needs the conventions " + ", ".join(f"`{n}`" for n in needs) + ".", ""]
    example = cls.examples[0]
    out += [f"Example: {example.title}.", "", "```yaml", *example.plan.splitlines(), "```", ""]
    for name, text in example.tables.items():
        out += ["```", f"{name}:", *(f"  {row}" for row in text.splitlines()), "```", ""]
    out += ["It pays:", "", "```", *example.payouts.splitlines(), "```", ""]
    return out


def _needs(cls: type[Mechanic]) -> tuple[str, ...]:
    # A mechanic's needs don't depend on its parameters, so an empty one can be asked.
    return cls.needs(object.__new__(cls))


def _optional(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _form(hint: Any) -> str:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(_form(a) for a in get_args(hint) if a is not type(None))
    if origin is Literal:
        return " or ".join(f"`{a}`" for a in get_args(hint))
    if origin is tuple:
        row = get_args(hint)[0]
        hints = get_type_hints(row)
        return "a list of rows: " + ", ".join(
            f"`{n}` ({_form(hints[f.name])}{', optional' if _optional(f) else ''})"
            for n, f in parameters(row).items()
        )
    return _FORMS.get(hint, "date")
