"""Customers who pay late, in parts, in another quarter, or never.

It stresses commission that follows the cash: half is earned on booking and half as the customer pays, at a
rate of each seller's own, so one deal pays out over several quarters and a part of it perhaps never.

Every world has these edge cases:
- paid on the last day of a quarter, on the first day of the next, and in the next fiscal year;
- paid in three parts that don't divide evenly, over three quarters; two payments on one day;
- one cent short of full; partly paid and no more; never paid; never invoiced;
- paid before it was invoiced; received in one quarter and known only in the next;
- invoiced in two parts of which one is paid.

Plan file: half_on_cash.yaml.
"""

from __future__ import annotations

from datetime import date, timedelta

from scenarios.company import SELLER, customers, sales_force
from scenarios.draft import Draft, Invoice
from scenarios.recipes import Shape, recipe
from scenarios.sales import add_products, invoice_in_parts, ordinary_deals, pay, pay_in_parts

MEDIAN = 900_000


@recipe(plans=("half_on_cash.yaml",), fewest=60, shape=Shape(median=MEDIAN, invoiced=True, paid=True))
def make(draft: Draft) -> None:
    force = sales_force(draft, {SELLER: "Half on Cash"}, reserved=1, rates=True)
    buys = customers(draft)
    add_products(draft)
    _edges(draft, force.reserved[0])
    billing, paying = draft.stream("invoices"), draft.stream("payments")
    for deal in ordinary_deals(draft, buys, MEDIAN, draft.deals - draft.count("D")):
        first = deal.closed + timedelta(days=billing.below(31))
        weights = (1,) if billing.chance(80) else (30, 70)
        for invoice in invoice_in_parts(draft, deal, weights, first, 45):
            pay(draft, paying, invoice)


def _edges(draft: Draft, seller: str) -> None:
    def billed(amount: int, closed: date, after: int = 10, case: str = "") -> Invoice:
        deal = draft.deal(seller, amount, closed, case=case, account=draft.accounts[0], product="Licence")
        return draft.invoice(deal, amount, closed + timedelta(days=after))

    for case, closed, paid in (
        ("paid on the last day of a quarter", date(2026, 1, 20), date(2026, 3, 31)),
        ("paid on the first day of the next quarter", date(2026, 1, 20), date(2026, 4, 1)),
        ("paid in the next fiscal year", date(2026, 12, 10), date(2027, 1, 18)),
    ):
        invoice = billed(2_000_000, closed)
        draft.payment(invoice, invoice.amount, paid, case=case)
    invoice = billed(100_000, date(2026, 2, 2))
    pay_in_parts(draft, invoice, 3, date(2026, 3, 2), 92, case="paid in three parts over three quarters")
    invoice = billed(1_500_000, date(2026, 4, 15))
    draft.payment(invoice, 500_000, date(2026, 5, 20))
    draft.payment(invoice, 1_000_000, date(2026, 5, 20), case="two payments for one invoice on one day")
    invoice = billed(1_250_000, date(2026, 5, 4))
    draft.payment(invoice, 1_249_999, date(2026, 6, 12), case="one cent short of full")
    invoice = billed(1_800_000, date(2026, 3, 9))
    draft.payment(invoice, 720_000, date(2026, 7, 1), case="partly paid and no more")
    billed(3_300_000, date(2026, 3, 30), case="invoiced and never paid")
    draft.deal(
        seller,
        640_000,
        date(2026, 9, 30),
        case="never invoiced",
        account=draft.accounts[1],
        product="Licence",
    )
    invoice = billed(990_000, date(2026, 6, 1), after=20)
    draft.payment(invoice, invoice.amount, date(2026, 6, 5), case="paid before it was invoiced")
    invoice = billed(1_111_111, date(2026, 8, 3))
    case = "received in one quarter, known in the next"
    draft.payment(invoice, invoice.amount, date(2026, 9, 29), known=date(2026, 10, 6), case=case)
    deal = draft.deal(seller, 1_000_001, date(2026, 2, 16), account=draft.accounts[2], product="Licence")
    first, _ = invoice_in_parts(draft, deal, (50, 50), date(2026, 2, 20), 60)
    draft.payment(first, first.amount, date(2026, 3, 20), case="one of two invoices is paid")
