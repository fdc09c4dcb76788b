"""Individual rate: each payee's own percentage, from the column "commission rate" of payees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words, rated
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import format_percent


@mechanic(
    "Every line pays the payee's own percentage of its base.",
    examples=(
        Example(
            "Two payees with rates of their own",
            "components: [{component: Commission, measure: bookings, credits: [direct], earn: [individual rate]}]",
            {
                "payees": "payee | commission rate\nAna | 1.2%\nBen | 0%",
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Ben | 500.00 EUR | 2026-01-16",
            },
            "Ana | 2026-01 | 12.00 EUR\nBen | 2026-01 | 0.00 EUR",
        ),
        Example(
            "A return pays back at the payee's rate",
            "components: [{component: Commission, measure: bookings, credits: [direct], earn: [individual rate]}]",
            {
                "payees": "payee | commission rate\nAna | 2.5%",
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 100.00 EUR",
            },
            "Ana | 2026-01 | 25.00 EUR\nAna | 2026-02 | -2.50 EUR",
        ),
        Example(
            "An accelerator on top: 1.5 times each payee's own rate above 1,000.00 of the quarter",
            "conventions: {rounding: exact, tier.accumulate: quarter, transaction.order: date and name}\n"
            "components: [{component: Commission, measure: bookings, credits: [direct], earn: [individual rate, {marginal: {tiers: "
            "[{from: 0.00 EUR, to: 1000.00 EUR, times: 1}, {from: 1000.00 EUR, times: 1.5}]}}]}]",
            {
                "payees": "payee | commission rate\nAna | 2%\nBen | 4%",
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,200.00 EUR | 2026-01-15\nD-2 | Ben | 1,000.00 EUR | 2026-01-16",
            },
            "Ana | 2026-01 | 26.00 EUR\nBen | 2026-01 | 40.00 EUR",
        ),
    ),
    formula="amount = the payee's commission rate x base",
    boundary="A payee without a rate is a problem, a rate of 0% isn't.  A return pays back at the payee's rate.",
    sources=(
        "https://learn.microsoft.com/en-us/previous-versions/dynamicsgp/developer/cc508126(v=msdn.10)",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign47.html",
    ),
    words={"Siebel": "personalised rate", "Dynamics GP": "salesperson's percent", "SAP": "personal variable"},
)
@dataclass(frozen=True)
class IndividualRate(Mechanic):
    """A payee without a rate of their own is a Problem; a rate of 0% isn't."""

    proportional = True

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        table = run.world.table("payees")
        column = table.amounts("commission rate")
        row = np.array([table.index.get(p, -1) for p in run.world.payees], dtype=np.int64)
        for code in np.unique(lines.payee).tolist():
            if row[code] < 0 or not column.present[row[code]]:
                payee = run.world.payees[code]
                run.problem(
                    "no-rate",
                    f'"{payee}" has no commission rate.',
                    table.where(int(row[code])) if row[code] >= 0 else self.where,
                    f'The plan "{run.plan.name}" pays each payee\'s own rate.',
                    'Fill the column "commission rate"; 0% where nothing is paid.',
                )
            elif column.value.at(int(row[code])) < 0:
                run.problem(
                    "rate-negative",
                    f'the commission rate of "{run.world.payees[code]}" is below zero.',
                    table.where(int(row[code])),
                    "The payee would pay for selling.",
                    "Correct the rate.",
                )
        if run.problems:
            return lines
        rate = column.value[row[lines.payee]]
        rules = np.zeros(len(run.world.payees), dtype=np.int64)
        for code in np.unique(lines.payee).tolist():
            own = format_percent(column.value.at(int(row[code])))
            rules[code] = run.rule(f"the payee's own rate of {own}", where=self.where)
        return rated(lines, rate, rules[lines.payee])

    def say(self, before: LineView | None, after: LineView) -> str:
        return f"The payee's own rate applies: {rate_words(after)}"
