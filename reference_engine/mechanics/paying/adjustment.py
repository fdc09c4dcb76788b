"""Adjustments: amounts entered by hand, paid in their period whatever is calculated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from reference_engine.columns import Array
from reference_engine.lines import Lines, LineView, Rule
from reference_engine.mechanics.registry import About, Example, Mechanic, describe
from reference_engine.plans.convention_reader import open_convention
from reference_engine.problems import Problem, did_you_mean
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World

if TYPE_CHECKING:
    from reference_engine.results import Part


def _example(
    title: str,
    adjustments: str,
    payouts: str,
    more: str = "",
    balances: str = "",
    lines: str = "",
    as_of: str = "",
    **tables: str,
) -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact{more}}}\n"
        "components: [{component: bookings, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}]}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
            "adjustments": "payee | plan | component | period | amount | reason | known\n" + adjustments,
            **tables,
        },
        payouts,
        lines=lines,
        balances=balances,
        as_of=as_of,
    )


_DRAW = "payee | kind | amount | per | from | to\nAna | recoverable | 150.00 EUR | month | 2026-01 | 2026-01"

ABOUT = describe(
    __name__,
    About(
        "An amount entered by hand is paid to a payee, or taken, in the period stated, beside whatever is calculated.",
        formula="paid = calculated + the adjustments of the period",
        boundary="An adjustment survives every recalculation, because it stands in the table adjustments and nothing calculates it. Caps, holds and rounding of the plan don't touch it. "
        "It counts towards draws and balances, or stays out of them, as adjustment.balance says. A run as of a day leaves out what became known later; without `known` it is known with the end of its period. "
        "One that becomes known after its period was closed is paid in the period that is open then; what was paid for a closed period includes its adjustments.",
        sources=(
            "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_statements_manual_adjustments.htm",
            "https://docs.idynamics.es/en/commissions/sales/manual-commission.html",
        ),
        words={
            "Salesforce Spiff": "manual adjustment",
            "iDynamics": "manual commission",
            "Core8": "adjustment; CLAWBACK",
            "Fullcast": "adjustment",
        },
        examples=(
            _example(
                "A correction of 25.00 for a component, and -10.00 for the plan as a whole in a month without sales",
                "Ana | P | bookings | 2026-01 | 25.00 EUR | split corrected | \nAna | P |  | 2026-03 | -10.00 EUR | parking | ",
                "Ana | 2026-01 | 125.00 EUR\nAna | 2026-03 | -10.00 EUR",
            ),
            _example(
                "It counts towards the draw of 150.00: 125.00 need 25.00 more",
                "Ana | P | bookings | 2026-01 | 25.00 EUR | split corrected | ",
                "Ana | 2026-01 | 150.00 EUR",
                ", adjustment.balance: counts, draw.recovery: immediate",
                "Ana | 2026-01 | -25.00 EUR",
                draws=_DRAW,
            ),
            _example(
                "It stays out: 100.00 need 50.00 more, and 25.00 are paid beside",
                "Ana | P | bookings | 2026-01 | 25.00 EUR | split corrected | ",
                "Ana | 2026-01 | 175.00 EUR",
                ", adjustment.balance: stays out, draw.recovery: immediate",
                "Ana | 2026-01 | -50.00 EUR",
                draws=_DRAW,
            ),
            _example(
                "As of 31 January only what was known then",
                "Ana | P | bookings | 2026-01 | 25.00 EUR | split corrected | 2026-01-31\nAna | P | bookings | 2026-01 | 5.00 EUR | found later | 2026-02-01",
                "Ana | 2026-01 | 125.00 EUR",
                as_of="2026-01-31",
            ),
            _example(
                "Known after January was closed with 100.00: January stays, and February pays it beside a draw of 60.00",
                "Ana | P | bookings | 2026-01 | 25.00 EUR | found later | 2026-02-10",
                "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | 85.00 EUR",
                ", adjustment.balance: stays out, draw.recovery: immediate, restatement.scope: complete",
                "Ana | 2026-01 | 0.00 EUR\nAna | 2026-02 | -60.00 EUR",
                draws="payee | kind | amount | per | from | to\nAna | recoverable | 60.00 EUR | month | 2026-02 | 2026-02",
                processed_results="payee | plan | component | period | earned | closed\nAna | P | bookings | 2026-01 | 100.00 EUR | 2026-02-05",
            ),
        ),
    ),
)


@dataclass(frozen=True)
class Adjustment(Mechanic):
    """The step of an adjustment's derivation."""

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rule is None:
            return ""
        verb = "added to" if after.amount > 0 else "taken from"
        return f"{format_money(abs(after.amount), after.currency)} is {verb} pay by hand: {after.rule.label}."


