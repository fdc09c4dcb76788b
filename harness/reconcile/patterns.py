"""Which rows an entry of a list means: parts of the key, a star for any text, several values for any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

Key = tuple[tuple[str, str], ...]
"""Name and wanted value of each part.  A name that stands several times may have any of its values."""


def fits(key: Key, said: Callable[[str], Sequence[str]]) -> bool:
    """Whether a row has the values that a key wants.  said: what the row says under a name, in our words or the target's."""
    for name in dict.fromkeys(n for n, _ in key):
        wanted = [value for n, value in key if n == name]
        if not any(_is(value, text) for value in wanted for text in said(name)):
            return False
    return True


def named(key: Key) -> str:
    """The key for people: payee Ana Ruiz, period 2026-01 or 2026-02."""
    return ", ".join(
        f"{name} {' or '.join('any' if v == '*' else v for n, v in key if n == name)}"
        for name in dict.fromkeys(n for n, _ in key)
    )


def as_texts(key: Key) -> dict[str, str]:
    """Each name once, with all its values."""
    return {n: " or ".join(v for m, v in key if m == n) for n, _ in key}


def _is(wanted: str, text: str) -> bool:
    return wanted == text or ("*" in wanted and _expression(wanted).fullmatch(text) is not None)


@lru_cache(maxsize=1_000)
def _expression(wanted: str) -> re.Pattern[str]:
    # Runs of stars are one star: a pattern of many stars would take for ever on a long text.
    return re.compile(".*".join(re.escape(part) for part in re.split(r"\*+", wanted)), re.DOTALL)
