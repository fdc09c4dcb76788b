"""The run of plans over a world: credit, earn, pay, settle."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np

from reference_engine import crediting
from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.event_reader import read_events
from reference_engine.events import SOURCE, Events
from reference_engine.executors.local import Local
from reference_engine.lines import Lines, Rule
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.registry import Mechanic
from reference_engine.problems import Problem, Stopped, did_you_mean
from reference_engine.quotas import Quotas
from reference_engine.results import Part, Result
from reference_engine.selection import Eligibility, first_lines, select
from reference_engine.settlement import settle
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money
from reference_engine.vocabulary.plan import Component, Plan, Rounding
from reference_engine.world import World

MAX_PROBLEMS = 200
MAX_DAYS = 100 * 365


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
    # A trace follows lines from step to step, so it is kept in one piece.
    executor = Local(threads=1, chunk=1 << 62) if trace else executor or Local()
    problems: list[Problem] = []
    _check(plans, world, problems)
    _stop(problems)
    crediting.check(world, problems)
    events = crediting.own(read_events(world, as_of, until, problems), world, problems)
    _stop(problems)
    credits = _credit(events, world, executor)
    quotas = Quotas(world, problems)
    only = None if payees is None else np.array([_code(p, world) for p in payees], dtype=np.int64)
    parts = [
        part
        for plan in plans
        for part in _PlanRun(
            plan, world, events, credits, quotas, problems, until, only, trace, executor
        ).parts()
    ]
    _stop(problems)
    settled = settle(parts, plans, world, until, None if only is None else {int(c) for c in only}, problems)
    _stop(problems)
    result = Result(world, tuple(plans), events, credits, parts, settled)
    _check_whole(result, problems)
    _stop(problems)
    return result


def _code(payee: str, world: World) -> int:
    if payee not in world.payee_code:
        raise Stopped(
            Problem(
                "unknown-payee",
                f'there is no payee "{payee}".',
                remedy=did_you_mean(payee, world.payees) or "Check the name in the table payees.",
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
    events = world.table("employment_events")
    for row, event in enumerate(events.words("event").tolist()):
        problems.append(
            Problem(
                "not-calculated",
                f'the employment event "{event}" would change what is paid, and trueup doesn\'t calculate it yet.',
                events.where(row),
                "A result without it would be wrong.",
                "Leave it out only if it really has no effect.",
            )
        )
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


def _check_roles(plans: Sequence[Plan], world: World, problems: list[Problem]) -> None:
    """A role that nobody has pays nobody, which nobody would notice."""
    known = [r for r in dict.fromkeys(world.table("payees").words("role").tolist()) if r]
    if not known:
        return
    rules = world.table("crediting_rules")
    named = [(role, rules.where(row)) for row, role in enumerate(rules.words("role").tolist())]
    named += [(role, plan.eligible_where) for plan in plans for role in plan.roles]
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


def _typo(name: str, names: dict[str, Plan]) -> str:
    """A plan that differs from the name only in case or white space."""
    plain = "".join(name.split()).casefold()
    return next((n for n in names if "".join(n.split()).casefold() == plain), "")


def _credit(events: Events, world: World, executor: Local) -> Credits:
    """The credit stage: chunks of events, each on its own."""
    if not len(events):
        return crediting.credit(events, world)
    chunks = executor.ranges(len(events))
    out: list[Credits] = []
    size = 0
    for chunk, part in zip(
        chunks, executor.map(lambda rows: crediting.credit(events.take(rows), world), chunks), strict=True
    ):
        source = np.where(part.source >= 0, part.source + size, -1)
        out.append(Credits(part.event + chunk[0], part.payee, part.type, part.share, source, part.receives))
        size += len(part)
    return Credits.joined(out)


@dataclass
class _PlanRun:
    plan: Plan
    world: World
    events: Events
    credits: Credits
    quotas: Quotas
    problems: list[Problem]
    until: date | None
    only: Array | None
    trace: bool
    executor: Local
    rules: list[Rule] = field(default_factory=list)

    def parts(self) -> list[Part]:
        """One part for each component, and one for what is done to the plan as a whole."""
        plan, world = self.plan, self.world
        eligible = Eligibility(plan, world)
        chosen = [select(plan, c, self.events, self.credits, eligible) for c in plan.components]
        # The timeline is that of the whole plan, whoever is asked for: a replay must see the same periods.
        periods = self._periods(chosen)
        if periods is None:
            return []
        if self.only is not None:
            chosen = [rows[np.isin(self.credits.payee[rows], self.only)] for rows in chosen]
        out: list[Part] = []
        for component, rows in zip(plan.components, chosen, strict=True):
            self._check_cancellations(component, rows)
            part = self._component(component, rows, periods)
            out.append(part)
        if self.problems:
            return out
        if plan.pay or plan.conventions.round_at("payout"):
            whole = self._whole(out, periods)
            if whole is not None:
                out.append(whole)
        return out

    def _periods(self, chosen: list[Array]) -> list[Period] | None:
        rows = (
            np.unique(np.concatenate([self.credits.event[r] for r in chosen]))
            if chosen
            else np.zeros(0, np.int64)
        )
        if not len(rows):
            return None
        days = self.events.date[rows]
        paid = self.events.date[self.events.source == SOURCE["payments"]]
        cancelled = self.events.date[self.events.source == SOURCE["cancellations"]]
        first, last = (
            days.min(),
            max(
                [
                    days.max(),
                    *([paid.max()] if self._releases() and len(paid) else []),
                    *([cancelled.max()] if len(cancelled) else []),
                ]
            ),
        )
        if self.until is not None:
            last = min(last, np.datetime64(self.until, "D"))
        if (last - first).astype(int) > MAX_DAYS:
            middle = np.sort(days)[len(days) // 2]
            at = rows[np.abs(days - middle).argmax()]
            self.problems.append(
                Problem(
                    "dates-far-apart",
                    f"the records reach from {first} to {last}.",
                    self.events.where(int(at)),
                    f"More than {MAX_DAYS // 365} years are hardly meant; a wrong date would move money to another period.",
                    "Correct the date.",
                )
            )
            return None
        cadence = self.plan.pays or self.world.calendar.pay_cadence or "month"
        # A month may lie in a quarter whose tiers began before the first record.
        try:
            start = (
                self.world.calendar.period_of(first.astype(object), "year").first
                if self._accumulates()
                else first.astype(object)
            )
            return self.world.calendar.periods(start, max(last, first).astype(object), cadence)
        except NotAPeriod as error:
            self.problems.append(
                Problem(
                    "not-a-period",
                    f'"{self.plan.name}": {error}',
                    self.plan.where,
                    "A record outside the calendar is paid in no period.",
                    "Extend the fiscal calendar, or correct the date.",
                )
            )
            return None

    def _releases(self) -> bool:
        return any(m.name == "release" for c in self.plan.components for m in c.pay)

    def _accumulates(self) -> bool:
        return (
            self.plan.conventions.get("tier.accumulate") not in (None, "period")
            and not self.world.calendar.custom
        )

    def _component(self, component: Component, rows: Array, periods: list[Period]) -> Part:
        order = self._order(rows)
        rows = rows[order]
        found: list[Problem] = []
        lines = first_lines(self.plan, component, self.world, self.events, self.credits, rows, periods, found)
        self.problems.extend(found)
        run = ComponentRun(self.world, self.plan, component, self.events, periods, self.quotas, self.credits)
        part = Part(self.plan, component.name, component, run.rules, run.attainments, periods, lines)
        part.credited = rows
        if found:
            return part
        chunks = self.executor.payee_ranges(lines.payee)
        idle = self._idle(lines.payee)

        def earn(chunk: int) -> tuple[ComponentRun, Lines]:
            own = lines.take(chunks[chunk]) if len(chunks) > 1 else lines
            idlers = idle if chunk == 0 else idle[:0]
            return self._earn(
                ComponentRun(
                    self.world, self.plan, component, self.events, periods, self.quotas, self.credits, idlers
                ),
                own,
                part,
            )

        done = list(self.executor.map(earn, range(len(chunks))))
        for chunk_run, _ in done:
            self.problems.extend(chunk_run.problems)
            run.attainments.extend(chunk_run.attainments)
        part.lines = _merged(run, done)
        return part

    def _idle(self, selling: Array) -> Array:
        """The payees with a target incentive under the plan who have no line."""
        codes = [self.world.payee_code[p] for p in self.quotas.with_target(self.plan.name)]
        idle = np.setdiff1d(np.array(codes, dtype=np.int64), selling)
        return idle if self.only is None else np.intersect1d(idle, self.only)

    def _earn(self, run: ComponentRun, lines: Lines, part: Part) -> tuple[ComponentRun, Lines]:
        history = part.history if self.trace else None
        if history is not None:
            history.append((None, lines))
        for mechanic in run.component.earn:
            lines = self._step(mechanic, lines, run, history)
            if run.problems:
                return run, lines
        lines = self._rounded(lines, self.plan.conventions.round_at("line"), history)
        signed = lines.change(
            base=lines.signed_base(),
            amount=Exact(lines.amount.num * lines.sign, lines.amount.den, lines.amount.bound),
        )
        if history is not None and (lines.sign < 0).any():
            history.append(("taken back", signed))
        lines = signed
        for mechanic in run.component.pay:
            lines = self._step(mechanic, lines, run, history)
            if run.problems:
                return run, lines
        rounding = self.plan.conventions.round_at("component")
        if rounding is not None:
            extra = _rounding_lines(lines, rounding, run)
            if extra is not None:
                lines = Lines.joined([lines.change(), extra])
                if history is not None:
                    history.append((rounding, lines))
        return run, lines

    def _step(
        self, mechanic: Mechanic, lines: Lines, run: ComponentRun, history: list[tuple[object, Lines]] | None
    ) -> Lines:
        lines = mechanic.apply(lines, run)
        if history is not None:
            history.append((mechanic, lines))
        return lines

    def _rounded(
        self, lines: Lines, rounding: Rounding | None, history: list[tuple[object, Lines]] | None
    ) -> Lines:
        if rounding is None:
            return lines
        rounded = lines.change(amount=lines.amount.rounded(rounding.mode, rounding.decimals))
        if history is not None:
            history.append((rounding, rounded))
        return rounded

    def _whole(self, parts: list[Part], periods: list[Period]) -> Part | None:
        """Caps and rounding of the plan as a whole: lines of their own, above the components."""
        component = Component(
            "plan", self.plan.components[0].measure, {}, (), (), self.plan.pay, where=self.plan.where
        )
        run = ComponentRun(self.world, self.plan, component, self.events, periods, self.quotas, self.credits)
        lines = Lines.joined([p.lines for p in parts]) if parts else None
        if lines is None:
            return None
        own = len(lines)
        all_rules = [_renumbered(p, run) for p in parts]
        lines = lines.change(rule=np.concatenate(all_rules))
        part = Part(self.plan, "plan", component, run.rules, run.attainments, periods, lines)
        for mechanic in self.plan.pay:
            lines = mechanic.apply(lines, run)
            self.problems.extend(run.problems)
            if run.problems:
                return None
            if self.trace:
                part.history.append((mechanic, lines.take(np.arange(own, len(lines)))))
        rounding = self.plan.conventions.round_at("payout")
        if rounding is not None:
            extra = _rounding_lines(lines, rounding, run)
            if extra is not None:
                lines = Lines.joined([lines.change(), extra])
        part.lines = lines.take(np.arange(own, len(lines)))
        return part

    def _order(self, rows: Array) -> Array:
        """Rows by payee, then date, then the record's name: a total order, whatever the order of the input."""
        event = self.credits.event[rows]
        events = self.events
        names = [events.line[event], events.record[event], events.kind[event]]
        return np.lexsort(
            (
                np.arange(len(rows)),
                *(n.astype(str) for n in names),
                events.date[event],
                self.credits.payee[rows],
            )
        )

    def _check_cancellations(self, component: Component, rows: Array) -> None:
        if "cancellations" not in component.sources or any(
            m.name == "clawback" for m in (*component.pay, *self.plan.pay)
        ):
            return
        cancelled = np.flatnonzero(self.events.source == SOURCE["cancellations"])
        paid = set(self.events.deal[self.credits.event[rows]].tolist())
        for event in cancelled.tolist():
            if self.events.deal[event] in paid:
                self.problems.append(
                    Problem(
                        "convention-open",
                        f'deal {self.events.deal[event]} is cancelled, and "{component.name}" of "{self.plan.name}" doesn\'t say what a cancellation does.',
                        self.events.where(event),
                        "The commission may be taken back or kept.",
                        "Add to pay  - clawback: {within days: 90}  with the plan's own days; 0 takes back nothing after the first day.",
                    )
                )
                return


