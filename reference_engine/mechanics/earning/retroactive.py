"""Retroactive tiers: the tier reached pays on everything since the start of the interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.ladder import Ladder, ladder
from reference_engine.mechanics.measure import Matrix
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE, Piece, less_earned
from reference_engine.mechanics.tier_table import FigureTable
from reference_engine.mechanics.tier_words import piece_words
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent
from reference_engine.vocabulary.plan import Conventions

__all__ = ["EARNED_BEFORE", "Retroactive", "due_less_earned"]


def _example(bound: str, pays: str) -> str:
    return (
        f"pays: quarterly\nconventions: {{rounding: exact, tier.accumulate: period, tier.bound: {bound}}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: "
        "[{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 7%}]}}]}]" + pays
    )


_PEOPLE = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR\nBen | 2026-Q1 | 100.00 EUR\nCho | 2026-Q1 | 100.00 EUR",
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 99.00 EUR | 2026-01-15\nD-2 | Ben | 100.00 EUR | 2026-01-15\nD-3 | Cho | 101.00 EUR | 2026-01-15",
}


@mechanic(
    "The highest tier reached pays its rate on the whole measure, from the first euro; what was earned before is deducted.",
    examples=(
        Example(
            "Below, on and above 100%: the bound takes the upper tier",
            _example("upper tier", ""),
            _PEOPLE,
            "Ana | 2026-Q1 | 4.95 EUR\nBen | 2026-Q1 | 7.00 EUR\nCho | 2026-Q1 | 7.07 EUR",
        ),
        Example(
            "The bound takes the lower tier",
            _example("lower tier", ""),
            _PEOPLE,
            "Ana | 2026-Q1 | 4.95 EUR\nBen | 2026-Q1 | 5.00 EUR\nCho | 2026-Q1 | 7.07 EUR",
        ),
        Example(
            "Monthly pay on a quota of a quarter: crossing the bound re-prices the earlier month",
            "pays: monthly\nconventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: [{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 7%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 80.00 EUR | 2026-01-15\nD-2 | Ana | 20.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-15 | 10.00 EUR",
            },
            "Ana | 2026-01 | 4.00 EUR\nAna | 2026-02 | 3.00 EUR\nAna | 2026-03 | -2.50 EUR",
        ),
        Example(
            "Stair-step: so many cars make an amount for every car sold, the first as well",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier}\n"
            "components: [{component: C, measure: units, credits: [direct], earn: [{retroactive: {tiers: "
            "[{from: 0, to: 20, per unit: 0.00 EUR}, {from: 20, to: 30, per unit: 100.00 EUR}, {from: 30, per unit: 250.00 EUR}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAda | P | 2026-01-01\nBob | P | 2026-01-01\nCyd | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Ada | Car | 19 | 2026-01-10\nS-2 | Bob | Car | 20 | 2026-01-10\n"
                "S-3 | Cyd | Car | 31 | 2026-01-10",
                "returns": "return | of | units | date\nR-1 | S-3 | 1 | 2026-02-02",
            },
            "Ada | 2026-Q1 | 0.00 EUR\nBob | 2026-Q1 | 2,000.00 EUR\nCyd | 2026-Q1 | 7,500.00 EUR",
        ),
        Example(
            "An amount for the tier reached instead of a rate; the tiers are printed with gaps, and 50.5 belongs to the tier below",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: both ends inclusive, tier.gap: tier below}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: "
            "[{from: 0.00 EUR, to: 50.00 EUR, pays: 1.00 EUR}, {from: 51.00 EUR, to: 60.00 EUR, pays: 2.00 EUR}, {from: 61.00 EUR, pays: 5.00 EUR}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 50.50 EUR | 2026-01-15\nD-2 | Ben | 51.00 EUR | 2026-01-15\nD-3 | Cho | 61.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 1.00 EUR\nBen | 2026-Q1 | 2.00 EUR\nCho | 2026-Q1 | 5.00 EUR",
        ),
        Example(
            "An accelerator from the first euro: 1.5 times what each deal earned at its own rate, once the quota is reached",
            "conventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [individual rate, {retroactive: {tiers: "
            "[{from: 0%, to: 100%, times: 1}, {from: 100%, times: 1.5}]}}]}]",
            {
                "payees": "payee | commission rate\nAna | 4%",
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 75.00 EUR | 2026-01-15\nD-2 | Ana | 50.00 EUR | 2026-02-15",
            },
            "Ana | 2026-01 | 3.00 EUR\nAna | 2026-02 | 4.50 EUR",
        ),
        Example(
            "The attainment is rounded to whole percents before the lookup: 99.5% has reached 100%",
            "pays: quarterly\nconventions: {rounding: [{at: attainment, mode: half up, decimals: 0}, {at: line, mode: half up, decimals: 2}], "
            "tier.accumulate: period, tier.bound: upper tier}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {tiers: "
            "[{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 7%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 1,000.00 EUR\nBen | 2026-Q1 | 1,000.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 994.00 EUR | 2026-01-15\nD-2 | Ben | 995.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 49.70 EUR\nBen | 2026-Q1 | 69.65 EUR",
        ),
        Example(
            "The tier by one measure, the amount by another: attainment of the units target pays on the revenue",
            "conventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier}\n"
            "measures: [{measure: pieces, of: bookings, value: pieces, credits: [direct]}]\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {by: pieces, tiers: "
            "[{from: 0, to: 10, rate: 5%}, {from: 10, rate: 8%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed | pieces\nD-1 | Ana | 100.00 EUR | 2026-01-15 | 4\nD-2 | Ana | 50.00 EUR | 2026-02-15 | 6",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-15 | 100.00 EUR",
            },
            "Ana | 2026-01 | 5.00 EUR\nAna | 2026-02 | 7.00 EUR\nAna | 2026-03 | -9.50 EUR",
        ),
        Example(
            "Accrued at 10% from the start; the tier reached replaces it only where it pays more",
            "conventions: {rounding: exact, tier.accumulate: quarter, tier.bound: upper tier}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {accrued at: 10%, tiers: "
            "[{from: 0.00 EUR, to: 100.00 EUR, rate: 5%}, {from: 100.00 EUR, rate: 15%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 60.00 EUR | 2026-01-15\nD-2 | Ana | 60.00 EUR | 2026-02-15",
            },
            "Ana | 2026-01 | 6.00 EUR\nAna | 2026-02 | 12.00 EUR",
        ),
        Example(
            "What is above 120% of the quota isn't counted; a cap on pay would be another amount",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period, tier.bound: upper tier}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{retroactive: {counts up to: 120%, tiers: "
            "[{from: 0%, to: 100%, rate: 5%}, {from: 100%, rate: 10%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 150.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 12.00 EUR",
        ),
    ),
    formula="R(A) = rate of the tier that A has reached x A; earned in a period = R(A) - what was earned before in the interval",
    boundary="A value just on a bound goes by tier.bound, or by the parameter reached.  Below zero the first tier goes on.  A return lowers "
    "A and may lose the tier, for what was sold before as well.  Inside the interval a new tier re-prices the earlier periods in the period in "
    "which it is reached.",
    sources=(
        "https://learning.sap.com/courses/sap-successfactors-incentive-management-and-embedded-analytics-administration/managing-rate-tables",
        "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_function_ref_tier_payout.htm",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/options-for-splitting-attainment-numbers-across-rate-tiers.html",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/equal-tier-values.html",
        "https://www.earnbase.no/glossary/retroactive-tier-jumping",
        "https://carjazz.com/the-hidden-leverage-in-oem-stair-step-programs-and-why-dealers-must-reclaim-control",
    ),
    words={
        "SAP": "straight table",
        "Salesforce Spiff": "tier_payout",
        "Oracle Fusion": "not split, true-up",
        "Aptify": "highest tier",
        "Microsoft Dynamics 365": "cumulative",
        "Phocas": "back to dollar one",
        "ClaimDS": "retrospective rebate",
        "car dealers": "stair-step",
        "Oracle ATG": "bulk pricing",
        "QuotaPath": "cliff accelerator",
        "NetSuite": "accrued default tier, achieved tier",
    },
)
@dataclass(frozen=True)
class Retroactive(FigureTable):
    """accrued at: the least that is due on everything until a tier pays more.  counts up to: the attainment above which nothing
    more counts, neither for the tier nor for the amount.
    """

    accrued_at: Percent | None = None
    counts_up_to: Percent | None = None

    def check(self, problems: list[Problem]) -> None:
        super().check(problems)
        if self.accrued_at is not None and any(t.kind != "rate" for t in self.tiers):
            problems.append(
                Problem(
                    "tiers-pays",
                    '"accrued at" is a percentage, and the tiers pay otherwise.',
                    self.where,
                    "They can't be compared.",
                    "Give every tier a rate.",
                )
            )
        by_figure = self.by is not None
        if self.counts_up_to is not None and (by_figure or not isinstance(self.tiers[0].from_, Percent)):
            problems.append(
                Problem(
                    "tiers-mixed",
                    '"counts up to" is an attainment of what is counted, and the bounds aren\'t.',
                    self.where,
                    "They can't be compared.",
                    "Write the bounds as percents of the quota, or end the figure itself:  by: min(attainment of margin, 120%)",
                )
            )

    def from_sums(self, conventions: Conventions, accumulate: str) -> bool:
        return accumulate != "none" and all(t.times is None for t in self.tiers)

    def ladder(self, lines: Lines, run: ComponentRun) -> Ladder | None:
        if self.counts_up_to is None:
            return super().ladder(lines, run)
        return ladder(lines, run, self.rungs(run.conventions), self.where, cap=self.counts_up_to.value)

    def say(self, before: LineView | None, after: LineView) -> str:
        words = super().say(before, after)
        if after.kind:
            return words
        if after.rule is not None and after.rule.words.startswith("accrued at "):
            words = f"No tier pays more than the {self.accrued_at} that is accrued on everything: {piece_words(after)}"
        if self.counts_up_to is None:
            return words
        return f"At most {self.counts_up_to} of the quota counts. {words}"

    def pieces(self, ladder: Ladder) -> list[Piece]:
        out: list[Piece] = []
        least = self.accrued_at
        for position, rung in enumerate(ladder.rungs):
            there = ladder.top == position
            if least is not None and rung.tier.value < least.value:
                rule = ladder.run.rule(f"accrued at {least}, on everything", rung.tier.label, rung.tier.where)
                base = Exact.where(there, ladder.base, Exact.full(there.shape, 0))
                rate = Exact.full(there.shape, least.value)
                out.append(Piece(base, ladder.unit, rate, "", base * rate, np.full(there.shape, rule), there))
            else:
                out.append(ladder.piece(position, ladder.base, there, more=", on everything"))
        return out


def due_less_earned(
    run: ComponentRun,
    matrix: Matrix,
    base: Exact,
    rate: Exact,
    rule: Array,
    unit: Array,
    currency: Array,
    interval: Array,
) -> Lines:
    """A line of base x rate for each payee and period in which something changes, and one that deducts what was earned before."""
    every = np.ones(base.shape, dtype=bool)
    return less_earned(
        run, matrix, interval, [Piece(base, unit, rate, "", base * rate, rule, every)], currency
    )
