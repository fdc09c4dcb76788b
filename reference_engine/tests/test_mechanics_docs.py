"""docs/mechanics and docs/conventions.md follow from the code; what a reader copies from them runs and pays what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from reference_engine.mechanics.registry import FAMILIES, Example, Mechanic, described, mechanics, parameters
from reference_engine.plans.ambiguous_words import AMBIGUOUS
from reference_engine.plans.convention_page import linked
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.plans.document import parse_yaml
from reference_engine.plans.documentation import DOCS, pages, plans_page
from reference_engine.plans.mechanic_pages import example_text, page_of
from reference_engine.plans.parameter_pages import cell, parameter_meanings, rows_of
from reference_engine.plans.reader import read_plan
from reference_engine.plans.section_parameters import ASKED
from reference_engine.plans.worked_examples import whole_plan
from reference_engine.plans.written_plan import scalar, yaml_text
from reference_engine.problems import Problem
from reference_engine.run import calculate
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.tables import TABLES, TextTable
from reference_engine.world import read_world

EXAMPLES = [
    pytest.param(example, id=f"{family}-{name}-{i}")
    for family in FAMILIES
    for name, about in described(family).items()
    for i, example in enumerate(about.examples, 1)
]

FIRST = [param for param in EXAMPLES if str(param.id).endswith("-1")]
"""One of each mechanic; test_mechanic_examples calculates them all."""


@cache
def written() -> dict[str, str]:
    return pages()


def test_the_pages_are_up_to_date() -> None:
    wanted = written()
    stale = [path for path, text in wanted.items() if not (DOCS / path).is_file() or (DOCS / path).read_text("utf-8") != text]
    gone = [str(p.relative_to(DOCS)) for p in (DOCS / "mechanics").rglob("*.md") if str(p.relative_to(DOCS)) not in wanted]
    assert stale + gone == [], "write them: python -m reference_engine.plans.documentation"


def test_every_link_leads_somewhere() -> None:
    """Between the pages that follow from the code and docs/plans.md, anchors included."""
    found_pages = {**written(), "plans.md": plans_page((DOCS / "plans.md").read_text("utf-8"))}
    anchors = {path: {_anchor(h) for h in re.findall(r"^#+ (.*)$", text, re.MULTILINE)} for path, text in found_pages.items()}
    broken = []
    for path, text in found_pages.items():
        for target in re.findall(r"\]\(([^)<>\s]+)\)", text):
            if target.startswith("http"):
                continue
            file, _, anchor = target.partition("#")
            found = (DOCS / path).parent.joinpath(file).resolve().relative_to(DOCS.resolve()).as_posix() if file else path
            if (found not in found_pages and not (DOCS / found).is_file()) or (anchor and found in anchors and anchor not in anchors[found]):
                broken.append((path, target))
    assert broken == []


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("example", FIRST)
def test_an_example_copied_from_its_page_pays_what_the_page_says(example: Example) -> None:
    text = "\n".join(example_text(example))
    problems: list[Problem] = []
    node = parse_yaml(re.search(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1], "page", problems)  # type: ignore[index]
    assert node is not None, problems
    plan = read_plan(node, problems)
    tables = [TextTable(name, rows[0], tuple(rows[1:])) for name, rows in _tables(text).items() if name in TABLES]
    world = read_world(tables, problems)
    assert problems == []
    assert plan is not None
    if not example.as_of and not example.until:
        totals: dict[tuple[str, ...], object] = {}
        for p in calculate([plan], world).payout_rows():
            totals[p.payee, p.period, p.currency] = totals.get((p.payee, p.period, p.currency), 0) + p.amount  # type: ignore[operator]
        paid = sorted((payee, period, format_money(amount, unit)) for (payee, period, unit), amount in totals.items())  # type: ignore[arg-type]
        assert paid == sorted(_tables(text).get("It pays:", [()])[1:])


def _tables(text: str) -> dict[str, list[tuple[str, ...]]]:
    """The tables of a page by the line above them; the line under the header is left out."""
    out: dict[str, list[tuple[str, ...]]] = {}
    for title, body in re.findall(r"^(\S[^\n|]*)\n\n((?:\|[^\n]*\n?)+)", text, re.MULTILINE):
        rows = [tuple(c.strip() for c in line.strip().strip("|").split("|")) for line in body.splitlines()]
        out[title.strip("`")] = [rows[0], *rows[2:]]
    return out


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_written_plan_reads_back_as_it_was(example: Example) -> None:
    problems: list[Problem] = []
    document = whole_plan(example)
    node = parse_yaml(yaml_text(document), "written", problems)
    assert node is not None
    assert problems == []
    assert node.plain() == document


@pytest.mark.parametrize("text", ["8%", "1,200.50 EUR", 'type = "new"', "a: b", "yes", "null", "", " x", "it's", "a # b", "2026-01-01", "- x", "C:\\x", "it's \"x\"", "ä", "{a}"])
def test_a_scalar_reads_back_as_it_was(text: str) -> None:
    problems: list[Problem] = []
    node = parse_yaml(f"a: {scalar(text)}\nb: {{c: {scalar(text)}, d: [{scalar(text)}]}}", "written", problems)
    assert node is not None
    assert problems == []
    assert node.plain() == {"a": text, "b": {"c": text, "d": [text]}}


def test_every_question_is_answered_by_something_that_exists() -> None:
    for asked in ASKED:
        assert asked.conventions or asked.mechanics or asked.parameters or asked.columns or asked.says, asked.name
        assert set(asked.conventions) <= set(CONVENTIONS), asked.name
        for family, name in asked.mechanics:
            assert name in described(family), (asked.name, name)
        for family, name, parameter in asked.parameters:
            cls = mechanics(family).get(name)
            assert cls is not None, (asked.name, name)
            assert parameter in _parameters(cls), (asked.name, parameter)
        for table, column in asked.columns:
            assert TABLES[table].field(column) is not None, (asked.name, column)


def _parameters(cls: type[Mechanic]) -> set[str]:


    return set(parameters(cls))


def test_ambiguous_words_name_mechanics() -> None:
    for word, meanings in AMBIGUOUS.items():
        assert len(meanings) > 1, word
        assert [(f, n) for f, n, _ in meanings if n not in described(f)] == [], word


def test_every_convention_answers_a_question() -> None:
    asked = {name for a in ASKED for name in a.conventions}
    assert set(CONVENTIONS) - asked == set()


def test_addresses_become_links() -> None:
    assert linked("see (https://example.com/a_b?c=d) and https://example.org") == "see (<https://example.com/a_b?c=d>) and <https://example.org>"


def test_each_mechanic_has_its_page() -> None:
    wanted = written()
    for family in FAMILIES:
        for name, about in described(family).items():
            page = wanted[f"mechanics/{page_of(family, name)}"]
            assert page.startswith(f"# {name}\n")
            assert about.meaning.replace(".  ", ". ") in page
            assert all(e.title in page for e in about.examples)
            assert all(vendor in page and word in page for vendor, word in about.words.items())
            assert all(f"<{source}>" in page for source in about.sources)


def _described(cls: type[Any], label: str) -> Iterator[tuple[str, type[Any]]]:
    """A mechanic and every row that stands in its parameters, rows inside rows included."""
    yield label, cls
    for name, row in rows_of(cls).items():
        yield from _described(row, f"{label}: {name}")


DESCRIBED = [
    pytest.param(family, name, row, id=label)
    for family in FAMILIES
    for name, cls in mechanics(family).items()
    for label, row in _described(cls, f"{family} {name}")
]


@pytest.mark.parametrize(("family", "name", "row"), DESCRIBED)
def test_every_parameter_is_described_in_words(family: str, name: str, row: type[Any]) -> None:
    said, _ = parameter_meanings(row)
    page = written()[f"mechanics/{page_of(family, name)}"]
    assert [n for n in parameters(row) if not said.get(n)] == [], "write  name: what it means  into the docstring of the class"
    for parameter, words in said.items():
        assert re.search(rf"^\| `{re.escape(parameter)}` \| .*{re.escape(cell(words))} \|$", page, re.MULTILINE), parameter


def test_rows_inside_rows_stand_on_the_page() -> None:
    page = written()["mechanics/earning/objectives.md"]
    assert "Each row of `points` in a row of `goals`:" in page
    assert re.search(r"^\| `attainment` \| percent \| required \| ", page, re.MULTILINE)


@pytest.mark.parametrize(("family", "name"), [(f, n) for f in FAMILIES for n in described(f)])
def test_every_page_has_its_formula_its_bounds_its_examples_and_its_sources(family: str, name: str) -> None:
    page = written()[f"mechanics/{page_of(family, name)}"]
    assert "\n## Formula\n" in page
    assert "\n## On its bounds\n" in page
    assert len(re.findall(r"^### \d+\. ", page, re.MULTILINE)) >= 3
    assert "\n## Sources\n" in page
    assert re.search(r"^\* <https?://\S+>$", page, re.MULTILINE) or "no public source" in page
