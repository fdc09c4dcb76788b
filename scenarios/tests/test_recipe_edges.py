"""Every world of a recipe has the edge cases that its docstring promises, whatever the seed.

The tests look at the tables, not at the list of edge cases that the recipe itself leaves behind.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest

from reference_engine.vocabulary.numbers import parse_money, parse_percent
from scenarios.recipes import all_recipes
from scenarios.tests.seen_worlds import small

SEEDS = range(20)
each_seed = pytest.mark.parametrize("seed", SEEDS)


def day(text: str) -> date:
    return date.fromisoformat(text)


def quarter(text: str) -> str:
    return f"{text[:4]}-Q{(int(text[5:7]) + 2) // 3}"


@each_seed
@pytest.mark.parametrize("recipe", sorted(all_recipes()))
def test_every_edge_case_names_a_row_that_exists(recipe: str, seed: int) -> None:
    seen = small(recipe, seed)
    keys = {
        "deals": "deal",
        "payments": "payment",
        "invoices": "invoice",
        "cancellations": "deal",
        "returns": "return",
    }
    keys["retail_sales"] = "sale"
    for edge in seen.built.edges:
        assert edge.key in seen.by(edge.table, keys[edge.table])
    cases = [edge.case for edge in seen.built.edges]
    assert len(cases) == len(set(cases)) >= 9


@each_seed
def test_deal_splits_leave_residual_cents_and_cross_teams(seed: int) -> None:
    seen = small("deal splits", seed)
    deals, payees = seen.by("deals", "deal"), seen.by("payees", "payee")
    splits: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in seen["credit_splits"]:
        splits[row["deal"]].append(row)
    shares = {deal: tuple(row["share"] for row in rows) for deal, rows in splits.items()}
    cents = {deal: parse_money(f"{deals[deal]['amount']} EUR").amount * 100 for deal in splits}
    thirds = ("33.33%", "33.33%", "33.34%")

    def residual(*wanted: str) -> bool:
        return any(
            (parse_percent(share).value * cents[deal]).denominator > 1
            for deal, found in shares.items()
            if found == wanted
            for share in wanted
        )

    assert residual("50%", "50%")
    assert residual("60%", "40%")
    assert residual(*thirds)
    assert {1, 10_000} <= {cents[deal] for deal, found in shares.items() if found == thirds}
    assert ("99.99%", "0.01%") in shares.values()
    assert any(len({payees[row["payee"]]["team"] for row in rows}) == 2 for rows in splits.values())
    assert any(payees[row["payee"]]["role"] == "Regional Manager" for row in seen["credit_splits"])
    assert any(deals[deal]["owner"] not in {row["payee"] for row in rows} for deal, rows in splits.items())
    assert {row["role"] for row in seen["crediting_rules"]} <= {row["role"] for row in seen["payees"]}


@each_seed
def test_deal_splits_end_quarters_on_both_sides_of_a_tier(seed: int) -> None:
    seen = small("deal splits", seed)
    split = {row["deal"] for row in seen["credit_splits"]}
    sharers = {row["payee"] for row in seen["credit_splits"]}
    sums: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in seen["deals"]:
        if row["deal"] not in split and row["owner"] not in sharers:
            sums[row["owner"], quarter(row["closed"])] += Fraction(row["amount"])
    for bound in (Fraction(1), Fraction(12, 10)):
        apart = {
            sums[row["payee"], row["period"]] - parse_money(row["quota"]).amount * bound
            for row in seen["quotas"]
            if (row["payee"], row["period"]) in sums
        }
        assert {Fraction(-1, 100), Fraction(0), Fraction(1, 100)} <= apart


@each_seed
def test_late_cash_is_late_in_every_way(seed: int) -> None:
    seen = small("late cash", seed)
    invoices = seen.by("invoices", "invoice")
    paid: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in seen["payments"]:
        paid[row["invoice"]].append(row)
    short = {
        name: Fraction(invoice["amount"]) - sum(Fraction(row["amount"]) for row in paid[name])
        for name, invoice in invoices.items()
    }
    days = {row["date"] for row in seen["payments"]}
    assert {"2026-03-31", "2026-04-01"} <= days
    assert any(d.startswith("2027") for d in days)
    assert Fraction(1, 100) in short.values()
    assert any(name for name, left in short.items() if not paid[name] and left)
    assert any(paid[name] and left > 100 for name, left in short.items())
    assert any(
        len(rows) == 3
        and len({quarter(row["date"]) for row in rows}) == 3
        and len({row["amount"] for row in rows}) == 2
        for rows in paid.values()
    )
    assert any(max(Counter(row["date"] for row in rows).values(), default=0) == 2 for rows in paid.values())
    assert any(row["date"] < invoices[row["invoice"]]["date"] for row in seen["payments"])
    assert any(row["known"] and quarter(row["known"]) != quarter(row["date"]) for row in seen["payments"])
    assert {row["deal"] for row in seen["deals"]} - {row["deal"] for row in seen["invoices"]}
    by_deal = defaultdict(list)
    for name, invoice in invoices.items():
        by_deal[invoice["deal"]].append(short[name])
    assert any(len(left) == 2 and sorted(map(bool, left)) == [False, True] for left in by_deal.values())


@each_seed
def test_cancellations_lie_on_both_sides_of_the_window(seed: int) -> None:
    seen = small("cancellations", seed)
    deals = seen.by("deals", "deal")
    after = {
        row["deal"]: (day(row["date"]) - day(deals[row["deal"]]["closed"])).days
        for row in seen["cancellations"]
    }
    assert {0, 1, 89, 90, 91} <= set(after.values())
    assert any(
        after[row["deal"]] == 90 and row["date"] >= "2027" > deals[row["deal"]]["closed"]
        for row in seen["cancellations"]
    )
    assert any(
        row["known"]
        and after[row["deal"]] <= 90 < (day(row["known"]) - day(deals[row["deal"]]["closed"])).days
        for row in seen["cancellations"]
    )
    given: dict[str, list[Fraction]] = defaultdict(list)
    for row in seen["returns"]:
        given[row["of"]].append(Fraction(row["amount"]))
    whole = {deal: Fraction(deals[deal]["amount"]) for deal in given}
    assert any(sum(parts) < whole[deal] for deal, parts in given.items())
    assert any(parts == [whole[deal]] for deal, parts in given.items())
    assert any(len(parts) == 2 and sum(parts) == whole[deal] for deal, parts in given.items())
    assert all(sum(parts) <= whole[deal] for deal, parts in given.items())
    late = {(day(row["date"]) - day(deals[row["of"]]["closed"])).days for row in seen["returns"]}
    assert 0 in late
    assert max(late) > 90
    both = {row["of"]: row["date"] for row in seen["returns"] if row["of"] in after}
    cancelled = seen.by("cancellations", "deal")
    assert any(returned < cancelled[deal]["date"] and after[deal] <= 90 for deal, returned in both.items())


@each_seed
def test_a_cancellation_takes_back_more_than_the_quarter_earns(seed: int) -> None:
    seen = small("cancellations", seed)
    deals = seen.by("deals", "deal")
    booked: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for row in seen["deals"]:
        booked[row["owner"], quarter(row["closed"])] += Fraction(row["amount"])
    found = False
    for row in seen["cancellations"]:
        deal = deals[row["deal"]]
        inside = day(row["date"]) <= day(deal["closed"]) + timedelta(days=90)
        now = quarter(row["date"])
        later = inside and now != quarter(deal["closed"])
        found |= later and Fraction(deal["amount"]) > booked[deal["owner"], now] > 0
    assert found


@each_seed
def test_several_currencies_convert_in_every_awkward_way(seed: int) -> None:
    seen = small("several currencies", seed)
    rates = {(r["from"], r["kind"], r["valid from"][:7]): Fraction(r["rate"]) for r in seen["exchange_rates"]}
    assert len([key for key in rates if key[1] == "average"]) == 48
    for currency in ("USD", "GBP", "JPY", "KWD"):
        assert rates[currency, "plan", "2026-01"] != rates[currency, "average", "2026-01"]
    sold = [(row["currency"], row["amount"], row["closed"]) for row in seen["deals"]]
    assert {"EUR", "USD", "GBP", "JPY", "KWD"} == {currency for currency, _, _ in sold}
    by_day = {closed: amount for currency, amount, closed in sold if currency == "USD"}
    assert by_day["2026-04-30"] == by_day["2026-05-01"]
    assert rates["USD", "average", "2026-04"] != rates["USD", "average", "2026-05"]
    converted = [
        Fraction(amount) * rates[currency, "average", closed[:7]] * 100
        for currency, amount, closed in sold
        if currency != "EUR"
    ]
    assert any(value.denominator == 2 for value in converted), "a conversion that ends on half a cent"
    assert {("USD", "0.01"), ("JPY", "1"), ("KWD", "0.001")} <= {
        (currency, amount) for currency, amount, _ in sold
    }
    assert all("." not in amount for currency, amount, _ in sold if currency == "JPY")
    assert any(
        currency == "KWD" and amount[-1] != "0" and len(amount.split(".")[1]) == 3
        for currency, amount, _ in sold
    )
    assert max(Fraction(amount) for currency, amount, _ in sold if currency == "JPY") > 10**9


@each_seed
def test_several_currencies_have_hostile_looking_names(seed: int) -> None:
    seen = small("several currencies", seed)
    names = {row["name"] for table in ("payees", "accounts") for row in seen[table]}
    for part in ("'", '"', ",", "=SUM(", "+", "@", "-A", "<b>", ";", "Ł", "é"):
        assert any(part in name for name in names), part
    assert {"00012345", "1E5", "=1+1", "2026-03-01"} <= {row["account"] for row in seen["deals"]}
    assert any(not name.isascii() and name[0] > "\u0600" for name in names), "another script"


@each_seed
def test_retail_quarters_end_on_both_sides_of_a_band(seed: int) -> None:
    seen = small("retail sales", seed)
    sales = seen.by("retail_sales", "sale")
    sold: Counter[tuple[str, str, str]] = Counter()
    for row in seen["retail_sales"]:
        sold[row["retailer"], row["product"], quarter(row["date"])] += int(row["units"])
    kept = sold.copy()
    later = False
    for row in seen["returns"]:
        sale = sales[row["of"]]
        kept[sale["retailer"], sale["product"], quarter(row["date"])] -= int(row["units"])
        later |= quarter(row["date"]) != quarter(sale["date"])
    assert later
    assert all(
        kept[key] >= 0 for key in kept if key[1] == "Phone X" and key[0] in {"S-0001", "S-0002", "S-0003"}
    )
    unreturned = {key for key in sold if kept[key] == sold[key]}
    assert {50, 51, 100, 101} <= {sold[key] for key in unreturned if key[1] == "Phone X"}
    assert (101, 100) in {(sold[key], kept[key]) for key in sold}
    assert (51, 50) in {(sold[key], kept[key]) for key in sold}
    assert any(row["units"] == sales[row["of"]]["units"] for row in seen["returns"])
    assert {"2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01"} <= {
        row["date"] for row in seen["retail_sales"]
    }
    assert any(row["product"] == "Cable" and int(row["units"]) > 400 for row in seen["retail_sales"])
    assert {row["payee"] for row in seen["payees"]} - {row["retailer"] for row in seen["retail_sales"]}


@each_seed
def test_bookings_revenue_and_cash_fall_into_different_periods(seed: int) -> None:
    seen = small("bookings and revenue", seed)
    calendar = [(row["period"], row["from"], row["to"]) for row in seen["fiscal_calendar"]]

    def period(text: str) -> str:
        return next(label for label, first, last in calendar if first <= text <= last)

    deals, invoices = seen.by("deals", "deal"), seen.by("invoices", "invoice")
    chains = [
        (deals[invoices[row["invoice"]]["deal"]]["closed"], invoices[row["invoice"]]["date"], row["date"])
        for row in seen["payments"]
    ]
    assert any(len({period(text) for text in chain}) == 3 for chain in chains)
    assert any(len(set(chain)) == 1 for chain in chains)
    closed = {row["closed"] for row in seen["deals"]}
    ends = {(last, first) for (_, _, last), (_, first, _) in pairwise(calendar)}
    assert any({last, first} <= closed and last[:7] == first[:7] for last, first in ends)
    invoiced = seen["invoices"]
    assert any(row["date"] < deals[row["deal"]]["closed"] for row in invoiced)
    assert any(row["date"] >= "2027" for row in invoiced)
    assert set(deals) - {row["deal"] for row in invoiced}
    by_deal: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in invoiced:
        by_deal[row["deal"]].append(row)
    assert any(
        len(rows) == 3
        and len({row["amount"] for row in rows}) == 2
        and sum(Fraction(r["amount"]) for r in rows) == Fraction(deals[deal]["amount"])
        for deal, rows in by_deal.items()
    )
    credited = [
        (
            Fraction(row["amount"]),
            Fraction(deals[row["deal"]]["amount"]),
            period(row["date"]) != period(by_deal[row["deal"]][0]["date"]),
        )
        for row in invoiced
        if row["kind"] == "credit note"
    ]
    assert any(amount < whole for amount, whole, _ in credited)
    assert any(amount == whole and later for amount, whole, later in credited)
    assert all(period(row["date"]) for table in ("invoices", "payments") for row in seen[table])
