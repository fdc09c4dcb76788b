"""Formula: what no table expresses, as an expression over a record or over the payee's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.evaluate import Column, number
from reference_engine.expressions.records import RecordScope
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.bonus import check_money
from reference_engine.mechanics.lump import Lump, lumps
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.vocabulary.numbers import format_money

_PEOPLE = "payee | plan | from\nAna | P | 2026-01-01"


def _record(title: str, pays: str, deals: str, payouts: str, more: dict[str, str] | None = None) -> Example:
    return Example(
        title,
        "conventions: {rounding: exact}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
        f"earn: [{{formula: {{pays: '{pays}', for each: record}}}}]}}]",
        {"plan_assignments": _PEOPLE, "deals": deals, **(more or {})},
        payouts,
    )


@mechanic(
    "An expression says what each record, or each interval, pays.",
    examples=(
        _record(
            "2% of the deal, at least 50.00; on the bound both are the same",
            "max(2% * amount, 50.00 EUR)",
            "deal | owner | amount | closed\nD-1 | Ana | 2,499.00 EUR | 2026-01-15\nD-2 | Ana | 2,500.00 EUR | 2026-02-15\nD-3 | Ana | 2,501.00 EUR | 2026-03-15",
            "Ana | 2026-01 | 50.00 EUR\nAna | 2026-02 | 50.00 EUR\nAna | 2026-03 | 50.02 EUR",
        ),
        _record(
            "Annual value of the contract, by its term; a return takes back its part",
            "10% * amount / term months * 12",
            "deal | owner | amount | closed | term months\nD-1 | Ana | 2,400.00 EUR | 2026-01-15 | 24",
            "Ana | 2026-01 | 120.00 EUR\nAna | 2026-02 | -30.00 EUR",
            {"returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-15 | 600.00 EUR"},
        ),
        Example(
            "At the end of each quarter: target incentive times the attainment, rounded down to whole percents",
            "conventions: {rounding: exact, tier.accumulate: quarter, quota.zero: refuse}\n"
            "components: [{component: C, earn: [{formula: {pays: 'target incentive this quarter * round down(attainment of bookings, 2)', "
            "for each: quarter}}]}]",
            {
                "plan_assignments": "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 1,000.00 EUR | 300.00 EUR | quarter",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 856.00 EUR | 2026-01-15",
            },
            "Ana | 2026-03 | 255.00 EUR",
        ),
    ),
    formula="amount = `pays`",
    boundary="`if`, `min`, `max` and the comparisons decide every bound. For a record the share that is credited to the payee is paid; "
    "a return pays the negative of what the expression is for it. A division by zero is a Problem.",
    sources=("https://helpcenter.xactlycorp.com/article/incent-administrator-plan-design-formulas",),
    words={
        "Xactly": "formula",
        "Oracle Fusion": "expression",
        "Varicent": "calculation",
        "Salesforce Spiff": "calculated field",
    },
)
@dataclass(frozen=True)
class Formula(Lump):
    """pays: an amount of money.  for each: record, with its columns; or an interval, with the payee's figures.

    Inside `for each: record` no figure of the payee is known, such as attainment.  For a rate by attainment on each record
    take `retroactive` (or `curve`, `matrix`), whose `by` names the figure; or let one component earn the plain amounts and
    another one multiply them:  pays: earned by First * attainment, for each: period.
    """

    pays: Expression
    for_each: Literal["record", "period", "quarter", "half-year", "year"]

    def sets_amount(self) -> bool:
        return self.for_each == "record"

    def span(self) -> str:
        return "period" if self.for_each == "record" else self.for_each

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if self.for_each == "record":
            return self._records(lines, run)
        payee, period = self.closing(run)
        found = run.cells(payee, period).number(self.pays, self.where, run.problems)
        check_money(found.unit, found.value, str(self.pays), run, self)
        rule = run.rule(str(self.pays), "formula", self.where)
        return lumps(lines, payee, period, found.value, found.unit, np.full(len(payee), rule))

    def _records(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        used = np.zeros(len(run.events), dtype=bool)
        used[lines.event] = True
        scope = RecordScope(run.world, run.events, run.figures.parts)
        every = number(self.pays, scope, self.where, run.problems, used)
        found = Column.number(every.value[lines.event], every.unit[lines.event])
        check_money(found.unit, found.value, str(self.pays), run, self)
        other = np.flatnonzero((found.unit != lines.unit) & (found.value.num != 0) & (lines.unit != ""))
        if len(other):
            at = int(other[0])
            run.problem(
                "currency-mixed",
                f'"{self.pays}" is in {found.unit[at] or "no currency"}, and the plan pays in {lines.unit[at]}.',
                self.where,
                "An amount of a formula isn't converted.",
                "State it in the plan's currency.",
            )
        credited = run.credits.share[lines.credit]
        back = np.where((lines.sign > 0) & (run.events.sign[lines.event] < 0), -1, 1)
        amount = found.value * credited * lines.share
        rule = run.rule(str(self.pays), "", self.where)
        return lines.change(
            amount=Exact(amount.num * back, amount.den, amount.bound),
            currency=found.unit,
            rule=np.full(len(lines), rule),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None and before.amount == after.amount:
            return ""
        return f"By the formula {formula_words(self.pays)} it earns {format_money(after.amount, after.currency)}."
