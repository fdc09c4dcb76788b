"""Over-achievement: every point of attainment above a level earns so much of the target incentive on top."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell_cells
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.target import on_target, target_words
from reference_engine.mechanics.tiers import check
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Percent, format_number

_STEPS = "[{from: 100%, to: 150%, each point: 2%}, {from: 150%, to: 200%, each point: 1%}]"


def _example(title: str, sold: dict[str, str], pays: str, **more: str) -> Example:
    return Example(
        title,
        "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period}\n"
        f"components: [{{component: extra, measure: bookings, credits: [direct], earn: [{{over achievement: {{steps: {_STEPS}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from | quota | target incentive | period\n"
            + "\n".join(f"{p} | P | 2026-01-01 | 100.00 EUR | 90.00 EUR | quarter" for p in sold),
            "deals": "deal | owner | amount | closed\n"
            + "\n".join(f"D-{i} | {p} | {a} EUR | 2026-01-15" for i, (p, a) in enumerate(sold.items(), 1)),
            **more,
        },
        "\n".join(f"{p} | 2026-Q1 | {a} EUR" for p, a in zip(sold, pays.split(), strict=True)),
    )


@dataclass(frozen=True, slots=True)
class PointStep:
    """from, to: attainment.  each point: the part of the target incentive that each point in between earns."""

    from_: Percent
    each_point: Percent
    to: Percent | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


@mechanic(
    "Each percentage point of attainment above a level earns a stated part of the target incentive, on top of what other components pay.",
    examples=(
        _example(
            "Below, on and above 100%",
            {"Ana": "99.00", "Ben": "100.00", "Cho": "105.00"},
            "0.00 0.00 9.00",
        ),
        _example(
            "In the second step, on its end, and above it: nothing more",
            {"Ana": "160.00", "Ben": "200.00", "Cho": "240.00"},
            "99.00 135.00 135.00",
        ),
        _example(
            "A return costs the points that it takes",
            {"Ana": "110.00"},
            "9.00",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 5.00 EUR",
        ),
        Example(
            "The year so far: each month brings what has come on top",
            "conventions: {rounding: exact, tier.accumulate: year}\n"
            f"components: [{{component: extra, measure: bookings, credits: [direct], earn: [{{over achievement: {{steps: {_STEPS}}}}}]}}]",
            {
                "plan_assignments": "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 1,000.00 USD | 21,000.00 USD | year",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,050.00 USD | 2026-01-15\nD-2 | Ana | 100.00 USD | 2026-02-15",
            },
            "Ana | 2026-01 | 2,100.00 USD\nAna | 2026-02 | 4,200.00 USD",
            source="https://mrexcel.com/board/threads/formula-for-sales-rep-payout-for-overachievement.857705",
        ),
    ),
    formula="target incentive x sum over the steps of each point x points of attainment in the step; less what was earned before",
    boundary="Just on the start of a step it earns nothing yet.  Above the end of the last step nothing more is earned: the stop is on attainment, "
    "not on pay.",
    sources=("https://mrexcel.com/board/threads/formula-for-sales-rep-payout-for-overachievement.857705",),
    words={"MrExcel": "over-achievement multiplier", "SEC filings": "each percentage point above target"},
)
@dataclass(frozen=True)
class OverAchievement(Mechanic):
    """steps: ranges of attainment, in order, that share their bounds."""

    steps: tuple[PointStep, ...]

    def needs(self) -> tuple[str, ...]:
        return ("tier.accumulate",)

    def check(self, problems: list[Problem]) -> None:
        check(self.steps, '"over achievement"', self.where, problems, open_top=False, negative=True)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        found = on_target(self, lines, run)
        if found is None:
            return lines
        at = found.attainment
        nothing = Exact.full(at.shape, 0)
        payout = nothing
        inside_of: list[tuple[PointStep, Exact]] = []
        for step in self.steps:
            end = at if step.to is None else at.minimum(Exact.full(at.shape, step.to.value))
            inside = (end - Exact.full(at.shape, step.from_.value)).maximum(nothing)
            # 2% for each point is 2 for each 100 points, which are an attainment of 1.
            inside_of.append((step, inside))
            payout = payout + inside.times(step.each_point.value * 100)
        payout = Exact.where(found.present, payout, nothing)

        def points(row: int, t: int) -> str:
            parts = [
                f"{format_number(points * 100)} points above {step.from_} at {step.each_point} each"
                for step, inside in inside_of
                if (points := inside[row].at(t))
            ]
            return f"That is {', and '.join(parts)}." if parts else ""

        tell_cells(run, found.matrix, points)
        return found.settle(payout, "the points above target", self)

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rate is None:
            return target_words(after)
        if not after.rate:
            return f"The attainment isn't above {self.steps[0].from_}, so nothing is earned."
        return f"For these points, {target_words(after)}"
