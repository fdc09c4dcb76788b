"""What a plan names and no record has: a condition or a list of products that counts nothing, which pays nothing silently.

A word that is a known one but for its letters' case is a Problem; a word that is just not there may be right, and is
worth a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array
from reference_engine.events import SOURCES, Events, is_of
from reference_engine.expressions.evaluate import yes
from reference_engine.expressions.records import RecordScope
from reference_engine.expressions.syntax import Call, Name, Text, Tree
from reference_engine.problems import Problem, Where, alike, nearest
from reference_engine.results import Result
from reference_engine.vocabulary.plan import Component, Measure, Plan
from reference_engine.world import World

MAX_KNOWN = 8
"""No more known words than these are listed where none is near."""
_BACK = ("returns of deals", "returns of sales", "cancellations", "write-offs")


@dataclass(frozen=True, slots=True)
class Note:
    """What is no mistake for sure, and hardly meant.  what: one sentence or more.  where: in the plan."""

    what: str
    where: Where

    def as_dict(self) -> dict[str, object]:
        """The same, as plain data for --json."""
        return {"what": self.what, "file": self.where.file, "line": self.where.line}


def check_products(plan: Plan, world: World, events: Events, problems: list[Problem]) -> None:
    """A Problem for a product that a component or measure lists in other letters than the data."""
    listed = [what for what in _counting(plan) if what.products]
    if not listed:
        return
    known = _products(world, events)
    for what in listed:
        for product in what.products:
            near = alike(product, known)
            if near:
                problems.append(
                    Problem(
                        "unknown-value",
                        f'"{what.name}" counts the product "{product}", which no record has, and there is "{near}".',
                        what.where,
                        "It would count nothing, which nobody would notice.",
                        f"Did you mean: {near}",
                    )
                )


def _counting(plan: Plan) -> list[Component | Measure]:
    return [*plan.components, *plan.measures]


def uncounted(result: Result) -> list[Note]:
    """A note for each component and measure that counts no record though there are records, and for words that no record has."""
    out: dict[tuple[str, str], Note] = {}
    for plan in result.plans:
        done = {p.name: p for p in result.parts if p.plan is plan}
        scope = RecordScope(result.world, result.events, done)
        for what in _counting(plan):
            if what.products or what.condition is not None:
                for said, note in _notes(what, plan, result, scope):
                    # A component has the condition of its measure too; once is enough.
                    out.setdefault((plan.name, said), note)
    return list(out.values())


def _notes(
    what: Component | Measure, plan: Plan, result: Result, scope: RecordScope
) -> Iterator[tuple[str, Note]]:
    events = result.events
    own = is_of(events.source, *[s for s in what.sources if s not in _BACK])
    if not own.any():
        return
    holds = own.copy()
    if what.products:
        holds &= np.isin(events.attribute("product").astype(str), what.products)
    if what.condition is not None and holds.any():
        found: list[Problem] = []
        holds &= yes(what.condition, scope, what.where, found, holds)
        if found:
            return
    reasons = list(_missing(what, result, scope, own, nothing=not holds.any()))
    who = f'"{what.name}" of "{plan.name}"'
    if holds.any():
        for said in reasons:
            yield said, Note(f"{who}: {said}", what.where)
        return
    if not reasons:
        asked = [f"products: [{', '.join(what.products)}]"] if what.products else []
        asked += [f"where: {what.condition.text}"] if what.condition is not None else []
        count = int(own.sum())
        reasons = [
            f"none of {count:,} {_noun(events, own, several=True)} fulfils  {', '.join(asked)}"
            if count > 1
            else f"the only {_noun(events, own)} doesn't fulfil  {', '.join(asked)}"
        ]
    said = "; ".join(reasons)
    yield said, Note(f"{who} counts no record: {said}", what.where)


def _missing(
    what: Component | Measure, result: Result, scope: RecordScope, own: Array, nothing: bool
) -> Iterator[str]:
    """The words that no record has.  nothing: nothing is counted at all, so that a word matters though none is near it."""
    noun = _noun(result.events, own)
    named = [("product", product) for product in what.products]
    if what.condition is not None:
        named += list(_equals(what.condition.tree))
    mine = {word for _, word in named}
    for column, word in named:
        if column == "product" and word in what.products:
            known = _products(result.world, result.events)
            here = set(result.events.attribute("product")[own].tolist()) if nothing else known
        else:
            found = scope.column(column)
            if found is None or found.kind != "text":
                continue
            known = dict.fromkeys(found.words.tolist())
            here = set(found.words[own].tolist()) if nothing else known
        if not word or word in here:
            continue
        others = [v for v in known if v and v not in mine]
        near = nearest(word, others)
        if near or nothing:
            yield f'no {noun} has the {column} "{word}"{_remedy(near, others)}'


def _remedy(near: str, known: list[str]) -> str:
    if near:
        return f" (did you mean: {near})"
    return f" (known: {', '.join(known)})" if 0 < len(known) <= MAX_KNOWN else ""


def _equals(tree: Tree) -> Iterator[tuple[str, str]]:
    """Every column that is compared with a word."""
    if not isinstance(tree, Call):
        return
    if tree.function == "=":
        for name, word in (tree.parts, tree.parts[::-1]):
            if isinstance(name, Name) and isinstance(word, Text):
                yield name.name, word.text
    for part in tree.parts:
        yield from _equals(part)


def _products(world: World, events: Events) -> dict[str, None]:
    words = [*world.table("products").words("product").tolist(), *events.attribute("product").tolist()]
    return {word: None for word in words if word}


def _noun(events: Events, own: Array, several: bool = False) -> str:
    """What the records are called: deal, invoice line, payment."""
    first = SOURCES[int(events.source[np.flatnonzero(own)[0]])]
    return first if several else first.removesuffix("s")
