"""Problems of plans that sentences state, in the words of the sentences: their author has never written a plan file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from reference_engine.problems import Problem

_BETWEEN = {
    "tiers-gap": re.compile(r"covers (?P<start>.+) to .+\.\Z"),
    "tiers-overlap": re.compile(r"overlap between .+ and (?P<start>.+)\.\Z"),
}
_REMEDIES = {
    "tiers-start": "Add a row from 0% (or 0 of the bounds' unit) in front, with a rate of 0% where nothing is paid.",
    "tiers-top": 'Leave its cell in the column "to" blank, or add a row from there with a rate of 0%.',
    "tiers-open": 'Order the rows from the lowest to the highest; only the last one has a blank cell in the column "to".',
}
_PRINTED = (
    "; where the plan prints bounds that leave a step between them, like 99% and 100%, add instead: "
    'the plan "{plan}" follows these conventions:  with the row | tier.gap | tier below |  (or tier above, or earns nothing)'
)
_FAMILIES = ("earning", "paying", "quota", "settling")


def in_words_of_sentences(problems: Iterable[Problem], plan: str, file: str) -> list[Problem]:
    """The same Problems as an author of sentences can mend them.  plan: what it is called.  file: the feature."""
    listed = list(problems)
    order = any(p.slug == "tiers-open" for p in listed)
    return [_said(p, plan) if p.where.file == file else p for p in listed if not (order and p.slug in ("tiers-top", "tiers-start", "tiers-overlap", "tiers-gap"))]


def _said(problem: Problem, plan: str) -> Problem:
    between = _BETWEEN.get(problem.slug)
    found = between.search(problem.what) if between is not None else None
    remedy = _REMEDIES.get(problem.slug, problem.remedy)
    if found is not None and problem.remedy.startswith("Did you mean: from "):
        gap = "tier.gap" in problem.remedy
        remedy = f'Write {found["start"]} in the column "from" of this row' + (_PRINTED.format(plan=plan) if gap else ".")
    return replace(problem, what=_mechanic().sub(lambda m: f'{m["of"]}the plan "{plan}"', problem.what), remedy=remedy)


@cache
def _mechanic() -> re.Pattern[str]:
    """A mechanic's name in quotes: after "of", or as the subject of the message."""
    names = "|".join(sorted(map(re.escape, _names()), key=len, reverse=True))
    return re.compile(rf'(?P<of>\bof |\A)"(?:{names})"')


def _names() -> Iterator[str]:
    from reference_engine.mechanics.registry import mechanics

    for family in _FAMILIES:
        yield from mechanics(family)
