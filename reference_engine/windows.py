"""Figures of a window that moves along: X in the last 12 periods."""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from reference_engine.columns import Exact
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.plan import Measure
from reference_engine.world import World

_WINDOW = re.compile(r"(.+) in the last (\d{1,3}) periods?")
_DAYS = (("deals", "closed"), ("invoices", "date"), ("payments", "date"), ("retail_sales", "date"))


def window_of(name: str) -> tuple[str, int] | None:
    """What adds up in a figure's name, and over how many pay periods; None where it names no window."""
    found = _WINDOW.fullmatch(name)
    return None if found is None or int(found[2]) < 1 else (found[1], int(found[2]))


def adds_up(measure: Measure) -> bool:
    """Whether a measure is the sum of what its periods are; a formula, a level and a count of different things aren't."""
    return measure.formula is None and not measure.levels and measure.count in ("", "records")


def moving(matrix: Exact, size: int) -> list[Exact]:
    """For each period the sum over so many periods, it included."""
    columns: list[Exact] = []
    for t in range(matrix.shape[1]):
        total = columns[-1] + matrix[:, t] if t else matrix[:, t]
        columns.append(total - matrix[:, t - size] if t >= size else total)
    return columns


def before_valid(name: str, starts: date, world: World, where: Where) -> Problem | None:
    """A Problem where the data hold records from before the day on which the plan begins to count."""
    if not any(bool((world.table(t).days(day) < np.datetime64(starts, "D")).any()) for t, day in _DAYS):
        return None
    return Problem(
        "figure-before-valid",
        f'"{name}" looks back before {starts}, from which on the plan counts.',
        where,
        "The data hold earlier records. They aren't counted, so the figure would be too small at first.",
        "Let the plan's valid begin with them, or leave it out.",
    )
