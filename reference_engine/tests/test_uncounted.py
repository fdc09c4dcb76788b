"""What a plan names and no record has: near misses are refused, the rest is a note."""

from __future__ import annotations

import pytest

from reference_engine.plans.document import parse_yaml
from reference_engine.plans.reader import read_plan
from reference_engine.problems import Problem, Stopped
from reference_engine.results import Result
from reference_engine.run import calculate
from reference_engine.uncounted import uncounted
from reference_engine.vocabulary.tables import TextTable
from reference_engine.world import read_world

DEALS = (
    ("D-1", "Ana", "100.00 EUR", "2026-01-15", "new", "Gold", "Acme"),
    ("D-2", "Ana", "900.00 EUR", "2026-02-15", "renewal", "Silver", "Beta"),
)
FLAT = "earn: [{flat rate: {rate: 10%}}]"
ALL = f"{{component: All, measure: bookings, credits: [direct], {FLAT}}}"


def result(components: str, measures: str = "", products: tuple[tuple[str, ...], ...] = ()) -> Result:
    plan = (
        "plan: AE 2026\npays: monthly\neligible: everyone\nconventions: {rounding: exact, lookup.precedence: first match}\n"
        f"{measures}components: [{components}]"
    )
    problems: list[Problem] = []
    node = parse_yaml(plan, "plan.yaml", problems)
    assert node is not None, problems
    tables = [
        TextTable("payees", ("payee",), (("Ana",),)),
        TextTable("deals", ("deal", "owner", "amount", "closed", "type", "product", "account"), DEALS),
    ]
    if products:
        tables.append(TextTable("products", ("product",), products))
    world = read_world(tables, problems)
    read = read_plan(node, problems)
    assert problems == []
    assert read is not None
    return calculate([read], world)


def component(more: str, name: str = "Accelerator") -> str:
    return f"{{component: {name}, measure: bookings, credits: [direct], {more}, {FLAT}}}"


NOTES = """
where: 'type = "renewl"'                        | "Accelerator" of "AE 2026" counts no record: no deal has the type "renewl" (did you mean: renewal)
where: 'type = "upsell"'                        | "Accelerator" of "AE 2026" counts no record: no deal has the type "upsell" (known: new, renewal)
where: 'type in ["expansion", "upsell"]'        | "Accelerator" of "AE 2026" counts no record: no deal has the type "expansion" (known: new, renewal); no deal has the type "upsell" (known: new, renewal)
where: 'amount > 900.00 EUR'                    | "Accelerator" of "AE 2026" counts no record: none of 2 deals fulfils  where: amount > 900.00 EUR
where: 'type = "new" and product = "Silver"'    | "Accelerator" of "AE 2026" counts no record: none of 2 deals fulfils  where: type = "new" and product = "Silver"
where: 'type in ["new", "renewl"]'              | "Accelerator" of "AE 2026": no deal has the type "renewl" (did you mean: renewal)
products: [Sliver]                              | "Accelerator" of "AE 2026" counts no record: no deal has the product "Sliver" (did you mean: Silver)
products: [Bronze]                              | "Accelerator" of "AE 2026" counts no record: no deal has the product "Bronze" (known: Gold, Silver)
products: [Gold, Sliver]                        | "Accelerator" of "AE 2026": no deal has the product "Sliver" (did you mean: Silver)
products: [Gold], where: 'type = "renewal"'     | "Accelerator" of "AE 2026" counts no record: none of 2 deals fulfils  products: [Gold], where: type = "renewal"
"""


@pytest.mark.parametrize("row", NOTES.strip().splitlines(), ids=lambda r: r.split("  ")[0])
def test_what_counts_nothing_is_a_note(row: str) -> None:
    more, words = (c.strip() for c in row.split(" | "))
    (note,) = uncounted(result(f"{ALL}, {component(more)}"))
    assert note.what == words
    assert str(note.where).startswith("plan.yaml:")


@pytest.mark.parametrize(
    "more",
    [
        "where: 'type = \"new\"'",
        "where: 'amount >= 900.00 EUR'",
        'where: \'type in ["new", "expansion"]\'',
        "products: [Gold, Bronze]",
        "where: 'type != \"expansion\"'",
    ],
)
def test_what_counts_something_is_none(more: str) -> None:
    assert uncounted(result(f"{ALL}, {component(more)}")) == []


def test_where_there_are_no_records_nothing_can_be_missing_in_them() -> None:
    more = "{component: Cash, measure: cash, credits: [direct], where: 'type = \"upsell\"', " + FLAT + "}"
    assert uncounted(result(f"{ALL}, {more}")) == []


def test_a_measure_that_counts_nothing_is_told_once() -> None:
    measures = "measures: [{measure: upsells, of: bookings, where: 'type = \"upsell\"', credits: [direct]}]\n"
    notes = uncounted(result(f"{ALL}, {{component: Up, measure: upsells, {FLAT}}}", measures))
    assert [n.what for n in notes] == [
        '"Up" of "AE 2026" counts no record: no deal has the type "upsell" (known: new, renewal)'
    ]


LOOKUP = "{{component: L, measure: bookings, credits: [direct], earn: [{{lookup: {{rules: [{{{rule}, rate: 10%}}, {{rate: 5%}}]}}}}]}}"


@pytest.mark.parametrize(
    ("components", "near"),
    [
        (component("where: 'type = \"Renewal\"'"), "renewal"),
        (component("products: [gold]"), "Gold"),
        (component('products: ["Sil ver"]'), "Silver"),
        (LOOKUP.format(rule="product: gold"), "Gold"),
        (LOOKUP.format(rule="account: ACME"), "Acme"),
    ],
)
@pytest.mark.parametrize("products", [(), (("Gold",), ("Silver",))], ids=["", "listed"])
def test_a_word_in_other_letters_is_refused(
    components: str, near: str, products: tuple[tuple[str, ...], ...]
) -> None:
    with pytest.raises(Stopped) as stopped:
        result(f"{ALL}, {components}", products=products)
    (problem,) = stopped.value.problems
    assert problem.slug == "unknown-value"
    assert near in problem.remedy
