"""The run of plans over a world: credit, earn, pay, settle."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from reference_engine import crediting
from reference_engine.columns import Array
from reference_engine.event_reader import read_events
from reference_engine.events import Events
from reference_engine.executors.local import Local
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.paying import adjustment
from reference_engine.plan_run import PlanRun
from reference_engine.problems import NOWHERE, Problem, Stopped, Where, did_you_mean
from reference_engine.quotas import Quotas
from reference_engine.restatement import Known
from reference_engine.results import Part, Result
from reference_engine.settlement import settle
from reference_engine.vocabulary.calendar import NotAPeriod
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money, format_number
from reference_engine.vocabulary.plan import Plan
from reference_engine.world import World

MAX_PROBLEMS = 200


def calculate(
    plans: Sequence[Plan],
    world: World,
    *,
    as_of: date | None = None,
    until: date | None = None,
    payees: Collection[str] | None = None,
    trace: bool = False,
    executor: Local | None = None,
) -> Result:
    """What every payee is credited with, earns and is paid under the plans.

    as_of: only what was known on that day counts.  until: only what happened up to that day.  payees: only these.
    trace: keep every step, so that the result can be explained.  Raises Stopped with Problems where the input is
    wrong or leaves open what would change money.
    """
    try:
        return _calculate(plans, world, as_of, until, payees, trace, executor)
    except NotAPeriod as error:
        raise Stopped(
            Problem(
                "not-a-period",
                error.what,
                plans[0].where if plans else NOWHERE,
                "What happened then would be paid in no period.",
                error.remedy,
            )
        ) from None
    except OverflowError as error:
        if "date value out of range" not in str(error):
            raise
        raise Stopped(
            Problem(
                "not-a-period",
                "a date, or a number of days after it, lies behind the year 9999.",
                plans[0].where if plans else NOWHERE,
                "What happens then would be paid in no period.",
                "Look for dates like 9999-12-31 in the records, and leave a cell blank that has no day.",
            )
        ) from None
    except RecursionError:
        raise Stopped(
            Problem(
                "figures-deep",
                "too many figures build on each other.",
                plans[0].where if plans else NOWHERE,
                "They can't be calculated in one go.",
                "Let them build on each other in fewer steps; 50 are always possible.",
            )
        ) from None


def _calculate(
    plans: Sequence[Plan],
    world: World,
    as_of: date | None,
    until: date | None,
    payees: Collection[str] | None,
    trace: bool,
    executor: Local | None,
) -> Result:
    problems: list[Problem] = []
    earned = _earned(plans, world, as_of, until, payees, trace, executor, problems)
    events, credits, quotas, parts = earned.events, earned.credits, earned.quotas, [*earned.parts, *earned.counting]

    def then(day: date) -> Known:
        """What the plans come to on what was known on an earlier day."""
        before = _earned(
            plans, world, min(day, as_of or day), until, payees, False, executor, problems
        )
        return Known(before.events, [*before.parts, *before.counting])

    settled = settle(
        parts,
        plans,
        world,
        until,
        None if earned.only is None else {int(c) for c in earned.only},
        problems,
        events,
        earned.apart,
        then,
    )
    _stop(problems)
    result = Result(world, tuple(plans), events, credits, [*parts, *earned.apart], settled, quotas, tuple(f for run in earned.runs for f in run.shown))
    _check_whole(result, problems)
    _stop(problems)
    return result


@dataclass(frozen=True)
class _Earned:
    """What is paid before anything is settled.  counting, apart: adjustments that count towards draws, and those that stay out."""

    events: Events
    credits: Credits
    quotas: Quotas
    only: Array | None
    runs: list[PlanRun]
    parts: list[Part]
    counting: list[Part]
    apart: list[Part]


def _earned(
    plans: Sequence[Plan],
    world: World,
    as_of: date | None,
    until: date | None,
    payees: Collection[str] | None,
    trace: bool,
    executor: Local | None,
    problems: list[Problem],
) -> _Earned:
    # A trace follows lines from step to step, so it is kept in one piece.
    executor = Local(threads=1, chunk=1 << 62) if trace else executor or Local()
    _check(plans, world, problems)
    _stop(problems)
    crediting.check(world, problems)
    events = read_events(world, as_of, until, problems, plans)
    _stop(problems)
    credits = crediting.credit_plans(plans, events, world, as_of or until, executor, problems)
    _stop(problems)
    quotas = Quotas(world, problems, plans)
    _stop(problems)
    quotas.check()
    _stop(problems)
    only = None if payees is None else np.array([_code(p, world) for p in payees], dtype=np.int64)
    runs = [
        PlanRun(plan, world, events, credits, quotas, problems, until, only, trace, executor)
        for plan in plans
    ]
    parts = [part for run in runs for part in run.parts()]
    _stop(problems)
    counting, apart = adjustment.parts(plans, world, only, as_of, until, trace, problems)
    _stop(problems)
    return _Earned(events, credits, quotas, only, runs, parts, counting, apart)


def _code(payee: str, world: World) -> int:
    if payee not in world.payee_code:
        raise Stopped(
            Problem(
                "unknown-payee",
                f'there is no payee "{payee}".',
                Where(world.table("payees").file),
                "Nobody can be calculated by that name.",
                did_you_mean(payee, world.payees, "State the payee in the table payees."),
            )
        )
    return world.payee_code[payee]


def _stop(problems: list[Problem]) -> None:
    if problems:
        raise Stopped(tuple(dict.fromkeys(problems))[:MAX_PROBLEMS])


def _check(plans: Sequence[Plan], world: World, problems: list[Problem]) -> None:
    names: dict[str, Plan] = {}
    for plan in plans:
        if plan.name in names:
            problems.append(
                Problem(
                    "plan-twice",
                    f'two plans are called "{plan.name}".',
                    plan.where,
                    f"The other one is at {names[plan.name].where}.",
                    "Give each its own name.",
                )
            )
        names[plan.name] = plan
        sold = world.table("deals").size or world.table("retail_sales").size
        counts = sold and any(c.sources for c in plan.components) and not plan.quota
        if plan.eligible == "assigned" and counts and not world.table("plan_assignments").size:
            problems.append(
                Problem(
                    "nobody-on-plan",
                    f'nobody is on "{plan.name}".',
                    plan.where,
                    "The table plan_assignments has no row, so the plan would pay nobody.",
                    "Assign payees to it, or write  eligible: everyone  or  eligible: {roles: [...]}.",
                )
            )
        if not plan.pays and not world.calendar.pay_cadence:
            problems.append(
                Problem(
                    "no-pay-frequency",
                    f'"{plan.name}" doesn\'t say how often it pays.',
                    plan.where,
                    "The period of a line decides caps, tiers and draws.",
                    "Add  pays: monthly  or another frequency, or state it with the fiscal year.",
                )
            )
    _check_roles(plans, world, problems)
    _check_funds(plans, world, problems)
    _check_exchange(world, problems)
    problems.extend(world.people.problems)
    assignments = world.table("plan_assignments")
    for row, name in enumerate(assignments.words("plan").tolist()):
        if plans and name not in names and len(names) > 0 and _typo(name, names):
            problems.append(
                Problem(
                    "unknown-plan",
                    f'plan_assignments names the plan "{name}", which is none of those calculated.',
                    assignments.where(row),
                    "The payee would be paid nothing.",
                    f"Did you mean: {_typo(name, names)}",
                )
            )


def _check_exchange(world: World, problems: list[Problem]) -> None:
    rates = world.table("exchange_rates")
    stated = rates.amounts("rate")
    for row in np.flatnonzero(stated.present & (stated.value.num <= 0)).tolist()[:20]:
        problems.append(
            Problem(
                "exchange-rate",
                f"the exchange rate is {format_number(stated.value.at(row))}.",
                rates.where(row),
                "Everything converted with it would be worth nothing, or less.",
                "State a rate above 0.",
            )
        )


def _check_roles(plans: Sequence[Plan], world: World, problems: list[Problem]) -> None:
    """A role that nobody has pays nobody, which nobody would notice."""
    known = world.people.roles()
    rules = world.table("crediting_rules")
    named = [(role, rules.where(row)) for row, role in enumerate(rules.words("role").tolist()) if role]
    named += [(role, plan.eligible_where) for plan in plans for role in plan.roles]
    named += [(r, m.where) for plan in plans for m in plan.quota for r in getattr(m, "roles", ())]
    for role, where in named:
        if role not in known:
            problems.append(
                Problem(
                    "unknown-role",
                    f'no payee has the role "{role}".',
                    where,
                    "Nobody would be credited or paid under it.",
                    did_you_mean(role, known),
                )
            )


def _check_funds(plans: Sequence[Plan], world: World, problems: list[Problem]) -> None:
    """A claim on a fund that no plan keeps would never be paid, which nobody would notice."""
    claims = world.table("fund_claims")
    if not claims.size:
        return
    kept = [str(getattr(m, "fund", "")) for plan in plans for m in plan.mechanics() if m.name == "fund"]
    for row, fund in enumerate(claims.words("fund").tolist()):
        if kept and fund not in kept:
            problems.append(
                Problem(
                    "unknown-fund",
                    f'the claim "{claims.words("claim")[row]}" is on the fund "{fund}", which no plan keeps.',
                    claims.where(row),
                    "It would never be paid.",
                    did_you_mean(fund, kept),
                )
            )


def _typo(name: str, names: dict[str, Plan]) -> str:
    """A plan that differs from the name only in case or white space."""
    plain = "".join(name.split()).casefold()
    return next((n for n in names if "".join(n.split()).casefold() == plain), "")


def _check_whole(result: Result, problems: list[Problem]) -> None:
    """No payout may have more digits than its currency: the plan would have to say how it is rounded."""
    totals: dict[tuple[str, str, str, str], Fraction] = {}
    for payout in result.payout_rows():
        key = (payout.payee, payout.plan, payout.period, payout.currency)
        totals[key] = totals[key] + payout.amount if key in totals else payout.amount
    for (payee, name, period, currency), amount in totals.items():
        if not currency and amount:
            plan = next((p for p in result.plans if p.name == name), result.plans[0])
            problems.append(
                Problem(
                    "pay-without-currency",
                    f'the payout of "{payee}" for {period} is {format_number(amount)} of no currency.',
                    plan.where,
                    "A plain number is no pay.",
                    "State the values that the plan pays on, or its amounts, with their currency.",
                )
            )
        elif 10 ** MINOR_UNITS.get(currency, 2) % amount.denominator:
            plan = next((p for p in result.plans if p.name == name), result.plans[0])
            problems.append(
                Problem(
                    "rounding-open",
                    f'the payout of "{payee}" for {period} comes out as {format_money(amount, currency)}.',
                    plan.where,
                    f"That is no whole amount of {currency}, and the plan doesn't state how it is rounded.",
                    "Add to conventions  rounding: [{at: payout, mode: half up, decimals: "
                    f"{MINOR_UNITS.get(currency, 2)}}}]  or another stage and mode.",
                )
            )
            if len(problems) >= 20:
                return
