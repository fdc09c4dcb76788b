"""What a scenario looks at after the calculation: payouts, statements, attainments and balances of a period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from harness.statement import ShownLine
from harness.verdicts import NotCalculated
from reference_engine.pay_frequency import cadence_of
from reference_engine.problems import did_you_mean
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period
from reference_engine.vocabulary.numbers import Money

if TYPE_CHECKING:
    from reference_engine.results import Result
    from reference_engine.vocabulary.plan import Plan
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

    def plans_of(self, payee: str) -> list[Plan]:
        """The calculated plans that a payee can be paid under at any time: assigned to them, or eligible by the plan's own words."""
        return [p for p in self.result.plans if p.eligible == "everyone" or self.is_on(payee, p.name) or (p.roles and self._has_role(payee, p.roles))]

    def _has_role(self, payee: str, roles: tuple[str, ...]) -> bool:
        """Whether a payee has one of the roles at any time."""
        payees, events = self.result.world.table("payees"), self.result.world.table("employment_events")
        own = dict.fromkeys(payees.words("role")[payees.words("payee") == payee].tolist())
        changed = dict.fromkeys(events.words("value")[events.words("payee") == payee].tolist())
        return bool({*own, *changed} & set(roles))

    def currencies(self, payee: str = "") -> list[str]:
        """The currencies in which a payee, or anybody, is paid or could be: those of the pay, else of the plans, else of what is sold."""
        result = self.result
        own: list[tuple[str, str]] = [(r.payee, r.currency) for r in result.line_rows()]
        own += [(r.payee, r.currency) for r in result.payout_rows()]
        own += [(r.payee, r.currency) for r in result.balance_rows()]
        payees = result.world.table("payees")
        plans = self.plans_of(payee) if payee else result.plans
        own += zip(payees.words("payee").tolist(), payees.words("currency").tolist(), strict=True)
        paid = [c for who, c in own if payee in ("", who)] + [p.currency for p in plans]
        known = [c for c in dict.fromkeys(paid) if c]
        if not known:
            known = [c for c in dict.fromkeys([*(c.currency for c in result.credit_rows()), *result.events.currency.tolist()]) if c]
        return known if known or not payee else self.currencies()

    def nothing(self, currency: str, payee: str = "") -> Money:
        """Nothing at all in a currency.  Raises where nobody could be paid in it, for then it would hold whatever is paid."""
        __tracebackhide__ = True
        known = self.currencies(payee)
        if known and currency not in known:
            who = f'"{payee}"' if payee else "this scenario"
            raise NotCalculated(
                f"Nothing of {who} is in {currency}, so 0 {currency} would hold whatever is paid. Write the amount in {' or '.join(sorted(known))}."
            )
        return Money(Fraction(0), currency)

    def nothing_of(self, payee: str, currency: str) -> Money:
        """That a payee has nothing.  Raises where no plan could pay them."""
        __tracebackhide__ = True
        if not self.result.plans:
            raise NotCalculated('The scenario has no plan, so 0 would hold of anybody. Add one such as: the plan "AE Flat" pays 8% of bookings')
        rows = {r.payee for r in self.result.line_rows()} | {r.payee for r in self.result.balance_rows()}
        if not self.plans_of(payee) and payee not in rows:
            raise NotCalculated(
                f'"{payee}" is on no plan of this scenario, so nothing of theirs is calculated and 0 would hold whatever the plans say. '
                f'Add: "{payee}" is on plan "..." for FY2026, or leave this expectation out.'
            )
        return self.nothing(currency, payee)

    def payout_rows(self, label: str, payee: str = "", plan: str = "") -> list[Payout]:
        """What is paid in a period: the payouts of the pay periods that end in it, so that a quarter is paid with its last month.

        payee, plan: of one of them only.  Raises where a pay period lies only partly inside, or where nobody of them is
        paid as often as that.
        """
        __tracebackhide__ = True
        period = self.period(label)
        rows = [
            r
            for r in self.result.payout_rows()
            if r.first <= period.last and r.last >= period.first and payee in ("", r.payee) and plan in ("", r.plan)
        ]
        for row in rows:
            longer = row.first <= period.first and period.last <= row.last
            if not longer and not (period.first <= row.first and row.last <= period.last):
                raise NotCalculated(
                    f"{row.period} lies only partly in {label}: {row.payee} is paid for {row.first} to {row.last}. "
                    f"Ask for a period of whole ones, like {row.period}, or for one plan: the payout of "
                    f'"{row.payee}" under plan "{row.plan or "..."}" for {row.period}'
                )
            if longer and (row.first, row.last) != (period.first, period.last) and not self._is_paid_by(period, row.payee if payee else "", plan):
                raise NotCalculated(
                    f"{row.payee} is paid for {row.period} ({row.first} to {row.last}), which is longer than {label}. "
                    f"Ask for {row.period} instead, or state shorter pay periods."
                )
        if payee and not rows and (own := self.plans_of(payee)) and not self._is_paid_by(period, payee, plan):
            longer_one = self.calendar.period_of(period.last, cadence_of(own[0], self.calendar)).label
            raise NotCalculated(f"{payee} is never paid for {label} alone, since no plan of theirs pays so often. Ask for {longer_one} instead.")
        return [r for r in rows if r.last in period]

    def _is_paid_by(self, period: Period, payee: str, plan: str) -> bool:
        """Whether some plan pays so often that the period is made of its pay periods.  payee, plan: only theirs."""
        for one in self.plans_of(payee) if payee else self.result.plans:
            try:
                paid = self.calendar.period_of(period.last, cadence_of(one, self.calendar))
            except NotAPeriod:
                continue
            if plan in ("", one.name) and period.first <= paid.first and paid.last <= period.last:
                return True
        return False

    def payouts(self, label: str, payee: str = "", plan: str = "") -> dict[str, list[Money]]:
        """Payee -> what is paid in the period, one amount for each currency.  Only payees with a payout row."""
        __tracebackhide__ = True
        totals: dict[str, dict[str, Fraction]] = {}
        for row in self.payout_rows(label, payee, plan):
            own = totals.setdefault(row.payee, {})
            own[row.currency] = own.get(row.currency, Fraction(0)) + row.amount
        return {payee: [Money(a, c) for c, a in own.items()] for payee, own in totals.items()}

    def payout(self, payee: str, label: str, currency: str, plan: str = "") -> list[Money]:
        """What one payee is paid in a period; 0 in this currency where nothing is paid at all.  plan: by this plan only."""
        __tracebackhide__ = True
        self.check_payee(payee)
        found = self.payouts(label, payee, plan).get(payee, [])
        return [m for m in found if m.amount or m.currency == currency] or [self.nothing_of(payee, currency)]

    def statement(self, payee: str, label: str) -> list[EarnedLine]:
        """The lines of one payee that are paid in a period."""
        __tracebackhide__ = True
        self.check_payee(payee)
        period = self.period(label)
        self.payout_rows(label, payee)
        return [line for line in self.result.line_rows() if line.payee == payee and self._paid_in(line, period)]

    def shown(self, payee: str, label: str) -> list[ShownLine]:
        """The same lines as a reader sees them: at the whole rate, with the payee's share where a deal is divided after it."""
        __tracebackhide__ = True
        return [ShownLine.of(line, self._divided.get(id(line))) for line in self.statement(payee, label)]

    @cached_property
    def _divided(self) -> dict[int, Fraction]:
        """The share of each line whose commission is divided after its rate; by the line itself."""
        result = self.result
        after = {p.name for p in result.plans if p.conventions.get("split.when") == "after rate"}
        if not after:
            return {}
        shares = result.credits.share.fractions()
        of_credit = [c for part in (*result.parts, *result.settled[0]) for c in part.lines.credit.tolist()]
        lines = zip(result.line_rows(), of_credit, strict=True)
        return {id(line): shares[at] for line, at in lines if line.plan in after and line.credit == "direct" and 0 < shares[at] < 1}

    def _paid_in(self, line: EarnedLine, period: Period) -> bool:
        if not line.pay_period:
            return False
        return self.calendar.period(line.pay_period).last in period

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
        return found or [self.nothing_of(payee, currency)]

    @cached_property
    def _credits(self) -> list[Credit]:
        """Every credit, as the plans of its payee count it: rounded where they round each credit, all in one way."""
        from reference_engine.selection import shared_values

        result = self.result
        rows = result.credit_rows()
        roundings = {p.name: (p.conventions.round_at("credit"), p.conventions.get("split.residue")) for p in result.plans}
        if not any(rounding for rounding, _ in roundings.values()):
            return rows
        ways: dict[str, list[Fraction]] = {}
        every = np.arange(len(rows))
        for plan in result.plans:
            if (rounding := plan.conventions.round_at("credit")) is not None:
                ways[plan.name] = shared_values(result.events.amount, result.events, result.credits, every, rounding, plan, []).fractions()
        signs = result.events.sign[result.credits.event].tolist()
        out = []
        for at, row in enumerate(rows):
            own = [p.name for p in self.plans_of(row.payee)]
            same = own and len({roundings[name] for name in own}) == 1 and own[0] in ways
            out.append(replace(row, value=ways[own[0]][at] * signs[at]) if same and row.currency else row)
        return out

    def credits(self, deal: str) -> list[Credit]:
        """The credits of a deal's booking."""
        rows = [c for c in self._credits if deal in (c.deal, c.record)]
        bookings = [c for c in rows if c.kind == "booking"]
        return bookings or rows
