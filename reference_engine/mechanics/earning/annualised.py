"""Annualised: the year so far, scaled to the whole year, guesses the tier; what was really sold is paid at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines
from reference_engine.mechanics.background import tell_cells
from reference_engine.mechanics.ladder import Ladder
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settled import Piece
from reference_engine.mechanics.tier_table import TierTable
from reference_engine.mechanics.tier_words import amount_words
from reference_engine.vocabulary.numbers import format_number

_TIERS = "[{from: 0.00 EUR, to: 1200.00 EUR, rate: 1%}, {from: 1200.00 EUR, rate: 2%}]"


def _plan(more: str = "") -> str:
    return (
        f"{more}conventions: {{rounding: exact, tier.accumulate: year, tier.bound: upper tier}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{annualised: {{tiers: {_TIERS}}}}}]}}]"
    )


@mechanic(
    "The value of the year so far, scaled to twelve months, picks the tier; its rate pays on what has really been sold.",
    examples=(
        Example(
            "100.00 a month is just 1,200.00 a year; with less in March the forecast falls, and the tier with it",
            _plan(),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-01-15\nD-2 | Ana | 100.00 EUR | 2026-02-15\nD-3 | Ana | 50.00 EUR | 2026-03-15",
            },
            "Ana | 2026-01 | 2.00 EUR\nAna | 2026-02 | 2.00 EUR\nAna | 2026-03 | -1.50 EUR",
        ),
        Example(
            "Just below, on and above the bound in the first month",
            _plan(),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCho | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 99.00 EUR | 2026-01-15\nD-2 | Ben | 100.00 EUR | 2026-01-15\nD-3 | Cho | 101.00 EUR | 2026-01-15",
            },
            "Ana | 2026-01 | 0.99 EUR\nBen | 2026-01 | 2.00 EUR\nCho | 2026-01 | 2.02 EUR",
        ),
        Example(
            "The plan begins in October: three months stand for the year, not twelve; a return lowers the forecast",
            _plan("valid: {from: 2026-10-01}\n"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 EUR | 2026-10-15\nD-2 | Ana | 110.00 EUR | 2026-11-15",
                "returns": "return | of | date | amount\nR-1 | D-2 | 2026-11-20 | 20.00 EUR",
            },
            "Ana | 2026-10 | 2.00 EUR\nAna | 2026-11 | -0.10 EUR",
        ),
    ),
    formula="F = A x pay periods of the year / pay periods so far; earned = rate of the tier of F x A - what was earned before in the year",
    boundary="A forecast just on a bound goes by tier.bound, or by the parameter reached.  All months count alike.  The first pay period is "
    "that of the year, or that in which the plan begins.  Every period may change the tier of the whole year.",
    sources=(
        "https://helpphocassoftware.atlassian.net/wiki/spaces/userdoc/pages/3112304815",
        "https://pug.phocassoftware.com/t/rebates-growth-calculation-type-ability-to-track-over-a-year-same-as-absolute-options/2582",
    ),
    words={"Phocas": "pro rata"},
)
@dataclass(frozen=True)
class Annualised(TierTable):
    """Its values must add up over the year.  Its tiers pay a rate, or an amount for each unit."""

    pays_by = ("rate", "per unit")

    def ladder(self, lines: Lines, run: ComponentRun) -> Ladder | None:
        if run.accumulate != "year":
            run.problem(
                "annualised-year",
                f'"annualised" scales to a year, and the values of "{run.component.name}" add up over: {run.accumulate}.',
                self.where,
                "A forecast of the year needs the year so far.",
                "State  tier.accumulate: year  or  accumulate: year  of the measure.",
            )
            return None
        found = super().ladder(lines, run)
        if found is None:
            return None
        scales = self._scales(run)
        scale = Exact.of(scales)
        if found.matrix is not None:
            counts, unit = found.counts, found.unit

            def words(row: int, t: int) -> str:
                sold, name = counts[row].at(t), str(unit[row])
                return (
                    f"{amount_words(sold, name)} so far in the year, scaled to all of it, is a forecast of "
                    f"{amount_words(sold, name)} x {format_number(scales[t])} = {amount_words(sold * scales[t], name)}."
                )

            tell_cells(run, found.matrix, words)
        return replace(found, counts=found.counts * scale, base=found.base)

    def _scales(self, run: ComponentRun) -> list[Fraction]:
        """For each pay period: how many the year has, for each one so far."""
        cadence = run.plan.pays or run.world.calendar.pay_cadence or "month"
        begins = run.plan.valid[0]
        position, intervals = run.intervals("year")
        out: list[Fraction] = []
        for period, at in zip(run.periods, position.tolist(), strict=True):
            year = intervals[at]
            whole = run.world.calendar.periods(year.first, year.last, cadence)
            counted = [p for p in whole if begins is None or p.last >= begins]
            so_far = sum(1 for p in counted if p.first <= period.first)
            out.append(Fraction(len(whole), max(so_far, 1)))
        return out

    def tell(self, ladder: Ladder, run: ComponentRun) -> None:
        """The forecast is kept already."""

    def pieces(self, ladder: Ladder) -> list[Piece]:
        return [
            ladder.piece(k, ladder.base, ladder.top == k, more=", on everything so far")
            for k in range(len(ladder.rungs))
        ]
