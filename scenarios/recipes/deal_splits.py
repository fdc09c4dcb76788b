"""Deals whose credit is shared between sellers, with overlay and roll-up credit on top.

It stresses who gets how much of a deal: two sellers at 50/50 and 60/40, three at 33.33/33.33/33.34, the
solution consultant who gets overlay credit, the managers and the head of sales to whom credit rolls up, and
sellers whose quarter ends on either side of a tier of the rate table.

Every world has these edge cases:
- a 50/50 split of an odd number of cents, a 60/40 split and three-way splits that leave a residual cent,
  a split of one single cent, a split of 99.99% and 0.01%;
- a split across two teams, a split with a manager in it, a split in which the owner gets nothing;
- a seller whose quarters end one cent below 100% of quota, on it, and one cent above; another one the same
  at 120%.

Plan files: field_sales.yaml for sellers, solution_overlay.yaml for solution consultants and
sales_managers.yaml for managers and the head of sales.
"""

from __future__ import annotations

from datetime import date, timedelta

from scenarios.company import (
    HEAD,
    MANAGER,
    SELLER,
    SPECIALIST,
    SalesForce,
    add_quota,
    customers,
    quarterly_quotas,
    sales_force,
)
from scenarios.draft import Draft
from scenarios.providers import QUARTERS, day_weights, priced
from scenarios.recipes import Shape, recipe
from scenarios.sales import add_products, ordinary_deals
from scenarios.streams import running

PLANS = {
    SELLER: "Field Sales",
    SPECIALIST: "Solution Overlay",
    MANAGER: "Sales Managers",
    HEAD: "Sales Managers",
}
MEDIAN = 1_200_000
EDGE_QUOTA = 25_000_000
ENDINGS = ("one cent below", "exactly on", "one cent above")
PATTERNS = (("50%", "50%"), ("60%", "40%"), ("33.33%", "33.33%", "33.34%"), ("70%", "20%", "10%"))


@recipe(
    plans=("field_sales.yaml", "solution_overlay.yaml", "sales_managers.yaml"),
    fewest=80,
    shape=Shape(median=MEDIAN, split=30),
)
def make(draft: Draft) -> None:
    force = sales_force(draft, PLANS, reserved=2)
    buys = customers(draft)
    add_products(draft)
    for role, receives in ((SPECIALIST, "25%"), (MANAGER, "100%"), (HEAD, "100%")):
        draft.add("crediting_rules", {"role": role, "receives": receives, "of the credit of": "team"})
    _edge_splits(draft, force)
    _edge_attainments(draft, force.reserved[0], EDGE_QUOTA, EDGE_QUOTA, "100%")
    _edge_attainments(draft, force.reserved[1], EDGE_QUOTA, EDGE_QUOTA * 120 // 100, "120%")
    quarterly_quotas(draft, force.sellers, draft.volume * MEDIAN * 3 // 2)
    share = draft.stream("splits")
    for deal in ordinary_deals(draft, buys, MEDIAN, draft.deals - draft.count("D")):
        if share.chance(30):
            pattern = share.pick(PATTERNS)
            others = share.some(
                [seller for seller in force.sellers if seller != deal.owner], len(pattern) - 1
            )
            _split(draft, deal.deal, [deal.owner, *others], pattern)


def _split(draft: Draft, deal: str, payees: list[str], shares: tuple[str, ...], role: str = SELLER) -> None:
    for payee, share in zip(payees, shares, strict=True):
        draft.add("credit_splits", {"deal": deal, "payee": payee, "share": share, "role": role})


def _edge_splits(draft: Draft, force: SalesForce) -> None:
    first, second, third = force.sellers[:3]
    other_team = next(seller for seller in force.sellers if force.team[seller] != force.team[first])
    manager = force.managers[0]
    thirds = ("33.33%", "33.33%", "33.34%")
    day = date(2026, 2, 10)
    for case, amount, payees, shares in (
        ("50/50 split of an odd number of cents", 1_000_001, [first, second], ("50%", "50%")),
        ("60/40 split that leaves a residual cent", 1_234_567, [first, second], ("60%", "40%")),
        ("three-way split of 100.00", 10_000, [first, second, third], thirds),
        ("three-way split that leaves a residual cent", 1_000_001, [first, second, third], thirds),
        ("three-way split of one cent", 1, [first, second, third], thirds),
        ("split of 99.99% and 0.01%", 1_000_000, [first, second], ("99.99%", "0.01%")),
        ("split across two teams", 2_000_000, [first, other_team], ("50%", "50%")),
        ("split with a manager in it", 2_400_000, [first, manager], ("75%", "25%")),
        ("split in which the owner gets nothing", 1_800_000, [second, third], ("60%", "40%")),
    ):
        deal = draft.deal(first, amount, day, case=case, account=draft.accounts[0], product="Licence")
        _split(draft, deal.deal, payees, shares)


def _edge_attainments(draft: Draft, seller: str, quota: int, target: int, bound: str) -> None:
    """Three quarters of a seller end one cent below a bound of attainment, on it, and one cent above."""
    stream = draft.stream(f"attainment {bound}")
    for number, quarter in enumerate(QUARTERS):
        add_quota(draft, seller, quarter, quota)
        first, last = date(2026, 3 * number + 1, 1), date(2026, 3 * number + 3, 28)
        days = running(day_weights(first, last))
        amounts = [priced(stream, target // 5 + stream.below(target // 10), "EUR") for _ in range(3)]
        for amount in amounts:
            closed = first + timedelta(days=stream.weighted(days))
            draft.deal(seller, amount, closed, account=stream.pick(draft.accounts), product="Licence")
        if number < len(ENDINGS):
            case = f"quarter ends {ENDINGS[number]} {bound} of quota"
            amount = target - sum(amounts) + number - 1
            draft.deal(seller, amount, last, case=case, account=draft.accounts[0], product="Licence")
