"""Draws and pay below zero of all payees at once, where every plan and draw says the same simple things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from reference_engine.bulk.results import Pay
from reference_engine.columns import Array, Exact, is_same, same
from reference_engine.draw_ledger import ADDED, FLOOR, NONE, Cells, Moved, ledger
from reference_engine.settling_run import SettlingRun
from reference_engine.table import Table
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Plan, Rounding
from reference_engine.words import coded
from reference_engine.world import World

KINDS = {"recoverable": FLOOR, "non-recoverable": FLOOR, "loan": ADDED, "non-recoverable additional": ADDED}
OWED = ("recoverable", "loan")
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


def settle(pays: Sequence[Pay], plans: Sequence[Plan], world: World) -> list[Pay] | None:
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
    total, there = _total(pays, len(world.payees), periods)
    draws = _draws(table, world, spans, periods, there)
    if draws is None:
        return None
    # Nothing happens to the others.
    rows = np.flatnonzero((draws.does != NONE).any(axis=1) | (total.num < 0).any(axis=1))
    draws = _Draws(draws.amount[rows], draws.does[rows], draws.owed[rows])
    forgives = _alike(plans, "draw.negative") == "forgiven"
    cells = _cells(total[rows], draws, carries == "carried", forgives)
    roundings = {p.conventions.round_at("payout") for p in plans}
    rounding = roundings.pop() if len(roundings) == 1 else None
    # The ledger asks its run only how payouts are rounded.
    moved = ledger(cells, cast(SettlingRun, _Rounded(rounding)))
    if carries != "carried" and carries != "paid out":
        return None
    return list(_flows(moved, draws, rows, periods, unit))


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


def _total(pays: Sequence[Pay], payees: int, periods: list[Period]) -> tuple[Exact, Array]:
    """What is paid to each payee in each period, and who is paid at all."""
    position = {p.first: i for i, p in enumerate(periods)}
    there = np.zeros(payees, dtype=bool)
    cells: list[Array] = []
    for pay in pays:
        place = np.array([position[p.first] for p in pay.periods], dtype=np.int64)
        cells.append(pay.payee * len(periods) + place[pay.period])
        there[pay.payee] = True
    cell, amount = np.concatenate(cells), Exact.concat([p.amount for p in pays])
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(payees * len(periods)))
    return amount[order].sums(starts).reshape(payees, len(periods)), there


def _draws(
    table: Table, world: World, spans: list[tuple[Period, Period]], periods: list[Period], there: Array
) -> _Draws | None:
    shape = (len(there), len(periods))
    if not table.size:
        return _Draws(Exact.full(shape, 0), same(NONE, shape, np.int64), same(False, shape, bool))
    payees, kinds = coded(table.words("payee")), coded(table.words("kind"))
    code = np.array([world.payee_code[n] for n in payees.names], dtype=np.int64)[payees.codes]
    if not there[code].all():
        return None
    starts, ends = (coded(table.words(name)).codes for name in ("from", "to"))
    amount = table.amounts("amount").value
    if not isinstance(amount.den, int):
        return None
    num = np.zeros(shape, dtype=amount.num.dtype)
    does = np.full(shape, NONE, dtype=np.int64)
    owed = np.zeros(shape, dtype=bool)
    what = np.array([KINDS[k] for k in kinds.names], dtype=np.int64)[kinds.codes]
    debt = np.array([k in OWED for k in kinds.names], dtype=bool)[kinds.codes]
    for (first, last), (a, b) in zip(spans, _pairs(starts, ends), strict=True):
        rows = np.flatnonzero((starts == a) & (ends == b))
        inside = np.array([first.first <= p.first and p.last <= last.last for p in periods], dtype=bool)
        cell = np.ix_(code[rows], np.flatnonzero(inside))
        if len(np.unique(code[rows])) < len(rows) or (does[cell] != NONE).any():
            return None
        num[cell], does[cell], owed[cell] = amount.num[rows, None], what[rows, None], debt[rows, None]
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
    drawn = (draws.does != NONE).any(axis=1)[:, None]
    nothing = Exact.full(drawn.shape, 0)
    found = (
        ("draw advance", moved.advance),
        ("draw", moved.added),
        ("draw recovery", Exact.where(drawn, -moved.recovery, nothing)),
        ("balance recovered", Exact.where(~drawn, -moved.recovery, nothing)),
        ("carried to the next period", moved.carried),
    )
    out: list[Pay] = []
    for kind, matrix in found:
        row, at = np.nonzero(matrix.num)
        if len(row):
            out.append(Pay("", kind, unit, tuple(periods), payees[row], at, matrix[row, at]))
    return out
