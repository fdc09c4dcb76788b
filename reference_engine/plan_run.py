"""The run of one plan: its periods, its components, and what is done to the plan as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE, Events
from reference_engine.executors.local import Local
from reference_engine.lines import Lines, Rule
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.registry import Mechanic
from reference_engine.problems import Problem
from reference_engine.quotas import Quotas
from reference_engine.results import Part
from reference_engine.selection import Eligibility, first_lines, select
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.plan import Component, Plan, Rounding
from reference_engine.world import World

MAX_DAYS = 100 * 365
"""Records further apart than this are a slip in a date."""


@dataclass
class PlanRun:
    """One plan over the credits of a world.  only: the payees wanted; every one where None."""

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
        """Rows by payee, then date, what is sold before what is taken back, then the record's name.

        Several credits of one payee for one record stand in the order of the split that they come from.
        """
        event = self.credits.event[rows]
        source = self.credits.source[rows]
        direct = np.where(source >= 0, source, rows)
        events = self.events
        names = [events.line[event].astype(str), events.record[event].astype(str)]
        return np.lexsort(
            (rows, direct, *names, -events.sign[event], events.date[event], self.credits.payee[rows])
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
