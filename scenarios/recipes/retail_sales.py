"""Retailers who are rewarded for each unit that leaves the store, in bands of units.

It stresses volume bands: every unit earns the reward of its own band, products outside the programme earn
nothing, and units that come back no longer count.

Every world has these edge cases:
- quarters of exactly 50, 51, 100 and 101 units of one product;
- returns that bring a quarter from 101 units to 100, and from 51 to 50; a sale that comes back whole;
- a return in the quarter after the sale;
- sales on the programme's first and last day, on the day before and on the day after;
- a sale of a product that isn't in the programme; a retailer that sells nothing.

Plan file: phone_programme.yaml.  In this recipe `deals` counts retail sales.
"""

from __future__ import annotations

from datetime import date, timedelta
from math import isqrt

from scenarios.draft import Draft
from scenarios.providers import EURO_COUNTRIES, FIRST_DAY, LAST_DAY, day_weights, plain
from scenarios.recipes import Shape, recipe
from scenarios.streams import long_tail, running

PLAN = "Phone Programme"
PRODUCTS = {
    "Phone X": ("Phones", 79_900),
    "Phone Y": ("Phones", 44_900),
    "Watch S": ("Wearables", 24_900),
    "Cable": ("Accessories", 1_490),
}
"""product -> category and shelf price in cents; the programme rewards the phones."""
EDGE_UNITS = (50, 51, 100, 101)


@recipe(plans=("phone_programme.yaml",), deals=400, fewest=60, shape=Shape(kind="retail sales", returned=5))
def make(draft: Draft) -> None:
    for product, (category, price) in PRODUCTS.items():
        cost = f"{plain(price * 7 // 10, 'EUR')} EUR"
        draft.add("products", {"product": product, "name": product, "category": category, "unit cost": cost})
    draft.products = list(PRODUCTS)
    draft.prices = [price for _, price in PRODUCTS.values()]
    stores = _retailers(draft, max(8, isqrt(draft.volume)) + 4)
    bands, returning, calendar, _idle = stores[:4]
    draft.sellers = stores[4:]
    for quarter, units in enumerate(EDGE_UNITS):
        first = date(2026, 3 * quarter + 1, 5)
        _sale(draft, bands, "Phone X", units - 20, first)
        _sale(
            draft,
            bands,
            "Phone X",
            20,
            first + timedelta(days=40),
            case=f"a quarter of exactly {units} units",
        )
    _edge_returns(draft, returning)
    _edge_days(draft, calendar)
    _ordinary(draft)


def _retailers(draft: Draft, count: int) -> list[str]:
    people = draft.stream("people")
    stores = []
    for number in range(count):
        store = draft.next_id("S", 4)
        country = people.pick(EURO_COUNTRIES)
        row = {
            "payee": store,
            "name": draft.names.company(country, number + 1),
            "role": "Store",
            "kind": "retailer",
            "country": country,
        }
        draft.add("payees", row)
        draft.add("plan_assignments", {"payee": store, "plan": PLAN, "from": FIRST_DAY.isoformat()})
        stores.append(store)
    return stores


def _sale(draft: Draft, store: str, product: str, units: int, day: date, case: str = "") -> str:
    sale = draft.next_id("SALE")
    row = {
        "sale": sale,
        "retailer": store,
        "product": product,
        "units": str(units),
        "date": day.isoformat(),
        "amount": plain(PRODUCTS[product][1] * units, "EUR"),
        "currency": "EUR",
    }
    draft.add("retail_sales", row, case)
    return sale


def _give_back(draft: Draft, sale: str, units: int, day: date, case: str = "") -> None:
    row = {"return": draft.next_id("R"), "of": sale, "date": day.isoformat(), "units": str(units)}
    draft.add("returns", row, case)


def _edge_returns(draft: Draft, store: str) -> None:
    sale = _sale(draft, store, "Phone X", 101, date(2026, 1, 12))
    _give_back(draft, sale, 1, date(2026, 2, 20), case="a return brings 101 units to 100")
    sale = _sale(draft, store, "Phone X", 51, date(2026, 4, 13))
    _give_back(
        draft, sale, 1, date(2026, 4, 13), case="a return brings 51 units to 50, on the day of the sale"
    )
    sale = _sale(draft, store, "Phone Y", 7, date(2026, 5, 4))
    _give_back(draft, sale, 7, date(2026, 5, 18), case="a sale comes back whole")
    sale = _sale(draft, store, "Phone X", 60, date(2026, 9, 28))
    _sale(draft, store, "Phone X", 45, date(2026, 10, 20))
    _give_back(draft, sale, 15, date(2026, 10, 9), case="a return in the quarter after the sale")


def _edge_days(draft: Draft, store: str) -> None:
    for case, day in (
        ("sold on the day before the programme", FIRST_DAY - timedelta(days=1)),
        ("sold on the programme's first day", FIRST_DAY),
        ("sold on the programme's last day", LAST_DAY),
        ("sold on the day after the programme", LAST_DAY + timedelta(days=1)),
    ):
        _sale(draft, store, "Phone X", 5, day, case=case)
    _sale(draft, store, "Cable", 500, date(2026, 6, 30), case="a product outside the programme")


def _ordinary(draft: Draft) -> None:
    when, who, size = (draft.stream(purpose) for purpose in ("days", "owners", "units"))
    days, share = running(day_weights()), running(long_tail(len(draft.sellers)))
    count = draft.deals - draft.count("SALE")
    for offset in sorted(when.weighted(days) for _ in range(count)):
        day = FIRST_DAY + timedelta(days=offset)
        units = min(400, size.skewed(5, 16))
        sale = _sale(draft, draft.sellers[who.weighted(share)], size.pick(draft.products), units, day)
        if size.chance(5):
            back = min(day + timedelta(days=size.between(1, 30)), LAST_DAY)
            _give_back(draft, sale, size.between(1, units), back)
