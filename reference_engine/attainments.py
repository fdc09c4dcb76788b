"""Attainments as columns: what was reached of which quota."""

from __future__ import annotations

from dataclasses import dataclass

from reference_engine.columns import Array, Exact
from reference_engine.vocabulary.calendar import Period


@dataclass(frozen=True)
class AttainmentColumns:
    """measured, quota and their ratio for each payee and interval that has a quota.

    measure: its name; that of the component where blank.
    """

    payee: Array
    interval: Array
    intervals: list[Period]
    measured: Exact
    quota: Exact
    value: Exact
    currency: Array
    measure: str = ""
