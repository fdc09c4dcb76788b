"""What a mechanic looked at beside the line: whole sentences, kept in a run that is explained and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.columns import Array, Exact
from reference_engine.lines import Lines
from reference_engine.mechanics.tier_words import amount_words
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.numbers import format_percent

if TYPE_CHECKING:
    from reference_engine.component_run import ComponentRun
    from reference_engine.mechanics.measure import Matrix

Key = tuple[int, int]


def credit_key(credit: int) -> Key:
    """Where sentences about one credit are kept; those about a payee and a period have these two as their key."""
    return (-1, credit)


def event_key(payee: int, event: int) -> Key:
    """Where sentences about a payee and a record are kept that no credit stands for."""
    return (-2 - payee, event)


def tell(run: ComponentRun, key: Key, sentence: str) -> None:
    """Keeps a sentence; it stands before what the mechanic says of the line."""
    if run.notes is not None and sentence:
        run.notes.setdefault(key, {})[sentence] = ""


def tell_cells(run: ComponentRun, matrix: Matrix, words: Callable[[int, int], str]) -> None:
    """A sentence for each payee (by row of the matrix) and period."""
    if run.notes is None:
        return
    for row, payee in enumerate(matrix.payees.tolist()):
        for period in range(matrix.periods):
            tell(run, (payee, period), words(row, period))


def tell_lines(run: ComponentRun, lines: Lines, words: Callable[[int], str]) -> None:
    """A sentence for each line that a credit causes."""
    if run.notes is None:
        return
    for line, credit in enumerate(lines.credit.tolist()):
        if credit >= 0:
            tell(run, credit_key(credit), words(line))


def during(interval: Period, period: Period) -> str:
    """`In 2026-Q1`, and `so far` before its last pay period is over."""
    return f"In {interval.label}" + ("" if period.last >= interval.last else " so far")


def attained(
    run: ComponentRun,
    matrix: Matrix,
    measured: Exact,
    quota: Exact,
    present: Array,
    unit: Array,
    accumulate: str,
    value: Exact | None = None,
) -> None:
    """What each payee reached of which quota, up to each period.  value: the attainment where the plan rounds it."""
    if run.notes is None:
        return
    position, intervals = run.intervals(accumulate)

    def words(row: int, period: int) -> str:
        start = during(intervals[int(position[period])], run.periods[period])
        reached = measured[row].at(period)
        name = amount_words(reached, str(unit[row]))
        if not present[row, period]:
            return f"{start}, {name} counts, and there is no quota."
        goal = quota[row].at(period)
        out = f"{start}, {name} of a quota of {amount_words(goal, str(unit[row]))} is an attainment of "
        ratio = reached / goal if goal else (Fraction(0) if value is None else value[row].at(period))
        out += format_percent(ratio)
        seen = ratio if value is None else value[row].at(period)
        out += "." if seen == ratio else f", which counts as {format_percent(seen)}."
        return out + made(run, "quota", int(matrix.payees[row]), period)

    tell_cells(run, matrix, words)


def made(run: ComponentRun, name: str, payee: int, period: int) -> str:
    """How a quota or target incentive came about, as a sentence; "" where it is simply stated."""
    steps = run.figures.made(name, payee, period, run.component)
    return f" The {name}: {'; '.join(steps)}." if len(steps) > 1 else ""


def running_totals(
    run: ComponentRun,
    lines: Lines,
    before: Exact,
    after: Exact,
    quota: Exact | None,
    present: Array,
    interval: Array,
) -> None:
    """How the total that tiers look at moves with each line.  quota: of each line, where bounds are percents."""
    if run.notes is None or run.accumulate == "none":
        return
    _, intervals = run.intervals(run.accumulate)

    def words(line: int) -> str:
        unit = str(lines.unit[line])
        old, new = before.at(line), after.at(line)
        start = f"With it the total of {intervals[int(interval[line])].label} "
        if old == new:
            out = f"{start}stays at {amount_words(new, unit)}"
        else:
            verb = "rises" if new > old else "falls"
            out = f"{start}{verb} from {amount_words(old, unit)} to {amount_words(new, unit)}"
        if quota is None or not present[line] or not (goal := quota.at(line)):
            return f"{out}."
        out += f", of a quota of {amount_words(goal, unit)}"
        if old == new:
            return f"{out}: {format_percent(new / goal)}."
        return f"{out}: from {format_percent(old / goal)} to {format_percent(new / goal)}."

    tell_lines(run, lines, words)
