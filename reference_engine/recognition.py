"""Recognised revenue: the value of a contract spread in a straight line over its term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem
from reference_engine.table import Numbers, Table
from reference_engine.vocabulary.calendar import add_months
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World

MEASURE = "recognised revenue"
MAX_MONTHS = 1200


@dataclass(frozen=True)
class Recognised:
    """One row for each deal and month.  deal: the row of the deal.  day: the last day of the month or of the contract.
    amount: its part of the deal's amount.  number: 1 for the first."""

    table: Table
    deal: Array
    day: Array
    amount: Exact
    number: Array


def wanted(plans: Sequence[Plan]) -> bool:
    """Whether any plan counts recognised revenue."""
    return any(_uses(plan) for plan in plans)


def _uses(plan: Plan) -> bool:
    counted = [*(c.of for c in plan.components), *(m.of for m in plan.measures)]
    return MEASURE in counted or any(MEASURE in name for name in plan.mentioned)


def recognised(world: World, plans: Sequence[Plan], problems: list[Problem]) -> Recognised:
    """The revenue of every deal that states its term, month by month; nothing after a cancellation.

    A contract that starts inside a month follows the convention revenue.first_month.
    """
    deals = world.table("deals")
    users = [p for p in plans if _uses(p)]
    readings = {p.conventions.get("revenue.first_month") for p in users}
    stated, closed = deals.days("starts"), deals.days("closed")
    starts = np.where(np.isnat(stated), closed, stated)
    terms, amounts = deals.amounts("term months"), deals.amounts("amount")
    ends = _cancelled(world)
    _check_returns(world, problems)
    rows: list[int] = []
    days: list[date] = []
    parts: list[Fraction] = []
    numbers: list[int] = []
    names = deals.words("deal").tolist()
    for row in range(deals.size):
        if not terms.present[row]:
            continue
        months = terms.value.at(row)
        if months.denominator != 1 or not 1 <= months <= MAX_MONTHS:
            problems.append(
                Problem(
                    "term",
                    f'the term of deal "{names[row]}" is {months} months.',
                    deals.where(row),
                    "Its revenue is spread over whole months.",
                    f"Write a whole number from 1 to {MAX_MONTHS}.",
                )
            )
            continue
        start: date = starts[row].astype(object)
        if start.day != 1 and (len(readings) != 1 or None in readings):
            plan = next(
                p for p in users if p.conventions.get("revenue.first_month") is None or len(readings) > 1
            )
            problems.append(
                open_convention(
                    "revenue.first_month",
                    f'deal "{names[row]}" starts on {start}, inside a month, and revenue.first_month isn\'t stated alike in all plans.',
                    deals.where(row),
                    plan.conventions,
                )
            )
            break
        reading = next(iter(readings)) or "whole months"
        whole = amounts.value.at(row)
        for number, (day, share) in enumerate(_schedule(start, int(months), reading), 1):
            if names[row] in ends and day > ends[names[row]]:
                continue
            rows.append(row)
            days.append(day)
            parts.append(whole * share)
            numbers.append(number)
    at = np.array(rows, dtype=np.int64)
    return Recognised(
        _repeated(deals, at),
        at,
        np.array(days, dtype="datetime64[D]"),
        Exact.of([*parts, 0])[np.arange(len(parts))],
        np.array(numbers, dtype=np.int64),
    )


def _schedule(start: date, months: int, reading: str) -> list[tuple[date, Fraction]]:
    """(last day, share of the whole) of each month of a contract.

    whole months: the month of the start counts whole.  by days: the first month counts by its days that are left, and
    a last part month takes the rest.  half month: the first and the last month count half.
    """
    first = date(start.year, start.month, 1)
    length = (add_months(first, 1) - first).days
    one = Fraction(1, months)
    if start.day == 1 or reading == "whole months":
        opening = one
    elif reading == "half month":
        opening = one / 2
    else:
        opening = one * Fraction(length - start.day + 1, length)
    shares = [opening, *([one] * (months - 1))]
    if opening != one:
        shares.append(one - opening)
    out = []
    for number, share in enumerate(shares):
        end = add_months(first, number + 1) - timedelta(days=1)
        out.append((end, share))
    return out


def _cancelled(world: World) -> dict[str, date]:
    table = world.table("cancellations")
    return {
        deal: day.astype(object)
        for deal, day in zip(table.words("deal").tolist(), table.days("date"), strict=True)
        if not np.isnat(day)
    }


def _check_returns(world: World, problems: list[Problem]) -> None:
    """A Problem for a return of a contract: whether past or future months lose it isn't stated anywhere."""
    deals, returns = world.table("deals"), world.table("returns")
    present = deals.amounts("term months").present
    for row, name in enumerate(returns.words("of").tolist()):
        at = deals.index.get(name) if deals.size else None
        if at is not None and present[at]:
            problems.append(
                Problem(
                    "not-calculated",
                    f'a part of deal "{name}" is returned, and its revenue is recognised over a term.',
                    returns.where(row),
                    "It isn't stated which months lose it.",
                    "Cancel the deal and book the new contract.",
                )
            )


def _repeated(table: Table, rows: Array) -> Table:
    """The rows of a table, as often as they are named."""
    numbers = {
        name: Numbers(n.value[rows], n.present[rows], None if n.currency is None else n.currency[rows])
        for name, n in table.numbers.items()
    }
    lines = np.array(table.lines or [0] * table.size, dtype=np.int64)
    return Table(
        table.name,
        len(rows),
        {name: column[rows] for name, column in table.text.items()},
        {name: column[rows] for name, column in table.dates.items()},
        numbers,
        table.where(0).file if table.size else table.file,
        tuple(lines[rows].tolist()),
    )
