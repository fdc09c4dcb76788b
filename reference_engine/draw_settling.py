"""Draws, opening balances and pay below zero of some payees: what is stated, read into the ledger, and said again."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from fractions import Fraction
from typing import TypeVar

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.draw_ledger import ADDED, FLOOR, NONE, PREPAID, Cells, Moved, ledger
from reference_engine.draw_terms import Term
from reference_engine.draw_words import speak
from reference_engine.draws import Periods
from reference_engine.problems import Where
from reference_engine.settling_run import SettlingRun
from reference_engine.vocabulary.calendar import Period

K = TypeVar("K", bound=Hashable)


def openings(run: SettlingRun) -> tuple[Exact, dict[int, Where]]:
    """What stands open before the pay of each period, and where that is stated for each row."""
    table = run.world.table("opening_balances")
    column = table.amounts("balance")
    row_of = {
        (int(code), str(unit)): r
        for r, (code, unit) in enumerate(zip(run.payees.tolist(), run.unit.tolist(), strict=True))
    }
    starts = [p.first for p in run.periods]
    values: dict[tuple[int, int], Fraction] = {}
    places: dict[int, Where] = {}
    for row, payee in enumerate(table.words("payee").tolist()):
        unit = str(column.currency[row]) if column.currency is not None else ""
        r = row_of.get((run.world.payee_code[payee], unit))
        if r is None:
            continue
        first = run.world.period(str(table.words("period")[row])).first
        if first not in starts:
            if run.periods[0].first <= first <= run.periods[-1].last:
                run.problem(
                    "opening-period",
                    f'the opening balance of "{payee}" is for {table.words("period")[row]}, which is no pay period.',
                    table.where(row),
                    "It isn't stated in which pay it counts.",
                    "State the pay period that it stands open before.",
                )
            continue
        values[r, starts.index(first)] = values.get((r, starts.index(first)), Fraction(0)) + column.value.at(
            row
        )
        places[r] = table.where(row)
    index = np.zeros(run.shape, dtype=np.int64)
    for k, cell in enumerate(values, 1):
        index[cell] = k
    return Exact.of([Fraction(0), *values.values()])[index], places


def keep_ledger(run: SettlingRun, everybody: Term | None, where: Where) -> None:
    """Settles the draws of the table, that of everybody on the plan, opening balances and pay below zero."""
    settled = set(run.payees.tolist())
    terms = [t for t in run.draws if t.payee in settled]
    if everybody is not None:
        terms.append(everybody)
    periods = Periods(run, terms)
    opening, places = openings(run)
    cells = _Reader(run, periods, opening, where).cells()
    if run.problems:
        return
    moved = ledger(cells, run)
    _ask(run, cells, moved, periods)
    speak(run, cells, moved, periods, places, where)


def _ask(run: SettlingRun, cells: Cells, moved: Moved, periods: Periods) -> None:
    """Asks for the conventions that change money in what was just calculated."""
    if run.reading("balance.negative") is None:
        inside = run.inside(Exact(moved.below.astype(np.int64))).num != 0
        for r, t in np.argwhere(inside)[:1].tolist():
            payee = run.world.payees[int(run.payees[r])]
            run.need(
                "balance.negative",
                f'the payout of "{payee}" for {run.periods[t].label}, which is below zero,',
            )
    if run.reading("draw.surplus_offsets") is None:
        for r, t in np.argwhere(moved.would_shelter)[:1].tolist():
            payee = run.world.payees[int(run.payees[r])]
            run.need(
                "draw.surplus_offsets",
                f'the recoverable draw of "{payee}", who earned more than it before and less in {run.periods[t].label},',
                periods.terms[int(periods.term[r, t])].where,
            )
    if run.reading("draw.negative") is None:
        floor = (cells.does == FLOOR) | (cells.does == PREPAID)
        for r, t in np.argwhere(floor & cells.owed & (cells.earned.num < 0))[:1].tolist():
            payee = run.world.payees[int(run.payees[r])]
            run.need(
                "draw.negative",
                f'the draw of "{payee}" in {run.periods[t].label}, for which less than nothing was earned,',
                periods.terms[int(periods.term[r, t])].where,
            )


class _Reader:
    """Reads what draws and conventions say into the cells of the ledger."""

    def __init__(self, run: SettlingRun, periods: Periods, opening: Exact, where: Where) -> None:
        self.run, self.periods, self.opening, self.where = run, periods, opening, where

    def cells(self) -> Cells:
        run, p = self.run, self.periods
        terms = p.terms
        kinds = [self._kind(t) for t in terms]
        nothing = np.zeros(run.shape, dtype=bool)
        does = self._spread([_does(k) for k in kinds], NONE, p.term)
        owed = self._spread([int(k in ("recoverable", "loan", "prepaid")) for k in kinds], 0, p.term) == 1
        share = [t.share if t.share is not None else Fraction(1) for t in terms]
        most = [t.at_most if t.at_most is not None else Fraction(0) for t in terms]
        least = [t.at_least if t.at_least is not None else Fraction(0) for t in terms]
        limited = self._spread([int(t.at_most is not None) for t in terms], 0, p.since) == 1
        free, holds = self._delay(kinds)
        offsets = run.reading("draw.surplus_offsets") == "yes"
        last_pay, bill, ends = self._leaving(owed)
        return Cells(
            run.pay,
            self._covered(),
            p.amount,
            does,
            owed,
            self.opening,
            self._numbers(share, Fraction(1), p.since),
            self._numbers(least, Fraction(0), p.since),
            self._numbers(most, Fraction(0), p.since),
            ~limited,
            free,
            holds,
            (does != NONE) & offsets,
            nothing | (run.reading("draw.negative") == "forgiven"),
            self._forgiven(),
            last_pay,
            bill,
            ends,
            nothing | (run.reading("balance.negative") == "carried"),
        )

    def _kind(self, term: Term) -> str:
        return term.kind or self.run.need("draw.type", "a draw whose kind isn't stated", term.where)

    def _spread(self, values: list[int], none: int, index: Array) -> Array:
        return np.array([*values, none], dtype=np.int64)[index]

    def _numbers(self, values: list[Fraction], none: Fraction, index: Array) -> Exact:
        return Exact.of([*values, none])[index]

    def _delay(self, kinds: list[str]) -> tuple[Array, Array]:
        """Where something may be taken back, and where pay above the draw is held back until then."""
        run, p = self.run, self.periods
        free = np.ones(run.shape, dtype=bool)
        holds = np.zeros(run.shape, dtype=bool)
        delayed: list[tuple[str, Period | None, str] | None] = []
        for term, kind in zip(p.terms, kinds, strict=True):
            reading = self._recovery(term) if kind in ("recoverable", "loan", "prepaid") else "immediate"
            delayed.append(None if reading == "immediate" else (reading, term.starts, term.interval))
        for key, (mine, term) in self._alike(delayed).items():
            if key is None or not mine.any():
                continue
            at_end = key[0] == "at the end of the interval"
            when = self._ends(term) if at_end else self._starts(term)
            free &= ~mine | when[None, :] | (~p.has if at_end else False)
            surplus = run.need("draw.delayed_surplus", "a draw whose recovery is delayed", term.where)
            if surplus == "held back":
                holds |= mine
        return free, holds

    def _recovery(self, term: Term) -> str:
        if term.recovery:
            return term.recovery
        if term.starts is not None:
            return "from the first recovery period"
        if term.interval:
            return "at the end of the interval"
        return self.run.need("draw.recovery", "a recoverable draw", term.where)

    def _alike(self, keys: Sequence[K]) -> dict[K, tuple[Array, Term]]:
        """Where the draws count that are alike in a respect, and one of them."""
        codes: dict[K, int] = {}
        terms: list[Term] = []
        of_term = np.full(len(keys) + 1, -1, dtype=np.int64)
        for k, key in enumerate(keys):
            if key not in codes:
                codes[key] = len(codes)
                terms.append(self.periods.terms[k])
            of_term[k] = codes[key]
        cell = of_term[self.periods.since]
        return {key: (cell == code, terms[code]) for key, code in codes.items()}

    def _starts(self, term: Term) -> Array:
        run = self.run
        if term.starts is None:
            run.problem(
                "draw-recovery",
                "a draw is recovered from the first recovery period on, and doesn't say which that is.",
                term.where,
                "It would never be recovered.",
                'State the "first recovery period".',
            )
            return np.zeros(len(run.periods), dtype=bool)
        included = run.need("draw.first_recovery_period", "a draw whose recovery starts later", term.where)
        day = term.starts.first if included == "included" else term.starts.last
        return np.array(
            [q.first >= day if included == "included" else q.first > day for q in run.periods], dtype=bool
        )

    def _ends(self, term: Term) -> Array:
        run = self.run
        if not term.interval:
            run.problem(
                "draw-recovery",
                "a draw is recovered at the end of an interval, and doesn't say of which.",
                term.where,
                "It isn't known when it is recovered.",
                "State the interval: quarter, half-year or year.",
            )
            return np.zeros(len(run.periods), dtype=bool)
        calendar = run.world.calendar
        return np.array(
            [calendar.period_of(q.first, term.interval).last == q.last for q in run.periods], dtype=bool
        )

    def _covered(self) -> Exact:
        """What counts towards the draws: all pay, or that of the components which a draw names."""
        run, p = self.run, self.periods
        several = sum(len(plan.components) for plan in run.plans) > 1
        out = run.pay
        for mine, term in self._alike([t.covers for t in p.terms]).values():
            if not mine.any():
                continue
            if not term.covers:
                if (
                    several
                    and run.need("draw.scope", "a draw beside several components", term.where)
                    != "all earnings"
                ):
                    run.problem(
                        "draw-covers",
                        "the draw covers the components that it names, and it names none.",
                        term.where,
                        "Nothing would count towards it.",
                        'State them under "covers".',
                    )
                continue
            known = {c.name for plan in run.plans for c in plan.components} | {
                plan.name for plan in run.plans
            }
            for name in term.covers:
                if name not in known:
                    run.problem(
                        "draw-covers",
                        f'the draw covers "{name}", which is no component of the payee\'s plans.',
                        term.where,
                        "Nothing would count towards it.",
                        "Known: " + ", ".join(sorted(known)),
                    )
            counted = run.nothing
            for (plan_name, component), matrix in run.parts.items():
                if {plan_name, component} & set(term.covers):
                    counted = counted + matrix
            out = Exact.where(mine, run.rounded(counted), out)
        return out

    def _forgiven(self) -> Exact:
        run, p = self.run, self.periods
        values = [Fraction(0)]
        index = np.zeros(run.shape, dtype=np.int64)
        keys = [(t.forgiven, t.forgiven_share) if t.forgiven is not None else None for t in p.terms]
        for key, (mine, _) in self._alike(keys).items():
            if key is None or key[0] is None:
                continue
            values.append(key[1])
            for t, q in enumerate(run.periods):
                if q.first <= key[0].last <= q.last:
                    index[mine[:, t], t] = len(values) - 1
        return Exact.of(values)[index]

    def _leaving(self, owed: Array) -> tuple[Array, Array, Array]:
        """Where the debt of a leaver is taken from the last pay, billed, or forgiven."""
        run, p = self.run, self.periods
        off = np.zeros(run.shape, dtype=bool)
        leaves = p.left_in
        here = np.arange(len(run.periods))[None, :] == leaves[:, None]
        if not here.any() or not (owed.any() or (self.opening.num != 0).any() or (run.pay.num < 0).any()):
            return off, off, off
        rows = here.any(axis=1) & (
            owed.any(axis=1) | (self.opening.num < 0).any(axis=1) | (run.pay.num < 0).any(axis=1)
        )
        if not rows.any():
            return off, off, off
        payee = run.world.payees[int(run.payees[int(np.flatnonzero(rows)[0])])]
        reading = run.need("balance.leaver", f'what "{payee}" may owe on leaving')
        mine = here & rows[:, None]
        return (
            mine & (reading == "taken from the last pay"),
            mine & (reading == "billed"),
            mine & (reading == "forgiven"),
        )


def _does(kind: str) -> int:
    return {"loan": ADDED, "non-recoverable additional": ADDED, "prepaid": PREPAID}.get(kind, FLOOR)
