"""What a scenario looks at after the calculation: payouts, statements, attainments and balances of a period."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from harness.verdicts import NotCalculated
from reference_engine.problems import did_you_mean
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.numbers import Money

if TYPE_CHECKING:
    from reference_engine.results import Result
    from reference_engine.vocabulary.results import Attainment, Credit, EarnedLine, Payout


@dataclass(frozen=True)
class Outcome:
    """The result of the calculation, asked in the words of scenarios.

    span: the period that the When step names; what lies outside it was not asked for.
    """

    result: Result
    calendar: Calendar
    span: Period
    payees: tuple[str, ...]

    def period(self, label: str) -> Period:
        """A period of the calendar.  Raises NotCalculated where it lies outside what was calculated."""
        __tracebackhide__ = True
        try:
            period = self.calendar.period(label)
        except NotAPeriod as error:
            raise NotCalculated(str(error)) from None
        if period.first < self.span.first or period.last > self.span.last:
            raise NotCalculated(f"{label} lies outside {self.span.label}, for which this scenario calculates. Calculate a longer period.")
        return period

    def check_payee(self, payee: str) -> None:
        """A name that nobody has would be paid 0.00 for ever."""
        __tracebackhide__ = True
        if payee not in self.payees:
            raise NotCalculated(f'Nobody in this scenario is called "{payee}". {did_you_mean(payee, self.payees)}')

    def is_on(self, payee: str, plan: str) -> bool:
        """Whether a payee is assigned to a plan at any time."""
        table = self.result.world.table("plan_assignments")
        return bool(((table.words("payee") == payee) & (table.words("plan") == plan)).any())

    def payout_rows(self, label: str) -> list[Payout]:
        """The payouts of the pay periods inside a period.  Raises where a pay period lies only partly inside."""
        __tracebackhide__ = True
        period = self.period(label)
        rows = [r for r in self.result.payout_rows() if r.first <= period.last and r.last >= period.first]
        for row in rows:
            if row.first < period.first or row.last > period.last:
                raise NotCalculated(
                    f"{row.payee} is paid for {row.period} ({row.first} to {row.last}), which is longer than {label}. "
                    f"Ask for {row.period} instead, or state shorter pay periods."
                )
        return rows

    def payouts(self, label: str) -> dict[str, list[Money]]:
        """Payee -> what is paid in the period, one amount for each currency.  Only payees with a payout row."""
        __tracebackhide__ = True
        totals: dict[str, dict[str, Fraction]] = {}
        for row in self.payout_rows(label):
            own = totals.setdefault(row.payee, {})
            own[row.currency] = own.get(row.currency, Fraction(0)) + row.amount
        return {payee: [Money(a, c) for c, a in own.items()] for payee, own in totals.items()}

    def payout(self, payee: str, label: str, currency: str) -> list[Money]:
        """What one payee is paid in a period; 0 in this currency where nothing is paid at all."""
        __tracebackhide__ = True
        self.check_payee(payee)
        found = self.payouts(label).get(payee, [])
        kept = [m for m in found if m.amount or m.currency == currency]
        return kept or [Money(Fraction(0), currency)]

    def statement(self, payee: str, label: str) -> list[EarnedLine]:
        """The lines of one payee that are paid in a period."""
        __tracebackhide__ = True
        self.check_payee(payee)
        period = self.period(label)
        return [line for line in self.result.line_rows() if line.payee == payee and self._paid_in(line, period)]

    def _paid_in(self, line: EarnedLine, period: Period) -> bool:
        if not line.pay_period:
            return False
        paid = self.calendar.period(line.pay_period)
        return period.first <= paid.first and paid.last <= period.last

    def attainments(self, payee: str, label: str) -> list[Attainment]:
        """The attainments of one payee whose interval is the period."""
        __tracebackhide__ = True
        self.check_payee(payee)
        period = self.period(label)
        return [a for a in self.result.attainment_rows() if a.payee == payee and self._same(a.period, period)]

    def _same(self, label: str, period: Period) -> bool:
        other = self.calendar.period(label)
        return (other.first, other.last) == (period.first, period.last)

    def balance(self, payee: str, label: str, currency: str) -> list[Money]:
        """What stands open after a period: the last balance in it or before it; 0 where there never was one."""
        __tracebackhide__ = True
        self.check_payee(payee)
        period = self.period(label)
        latest: dict[str, tuple[Period, Money]] = {}
        for row in self.result.balance_rows():
            at = self.calendar.period(row.period)
            if row.payee == payee and at.last <= period.last and (row.currency not in latest or at > latest[row.currency][0]):
                latest[row.currency] = (at, Money(row.amount, row.currency))
        found = [money for _, money in latest.values() if money.amount or money.currency == currency]
        return found or [Money(Fraction(0), currency)]

    def credits(self, deal: str) -> list[Credit]:
        """The credits of a deal's booking."""
        rows = [c for c in self.result.credit_rows() if deal in (c.deal, c.record)]
        bookings = [c for c in rows if c.kind == "booking"]
        return bookings or rows


def total(amounts: Iterable[Money]) -> list[Money]:
    """One sum for each currency."""
    sums: dict[str, Fraction] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Fraction(0)) + money.amount
    return [Money(amount, currency) for currency, amount in sums.items()]
