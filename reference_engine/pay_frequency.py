"""Plans that pay at different times: whether one pay of a payee is made of them, and how often it is paid."""

from __future__ import annotations

from collections.abc import Iterable

from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.calendar import SHORT, Calendar
from reference_engine.vocabulary.plan import Plan

_NESTED = ("semi-month", "month", "quarter", "half-year", "year")
"""Each of them is made of whole ones of those before it."""


def cadence_of(plan: Plan, calendar: Calendar) -> str:
    """How often a plan pays: as it says, or else as the company does."""
    return plan.pays or calendar.pay_cadence or "month"


def shortest(cadences: Iterable[str], calendar: Calendar) -> str | None:
    """The cadence in whose periods all of them can be paid: a quarter is paid with its last month.

    None where one lies across another, as a week that begins in one month and ends in the next.
    """
    found = set(cadences)
    if len(found) <= 1:
        return next(iter(found), None)
    short = found & set(SHORT)
    if calendar.custom or "semi-month" not in found or all(start.day == 1 for _, start in calendar.fiscal_starts):
        if found <= set(_NESTED):
            return min(found, key=_NESTED.index)
        if calendar.custom and len(short) == 1:
            # Quarters and years of such a calendar are made of its periods, however long these are.
            return short.pop()
    return None


def mixed(payee: str, plans: Iterable[Plan], calendar: Calendar, where: Where) -> Problem:
    """A payee's draw or balance that no pay can be set against."""
    own = list(plans)
    if not own:
        return Problem(
            "pay-frequency-mixed",
            f'"{payee}" has a draw or a balance, and is on no plan that is calculated.',
            where,
            "Nothing says how often it is paid.",
            "Put the payee on a plan, or state how often the company pays with its fiscal year: fiscal year FY2026 starts on 2026-01-01 with monthly periods",
        )
    first, *others = [f'"{p.name}" {{}}by the {cadence_of(p, calendar)}' for p in own]
    said = " and ".join([first.format("pays "), *(o.format("") for o in others)])
    return Problem(
        "pay-frequency-mixed",
        f'"{payee}" has a draw or a balance, and {said}.',
        where,
        "The periods of one lie across those of the other, so it isn't stated which pay the draw or the balance counts against.",
        "Let the plans pay equally often (the setting `pay frequency`; in a plan file `pays`), or one by the month and the others by the quarter, half-year or year.",
    )
