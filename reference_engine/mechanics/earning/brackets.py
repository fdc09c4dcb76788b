"""Brackets: each line's own base picks a tier, and the tier's rate pays on the whole base."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell_lines
from reference_engine.mechanics.record_values import on_lines
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.tier_table import TierTable, no_rate_before
from reference_engine.mechanics.tier_words import amount_words, formula_words, piece_words
from reference_engine.mechanics.tiers import (
    Rung,
    Version,
    check,
    check_versions,
    gaps_between,
    number,
    versions,
)
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import (
    Money,
    Percent,
    Quantity,
    format_money,
    format_number,
    format_percent,
)
from reference_engine.vocabulary.plan import Conventions

GAP = "between the brackets: nothing"


@mechanic(
    "Something about each record (its amount, its term, its margin) picks one bracket, which pays on the whole line.  Nothing adds up over lines.",
    examples=(
        Example(
            "Whole-number bounds with gaps: 500.50 lies between two brackets",
            "conventions: {rounding: exact, tier.bound: both ends inclusive, tier.gap: earns nothing, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{brackets: {tiers: "
            "[{from: 0.00 EUR, to: 500.00 EUR, rate: 1%}, {from: 501.00 EUR, to: 2000.00 EUR, rate: 2%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 500.00 EUR | 2026-01-15\nD-2 | Ana | 500.50 EUR | 2026-02-15\n"
                "D-3 | Ana | 501.00 EUR | 2026-03-15\nD-4 | Ana | 2,001.00 EUR | 2026-04-15",
            },
            "Ana | 2026-01 | 5.00 EUR\nAna | 2026-02 | 0.00 EUR\nAna | 2026-03 | 10.02 EUR\nAna | 2026-04 | 0.00 EUR",
        ),
        Example(
            "Shared bounds: 500.00 takes the upper bracket",
            "conventions: {rounding: exact, tier.bound: upper tier, tier.gap: earns nothing, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{brackets: {tiers: "
            "[{from: 0.00 EUR, to: 500.00 EUR, rate: 1%}, {from: 500.00 EUR, rate: 2%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 499.00 EUR | 2026-01-15\nD-2 | Ana | 500.00 EUR | 2026-02-15\nD-3 | Ana | 501.00 EUR | 2026-03-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-04-10 | 500.00 EUR",
            },
            "Ana | 2026-01 | 4.99 EUR\nAna | 2026-02 | 10.00 EUR\nAna | 2026-03 | 10.02 EUR\nAna | 2026-04 | -10.00 EUR",
        ),
        Example(
            "A rate by the length of the contract, in months",
            "conventions: {rounding: exact, tier.bound: upper tier, tier.gap: earns nothing}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{brackets: {by: term months, tiers: "
            "[{from: 0, to: 24, rate: 10%}, {from: 24, to: 36, rate: 12.5%}, {from: 36, rate: 15%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed | term months\nD-1 | Ana | 800.00 EUR | 2026-01-15 | 12\nD-2 | Ana | 800.00 EUR | 2026-02-15 | 24\n"
                "D-3 | Ana | 800.00 EUR | 2026-03-15 | 36\nD-4 | Ana | 800.00 EUR | 2026-04-15 | 23",
                "returns": "return | of | date | amount\nR-1 | D-3 | 2026-05-10 | 100.00 EUR",
            },
            "Ana | 2026-01 | 80.00 EUR\nAna | 2026-02 | 100.00 EUR\nAna | 2026-03 | 120.00 EUR\nAna | 2026-04 | 80.00 EUR\nAna | 2026-05 | -15.00 EUR",
            source="https://comp.quotapath.io/leaders/hilary-headlee-ae-plan",
        ),
        Example(
            "A rate by the mark-up: margin divided by cost, not by price",
            "conventions: {rounding: exact, tier.bound: both ends inclusive, tier.gap: tier below}\n"
            "components: [{component: C, measure: margin, credits: [direct], earn: [{brackets: {by: margin / cost, tiers: "
            "[{from: 0%, to: 35%, rate: 10%}, {from: 36%, to: 60%, rate: 25%}, {from: 61%, rate: 40%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 150.00 EUR | 2026-01-15",
                "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 150.00 EUR | 2026-01-20",
                "invoice_lines": "invoice | line | amount | units | unit cost\nI-1 | 1 | 150.00 EUR | 1 | 100.00 EUR",
            },
            "Ana | 2026-01 | 12.50 EUR",
            source="http://www.ehow.com/how_12080272_calculate-tiered-gross-margin-commission.html",
        ),
        Example(
            "An amount for the length of the contract: the second year of a renewal is worth half the first",
            "conventions: {rounding: exact, tier.bound: upper tier, tier.gap: earns nothing}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{brackets: {by: term months, tiers: "
            "[{from: 0, to: 24, pays: 2000.00 USD}, {from: 24, pays: 3000.00 USD}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed | term months\nD-1 | Ana | 20,000.00 USD | 2026-01-15 | 12\nD-2 | Ana | 40,000.00 USD | 2026-02-15 | 24",
            },
            "Ana | 2026-01 | 2,000.00 USD\nAna | 2026-02 | 3,000.00 USD",
            source="https://elevate.so/blog/sales-incentive-compensation-multi-year-deals",
        ),
        Example(
            "Bulk prices: the units of an order pick the amount for every unit of it",
            "conventions: {rounding: exact, tier.bound: lower tier, tier.gap: earns nothing}\n"
            "components: [{component: C, measure: units, credits: [direct], earn: [{brackets: {tiers: "
            "[{from: 0, to: 10, per unit: 20.00 USD}, {from: 10, to: 20, per unit: 17.00 USD}, {from: 20, per unit: 15.00 USD}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nLyon | P | 2026-01-01",
                "retail_sales": "sale | retailer | product | units | date\nS-1 | Lyon | X | 7 | 2026-01-10\nS-2 | Lyon | X | 14 | 2026-02-10\n"
                "S-3 | Lyon | X | 23 | 2026-03-10\nS-4 | Lyon | X | 20 | 2026-04-10",
            },
            "Lyon | 2026-01 | 140.00 USD\nLyon | 2026-02 | 238.00 USD\nLyon | 2026-03 | 345.00 USD\nLyon | 2026-04 | 340.00 USD",
            source="https://docs.oracle.com/cd/E36434_01/Platform.10-1-2/ATGMerchandisingUserGuide/html/s1507definingvolumepricing01.html",
        ),
    ),
    formula="amount = rate of the bracket of the value x base; or the bracket's amount for the record, or for each of its units",
    boundary="A value just on a bound goes by tier.bound, or by the parameter reached; a value between printed brackets by tier.gap.  Below "
    "the first bracket and above a last one that ends, a line earns nothing.  By returns.earn a return mirrors a sale of its amount.",
    sources=(
        "https://lawinsider.com/clause/calculation-of-commissions",
        "https://comp.quotapath.io/leaders/hilary-headlee-ae-plan",
        "http://www.quotewerks.com/helpfile/salestab.htm",
        "https://support2.salescookie.com/portal/en/kb/articles/kb-what-is-the-difference-between-cumulative-and-non-cumulative-tiers",
    ),
    words={
        "Sales Cookie": "non-cumulative tiers",
        "QuoteWerks": "margin sliding scale",
        "QuotaPath": "multi-year rate, discount decelerator",
        "Oracle ATG": "bulk pricing",
        "Oracle Fusion": "individual, not split",
    },
)
@dataclass(frozen=True)
class Brackets(TierTable):
    """by: what picks the bracket, from the fields of the record, like term months; the line's base where it isn't said.

    With both ends inclusive, bounds are written as printed and may leave gaps.
    """

    by: Expression | None = None

    def needs(self) -> tuple[str, ...]:
        bound = ("tier.bound",) if self.reached is None else ()
        gap = ("tier.gap",) if any(gaps_between(v.tiers) for v in versions(self.tiers)) else ()
        # A rate that the record itself picks pays a return alike by either reading.
        returns = ("returns.earn",) if self.by is None or any(t.pays is not None for t in self.tiers) else ()
        return (*bound, *gap, *returns, *self.dates())

    @property
    def counts_units(self) -> bool:  # type: ignore[override]
        if self.by is None:
            return any(isinstance(t.from_, Quantity) or t.per_unit is not None for t in self.tiers)
        return any(t.per_unit is not None for t in self.tiers)

    def check(self, problems: list[Problem]) -> None:
        super().check(problems)
        if self.by is None and any(isinstance(t.from_, Percent) for t in self.tiers):
            problems.append(
                Problem(
                    "tiers-kind",
                    "the bounds of brackets must be amounts of money or units; a percent needs something to compare with.",
                    self.where,
                    remedy="Write 500.00 EUR, or say what is compared:  by: margin / amount",
                )
            )

    def check_under(self, conventions: Conventions, problems: list[Problem]) -> None:
        if conventions.get("tier.bound") is None and self.reached is None:
            # Whether bounds may leave gaps depends on the answer, which is asked for already.
            return
        tables = versions(self.tiers)
        check_versions(tables, '"brackets"', problems)
        inclusive = self.bound_reading(conventions) == "both ends inclusive"
        for table in tables or [Version(None, None, ())]:
            check(
                table.tiers,
                '"brackets"',
                self.where,
                problems,
                shared_bounds=not inclusive,
                gaps=True,
                open_top=False,
                negative=self.by is not None,
            )

    def deal_by_deal(self, run: ComponentRun) -> bool:
        return True

    def read(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        value, unit = (
            (lines.base, lines.unit) if self.by is None else on_lines(self.by, lines, run, self.where)
        )
        if self.by is not None:
            name = formula_words(self.by)
            percents = any(isinstance(t.from_, Percent) for t in self.tiers)
            tell_lines(
                run,
                lines,
                lambda line: f"Its {name}: {_value_words(value.at(line), str(unit[line]), percents)}.",
            )
        table = self.rungs(run.conventions)
        kind = table[0].tier.kind
        self._check_units(lines, unit, table, run)
        if kind == "times" and not bool(lines.has_rate.all()):
            no_rate_before(self, run)
        if run.problems:
            return lines
        size = len(lines)
        nothing = Exact.full(size, 0)
        position = bracket_of(value, table)
        values = Exact.of([*(r.tier.value for r in table), 0])[position]
        none = run.rule(GAP, where=self.where)
        names = [
            none if r.hole else run.rule(f"bracket {r.tier.label} {r.tier.pay_words}", where=r.tier.where)
            for r in table
        ]
        rule = np.array([*names, none], dtype=np.int64)[position]
        money = table[0].tier.currency
        currency = np.full(size, money, dtype=object) if money else lines.unit
        rate, rate_unit = nothing, ""
        if kind == "pays":
            # A fixed amount is taken back where the base is below zero.
            amount = values * lines.share * Exact(np.where(lines.base.num < 0, -1, 1))
        elif kind == "times":
            rate = lines.rate * values
            amount, currency = lines.amount * values, lines.currency
        else:
            rate, rate_unit = values * lines.share, money
            amount = lines.base * rate
        return lines.change(
            rate=rate,
            has_rate=np.full(size, kind != "pays"),
            rate_unit=np.full(size, rate_unit, dtype=object),
            amount=amount,
            currency=currency,
            rule=rule,
        )

    def _check_units(self, lines: Lines, unit: Array, table: tuple[Rung, ...], run: ComponentRun) -> None:
        wanted = {r.tier.from_.currency if isinstance(r.tier.from_, Money) else "" for r in table}
        wrong = sorted(set(unit.tolist()) - wanted)
        if wrong:
            shown = ", ".join(sorted(wanted)) or "plain numbers"
            run.problem(
                "currency-mixed",
                f"the brackets are in {shown}, and lines are in {wrong[0] or 'units'}.",
                self.where,
                "They can't be compared.",
                "State the plan's currency, and exchange rates."
                if wrong[0]
                else "Write the bounds as plain numbers, or compare money instead.",
            )
        pays = table[0].tier
        if pays.currency and pays.kind == "pays" and set(lines.unit.tolist()) - {pays.currency, ""}:
            run.problem(
                "currency-mixed",
                f"the brackets pay in {pays.currency}, and lines are in {sorted(set(lines.unit.tolist()) - {pays.currency})[0]}.",
                self.where,
                "One component pays in one currency.",
                "State the plan's currency, and exchange rates.",
            )

    def say(self, before: LineView | None, after: LineView) -> str:
        what = amount_words(after.base, after.unit) if self.by is None else "it"
        lies = "lies" if self.by is not None or after.unit or after.base == 1 else "lie"
        if after.rule is not None and after.rule.words == GAP:
            return f"{what[0].upper()}{what[1:]} {lies} in no bracket, so the line earns nothing."
        return f"{what[0].upper()}{what[1:]} {lies} in the {after.rule.words if after.rule else 'bracket'}: {piece_words(after)}"


def _value_words(value: Fraction, unit: str, percent: bool) -> str:
    if unit:
        return format_money(value, unit)
    return format_percent(value) if percent else format_number(value)


def bracket_of(value: Exact, table: tuple[Rung, ...]) -> Array:
    """The position of the bracket of each value; the last, one beyond the table, for none."""
    size = len(value)
    out = np.full(size, len(table), dtype=np.int64)
    for position, rung in enumerate(table):
        low = Exact.full(size, number(rung.tier.from_))
        out = np.where(value > low if rung.strict else value >= low, position, out)
    top = table[-1].tier.to
    if top is not None:
        out = np.where(value > Exact.full(size, number(top)), len(table), out)
    return out
