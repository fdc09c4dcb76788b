"""What a page says of the parameters of a mechanic: their form, what each means, and the rows inside them."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
from datetime import date
from fractions import Fraction
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from reference_engine.expressions.syntax import Expression
from reference_engine.mechanics.registry import Mechanic, parameters
from reference_engine.vocabulary.numbers import Money, Percent, Quantity

_FORMS: dict[Any, str] = {
    Money: "money",
    Percent: "percent",
    Quantity: "number",
    int: "whole number",
    str: "text",
    bool: "`yes` or `no`",
    date: "date",
    Fraction: "number",
    Expression: "expression",
}


def parameter_section(cls: type[Mechanic]) -> list[str]:
    """The section of a mechanic's page about its parameters."""
    _, prose = parameter_meanings(cls)
    if not parameters(cls):
        return ["## Parameters", "", f"None: write `- {cls.name}`.", *(["", prose] if prose else []), ""]
    return ["## Parameters", "", *_table(cls), *_rows(cls)]


def parameter_meanings(cls: type[Any]) -> tuple[dict[str, str], str]:
    """What each parameter means, and what its class says beside that.

    Docstrings say it as "name: what it means", several names before one colon where they are alike.
    """
    known = sorted(parameters(cls), key=len, reverse=True)
    name = "|".join(re.escape(n) for n in known)
    start = re.compile(rf"(?:^|(?<=[.;] ))((?:{name})(?:, (?:{name}))*): ")
    found: dict[str, str] = {}
    prose: list[str] = []
    for base in reversed(cls.__mro__):
        for paragraph in _paragraphs(base):
            heads = list(start.finditer(paragraph)) if known else []
            before = paragraph[: heads[0].start()] if heads else paragraph
            if before.strip() and base is cls:
                prose.append(before.strip())
            for head, following in zip(heads, [*heads[1:], None], strict=False):
                words = paragraph[head.end() : following.start() if following else None].strip()
                found |= dict.fromkeys(head[1].split(", "), words)
    return {n: found[n] for n in parameters(cls) if n in found}, " ".join(prose)


def rows_of(cls: type[Any]) -> dict[str, type[Any]]:
    """The parameters that are rows, with the class of the row."""
    out: dict[str, type[Any]] = {}
    hints = get_type_hints(cls)
    for name, field in parameters(cls).items():
        for hint in (hints[field.name], *get_args(hints[field.name])):
            item = get_args(hint)[0] if get_origin(hint) is tuple else hint
            if dataclasses.is_dataclass(item) and isinstance(item, type) and item not in _FORMS:
                out[name] = item
    return out


def cell(words: str) -> str:
    """Words as they stand in a cell of a table."""
    return words.replace(".  ", ". ").replace("|", "\\|")


def _paragraphs(cls: type[Any]) -> list[str]:
    """The paragraphs that a class says of its fields; none where Python wrote them."""
    written = cls.__dict__.get("__doc__") or ""
    if cls in (Mechanic, object) or written.startswith(f"{cls.__name__}("):
        return []
    return [re.sub(r"\s+", " ", p).strip() for p in re.split(r"\n\s*\n", inspect.cleandoc(written))]


def _table(cls: type[Any]) -> list[str]:
    said, prose = parameter_meanings(cls)
    hints = get_type_hints(cls)
    out = ["| name | form | | what it means |", "|---|---|---|---|"]
    out += [
        f"| `{name}` | {_form(hints[f.name])} | {_must(f)} | {cell(said.get(name, ''))} |"
        for name, f in parameters(cls).items()
    ]
    return [*out, "", *([cell(prose), ""] if prose else [])]


def _rows(cls: type[Any], place: str = "") -> list[str]:
    """The rows that stand in the parameters, rows inside rows included.  place: the row that these stand in."""
    out: list[str] = []
    for name, row in rows_of(cls).items():
        hint = get_type_hints(cls)[parameters(cls)[name].name]
        several = any(get_origin(h) is tuple for h in (hint, *get_args(hint)))
        what = f"Each row of `{name}`{place}:" if several else f"The names in `{name}`{place}:"
        out += [what, "", *_table(row), *_rows(row, f" in a row of `{name}`")]
    return out


def _must(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
        return "required"
    if field.default in (None, "", ()) or field.default is dataclasses.MISSING:
        return "may be left out"
    shown = "yes" if field.default is True else "no" if field.default is False else str(field.default)
    return f"`{shown}` where left out"


def _form(hint: Any) -> str:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return " or ".join(_form(a) for a in get_args(hint) if a is not type(None))
    if origin is Literal:
        return " or ".join(f"`{a}`" for a in get_args(hint))
    if origin is tuple:
        item = get_args(hint)[0]
        return (
            "a list of rows"
            if dataclasses.is_dataclass(item) and item not in _FORMS
            else f"a list, each {_form(item)}"
        )
    return _FORMS.get(hint) or "names and values: " + ", ".join(f"`{n}`" for n in parameters(hint))
