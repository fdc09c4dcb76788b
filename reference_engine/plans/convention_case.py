"""What a case of a convention is, and the short words in which cases are written."""

from __future__ import annotations

from dataclasses import dataclass, field

from reference_engine.mechanics.registry import Example


@dataclass(frozen=True)
class Shown:
    """A case of a convention.

    case: what is sold and promised, in words.  example: the plan, with {reading} where the reading stands.  money: what each
    reading pays.  only: the payee or the period that is shown; all where blank.  instead: the case of a reading that
    needs another plan or other tables.
    """

    case: str
    example: Example
    money: dict[str, str]
    only: str = ""
    instead: dict[str, Example] = field(default_factory=dict)


ON_PLAN = "payee | plan | from\nAna | P | 2026-01-01"
ON_TARGET = "payee | plan | from | quota | target incentive | period\nAna | P | 2026-01-01 | 1,000.00 EUR | 1,000.00 EUR | month"


def case(plan: str, payouts: str = "", **tables: str) -> Example:
    return Example("", plan, {"plan_assignments": ON_PLAN, **tables}, payouts)


def component(earn: str, more: str = "", measure: str = "bookings", credits: str = "direct") -> str:
    """The YAML of one component."""
    return f"components: [{{component: C, measure: {measure}, credits: [{credits}], earn: [{earn}]{', ' + more if more else ''}}}]"


def deals(*rows: str, columns: str = "deal | owner | amount | closed") -> str:
    """The table deals, its rows without their number."""
    return "\n".join([columns, *(f"D-{i} | {row}" for i, row in enumerate(rows, 1))])


def everybody(plan: str, as_of: str = "", **tables: str) -> Example:
    """A case in which everybody is on the plan."""
    return Example("", f"eligible: everyone\n{plan}", tables, "", as_of=as_of)
