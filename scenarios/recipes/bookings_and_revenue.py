"""The way from booking to invoice to cash, in a company whose fiscal months are not calendar months.

It stresses timing: three components pay on the booking, on what is invoiced and on what is collected, so one
deal earns in three periods; and the fiscal calendar of 4, 4 and 5 weeks, not the month, decides in which.

Every world has these edge cases:
- booked, invoiced and collected in three different periods; all three on one day;
- booked on the last day of a fiscal period and on the first of the next, in the same calendar month;
- invoiced before it was booked; never invoiced; invoiced in the next fiscal year;
- invoiced in three parts that leave a residual cent;
- a credit note for a part and one for the whole, one of them in a later period than its invoice.

Plan file: bookings_and_revenue.yaml.
"""

from __future__ import annotations

from datetime import date, timedelta

from scenarios.company import SELLER, customers, sales_force
from scenarios.draft import Deal, Draft
from scenarios.recipes import Shape, recipe
from scenarios.sales import add_products, invoice_in_parts, ordinary_deals, pay

MEDIAN = 1_500_000
CALENDAR_START = date(2025, 12, 29)
WEEKS = (4, 4, 5) * 4
YEARS, LONG_YEAR = (2026, 2027, 2028), 2027
"""Three years, so that the last payments fall into one; the long year has 53 weeks."""
BILLING = (((1,), 0), ((50, 50), 60), ((1, 1, 1), 91), ((1, 1, 1, 1), 91), ((30, 70), 45))
"""Weights of a deal's invoices and the days between them."""


@recipe(plans=("bookings_and_revenue.yaml",), fewest=60, shape=Shape(median=MEDIAN, invoiced=True, paid=True))
def make(draft: Draft) -> None:
    force = sales_force(draft, {SELLER: "Bookings and Revenue"}, reserved=1, since=CALENDAR_START)
    buys = customers(draft)
    add_products(draft)
    starts = _calendar(draft)
    _edges(draft, force.reserved[0], starts)
    billing, paying = draft.stream("invoices"), draft.stream("payments")
    for deal in ordinary_deals(draft, buys, MEDIAN, draft.deals - draft.count("D")):
        if billing.chance(4):
            continue
        weights, apart = billing.pick(BILLING)
        first = deal.closed + timedelta(days=billing.between(-3, 30))
        invoices = invoice_in_parts(draft, deal, weights, first, apart)
        if billing.chance(6):
            credited = max(1, invoices[0].amount * billing.between(5, 50) // 100)
            draft.invoice(
                deal, credited, invoices[0].date + timedelta(days=billing.between(1, 60)), kind="credit note"
            )
            continue
        for invoice in invoices:
            pay(draft, paying, invoice)


def _calendar(draft: Draft) -> list[date]:
    """Adds the fiscal periods; returns their first days."""
    starts, first = [], CALENDAR_START
    for year in YEARS:
        for number, weeks in enumerate(WEEKS, start=1):
            extra = 1 if year == LONG_YEAR and number == len(WEEKS) else 0
            last = first + timedelta(weeks=weeks + extra, days=-1)
            row = {
                "period": f"{year}-P{number:02d}",
                "from": first.isoformat(),
                "to": last.isoformat(),
                "pay date": (last + timedelta(days=15)).isoformat(),
            }
            draft.add("fiscal_calendar", row)
            starts.append(first)
            first = last + timedelta(days=1)
    return starts


def _edges(draft: Draft, seller: str, starts: list[date]) -> None:
    def sold(amount: int, closed: date, case: str = "") -> Deal:
        return draft.deal(
            seller, amount, closed, case=case, account=draft.accounts[0], product="Subscription"
        )

    def settled(deal: Deal, invoiced: date, paid: date | None) -> None:
        invoice = draft.invoice(deal, deal.amount, invoiced)
        if paid:
            draft.payment(invoice, deal.amount, paid)

    settled(
        sold(2_400_000, starts[2], "booked, invoiced and collected in three periods"), starts[3], starts[5]
    )
    day = date(2026, 5, 13)
    settled(sold(800_000, day, "booked, invoiced and collected on one day"), day, day)
    # Fiscal P02 starts on 26 January: both days lie in one calendar month.
    settled(
        sold(1_100_000, starts[1] - timedelta(days=1), "booked on the last day of a fiscal period"),
        date(2026, 2, 9),
        None,
    )
    settled(sold(1_100_000, starts[1], "booked on the first day of a fiscal period"), date(2026, 2, 9), None)
    settled(
        sold(1_300_000, starts[4], "invoiced before it was booked"),
        starts[4] - timedelta(days=6),
        date(2026, 5, 29),
    )
    sold(600_000, date(2026, 7, 8), "never invoiced")
    settled(
        sold(1_900_000, date(2026, 12, 18), "invoiced in the next fiscal year"),
        date(2027, 1, 11),
        date(2027, 2, 12),
    )
    thirds = sold(1_000_000, date(2026, 3, 3), "invoiced in three parts that leave a residual cent")
    invoice_in_parts(draft, thirds, (1, 1, 1), date(2026, 3, 10), 30)
    part = sold(1_600_000, date(2026, 6, 2))
    settled(part, date(2026, 6, 5), None)
    draft.invoice(part, 400_000, date(2026, 6, 12), kind="credit note", case="a credit note for a part")
    whole = sold(700_000, date(2026, 8, 11))
    settled(whole, date(2026, 8, 14), None)
    draft.invoice(
        whole,
        whole.amount,
        date(2026, 10, 20),
        kind="credit note",
        case="a credit note for the whole, in a later period",
    )
