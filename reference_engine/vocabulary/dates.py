"""Dates are written year-month-day, and in no other way."""

from __future__ import annotations

from datetime import date


def parse_date(text: str) -> date | None:
    """A date written year-month-day; None for any other text."""
    if len(text) != 10 or text[4] != "-" or text[7] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
