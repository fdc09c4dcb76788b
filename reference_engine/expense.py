"""Commission cost over time: what is paid on a deal, spread in equal parts over the months of its life."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reference_engine.columns import Exact
from reference_engine.vocabulary.calendar import Calendar
from reference_engine.vocabulary.numbers import Money, minor_units


@dataclass(frozen=True, slots=True)
class Expensed:
    """The expense of one month, and what is left to be expensed after it."""

    period: str
    expense: Money
    remaining: Money


def spread(cost: Money, first: date, months: int) -> Iterator[Expensed]:
    """A cost in equal monthly parts, the month of `first` being the first (straight line, as ASC 340-40 amortises it).

    After each month the expense so far is the exact share, rounded half up to the currency's minor unit; so the
    months always total the cost.
    """
    digits = minor_units(cost.currency)
    calendar = Calendar()
    shares = Exact.of([cost.amount * Fraction(number, months) for number in range(1, months + 1)]).rounded("half up", digits)
    before = Fraction(0)
    for number in range(1, months + 1):
        so_far = shares.at(number - 1)
        year, month = divmod(first.year * 12 + first.month - 1 + number - 1, 12)
        label = calendar.period_of(date(year, month + 1, 1), "month").label
        yield Expensed(label, Money(so_far - before, cost.currency), Money(cost.amount - so_far, cost.currency))
        before = so_far
