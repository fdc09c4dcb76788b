"""What is paid, as columns: one row for each payee, pay period, plan and component."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact, same
from reference_engine.lines import Lines
from reference_engine.results import Part
from reference_engine.vocabulary.calendar import Period
from reference_engine.words import coded


@dataclass(frozen=True)
class Pay:
    """What one component pays, or what stands above components and plans.

    payee: code.  period: position in periods.  One row for each payee and period.
    """

    plan: str
    component: str
    currency: str
    periods: tuple[Period, ...]
    payee: Array
    period: Array
    amount: Exact


@dataclass(frozen=True)
class Payouts:
    """All that a run pays.  streamed: why it wasn't summed while it streamed by; "" where it was."""

    payees: tuple[str, ...]
    pays: tuple[Pay, ...]
    unstreamed: str = ""

    def rows(self) -> Iterator[tuple[str, str, str, str, Fraction, str]]:
        """payee, label of the period, plan, component, amount, currency."""
        for pay in self.pays:
            amounts = pay.amount.fractions()
            for payee, period, amount in zip(pay.payee.tolist(), pay.period.tolist(), amounts, strict=True):
                yield (
                    self.payees[payee],
                    pay.periods[period].label,
                    pay.plan,
                    pay.component,
                    amount,
                    pay.currency,
                )


def cells_of(mask: Array) -> tuple[Array, Array]:
    """The rows and columns where a matrix of payees and periods holds, row by row."""
    # Several times as quick as to ask the matrix for both at once.
    row, column = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return row, column


def condensed(part: Part) -> Part:
    """The part with one line for each payee, pay period, kind and currency of what is released."""
    lines = part.lines
    rows = np.flatnonzero(~lines.held)
    periods = max(len(part.periods), 1)
    word, kinds = _words(lines, rows)
    cell = (lines.payee[rows].astype(np.int64) * periods + lines.paid_in[rows]) * len(kinds) + word
    order = np.argsort(cell, kind="stable")
    cell = cell[order]
    starts = np.flatnonzero(np.append(True, cell[1:] != cell[:-1])) if len(cell) else np.zeros(0, np.int64)
    first = rows[order[starts]]
    amount = lines.amount[rows[order]].sums(starts)
    out = Lines.plain(
        lines.payee[first], lines.paid_in[first], amount, lines.currency[first], kind="", rule=None
    ).change(kind=lines.kind[first])
    return Part(
        part.plan,
        part.name,
        part.component,
        part.rules,
        part.attainments,
        part.periods,
        out,
        above=part.above,
    )


def _words(lines: Lines, rows: Array) -> tuple[Array, list[tuple[str, str]]]:
    """The kind and currency of each line, as a code."""
    kind, currency = coded(lines.kind), coded(lines.currency)
    pairs = [(str(k), str(c)) for k in kind.names for c in currency.names]
    if len(pairs) == 1:
        return same(0, len(rows), np.int64), pairs
    return kind.codes[rows].astype(np.int64) * len(currency.names) + currency.codes[rows], pairs


def pays(part: Part) -> Iterator[Pay]:
    """The rows of a part: those of one component together, whatever the kinds of its lines."""
    plan = part.plan.name if part.plan is not None else ""
    own = part.name if part.component is not None and not part.above else ""
    lines = part.lines
    held = lines.held
    word, kinds = _words(lines, np.arange(len(lines)))
    groups: dict[tuple[str, str], list[int]] = {}
    for i, (kind, currency) in enumerate(kinds if len(lines) else ()):
        groups.setdefault((own or kind, currency), []).append(i)
    for (component, currency), codes in groups.items():
        rows = np.flatnonzero(~held if len(codes) == len(kinds) else np.isin(word, codes) & ~held)
        if not len(rows):
            continue
        cell = lines.payee[rows].astype(np.int64) * len(part.periods) + lines.paid_in[rows]
        order = np.argsort(cell, kind="stable")
        cell, rows = cell[order], rows[order]
        starts = np.flatnonzero(np.append(True, cell[1:] != cell[:-1])) if len(cell) else rows[:0]
        yield Pay(
            plan,
            component,
            currency,
            tuple(part.periods),
            lines.payee[rows[starts]],
            lines.paid_in[rows[starts]],
            lines.amount[rows].sums(starts),
        )
