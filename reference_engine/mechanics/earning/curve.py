"""Curve: attainment picks a payout percentage between stated points; it pays that much of the target incentive."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell_cells
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.target import OnTarget, on_target, target_words
from reference_engine.mechanics.tier_words import amount_words
from reference_engine.mechanics.tiers import words
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent, Quantity, format_percent

_POINTS = (
    "[{attainment: 50%, payout: 0%}, {attainment: 100%, payout: 100%}, {attainment: 150%, payout: 200%}]"
)


def _example(
    title: str, points: str, more: str, sold: dict[str, str], pays: str, source: str = "by hand"
) -> Example:
    """Payees with a quota of 100.00 and a target incentive of 90.00, and one deal each."""
    return Example(
        title,
        f"pays: quarterly\nconventions: {{rounding: exact, tier.accumulate: period, {more}}}\n"
        f"components: [{{component: target, measure: bookings, credits: [direct], earn: [{{curve: {{points: {points}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from | quota | target incentive | period\n"
            + "\n".join(f"{p} | P | 2026-01-01 | 100.00 EUR | 90.00 EUR | quarter" for p in sold),
            "deals": "deal | owner | amount | closed\n"
            + "\n".join(f"D-{i} | {p} | {a} EUR | 2026-01-15" for i, (p, a) in enumerate(sold.items(), 1)),
        },
        "\n".join(f"{p} | 2026-Q1 | {a} EUR" for p, a in zip(sold, pays.split(), strict=True)),
        source=source,
    )


@dataclass(frozen=True, slots=True)
class Point:
    """attainment: of the quota, or an amount of the measure itself.  payout: of the target incentive."""

    attainment: Money | Percent | Quantity
    payout: Percent
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


@mechanic(
    "Attainment picks a point on a line between stated points; the payee earns that percentage of the target incentive.",
    examples=(
        _example(
            "Below, on and between the points, and beyond the last",
            _POINTS,
            "curve.below: zero, curve.above: flat",
            {"Ana": "49.00", "Ben": "75.00", "Cho": "100.00", "Dee": "125.00", "Eva": "170.00"},
            "0.00 45.00 90.00 135.00 180.00",
        ),
        _example(
            "A jump at 70%: below it nothing, just on it half of the target, by tier.bound: upper tier; beyond the last point the slope goes on",
            "[{attainment: 70%, payout: 0%}, {attainment: 70%, payout: 50%}, {attainment: 100%, payout: 100%}]",
            "curve.below: zero, curve.above: extrapolate, tier.bound: upper tier",
            {"Ana": "69.00", "Ben": "70.00", "Cho": "85.00", "Dee": "112.00"},
            "0.00 45.00 67.50 108.00",
            "https://www.ecsellinstitute.com/coaching-effect-blog/blog/bid/47425/sales-compensation-plans-step-8-define-structure-details",
        ),
        _example(
            "The same jump, by tier.bound: lower tier",
            "[{attainment: 70%, payout: 0%}, {attainment: 70%, payout: 50%}, {attainment: 100%, payout: 100%}]",
            "curve.below: zero, curve.above: flat, tier.bound: lower tier",
            {"Ana": "69.00", "Ben": "70.00", "Cho": "85.00"},
            "0.00 0.00 67.50",
        ),
        Example(
            "Over-achievement: 2% of the target for each point above 100%, 1% above 150%, nothing more above 200%; paid on the year so far",
            "conventions: {rounding: exact, tier.accumulate: year, curve.below: zero, curve.above: flat}\n"
            "components: [{component: target, measure: bookings, credits: [direct], earn: [{curve: {points: [{attainment: 0%, payout: 0%}, "
            "{attainment: 100%, payout: 100%}, {attainment: 150%, payout: 200%}, {attainment: 200%, payout: 250%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 1,000.00 USD | 21,000.00 USD | year",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 675.00 USD | 2026-01-15\nD-2 | Ana | 375.00 USD | 2026-02-15\nD-3 | Ana | 100.00 USD | 2026-03-15",
                "returns": "return | of | date | amount\nR-1 | D-3 | 2026-04-10 | 100.00 USD",
            },
            "Ana | 2026-01 | 14,175.00 USD\nAna | 2026-02 | 8,925.00 USD\nAna | 2026-03 | 4,200.00 USD\nAna | 2026-04 | -4,200.00 USD",
            source="https://mrexcel.com/board/threads/formula-for-sales-rep-payout-for-overachievement.857705 (its printed payments drop an addend)",
        ),
        Example(
            "Points of the amount itself, and the payout rounded to two decimals of a percent",
            "pays: yearly\nconventions: {rounding: [{at: rate, mode: half up, decimals: 2}], tier.accumulate: period, curve.below: zero, curve.above: flat}\n"
            "components: [{component: target, measure: bookings, credits: [direct], earn: [{curve: {points: [{attainment: 620.00 EUR, payout: 50%}, "
            "{attainment: 1997.00 EUR, payout: 100%}, {attainment: 2400.00 EUR, payout: 150%}, {attainment: 3324.00 EUR, payout: 200%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from | target incentive | period\nAna | P | 2026-01-01 | 1,000.00 EUR | year",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,313.00 EUR | 2026-01-15",
            },
            "Ana | FY2026 | 751.60 EUR",
            source="https://blogs.sap.com/2022/07/12/understanding-interpolate-and-step-business-goals-calculations-in-variable-pay/",
        ),
    ),
    formula="between the points (a, p) and (b, q): payout = p + (x - a) x (q - p) / (b - a); earned = payout x target incentive - what was earned before",
    boundary="A point owns its value.  Two points with one attainment are a jump, and a value just on it goes by tier.bound.  Below the first "
    "point the convention curve.below counts, above the last curve.above.  A return lowers the attainment; a payee without sales stands at 0%.",
    sources=(
        "https://blogs.sap.com/2022/07/12/understanding-interpolate-and-step-business-goals-calculations-in-variable-pay/",
        "https://userapps.support.sap.com/sap/support/knowledge/en/2717016",
        "https://bonuspaycalc.com/guides/bonus-payout-curve-explained.html",
        "https://helpcenter.xactlycorp.com/?p=6761",
        "https://onebigtable.us/Advanced%20Analytics/Microsoft%20Sales%20Compensation/domain3_attainment_curves.html",
        "https://mrexcel.com/board/threads/formula-for-sales-rep-payout-for-overachievement.857705",
    ),
    words={
        "SAP Variable Pay": "interpolate",
        "Xactly": "pay curve",
        "BonusPayCalc": "payout curve: threshold, ramp, accelerator, cap",
        "Microsoft": "attainment curve",
        "SEC filings": "ramp from zero at the threshold",
    },
)
@dataclass(frozen=True)
class Curve(Mechanic):
    """points: in order of attainment; straight between them.  Two points with one attainment make a jump."""

    points: tuple[Point, ...]

    def needs(self) -> tuple[str, ...]:
        jump = any(number_of(a) == number_of(b) for a, b in pairwise(self.points))
        return ("tier.accumulate", "curve.below", "curve.above", *(("tier.bound",) if jump else ()))

    def check(self, problems: list[Problem]) -> None:
        check_points(self.points, "a curve", problems, self.where, jumps=True)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        found = on_target(self, lines, run, by_quota=isinstance(self.points[0].attainment, Percent))
        if found is None or not same_kind(self.points, found, self):
            return lines
        nothing = Exact.full(found.attainment.shape, 0)
        payout = Exact.where(found.present, self._payout(found.attainment, run), nothing)
        if run.notes is not None:
            percent = isinstance(self.points[0].attainment, Percent)

            def around(row: int, t: int) -> str:
                value = found.attainment[row].at(t)
                name = format_percent(value) if percent else amount_words(value, str(found.unit[row]))
                return self._between(value, name) if found.present[row, t] else ""

            tell_cells(run, found.matrix, around)
        return found.settle(payout, "the target incentive along the curve", self)

    def _between(self, value: Fraction, name: str) -> str:
        """Between which points of the curve a value lies."""
        below = [p for p in self.points if number_of(p) <= value]
        above = [p for p in self.points if number_of(p) > value]
        if not below:
            return f"{name} is below the first point of the curve, {words(above[0].attainment)}."
        last = f"{words(below[-1].attainment)}, which pays {below[-1].payout}"
        if number_of(below[-1]) == value:
            return f"{name} is just on the point of {last}."
        if not above:
            return f"{name} is above the last point of the curve, {last}."
        return f"{name} lies between {last}, and {words(above[0].attainment)}, which pays {above[0].payout}."

    def _payout(self, at: Exact, run: ComponentRun) -> Exact:
        points = self.points
        first, last = points[0], points[-1]
        sloped = [(a, b) for a, b in pairwise(points) if number_of(b) != number_of(a)]
        below, above = run.conventions["curve.below"], run.conventions["curve.above"]
        upper = run.conventions.get("tier.bound") != "lower tier"
        payout = Exact.full(at.shape, 0 if below == "zero" else first.payout.value)
        if below == "extrapolate" and sloped:
            payout = _line(at, *sloped[0])
        previous: Fraction | None = None
        for a, b in pairwise(points):
            start = number_of(a)
            jumped = previous == start
            previous = start
            there = _reached(at, start, upper or not jumped)
            if number_of(b) == start:
                # The lower point of a jump has no line of its own; it is the end of the one before it.
                payout = Exact.where(_reached(at, start, True), Exact.full(at.shape, a.payout.value), payout)
                continue
            payout = Exact.where(there, _line(at, a, b), payout)
        jumped = previous == number_of(last)
        if above == "flat" or (jumped and len(sloped) == 0):
            there = _reached(at, number_of(last), upper or not jumped)
            payout = Exact.where(there, Exact.full(at.shape, last.payout.value), payout)
        elif jumped:
            there = _reached(at, number_of(last), upper)
            payout = Exact.where(there, Exact.full(at.shape, last.payout.value), payout)
        return payout

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rate is None:
            return target_words(after)
        return f"By the curve, {target_words(after)}"


def number_of(point: Point) -> Fraction:
    """Where a point stands: an attainment per 1, or an amount."""
    at = point.attainment
    return at.amount if isinstance(at, Money) else at.value


def _line(at: Exact, a: Point, b: Point) -> Exact:
    slope = (b.payout.value - a.payout.value) / (number_of(b) - number_of(a))
    return at.times(slope) + Exact.full(at.shape, a.payout.value - slope * number_of(a))


def _reached(at: Exact, start: Fraction, on_it: bool) -> Array:
    bound = Exact.full(at.shape, start)
    return at >= bound if on_it else at > bound


def check_points(
    points: tuple[Point, ...], what: str, problems: list[Problem], where: Where, *, jumps: bool
) -> None:
    """A Problem for fewer than two points, points of several kinds, out of order, or three at one attainment."""
    if len(points) < 2:
        problems.append(
            Problem(
                "curve-points",
                f"{what} needs at least two points.",
                where,
                "Payouts are read off the line between two points.",
                "Write at least two, like  - {attainment: 0%, payout: 0%}  and  - {attainment: 100%, payout: 100%}",
            )
        )
    if len({type(p.attainment) for p in points}) > 1:
        problems.append(
            Problem(
                "tiers-mixed",
                f"the points of {what} aren't all of one kind.",
                where,
                "100% and 100.00 EUR can't be compared.",
                "Write all of them as percents of the quota, as money, or as units.",
            )
        )
        return
    for i, (a, b) in enumerate(pairwise(points)):
        third = jumps and i and number_of(points[i - 1]) == number_of(b)
        if number_of(b) < number_of(a) or third or (not jumps and number_of(b) == number_of(a)):
            problems.append(
                Problem(
                    "curve-order",
                    f"the point at {words(b.attainment)} stands after the one at {words(a.attainment)}.",
                    b.where,
                    "A curve is read from the lowest attainment up.",
                    "Order the points; each attainment once, or twice where the payout jumps."
                    if jumps
                    else "Order the points; each attainment once.",
                )
            )


def same_kind(points: tuple[Point, ...], found: OnTarget, mechanic: Mechanic) -> bool:
    """Whether points of money are in the currency of what is counted; a Problem where they aren't."""
    at = points[0].attainment
    wanted = at.currency if isinstance(at, Money) else ""
    wrong = [] if isinstance(at, Percent) else sorted(set(found.unit.tolist()) - {wanted})
    # Who sold nothing has no currency.
    wrong = [u for u in wrong if u or wanted == ""]
    if wrong:
        found.run.problem(
            "currency-mixed",
            f"the points are in {wanted or 'units'}, and what is counted is in {wrong[0] or 'units'}.",
            mechanic.where,
            "They can't be compared.",
            "State the plan's currency, and exchange rates.",
        )
    return not wrong