def parts(
    plans: Sequence[Plan],
    world: World,
    only: Array | None,
    as_of: date | None,
    until: date | None,
    trace: bool,
    problems: list[Problem],
) -> tuple[list[Part], list[Part]]:
    """The adjustments of the plans, one part for each component that has some.

    The first list counts towards draws and balances, the second stays out of them.
    """
    counting: list[Part] = []
    apart: list[Part] = []
    _check_names(plans, world, problems)
    for plan in plans:
        rows = _rows(plan, world, only, as_of, until, problems)
        if not rows:
            continue
        reading = plan.conventions.get("adjustment.balance")
        if reading is None and _has_balances(plan, world):
            table = world.table("adjustments")
            problems.append(
                open_convention(
                    "adjustment.balance",
                    f'"{plan.name}" has manual adjustments, draws or balances, and doesn\'t state adjustment.balance.',
                    table.where(rows[0][0]),
                    plan.conventions,
                )
            )
        out = apart if reading == "stays out" else counting
        out.extend(_parts(plan, world, rows, trace))
    return counting, apart


def _check_names(plans: Sequence[Plan], world: World, problems: list[Problem]) -> None:
    """A plan that differs from a name only in case or white space: the amount would be paid under none."""
    table = world.table("adjustments")
    names = {"".join(p.name.split()).casefold(): p.name for p in plans}
    for row, name in enumerate(table.words("plan").tolist()):
        near = names.get("".join(name.split()).casefold(), name)
        if near != name:
            problems.append(
                Problem(
                    "unknown-plan",
                    f'adjustments names the plan "{name}", which is none of those calculated.',
                    table.where(row),
                    "The amount would be paid under no plan.",
                    f"Did you mean: {near}",
                )
            )


def _has_balances(plan: Plan, world: World) -> bool:
    return bool(
        world.table("draws").size
        or world.table("opening_balances").size
        or plan.settling
        or plan.conventions.get("balance.negative") == "carried"
    )


def _rows(
    plan: Plan,
    world: World,
    only: Array | None,
    as_of: date | None,
    until: date | None,
    problems: list[Problem],
) -> list[tuple[int, Period, date]]:
    """The rows of a plan with their pay periods and the days on which they became known."""
    table = world.table("adjustments")
    names = [c.name for c in plan.components]
    cadence = plan.pays or world.calendar.pay_cadence or "month"
    out: list[tuple[int, Period, date]] = []
    for row in np.flatnonzero(table.words("plan") == plan.name).tolist():
        period = world.period(str(table.words("period")[row]))
        component = str(table.words("component")[row])
        if component and component not in names:
            problems.append(
                Problem(
                    "unknown-component",
                    f'adjustments: "{plan.name}" has no component "{component}".',
                    table.where(row),
                    "The amount would belong to nothing.",
                    did_you_mean(component, names),
                )
            )
            continue
        if not _is_pay_period(period, cadence, world):
            problems.append(
                Problem(
                    "adjustment-period",
                    f'adjustments: {period.label} isn\'t a pay period of "{plan.name}", which pays each {cadence}.',
                    table.where(row),
                    "It isn't known when the amount is paid.",
                    "State the pay period in which it is paid.",
                )
            )
            continue
        known = table.days("known")[row]
        known_on = period.last if np.isnat(known) else known.astype(object)
        if (as_of is not None and known_on > as_of) or (until is not None and period.first > until):
            continue
        if only is None or world.payee_code[str(table.words("payee")[row])] in only:
            out.append((row, period, known_on))
    return out


def _is_pay_period(period: Period, cadence: str, world: World) -> bool:
    try:
        own = world.calendar.period_of(period.first, cadence)
    except NotAPeriod:
        return False
    return (own.first, own.last) == (period.first, period.last)


def _parts(plan: Plan, world: World, rows: list[tuple[int, Period, date]], trace: bool) -> list[Part]:
    from reference_engine.results import Part

    table = world.table("adjustments")
    amounts = table.amounts("amount")
    out: list[Part] = []
    components = {c.name: c for c in plan.components}
    for name in dict.fromkeys(str(table.words("component")[row]) for row, _, _ in rows):
        own = [entry for entry in rows if table.words("component")[entry[0]] == name]
        index = np.array([row for row, _, _ in own], dtype=np.int64)
        periods = sorted({period for _, period, _ in own})
        rules = [
            Rule("entered by hand", str(table.words("reason")[row]), table.where(row))
            for row in index.tolist()
        ]
        lines = Lines.plain(
            np.array([world.payee_code[p] for p in table.words("payee")[index].tolist()], dtype=np.int64),
            np.array([periods.index(period) for _, period, _ in own], dtype=np.int64),
            amounts.value[index],
            amounts.currency[index]
            if amounts.currency is not None
            else np.full(len(index), "", dtype=object),
            kind="adjustment",
            rule=np.arange(len(rules)),
        )
        known = np.array([day for _, _, day in own], dtype="datetime64[D]")
        part = Part(
            plan, name or "adjustment", components.get(name), rules, [], periods, lines, known=known
        )
        if trace:
            part.history.append((Adjustment(where=table.where(int(index[0]))), lines))
        out.append(part)
    return out
