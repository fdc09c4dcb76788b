"""What a calculation says: credits, earned lines, payouts, attainments and balances, each as a row.

Amounts are exact.  An amount has more digits than its currency only where the plan states no rounding there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from reference_engine.problems import NOWHERE, Where


@dataclass(frozen=True, slots=True)
class Credit:
    """What one payee is credited with for one record.

    record: the record's identifier (deal, invoice, payment, return, sale).  line: the line of an invoice, or "".
    kind: booking, invoice, credit note, payment, return, cancellation, sale.
    type: direct, overlay or roll-up.  share: of the record's value.  value: money, or units where currency is "".
    """

    payee: str
    record: str
    line: str
    deal: str
    kind: str
    type: str
    date: date
    share: Fraction
    value: Fraction
    currency: str


@dataclass(frozen=True, slots=True)
class EarnedLine:
    """One amount that a payee earns, loses or is advanced, with all that is needed to say why.

    period: where it is earned; "" for none.  pay_period: where it is paid, "" while it is held.
    state: released or held.  kind: the record's kind, or draw, cap, balance and the like for amounts that no
    record causes.  label: the words of a statement line.  base: what the rate is applied to, in base_currency, or
    in units where base_currency is "".  rate: per 1; None where the rule isn't a rate.  rate_currency: set where
    the rate is money per unit.  rule: the part of the plan that decided, in words.  where: its line in the plan.
    attributes: what the record says of itself (product, category, commission free ...).
    """

    payee: str
    plan: str
    component: str
    period: str
    pay_period: str
    state: str
    kind: str
    record: str
    line: str
    deal: str
    date: date | None
    label: str
    base: Fraction | None
    base_currency: str
    rate: Fraction | None
    rate_currency: str
    amount: Fraction
    currency: str
    rule: str
    credit: str
    where: Where = NOWHERE
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Payout:
    """What one payee is paid for one component of one plan in one pay period.

    plan and component: "" and what it is (draw, balance) for amounts above the plans.  lines: how many released
    lines it is made of.  first, last: the days of the period.  due: the day on which it is paid, where the plan says it.
    """

    payee: str
    period: str
    first: date
    last: date
    plan: str
    component: str
    amount: Fraction
    currency: str
    lines: int
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Attainment:
    """measured: the measure's value in the interval, quota: what was expected; attainment = measured / quota."""

    payee: str
    plan: str
    component: str
    measure: str
    period: str
    measured: Fraction
    quota: Fraction
    currency: str
    value: Fraction


@dataclass(frozen=True, slots=True)
class Movement:
    """What changes a balance in a period.  what: draw advance, draw recovery, opening balance, forgiven and the like."""

    what: str
    amount: Fraction


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure that a plan shows.  payee: "" for the company.  currency: "" for a plain number."""

    payee: str
    plan: str
    figure: str
    period: str
    value: Fraction
    currency: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands open after a period.  Negative: the payee owes.  movements: what made it of the balance before."""

    payee: str
    period: str
    amount: Fraction
    currency: str
    movements: tuple[Movement, ...] = ()

    @property
    def opening(self) -> Fraction:
        """What stood open before the period."""
        return self.amount - sum((m.amount for m in self.movements), Fraction(0))


@dataclass(frozen=True, slots=True)
class QuotaRow:
    """What a payee or a territory is expected to sell in a period.

    payee: or the territory's name.  measure: "" for every measure.  currency: "" for units.  steps: what made the quota, in
    words, first step first.
    """

    payee: str
    plan: str
    measure: str
    period: str
    quota: Fraction
    currency: str
    steps: tuple[str, ...] = ()
    where: Where = NOWHERE
