"""Curve: attainment picks a payout percentage between stated points; it pays that much of the target incentive."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.retroactive import due_less_earned
from reference_engine.mechanics.measure import Matrix, accumulated, quota_matrix
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Percent, format_money, format_percent

_POINTS = (
    "[{attainment: 50%, payout: 0%}, {attainment: 100%, payout: 100%}, {attainment: 150%, payout: 200%}]"
)


@dataclass(frozen=True, slots=True)
class Point:
    """attainment: of the quota.  payout: of the target incentive."""

    attainment: Percent
    payout: Percent
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


@mechanic(
    "Attainment picks a point on a line between stated points; the payee earns that percentage of the target incentive.",
    examples=(
        Example(
            "Below, on and between the points, and beyond the last",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period, curve.below: zero, curve.above: flat}\n"
            f"components: [{{component: target, measure: bookings, credits: [direct], earn: [{{curve: {{points: {_POINTS}}}}}]}}]",
            {
                "plan_assignments": "payee | plan | from | quota | target incentive | period\n"
                + "\n".join(
                    f"{p} | P | 2026-01-01 | 100.00 EUR | 90.00 EUR | quarter"
                    for p in ("Ana", "Ben", "Cho", "Dee", "Eva")
                ),
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 49.00 EUR | 2026-01-15\nD-2 | Ben | 75.00 EUR | 2026-01-15\n"
                "D-3 | Cho | 100.00 EUR | 2026-01-15\nD-4 | Dee | 125.00 EUR | 2026-01-15\nD-5 | Eva | 170.00 EUR | 2026-01-15",
            },
            "Ana | 2026-Q1 | 0.00 EUR\nBen | 2026-Q1 | 45.00 EUR\nCho | 2026-Q1 | 90.00 EUR\nDee | 2026-Q1 | 135.00 EUR\nEva | 2026-Q1 | 180.00 EUR",
        ),
    ),
)
@dataclass(frozen=True)
class Curve(Mechanic):
    """points: in order of attainment; straight between them."""

    points: tuple[Point, ...]

    def needs(self) -> tuple[str, ...]:
        return ("tier.accumulate", "curve.below", "curve.above")

    def check(self, problems: list[Problem]) -> None:
        if len(self.points) < 2:
            problems.append(Problem("curve-points", "a curve needs at least two points.", self.where))
        for a, b in zip(self.points, self.points[1:], strict=False):
            if b.attainment <= a.attainment:
                problems.append(
                    Problem(
                        "curve-order",
                        f"the point at {b.attainment} stands after the one at {a.attainment}.",
                        b.where,
                        "A curve is read from the lowest attainment up.",
                        "Order the points; each attainment once.",
                    )
                )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        accumulate = run.conventions["tier.accumulate"]
        interval, intervals = run.intervals(accumulate)
        matrix = Matrix(lines, len(run.periods), run.idle)
        measured = accumulated(matrix.sums(lines.signed_base()), interval)
        unit = matrix.currency(lines, run, lines.unit, run.component.measure)
        quota, present = quota_matrix(run, matrix, measured, accumulate, unit, self.where)
        cadence = (
            accumulate
            if accumulate != "period"
            else run.plan.pays or run.world.calendar.pay_cadence or "month"
        )
        targets: list[Fraction] = []
        currency = np.full(len(matrix.payees), "", dtype=object)
        for r, code in enumerate(matrix.payees.tolist()):
            for t in range(len(run.periods)):
                target = run.quotas.target(
                    run.world.payees[code], run.plan.name, intervals[interval[t]], cadence
                )
                if target is None and present[r, t]:
                    run.problem(
                        "no-target",
                        f'"{run.world.payees[code]}" has no target incentive for {intervals[interval[t]].label}.',
                        self.where,
                        "The curve pays a percentage of it.",
                        'Fill "target incentive" in plan_assignments.',
                    )
                targets.append(target.amount if target is not None else Fraction(0))
                if target is not None:
                    currency[r] = target.currency
        if run.problems:
            return lines
        attainment = measured.over(Exact.where(present, quota, Exact.full(quota.shape, 1)))
        payout = Exact.where(present, self._payout(attainment, run), Exact.full(quota.shape, 0))
        target_matrix = Exact.of(targets).reshape(*measured.shape)
        rule = np.full(measured.shape, run.rule("the target incentive along the curve", "target", self.where))
        return due_less_earned(run, matrix, target_matrix, payout, rule, currency, currency, interval)

    def _payout(self, attainment: Exact, run: ComponentRun) -> Exact:
        first, last = self.points[0], self.points[-1]
        below = Fraction(0) if run.conventions["curve.below"] == "zero" else first.payout.value
        payout = Exact.full(attainment.shape, below)
        for a, b in zip(self.points, self.points[1:], strict=False):
            slope = (b.payout.value - a.payout.value) / (b.attainment.value - a.attainment.value)
            on_line = attainment.times(slope) + Exact.full(
                attainment.shape, a.payout.value - slope * a.attainment.value
            )
            payout = Exact.where(
                attainment >= Exact.full(attainment.shape, a.attainment.value), on_line, payout
            )
        if run.conventions["curve.above"] == "flat":
            payout = Exact.where(
                attainment >= Exact.full(attainment.shape, last.attainment.value),
                Exact.full(attainment.shape, last.payout.value),
                payout,
            )
        return payout

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rate is None:
            return "Part of it was earned before in the same interval."
        return f"The curve pays {format_percent(after.rate)} of the target incentive of {format_money(after.base, after.unit)}: {format_money(after.amount, after.currency)}."
