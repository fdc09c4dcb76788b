"""Values of a database as exact text."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from reference_engine.problems import Problem, Where


def as_text(value: Any) -> str | None:
    """A value as text without loss; None where it has no exact text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, datetime):
        # A day kept as a moment is a day; whatever has a time of day says it.
        return value.date().isoformat() if value.time() == value.time().min and value.tzinfo is None else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else None


def cell_problem(column: str, value: Any, row: int, where: Where) -> Problem:
    """What is wrong with a value that has no exact text."""
    if isinstance(value, float):
        return Problem(
            "float-column", f'the column "{column}" holds binary fractions, first in row {row:,}.', where,
            "They can't hold amounts such as 0.10 exactly, so cents would be invented or lost.", f"Read it as a decimal:  CAST({column} AS numeric(18, 4)).",
        )  # fmt: skip
    return Problem(
        "column-type", f'the column "{column}" holds values of a kind that has no exact text ({type(value).__name__}), first in row {row:,}.', where,
        "It could not be compared.", "Leave the column out, or cast it to text.",
    )  # fmt: skip
