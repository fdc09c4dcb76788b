"""What is said where a payee has no quota for an interval: the quotas of other periods that there are, and the way from them."""

from __future__ import annotations

from reference_engine.component_run import ComponentRun
from reference_engine.problems import Where
from reference_engine.vocabulary.calendar import Calendar, NotAPeriod, Period

_PARTS = ("month", "quarter", "half-year")
"""What a distribution can spread a quota over."""
_SHOWN = 3


def no_quota(run: ComponentRun, payee: str, interval: Period, what: str, why: str, where: Where) -> None:
    """The Problem of a payee without a quota for an interval."""
    beside = run.quotas.beside(payee, run.plan.name, interval, run.component.measure)
    remedy = f'Add a quota of "{payee}" for {interval.label}.'
    if beside:
        why = f"{why} {_there_is(beside, interval)}"
        remedy = _way(run, payee, interval, [period for period, _ in beside])
    run.problem("no-quota", what, where, why, remedy)


def _there_is(beside: list[tuple[Period, Where]], interval: Period) -> str:
    found = [f"{period.label} ({where})" if where.file else period.label for period, where in beside]
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    listed = ", ".join(found[:_SHOWN]) + more
    if len(found) == 1:
        return f"There is a quota for {listed}, which isn't that of {interval.label}."
    return f"There are quotas for {listed}, which don't make up {interval.label}."


def _way(run: ComponentRun, payee: str, interval: Period, beside: list[Period]) -> str:
    longer = [p for p in beside if p.first <= interval.first and interval.last <= p.last]
    state = f'state a quota of "{payee}" for {interval.label}'
    if not longer:
        return f"Add the quotas of the rest of {interval.label}, or {state}."
    ways = []
    part = _named(run.world.calendar, interval, _PARTS)
    spread = any(m.name == "distribution" for m in run.plan.quota)
    if part and not spread:
        ways.append(f"spread it in the plan:  quota: [{{distribution: {{per: {part}}}}}]")
    whole = _named(run.world.calendar, longer[0], ("quarter", "half-year", "year"))
    if whole and run.conventions.get("tier.accumulate"):
        ways.append(f"let sales add up over {longer[0].label}:  tier.accumulate: {whole}")
    first, *others = [*ways, state]
    return ", or ".join([first[0].upper() + first[1:], *others]) + "."


def _named(calendar: Calendar, interval: Period, names: tuple[str, ...]) -> str:
    """What a span of this length is called; "" where it is none of these."""
    for name in names:
        try:
            if calendar.period_of(interval.first, name) == interval:
                return name
        except NotAPeriod:
            continue
    return ""
