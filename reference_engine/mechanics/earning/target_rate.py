"""Target rate: each payee's own rate is the target incentive divided by the quota, so that the quota earns the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell_cells
from reference_engine.mechanics.earning.flat_rate import rate_words, rated
from reference_engine.mechanics.measure import Matrix, accumulated, quota_matrix, target_matrix
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.target import no_target
from reference_engine.mechanics.tier_words import amount_words
from reference_engine.missing_quota import no_quota
from reference_engine.vocabulary.numbers import format_percent

_PEOPLE = "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 800,000.00 USD | 64,000.00 USD | year"


def _plan(earn: str, rounding: str = "exact", more: str = "") -> str:
    return (
        f"conventions: {{rounding: {rounding}{more}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{earn}]}}]"
    )


@mechanic(
    "Each payee's rate is the target incentive divided by the quota of the same interval; it pays on every line.",
    examples=(
        Example(
            "A target of 64,000.00 for a quota of 800,000.00 is a rate of 8%; just the quota earns just the target",
            _plan("{target rate: {of: year}}"),
            {
                "plan_assignments": _PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 300,000.00 USD | 2026-01-15\nD-2 | Ana | 500,000.00 USD | 2026-02-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-03-10 | 1,000.00 USD",
            },
            "Ana | 2026-01 | 24,000.00 USD\nAna | 2026-02 | 40,000.00 USD\nAna | 2026-03 | -80.00 USD",
            source="https://help.salesforce.com/s/articleView?id=sales.spiff_rules_individual_attainment.htm&language=en_US&type=5",
        ),
        Example(
            "A rate rounded to two decimals of a percent: 100 / 300 is 33.33%, and the quota earns a cent less than the target",
            _plan("{target rate: {of: year}}", "[{at: rate, mode: half up, decimals: 2}]"),
            {
                "plan_assignments": "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 300.00 USD | 100.00 USD | year",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 300.00 USD | 2026-01-15",
            },
            "Ana | 2026-01 | 99.99 USD",
        ),
        Example(
            "An accelerator on top: twice the payee's own rate above the quota of the year",
            _plan(
                "{target rate: {of: year}}, {marginal: {tiers: [{from: 0%, to: 100%, times: 1}, {from: 100%, times: 2}]}}",
                "exact",
                ", tier.accumulate: year, transaction.order: date and name",
            ),
            {
                "plan_assignments": _PEOPLE,
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 790,000.00 USD | 2026-01-15\nD-2 | Ana | 20,000.00 USD | 2026-02-15",
            },
            "Ana | 2026-01 | 63,200.00 USD\nAna | 2026-02 | 2,400.00 USD",
        ),
    ),
    formula="rate = target incentive / quota, both of the same interval; amount = rate x base",
    boundary="Just the quota earns just the target, unless the rate is rounded (rounding at: rate).  With another quota or target from some day on "
    "the rate changes with the interval.  A return pays back at the payee's rate.",
    sources=(
        "https://help.salesforce.com/s/articleView?id=sales.spiff_rules_individual_attainment.htm&language=en_US&type=5",
        "https://comp.quotapath.com:443/account-executive/accelerators",
        "https://www.bentega.io/sales-compensation",
    ),
    words={
        "Salesforce Spiff": "individual commission rate",
        "QuotaPath": "base commission rate",
        "Sales Cookie": "base rate from OTE",
    },
)
@dataclass(frozen=True)
class TargetRate(Mechanic):
    """of: the interval whose quota and target incentive make the rate; the pay period where it isn't said."""

    proportional = True

    of: Literal["period", "month", "quarter", "half-year", "year"] = "period"

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        interval, intervals = run.intervals(self.of)
        matrix = Matrix(lines, len(run.periods))
        measured = accumulated(matrix.sums(lines.counts()), interval)
        unit = matrix.currency(lines, run, lines.unit, run.component.measure)
        quota, present = quota_matrix(run, matrix, measured, self.of, unit, self.where)
        target, stated, currency = target_matrix(run, matrix, self.of)
        used = np.zeros(present.shape, dtype=bool)
        used[matrix.row, lines.period] = True
        for r, t in np.argwhere(used & present & ~stated)[:20].tolist():
            payee = run.world.payees[int(matrix.payees[r])]
            label = intervals[interval[t]].label
            no_target(run, payee, label, self.of, "The rate is the target incentive divided by the quota.", self.where)
        for r, t in np.argwhere(used & ~present)[:20].tolist():
            payee = run.world.payees[int(matrix.payees[r])]
            no_quota(
                run,
                payee,
                intervals[interval[t]],
                f'"{payee}" has no quota above zero for {intervals[interval[t]].label}.',
                "The rate is the target incentive divided by the quota.",
                self.where,
            )
        for r, t in np.argwhere(used & stated & (currency != unit[:, None]))[:1].tolist():
            run.problem(
                "currency-mixed",
                f'the target incentive of "{run.world.payees[int(matrix.payees[r])]}" is in {currency[r, t]}, and its quota is in {unit[r]}.',
                self.where,
                "They can't be divided.",
                "State them in one currency.",
            )
        if run.problems:
            return lines
        safe = Exact.where(present, quota, Exact.full(quota.shape, 1))
        rate = Exact.where(present, target, Exact.full(target.shape, 0)).over(safe)
        rounding = run.conventions.round_at("rate")
        if rounding is not None:
            # 8.25% has two decimals, which is the fourth of the ratio.
            rate = rate.rounded(rounding.mode, rounding.decimals + 2)
        _tell(run, matrix, target, quota, rate, used, unit, self.of)
        rule = np.zeros(rate.shape, dtype=np.int64)
        for r, t in np.argwhere(used).tolist():
            own = format_percent(rate[r].at(t))
            rule[r, t] = run.rule(f"target incentive / quota = {own}", where=self.where)
        return rated(lines, rate[matrix.row, lines.period], rule[matrix.row, lines.period])

    def say(self, before: LineView | None, after: LineView) -> str:
        return f"The payee's own rate applies: {rate_words(after)}"


def _tell(
    run: ComponentRun,
    matrix: Matrix,
    target: Exact,
    quota: Exact,
    rate: Exact,
    used: Array,
    unit: Array,
    of: str,
) -> None:
    """Keeps how each payee's rate is made, for whoever explains it."""
    if run.notes is None:
        return
    position, intervals = run.intervals(of)

    def words(row: int, t: int) -> str:
        if not used[row, t]:
            return ""
        incentive, goal, own = target[row].at(t), quota[row].at(t), rate[row].at(t)
        name = str(unit[row])
        exact = goal and incentive / goal != own
        return (
            f"The target incentive of {amount_words(incentive, name)} for {intervals[int(position[t])].label} divided by the quota of "
            f"{amount_words(goal, name)} is a rate of {format_percent(own)}{', rounded' if exact else ''}."
        )

    tell_cells(run, matrix, words)
