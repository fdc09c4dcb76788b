"""What the plans pay: by plan and period, and payee by payee."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from reports.pages import figures
from reports.pages.figures import Figure
from reports.record_check import number
from reports.record_types import PayoutSummary, RunRecord

ROWS_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout as it is shown.  is_total: what the payee is paid in the period, over all plans and components."""

    payee: str
    name: str
    period: str
    plan: str
    component: str
    amount: str
    currency: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class PayoutTotal:
    """What one plan pays in one currency, period by period; blank where it pays nothing."""

    plan: str
    currency: str
    amounts: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class PayoutsPage:
    """periods: the columns of the totals.  more: rows beyond those shown."""

    periods: tuple[str, ...]
    totals: tuple[PayoutTotal, ...]
    grand: tuple[Figure, ...]
    payees: int
    rows: tuple[PayoutRow, ...]
    more: int


def payouts_page(record: RunRecord) -> PayoutsPage | None:
    """The payouts of a record, or None where it has none."""
    if not record.payouts:
        return None
    sums: dict[tuple[str, str], dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    grand: dict[str, Fraction] = defaultdict(Fraction)
    for payout in record.payouts:
        sums[payout.plan, payout.currency][payout.period] += number(payout.amount)
        grand[payout.currency] += number(payout.amount)
    periods = tuple(sorted({payout.period for payout in record.payouts}))
    totals = tuple(
        PayoutTotal(
            plan or "above the plans",
            currency,
            tuple(_text(by_period[p], currency) if p in by_period else "" for p in periods),
            _text(sum(by_period.values(), Fraction(0)), currency),
        )
        for (plan, currency), by_period in sorted(sums.items())
    )
    ordered = sorted(record.payouts, key=lambda p: (p.payee, p.period, p.currency, not p.plan, p.plan))
    rows = tuple(_rows(ordered[:ROWS_SHOWN]))
    return PayoutsPage(
        periods,
        totals,
        tuple(figures.Figure(_text(value, currency), currency) for currency, value in grand.items()),
        len({payout.payee for payout in record.payouts}),
        rows,
        len(ordered) - len(ordered[:ROWS_SHOWN]),
    )


def _rows(payouts: list[PayoutSummary]) -> Iterator[PayoutRow]:
    """Payouts by payee and period, with a total where one is made of several."""
    for (payee, period, currency), group in groupby(payouts, key=lambda p: (p.payee, p.period, p.currency)):
        same = list(group)
        for p in same:
            plan = p.plan or "above the plans"
            yield PayoutRow(
                payee, p.name, period, plan, p.component, figures.money(p.amount, currency), currency
            )
        if len(same) > 1:
            total = _text(sum((number(p.amount) for p in same), Fraction(0)), currency)
            yield PayoutRow(payee, same[0].name, period, "", "paid", total, currency, is_total=True)


def _text(value: Fraction, currency: str) -> str:
    return figures.money(figures.exact(value), currency)
