"""Deals that are undone: cancelled inside and after the clawback window, or given back in part or in whole.

It stresses commission that is taken back: within 90 days of the booking all of it, later none; and the
payee who then owes more than the quarter earns.

Every world has these edge cases:
- cancelled on the day of the booking, on day 1, 89, 90 and 91 (day 90 is the booking's date plus 90 days);
- cancelled on day 90 in the next fiscal year; cancelled on day 85 and known only on day 95;
- a seller whose quarter is negative because a big deal of the quarter before is cancelled;
- returns: a part, the whole, two parts that make the whole, on the day of the booking, and after day 90;
- a deal of which a part is returned before it is cancelled: only the rest is left to take back.

Plan file: clawback_90_days.yaml.
"""

from __future__ import annotations

from datetime import date, timedelta

from scenarios.company import SELLER, customers, sales_force
from scenarios.draft import Deal, Draft
from scenarios.providers import plain
from scenarios.recipes import Shape, recipe
from scenarios.sales import add_products, ordinary_deals

MEDIAN = 800_000
WINDOW = 90


@recipe(plans=("clawback_90_days.yaml",), fewest=60, shape=Shape(median=MEDIAN, cancelled=12, returned=6))
def make(draft: Draft) -> None:
    force = sales_force(draft, {SELLER: "Clawback 90"}, reserved=2)
    buys = customers(draft)
    add_products(draft)
    _edge_cancellations(draft, force.reserved[0])
    _edge_returns(draft, force.reserved[0])
    _negative_quarter(draft, force.reserved[1])
    undone = draft.stream("undone")
    for deal in ordinary_deals(draft, buys, MEDIAN, draft.deals - draft.count("D")):
        fate = undone.below(100)
        if fate < 12:
            _cancel(draft, deal, undone.between(1, 200))
        elif fate < 18:
            _give_back(
                draft, deal, max(1, deal.amount * undone.between(5, 60) // 100), undone.between(1, 150)
            )


def _sold(draft: Draft, seller: str, amount: int, closed: date) -> Deal:
    return draft.deal(seller, amount, closed, account=draft.accounts[0], product="Licence")


def _cancel(draft: Draft, deal: Deal, after: int, known_after: int | None = None, case: str = "") -> None:
    row = {"deal": deal.deal, "date": (deal.closed + timedelta(days=after)).isoformat()}
    if known_after is not None:
        row["known"] = (deal.closed + timedelta(days=known_after)).isoformat()
    draft.add("cancellations", row, case)


def _give_back(draft: Draft, deal: Deal, amount: int, after: int, case: str = "") -> None:
    day = deal.closed + timedelta(days=after)
    row = {
        "return": draft.next_id("R"),
        "of": deal.deal,
        "date": day.isoformat(),
        "amount": plain(amount, deal.currency),
        "currency": deal.currency,
    }
    draft.add("returns", row, case)


def _edge_cancellations(draft: Draft, seller: str) -> None:
    for after in (0, 1, WINDOW - 1, WINDOW, WINDOW + 1):
        case = f"cancelled on day {after}" if after else "cancelled on the day of the booking"
        _cancel(draft, _sold(draft, seller, 1_000_000 + after, date(2026, 1, 15)), after, case=case)
    next_year = _sold(draft, seller, 1_500_000, date(2026, 12, 15))
    _cancel(draft, next_year, WINDOW, case="cancelled on day 90, in the next fiscal year")
    known_late = _sold(draft, seller, 700_000, date(2026, 5, 11))
    _cancel(draft, known_late, 85, known_after=95, case="cancelled on day 85, known on day 95")


def _edge_returns(draft: Draft, seller: str) -> None:
    day = date(2026, 4, 20)
    _give_back(draft, _sold(draft, seller, 900_001, day), 300_000, 25, case="a part is returned")
    whole = _sold(draft, seller, 450_000, day)
    _give_back(draft, whole, whole.amount, 40, case="the whole deal is returned")
    parts = _sold(draft, seller, 333_333, day)
    _give_back(draft, parts, 111_111, 30)
    _give_back(draft, parts, 222_222, 80, case="two returns make the whole deal")
    _give_back(
        draft, _sold(draft, seller, 120_000, day), 20_000, 0, case="returned on the day of the booking"
    )
    _give_back(draft, _sold(draft, seller, 560_000, day), 60_000, WINDOW + 10, case="returned after day 90")
    both = _sold(draft, seller, 1_000_000, day)
    _give_back(draft, both, 200_000, 20)
    _cancel(draft, both, 50, case="cancelled after a part was returned")


def _negative_quarter(draft: Draft, seller: str) -> None:
    big = _sold(draft, seller, 9_000_000, date(2026, 3, 24))
    _sold(draft, seller, 400_000, date(2026, 5, 6))
    _sold(draft, seller, 2_500_000, date(2026, 8, 19))
    _cancel(draft, big, 30, case="takes back more than the quarter earns")
