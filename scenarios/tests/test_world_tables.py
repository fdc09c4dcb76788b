"""Every world obeys the standard tables: columns, keys, words, and every reference finds what it names."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pytest

from reference_engine.problems import Problem, Stopped
from reference_engine.vocabulary.numbers import parse_percent
from reference_engine.vocabulary.tables import TABLES
from reference_engine.world import read_world
from scenarios import world
from scenarios.draft import Draft
from scenarios.recipes import all_recipes
from scenarios.tests.seen_worlds import Seen, small

RECIPES = tuple(all_recipes())
REFERENCES = (
    ("payees", "manager", "payees", "payee"),
    ("plan_assignments", "payee", "payees", "payee"),
    ("quotas", "payee", "payees", "payee"),
    ("territories", "owner", "payees", "payee"),
    ("accounts", "territory", "territories", "territory"),
    ("credit_splits", "deal", "deals", "deal"),
    ("credit_splits", "payee", "payees", "payee"),
    ("crediting_rules", "role", "payees", "role"),
    ("deals", "owner", "payees", "payee"),
    ("deals", "account", "accounts", "account"),
    ("deals", "product", "products", "product"),
    ("invoices", "deal", "deals", "deal"),
    ("payments", "invoice", "invoices", "invoice"),
    ("cancellations", "deal", "deals", "deal"),
    ("retail_sales", "retailer", "payees", "payee"),
    ("retail_sales", "product", "products", "product"),
)


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("seed", [1, 2, 99])
def test_the_engine_reads_every_table_without_a_problem(recipe: str, seed: int) -> None:
    built = world.build(recipe, seed)
    problems: list[Problem] = []
    read = read_world(built, problems)
    assert problems == []
    assert set(read.tables) == {table.name for table in built}


@pytest.mark.parametrize("recipe", RECIPES)
def test_columns_keys_and_words_are_those_of_the_standard_tables(recipe: str) -> None:
    for table in world.build(recipe, 4):
        schema = TABLES[table.name]
        assert len(set(table.header)) == len(table.header)
        assert set(schema.required) <= set(table.header)
        assert schema.extra_columns or all(schema.field(column) for column in table.header)
        place = {column: n for n, column in enumerate(table.header)}
        keys = [
            tuple(row[place[column]] if column in place else "" for column in schema.key)
            for row in table.rows
        ]
        assert len(set(keys)) == len(keys), table.name
        for field in schema.fields:
            for row in table.rows:
                cell = row[place[field.name]] if field.name in place else ""
                assert cell or not field.required, (table.name, field.name)
                assert not cell or not field.choices or cell in field.choices, (table.name, field.name, cell)


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_reference_finds_what_it_names(recipe: str) -> None:
    for seen in (small(recipe, 5), Seen(world.build(recipe, 5))):
        for table, column, target, key in REFERENCES:
            known = {row[key] for row in seen[target]}
            named = {row[column] for row in seen[table] if row.get(column)}
            assert named <= known, (table, column, named - known)
        sold = {row["deal"] for row in seen["deals"]} | {row["sale"] for row in seen["retail_sales"]}
        assert {row["of"] for row in seen["returns"]} <= sold


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_world_has_as_many_deals_as_were_asked_for(recipe: str) -> None:
    table = "retail_sales" if recipe == "retail sales" else "deals"
    for deals in (all_recipes()[recipe].fewest, 137):
        assert len(world.build(recipe, 2, deals).table(table).rows) == deals


def test_the_shares_of_every_split_deal_total_100_percent() -> None:
    for seed in range(5):
        totals: dict[str, Fraction] = defaultdict(Fraction)
        for row in Seen(world.build("deal splits", seed))["credit_splits"]:
            totals[row["deal"]] += parse_percent(row["share"]).value
        assert len(totals) > 50
        assert set(totals.values()) == {1}


@pytest.mark.parametrize("recipe", ["late cash", "bookings and revenue"])
def test_invoices_never_exceed_the_deal_nor_payments_the_invoice(recipe: str) -> None:
    seen = Seen(world.build(recipe, 3))
    for part, whole, key in (("invoices", "deals", "deal"), ("payments", "invoices", "invoice")):
        sums: dict[str, Fraction] = defaultdict(Fraction)
        for row in seen[part]:
            sums[row[key]] += Fraction(row["amount"]) * (row.get("kind") != "credit note")
        amounts = {name: Fraction(row["amount"]) for name, row in seen.by(whole, key).items()}
        assert all(total <= amounts[name] for name, total in sums.items())


def test_people_are_a_hierarchy_without_loops() -> None:
    payees = Seen(world.build("deal splits", 6)).by("payees", "payee")
    heads = [name for name, row in payees.items() if not row["manager"]]
    assert len(heads) == 1
    for name in payees:
        above = [name]
        while payees[above[-1]]["manager"]:
            above.append(payees[above[-1]]["manager"])
            assert len(above) <= 4
        assert above[-1] == heads[0]


def test_too_few_deals_and_unknown_recipes_are_problems() -> None:
    with pytest.raises(Stopped) as stopped:
        world.build("late cash", 1, 5)
    assert [p.slug for p in stopped.value.problems] == ["too-few-deals"]
    assert "60 deals or more" in stopped.value.problems[0].remedy
    with pytest.raises(Stopped) as stopped:
        world.build("late cahs")
    assert [p.slug for p in stopped.value.problems] == ["unknown-recipe"]
    assert stopped.value.problems[0].remedy == "Did you mean: late cash"


def test_a_recipe_has_the_name_of_its_file_with_spaces_underscores_or_hyphens() -> None:
    assert world.build("deal_splits", 1) == world.build("deal splits", 1) == world.build("Deal-Splits", 1)
    for name, recipe in all_recipes().items():
        assert recipe.make.__module__ == f"scenarios.recipes.{name.replace(' ', '_')}"
        assert "Every world has these edge cases:" in recipe.stresses


def test_a_draft_refuses_a_column_that_no_standard_table_has() -> None:
    with pytest.raises(ValueError, match="no column"):
        Draft("deal splits", 1, 1).add("payments", {"payment": "P-1", "colour": "red"})
