"""Gate: a component pays only where a condition on other figures holds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.vocabulary.numbers import Percent, format_money


def _example(title: str, when: str, reported: str, payouts: str, otherwise: str = "") -> Example:
    return Example(
        title,
        "conventions: {rounding: exact}\n"
        "components: [{component: C, measure: bookings, credits: [direct], "
        f'earn: [{{flat rate: {{rate: 10%}}}}, {{gate: {{when: "{when}"{otherwise}}}}}]}}]',
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15\nD-2 | Ana | 500.00 EUR | 2026-02-15",
            "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-20 | 200.00 EUR",
            "reported_measures": f"payee | measure | period | value\n{reported}",
        },
        payouts,
    )


@mechanic(
    "What a component earned is paid only where a condition on other figures holds; elsewhere nothing, or a stated part.",
    examples=(
        _example(
            "The company just reaches its net income: on the bound the gate of >= is open",
            "reported net income >= 100%",
            " | net income | 2026-Q1 | 100%",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 30.00 EUR",
        ),
        _example(
            "A gate of > is closed on the bound",
            "reported net income > 100%",
            " | net income | 2026-Q1 | 100%",
            "Ana | 2026-01 | 0.00 EUR\nAna | 2026-02 | 0.00 EUR",
        ),
        _example(
            "Below, half is paid; a month that fails leaves the other as it is",
            "reported rating >= 3",
            "Ana | rating | 2026-01 | 3\nAna | rating | 2026-02 | 2.9",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 15.00 EUR",
            ", otherwise: 50%",
        ),
    ),
    formula="paid = earned where `when` holds; earned x `otherwise` where it doesn't",
    boundary="The comparison that the condition writes decides the bound: >= is open on it, > is closed. The condition is tested for "
    "each pay period on the figures up to it, unrounded unless it rounds them. Returns are taken back at what their period pays.",
    sources=(
        "https://www.sec.gov/Archives/edgar/data/66756/000006675609000015/exhibit_10h7.htm",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign20.html",
    ),
    words={"Siebel": "hurdle", "SAP Variable Pay": "gate", "general": "qualifier, hurdle, circuit breaker"},
)
@dataclass(frozen=True)
class Gate(Mechanic):
    """when: the condition, such as `attainment of margin >= 100% and reported net income > 0`.  otherwise: the share paid
    where it doesn't hold; nothing where it isn't stated."""

    from_figures = True
    on_amounts = True
    proportional = True

    when: Expression
    otherwise: Percent | None = None

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        open_ = run.cells(lines.payee, lines.period).yes(self.when, self.where, run.problems)
        rule = run.rule(f"the gate {self.when} is closed", "", self.where)
        share = Fraction(0) if self.otherwise is None else self.otherwise.value
        closed = ~open_ & (lines.amount.num != 0)
        return lines.change(
            amount=Exact.where(closed, lines.amount.times(share), lines.amount),
            rate=Exact.where(closed, lines.rate.times(share), lines.rate),
            rule=np.where(closed, rule, lines.rule),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None or before.amount == after.amount:
            return (
                f"The condition holds ({formula_words(self.when)}), so it is paid in full."
                if after.amount
                else ""
            )
        start = f"The condition doesn't hold ({formula_words(self.when)}), so"
        if self.otherwise is None or not after.amount:
            return f"{start} {format_money(before.amount, before.currency)} isn't paid."
        return (
            f"{start} only {self.otherwise} of it is paid: {format_money(before.amount, before.currency)} x {self.otherwise} = "
            f"{format_money(after.amount, after.currency)}."
        )
