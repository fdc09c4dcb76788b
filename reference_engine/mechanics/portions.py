"""Portions: a line that is paid in parts, each in its own pay period; what isn't due yet stays held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Where
from reference_engine.vocabulary.numbers import format_money

MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
"""Months in a pay period of each kind."""


@dataclass(frozen=True)
class Portions:
    """Parts of lines, in the order of the lines and, inside a line, in the order in which they fall due.

    row: the line.  share: of the line's amount.  day: on which it falls due; NaT for never.  word: position in
    `words`, which say what the part is.
    """

    row: Array
    share: Exact
    day: Array
    word: Array
    words: list[str]

    @classmethod
    def whole(cls, day: Array, words: str) -> Portions:
        """Every line in one piece, on its own day."""
        size = len(day)
        return cls(np.arange(size), Exact.full(size, 1), day, np.zeros(size, np.int64), [words])

    @classmethod
    def each(cls, shares: Exact, days: list[Array], words: list[str]) -> Portions:
        """The same shares for every line; days: for each share the day of each line."""
        size, parts = len(days[0]), len(days)
        part = np.tile(np.arange(parts), size)
        day = np.stack(days, axis=1).ravel() if size else np.zeros(0, "M8[D]")
        return cls(np.repeat(np.arange(size), parts), shares[part], day, part, words)


def record_day(lines: Lines, run: ComponentRun) -> Array:
    """The day of each line's record; the last day of its period where no single record causes the line."""
    last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
    own = lines.event >= 0
    if not len(run.events):
        return last[lines.period]
    day: Array = np.where(own, run.events.date[np.maximum(lines.event, 0)], last[lines.period])
    return day


def months_later(day: Array, months: Array | int) -> Array:
    """The same day so many months later; the month's last day where it has no such day."""
    month = day.astype("datetime64[M]")
    inside = (day - month.astype("datetime64[D]")).astype(np.int64)
    target = month + months
    first = target.astype("datetime64[D]")
    length = ((target + 1).astype("datetime64[D]") - first).astype(np.int64)
    return np.asarray(first + np.minimum(inside, length - 1))


def month_number(start: Array, day: Array, count: str) -> Array:
    """In which month after the start each day lies; the first is month 1."""
    months: Array = (day.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(np.int64)
    if count == "calendar months":
        return np.asarray(months + 1)
    # By the day: the month isn't over before the same day of the next one.
    begun: Array = day >= months_later(start, months)
    return np.where(begun, months + 1, months)


def position(run: ComponentRun, day: Array) -> Array:
    """The pay period in which each day lies; the number of periods for days after the last, and for NaT."""
    last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
    return np.searchsorted(last, day)


def divided(
    lines: Lines,
    run: ComponentRun,
    portions: Portions,
    where: Where,
    *,
    rest: str = "not due yet",
    rest_of_return: str = "",
    residue: str = "",
) -> Lines:
    """The lines in their portions; what the portions of a line leave over is a held line of its own.

    Where the plan rounds lines, portions are rounded alike.  residue: which portion makes a line that is paid in
    full come out whole, first or last; by the plan's convention portion.residue where it is "".  rest, rest_of_return:
    what is said of the part of a commission, or of one that is taken back, that is never due.
    """
    paying = lines.amount.num != 0
    keep = paying[portions.row]
    row, share = portions.row[keep], portions.share[keep]
    due = position(run, portions.day[keep])
    size, count = len(lines), len(run.periods)
    starts = np.searchsorted(row, np.arange(size))
    counts = np.diff(np.append(starts, len(row)))
    amount = lines.amount[row] * share
    rounding = run.conventions.round_at("line")
    if rounding is not None:
        amount = amount.rounded(rounding.mode, rounding.decimals)
    left = lines.amount - amount.sums(starts)
    complete = share.sums(starts).same(Exact.full(size, 1)) & (counts > 0)
    short = complete & (left.num != 0)
    if short.any():
        who = residue or run.conventions.get("portion.residue")
        if who is None:
            line = int(np.flatnonzero(short)[0])
            whole = format_money(lines.amount.at(line), str(lines.currency[line]))
            run.problems.append(
                open_convention(
                    "portion.residue",
                    f"\"{run.plan.name}\" pays {whole} in {int(counts[line])} rounded parts, which don't sum to it, and doesn't state portion.residue.",
                    where,
                    run.conventions,
                )
            )
            return lines.change()
        takes = starts + (counts - 1 if who == "last" else 0)
        index = np.full(len(row), -1, dtype=np.int64)
        index[takes[short]] = np.flatnonzero(short)
        amount = Exact.where(index >= 0, amount + left[np.maximum(index, 0)], amount)
    base = lines.base[row] * share
    unpaid = np.flatnonzero(paying & ~complete & ((left.num != 0) | (counts == 0)))
    idle = np.flatnonzero(~paying)
    at = np.concatenate([row, unpaid, idle])
    order = np.lexsort((np.repeat([0, 1, 1], [len(row), len(unpaid), len(idle)]), at))
    out = lines.take(at[order])
    late = due >= count
    held = np.concatenate([lines.held[row] | late, np.ones(len(unpaid), bool), lines.held[idle]])
    paid_in = np.concatenate(
        [
            np.maximum(lines.paid_in[row], np.minimum(due, count - 1)),
            lines.paid_in[unpaid],
            lines.paid_in[idle],
        ]
    )
    rule = np.concatenate(
        [
            _rules(
                lines.rule[row],
                portions.word[keep],
                np.where(late, count, paid_in[: len(row)]),
                portions.words,
                run,
                where,
            ),
            _rules(
                lines.rule[unpaid],
                (lines.amount.num[unpaid] < 0).astype(np.int64),
                np.full(len(unpaid), -1),
                [rest, rest_of_return or rest],
                run,
                where,
            ),
            lines.rule[idle],
        ]
    )
    return out.change(
        base=Exact.concat([base, lines.base[unpaid] - base.sums(starts)[unpaid], lines.base[idle]])[order],
        amount=Exact.concat([amount, left[unpaid], lines.amount[idle]])[order],
        held=held[order],
        paid_in=paid_in[order],
        rule=rule[order],
        origin=at[order],
    )


def _rules(rule: Array, word: Array, due: Array, words: list[str], run: ComponentRun, where: Where) -> Array:
    """The rule of each portion: what decided the line, and what the portion is."""
    if not len(rule):
        return rule
    pairs, index = np.unique(np.stack([rule, word, due]), axis=1, return_inverse=True)
    codes = []
    for old, part, period in pairs.T.tolist():
        before = run.rules[old] if old >= 0 else None
        text = words[part]
        if 0 <= period < len(run.periods):
            text += f", paid in {run.periods[period].label}"
        elif period >= 0:
            text += ", not due yet"
        codes.append(
            run.rule(
                f"{before.words}; {text}" if before is not None else text,
                before.label if before is not None else "",
                before.where if before is not None else where,
            )
        )
    return np.array(codes, dtype=np.int64)[index.ravel()]


def say_portion(before: LineView | None, after: LineView) -> str:
    """What a portion is, as a sentence; "" where the line wasn't touched."""
    if before is None or after.rule is None or after.rule == before.rule:
        return ""
    words = after.rule.words.rpartition("; ")[2]
    money = format_money(after.amount, after.currency)
    whole = format_money(before.amount, before.currency)
    what = money if money == whole else f"{money} of {whole}"
    return f"{what}: {words}."
