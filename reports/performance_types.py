"""What payees reached, what they were paid for it, and what was sold and paid in: the figures behind the charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.difference_types import Amount


@dataclass(frozen=True, slots=True)
class Performance:
    """What one payee reached of one quota by the end of its interval, and what the component earned there.

    first, last: the days of the interval.  measured, quota: in `currency`, or units where that is blank.  attainment:
    the ratio as the plan sees it, exact ("6/5" is 120%).  pay: what the component earned in the interval, in
    pay_currency; blank where several components share the quota or its interval is shorter than a pay period.
    places: where the payee belongs (territory, region, country), as far as the data say it.
    """

    payee: str
    plan: str
    component: str
    measure: str
    period: str
    first: str
    last: str
    measured: Amount
    quota: Amount
    currency: str
    attainment: Amount
    pay: Amount = ""
    pay_currency: str = ""
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """What happened in one calendar month: bookings as they were closed, invoices less credit notes, cash, retail sales less returns.

    kind: one of these words.  month: 2026-03.
    """

    month: str
    kind: str
    amount: Amount
    currency: str
