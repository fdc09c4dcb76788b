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
    ),
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
