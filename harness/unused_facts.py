"""Facts of a scenario that can have no effect: whoever states them believes that they count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from reference_engine.plans.document import Node
from reference_engine.problems import Problem, Where, did_you_mean, nearest
from reference_engine.vocabulary.tables import TextTable

if TYPE_CHECKING:
    from harness.facts import Facts

_ABOUT_PAYEES = {
    "adjustments",
    "draws",
    "employment_events",
    "opening_balances",
    "processed_results",
    "quotas",
    "reported_measures",
}
"""Tables that say something of a payee who is stated elsewhere."""


def unused_facts(facts: Facts, tables: Sequence[TextTable]) -> list[Problem]:
    """A Problem for each fact that can have no effect."""
    return [*_nobody(facts, tables), *_rates(facts, tables), *_ramps(facts, tables), *_measures(facts)]


def _nobody(facts: Facts, tables: Sequence[TextTable]) -> Iterator[Problem]:
    """Facts of payees whom nothing else in the scenario names."""
    stated = {cell for t in tables if t.name not in _ABOUT_PAYEES for row in t.rows for cell in row if cell}
    payees = {
        row[t.header.index("payee")]
        for t in tables
        if t.name in ("plan_assignments", "payees") and "payee" in t.header
        for row in t.rows
    }
    told: set[str] = set()
    for table in tables:
        if table.name not in _ABOUT_PAYEES or "payee" not in table.header or table.file != facts.where.file:
            continue
        for row, line in zip(table.rows, table.lines, strict=False):
            payee = row[table.header.index("payee")]
            if not payee or payee in stated or payee in told:
                continue
            told.add(payee)
            what = f'nothing else in the scenario names "{payee}"'
            remedy = (
                did_you_mean(payee, payees)
                if nearest(payee, payees)
                else f'Add: "{payee}" is on plan "..." for FY2026'
            )
            yield Problem(
                "payee-unused",
                what,
                Where(table.file, line),
                "It would be true of nobody who is paid.",
                remedy,
            )


def _rates(facts: Facts, tables: Sequence[TextTable]) -> Iterator[Problem]:
    """Exchange rates where nothing is converted: no plan and no payee has a currency."""
    stated = [t for t in tables if t.name == "exchange_rates" and t.file == facts.where.file]
    wanted = any("currency" in d.settings or d.base is not None for d in facts.drafts.values())
    paid_in = any(t.name == "payees" and "currency" in t.header for t in tables)
    if stated and facts.drafts and not wanted and not paid_in:
        where = Where(stated[0].file, stated[0].header_line)
        remedy = "State the currency of a plan, in its settings: | currency | EUR |"
        yield Problem(
            "term-unused",
            "no plan has a currency, so no rate converts anything",
            where,
            "They would have no effect.",
            remedy,
        )


def _ramps(facts: Facts, tables: Sequence[TextTable]) -> Iterator[Problem]:
    """Ramps since the hire where nobody is hired, or where the quotas are ramped already."""
    hired = any(t.name == "payees" and "hired" in t.header for t in tables) or any(
        t.name == "employment_events" and "hire" in row for t in tables for row in t.rows
    )
    ramped = any(
        t.name == "quotas" and "ramp" in t.header and row[t.header.index("ramp")]
        for t in tables
        for row in t.rows
    )
    for draft in facts.drafts.values():
        where = draft.said.get("the ramp of the quotas")
        if where is not None and not hired:
            remedy = 'Add: "Ana Ruiz" joins on 2026-01-01'
            yield Problem(
                "term-unused",
                f'nobody on the plan "{draft.name}" has a first day',
                where,
                "No quota would ramp up.",
                remedy,
            )
        if where is not None and ramped:
            what = f'the quotas of the plan "{draft.name}" ramp up by a sentence and by the column ramp'
            yield Problem("plan-stated-twice", what, where, "The quota would be reduced twice.", "Keep one.")


def _measures(facts: Facts) -> Iterator[Problem]:
    """Named measures that no plan of sentences looks at."""
    texts = [
        text
        for d in facts.drafts.values()
        for c in d.components
        for text in (c.measure.text(), *_texts([*c.earn, *c.pay]))
    ]
    texts += [text for d in facts.drafts.values() for parts in d.parts.values() for text in _texts(parts)]
    texts += [
        text
        for node in facts.shared.measures
        for name, value in node.items()
        if name != "measure"
        for text in _texts([value])
    ]
    for node in facts.shared.measures if facts.drafts else ():
        name = node.get("measure")
        if name is not None and not any(name.text() in text for text in texts):
            yield Problem(
                "term-unused",
                f'no plan counts the measure "{name.text()}"',
                node.where,
                "It would have no effect.",
                "Name it in a plan, or leave it out.",
            )


def _texts(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if node.is_text:
            yield node.text()
        yield from _texts([*node.nodes(), *(value for _, value in node.items())])
