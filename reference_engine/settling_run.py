"""What happens to the whole pay of payees: the matrices that settling mechanics work on, and what they say about them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import overload

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.draw_terms import Term
from reference_engine.lines import Lines, Rule
from reference_engine.mechanics.registry import Mechanic
from reference_engine.plans.convention_reader import open_convention
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.calendar import Calendar, Period
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.plan import Plan, Rounding
from reference_engine.vocabulary.results import Balance, Movement
from reference_engine.world import World

Say = Callable[[int, int], str]
"""Why a cell (row, period) is what it is, as a sentence without its full stop."""
Place = Callable[[int, int], Where]


@dataclass(frozen=True)
class Flow:
    """One reason for which pay or a balance changes, for every row and period.

    kind: the word of a statement line.  pay: what is added to pay; None where only the balance changes.  balance:
    what is added to what stands open (negative: the payee owes more); None where it stays.
    """

    kind: str
    pay: Exact | None
    balance: Exact | None
    say: Say
    where: Place


class Settling(Mechanic):
    """A mechanic under `settle:` of a plan: it changes the whole pay of a payee, in the order in which the plan lists it."""

    acts = True
    """Whether it is settled in its turn; False for what only says how closed periods are shown."""
    debts = False
    """Whether draws, opening balances and pay below zero are settled here."""

    @property
    def everybody(self) -> bool:
        """Whether people on the plan who earned nothing are paid something too."""
        return False

    def begins(self, calendar: Calendar, first: date) -> date:
        """The first day on which it counts in a run whose records begin on a day."""
        return first

    def settle(self, run: SettlingRun) -> None:
        """The kernel: reads run.pay and adds flows."""
        raise TypeError(f"{type(self).__name__} has no kernel")


@dataclass
class SettlingRun:
    """The pay of the payees who are on the same plans, one row for each payee and currency.

    payees: codes.  unit: currencies.  periods: pay periods in order; cadence: how long one is.  pay: what would be paid,
    as far as the mechanics have gone.  parts: the same as it was earned, by plan and component, for mechanics that look at some
    of it.  first, last: the positions of the periods between which anything happens to a row; what lies outside isn't settled.
    on_in: which rows' payees are on one of the plans on some day of a period.  draws: those of the table.
    """

    world: World
    plans: tuple[Plan, ...]
    payees: Array
    unit: Array
    periods: list[Period]
    cadence: str
    pay: Exact
    parts: dict[tuple[str, str], Exact]
    first: Array
    last: Array
    on_in: Callable[[Period], Array]
    draws: Sequence[Term]
    problems: list[Problem] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.payees), len(self.periods)

    @property
    def where(self) -> Where:
        return self.plans[0].where if self.plans else NOWHERE

    @property
    def nothing(self) -> Exact:
        """A matrix of zeros."""
        return Exact.full(self.shape, 0)

    def reading(self, name: str) -> str | None:
        """How the plans answer a convention; None where they don't, or not alike."""
        readings = {p.conventions.get(name) for p in self.plans}
        return readings.pop() if len(readings) == 1 else None

    def need(self, name: str, what: str, where: Where | None = None) -> str:
        """How the plans answer a convention; a Problem where they don't.  what: for which the answer is needed."""
        found = self.reading(name)
        if found is not None:
            return found
        stated = sorted({r for p in self.plans if (r := p.conventions.get(name))})
        known = (
            f"the plans say different things ({', '.join(stated)})" if stated else "the plan doesn't state it"
        )
        asked = open_convention(
            name, f"{what} needs the convention {name}, and {known}.", where or self.where, alike=True
        )
        self.problem(asked.slug, asked.what, asked.where, asked.why, asked.remedy)
        return next(iter(CONVENTIONS[name].readings))

    def problem(self, slug: str, what: str, where: Where, why: str = "", remedy: str = "") -> None:
        """Adds a Problem once."""
        found = Problem(slug, what, where, why, remedy)
        if found not in self.problems:
            self.problems.append(found)

    def rounded(self, amount: Exact) -> Exact:
        """A computed part of pay, rounded as the plans round payouts; exact where they don't."""
        rounding = self.rounding
        return amount if rounding is None else amount.rounded(rounding.mode, rounding.decimals)

    @property
    def rounding(self) -> Rounding | None:
        """How the plans round payouts, if they all do it alike."""
        stated = [p.conventions.round_at("payout") for p in self.plans]
        return stated[0] if stated and all(s == stated[0] for s in stated) else None

    def add(
        self,
        kind: str,
        say: Say,
        where: Place | Where,
        *,
        pay: Exact | None = None,
        balance: Exact | None = None,
    ) -> None:
        """Something that is added to pay, to what stands open, or to both."""
        if pay is not None:
            pay = self.inside(pay)
            self.pay = self.pay + pay
        if balance is not None:
            balance = self.inside(balance)
        place = where if callable(where) else (lambda _r, _t, at=where: at)
        self.flows.append(Flow(kind, pay, balance, say, place))

    def inside(self, matrix: Exact) -> Exact:
        """The matrix within the periods of each row; nothing outside."""
        t = np.arange(len(self.periods))
        there = (t >= self.first[:, None]) & (t <= self.last[:, None])
        return matrix if there.all() else Exact.where(there, matrix, self.nothing)

    def money(self, matrix: Exact, row: int, period: int) -> str:
        """One cell as money, without its sign."""
        return format_money(abs(matrix[row, period : period + 1].at(0)), str(self.unit[row]))

    # -- results --------------------------------------------------------------------------------------
    def lines(self) -> tuple[Lines | None, Spoken]:
        """The flows that change pay, as lines, each with a rule of its own."""
        spoken = Spoken()
        out: list[Lines] = []
        for flow in self.flows:
            if flow.pay is None:
                continue
            rows, at = np.nonzero(flow.pay.num != 0)
            if not len(rows):
                continue
            start = spoken.add(flow, rows, at)
            out.append(
                Lines.plain(
                    self.payees[rows],
                    at,
                    flow.pay[rows, at],
                    self.unit[rows],
                    kind=flow.kind,
                    rule=np.arange(start, start + len(rows)),
                )
            )
        return (Lines.joined(out) if out else None), spoken

    def balances(self, ends: Array) -> list[Balance]:
        """What stands open after each period, from the first to the last in which something happens to a row, and as long as
        anything stands open.

        ends: the last period with pay, a draw or an opening balance of each row.
        """
        moving = [f for f in self.flows if f.balance is not None]
        if not moving:
            return []
        ends = ends.copy()
        closing = run_total(moving, self.nothing)
        cells: dict[int, list[Movement]] = {}
        width = len(self.periods)
        for flow in moving:
            assert flow.balance is not None
            rows, at = np.nonzero(flow.balance.num != 0)
            if not len(rows):
                continue
            np.maximum.at(ends, rows, at)
            amounts = flow.balance[rows, at].fractions()
            for cell, amount in zip((rows * width + at).tolist(), amounts, strict=True):
                cells.setdefault(cell, []).append(Movement(flow.kind, amount))
        stands = closing.fractions()
        labels = [p.label for p in self.periods]
        out: list[Balance] = []
        ends = np.minimum(ends, self.last)
        stays = closing[np.arange(len(ends)) * width + np.maximum(ends, 0)].num != 0
        last = np.where(stays, self.last, ends).tolist()
        for r, (code, unit, first) in enumerate(
            zip(self.payees.tolist(), self.unit.tolist(), self.first.tolist(), strict=True)
        ):
            payee = self.world.payees[code]
            for t in range(first, last[r] + 1):
                cell = r * width + t
                out.append(Balance(payee, labels[t], stands[cell], unit, tuple(cells.get(cell, ()))))
        return out


