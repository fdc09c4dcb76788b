"""Instalments: a commission is paid in equal or growing parts, one each month, quarter or year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import (
    MONTHS,
    Portions,
    divided,
    months_later,
    record_day,
    say_portion,
)
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import add_months
from reference_engine.vocabulary.numbers import Percent
from reference_engine.world import World


def _example(
    title: str, terms: str, deals: str, payouts: str, conventions: str = "rounding: exact", **more: str
) -> Example:
    return Example(
        title,
        f"conventions: {{{conventions}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 6%}}}}], pay: [{{instalments: {{{terms}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\n" + deals,
            **more,
        },
        payouts,
    )


@mechanic(
    "A commission is paid in a number of parts: the first in the period of its record, or later, and one more each month, quarter or year.",
    examples=(
        Example(
            "6% of 1,000.00 in three months",
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 6%}}], pay: [{instalments: {number: 3, every: month}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-10",
            },
            "Ana | 2026-01 | 20.00 EUR\nAna | 2026-02 | 20.00 EUR\nAna | 2026-03 | 20.00 EUR",
            source="https://salescommissionsexplained.com/2019/05/13/calculating-complex-sales-commissions-with-a-look-back-period/",
        ),
        _example(
            "100.02 in four parts; the last takes what rounding leaves over",
            "number: 4, every: month",
            "D-1 | Ana | 1,667.00 EUR | 2026-01-31",
            "Ana | 2026-01 | 25.01 EUR\nAna | 2026-02 | 25.01 EUR\nAna | 2026-03 | 25.01 EUR\nAna | 2026-04 | 24.99 EUR",
            "rounding: [{at: line, mode: half up, decimals: 2}], portion.residue: last",
        ),
        _example(
            "The first takes it",
            "number: 4, every: month",
            "D-1 | Ana | 1,667.00 EUR | 2026-01-31",
            "Ana | 2026-01 | 24.99 EUR\nAna | 2026-02 | 25.01 EUR\nAna | 2026-03 | 25.01 EUR\nAna | 2026-04 | 25.01 EUR",
            "rounding: [{at: line, mode: half up, decimals: 2}], portion.residue: first",
        ),
        _example(
            "Two yearly parts, the second 10% larger: 6.00 as 2.857... and 3.142..., rounded",
            "number: 2, every: year, grows by: 10%",
            "D-1 | Ana | 100.00 EUR | 2026-01-31",
            "Ana | 2026-01 | 2.86 EUR\nAna | 2027-01 | 3.14 EUR",
            "rounding: [{at: line, mode: half up, decimals: 2}], portion.residue: last",
        ),
        _example(
            "A return is taken back in as many parts, from its own month on",
            "number: 2, every: month",
            "D-1 | Ana | 1,000.00 EUR | 2026-01-10",
            "Ana | 2026-01 | 30.00 EUR\nAna | 2026-02 | 0.00 EUR\nAna | 2026-03 | -30.00 EUR",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 1,000.00 EUR",
        ),
    ),
    formula="part k of n = commission / n; growing by g: part k = commission x (1 + g)^(k-1) / (1 + (1 + g) + ... + (1 + g)^(n-1))",
    boundary="Part k is due k - 1 months, quarters or years after the day of the record (plus `after months`); the 31st becomes the last day of a "
    "shorter month. Where the plan rounds lines, each part is rounded alike and portion.residue says which part makes them sum to the commission.",
    sources=(
        "https://salescommissionsexplained.com/2019/05/13/calculating-complex-sales-commissions-with-a-look-back-period/",
        "https://www.erplingo.com/sap-glossary/en/icm/scheduling-rule",
    ),
    words={"SAP": "scheduling rule", "Sales Cookie": "look-back period", "QuotaPath": "set up installments"},
)
@dataclass(frozen=True)
class Instalments(Mechanic):
    """number: of parts.  every: the time from one part to the next.  grows by: how much larger each part is than the
    one before.  after months: how long after the record the first part is due."""

    holds = True

    number: int
    every: Literal["month", "quarter", "half-year", "year"]
    grows_by: Percent | None = None
    after_months: int = 0

    def check(self, problems: list[Problem]) -> None:
        if not 1 <= self.number <= 600:
            problems.append(
                Problem(
                    "instalments-number",
                    f"a commission can't be paid in {self.number} parts.",
                    self.where,
                    remedy="State 1 to 600.",
                )
            )
        if self.grows_by is not None and self.grows_by.value <= -1:
            problems.append(
                Problem(
                    "instalments-number",
                    f"parts that grow by {self.grows_by} would be nothing or less.",
                    self.where,
                    remedy="State a growth above -100%.",
                )
            )

    def shares(self) -> list[Fraction]:
        """Of the commission, part by part; they sum to 1."""
        growth = 1 + (self.grows_by.value if self.grows_by is not None else Fraction(0))
        weights = [growth**k for k in range(self.number)]
        return [w / sum(weights) for w in weights]

    def months(self, part: int) -> int:
        """How many months after the record a part is due; parts count from 0."""
        return self.after_months + part * MONTHS[self.every]

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return add_months(last, self.months(self.number - 1))

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        day = record_day(lines, run)
        days = [months_later(day, self.months(k)) for k in range(self.number)]
        words = [f"instalment {k} of {self.number}" for k in range(1, self.number + 1)]
        return divided(lines, run, Portions.each(Exact.of(self.shares()), days, words), self.where)

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
