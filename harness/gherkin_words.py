"""The words that begin a line of a feature, in its language, and what a line that nearly has one was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from typing import Any

from harness.characters import latin

KEYWORDS = ("Feature", "Rule", "Background", "Scenario Outline", "Scenario Template", "Scenario", "Examples")
STEP_KEYWORDS = ("Given", "When", "Then", "And", "But")


def meant_heading(text: str, language: str = "en") -> str:
    """The heading that a line with a colon was likely meant to be; "" for other lines."""
    head, colon, _ = latin(text).partition(":")
    head = " ".join(head.split())
    if not colon or not head or len(head) > 30:
        return ""
    for known in headings(language):
        if head.casefold() == known.casefold():
            return known
    long = [k for k in headings(language) if len(k) > 7]
    return next(iter(difflib.get_close_matches(head.title(), long, n=1, cutoff=0.8)), "")


def misread_heading(text: str) -> str:
    """What is wrong with a line that was meant as a heading."""
    head = text.partition(":")[0]
    if head != head.rstrip():
        return "this looks like a heading with a blank before its colon"
    return f'this looks like a heading; "{head.strip()[:30]}" is not how it is written'


@cache
def headings(language: str) -> tuple[str, ...]:
    """The words of headings; the English ones too, since many mix them."""
    own = _words(language, ("feature", "background", "scenario", "scenarioOutline", "examples", "rule"))
    return tuple(dict.fromkeys((*KEYWORDS, *own)))


@cache
def step_words(language: str) -> tuple[str, ...]:
    """The words of steps; the English ones too."""
    return tuple(dict.fromkeys((*STEP_KEYWORDS, *_words(language, ("given", "when", "then", "and", "but")))))


def _words(language: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    if language == "en":
        return ()
    from gherkin.dialect import Dialect

    dialect = Dialect.for_name(language)
    spec: Mapping[str, Any] = dialect.spec if dialect else {}
    return tuple(w.strip() for key in keys for w in spec.get(key, ()) if w.strip() != "*")
