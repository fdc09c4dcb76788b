"""Rounding of what is paid: lines of their own that bring sums to their rounded values."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import taken
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines
from reference_engine.vocabulary.plan import Rounding
from reference_engine.words import coded


def rounding_lines(lines: Lines, rounding: Rounding, run: ComponentRun) -> Lines | None:
    """Lines that bring each payee's sum of a period to its rounded value; None where every sum is round already."""
    if lines.amount.is_whole_at(rounding.decimals).all():
        return None
    paid = np.flatnonzero(~lines.held)
    if not len(paid):
        return None
    words = coded(taken(lines.currency, paid))
    cell = (lines.payee[paid] * len(run.periods) + lines.paid_in[paid]) * len(words.names) + words.codes
    order = paid
    if (cell[1:] < cell[:-1]).any():
        place = np.argsort(cell, kind="stable")
        cell, order = cell[place], paid[place]
    starts = np.flatnonzero(np.append(True, cell[1:] != cell[:-1]))
    total = lines.amount[order].sums(starts)
    change = total.rounded(rounding.mode, rounding.decimals) - total
    rows = change.nonzero()
    if not len(rows):
        return None
    first = order[starts[rows]]
    rule = run.rule(
        f"rounded {rounding.mode} per {rounding.at} to {rounding.decimals} decimals",
        "rounding",
        rounding.where,
    )
    return Lines.plain(
        lines.payee[first],
        lines.paid_in[first],
        change[rows],
        taken(lines.currency, first),
        kind="rounding",
        rule=np.full(len(rows), rule),
    )
