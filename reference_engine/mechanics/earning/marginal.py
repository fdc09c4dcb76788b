"""Marginal tiers: each slice of what a payee sells is paid at the rate of its own tier."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact, same, taken
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import running_totals
from reference_engine.mechanics.ladder import Ladder, line_ladder
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.running import in_order, restored, segments, slices
from reference_engine.mechanics.settled import Piece
from reference_engine.mechanics.tier_table import TierTable, no_rate_before
from reference_engine.mechanics.tier_words import part_words
from reference_engine.mechanics.tiers import number, versions
from reference_engine.vocabulary.plan import Conventions

__all__ = ["Marginal", "segments", "sliced", "slices"]

_TIERS = "[{from: 0%, to: 100%, rate: 8%}, {from: 100%, to: 120%, rate: 12%}, {from: 120%, rate: 15%}]"
_PLAN = (
    "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period}\n"
    f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{marginal: {{tiers: {_TIERS}}}}}]}}]"
)
_PEOPLE = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
    "quotas": "payee | period | quota\nAna | 2026-Q1 | 100,000.00 EUR",
}


@mechanic(
    "Each slice of the measure is paid at the rate of its own tier, deal by deal; a deal that crosses a bound is divided.",
    examples=(
        Example(
            "130% of quota, in two deals",
            _PLAN,
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 60,000.00 EUR | 2026-01-15\nD-2 | Ana | 70,000.00 EUR | 2026-03-20",
            },
            "Ana | 2026-Q1 | 11,900.00 EUR",
            "2026-Q1 | up to 100% | 100,000.00 EUR | 8% | 8,000.00 EUR\n2026-Q1 | 100% to 120% | 20,000.00 EUR | 12% | 2,400.00 EUR\n"
            "2026-Q1 | above 120% | 10,000.00 EUR | 15% | 1,500.00 EUR",
        ),
        Example(
            "A return is taken back from the top tier reached",
            _PLAN,
            {
                **_PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 110,000.00 EUR | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-15 | 20,000.00 EUR",
            },
            "Ana | 2026-Q1 | 7,200.00 EUR",
        ),
        Example(
            "Just below, on and above the bound: who owns the bound makes no difference to the money",
            _PLAN,
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 100.00 EUR\nBen | 2026-Q1 | 100.00 EUR\nCho | 2026-Q1 | 100.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 99.00 EUR | 2026-01-15\nD-2 | Ben | 100.00 EUR | 2026-01-15\nD-3 | Cho | 101.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 7.92 EUR\nBen | 2026-Q1 | 8.00 EUR\nCho | 2026-Q1 | 8.12 EUR",
        ),
        Example(
            "Nothing below 50% of the quota, and no catch-up once it is passed",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
            "earn: [{marginal: {tiers: [{from: 0%, to: 50%, rate: 0%}, {from: 50%, to: 100%, rate: 8%}, {from: 100%, to: 125%, rate: 12%}, "
            "{from: 125%, to: 150%, rate: 15%}, {from: 150%, rate: 18%}]}}]}]",
            {
                **_PEOPLE,
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 250,000.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 325,000.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 19,375.00 EUR",
            source="https://prowi.io/en/glossary/quota-attainment",
        ),
        Example(
            "No accumulation: every transaction starts again at zero",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: none}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
            "earn: [{marginal: {tiers: [{from: 0.00 USD, to: 1000.00 USD, rate: 1%}, {from: 1000.00 USD, to: 3000.00 USD, rate: 2%}, "
            "{from: 3000.00 USD, to: 8000.00 USD, rate: 3%}, {from: 8000.00 USD, rate: 5%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2015-01-01",
                "deals": "deal | owner | amount | closed\nT1 | Ana | 200.00 USD | 2015-01-01\nT2 | Ana | 300.00 USD | 2015-01-02\n"
                "T3 | Ana | 1,500.00 USD | 2015-01-15\nT4 | Ana | 1,200.00 USD | 2015-02-01\nT5 | Ana | 2,000.00 USD | 2015-02-15\n"
                "T6 | Ana | 4,500.00 USD | 2015-03-01",
            },
            "Ana | 2015-Q1 | 164.00 USD",
            source="https://docs.oracle.com/en/cloud/saas/sales/facmi/examples-of-calculating-earnings-using-step-rates.html",
        ),
        Example(
            "An accelerator of 1.25 times each deal's own rate, above 100% of one quota for all; the deal that crosses is divided",
            "conventions: {rounding: exact, tier.accumulate: quarter, lookup.precedence: first match, transaction.order: date and name}\n"
            "components: [{component: C, measure: bookings, credits: [direct], "
            "earn: [{lookup: {rules: [{when: term months >= 24, rate: 12.5%}, {rate: 10%}]}}, "
            "{marginal: {tiers: [{from: 0%, to: 100%, times: 1}, {from: 100%, times: 1.25}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 1,000.00 EUR",
                "deals": "deal | owner | amount | closed | term months\nD-1 | Ana | 800.00 EUR | 2026-01-15 | 12\nD-2 | Ana | 400.00 EUR | 2026-02-15 | 24",
            },
            "Ana | 2026-01 | 80.00 EUR\nAna | 2026-02 | 56.25 EUR",
            source="https://comp.quotapath.io/leaders/hilary-headlee-ae-plan",
        ),
        Example(
            "Units: returned units leave from the highest tier first, whatever the sale earned",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period}\ncomponents: [{component: C, measure: units, credits: [direct], "
            "earn: [{marginal: {tiers: [{from: 0, to: 2, per unit: 10.00 EUR}, {from: 2, to: 4, per unit: 20.00 EUR}, {from: 4, per unit: 30.00 EUR}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 2 | 2026-01-10\nS-2 | Lyon | X | 2 | 2026-01-11\nS-3 | Lyon | X | 2 | 2026-01-12",
                "returns": "return | of | units | date\nR-1 | S-1 | 2 | 2026-02-02",
            },
            "Lyon | 2026-Q1 | 60.00 EUR",
            source="https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_16172202301.html",
        ),
        Example(
            "The table changes on 1 February; the running total goes on from January",
            "conventions: {rounding: exact, tier.accumulate: quarter, rate.date: record date}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
            "earn: [{marginal: {tiers: [{from: 0.00 EUR, to: 100.00 EUR, rate: 5%, valid to: 2026-01-31}, {from: 100.00 EUR, rate: 10%, valid to: 2026-01-31}, "
            "{from: 0.00 EUR, to: 150.00 EUR, rate: 6%, valid from: 2026-02-01}, {from: 150.00 EUR, rate: 8%, valid from: 2026-02-01}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 120.00 EUR | 2026-01-31\nD-2 | Ana | 50.00 EUR | 2026-02-01",
            },
            "Ana | 2026-01 | 7.00 EUR\nAna | 2026-02 | 3.40 EUR",
        ),
        Example(
            "Tiers printed with 99 cents; what lies in the gap belongs to the tier below",
            "conventions: {rounding: exact, tier.accumulate: period, tier.gap: tier below}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
            "earn: [{marginal: {tiers: [{from: 0.00 USD, to: 499.99 USD, rate: 25%}, {from: 500.00 USD, to: 2999.99 USD, rate: 30%}, {from: 3000.00 USD, rate: 40%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nC-1 | Ana | 400.00 USD | 2026-01-15\nC-2 | Ana | 100.00 USD | 2026-02-15\n"
                "C-3 | Ana | 1,500.00 USD | 2026-03-15\nC-4 | Ana | 5,000.00 USD | 2026-04-15",
            },
            "Ana | 2026-01 | 100.00 USD\nAna | 2026-02 | 25.00 USD\nAna | 2026-03 | 425.00 USD\nAna | 2026-04 | 1,675.00 USD",
            source="https://help.mytime.com/hc/en-us/articles/360046956372-Tiered-Commission-by-Revenue-Amount-Above-Earned-Breakdown",
        ),
    ),
    formula="M(A) = sum over the tiers of rate x the part of A that lies in the tier; a deal earns M(A) - M(A before the deal)",
    boundary="A value just on a bound earns the same, whoever owns the bound.  Below zero the first tier goes on.  A return is taken back "
    "from the top tier reached.  Inside the interval the running total goes on over the pay periods and begins again at zero with the next.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/options-for-splitting-attainment-numbers-across-rate-tiers.html",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/examples-of-calculating-earnings-using-step-rates.html",
        "https://learning.sap.com/courses/sap-successfactors-incentive-management-and-embedded-analytics-administration/managing-rate-tables",
        "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_function_ref_mamount.htm",
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1126040.html",
        "https://support2.salescookie.com/portal/en/kb/articles/kb-what-is-the-difference-between-cumulative-and-non-cumulative-tiers",
        "https://docs.phocassoftware.com/rebates/rules/calculation-methods",
    ),
    words={
        "Oracle Fusion": "step; individual with no accumulation",
        "SAP": "step table",
        "Salesforce Spiff": "mamount, marginal payout, tax brackets",
        "NetSuite": "marginal; transaction line ladder",
        "Sales Cookie": "cumulative tiers; non-cumulative for each deal",
        "Microsoft Dynamics 365": "stepped",
        "Phocas": "incremental, bracket accumulation",
        "Earn Base": "incremental",
        "SparrowGenie": "non-retroactive",
        "QuotaPath": "accelerator, decelerator",
        "Siebel": "non-aggregate",
        "Aptify": "graduated",
        "Xactly": "dated rate table",
    },
)
@dataclass(frozen=True)
class Marginal(TierTable):
    """A table by `times` works on lines that have a rate already: it accelerates or slows down what stands before it."""

    pays_by = ("rate", "times", "per unit")
    bound_matters = False

    def needs(self) -> tuple[str, ...]:
        # With one rate for all, the order moves money between deals, but not between payees.
        order = ("transaction.order",) if any(t.times is not None for t in self.tiers) else ()
        return (*super().needs(), *order)

    def bound_reading(self, conventions: Conventions) -> str:
        # Tiers share their bounds or are closed up; who owns one makes no difference here.
        both = (
            conventions.get("tier.bound") == "both ends inclusive" and conventions.get("tier.gap") is not None
        )
        if both:
            return "both ends inclusive"
        # Only a line that counts nothing lies in the tier of a bound as a whole.
        return "lower tier" if conventions.get("tier.bound") == "lower tier" else "upper tier"

    def from_sums(self, conventions: Conventions, accumulate: str) -> bool:
        # What a period earns is M(total at its end) - M(total at its start), however its deals lie in between.
        # Of dated tables the day of each deal picks one.
        dated = any(v.dated for v in versions(self.tiers))
        return accumulate != "none" and not dated and all(t.times is None for t in self.tiers)

    def deal_by_deal(self, run: ComponentRun) -> bool:
        return True

    def read(self, lines: Lines, run: ComponentRun) -> Lines:
        times = any(t.times is not None for t in self.tiers)
        if times and not bool(lines.has_rate.all()):
            no_rate_before(self, run)
            return lines
        if not len(lines) or (run.accumulate == "none" and not times):
            return super().read(lines, run)
        found = line_ladder(lines, run, self.rungs(run.conventions), self.where)
        if found is None:
            return lines
        interval = np.arange(len(lines)) if run.accumulate == "none" else found.interval[lines.period]
        order = in_order(lines, run, interval)
        values = lines.counts()[order]
        along = found.along(lines, lines.counts(), lines.base)
        ceilings = [None if c is None else c[order] for c in _ceilings(along, values)]
        new = segments(lines.payee[order], interval[order])
        parts = [restored(p, order) for p in slices(values, new, ceilings)]
        rules = [found.rule(k) for k in range(len(found.rungs))]
        tiers = [r.tier for r in found.rungs]
        at: Array | None = None
        if run.notes is not None or lines.counted is not None:
            so_far, now = (restored(v, order) for v in values.running(new))
            if len(tiers) > 1:
                running_totals(run, lines, so_far, now, along.quota, along.present, interval)
            at = found.along(lines, now, lines.base).top if lines.counted is not None else None
        rates = [t.value for t in tiers]
        return sliced(lines, parts, rates, rules, tiers[0].currency, times=times, stands=at)

    def pieces(self, ladder: Ladder) -> list[Piece]:
        return [
            ladder.piece(k, ladder.spread(part), (part.num != 0))
            for k in range(len(ladder.rungs))
            for part in (ladder.within(k),)
        ]

    def say(self, before: LineView | None, after: LineView) -> str:
        return part_words(after)


def _ceilings(along: Ladder, values: Exact) -> list[Exact | None]:
    """The upper end of each tier on each line; None for no end."""
    out: list[Exact | None] = []
    everywhere = along.quota is None or bool(along.present.all())
    for rung in along.rungs:
        if rung.tier.to is None:
            out.append(None)
            continue
        ceiling = along.bound(number(rung.tier.to))
        if not everywhere:
            # An attainment of 0% never leaves the first tier, however much is sold.
            beyond = Exact.full(ceiling.shape, values.absolute().total() + 1)
            ceiling = Exact.where(along.present, ceiling, beyond)
        out.append(ceiling)
    return out


def sliced(
    lines: Lines,
    parts: list[Exact],
    rates: list[Fraction],
    rules: list[int],
    rate_unit: str = "",
    *,
    times: bool = False,
    stands: Array | None = None,
) -> Lines:
    """One line for each part that isn't 0, in the order of lines and tiers; a line without any keeps its first.

    parts: of what each line counts.  times: the rates are multiples of the rate that the line has.  stands: the tier in
    which the running total stands at each line; a line that counts nothing lies wholly in it.
    """
    empty = np.ones(len(lines), dtype=bool)
    at: list[Array] = []
    tier: list[Array] = []
    for number_of_tier, part in enumerate(parts):
        found = part.nonzero()
        empty[found] = False
        at.append(found)
        tier.append(same(number_of_tier, len(found), np.int64))
    none = empty.nonzero()[0]
    row = np.concatenate([*at, none])
    k = np.concatenate([*tier, np.zeros(len(none), dtype=np.int64) if stands is None else stands[none]])
    order = np.lexsort((k, row))
    row, k = row[order], k[order]
    stacked = Exact.concat(parts)
    counted = stacked[k * len(lines) + row]
    rate = Exact.of(rates)[k]
    base, seen = counted, None
    if lines.counted is not None:
        # What is paid is divided as what counts is; a line that counts nothing lies wholly in its tier.
        counts = lines.counts()[row]
        nothing = counts.num == 0
        safe = Exact.where(nothing, Exact.full(len(row), 1), counts)
        own = lines.signed_base()[row]
        base, seen = Exact.where(nothing, own, counted.over(safe) * own), counted
    effective = rate * (lines.rate if times else lines.share)[row]
    return lines.take(
        row,
        base=base,
        sign=same(1, len(row), np.int64),
        rate=effective,
        has_rate=same(True, len(row), bool),
        rate_unit=same(rate_unit, len(row)),
        amount=base * effective,
        currency=same(rate_unit, len(row)) if rate_unit else taken(lines.unit, row),
        rule=np.array(rules, dtype=np.int64)[k],
        counted=seen,
    )
