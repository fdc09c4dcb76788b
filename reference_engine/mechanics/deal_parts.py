"""Each payee's part of a deal whose credit several payees share, and what a limit for the deal leaves to each."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines
from reference_engine.mechanics.crediting.credits import DIRECT
from reference_engine.plans.convention_reader import open_convention


def direct_credit(lines: Lines, run: ComponentRun) -> Array:
    """The direct credit that each line's credit is, or follows; -1 where it follows none."""
    credits = run.credits
    if not len(credits):
        return np.full(len(lines), -1)
    at = np.maximum(lines.credit, 0)
    root = np.where(credits.source[at] >= 0, credits.source[at], at)
    return np.where((lines.credit >= 0) & (credits.type[root] == DIRECT), root, -1)


def share_of_deal(lines: Lines, run: ComponentRun) -> Exact | None:
    """The share of the record that each line's direct credit is; None where every one is the whole of it."""
    return _shares(direct_credit(lines, run), run)


def part_of_deal(lines: Lines, group: Array, run: ComponentRun) -> Exact | None:
    """What part of a deal each group of lines is; None where every one is the whole deal.

    group: the number of the payee and deal of each line.  Of several records of a deal, the one with the largest part
    counts: the others only bring some of the deal's credits.
    """
    root = direct_credit(lines, run)
    if _shares(root, run) is None:
        return None
    count = int(group.max()) + 1
    # A credit counts once, in however many components and parts it is paid.
    known = np.flatnonzero(root >= 0)
    event = run.credits.event[root[known]]
    order = np.lexsort((root[known], event, group[known]))
    group_, event, root = group[known][order], event[order], root[known][order]
    new = np.ones(len(root), dtype=bool)
    new[1:] = (root[1:] != root[:-1]) | (group_[1:] != group_[:-1])
    group_, event, root = group_[new], event[new], root[new]
    record = np.ones(len(root), dtype=bool)
    record[1:] = (event[1:] != event[:-1]) | (group_[1:] != group_[:-1])
    starts = np.flatnonzero(record)
    sums, owner = run.credits.share[root].sums(starts), group_[starts]
    records = np.bincount(owner, minlength=count)
    first = np.cumsum(records) - records
    whole = Exact.full(count, 1)
    part = Exact.where(records > 0, Exact.full(count, 0), whole)
    for number in range(int(records.max())):
        here = records > number
        found = sums[np.where(here, first + number, 0)]
        part = Exact.where(here, part.maximum(found), part)
    return part.minimum(whole)


def limit_of(limit: Exact, part: Exact | None, run: ComponentRun) -> Exact:
    """The limit of each part of a deal under the plan's cap.split; where it is open, as if each part stood alone."""
    if part is None or run.conventions.get("cap.split") != "whole deal":
        return limit
    return limit * part


def ask_split(alike: Array, events: Array, what: str, run: ComponentRun) -> None:
    """A Problem where the readings of cap.split pay different money and the plan states none.

    alike: where they pay the same.  events: the record of each.  what: the limit, in words.
    """
    differs = np.flatnonzero(~alike)
    if run.conventions.get("cap.split") is not None or not len(differs):
        return
    at = int(events[differs[0]])
    deal = str(run.events.deal[at]) or str(run.events.record[at])
    problem = open_convention(
        "cap.split",
        f'the credit of {deal} is split, it reaches {what}, and "{run.plan.name}" doesn\'t state cap.split.',
        run.events.where(at),
        run.conventions,
    )
    if problem not in run.problems:
        run.problems.append(problem)


def _shares(root: Array, run: ComponentRun) -> Exact | None:
    known = root >= 0
    if not known.any():
        return None
    one = Exact.full(len(root), 1)
    share = Exact.where(known, run.credits.share[np.maximum(root, 0)], one)
    return None if bool(share.same(one).all()) else share
