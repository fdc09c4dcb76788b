"""What the plans pay: by plan and period, and payee by payee."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

from reports.pages import figures
from reports.pages.figures import Figure
from reports.record_check import number
from reports.record_types import RunRecord

ROWS_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout as it is shown."""

    payee: str
    name: str
    period: str
    plan: str
    component: str
    amount: str
    currency: str


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
    rows = tuple(
        PayoutRow(
            p.payee, p.name, p.period, p.plan, p.component, figures.money(p.amount, p.currency), p.currency
        )
        for p in record.payouts[:ROWS_SHOWN]
    )
    return PayoutsPage(
        periods,
        totals,
        tuple(figures.Figure(_text(value, currency), currency) for currency, value in grand.items()),
        len({payout.payee for payout in record.payouts}),
        rows,
        len(record.payouts) - len(rows),
    )


def _text(value: Fraction, currency: str) -> str:
    return figures.money(figures.exact(value), currency)
