"""Draws and pay below zero of all payees at once, where every plan and draw says the same simple things."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from reference_engine.bulk.results import Pay, cells_of
from reference_engine.columns import LIMIT, Array, Exact, is_same, same
from reference_engine.draw_ledger import ADDED, FLOOR, NONE, Cells, Moved, ledger
from reference_engine.executors.local import Local
from reference_engine.settling_run import SettlingRun
from reference_engine.table import Table
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Plan, Rounding
from reference_engine.words import coded
from reference_engine.world import World

KINDS = {"recoverable": FLOOR, "non-recoverable": FLOOR, "loan": ADDED, "non-recoverable additional": ADDED}
OWED = ("recoverable", "loan")
AT_ONCE = 1 << 13
"""So many payees are settled at a time: their columns then stay near the processor."""
_READ = ("payee", "kind", "amount", "per", "from", "to")
_SAME = {"draw.recovery": "immediate", "draw.scope": "all earnings", "draw.surplus_offsets": "no"}


@dataclass(frozen=True)
class _Draws:
    """Matrices of payees and periods: the draw, what it does, and where what is advanced is owed."""

    amount: Exact
    does: Array
    owed: Array


@dataclass(frozen=True)
class _Rounded:
    """How the plans round payouts, as the ledger asks for it."""

    rounding: Rounding | None

    def rounded(self, amount: Exact) -> Exact:
        r = self.rounding
        return amount if r is None else amount.rounded(r.mode, r.decimals)


def settle(pays: Sequence[Pay], plans: Sequence[Plan], world: World, executor: Local) -> list[Pay] | None:
    """What draws and pay below zero change; None where the ordinary settlement has to look at it."""
    usual = world.calendar.pay_cadence or "month"
    cadences, units = {p.pays or usual for p in plans}, {p.currency for p in pays}
    if len(cadences) != 1 or len(units) > 1 or world.table("opening_balances").size or _leavers(world):
        return None
    table = world.table("draws")
    carries = _alike(plans, "balance.negative")
    wanted = dict.fromkeys(("balance.negative", *(_SAME if table.size else ())))
    if carries is None or any(_alike(plans, n) != r for n, r in _SAME.items() if n in wanted):
        return None
    if table.size and _alike(plans, "draw.negative") is None:
        return None
    if not pays:
        return [] if not table.size else None
    cadence, unit = cadences.pop(), units.pop()
    spans = _spans(table, world, cadence, unit)
    if spans is None:
        return None
    bounds = [p for pay in pays for p in (pay.periods[0], pay.periods[-1])]
    bounds += [p for pair in spans for p in pair]
    periods = world.calendar.periods(min(p.first for p in bounds), max(p.last for p in bounds), cadence)
    total = _total(pays, len(world.payees), periods)
    there = np.zeros(len(world.payees), dtype=bool)
    for pay in pays:
        there[pay.payee] = True
    drawing = np.zeros(len(world.payees), dtype=bool)
    drawing[world.codes_of(table.words("payee"))] = True
    if total is None or (drawing & ~there).any():
        return None
    # Nothing happens to the others.
    below = np.zeros(len(there), dtype=bool)
    below[np.flatnonzero(total.num.ravel() < 0) // len(periods)] = True
    rows = np.flatnonzero(drawing | below)
    draws = _draws(table, world, spans, periods, rows)
    if draws is None or (carries != "carried" and carries != "paid out"):
        return None
    forgives = _alike(plans, "draw.negative") == "forgiven"
    roundings = {p.conventions.round_at("payout") for p in plans}
    # The ledger asks its run only how payouts are rounded.
    rounded = cast(SettlingRun, _Rounded(roundings.pop() if len(roundings) == 1 else None))

    def settled(own: slice) -> list[Pay]:
        mine = _Draws(draws.amount[own], draws.does[own], draws.owed[own])
        cells = _cells(total[rows[own]], mine, carries == "carried", forgives)
        return list(_flows(ledger(cells, rounded), mine, rows[own], periods, unit))

    parts = [slice(a, a + AT_ONCE) for a in range(0, len(rows), AT_ONCE)]
    return [pay for flows in executor.map(settled, parts) for pay in flows]


def _alike(plans: Sequence[Plan], name: str) -> str | None:
    readings = {p.conventions.get(name) for p in plans}
    return readings.pop() if len(readings) == 1 else None


def _leavers(world: World) -> bool:
    people = world.table("payees")
    return any(not np.isnat(people.days(name)).all() for name in ("hired", "left"))


def _spans(table: Table, world: World, cadence: str, unit: str) -> list[tuple[Period, Period]] | None:
    """The first and last period of each draw; None where a draw says more than that."""
    blank = [column for name, column in table.text.items() if name not in _READ]
    if any(set(coded(column).names) - {""} for column in blank):
        return None
    if any(column.present.any() for name, column in table.numbers.items() if name not in _READ):
        return None
    if not table.size:
        return []
    amount = table.amounts("amount")
    if amount.currency is None or not amount.present.all() or set(coded(amount.currency).names) != {unit}:
        return None
    if set(coded(table.words("kind")).names) - set(KINDS):
        return None
    if set(coded(table.words("per")).names) - {cadence, "period"}:
        return None
    starts, ends = (coded(table.words(name)) for name in ("from", "to"))
    if "" in starts.names or "" in ends.names:
        return None
    return [
        (world.period(starts.names[a]), world.period(ends.names[b]))
        for a, b in _pairs(starts.codes, ends.codes)
    ]


def _pairs(a: Array, b: Array) -> list[tuple[int, int]]:
    if is_same(a) and is_same(b):
        return [(int(a[0]), int(b[0]))]
    return list(dict.fromkeys(zip(a.tolist(), b.tolist(), strict=True)))


def _total(pays: Sequence[Pay], payees: int, periods: list[Period]) -> Exact | None:
    """What is paid to each payee in each period; None where it goes beyond whole numbers of 64 bits."""
    dens = [pay.amount.den for pay in pays if isinstance(pay.amount.den, int)]
    if len(dens) < len(pays):
        return None
    den = math.lcm(*dens)
    bound = sum(pay.amount.bound * (den // own) for pay, own in zip(pays, dens, strict=True))
    if bound > LIMIT or any(pay.amount.num.dtype == object for pay in pays):
        return None
    position = {p.first: i for i, p in enumerate(periods)}
    total = np.zeros(payees * len(periods), dtype=np.int64)
    for pay, own in zip(pays, dens, strict=True):
        place = np.array([position[p.first] for p in pay.periods], dtype=np.int64)
        # A payee stands once in each period of what one component pays.
        total[pay.payee * len(periods) + place[pay.period]] += pay.amount.num * (den // own)
    return Exact(total.reshape(payees, len(periods)), den, bound)


def _draws(
    table: Table, world: World, spans: list[tuple[Period, Period]], periods: list[Period], rows: Array
) -> _Draws | None:
    """The draws of some payees; None where two of one payee lie in one period."""
    shape = (len(rows), len(periods))
    if not table.size:
        return _Draws(Exact.full(shape, 0), same(NONE, shape, np.int64), same(False, shape, bool))
    row = np.searchsorted(rows, world.codes_of(table.words("payee")))
    kinds = coded(table.words("kind"))
    starts, ends = (coded(table.words(name)).codes for name in ("from", "to"))
    amount = table.amounts("amount").value
    if not isinstance(amount.den, int):
        return None
    # The ledger goes period by period, so that a period lies together.
    num = np.zeros(shape, dtype=amount.num.dtype, order="F")
    does = np.full(shape, NONE, dtype=np.int8, order="F")
    owed = np.zeros(shape, dtype=bool, order="F")
    what = np.array([KINDS[k] for k in kinds.names], dtype=np.int8)[kinds.codes]
    debt = np.array([k in OWED for k in kinds.names], dtype=bool)[kinds.codes]
    for (first, last), (a, b) in zip(spans, _pairs(starts, ends), strict=True):
        own = np.flatnonzero((starts == a) & (ends == b))
        inside = np.array([first.first <= p.first and p.last <= last.last for p in periods], dtype=bool)
        drawn = np.zeros(len(rows), dtype=np.int64)
        np.add.at(drawn, row[own], 1)
        cell = np.ix_(row[own], np.flatnonzero(inside))
        if drawn.max() > 1 or (len(spans) > 1 and (does[cell] != NONE).any()):
            return None
        num[cell], does[cell], owed[cell] = amount.num[own, None], what[own, None], debt[own, None]
    return _Draws(Exact(num, amount.den, amount.bound), does, owed)


def _cells(total: Exact, draws: _Draws, carries: bool, forgives: bool) -> Cells:
    shape = total.shape
    nothing, no, yes = Exact.full(shape, 0), same(False, shape, bool), same(True, shape, bool)
    return Cells(
        total=total,
        earned=total,
        draw=draws.amount,
        does=draws.does,
        owed=draws.owed,
        opening=nothing,
        share=Exact.full(shape, 1),
        at_least=nothing,
        at_most=nothing,
        unlimited=yes,
        free=yes,
        holds=no,
        offsets=no,
        gives=yes if forgives else no,
        forgiven=nothing,
        last_pay=no,
        bill=no,
        ends=no,
        carries=yes if carries else no,
    )


def _flows(moved: Moved, draws: _Draws, payees: Array, periods: list[Period], unit: str) -> list[Pay]:
    drawn = (draws.does != NONE).any(axis=1)
    found = (
        ("draw advance", moved.advance),
        ("draw", moved.added),
        ("draw recovery", -moved.recovery),
        ("balance recovered", -moved.recovery),
        ("carried to the next period", moved.carried),
    )
    out: list[Pay] = []
    for kind, matrix in found:
        row, at = cells_of(matrix.num != 0)
        if kind in ("draw recovery", "balance recovered"):
            # Who has a draw pays it back; anybody else a debt.
            own = drawn[row] == (kind == "draw recovery")
            row, at = row[own], at[own]
        if len(row):
            out.append(Pay("", kind, unit, tuple(periods), payees[row], at, matrix[row, at]))
    return out
