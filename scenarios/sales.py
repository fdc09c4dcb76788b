"""Sales: the ordinary deals of a world, its products, and how customers are invoiced and pay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from scenarios.draft import Deal, Draft, Invoice
from scenarios.providers import FIRST_DAY, day_weights, in_currency, priced, shares_of
from scenarios.streams import Stream, running

PRODUCTS = (
    ("Licence", "Software", "1.00"),
    ("Subscription", "Software", "2.00"),
    ("Implementation", "Services", "640.00"),
    ("Training", "Services", "310.00"),
    ("Appliance", "Hardware", "1450.00"),
)
SPREAD = 22
"""How far the deals of a world are spread, in sixteenths of a doubling for each standard deviation."""


def add_products(draft: Draft) -> None:
    """Adds the products of a software house."""
    for product, category, cost in PRODUCTS:
        draft.add(
            "products",
            {"product": product, "name": product, "category": category, "unit cost": f"{cost} EUR"},
        )
        draft.products.append(product)


def ordinary_deals(
    draft: Draft,
    buys: Sequence[int],
    median: int,
    count: int,
    currency_of: Callable[[Stream, str], str] = lambda stream, seller: "EUR",
) -> list[Deal]:
    """Adds deals as a year brings them: mostly small, with a rush at each quarter's end.

    buys: running totals of how often each customer buys.  median: of the amounts, in euro cents.
    currency_of: the currency of a deal of a seller.
    """
    when, who, size, what = (draft.stream(purpose) for purpose in ("days", "owners", "amounts", "products"))
    totals = running(day_weights())
    deals = []
    for offset in sorted(when.weighted(totals) for _ in range(count)):
        seller = who.pick(draft.sellers)
        currency = currency_of(who, seller)
        amount = priced(size, in_currency(size.skewed(median, SPREAD), currency), currency)
        columns = {"account": draft.accounts[who.weighted(buys)]}
        if draft.products:
            columns["product"] = what.pick(draft.products)
        deals.append(draft.deal(seller, amount, FIRST_DAY + timedelta(days=offset), currency, **columns))
    return deals


def invoice_in_parts(
    draft: Draft, deal: Deal, weights: tuple[int, ...], first: date, days_between: int
) -> list[Invoice]:
    """Adds the invoices of a deal, which sum to its amount.  weights: of the parts, in whole numbers."""
    return [
        draft.invoice(deal, amount, first + timedelta(days=number * days_between))
        for number, amount in enumerate(shares_of(deal.amount, weights))
        if amount
    ]


def pay(draft: Draft, stream: Stream, invoice: Invoice) -> None:
    """Adds what a customer pays for an invoice: on time, late, in parts, only a part, or never."""
    due = invoice.date + timedelta(days=30)
    habit = stream.below(100)
    if habit < 45:
        draft.payment(invoice, invoice.amount, due - timedelta(days=stream.below(15)))
    elif habit < 70:
        draft.payment(invoice, invoice.amount, due + timedelta(days=stream.between(1, 120)))
    elif habit < 88:
        pay_in_parts(draft, invoice, stream.between(2, 4), due, stream.between(20, 75))
    elif habit < 93 and invoice.amount > 10:
        draft.payment(
            invoice, invoice.amount * stream.between(30, 90) // 100, due + timedelta(days=stream.below(60))
        )


def pay_in_parts(
    draft: Draft, invoice: Invoice, parts: int, first: date, days_between: int, case: str = ""
) -> None:
    """Adds equal payments that sum to the invoice; the last one takes the rest.  case: marks the last one."""
    amounts = [amount for amount in shares_of(invoice.amount, (1,) * parts) if amount]
    for number, amount in enumerate(amounts):
        day = first + timedelta(days=number * days_between)
        draft.payment(invoice, amount, day, case=case if number == len(amounts) - 1 else "")
