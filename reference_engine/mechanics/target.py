"""What a percentage of the target incentive pays: a payout for each payee and period, less what was earned before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import during, made, tell_cells
from reference_engine.mechanics.measure import Matrix, accumulated, attainment_matrix, target_matrix
from reference_engine.mechanics.registry import Mechanic
from reference_engine.mechanics.settled import EARNED_BEFORE, Piece, less_earned
from reference_engine.mechanics.tier_words import amount_words, earned_before_words
from reference_engine.problems import Where
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.numbers import format_money, format_percent


@dataclass
class OnTarget:
    """Payees and periods with what is counted, and the target incentive that it earns a part of.

    attainment: of the quota, rounded where the plan says so; present: where there is one.
    """

    run: ComponentRun
    matrix: Matrix
    interval: Array
    measured: Exact
    attainment: Exact
    present: Array
    target: Exact
    unit: Array
    currency: Array

    def settle(self, payout: Exact, words: str, mechanic: Mechanic) -> Lines:
        """Lines of the target incentive times a payout, which is rounded where the plan rounds rates."""
        rounding = self.run.conventions.round_at("rate")
        if rounding is not None:
            # 75.2% has one decimal, which is the third of the ratio.
            payout = payout.rounded(rounding.mode, rounding.decimals + 2)
        shown = np.full(payout.shape, self.run.rule(words, "target", mechanic.where))
        every = np.ones(payout.shape, dtype=bool)
        piece = Piece(self.target, self.currency, payout, "", self.target * payout, shown, every)
        return less_earned(self.run, self.matrix, self.interval, [piece], self.currency)


def on_target(
    mechanic: Mechanic, lines: Lines, run: ComponentRun, *, by_quota: bool = True
) -> OnTarget | None:
    """What a component counts against quota and target incentive.  None, with Problems, where either is missing.

    by_quota: whether the attainment is asked for; else only what is counted.
    """
    if run.accumulate == "none":
        run.problem(
            "accumulate-none",
            f'"{mechanic.name}" pays on what has added up, and the values of "{run.component.name}" add up over: none.',
            mechanic.where,
            "A single record has no attainment.",
            "State  tier.accumulate: period  or another interval.",
        )
        return None
    interval, intervals = run.intervals(run.accumulate)
    matrix = Matrix(lines, len(run.periods), run.idle)
    measured = accumulated(matrix.sums(lines.counts()), interval)
    unit = matrix.currency(lines, run, lines.unit, run.component.measure)
    if by_quota:
        attainment, present = attainment_matrix(run, matrix, measured, run.accumulate, unit, mechanic.where)
    else:
        attainment, present = measured, np.ones(measured.shape, dtype=bool)
    target, stated, currencies = target_matrix(run, matrix, run.accumulate)
    for r, t in np.argwhere(present & ~stated)[:20].tolist():
        payee = run.world.payees[int(matrix.payees[r])]
        label = intervals[interval[t]].label
        no_target(
            run, payee, label, run.accumulate, f'"{mechanic.name}" pays a percentage of it.', mechanic.where
        )
    if run.problems:
        return None
    currency = np.full(len(matrix.payees), "", dtype=object)
    for t in range(len(run.periods)):
        currency = np.where(stated[:, t] & (currency == ""), currencies[:, t], currency)
    for r, t in np.argwhere(stated & (currencies != currency[:, None]))[:1].tolist():
        run.problem(
            "currency-mixed",
            f'the target incentives of "{run.world.payees[int(matrix.payees[r])]}" are in {currency[r]} and {currencies[r, t]}.',
            mechanic.where,
            "Currencies can't be added.",
            "State them in one currency.",
        )
    there = present & stated
    target = Exact.where(there, target, Exact.full(target.shape, 0))
    _tell(run, matrix, measured, unit, by_quota, interval, intervals)
    return OnTarget(run, matrix, interval, measured, attainment, there, target, unit, currency)


def _tell(
    run: ComponentRun,
    matrix: Matrix,
    measured: Exact,
    unit: Array,
    by_quota: bool,
    interval: Array,
    intervals: list[Period],
) -> None:
    """Keeps what was counted, where no attainment says it, and how the target incentive came about."""
    if run.notes is None:
        return
    name = f"target incentive this {run.accumulate}" if run.accumulate != "period" else "target incentive"

    def words(row: int, t: int) -> str:
        counted = amount_words(measured[row].at(t), str(unit[row]))
        start = during(intervals[int(interval[t])], run.periods[t])
        how = made(run, name, int(matrix.payees[row]), t).strip().replace(name, "target incentive")
        return how if by_quota else f"{start}, {counted} counts. {how}".strip()

    tell_cells(run, matrix, words)


def no_target(run: ComponentRun, payee: str, label: str, accumulate: str, why: str, where: Where) -> None:
    """A Problem for a payee without a target incentive for an interval; one for another time is named.

    label: of the interval.  accumulate: how long it is.
    """
    table = run.world.table("plan_assignments")
    amounts = table.amounts("target incentive")
    mine = (table.words("payee") == payee) & (table.words("plan") == run.plan.name) & amounts.present
    wanted = run.plan.pays if accumulate == "period" else accumulate
    remedy = 'Fill "target incentive" in plan_assignments.'
    for row in np.flatnonzero(mine).tolist()[:1]:
        stated = table.words("period")[row]
        over = run.plan.pays if stated in ("", "period") else stated
        amount = format_money(
            amounts.value.at(row), str(amounts.currency[row]) if amounts.currency is not None else ""
        )
        why = f"{why} One of {amount} is stated for the {over}" + (
            "." if over == wanted else f", not for the {wanted}."
        )
        if over == wanted:
            remedy = "Check the first and the last day in plan_assignments."
        elif wanted in ("month", "quarter", "half-year"):
            remedy = f"Spread it:  quota: [{{distribution: {{per: {wanted}, of: target incentive}}}}]  or state one for each {wanted}."
        else:
            remedy = f"State one for each {wanted}."
    run.problem("no-target", f'"{payee}" has no target incentive for {label}.', where, why, remedy)


def target_words(line: LineView) -> str:
    """Which part of the target incentive is earned, in words."""
    if line.kind == EARNED_BEFORE or line.rate is None:
        return earned_before_words(line)
    return (
        f"{format_percent(line.rate)} of the target incentive is earned: "
        f"{format_money(line.base, line.unit)} x {format_percent(line.rate)} = {format_money(line.amount, line.currency)}."
    )
