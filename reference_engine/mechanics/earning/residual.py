"""Residual: the rate depends on how many months have passed since the deal was signed."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words
from reference_engine.mechanics.portions import month_number
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Percent


def _example(
    title: str,
    payments: str,
    payouts: str,
    count: str = "calendar months",
    signed: str = "2026-01-20",
    rates: str = "[{from month: 1, to month: 2, rate: 10%}, {from month: 3, rate: 2%}]",
    returns: str = "",
) -> Example:
    invoices = "invoice | deal | amount | date\nI-1 | D-1 | 9,000.00 EUR | 2026-01-25"
    return Example(
        title,
        f"conventions: {{rounding: exact, months.count: {count}}}\n"
        f"components: [{{component: C, measure: cash, credits: [direct], earn: [{{residual: {{rates: {rates}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": f"deal | owner | amount | closed\nD-1 | Ana | 9,000.00 EUR | {signed}",
            "invoices": invoices,
            "payments": "payment | invoice | amount | date\n" + payments,
        },
        payouts,
    )


@mechanic(
    "A payment, invoice or sale earns the rate of the month since its deal was signed in which it falls; the month of the signature is month 1.",
    examples=(
        _example(
            "Months 1 and 2 earn 10%, later ones 2%: the last day of February is month 2, the first of March month 3",
            "Z-1 | I-1 | 100.00 EUR | 2026-01-25\nZ-2 | I-1 | 100.00 EUR | 2026-02-28\nZ-3 | I-1 | 100.00 EUR | 2026-03-01",
            "Ana | 2026-01 | 10.00 EUR\nAna | 2026-02 | 10.00 EUR\nAna | 2026-03 | 2.00 EUR",
        ),
        _example(
            "By the day: signed on 20 January, month 3 begins on 20 March",
            "Z-1 | I-1 | 100.00 EUR | 2026-03-19\nZ-2 | I-1 | 100.00 EUR | 2026-03-20",
            "Ana | 2026-03 | 12.00 EUR",
            "by the day",
        ),
        _example(
            "36 months counted from 1 January end on 31 December",
            "Z-1 | I-1 | 100.00 EUR | 2028-12-31\nZ-2 | I-1 | 100.00 EUR | 2029-01-01",
            "Ana | 2028-12 | 10.00 EUR\nAna | 2029-01 | 0.00 EUR",
            "by the day",
            "2026-01-01",
            "[{from month: 1, to month: 36, rate: 10%}]",
        ),
        _example(
            "A refund takes back at the rate of its own month",
            "Z-1 | I-1 | 100.00 EUR | 2026-02-10\nZ-2 | I-1 | -50.00 EUR | 2026-03-10",
            "Ana | 2026-02 | 10.00 EUR\nAna | 2026-03 | -1.00 EUR",
        ),
    ),
    formula="amount = base x the rate of the band of months that contains the month number of the record",
    boundary="Both ends of a band belong to it. A month outside all bands earns nothing. Whether month 2 begins with the next calendar month or on the same day of it is months.count. "
    "A record before the signature counts as month 1.",
    sources=(
        "http://www.vbaexpress.com/forum/showthread.php?p=205066&viewfull=1",
        "http://www.finalexpensesuperstar.com/blog/how-to-figure-out-your-commissions",
    ),
    words={"insurance carriers": "renewal commission", "telecom dealers": "residual"},
)
@dataclass(frozen=True)
class Residual(Mechanic):
    """rates: which rate holds in which months since the signature."""

    @dataclass(frozen=True, slots=True)
    class Band:
        """rate: of the base in these months.  from month, to month: both inclusive; open where `to month` is blank."""

        from_month: int
        rate: Percent
        to_month: int | None = None
        where: Where = field(default=NOWHERE, compare=False, kw_only=True)

        @property
        def words(self) -> str:
            if self.to_month is None:
                return f"from month {self.from_month}"
            return (
                f"months {self.from_month} to {self.to_month}"
                if self.to_month != self.from_month
                else f"month {self.from_month}"
            )

    proportional = True

    rates: tuple[Band, ...]

    def needs(self) -> tuple[str, ...]:
        return ("months.count",)

    def check(self, problems: list[Problem]) -> None:
        last: int | None = 0
        for band in self.rates:
            wrong = (
                last is None
                or band.from_month <= last
                or (band.to_month or band.from_month) < band.from_month
            )
            if wrong:
                problems.append(
                    Problem(
                        "tiers-order",
                        f"the band of {band.words} overlaps the one before, or ends before it starts.",
                        band.where,
                        "A month would have two rates, or none.",
                        "Order the bands by month; each month once.",
                    )
                )
            last = band.to_month

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        events = run.events
        signed = events.deal_date[lines.event]
        month = np.maximum(month_number(signed, events.date[lines.event], run.conventions["months.count"]), 1)
        band = np.full(len(lines), len(self.rates), dtype=np.int64)
        for i, rate in enumerate(self.rates):
            inside = month >= rate.from_month
            if rate.to_month is not None:
                inside &= month <= rate.to_month
            band[inside] = i
        rules = [run.rule(f"{b.words} since the signature at {b.rate}", "", b.where) for b in self.rates]
        rules.append(run.rule("no rate for that month since the signature", "", self.where))
        value = Exact.of([*(b.rate.value for b in self.rates), 0])[band] * lines.share
        return lines.change(
            rate=value,
            has_rate=np.ones(len(lines), dtype=bool),
            amount=lines.base * value,
            currency=lines.unit,
            rule=np.array(rules, dtype=np.int64)[band],
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        words = after.rule.words if after.rule is not None else ""
        return f"{words[:1].upper()}{words[1:]}: {rate_words(after)}"
