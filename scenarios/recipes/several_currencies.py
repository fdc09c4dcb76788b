"""Deals in euros, dollars, pounds, yen and Kuwaiti dinars, paid in euros at monthly average rates.

It stresses conversion: currencies with no decimals and with three, the rate of the right month and the
right kind, and rounding after conversion.  Its names stress every file on the way: apostrophes, accents,
commas, quotes, other scripts, and names and account numbers that a spreadsheet would take for a formula, a
number or a date.

Every world has these edge cases:
- the same dollar amount on the last day of a month and on the first of the next, at different rates;
- a conversion that ends exactly on half a cent; one cent, one yen and one fils; a large yen amount;
- a dinar amount with three decimals that matter;
- plan rates beside the average rates: whoever takes the wrong kind gets other amounts;
- names such as Siobhán O'Brien-Murphy, Łukasz Żółć, =SUM(A1:A9) Consulting and Müller, Söhne & Co. "KG",
  and accounts numbered 00012345, 1E5, =1+1 and 2026-03-01.

Plan file: international_sales.yaml.
"""

from __future__ import annotations

from datetime import date

from scenarios.company import SELLER, customers, sales_force
from scenarios.draft import Draft
from scenarios.providers import COUNTRIES
from scenarios.recipes import Shape, recipe
from scenarios.sales import ordinary_deals
from scenarios.streams import Stream

MEDIAN = 1_000_000
SOLD_IN = ("DE", "US", "GB", "JP", "KW", "FR")
RATES = {"USD": 923_000, "GBP": 1_171_000, "JPY": 6_180, "KWD": 3_008_000}
"""Euros for one unit in January, in millionths."""
HALF_CENT_MONTH, HALF_CENT_RATE = 6, 925_000
PEOPLE = (
    "Siobhán O'Brien-Murphy",
    "Łukasz Żółć",
    "D'Angelo, Niccolò",
    '"Bobby" Tables; DROP',
    "-Anne-Marie Nuñez",
)
CUSTOMERS = {
    "00012345": "=SUM(A1:A9) Consulting",
    "1E5": 'Müller, Söhne & Co. "KG"',
    "2026-03-01": "@Home B.V.",
    "=1+1": "+Plus <b>AG</b>",
    "A'1": "L'Été & Fils, S.A.",
}


@recipe(
    plans=("international_sales.yaml",),
    fewest=60,
    shape=Shape(median=MEDIAN, currencies=(("EUR", 40), ("USD", 30), ("GBP", 15), ("JPY", 9), ("KWD", 6))),
)
def make(draft: Draft) -> None:
    force = sales_force(draft, {SELLER: "International Sales"}, countries=SOLD_IN, reserved=1, names=PEOPLE)
    buys = customers(draft, countries=SOLD_IN, named=CUSTOMERS)
    _exchange_rates(draft)
    _edges(draft, force.reserved[0])

    def currency(stream: Stream, seller: str) -> str:
        if stream.chance(75):
            return COUNTRIES[force.country[seller]].currency
        return stream.pick(("EUR", *RATES))

    ordinary_deals(draft, buys, MEDIAN, draft.deals - draft.count("D"), currency)


def _exchange_rates(draft: Draft) -> None:
    stream = draft.stream("exchange rates")
    for currency, start in RATES.items():
        rate = start
        _rate(draft, currency, start * 101 // 100, 1, "plan")
        for month in range(1, 13):
            fixed = currency == "USD" and month == HALF_CENT_MONTH
            _rate(draft, currency, HALF_CENT_RATE if fixed else rate, month, "average")
            rate = rate * stream.between(985, 1015) // 1000 + stream.between(1, 9)


def _rate(draft: Draft, currency: str, millionths: int, month: int, kind: str) -> None:
    draft.add(
        "exchange_rates",
        {
            "from": currency,
            "to": "EUR",
            "rate": f"{millionths // 1_000_000}.{millionths % 1_000_000:06d}",
            "valid from": date(2026, month, 1).isoformat(),
            "kind": kind,
        },
    )


def _edges(draft: Draft, seller: str) -> None:
    for number, (case, amount, currency, closed) in enumerate(
        (
            ("dollars on the last day of a month", 1_000_000, "USD", date(2026, 4, 30)),
            ("dollars on the first day of a month", 1_000_000, "USD", date(2026, 5, 1)),
            ("converts to exactly half a cent", 1_020, "USD", date(2026, HALF_CENT_MONTH, 15)),
            ("one cent of a dollar", 1, "USD", date(2026, 6, 16)),
            ("one yen", 1, "JPY", date(2026, 6, 16)),
            ("one fils", 1, "KWD", date(2026, 6, 16)),
            ("a large yen amount", 1_234_567_891, "JPY", date(2026, 9, 30)),
            ("dinars with three decimals", 12_345_678, "KWD", date(2026, 3, 31)),
            ("pounds on the last day of the year", 750_000, "GBP", date(2026, 12, 31)),
        )
    ):
        draft.deal(
            seller, amount, closed, currency, case=case, account=draft.accounts[number % len(CUSTOMERS)]
        )
