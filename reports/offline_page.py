"""One HTML file with its style and its script inside, which asks for nothing over a network and forbids it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

_ROOM = Path(__file__).parent


def offline_page(
    template: str, styles: Sequence[str], scripts: Sequence[str], values: Mapping[str, Any], filters: Mapping[str, Callable[..., Any]]
) -> str:
    """Renders a template with everything it needs inside.

    styles: CSS texts of our own, given to the template as `styles`.  scripts: names of assets, given together as `script`.
    """
    environment = Environment(
        loader=FileSystemLoader(_ROOM / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters)
    script = '(function () {\n"use strict";\n' + "".join(map(asset, scripts)) + "})();\n"
    own: dict[str, Any] = {
        "policy": _policy(script, styles),
        "styles": [Markup(style) for style in styles],  # noqa: S704  our own assets
        "script": Markup(script),  # noqa: S704  our own asset
    }
    return environment.get_template(template).render({**values, **own})


def asset(name: str) -> str:
    """The text of one of our own style sheets or scripts."""
    return (_ROOM / "assets" / name).read_text(encoding="utf-8")


def _policy(script: str, styles: Sequence[str]) -> str:
    sources = " ".join(map(_fingerprint, styles))
    return (
        f"default-src 'none'; script-src {_fingerprint(script)}; style-src {sources}; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _fingerprint(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