def _renumbered(part: Part, run: ComponentRun) -> Array:
    numbers = np.array([run.rule(r.words, r.label, r.where) for r in part.rules] or [0], dtype=np.int64)
    return np.where(part.lines.rule >= 0, numbers[part.lines.rule], -1)


def _merged(run: ComponentRun, done: list[tuple[ComponentRun, Lines]]) -> Lines:
    out: list[Lines] = []
    for chunk_run, lines in done:
        numbers = np.array(
            [run.rule(r.words, r.label, r.where) for r in chunk_run.rules] or [0], dtype=np.int64
        )
        out.append(lines.change(rule=np.where(lines.rule >= 0, numbers[lines.rule], -1), origin=lines.origin))
    return Lines.joined(out)


def _rounding_lines(lines: Lines, rounding: Rounding, run: ComponentRun) -> Lines | None:
    """Lines that bring each payee's sum of a period to its rounded value; None where every sum is round already."""
    paid = lines.take(np.flatnonzero(~lines.held))
    if not len(paid):
        return None
    currencies = {c: i for i, c in enumerate(dict.fromkeys(paid.currency.tolist()))}
    unit = np.array([currencies[c] for c in paid.currency.tolist()], dtype=np.int64)
    order = np.lexsort((unit, paid.paid_in, paid.payee))
    new = np.ones(len(order), dtype=bool)
    for key in (paid.payee[order], paid.paid_in[order], unit[order]):
        new[1:] &= key[1:] == key[:-1]
    new[1:] = ~new[1:]
    starts = np.flatnonzero(new)
    total = paid.amount[order].sums(starts)
    change = total.rounded(rounding.mode, rounding.decimals) - total
    rows = change.nonzero()
    if not len(rows):
        return None
    first = order[starts[rows]]
    rule = run.rule(
        f"rounded {rounding.mode} per {rounding.at} to {rounding.decimals} decimals",
        "rounding",
        rounding.where,
    )
    return Lines.plain(
        paid.payee[first],
        paid.paid_in[first],
        change[rows],
        paid.currency[first],
        kind="rounding",
        rule=np.full(len(rows), rule),
    )


def _check_whole(result: Result, problems: list[Problem]) -> None:
    """No payout may have more digits than its currency: the plan would have to say how it is rounded."""
    totals: dict[tuple[str, str, str, str], Fraction] = {}
    for payout in result.payout_rows():
        key = (payout.payee, payout.plan, payout.period, payout.currency)
        totals[key] = totals.get(key, Fraction(0)) + payout.amount
    for (payee, name, period, currency), amount in totals.items():
        if (amount * 10 ** MINOR_UNITS.get(currency, 2)).denominator != 1:
            plan = next((p for p in result.plans if p.name == name), result.plans[0])
            problems.append(
                Problem(
                    "rounding-open",
                    f'the payout of "{payee}" for {period} comes out as {format_money(amount, currency)}.',
                    plan.where,
                    f"That is no whole amount of {currency}, and the plan doesn't state how it is rounded.",
                    "Add to conventions  rounding: [{at: payout, mode: half up, decimals: 2}]  or another stage and mode.",
                )
            )
            if len(problems) >= 20:
                return
