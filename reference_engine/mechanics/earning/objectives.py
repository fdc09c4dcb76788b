"""Objectives: target incentive x weight x achievement, over several goals: MBO, KPI, scorecard."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression, parse
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.lump import Lump, lumps
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Percent, format_money, format_percent


@dataclass(frozen=True, slots=True)
class Point:
    """attainment: how far the goal is achieved.  payout: what share of the goal's target it pays there."""

    attainment: Percent
    payout: Percent
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Goal:
    """goal: its name.  weight: its share of the target.  achievement: the figure, such as `attainment of margin` or
    `reported NPS goal`.  points: which attainment of the goal pays what; the achievement itself is paid where none is
    stated.  between points: in a straight line, or the step of the last point reached.  threshold: below it the goal pays
    nothing.  cap: more than this payout isn't paid."""

    goal: str
    weight: Percent
    achievement: Expression
    points: tuple[Point, ...] = ()
    between_points: Literal["line", "step"] | None = None
    threshold: Percent | None = None
    cap: Percent | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


_PEOPLE = {
    "plan_assignments": "payee | plan | from | target incentive | period\nAna | P | 2026-01-01 | 10,000.00 EUR | quarter"
}


def _example(
    title: str, goals: str, reported: str, payouts: str, combine: str = "added", below: str = "zero"
) -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, curve.below: {below}, curve.above: flat}}\n"
        f"components: [{{component: MBO, earn: [{{objectives: {{per: quarter, combine: {combine}, goals: {goals}}}}}]}}]",
        {**_PEOPLE, "reported_measures": f"payee | measure | period | value\n{reported}"},
        payouts,
    )


_TWO = "[{goal: Launch, weight: 60%, achievement: reported launch, threshold: 80%, cap: 120%}, {goal: Hiring, weight: 40%, achievement: reported hiring}]"


@mechanic(
    "The target incentive is paid by the weighted achievement of several goals, added up or multiplied.",
    examples=(
        _example(
            "60% x 100% and 40% x 50% of 10,000.00",
            _TWO,
            "Ana | launch | 2026-Q1 | 100%\nAna | hiring | 2026-Q1 | 50%",
            "Ana | 2026-03 | 8,000.00 EUR",
        ),
        _example(
            "On its threshold a goal pays; a goal above its cap pays the cap",
            _TWO,
            "Ana | launch | 2026-Q1 | 80%\nAna | hiring | 2026-Q1 | 0%\nAna | launch | 2026-Q2 | 130%\nAna | hiring | 2026-Q2 | 0%",
            "Ana | 2026-03 | 4,800.00 EUR\nAna | 2026-06 | 7,200.00 EUR",
        ),
        _example(
            "Below its threshold it pays nothing",
            _TWO,
            "Ana | launch | 2026-Q1 | 79.99%\nAna | hiring | 2026-Q1 | 100%",
            "Ana | 2026-03 | 4,000.00 EUR",
        ),
        _example(
            "Points: 90% lies half way between 80% (pays 50%) and 100% (pays 100%)",
            "[{goal: Margin, weight: 100%, achievement: reported margin, points: [{attainment: 80%, payout: 50%}, {attainment: 100%, payout: 100%}], between points: line}]",
            "Ana | margin | 2026-Q1 | 90%",
            "Ana | 2026-03 | 7,500.00 EUR",
        ),
        _example(
            "Steps: 90% has reached 80%, which pays 50%, and 100% pays 100%",
            "[{goal: Margin, weight: 100%, achievement: reported margin, points: [{attainment: 80%, payout: 50%}, {attainment: 100%, payout: 100%}], between points: step}]",
            "Ana | margin | 2026-Q1 | 90%\nAna | margin | 2026-Q2 | 100%",
            "Ana | 2026-03 | 5,000.00 EUR\nAna | 2026-06 | 10,000.00 EUR",
        ),
        _example(
            "Below the first point along the first slope: 70% pays 25%",
            "[{goal: Margin, weight: 100%, achievement: reported margin, points: [{attainment: 80%, payout: 50%}, {attainment: 100%, payout: 100%}], between points: line}]",
            "Ana | margin | 2026-Q1 | 70%",
            "Ana | 2026-03 | 2,500.00 EUR",
            below="extrapolate",
        ),
        _example(
            "Multiplied: 120% x 90%",
            "[{goal: Sales, weight: 100%, achievement: reported sales}, {goal: Rating, weight: 100%, achievement: reported rating}]",
            "Ana | sales | 2026-Q1 | 120%\nAna | rating | 2026-Q1 | 90%",
            "Ana | 2026-03 | 10,800.00 EUR",
            "multiplied",
        ),
    ),
    formula="added: amount = target x sum of (weight x payout of each goal); multiplied: amount = target x product of the payouts",
    boundary="A goal on its threshold pays; on a point it pays that point; below the first and above the last point the conventions "
    "curve.below and curve.above decide. A goal whose achievement isn't reported is a Problem, not a zero. The target is "
    "the one of the interval, prorated where the payee's plan states a proration.",
    sources=(
        "https://docs.oracle.com/cd/F95822_01/hcm92pbr49/eng/hcm/hhvc/CalculatingAwards-3e3531.html",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/calculate-monthly-bonuses-using-a-weighted-score.html",
        "https://blogs.sap.com/2022/09/07/bonus-calculation-equations-in-variable-pay/",
    ),
    words={
        "PeopleSoft": "MBO, matrix goal",
        "SAP Variable Pay": "additive or multiplicative goals",
        "Oracle Fusion": "weighted score, blended attainment",
        "general": "MBO, KPI, scorecard, weighted measures, target x weight x achievement",
    },
)
@dataclass(frozen=True)
class Objectives(Lump):
    """goals: what is to be achieved.  combine: whether the weighted payouts of the goals are added, or the payouts
    multiplied.  of: what is paid at 100%; the payee's target incentive where it isn't stated.  per: the interval.  cap: more than
    this share of the target isn't paid in all."""

    goals: tuple[Goal, ...]
    per: Literal["period", "quarter", "half-year", "year"] | None = None
    combine: Literal["added", "multiplied"] = "added"
    of: Expression | None = None
    cap: Percent | None = None

    def needs(self) -> tuple[str, ...]:
        return ("curve.below", "curve.above") if any(g.points for g in getattr(self, "goals", ())) else ()

    def names(self) -> tuple[str, ...]:
        return (*super().names(), "target incentive")

    def check(self, problems: list[Problem]) -> None:
        total = sum((g.weight.value for g in self.goals), Fraction(0))
        if self.combine == "added" and total != 1:
            problems.append(
                Problem(
                    "weights-total",
                    f"the weights of the goals total {format_percent(total)}.",
                    self.where,
                    "At 100% of every goal another amount than the target would be paid.",
                    "Make them total 100%, or state another target in  of:",
                )
            )
        for goal in self.goals:
            if len(goal.points) > 1 and goal.between_points is None:
                problems.append(_between(goal))
            for a, b in zip(goal.points, goal.points[1:], strict=False):
                if b.attainment.value <= a.attainment.value:
                    problems.append(
                        Problem(
                            "curve-order",
                            f"the point at {b.attainment} stands after the one at {a.attainment}.",
                            b.where,
                            "Points are read from the lowest achievement up.",
                            "Order the points; each attainment once.",
                        )
                    )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        payee, period = self.closing(run)
        if not len(payee):
            return lines
        cells = run.cells(payee, period)
        words = "target incentive" if self.span() == "period" else f"target incentive this {self.span()}"
        target = cells.number(self.of or parse(words), self.where, run.problems)
        total = Exact.full(len(payee), 0 if self.combine == "added" else 1)
        for goal in self.goals:
            reached = cells.number(goal.achievement, goal.where, run.problems).value
            paid = _payout(goal, reached, run)
            if self.combine == "multiplied":
                total = total * paid
                continue
            share = paid.times(goal.weight.value)
            total = total + share
        if self.cap is not None:
            total = total.minimum(Exact.full(len(payee), self.cap.value))
        rules = np.full(len(payee), run.rule(self._words(), "target incentive by goals", self.where))
        return lumps(
            lines,
            payee,
            period,
            target.value * total,
            target.unit,
            rules,
            base=target.value,
            unit=target.unit,
            rate=total,
        )

    def _words(self) -> str:
        parts = [
            f"{g.goal} {format_percent(g.weight.value)}" if self.combine == "added" else g.goal
            for g in self.goals
        ]
        return (" + " if self.combine == "added" else " x ").join(parts)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None or after.rate is None:
            return ""
        return (
            f"The goals ({self._words()}) are achieved to {format_percent(after.rate)} in all, and that part of the target is paid: "
            f"{format_money(after.base, after.unit)} x {format_percent(after.rate)} = {format_money(after.amount, after.currency)}."
        )


