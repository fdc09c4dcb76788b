"""Salary target: the target incentive is a share of the payee's salary."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import ClassVar, Literal

from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.people import Days, clipped, without
from reference_engine.problems import Where
from reference_engine.proration import part_of_year
from reference_engine.quota_entries import DEFAULT, Entries, QuotaMechanic, QuotaRun, Row
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.numbers import Percent, format_money

_TEKELEC = "https://www.sec.gov/Archives/edgar/data/790705/000095013409004583/v51690exv10w1.htm"
_DEAL = "deal | owner | amount | closed\nD-1 | Ana | 100.00 USD | 2026-01-15"


def _plan(salary: str, more: str = "", pays: str = "yearly") -> str:
    per = "year" if pays == "yearly" else "quarter"
    return (
        f"pays: {pays}\nconventions: {{rounding: [{{at: payout, mode: half up, decimals: 2}}], tier.accumulate: period, curve.below: zero, curve.above: flat, leave.target: nothing, leave.quota: nothing}}\n"
        f"quota: [{{salary target: {{share: 40%, per: {per}, salary: {salary}{more}}}}}]\n"
        "components: [{component: target, measure: bookings, credits: [direct], earn: [{curve: {points: [{attainment: 0%, payout: 0%}, {attainment: 100%, payout: 100%}]}}]}]"
    )


def _tables(away: str = "", period: str = "FY2026") -> dict[str, str]:
    out = {
        "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
        "quotas": f"payee | period | quota\nAna | {period} | 100.00 USD",
        "salaries": "payee | from | salary\nAna | 2025-01-01 | 73,000.00 USD\nAna | 2026-07-20 | 109,500.00 USD",
        "deals": _DEAL,
    }
    if away:
        out["employment_events"] = f"payee | event | from | to\nAna | leave | 2026-03-01 | {away}"
    return out


@mechanic(
    "The target incentive is a share of the salary: of its last rate, of its average, or of what was actually earned.",
    examples=(
        Example(
            "40% of the rate at the end of the year",
            _plan("at the end"),
            _tables(),
            "Ana | FY2026 | 43,800.00 USD",
        ),
        Example(
            "40% of the average by day: 200 days at 73,000 and 165 at 109,500",
            _plan("average by day"),
            _tables(),
            "Ana | FY2026 | 35,800.00 USD",
        ),
        Example(
            "The average of the month ends: six at 73,000 and six at 109,500",
            _plan("average of month ends"),
            _tables(),
            "Ana | FY2026 | 36,500.00 USD",
        ),
        Example(
            "A leave of 60 days changes nothing",
            _plan("at the end", ", actual earnings from leave over: 60"),
            _tables("2026-04-29"),
            "Ana | FY2026 | 43,800.00 USD",
        ),
        Example(
            "A leave in excess of 60 days: what was actually earned, 139 days at 200.00 a day and 165 at 300.00",
            _plan("at the end", ", actual earnings from leave over: 60"),
            _tables("2026-04-30"),
            "Ana | FY2026 | 30,920.00 USD",
            source=f"by hand, after {_TEKELEC}",
        ),
        Example(
            "A quarter has a quarter of it",
            _plan("at the start", pays="quarterly"),
            _tables(period="2026-Q1"),
            "Ana | 2026-Q1 | 7,300.00 USD",
        ),
    ),
    formula="target = share x salary x part of the year; actual earnings = sum over the employed days of the salary of the day, 0 on leave, "
    "over the employed days",
    boundary="A salary counts from its first day.  Leave must be strictly longer than the days named; leaves of the fiscal year are added up, in "
    "calendar days.  A target incentive stated in plan_assignments counts instead.",
    sources=(
        _TEKELEC,
        "https://docs.oracle.com/en/cloud/saas/human-resources/faiwc/sample-compensation-default-and-override-formulas.html",
    ),
    words={
        "Tekelec plan": "base salary; annualized actual earnings",
        "Oracle HCM": "average salary by day, at month end",
    },
)
@dataclass(frozen=True)
class SalaryTarget(QuotaMechanic):
    """share: of the salary.  per: the period of the target.  salary: which rate counts.  actual earnings from leave over: with
    more days of leave in the fiscal year, the salary that was actually earned counts."""

    share: Percent
    per: Literal["month", "quarter", "half-year", "year"]
    salary: Literal["at the end", "at the start", "average by day", "average of month ends"]
    actual_earnings_from_leave_over: int | None = None

    kinds: ClassVar[tuple[str, ...]] = ("target incentive",)
    makes_targets: ClassVar[bool] = True

    def quotas(self, entries: Entries, run: QuotaRun) -> Entries:
        table = run.world.table("salaries")
        amounts = table.amounts("salary")
        rates: dict[str, list[tuple[date, Fraction, str, Where]]] = {}
        for row, payee in enumerate(table.words("payee").tolist()):
            unit = str(amounts.currency[row]) if amounts.currency is not None else ""
            rates.setdefault(payee, []).append(
                (table.days("from")[row].astype(object), amounts.value.at(row), unit, table.where(row))
            )
        try:
            periods = run.world.calendar.periods(*run.horizon, self.per)
        except NotAPeriod:
            return entries.kept()
        new: list[Row] = []
        for payee, own in rates.items():
            own.sort(key=lambda x: x[0])
            code = run.world.payee_code[payee]
            if len({u for _, _, u, _ in own}) > 1:
                run.problem(
                    "currency-mixed",
                    f'the salaries of "{payee}" are in several currencies.',
                    own[0][3],
                    "They can't be averaged.",
                    "State the payee's salaries in one currency.",
                )
                continue
            for period in periods:
                there = clipped(run.people.employed(code), max(period.first, own[0][0]), period.last)
                if not there:
                    continue
                value, words = self._value(own, period, there, run, code)
                amount = value * part_of_year(period) * self.share.value
                said = f"{self.share} of {words} of {format_money(value, own[0][2])} a year"
                new.append(
                    Row(
                        code,
                        run.period(period),
                        amount,
                        own[0][2],
                        "",
                        run.place(own[-1][3]),
                        said,
                        level=DEFAULT,
                    )
                )
        return Entries.joined([entries.kept(), run.rows(new)])

    def _value(
        self,
        rates: list[tuple[date, Fraction, str, Where]],
        period: Period,
        there: list[Days],
        run: QuotaRun,
        code: int,
    ) -> tuple[Fraction, str]:
        over = self.actual_earnings_from_leave_over
        leaves = [(x.first, x.last) for x in run.people.leaves.get(code, ())]
        if over is not None and leaves:
            year = run.world.calendar.period_of(period.first, "year")
            away = sum((b - a).days + 1 for a, b in clipped(leaves, year.first, year.last))
            if away > over:
                worked = without(there, leaves)
                return _sum(rates, worked) / _count(there), f"the actual earnings, with {away} days of leave,"
        if self.salary == "at the end":
            return _rate(rates, there[-1][1]), f"the salary on {there[-1][1]}"
        if self.salary == "at the start":
            return _rate(rates, there[0][0]), f"the salary on {there[0][0]}"
        if self.salary == "average by day":
            return _sum(rates, there) / _count(there), "the average salary by day"
        ends = [
            p.last
            for p in run.world.calendar.periods(period.first, period.last, "month")
            if any(a <= p.last <= b for a, b in there)
        ] or [there[-1][1]]
        return sum((_rate(rates, d) for d in ends), Fraction(0)) / len(
            ends
        ), "the average salary at month ends"


def _rate(rates: list[tuple[date, Fraction, str, Where]], day: date) -> Fraction:
    return [value for first, value, _, _ in rates if first <= day][-1]


def _count(spans: list[Days]) -> int:
    return sum((b - a).days + 1 for a, b in spans)


def _sum(rates: list[tuple[date, Fraction, str, Where]], spans: list[Days]) -> Fraction:
    """The salary of each day, summed."""
    total = Fraction(0)
    for i, (first, value, _, _) in enumerate(rates):
        last = rates[i + 1][0] - timedelta(days=1) if i + 1 < len(rates) else date.max
        total += value * _count(clipped(spans, first, last))
    return total
