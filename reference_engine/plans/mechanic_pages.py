"""docs/mechanics: one page for each mechanic, and an index by family, by word and by vendor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from reference_engine.mechanics.registry import (
    FAMILIES,
    About,
    Example,
    Mechanic,
    described,
    mechanics,
)
from reference_engine.plans.ambiguous_words import AMBIGUOUS
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.plans.document import Node
from reference_engine.plans.parameter_pages import parameter_section
from reference_engine.plans.reader import read_plan
from reference_engine.plans.worked_examples import LEFT_OPEN, cells, whole_plan
from reference_engine.plans.written_plan import yaml_text
from reference_engine.vocabulary.plan import Plan

PLACES = {
    "crediting": ("Crediting", "Who is credited with which record."),
    "quota": (
        "Quotas",
        "How quotas are made from what the tables state. They stand under `quota:` of the plan.",
    ),
    "earning": (
        "Earning",
        "What is earned on the credits. They stand under `earn:` of a component and work in the order written.",
    ),
    "paying": (
        "Paying",
        "What is done to what was earned. They stand under `pay:` of a component and work in the order written.",
    ),
    "settling": (
        "Settling",
        "What happens to the whole pay of a payee, over all plans. They stand under `settle:` of the plan.",
    ),
}
"""The heading of each family and what its mechanics do."""
FROM_TABLES = "It follows from tables of the data; no plan names it."
_KEYS = {
    "crediting": "credit:` of the plan",
    "quota": "quota:` of the plan",
    "earning": "earn:` of a component",
    "paying": "pay:` of a component",
    "settling": "settle:` of the plan",
}
_SEPARATOR = re.compile(r"[;,] (?![^(]*\))")
"""Between the words of one vendor; a comma in brackets explains a word."""


def pages() -> dict[str, str]:
    """Every page of docs/mechanics: path below that folder -> Markdown."""
    out = {"README.md": _index()}
    for family in FAMILIES:
        for name, about in described(family).items():
            out[page_of(family, name)] = _page(family, name, about)
    return out


def page_of(family: str, name: str) -> str:
    """Where the page of a mechanic lies below docs/mechanics."""
    return f"{family}/{name.replace(' ', '_')}.md"


def needed_by(family: str, name: str) -> tuple[str, ...]:
    """The conventions that a mechanic needs in any of its worked examples."""
    cls = mechanics(family).get(name)
    if cls is None:
        return ()
    found = dict.fromkeys(n for m in _used(family, name) for n in m.needs())
    return tuple(found)


def asked_by(family: str, name: str) -> tuple[str, ...]:
    """The conventions that are asked only where the data make them matter: its words or its examples state them."""
    about, needed = described(family)[name], needed_by(family, name)
    text = f"{about.meaning} {about.formula} {about.boundary}"
    found = dict.fromkeys(n for n in CONVENTIONS if re.search(rf"(?<![\w.]){re.escape(n)}(?![\w-])", text))
    for plan in _plans(family, name):
        others = {n for m in _all(plan) for n in m.needs()}
        stated = [n for n in plan.conventions.readings if n not in others and n not in LEFT_OPEN]
        found |= dict.fromkeys(stated)
    return tuple(n for n in found if n not in needed)


def example_text(example: Example, results: bool = True) -> Iterator[str]:
    """A worked example as Markdown: the plan as it can be copied, the tables, and, with results, what comes out."""
    yield from ("```yaml", *yaml_text(whole_plan(example)).splitlines(), "```", "")
    for name, text in example.tables.items():
        yield from (f"`{name}`", "", *_table(cells(text)), "")
    run = [f"as of {example.as_of}"] if example.as_of else []
    run += [f"up to {example.until}"] if example.until else []
    when = f", calculated {' and '.join(run)}" if run else ""
    if not results:
        return
    if example.payouts:
        yield from (
            f"It pays{when}:",
            "",
            *_table([("payee", "period", "amount"), *cells(example.payouts)]),
            "",
        )
    else:
        yield from (f"It pays nothing{when}.", "")
    if example.lines:
        yield from (
            "The lines:",
            "",
            *_table([("period", "what", "base", "rate", "amount"), *cells(example.lines)]),
            "",
        )
    if example.attainments:
        head = ("payee", "period", "measured", "quota", "attainment")
        yield from ("The attainments:", "", *_table([head, *cells(example.attainments)]), "")
    if example.quotas:
        yield from ("The quotas:", "", *_table([("payee", "period", "quota"), *cells(example.quotas)]), "")
    if example.balances:
        yield from (
            "The balances:",
            "",
            *_table([("payee", "period", "balance"), *cells(example.balances)]),
            "",
        )


def _page(family: str, name: str, about: About) -> str:
    cls = mechanics(family).get(name)
    out = [
        f"# {name}",
        "",
        f"It stands under `{_KEYS[family]}." if cls is not None else FROM_TABLES,
        "",
        about.meaning,
        "",
    ]
    if cls is not None and getattr(cls, "adds_lines", False) and family == "paying":
        out += ["It may stand under `pay:` of the plan as well, for all its components together.", ""]
    if about.formula:
        out += ["## Formula", "", "```text", *about.formula.splitlines(), "```", ""]
    if about.boundary:
        out += ["## On its bounds", "", about.boundary, ""]
    if cls is not None:
        out += parameter_section(cls)
    needs, asked = needed_by(family, name), asked_by(family, name)
    if needs or asked:
        out += ["## Conventions", ""]
    if needs:
        out += ["The plan must state, for what this mechanic does:", ""]
        out += [f"* [`{n}`](../../conventions.md#{anchor(n)})" for n in needs] + [""]
        if cls is not None and any(set(m.needs()) != set(needs) for m in _used(family, name)):
            out += ["Which of them depends on the parameters.", ""]
    if asked:
        out += ["Asked only where the data make it matter:", ""]
        out += [f"* [`{n}`](../../conventions.md#{anchor(n)})" for n in asked] + [""]
    out += ["## Worked examples", ""]
    for number, example in enumerate(about.examples, 1):
        out += [f"### {number}. {example.title}", "", *example_text(example)]
        if example.source != "by hand":
            out += [f"Source: {example.source}", ""]
    if about.words:
        out += ["## What it is called elsewhere", "", "| system | word |", "|---|---|"]
        out += [f"| {vendor} | {word} |" for vendor, word in about.words.items()] + [""]
    if about.sources:
        out += ["## Sources", "", *[f"* <{source}>" for source in about.sources], ""]
    return tidy(out)


def _used(family: str, name: str) -> list[Mechanic]:
    """The mechanic as its worked examples write it."""
    return [m for plan in _plans(family, name) for m in _all(plan) if (m.family, m.name) == (family, name)]


@cache
def _plans(family: str, name: str) -> tuple[Plan, ...]:
    """The plans of its worked examples."""
    read = [read_plan(Node.of(whole_plan(example)), []) for example in described(family)[name].examples]
    return tuple(plan for plan in read if plan is not None)


def _all(plan: Plan) -> Iterator[Mechanic]:
    yield from (*plan.quota, *plan.pay, *plan.settling)
    for component in plan.components:
        yield from (*component.earn, *component.pay)


def _index() -> str:
    out = [
        "# Mechanics",
        "",
        "Every way of crediting, measuring, earning, paying and settling that trueup calculates. How they are put together stands in",
        "[Plans](../plans.md); what must be stated beside them in [Conventions](../conventions.md).",
    ]
    for family in FAMILIES:
        if described(family):
            out += ["", *family_table(family, "")]
    return tidy([*out, "", *_ambiguous(), *_words()])


def _ambiguous() -> list[str]:
    out = [
        "## Words with several meanings",
        "",
        "Ask which one is meant before writing the plan.",
        "",
        "| word | may mean |",
        "|---|---|",
    ]
    for word, meanings in AMBIGUOUS.items():
        links = "<br>".join(
            f"[{name}]({page_of(family, name)}): {meaning}"
            for family, name, meaning in meanings
            if name in described(family)
        )
        out.append(f"| {word} | {links} |")
    return [*out, ""]


def family_table(family: str, folder: str) -> list[str]:
    """The mechanics of a family with what they do.  folder: where their pages lie, seen from the page."""
    title, said = PLACES[family]
    out = [f"## {title}", "", said, "", "| mechanic | what it does |", "|---|---|"]
    out += [
        f"| [{name}]({folder}{page_of(family, name)}) | {about.meaning} |"
        for name, about in described(family).items()
    ]
    return [*out, ""]


def _words() -> list[str]:
    """Two indexes: word of the field -> mechanic, and vendor -> its words."""
    by_word: dict[str, dict[str, list[str]]] = {}
    by_vendor: dict[str, list[tuple[str, str]]] = {}
    for family in FAMILIES:
        for name, about in described(family).items():
            link = f"[{name}]({page_of(family, name)})"
            by_word.setdefault(name, {}).setdefault(link, []).append("trueup")
            for vendor, words in about.words.items():
                for word in _SEPARATOR.split(words):
                    by_word.setdefault(word, {}).setdefault(link, []).append(vendor)
                    by_vendor.setdefault(vendor, []).append((word, link))
    out = [
        "## By word",
        "",
        "One word may mean several mechanics; which one a system means stands beside it.",
        "",
        "| word | mechanic | who says so |",
        "|---|---|---|",
    ]
    for word in sorted(by_word, key=str.casefold):
        for link, vendors in by_word[word].items():
            out.append(f"| {word} | {link} | {', '.join(vendors)} |")
    out += ["", "## By system", ""]
    for vendor in sorted(by_vendor, key=str.casefold):
        pairs = "; ".join(
            f"{word} → {link}" for word, link in sorted(by_vendor[vendor], key=lambda p: p[0].casefold())
        )
        out.append(f"* **{vendor}**: {pairs}")
    return [*out, ""]


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    head, *body = rows
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in body:
        yield "| " + " | ".join(row) + " |"


def anchor(name: str) -> str:
    """The anchor that a heading of this convention has on its page."""
    return name.replace(".", "").replace(" ", "-").lower()


def tidy(parts: Iterable[str]) -> str:
    """Lines as one page: one blank after a full stop and no two empty lines, but not inside blocks of text."""
    out: list[str] = []
    inside = False
    for line in parts:
        inside ^= line.startswith("```")
        if inside:
            out.append(line)
        elif line or (out and out[-1]):
            out.append(line.replace(".  ", ". "))
    return "\n".join(out).rstrip() + "\n"