def run_total(flows: list[Flow], nothing: Exact) -> Exact:
    """What stands open after each period: everything that changed it up to then."""
    change = nothing
    for flow in flows:
        if flow.balance is not None:
            change = change + flow.balance
    columns = [change[:, 0]]
    for t in range(1, change.shape[1]):
        columns.append(columns[-1] + change[:, t])
    flat = Exact.concat(columns)
    order = np.arange(len(flat)).reshape(len(columns), -1).T.ravel()
    return flat[order]


class Spoken(Sequence[Rule]):
    """The rules of settlement lines, put into words only when somebody reads them."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._parts: list[tuple[Flow, Array, Array]] = []
        self._size = 0

    def add(self, flow: Flow, rows: Array, periods: Array) -> int:
        """Rules for the cells of a flow; the position of the first."""
        start = self._size
        self._starts.append(start)
        self._parts.append((flow, rows, periods))
        self._size += len(rows)
        return start

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> list[Rule]: ...
    def __getitem__(self, index: int | slice) -> Rule | list[Rule]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._size))]
        if not 0 <= index < self._size:
            raise IndexError(index)
        part = bisect_right(self._starts, index) - 1
        flow, rows, periods = self._parts[part]
        row, period = int(rows[index - self._starts[part]]), int(periods[index - self._starts[part]])
        return Rule(flow.say(row, period), flow.kind, flow.where(row, period))
