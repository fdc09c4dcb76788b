"""A plan as YAML text, as a person would write it: short rows in braces, everything else one to a line."""

from __future__ import annotations

import re

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z0-9(][^:#,\[\]{}\"'&*!|>%@`\\]*%?")
_NULLS = {"null", "Null", "NULL"}


def yaml_text(document: dict[str, object]) -> str:
    """The document as YAML.  Its scalars are text, and read back as the same text."""
    return "\n".join(_mapping(document, "")) + "\n"


def scalar(text: str) -> str:
    """A scalar as YAML, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text == text.strip() and text not in _NULLS:
        return text
    if "'" not in text and "\n" not in text:
        return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _mapping(value: dict[str, object], indent: str) -> list[str]:
    out: list[str] = []
    for name, entry in value.items():
        short = _short(entry, len(indent) + len(name))
        if short is not None:
            out.append(f"{indent}{scalar(name)}: {short}")
        elif isinstance(entry, dict):
            out += [f"{indent}{scalar(name)}:", *_mapping(entry, indent + "  ")]
        else:
            assert isinstance(entry, list)
            out += [f"{indent}{scalar(name)}:", *_list(entry, indent + "  ")]
    return out


def _list(value: list[object], indent: str) -> list[str]:
    out: list[str] = []
    for entry in value:
        short = _short(entry, len(indent))
        if short is not None:
            out.append(f"{indent}- {short}")
            continue
        below = (
            _mapping(entry, indent + "  ")
            if isinstance(entry, dict)
            else _list(list(_nodes(entry)), indent + "  ")
        )
        out += [f"{indent}- {below[0].lstrip()}", *below[1:]]
    return out


def _nodes(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def _short(value: object, before: int) -> str | None:
    """A value on the line of its name: a scalar, or scalars in braces or brackets; None where it is longer."""
    if isinstance(value, str):
        return scalar(value)
    flow = _flow(value)
    return flow if flow is not None and len(flow) + before < WIDTH else None


def _flow(value: object) -> str | None:
    if isinstance(value, dict):
        if not all(isinstance(v, str) for v in value.values()) or (len(value) > 1 and "component" in value):
            return None
        return "{" + ", ".join(f"{scalar(k)}: {scalar(str(v))}" for k, v in value.items()) + "}"
    assert isinstance(value, list)
    parts = [scalar(v) if isinstance(v, str) else None for v in value]
    return None if None in parts else "[" + ", ".join(str(p) for p in parts) + "]"
