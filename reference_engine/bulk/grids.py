"""Components whose pay follows from sums, calculated as matrices of payees and pay periods without any line.

The rules are those of the mechanics: their tiers say what is due, their caps what is allowed.  Only the lines that a
statement would show are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reference_engine.bulk.results import Pay, cells_of
from reference_engine.columns import Array, Exact, same
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines
from reference_engine.mechanics.earning.marginal import Marginal
from reference_engine.mechanics.earning.retroactive import Retroactive
from reference_engine.mechanics.paying.cap import Cap
from reference_engine.mechanics.tiers import versions
from reference_engine.results import Part
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Component, Plan


@dataclass(frozen=True)
class Grid:
    """What one component pays, or what stands above the components of a plan.

    amount: of payees and periods.  there: where it pays anything, be it nothing in sum.  kind: the word for what stands
    above the components.
    """

    plan: Plan
    component: Component
    currency: str
    periods: list[Period]
    payees: Array
    amount: Exact
    there: Array
    kind: str = ""

    def pay(self) -> Pay:
        """The same as rows."""
        row, period = cells_of(self.there)
        amount = self.amount[row, period]
        return Pay(
            self.plan.name,
            self.kind or self.component.name,
            self.currency,
            tuple(self.periods),
            self.payees[row],
            period,
            amount,
        )

    def part(self) -> Part:
        """The same as lines, for what looks at lines."""
        pay = self.pay()
        unit = same(self.currency, len(pay.payee))
        lines = Lines.plain(pay.payee, pay.period, pay.amount, unit, kind=self.kind)
        above = bool(self.kind)
        return Part(self.plan, self.component.name, self.component, [], [], self.periods, lines, above=above)


def grid(lines: Lines, run: ComponentRun) -> Grid | None:
    """What a component pays on sums; None where its lines have to be made, or a Problem was found.

    lines: one for each payee and period.
    """
    earn, component = run.component.earn, run.component
    if len(earn) != 1 or not isinstance(earn[0], (Marginal, Retroactive)) or not component.paid:
        return None
    if any(t.dated for t in versions(earn[0].tiers)):
        return None
    if not len(lines) or run.conventions.get("quota.zero") == "attainment 100%":
        # A quota of zero is then whatever was sold, and another one in each period.
        return None
    ladder = earn[0].ladder(lines, run)
    if ladder is None or ladder.matrix is None:
        return None
    currency = ladder.rungs[0].tier.currency or str(ladder.unit[0])
    if not all(_simple(m, currency) for m in component.pay):
        return None
    pieces = earn[0].pieces(ladder)
    due = pieces[0].amount
    for piece in pieces[1:]:
        due = due + piece.amount
    earned = _change(due, ladder.interval)
    there = ladder.matrix.has_lines() | (earned.num != 0)
    paid = earned
    for mechanic in component.pay:
        assert isinstance(mechanic, Cap)
        allowed = mechanic.allowed(paid, run)
        there |= ~allowed.same(paid)
        paid = allowed
    if (rounding := run.conventions.round_at("component")) is not None:
        paid = paid.rounded(rounding.mode, rounding.decimals)
    return Grid(run.plan, component, currency, run.periods, ladder.matrix.payees, paid, there)


def whole(grids: Sequence[Grid], run: ComponentRun) -> list[Grid] | None:
    """What caps and rounding of a plan as a whole add to its components; None where lines have to be made for it."""
    currencies = {g.currency for g in grids}
    if len(currencies) != 1 or not all(_simple(m, grids[0].currency) for m in run.plan.pay):
        return None
    payees = np.unique(np.concatenate([g.payees for g in grids]))
    total = Exact.full((len(payees), len(run.periods)), 0)
    for part in grids:
        row = np.full(len(payees), -1, dtype=np.int64)
        row[np.searchsorted(payees, part.payees)] = np.arange(len(part.payees))
        nothing = Exact.full((1, len(run.periods)), 0)
        total = total + Exact.concat([part.amount, nothing])[row]
    out: list[Grid] = []

    def add(kind: str, change: Exact, there: Array) -> None:
        if there.any():
            out.append(
                Grid(run.plan, run.component, grids[0].currency, run.periods, payees, change, there, kind)
            )

    paid, capped = total, np.zeros(total.shape, dtype=bool)
    for mechanic in run.plan.pay:
        assert isinstance(mechanic, Cap)
        allowed = mechanic.allowed(paid, run)
        capped |= ~allowed.same(paid)
        paid = allowed
    add("cap", paid - total, capped)
    if (rounding := run.conventions.round_at("payout")) is not None:
        rounded = paid.rounded(rounding.mode, rounding.decimals)
        add("rounding", rounded - paid, ~rounded.same(paid))
    return out


def _simple(mechanic: object, currency: str) -> bool:
    """Whether it is a cap on sums in this currency."""
    if not isinstance(mechanic, Cap) or mechanic.per == "deal":
        return False
    return {mechanic.amount.currency, *([mechanic.least.currency] if mechanic.least else [])} == {currency}


def _change(due: Exact, interval: Array) -> Exact:
    """What each period adds to what is due in its interval."""
    later = np.append(False, interval[1:] == interval[:-1])
    if not later.any():
        return due
    before = due[:, np.maximum(np.arange(len(interval)) - 1, 0)]
    return due - Exact.where(np.broadcast_to(later, due.shape), before, Exact.full(due.shape, 0))
