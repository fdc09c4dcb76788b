"""Facts of a scenario that can have no effect: whoever states them believes that they count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.names_stated import misspelt
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
    return [
        *_nobody(facts, tables),
        *misspelt(tables, facts.where.file),
        *_rates(facts, tables),
        *_ramps(facts, tables),
        *_measures(facts),
        *_products(facts, tables),
        *_distributions(facts, tables),
    ]


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


def _products(facts: Facts, tables: Sequence[TextTable]) -> Iterator[Problem]:
    """Products of incentives and programmes that no record and no table of products has: nothing would ever be paid for them."""
    stated = [
        (draft.name, node)
        for draft in facts.drafts.values()
        for component in draft.components
        for node in (*component.more.get("products", _NONE).nodes(), *_bands(component.earn))
    ]
    if not stated:
        return
    known = {row[t.header.index("product")] for t in tables if "product" in t.header for row in t.rows if row[t.header.index("product")]}
    for name, node in stated:
        if node.text() not in known:
            others = known - {n.text() for _, n in stated}
            # Those that are paid for already aren't what was meant.
            remedy = did_you_mean(node.text(), others or known, "")
            what = f'"{name}" pays for the product "{node.text()}", which no record of the scenario has'
            where = node.where if node.where.file else facts.where
            add = f"Where it is right, and nobody has sold it, add: these products: with the row | {node.text()} |"
            yield Problem("product-unused", what, where, "It would pay nothing for it, without a word.", f"{remedy}\n  {add}".strip())


_NONE = Node.of([])


def _bands(earn: Sequence[Node]) -> Iterator[Node]:
    """The products of a retailer programme's bands, each once."""
    seen: set[str] = set()
    for mechanic in earn:
        bands = mechanic.get("unit bands")
        listed = bands.get("bands") if bands is not None else None
        for band in listed.nodes() if listed is not None else ():
            product = band.get("product")
            if product is not None and product.text() and product.text() not in seen:
                seen.add(product.text())
                yield Node(product.value, band.where)


_LENGTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


def _months(period: str) -> int:
    """About how many months a period has, by its name."""
    part = period.partition("-")[2] or period
    return 12 if period.startswith("FY") else {"Q": 3, "H": 6}.get(part[:1], 1)


def _distributions(facts: Facts, tables: Sequence[TextTable]) -> Iterator[Problem]:
    """Distributions of quotas that are stated for such short periods already."""
    lengths: list[int] = []
    for table in tables:
        if table.name in ("quotas", "territory_quotas", "account_quotas", "seller_quotas") and "period" in table.header:
            lengths += [_months(row[table.header.index("period")]) for row in table.rows]
        elif table.name == "plan_assignments" and {"quota", "period"} <= set(table.header):
            quota, period = table.header.index("quota"), table.header.index("period")
            lengths += [_LENGTHS.get(row[period], 12) for row in table.rows if row[quota]]
    for draft in facts.drafts.values():
        for unit, months in _LENGTHS.items():
            where = draft.said.get(f"the distribution of the quotas by {unit}")
            if where is not None and draft.base is None and lengths and max(lengths) <= months:
                what = f'every quota is stated for a {unit} or less, so the distribution by {unit} of the plan "{draft.name}" divides none'
                remedy = f"State the quota of a longer time, such as a year, or leave the distribution by {unit} out."
                yield Problem("term-unused", what, where, "It would have no effect.", remedy)


def _texts(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if node.is_text:
            yield node.text()
        yield from _texts([*node.nodes(), *(value for _, value in node.items())])
