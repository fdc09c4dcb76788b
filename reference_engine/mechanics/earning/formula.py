"""Formula: what no table expresses, as an expression over a record or over the payee's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.evaluate import Column, number
from reference_engine.expressions.records import RecordScope
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.bonus import check_money
from reference_engine.mechanics.lump import INTERVALS, Lump, lumps
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.problems import Problem
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
        Example(
            "What is due in the quarter so far, less what was due before: 10% of what is sold, above a quota of 1,000.00 EUR on all of it",
            "conventions: {rounding: exact, tier.accumulate: quarter, quota.zero: refuse}\n"
            "components: [{component: C, earn: [{formula: {pays: 'if(attainment of bookings >= 100%, 10%, 5%) * bookings this quarter', "
            "for each: period, less earned in: quarter}}]}]",
            {
                "plan_assignments": "payee | plan | from | quota | period\nAna | P | 2026-01-01 | 1,000.00 EUR | quarter",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 400.00 EUR | 2026-01-15\nD-2 | Ana | 600.00 EUR | 2026-02-15\n"
                "D-3 | Ana | 100.00 EUR | 2026-04-15",
                "returns": "return | of | amount | date\nR-1 | D-2 | 200.00 EUR | 2026-03-15",
            },
            "Ana | 2026-01 | 20.00 EUR\nAna | 2026-02 | 80.00 EUR\nAna | 2026-03 | -60.00 EUR\nAna | 2026-04 | 5.00 EUR",
        ),
        Example(
            "Two legs: 10% of what the weaker leg adds up to; what the stronger one has more waits for later months",
            "eligible: {roles: [sponsor]}\nconventions: {rounding: exact, rollup.own_sales: excluded}\n"
            "measures:\n  - {measure: left, of: bookings, where: leg = \"left\", credits: [roll-up], accumulate: year}\n"
            "  - {measure: right, of: bookings, where: leg = \"right\", credits: [roll-up], accumulate: year}\n"
            "components: [{component: C, earn: [{formula: {pays: '10% * min(left, right)', for each: period, less earned in: year}}]}]",
            {
                "payees": "payee | role | manager\nAna | sponsor |\nBen | | Ana\nCai | | Ana",
                "crediting_rules": "role | receives | of the credit of\nsponsor | 100% | team",
                "deals": "deal | owner | amount | closed | leg\nD-1 | Ben | 1,000.00 USD | 2026-01-15 | left\n"
                "D-2 | Cai | 800.00 USD | 2026-01-20 | right\nD-3 | Cai | 300.00 USD | 2026-02-10 | right",
            },
            "Ana | 2026-01 | 80.00 USD\nAna | 2026-02 | 20.00 USD",
            source="https://mlmsistemmalaysia.my/mlm-sistem-blog-multi-level-marketing-plan.html",
        ),
        Example(
            "A quarter's bonus of 375.00 that was missed and made up by the half-year is paid then; nothing twice",
            "pays: quarterly\nconventions: {rounding: exact}\n"
            "components: [{component: C, earn: [{formula: {pays: 'if(reported company goal >= 100%, 375.00 USD * reported quarters, 0.00 USD)', "
            "for each: period, less earned in: year}}]}]",
            {
                "plan_assignments": "payee | plan | from | to\nAna | P | 2026-01-01 | 2026-09-30",
                "reported_measures": "payee | measure | period | value\n | company goal | 2026-Q1 | 90%\n | company goal | 2026-Q2 | 101%\n"
                " | company goal | 2026-Q3 | 102%\n | quarters | 2026-Q1 | 1\n | quarters | 2026-Q2 | 2\n | quarters | 2026-Q3 | 3",
            },
            "Ana | 2026-Q2 | 750.00 USD\nAna | 2026-Q3 | 375.00 USD",
            source="https://community.oracle.com/mosc/discussion/3549284/variable-compensation-calculating-award",
        ),
    ),
    formula="amount = `pays`; with less earned in: `pays` - what `pays` was for the interval before, in the same quarter or year",
    boundary="`if`, `min`, `max` and the comparisons decide every bound. For a record the share that is credited to the payee is paid; "
    "a return pays the negative of what the expression is for it. A division by zero is a Problem.",
    sources=("https://helpcenter.xactlycorp.com/article/incent-administrator-plan-design-formulas",),
    words={
        "Xactly": "formula",
        "Oracle Fusion": "expression",
        "Varicent": "calculation",
        "Salesforce Spiff": "calculated field",
        "Sales Cookie": "year to date with deductions",
        "network sales": "binary plan, pairing bonus",
    },
)
@dataclass(frozen=True)
class Formula(Lump):
    """pays: an amount of money.  for each: record, with its columns; or an interval, with the payee's figures.
    less earned in: pays says what is due so far in this longer interval; each interval then earns what has been added to it.

    Inside `for each: record` no figure of the payee is known, such as attainment.  For a rate by attainment on each record
    take `retroactive` (or `curve`, `matrix`), whose `by` names the figure; or let one component earn the plain amounts and
    another one multiply them:  pays: earned by First * attainment, for each: period.
    """

    pays: Expression
    for_each: Literal["record", "period", "quarter", "half-year", "year"]
    less_earned_in: Literal["quarter", "half-year", "year"] | None = None

    def sets_amount(self) -> bool:
        return self.for_each == "record"

    def span(self) -> str:
        return "period" if self.for_each == "record" else self.for_each

    def check(self, problems: list[Problem]) -> None:
        longer = INTERVALS[INTERVALS.index(self.for_each) + 1 :] if self.for_each in INTERVALS else ()
        if self.less_earned_in is not None and self.less_earned_in not in longer:
            problems.append(
                Problem(
                    "formula-interval",
                    f'"formula" pays for each {self.for_each} and deducts what was earned in the {self.less_earned_in}.',
                    self.where,
                    "Nothing was earned before in it.",
                    "State a longer interval, or leave  less earned in  out.",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if self.for_each == "record":
            return self._records(lines, run)
        payee, period = self.closing(run)
        found = run.cells(payee, period).number(self.pays, self.where, run.problems)
        check_money(found.unit, found.value, str(self.pays), run, self)
        rule = run.rule(str(self.pays), "formula", self.where)
        earned = found.value if self.less_earned_in is None else self._added(payee, period, found, run)
        return lumps(lines, payee, period, earned, found.unit, np.full(len(payee), rule))

    def _added(self, payee: Array, period: Array, found: Column, run: ComponentRun) -> Exact:
        """What is due so far beyond what was due at the end of the interval before."""
        assert self.less_earned_in is not None
        if not len(payee):
            return found.value
        interval, _ = run.intervals(self.less_earned_in)
        follows = np.zeros(len(payee), dtype=bool)
        follows[1:] = (payee[1:] == payee[:-1]) & (interval[period[1:]] == interval[period[:-1]])
        before = np.maximum(np.arange(len(payee)) - 1, 0)
        mixed = np.flatnonzero(
            follows & (found.unit != found.unit[before]) & (found.value.num != 0) & (found.value.num[before] != 0)
        )
        if len(mixed):
            at = int(mixed[0])
            run.problem(
                "currency-mixed",
                f'"{self.pays}" is in {found.unit[at - 1]} first, and in {found.unit[at]} later in the {self.less_earned_in}.',
                self.where,
                "What was earned before can't be deducted.",
                "State it in one currency.",
            )
        nothing = Exact.full(len(payee), 0)
        return found.value - Exact.where(follows, found.value[before], nothing)

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
        if self.less_earned_in is not None:
            return (
                f"By the formula {formula_words(self.pays)}, less what it gave before in the {self.less_earned_in}, "
                f"it earns {format_money(after.amount, after.currency)}."
            )
        return f"By the formula {formula_words(self.pays)} it earns {format_money(after.amount, after.currency)}."
