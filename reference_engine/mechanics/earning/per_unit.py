"""Per unit: an amount for each unit of a line."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import piece_words
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money, Quantity, format_number


def _plan(earn: str) -> str:
    return (
        "conventions: {rounding: exact}\n"
        f"components: [{{component: C, measure: units, credits: [direct], earn: [{{per unit: {earn}}}]}}]"
    )


@mechanic(
    "Each unit earns the same amount, whatever the quota.",
    examples=(
        Example(
            "25.00 for each of 4 units; a sale of no unit earns nothing; a return takes back its units",
            _plan("{amount: 25.00 USD}"),
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 4 | 2026-01-10\nS-2 | Lyon | X | 0 | 2026-03-10",
                "returns": "return | of | units | date\nR-1 | S-1 | 1 | 2026-02-02",
            },
            "Lyon | 2026-01 | 100.00 USD\nLyon | 2026-02 | -25.00 USD\nLyon | 2026-03 | 0.00 USD",
            source="https://trailhead.salesforce.com/content/learn/modules/salesforce-spiff-line-by-line-rules-quick-look/get-started-with-line-by-line-rules",
        ),
        Example(
            "A retail SPIFF: 2.00 for each of 100 units, in January only",
            "conventions: {rounding: exact}\ncomponents: [{component: C, measure: units, credits: [direct], "
            "valid: {from: 2026-01-01, to: 2026-01-31}, earn: [{per unit: {amount: 2.00 USD}}]}]",
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 100 | 2026-01-31\nS-2 | Lyon | X | 100 | 2026-02-01",
            },
            "Lyon | 2026-01 | 200.00 USD",
            source="https://www.itagroup.com/insights/move-spiffs-incremental-sales",
        ),
        Example(
            "A line of fewer than 3 units earns nothing; just 3 earn",
            _plan("{amount: 5.00 EUR, at least: 3}"),
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 2 | 2026-01-10\nS-2 | Lyon | X | 3 | 2026-02-10\nS-3 | Lyon | X | 4 | 2026-03-10",
            },
            "Lyon | 2026-01 | 0.00 EUR\nLyon | 2026-02 | 15.00 EUR\nLyon | 2026-03 | 20.00 EUR",
        ),
    ),
    formula="amount of a line = units x amount",
    boundary="Parts of a unit earn parts of the amount.  With at least, just that number of units earns.  A return takes back its units; with "
    "at least, one of fewer units takes back nothing where the convention returns.earn says mirror.",
    sources=(
        "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_rules_line_by_line.htm",
        "https://developers.tune.com/network-models/employeecommission",
        "https://www.itagroup.com/insights/move-spiffs-incremental-sales",
        "https://www.endvr.io/glossary/sales-incentive",
    ),
    words={
        "Salesforce Spiff": "line-by-line rule",
        "TUNE": "per lead",
        "ITA Group": "retail SPIFF",
        "Oracle Fusion": "rate table of amounts",
    },
)
@dataclass(frozen=True)
class PerUnit(Mechanic):
    """amount: for each unit.  at least: a line of fewer units earns nothing."""

    counts_units = True
    proportional = True

    amount: Money
    at_least: Quantity | None = None

    def needs(self) -> tuple[str, ...]:
        return ("returns.earn",) if self.at_least is not None else ()

    def check(self, problems: list[Problem]) -> None:
        if self.at_least is not None and self.at_least.value < 0:
            problems.append(
                Problem(
                    "tiers-order",
                    "a least number of units below zero has no meaning.",
                    self.where,
                    "Every sale has at least as many units.",
                    'Write a number from 0 up, like 10, or leave "at least" out.',
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        size = len(lines)
        rate = Exact.full(size, self.amount.amount) * lines.share
        rule = np.full(size, run.rule(f"{self.amount} a unit", where=self.where))
        if self.at_least is not None:
            few = lines.base < Exact.full(size, self.at_least.value)
            rate = Exact.where(few, Exact.full(size, 0), rate)
            none = run.rule(
                f"fewer than {format_number(self.at_least.value)} units: nothing", where=self.where
            )
            rule = np.where(few, none, rule)
        return lines.change(
            rate=rate,
            has_rate=np.ones(size, dtype=bool),
            rate_unit=np.full(size, self.amount.currency, dtype=object),
            amount=lines.base * rate,
            currency=np.full(size, self.amount.currency, dtype=object),
            rule=rule,
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        return piece_words(after)
