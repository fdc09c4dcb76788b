"""Step curve: the payout of the last point reached, of the target incentive; nothing is drawn between the points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.curve import Point, check_points, number_of, same_kind
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.target import on_target, target_words
from reference_engine.mechanics.tier_table import REACHED
from reference_engine.mechanics.tiers import words
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent

_THREE = "payee | plan | from | quota | target incentive | period\n" + "\n".join(
    f"{p} | P | 2026-01-01 | 100.00 EUR | 90.00 EUR | quarter" for p in ("Ana", "Ben", "Cho")
)
_DEALS = "deal | owner | amount | closed\nD-1 | Ana | 99.00 EUR | 2026-01-15\nD-2 | Ben | 100.00 EUR | 2026-01-15\nD-3 | Cho | 101.00 EUR | 2026-01-15"


def _plan(bound: str, pays: str = "quarterly", accumulate: str = "period") -> str:
    return (
        f"pays: {pays}\nconventions: {{rounding: exact, tier.accumulate: {accumulate}, tier.bound: {bound}, curve.below: zero}}\n"
        "components: [{component: target, measure: bookings, credits: [direct], earn: [{step curve: {points: "
        "[{attainment: 80%, payout: 50%}, {attainment: 100%, payout: 100%}, {attainment: 120%, payout: 150%}]}}]}]"
    )


@mechanic(
    "The last point that the attainment has reached pays its percentage of the target incentive.",
    examples=(
        Example(
            "Just below, on and above 100%; the point belongs to the upper step",
            _plan("upper tier"),
            {"plan_assignments": _THREE, "deals": _DEALS},
            "Ana | 2026-Q1 | 45.00 EUR\nBen | 2026-Q1 | 90.00 EUR\nCho | 2026-Q1 | 90.00 EUR",
        ),
        Example(
            "The same, where a point has to be passed",
            _plan("lower tier"),
            {"plan_assignments": _THREE, "deals": _DEALS},
            "Ana | 2026-Q1 | 45.00 EUR\nBen | 2026-Q1 | 45.00 EUR\nCho | 2026-Q1 | 90.00 EUR",
        ),
        Example(
            "Monthly pay on the quarter: a step brings its difference, a return takes it back, below 80% all of it",
            _plan("upper tier", "monthly", "quarter"),
            {
                "plan_assignments": _THREE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 80.00 EUR | 2026-01-15\nD-2 | Ana | 45.00 EUR | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-10 | 50.00 EUR",
            },
            "Ana | 2026-01 | 45.00 EUR\nAna | 2026-02 | 90.00 EUR\nAna | 2026-03 | -135.00 EUR",
        ),
    ),
    formula="payout of the last point whose attainment is reached x target incentive - what was earned before",
    boundary="A value just on a point goes by tier.bound, or by the parameter reached.  Below the first point the convention curve.below counts; "
    "above the last point its payout stays.",
    sources=(
        "https://blogs.sap.com/2022/07/12/understanding-interpolate-and-step-business-goals-calculations-in-variable-pay/",
        "https://www.sec.gov/Archives/edgar/data/66756/000006675609000015/exhibit_10h7.htm",
    ),
    words={"SAP Variable Pay": "step", "SEC filings": "payout schedule"},
)
@dataclass(frozen=True)
class StepCurve(Mechanic):
    """points: in order of attainment, each with the payout from there.  reached: at least, or more than; tier.bound where it isn't said."""

    points: tuple[Point, ...]
    reached: Literal["at least", "more than"] | None = None

    def needs(self) -> tuple[str, ...]:
        return ("tier.accumulate", "curve.below", *(("tier.bound",) if self.reached is None else ()))

    def check(self, problems: list[Problem]) -> None:
        check_points(self.points, "a step curve", problems, self.where, jumps=False)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        found = on_target(self, lines, run, by_quota=isinstance(self.points[0].attainment, Percent))
        if found is None or not same_kind(self.points, found, self):
            return lines
        below = run.conventions["curve.below"]
        if below == "extrapolate":
            run.problem(
                "curve-extrapolate",
                "a step curve has no slope that could go on below its first point.",
                self.where,
                "The convention curve.below says extrapolate.",
                "State curve.below: zero or first point, or take curve.",
            )
            return lines
        strict = REACHED.get(self.reached or "", run.conventions.get("tier.bound")) == "lower tier"
        at = found.attainment
        payout = Exact.full(at.shape, 0 if below == "zero" else self.points[0].payout.value)
        for point in self.points:
            start = Exact.full(at.shape, number_of(point))
            there = at > start if strict else at >= start
            payout = Exact.where(there, Exact.full(at.shape, point.payout.value), payout)
        payout = Exact.where(found.present, payout, Exact.full(at.shape, 0))
        return found.settle(payout, "the target incentive by steps", self)

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rate is None:
            return target_words(after)
        reached = [p for p in self.points if p.payout.value == after.rate]
        if not reached:
            return f"No step is reached, so {target_words(after)}"
        return f"By the last step reached, {words(reached[-1].attainment)}, {target_words(after)}"
