"""Ranks: which row of a table each payee has by a column of payees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from reference_engine.columns import Array
from reference_engine.component_run import ComponentRun
from reference_engine.problems import Where, did_you_mean, nearest


class Ranked(Protocol):
    """A row of a mechanic's table that stands for a rank."""

    @property
    def rank(self) -> str: ...

    @property
    def where(self) -> Where: ...


def positions(run: ComponentRun, column: str, ranks: Sequence[Ranked], where: Where) -> Array | None:
    """The position of each payee's rank in the table, -1 for a payee whose rank isn't there.

    None, with a Problem, where payees has no such column, or a rank that nobody has is nearly that of a payee.
    """
    columns = run.world.table("payees").text
    if column not in columns:
        run.problem(
            "unknown-name",
            f'payees has no column "{column}".',
            where,
            "Nobody would have a rank.",
            did_you_mean(column, list(columns)),
        )
        return None
    held = run.world.payee_column(column).tolist()
    # A rank may well be nobody's. One that nobody has, beside a payee whose rank nearly reads so, is a slip.
    listed = {r.rank for r in ranks}
    strange = [r for r in dict.fromkeys(held) if r and r not in listed]
    slips = [(r, meant) for r in ranks if r.rank not in held and (meant := nearest(r.rank, strange))]
    for entry, meant in slips:
        run.problem(
            "unknown-rank",
            f'no payee has the {column} "{entry.rank}".',
            entry.where if entry.where.file else where,
            "The row would never pay.",
            f"Did you mean: {meant}",
        )
    if slips:
        return None
    of_rank = {r.rank: i for i, r in enumerate(ranks)}
    return np.array([of_rank.get(r, -1) for r in held], dtype=np.int64)
