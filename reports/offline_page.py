"""One HTML file with its style and its script inside, which asks for nothing over a network and forbids it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

_ROOM = Path(__file__).parent
_NAMES = {
    0x202A: "LRE", 0x202B: "RLE", 0x202C: "PDF", 0x202D: "LRO", 0x202E: "RLO", 0x2066: "LRI", 0x2067: "RLI", 0x2068: "FSI",
    0x2069: "PDI", 0x200E: "LRM", 0x200F: "RLM", 0x061C: "ALM", 0xFEFF: "BOM", 0x200B: "ZWSP",
}  # fmt: skip
_UNSEEN = re.compile(f"[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\ud800-\udfff{''.join(map(chr, _NAMES))}]")


def offline_page(
    template: str, styles: Sequence[str], scripts: Sequence[str], values: Mapping[str, Any], filters: Mapping[str, Callable[..., Any]], *, beside: bool = False
) -> str:
    """Renders a template with everything it needs inside.

    styles: CSS texts of our own, given to the template as `styles`.  scripts: names of assets, given together as `script`.
    beside: whether that script may load further ones of ours that lie beside the page, which hold nothing but rows.
    """
    environment = Environment(
        loader=FileSystemLoader(_ROOM / "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=seen,
    )
    environment.filters.update(filters)
    script = '(function () {\n"use strict";\n' + "".join(map(asset, scripts)) + "})();\n"
    own: dict[str, Any] = {
        "policy": _policy(script, styles, beside=beside),
        "styles": [Markup(style) for style in styles],  # noqa: S704  our own assets
        "script": Markup(script),  # noqa: S704  our own asset
    }
    return environment.get_template(template).render({**values, **own})


def asset(name: str) -> str:
    """The text of one of our own style sheets or scripts."""
    return (_ROOM / "assets" / name).read_text(encoding="utf-8")


def seen(value: Any) -> Any:
    """A text as a reader can see it: control characters, direction overrides and halves of characters are marked.

    They would hide, reverse or cut what stands around them.  view.js marks them likewise.
    """
    return _UNSEEN.sub(_mark, value) if type(value) is str else value


def _mark(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else f"\u27e6{_NAMES.get(code) or f'U+{code:04X}'}\u27e7"


def _policy(script: str, styles: Sequence[str], *, beside: bool) -> str:
    sources = " ".join(map(_fingerprint, styles))
    more, types = (" 'strict-dynamic'", "trueup-rows") if beside else ("", "'none'")
    return (
        f"default-src 'none'; script-src {_fingerprint(script)}{more}; style-src {sources}; img-src data:; "
        f"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types {types}"
    )


def _fingerprint(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
