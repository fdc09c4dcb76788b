"""The pay periods in which each draw counts, and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.draw_terms import EVERYONE, Term
from reference_engine.quotas import Quotas
from reference_engine.settling_run import SettlingRun
from reference_engine.vocabulary.calendar import NotAPeriod, Period

_SHRINK = ("quota and target", "target only")
"""The readings of proration.of under which a target incentive is smaller for a part of a period."""


class Periods:
    """In which pay period which draw counts, and for how much.

    term: for each row and period the position of the draw, -1 for none.  since: the last one that has begun, also after
    its end.  amount: of the draw in the pay period.
    """

    def __init__(self, run: SettlingRun, terms: list[Term]) -> None:
        self.run = run
        self.terms = terms
        shape = run.shape
        self.term = np.full(shape, -1, dtype=np.int64)
        self._first = np.array([p.first for p in run.periods], dtype="datetime64[D]")
        self._last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        everybody = any(t.payee == EVERYONE for t in terms)
        self._on = (
            np.stack([run.on_in(p) for p in run.periods]) if everybody else np.ones(shape[::-1], dtype=bool)
        )
        self._values: list[Fraction] = [Fraction(0)]
        self._known: dict[tuple[Fraction, Fraction], int] = {}
        self._cell = np.zeros(shape, dtype=np.int64)
        self._rows: dict[int, list[int]] = {}
        for r, code in enumerate(run.payees.tolist()):
            self._rows.setdefault(code, []).append(r)
        self._quotas = (
            Quotas(run.world, run.problems, run.plans) if any(t.percent is not None for t in terms) else None
        )
        whole: dict[tuple[object, ...], tuple[Array, list[Fraction] | None]] = {}
        for k, term in enumerate(terms):
            span = (term.per, term.first, term.last)
            if span not in whole:
                inside = self._inside(term)
                whole[span] = (inside, self._per_period(term, inside) if inside.any() else None)
            inside, shares = whole[span]
            if shares is None:
                continue
            for r in self._rows_of(term):
                self._place(k, term, r, inside, shares)
        self.amount = Exact.of(self._values)[self._cell]
        self.has = self.term >= 0
        begun = np.maximum.accumulate(np.where(self.has, np.arange(shape[1])[None, :], -1), axis=1)
        latest = np.take_along_axis(self.term, np.maximum(begun, 0), axis=1)
        self.since = np.where(begun >= 0, latest, -1)

    @property
    def left_in(self) -> Array:
        """The position of the pay period in which each row's payee leaves; none where nobody does or did before."""
        people = self.run.world.people
        ends = np.array(
            [people.employed(code)[-1][1] for code in self.run.payees.tolist()], dtype="datetime64[D]"
        )
        return np.where(ends < self._first[0], -1, np.searchsorted(self._last, ends))

    def _inside(self, term: Term) -> Array:
        inside = np.ones(len(self.run.periods), dtype=bool)
        if term.first is not None:
            inside &= self._first >= np.datetime64(term.first.first)
        if term.last is not None:
            inside &= self._last <= np.datetime64(term.last.last)
        return inside

    def _per_period(self, term: Term, inside: Array) -> list[Fraction] | None:
        """How many of its amounts count in each pay period; parts where the draw is for longer than a pay period."""
        run = self.run
        out = [Fraction(0)] * len(run.periods)
        if term.per in ("period", run.cadence):
            return [Fraction(int(x)) for x in inside]
        longer: set[bool] = set()
        for t in np.flatnonzero(inside).tolist():
            period = run.periods[t]
            try:
                whole = run.world.calendar.period_of(period.first, term.per)
                longer.add(whole.first <= period.first and period.last <= whole.last)
                if whole.first <= period.first and period.last <= whole.last:
                    out[t] = self._part(term, whole, period)
                else:
                    pieces = run.world.calendar.periods(period.first, period.last, term.per)
                    ends = [p for p in pieces if period.first <= p.last <= period.last]
                    out[t] = Fraction(sum(term.first is None or p.first >= term.first.first for p in ends))
            except (NotAPeriod, KeyError):
                longer = {True, False}
            if len(longer) > 1:
                run.problem(
                    "draw-frequency",
                    f"a draw is per {term.per}, and pay is per {run.cadence}: one doesn't fit into the other.",
                    term.where,
                    "A draw tops up the pay of one pay period.",
                    "State the draw per pay period:  per: period",
                )
                return None
        return out

    def _part(self, term: Term, whole: Period, period: Period) -> Fraction:
        """The share of a draw for a longer time that falls to one of its pay periods."""
        run = self.run
        reading = run.need("draw.period", f"a draw per {term.per} with pay per {run.cadence}", term.where)
        parts = run.world.calendar.periods(whole.first, whole.last, run.cadence)
        if reading == "in equal parts":
            return Fraction(1, len(parts))
        return Fraction(int(parts[0].first == period.first))

    def _rows_of(self, term: Term) -> Sequence[int]:
        if term.payee == EVERYONE:
            return range(self.run.shape[0])
        return [r for r in self._rows.get(term.payee, ()) if term.unit in ("", self.run.unit[r])]

    def _place(self, k: int, term: Term, r: int, inside: Array, shares: list[Fraction]) -> None:
        run = self.run
        spells = run.world.people.employed(int(run.payees[r]))
        there = [(self._last >= np.datetime64(a)) & (self._first <= np.datetime64(b)) for a, b in spells]
        wanted: Array = inside & (there[0] if len(there) == 1 else np.logical_or.reduce(there))
        if term.payee == EVERYONE:
            # A period in which nothing is settled for the payee lends nothing either.
            settled = np.arange(len(wanted))
            wanted &= self._on[:, r] & (settled >= run.first[r]) & (settled <= run.last[r])
            # A draw of the payee's own takes the place of the plan's.
            wanted &= self.term[r] < 0
        elif (self.term[r][wanted] >= 0).any():
            t = int(np.flatnonzero(wanted & (self.term[r] >= 0))[0])
            run.problem(
                "draw-twice",
                f'"{run.world.payees[int(run.payees[r])]}" has two draws in {run.periods[t].label}.',
                term.where,
                remedy="State one.",
            )
        self.term[r, wanted] = k
        days = [(self._first >= np.datetime64(a)) & (self._last <= np.datetime64(b)) for a, b in spells]
        full = days[0] if len(days) == 1 else np.logical_or.reduce(days)
        if (
            term.amount is not None
            and full[wanted].all()
            and all(shares[t] == 1 for t in np.flatnonzero(wanted))
        ):
            self._cell[r, wanted] = self._value(term.amount, Fraction(1))
            return
        for t in np.flatnonzero(wanted).tolist():
            self._cell[r, t] = self._value(*self._counting(term, r, t, shares[t]))

    def _value(self, amount: Fraction, share: Fraction) -> int:
        """The position of a share of an amount among the values, rounded where it is a part."""
        key = (amount, share)
        if key not in self._known:
            self._known[key] = len(self._values)
            value, rounding = Exact.of([amount * share]), self.run.rounding
            if share.denominator != 1 and rounding is not None:
                value = value.rounded(rounding.mode, rounding.decimals)
            self._values.append(value.at(0))
        return self._known[key]

    def _counting(self, term: Term, r: int, t: int, share: Fraction) -> tuple[Fraction, Fraction]:
        """The draw of a pay period, and how much of it counts."""
        run, period = self.run, self.run.periods[t]
        per = run.cadence if term.per == "period" else term.per
        # What is stated for a shorter time counts time by time, what is stated for a longer one in parts.
        pieces = self._pieces(period, per) if share > 1 else [period]
        counted: list[tuple[Fraction, Fraction]] = []
        for piece in pieces:
            there = self._there(r, piece)
            if not there:
                continue
            amount, prorated = term.amount, False
            if amount is None:
                amount, prorated = self._of_target(
                    term, r, piece if share > 1 else self._whole(period, per), per
                )
            part = share / len(pieces)
            if there < piece.days and not prorated:
                part *= self._presence(term, r, piece, there)
            counted.append((amount, part))
        if term.amount is not None:
            return term.amount, sum((part for _, part in counted), Fraction(0))
        total = sum((amount * part for amount, part in counted), Fraction(0))
        # A percent of a target is a part of it, however much of it counts.
        rounding = run.rounding
        if rounding is not None:
            total = Exact.of([total]).rounded(rounding.mode, rounding.decimals).at(0)
        return total, Fraction(1)

    def _pieces(self, period: Period, per: str) -> list[Period]:
        """The times of a length that end inside a pay period."""
        found = self.run.world.calendar.periods(period.first, period.last, per)
        return [p for p in found if period.first <= p.last <= period.last]

    def _whole(self, period: Period, per: str) -> Period:
        """The longer time in which a pay period lies, or the pay period itself."""
        if per == self.run.cadence:
            return period
        try:
            return self.run.world.calendar.period_of(period.first, per)
        except (NotAPeriod, KeyError):
            return period

    def _there(self, r: int, piece: Period) -> int:
        """The days of a time on which the payee is employed."""
        spells = self.run.world.people.employed(int(self.run.payees[r]))
        return sum(max((min(piece.last, b) - max(piece.first, a)).days + 1, 0) for a, b in spells)

    def _of_target(self, term: Term, r: int, span: Period, cadence: str) -> tuple[Fraction, bool]:
        """The percent of the target incentive, and whether the plan has that shrink for who comes and goes."""
        found = self._target(term, r, span, cadence)
        return found[0] * (term.percent or Fraction(0)), found[1]

    def _target(self, term: Term, r: int, span: Period, cadence: str) -> tuple[Fraction, bool]:
        """The target incentive for an interval, and whether the plan has it shrink for who comes and goes."""
        run, quotas = self.run, self._quotas
        payee = run.world.payees[int(run.payees[r])]
        assert quotas is not None
        for plan in run.plans:
            found = quotas.target(payee, plan.name, span, cadence)
            if found is not None and found.amount:
                return found.amount, plan.conventions.get("proration.of") in _SHRINK
        run.problem(
            "draw-target",
            f'the draw of "{payee}" is a percent of the target incentive, and there is none for {span.label}.',
            term.where,
            "Its amount isn't known.",
            f"State a target incentive per {cadence} with the plan assignment, or the draw's amount.",
        )
        return Fraction(0), False

    def _presence(self, term: Term, r: int, piece: Period, days: int) -> Fraction:
        """The share of a draw for a payee who comes or goes inside the time it is for."""
        run = self.run
        payee = run.world.payees[int(run.payees[r])]
        reading = run.need(
            "draw.partial_period",
            f'the draw of "{payee}" in {piece.label}, a part of which is worked,',
            term.where,
        )
        return Fraction(1) if reading == "whole" else Fraction(days, piece.days)
