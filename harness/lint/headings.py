"""Lines that the reader takes for description although their author meant a heading, a step or a table."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from harness import catalogue
from harness.characters import latin
from harness.features import WrittenFeature
from harness.gherkin_words import STEP_KEYWORDS, meant_heading, misread_heading, step_words
from reference_engine.problems import Problem, Where

# Words that begin ordinary sentences of a description and look like a step keyword.
_PLAIN_WORDS = {"the", "then", "an", "any", "and", "they", "them", "there", "these", "than", "when", "who", "given", "gives", "but", "by", "all"}
_HEADING = re.compile(r"(Scenario Outline|Scenario Template|Scenario)\b(?!.*:)|(Background|Examples|Rule|Feature)\Z")
_WHY = "It is read as a description, so the scenario or step would be lost without a word."


def lost_lines(feature: WrittenFeature) -> Iterator[Problem]:
    """A Problem for each description line that looks like part of a scenario."""
    words = step_words(feature.language)
    for line, text, holder in feature.described:
        where = Where(feature.path, line)
        plain = latin(text)
        excerpt = feature.excerpt(line)
        heading = _HEADING.match(plain)
        first, _, rest = plain.partition(" ")
        lost = meant_heading(plain, feature.language)
        if lost:
            yield Problem("heading-without-colon", misread_heading(text), where, _WHY, f"Write {lost}: and the name.", excerpt)
        elif heading:
            word = heading[1] or heading[2]
            what = f'this looks like a {"scenario " if heading[1] else ""}heading without ":"'
            yield Problem("heading-without-colon", what, where, _WHY, f"Write {word}: and the name.", excerpt)
        elif plain.startswith("|") or (holder == "Examples" and plain.count("|") > 1):
            remedy = "Put it below its step." if plain.startswith("|") else "Begin and end the row with |."
            yield Problem("table-in-description", "this looks like a table, and is read as a description", where, _WHY, remedy, excerpt)
        elif _is_step(rest) or (rest and _misspelt(first)) or (holder in ("Background", "Scenario") and _nearly_a_step(first, rest, words)):
            if first in words and first == text.partition(" ")[0] and holder in ("Feature", "Rule"):
                remedy = "Put it below a heading such as Scenario: and its name."
                yield Problem("step-outside-scenario", "this looks like a step outside a scenario", where, _WHY, remedy, excerpt)
            else:
                near = difflib.get_close_matches(first.capitalize(), words, n=1, cutoff=0.5)
                said = first if first != (near or [""])[0] else text[: len(first) + 1]
                yield Problem("step-keyword", f'"{said}" is not a step keyword', where, _WHY, f"Did you mean: {near[0] if near else 'Given'} {rest}", excerpt)


def _is_step(text: str) -> bool:
    return bool(text) and any(catalogue.find(kind, text) for kind in ("given", "when", "then"))


def _nearly_a_step(first: str, rest: str, words: tuple[str, ...]) -> bool:
    """Below a heading of steps also a line that starts like a step and is nearly a sentence."""
    return bool(rest) and first.casefold() in {w.casefold() for w in words} and catalogue.suggest(rest) is not None


def _misspelt(word: str) -> bool:
    if word.casefold() in _PLAIN_WORDS or word in STEP_KEYWORDS or len(word) > 6:
        return False
    return bool(difflib.get_close_matches(word.capitalize(), ("Given", "When", "Then"), n=1, cutoff=0.75))
