"""What an expression over the fields of a record is worth on each line."""

from __future__ import annotations

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.evaluate import number, words, yes
from reference_engine.expressions.records import RecordScope
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines
from reference_engine.problems import Where


def on_lines(
    expression: Expression, lines: Lines, run: ComponentRun, where: Where, rows: Array | None = None
) -> tuple[Exact, Array]:
    """The number on each line, and its currency ("" for a plain number).  rows: a mask of the lines that matter."""
    found = number(
        expression, RecordScope(run.world, run.events), where, run.problems, _asked(lines, run, rows)
    )
    return found.value[lines.event], found.unit[lines.event]


def words_on_lines(expression: Expression, lines: Lines, run: ComponentRun, where: Where) -> Array:
    """The text on each line, such as the category of its product."""
    found = words(expression, RecordScope(run.world, run.events), where, run.problems, _asked(lines, run, None))
    return np.asarray(found[lines.event], dtype=object)


def holds(
    expression: Expression, lines: Lines, run: ComponentRun, where: Where, rows: Array | None = None
) -> Array:
    """Where a condition holds: a mask of the lines."""
    scope = RecordScope(run.world, run.events)
    found = yes(expression, scope, where, run.problems, _asked(lines, run, rows))
    return np.asarray(found[lines.event], dtype=bool)


def _asked(lines: Lines, run: ComponentRun, rows: Array | None) -> Array:
    """The records that the lines are about."""
    out = np.zeros(len(run.events), dtype=bool)
    out[lines.event if rows is None else lines.event[rows]] = True
    return out
