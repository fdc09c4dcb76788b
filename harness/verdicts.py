"""How a step says no: in the words of its author, without a traceback."""

from __future__ import annotations


class Mismatch(AssertionError):
    """An expectation that does not hold.  The message is complete: what was expected, what was computed."""


class NotCalculated(Mismatch):
    """A step asks for something that this scenario has not calculated."""
