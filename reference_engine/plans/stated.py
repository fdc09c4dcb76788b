"""What a plan and its components state alike: names that are known, a text that must be there, the days of `valid:`."""

from __future__ import annotations

from datetime import date

from reference_engine.plans.document import Node
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.dates import parse_date


def valid_days(node: Node | None, problems: list[Problem]) -> tuple[date | None, date | None]:
    """The first and the last day of `valid:`; None where it is open."""
    if node is None:
        return None, None
    if not node.is_mapping or any(not entry.is_text for _, entry in node.items()):
        problems.append(
            Problem(
                "plan-form",
                "valid must say from when to when.",
                node.where,
                "It would be valid for ever.",
                "Write  valid: {from: 2026-01-01, to: 2026-12-31}",
            )
        )
        return None, None
    days: list[date | None] = []
    check_names(node, ("from", "to"), "valid", problems)
    for name in ("from", "to"):
        entry = node.get(name)
        day = parse_date(entry.text()) if entry is not None and entry.text() else None
        if entry is not None and entry.text() and day is None:
            problems.append(
                Problem(
                    "not-a-date",
                    f'"{entry.text()}" is not a date.',
                    entry.where,
                    remedy="Write year-month-day, like 2026-03-31.",
                )
            )
        days.append(day)
    if days[0] and days[1] and days[1] < days[0]:
        problems.append(
            Problem(
                "valid-order",
                "the last day is before the first.",
                node.where,
                "It would be valid on no day.",
                f"Write a last day from {days[0]} on, or correct the first.",
            )
        )
    return days[0], days[1]


def check_names(node: Node, known: tuple[str, ...], what: str, problems: list[Problem]) -> None:
    """A Problem for each name that isn't known.  what: where the names stand, in words."""
    for name, _ in node.items():
        if name not in known:
            problems.append(
                Problem(
                    "unknown-name",
                    f'{what} has no "{name}".',
                    node.key_where(name),
                    remedy=did_you_mean(name, known),
                )
            )


def text_of(node: Node, name: str, problems: list[Problem], remedy: str) -> str:
    """A text that must be stated; "" and a Problem where it isn't."""
    entry = node.get(name)
    if entry is None or not entry.text():
        problems.append(Problem("missing-parameter", f'"{name}" isn\'t stated.', node.where, remedy=remedy))
        return ""
    return entry.text()
