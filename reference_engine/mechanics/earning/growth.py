"""Growth: the growth over a baseline picks the tier, which pays on everything or on the increase."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import during, tell_cells
from reference_engine.mechanics.ladder import Ladder, ladder
from reference_engine.mechanics.measure import check_bounds
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE, Piece
from reference_engine.mechanics.tier_table import TierTable
from reference_engine.mechanics.tier_words import (
    amount_words,
    earned_before_words,
    reached_words,
)
from reference_engine.mechanics.tiers import Rung, check
from reference_engine.problems import Problem
from reference_engine.vocabulary.calendar import add_months
from reference_engine.vocabulary.numbers import Percent, Quantity, format_percent
from reference_engine.vocabulary.plan import Conventions

_TIERS = "[{from: 0%, to: 5%, rate: 0%}, {from: 5%, to: 10%, rate: 1%}, {from: 10%, rate: 2%}]"
NONE = "no growth that a tier covers: nothing"


def _plan(more: str, pays: str = "yearly", accumulate: str = "year", tiers: str = _TIERS) -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}, tier.bound: upper tier}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{growth: {{{more}, tiers: {tiers}}}}}]}}]"
    )


@mechanic(
    "What is sold is compared with a baseline, the same time a year before or a stated value; the growth picks the tier.",
    examples=(
        Example(
            "Just below, on and above 10% growth, paid on everything; the year before had nothing to compare with",
            _plan("on: everything, without history: skip"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2025-01-01\nBen | P | 2025-01-01\nCho | P | 2025-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2025-05-15\nD-2 | Ben | 1,000.00 EUR | 2025-05-15\nD-3 | Cho | 1,000.00 EUR | 2025-05-15\n"
                "D-4 | Ana | 1,099.00 EUR | 2026-05-15\nD-5 | Ben | 1,100.00 EUR | 2026-05-15\nD-6 | Cho | 1,101.00 EUR | 2026-05-15",
            },
            "Ana | FY2025 | 0.00 EUR\nAna | FY2026 | 10.99 EUR\nBen | FY2025 | 0.00 EUR\nBen | FY2026 | 22.00 EUR\nCho | FY2025 | 0.00 EUR\nCho | FY2026 | 22.02 EUR",
        ),
        Example(
            "Paid on the increase only; a payee without history is compared with zero; a return makes the growth smaller",
            _plan("on: the increase, without history: zero"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2025-01-01\nBen | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2025-05-15\nD-2 | Ana | 1,300.00 EUR | 2026-05-15\nD-3 | Ben | 500.00 EUR | 2026-05-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-06-10 | 100.00 EUR",
            },
            "Ana | FY2025 | 20.00 EUR\nAna | FY2026 | 4.00 EUR\nBen | FY2026 | 10.00 EUR",
        ),
        Example(
            "A stated baseline, and steps of money instead of percents; monthly pay on the year so far",
            _plan(
                "on: the increase, without history: skip, baseline: reported last year",
                "monthly",
                "year",
                "[{from: 0.00 EUR, to: 100.00 EUR, rate: 1%}, {from: 100.00 EUR, rate: 3%}]",
            ),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
                "reported_measures": "payee | measure | period | value\nAna | last year | 2026-01 | 900.00 EUR\nAna | last year | 2026-02 | 900.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 950.00 EUR | 2026-01-15\nD-2 | Ana | 50.00 EUR | 2026-02-15\nD-3 | Ben | 900.00 EUR | 2026-01-15",
            },
            "Ana | 2026-01 | 0.50 EUR\nAna | 2026-02 | 2.50 EUR\nBen | 2026-01 | 0.00 EUR",
        ),
        Example(
            "Everybody has a baseline, so the plan needn't say what is earned without one; just at it there is no growth",
            _plan("on: the increase, baseline: reported last year", tiers="[{from: 0%, rate: 10%}]"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
                "reported_measures": "payee | measure | period | value\nAna | last year | FY2026 | 900.00 EUR\nBen | last year | FY2026 | 900.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 950.00 EUR | 2026-01-15\nD-2 | Ben | 900.00 EUR | 2026-02-15",
            },
            "Ana | FY2026 | 5.00 EUR\nBen | FY2026 | 0.00 EUR",
        ),
    ),
    formula="g = A / baseline - 1; earned = rate of the tier of g x A, or x (A - baseline); less what was earned before in the interval",
    boundary="A growth just on a bound goes by tier.bound, or by the parameter reached.  Growth below the first tier earns nothing.  Without a "
    "baseline above zero a payee earns nothing (skip), or every sale is growth beyond all bounds (zero); where that is paid differently, the plan must say it.  A return makes the growth smaller.",
    sources=(
        "https://claimds.com/docs/growth-and-target-rebates",
        "https://help.prod.blacksmithtpm.com/doku.php?do=diff&id=growth_rebates&rev=1750103783",
        "https://vendortell.com/resources/glossary/growth-rebate",
        "https://idco.coop/supplier_rebates/thermoid/",
        "https://helpphocassoftware.atlassian.net/wiki/pages/viewpage.action?pageId=3487006761",
    ),
    words={"ClaimDS": "growth rebate", "Blacksmith": "growth rebate", "Phocas": "growth, back to dollar one"},
)
@dataclass(frozen=True)
class Growth(TierTable):
    """tiers: bounds of the growth as percents of the baseline, or as an increase in money or units.  on: what is paid on.

    baseline: a figure; what was sold in the same time a year before where it isn't said.  without history: skip a payee
    who has no baseline, or take it as zero; it must be said where such a payee has sales that it pays.
    """

    on: Literal["everything", "the increase"] = field(kw_only=True)
    without_history: Literal["skip", "zero"] | None = None
    baseline: Expression | None = None

    pays_by = ("rate", "pays", "per unit")

    def check_table(self, conventions: Conventions, problems: list[Problem], both: bool, gaps: bool) -> None:
        check(
            self.tiers,
            f'"{self.name}"',
            self.where,
            problems,
            shared_bounds=not both,
            gaps=gaps,
            negative=True,
        )

    def ladder(self, lines: Lines, run: ComponentRun) -> Ladder | None:
        table = self.rungs(run.conventions)
        check_bounds(run, [r.tier for r in table], lines.unit, self.where)
        if run.accumulate == "none":
            run.problem(
                "accumulate-none",
                f'"{self.name}" compares what has added up, and the values of "{run.component.name}" add up over: none.',
                self.where,
                "A single record has no year before it.",
                "State  tier.accumulate: year  or another interval.",
            )
        if run.problems:
            return None
        # The bounds are those of the growth; what is sold is read with a table of one tier.
        one = replace(table[0].tier, from_=Quantity(Fraction(0)), to=None)
        found = ladder(lines, run, (Rung(one, False),), self.where)
        if found is None or found.matrix is None:
            return None
        starts = run.plan.valid[0]
        if self.baseline is None and starts is not None and add_months(run.periods[-1].last, -12) < starts:
            run.problem(
                "growth-before-valid",
                f"the plan counts records from {starts} on, and growth compares with the year before.",
                self.where,
                "What was sold then isn't counted, so nobody would have a baseline.",
                "Let the plan's valid begin a year earlier, or state the baseline, like  baseline: reported last year.",
            )
            return None
        base, known = self._baseline(found, run)
        if run.problems:
            return None
        base = Exact.where(known, base, Exact.full(found.counts.shape, 0))
        if self.without_history is None:
            self._ask_history(found, base, known, run)
        increase = found.counts - base
        self._tell_growth(found, base, increase, known | (self.without_history == "zero"), run)
        return self._compared(found, base, known)

    def _compared(self, found: Ladder, base: Exact, known: Array) -> Ladder:
        """The table over the growth.  known: where there is a baseline."""
        increase = found.counts - base
        # A growth of so many percents is an increase of so many percents of the baseline.
        return replace(
            found,
            rungs=self.rungs(found.run.conventions),
            counts=increase,
            base=found.counts if self.on == "everything" else increase,
            quota=base if isinstance(self.tiers[0].from_, Percent) else None,
            present=known | (self.without_history == "zero"),
        )

    def _ask_history(self, found: Ladder, base: Exact, known: Array, run: ComponentRun) -> None:
        """A Problem where somebody sells without a baseline, and the plan doesn't say what that earns."""
        assert found.matrix is not None
        zero = replace(self, without_history="zero")
        due = Exact.full(known.shape, 0)
        pieces = zero.pieces(zero._compared(found, base, known))
        for piece in pieces:
            due = due + piece.amount
        cells = np.argwhere(~known & (due.num != 0))
        if not len(cells):
            return
        row, t = (int(i) for i in cells[0])
        position, intervals = run.intervals(run.accumulate)
        money = next((p.rate_unit for p in pieces if p.rate_unit), "") or found.rungs[0].tier.currency
        pays = amount_words(due[row].at(t), money or str(found.currency[row]))
        run.problem(
            "growth-history",
            f'"{run.world.payees[int(found.matrix.payees[row])]}" has {amount_words(found.counts[row].at(t), str(found.unit[row]))} '
            f"in {intervals[int(position[t])].label}, and nothing to compare it with.",
            self.where,
            f'"{self.name}" doesn\'t say what a payee without a baseline earns. The answer changes what is paid.',
            "Add one of:\n      without history: skip (such a payee earns nothing): nothing"
            f"\n      without history: zero (the baseline is zero, and every sale is growth): {pays}"
            "\n  or state the baseline.",
        )

    def tell(self, ladder: Ladder, run: ComponentRun) -> None:
        """The growth is kept already, before it is taken for what counts."""

    def _tell_growth(
        self, found: Ladder, base: Exact, increase: Exact, present: Array, run: ComponentRun
    ) -> None:
        assert found.matrix is not None
        counts, unit = found.counts, found.unit
        position, intervals = run.intervals(run.accumulate)

        def words(row: int, t: int) -> str:
            if not present[row, t]:
                return ""
            name, sold, before = str(unit[row]), counts[row].at(t), base[row].at(t)
            more = increase[row].at(t)
            out = (
                f"{during(intervals[int(position[t])], run.periods[t])}, {amount_words(sold, name)} against a baseline of "
                f"{amount_words(before, name)} is {'an increase' if more >= 0 else 'a decrease'} of {amount_words(abs(more), name)}"
            )
            return f"{out}, {format_percent(more / before)} of it." if before else f"{out}."

        tell_cells(run, found.matrix, words)

    def _baseline(self, found: Ladder, run: ComponentRun) -> tuple[Exact, Array]:
        """The baseline of each payee and period, and where there is one above zero."""
        assert found.matrix is not None
        shape = found.counts.shape
        if self.baseline is not None:
            payee = np.repeat(found.matrix.payees, shape[1])
            period = np.tile(np.arange(shape[1]), shape[0])
            known = np.ones(len(payee), dtype=bool)
            names = self.baseline.names()
            stated = run.figures.column(names[0], run.component) if str(self.baseline) in names else None
            if stated is not None and stated.present is not None:
                # Who has no stated baseline has no history; only the others are asked for it.
                known = stated.present[payee * len(run.periods) + period]
            column = run.cells(payee[known], period[known]).number(self.baseline, self.where, run.problems)
            at = np.maximum(np.cumsum(known) - 1, 0)
            value = Exact.where(
                known, Exact.concat([column.value, Exact.full(1, 0)])[at], Exact.full(len(payee), 0)
            )
            value = value.reshape(*shape)
            return value, np.asarray(value.num > 0)
        firsts = {p.first: t for t, p in enumerate(run.periods)}
        before = np.array([firsts.get(_year_before(p.first), -1) for p in run.periods])
        value = found.counts[:, np.maximum(before, 0)]
        known = np.broadcast_to(before >= 0, shape) & (value.num > 0)
        return value, np.asarray(known)

    def pieces(self, ladder: Ladder) -> list[Piece]:
        shape = ladder.counts.shape
        zero = ladder.quota is not None and self.without_history == "zero"
        # Over a baseline of zero every sale is growth beyond all bounds.
        boundless = (
            np.asarray((ladder.quota.num == 0) & (ladder.counts.num > 0))
            if zero and ladder.quota is not None
            else np.zeros(shape, dtype=bool)
        )
        lowest = ladder.lower(0)
        in_table = ladder.present & (ladder.counts >= lowest)
        top = np.where(boundless, len(ladder.rungs) - 1, ladder.top)
        if zero and ladder.quota is not None:
            in_table &= boundless | (ladder.quota.num > 0)
        out = [
            ladder.piece(k, ladder.base, in_table & (top == k), more=f", on {self.on}")
            for k in range(len(ladder.rungs))
        ]
        nothing = Exact.full(shape, 0)
        none = np.full(shape, ladder.run.rule(NONE, where=self.where))
        out.insert(0, Piece(nothing, ladder.unit, None, "", nothing, none, ~in_table))
        return out

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind == EARNED_BEFORE:
            return earned_before_words(after)
        if after.rule is not None and after.rule.words == NONE:
            return (
                "There is no baseline to compare with, or no growth that a tier covers, so nothing is earned."
            )
        return reached_words(after, " of growth", "The tier")


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
