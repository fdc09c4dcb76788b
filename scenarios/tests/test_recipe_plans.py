"""Each recipe goes with its plan files: they can be read, they are the plans people are on, and they pay."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from reference_engine.plans.reader import read_plan_file
from reference_engine.problems import Problem
from reference_engine.run import calculate
from reference_engine.vocabulary.numbers import parse_money, parse_percent
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import read_world
from scenarios.recipes import all_recipes
from scenarios.tests.seen_worlds import Seen, small

PLANS = Path(__file__).parents[1] / "plans"
RECIPES = tuple(all_recipes())


def plans_of(recipe: str) -> list[Plan]:
    problems: list[Problem] = []
    plans = [read_plan_file(PLANS / name, problems, name) for name in all_recipes()[recipe].plans]
    assert problems == []
    return [plan for plan in plans if plan is not None]


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_plans_of_a_recipe_are_the_ones_its_payees_are_on(recipe: str) -> None:
    assigned = {row["plan"] for row in small(recipe, 1)["plan_assignments"]}
    assert {plan.name for plan in plans_of(recipe)} == assigned


def test_every_plan_file_beside_the_recipes_belongs_to_one() -> None:
    files = {path.name for path in PLANS.glob("*.yaml")}
    assert files == {name for recipe in all_recipes().values() for name in recipe.plans}


# What follows is written from the descriptions of the plan files, one deal at a time, and shares nothing with
# the way in which the engine calculates.

Paid = dict[tuple[str, str], Fraction]
"""payee, period -> what is paid."""


def cents(value: Fraction) -> Fraction:
    """Half up, away from zero on ties, to two decimals."""
    return Fraction((abs(value) * 200 + 1) // 2, 100) * (-1 if value < 0 else 1)


def quarter(day: str) -> str:
    return f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}"


def paid_by_engine(recipe: str, seed: int) -> Paid:
    problems: list[Problem] = []
    read = read_world(small(recipe, seed).built, problems)
    assert problems == []
    found: Paid = defaultdict(Fraction)
    for row in calculate(plans_of(recipe), read).payout_rows():
        found[row.payee, row.period] += row.amount
    return without_zeros(found)


def without_zeros(paid: Paid) -> Paid:
    return {key: amount for key, amount in paid.items() if amount}


def carried(earned: Paid) -> Paid:
    """Nothing is paid below zero; what is owed is deducted from the next quarters."""
    paid: Paid = {}
    owed: dict[str, Fraction] = defaultdict(Fraction)
    for payee, period in sorted(earned):
        left = earned[payee, period] + owed[payee]
        paid[payee, period], owed[payee] = max(left, Fraction(0)), min(left, Fraction(0))
    return paid


def late_cash(seen: Seen) -> Paid:
    paid: Paid = defaultdict(Fraction)
    rates = {row["payee"]: parse_percent(row["commission rate"] or "0%").value / 2 for row in seen["payees"]}
    deals, invoices = seen.by("deals", "deal"), seen.by("invoices", "invoice")
    for row in seen["deals"]:
        paid[row["owner"], quarter(row["closed"])] += cents(Fraction(row["amount"]) * rates[row["owner"]])
    for row in seen["payments"]:
        owner = deals[invoices[row["invoice"]]["deal"]]["owner"]
        paid[owner, quarter(row["date"])] += cents(Fraction(row["amount"]) * rates[owner])
    return paid


def several_currencies(seen: Seen) -> Paid:
    paid: Paid = defaultdict(Fraction)
    rates = {
        (r["from"], r["valid from"][:7]): Fraction(r["rate"])
        for r in seen["exchange_rates"]
        if r["kind"] == "average"
    }
    for row in seen["deals"]:
        month = row["closed"][:7]
        rate = rates.get((row["currency"], month), Fraction(1))
        paid[row["owner"], month] += cents(cents(Fraction(row["amount"]) * rate) * Fraction(5, 100))
    return paid


def bookings_and_revenue(seen: Seen) -> Paid:
    paid: Paid = defaultdict(Fraction)
    calendar = [(row["period"], row["from"], row["to"]) for row in seen["fiscal_calendar"]]
    deals, invoices = seen.by("deals", "deal"), seen.by("invoices", "invoice")

    def earn(owner: str, day: str, amount: Fraction, percent: int) -> None:
        period = next(label for label, first, last in calendar if first <= day <= last)
        paid[owner, period] += cents(amount * percent / 100)

    for row in seen["deals"]:
        earn(row["owner"], row["closed"], Fraction(row["amount"]), 3)
    for row in seen["invoices"]:
        sign = -1 if row["kind"] == "credit note" else 1
        earn(deals[row["deal"]]["owner"], row["date"], sign * Fraction(row["amount"]), 2)
    for row in seen["payments"]:
        earn(deals[invoices[row["invoice"]]["deal"]]["owner"], row["date"], Fraction(row["amount"]), 1)
    return paid


def cancellations(seen: Seen) -> Paid:
    earned: Paid = defaultdict(Fraction)
    left: dict[str, Fraction] = {}
    deals = seen.by("deals", "deal")

    def earn(deal: dict[str, str], day: str, amount: Fraction) -> None:
        earned[deal["owner"], quarter(day)] += amount
        left[deal["deal"]] = left.get(deal["deal"], Fraction(0)) + amount

    for row in seen["deals"]:
        earn(row, row["closed"], cents(Fraction(row["amount"]) * 75 / 1000))
    for row in seen["returns"]:
        earn(deals[row["of"]], row["date"], -cents(Fraction(row["amount"]) * 75 / 1000))
    for row in seen["cancellations"]:
        deal = deals[row["deal"]]
        if (date.fromisoformat(row["date"]) - date.fromisoformat(deal["closed"])).days <= 90:
            earn(deal, row["date"], -left[deal["deal"]])
    return carried(earned)


def retail_sales(seen: Seen) -> Paid:
    units: dict[tuple[str, str, str], int] = defaultdict(int)
    sales = seen.by("retail_sales", "sale")
    for row in seen["retail_sales"]:
        if row["date"][:4] == "2026":
            units[row["retailer"], row["product"], quarter(row["date"])] += int(row["units"])
    for row in seen["returns"]:
        sale = sales[row["of"]]
        units[sale["retailer"], sale["product"], quarter(row["date"])] -= int(row["units"])
    paid: Paid = defaultdict(Fraction)
    for (store, product, period), count in units.items():
        if product == "Phone X":
            reward = 5 * min(count, 50) + 8 * max(0, min(count, 100) - 50) + 10 * max(0, count - 100)
            paid[store, period] += reward
        elif product == "Phone Y":
            paid[store, period] += Fraction(5, 2) * min(count, 100) + 4 * max(0, count - 100)
    return carried(paid)


def deal_splits(seen: Seen) -> Paid:
    """Sellers by slices of attainment, consultants on their team, managers on everybody below."""
    paid: Paid = defaultdict(Fraction)
    shares: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
    for row in seen["credit_splits"]:
        shares[row["deal"]].append((row["payee"], parse_percent(row["share"]).value))
    quotas = {(row["payee"], row["period"]): parse_money(row["quota"]).amount for row in seen["quotas"]}
    payees = seen.by("payees", "payee")
    credited: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in sorted(seen["deals"], key=lambda r: (r["closed"], r["deal"])):
        amount = Fraction(row["amount"])
        parts = [
            (payee, cents(amount * share))
            for payee, share in shares.get(row["deal"], [(row["owner"], Fraction(1))])
        ]
        last, _ = parts[-1]
        parts[-1] = (last, amount - sum(part for _, part in parts[:-1]))
        period = quarter(row["closed"])
        for payee, part in parts:
            if payees[payee]["role"] == "Account Executive":
                quota, before = quotas[payee, period], credited[payee, period]
                credited[payee, period] += part
                paid[payee, period] += sum(
                    cents(max(Fraction(0), min(before + part, top) - max(before, bottom)) * rate / 100)
                    for bottom, top, rate in (
                        (Fraction(0), quota, 8),
                        (quota, quota * 120 / 100, 12),
                        (quota * 120 / 100, before + part, 15),
                    )
                )
            above = payees[payee]["manager"]
            while above:
                paid[above, period] += cents(part / 100)
                above = payees[above]["manager"]
            for other, who in payees.items():
                if who["role"] == "Solution Consultant" and who["team"] == payees[payee]["team"]:
                    paid[other, period] += cents(cents(part / 4) * 2 / 100)
    return paid


SLOW = {
    "bookings and revenue": bookings_and_revenue,
    "cancellations": cancellations,
    "deal splits": deal_splits,
    "late cash": late_cash,
    "retail sales": retail_sales,
    "several currencies": several_currencies,
}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("recipe", RECIPES)
def test_the_engine_pays_what_the_plans_say(recipe: str, seed: int) -> None:
    assert paid_by_engine(recipe, seed) == without_zeros(SLOW[recipe](small(recipe, seed)))