def _between(goal: Goal) -> Problem:
    a, b = goal.points[:2]
    half = format_percent((a.attainment.value + b.attainment.value) / 2)
    line, step = format_percent((a.payout.value + b.payout.value) / 2), a.payout
    return Problem(
        "missing-parameter",
        f'the goal "{goal.goal}" doesn\'t state "between points".',
        goal.where,
        f"What an achievement of {half} pays, half way between {a.attainment} and {b.attainment}, isn't known.",
        f"Add one of:\n      between points: line (a straight line between the points): {line}"
        f"\n      between points: step (what the last point reached pays): {step}",
    )


def _payout(goal: Goal, reached: Exact, run: ComponentRun) -> Exact:
    paid = reached if not goal.points else _along(goal, reached, run)
    if goal.cap is not None:
        paid = paid.minimum(Exact.full(len(paid), goal.cap.value))
    if goal.threshold is not None:
        nothing: Array = reached < Exact.full(len(paid), goal.threshold.value)
        paid = Exact.where(nothing, Exact.full(len(paid), 0), paid)
    return paid


def _along(goal: Goal, reached: Exact, run: ComponentRun) -> Exact:
    first, last = goal.points[0], goal.points[-1]
    size = len(reached)
    lowest = Fraction(0) if run.conventions["curve.below"] == "zero" else first.payout.value
    paid = Exact.full(size, lowest)
    if run.conventions["curve.below"] == "extrapolate" and len(goal.points) > 1:
        if goal.between_points == "step":
            run.problem(
                "curve-extrapolate",
                f'the steps of the goal "{goal.goal}" have no slope that could go on below the first point.',
                goal.where,
                "The convention curve.below says extrapolate.",
                "State curve.below: zero or first point, or  between points: line.",
            )
        a, b = goal.points[:2]
        slope = (b.payout.value - a.payout.value) / (b.attainment.value - a.attainment.value)
        paid = reached.times(slope) + Exact.full(size, a.payout.value - slope * a.attainment.value)
    for a, b in zip(goal.points, goal.points[1:], strict=False):
        slope = (b.payout.value - a.payout.value) / (b.attainment.value - a.attainment.value)
        if goal.between_points == "step":
            slope = Fraction(0)
        line = reached.times(slope) + Exact.full(size, a.payout.value - slope * a.attainment.value)
        paid = Exact.where(reached >= Exact.full(size, a.attainment.value), line, paid)
    beyond = reached >= Exact.full(size, last.attainment.value)
    if goal.between_points == "step" or run.conventions["curve.above"] == "flat" or len(goal.points) == 1:
        paid = Exact.where(beyond, Exact.full(size, last.payout.value), paid)
    return paid
