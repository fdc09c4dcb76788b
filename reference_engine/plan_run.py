"""The run of one plan: its components, and what is done to the plan as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np

from reference_engine.columns import NONE, Array, is_same
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE, Events
from reference_engine.executors.local import Local
from reference_engine.expressions.records import RecordScope
from reference_engine.figures import Figures
from reference_engine.lines import Lines, Rule
from reference_engine.mechanics.crediting import hold
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.lump import closing
from reference_engine.mechanics.registry import Mechanic
from reference_engine.problems import Problem
from reference_engine.quotas import Quotas
from reference_engine.results import Part
from reference_engine.rounding import rounding_lines
from reference_engine.selection import eligibility, first_lines, select
from reference_engine.timeline import Timeline
from reference_engine.uncounted import check_products
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import MEASURE_SOURCES, MEASURES, Component, Measure, Plan, Rounding
from reference_engine.vocabulary.results import FigureValue
from reference_engine.world import World


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
    shown: list[FigureValue] = field(default_factory=list)
    notes: dict[int, dict[tuple[int, int], dict[str, str]]] = field(default_factory=dict)

    def parts(self) -> list[Part]:
        """One part for each component, and one for what is done to the plan as a whole."""
        plan, world = self.plan, self.world
        self.eligible = eligibility(plan, world)
        done: dict[str, Part] = {}
        self.records = RecordScope(world, self.events, done)
        chosen = {c.name: self._chosen(c) for c in plan.components}
        counted = [self._chosen(_as_component(m)) for m in (*plan.measures, *self._basic()) if not m.made]
        check_products(plan, world, self.events, self.problems)
        if self.problems:
            return []
        # The timeline is that of the whole plan, whoever is asked for: a replay must see the same periods.
        timeline = Timeline(plan, world, self.events, self.credits, self.until, self.problems)
        periods = timeline.periods([*chosen.values(), *counted])
        if periods is None:
            return []
        self.figures = Figures(
            plan, world, self.quotas, periods, lambda m: self._counted(m, periods), self.problems
        )
        # Where one payee's result depends on others, everybody is calculated and the wanted ones are kept at the end.
        wanted, self.only = self.only, None if plan.together else self.only
        if self.only is not None:
            chosen = {
                name: rows[np.isin(self.credits.payee[rows], self.only)] for name, rows in chosen.items()
            }
        for component in plan.ordered:
            rows = chosen[component.name]
            self._check_cancellations(component, rows)
            done[component.name] = self._component(component, rows, periods, plan.together)
            self.figures.parts = done
            self._keep_attainments(done[component.name])
            if self.problems:
                break
        out = [done[c.name] for c in plan.components if c.name in done]
        if not self.problems:
            self.shown.extend(self._shown(periods))
        if self.problems:
            return out
        if wanted is not None and self.only is None:
            self.only = wanted
            for part in out:
                part.keep(wanted)
            names_wanted = {world.payees[code] for code in wanted.tolist()}
            self.shown = [f for f in self.shown if f.payee in names_wanted or not f.payee]
        if plan.pay or plan.conventions.round_at("payout"):
            whole = self._whole(out, periods)
            if whole is not None:
                out.append(whole)
        return out

    def _keep_attainments(self, part: Part) -> None:
        """What conditions and formulas looked at belongs to the results, once for each measure."""
        own = part.component.measure if part.component is not None and part.attainments else ""
        for columns in self.figures.attainments:
            if columns.measure != own:
                part.attainments.append(columns)
        self.figures.attainments.clear()

    def _shown(self, periods: list[Period]) -> list[FigureValue]:
        """The figures that the plan shows, at the end of their intervals."""
        out: list[FigureValue] = []
        for shown in self.plan.figures:
            measure = next((m.name for m in self.plan.measures), "")
            run = self._run(Component(shown.figure, measure, {}, (), (), where=shown.where), periods)
            payee, period = closing(run, shown.for_each)
            if shown.whose == "company" and len(payee):
                keep = np.unique(period, return_index=True)[1]
                payee, period = payee[keep], period[keep]
            if not len(payee):
                self.problems.append(
                    Problem(
                        "figure-nobody",
                        f'the figure "{shown.figure}" is shown for nobody.',
                        shown.where,
                        f'Nobody is on "{self.plan.name}" in its periods.',
                        "Assign payees to the plan, or write  eligible: everyone.",
                    )
                )
                continue
            found = run.cells(payee, period).number(shown.is_, shown.where, self.problems)
            _, spans = run.intervals(shown.for_each)
            position, _ = run.intervals(shown.for_each)
            for code, t, value, unit in zip(
                payee.tolist(), period.tolist(), found.value.fractions(), found.unit.tolist(), strict=True
            ):
                whose = "" if shown.whose == "company" else self.world.payees[code]
                label = spans[int(position[t])].label
                out.append(FigureValue(whose, self.plan.name, shown.figure, label, value, unit))
        return out

    def _chosen(self, component: Component) -> Array:
        return select(
            self.plan, component, self.events, self.credits, self.eligible, self.records, self.problems
        )

    def _counted(self, measure: Measure, periods: list[Period]) -> Lines:
        """What a measure counts, of every payee."""
        component = _as_component(measure)
        return self._first_lines(component, self._chosen(component), periods, self.problems)

    def _first_lines(
        self, component: Component, rows: Array, periods: list[Period], problems: list[Problem]
    ) -> Lines:
        return first_lines(
            self.plan,
            component,
            self.world,
            self.events,
            self.credits,
            rows,
            periods,
            self.records,
            problems,
        )

    def _basic(self) -> list[Measure]:
        """The basic measures that figures mention by their plain names."""
        names = self.plan.mentioned
        return [] if not names else [
            Measure(m, m, dict.fromkeys(MEASURE_SOURCES[m], Fraction(1)), ("direct",), where=self.plan.where)
            for m in MEASURES
            if any(m in name for name in names)
        ]

    def _component(
        self, component: Component, rows: Array, periods: list[Period], together: bool = False
    ) -> Part:
        order = self._order(rows)
        rows = rows[order]
        found: list[Problem] = []
        lines = self._first_lines(component, rows, periods, found)
        self.problems.extend(found)
        run = self._run(component, periods)
        part = Part(self.plan, component.name, component, run.rules, run.attainments, periods, lines)
        part.credited = rows
        return part if found else self.earned(part, run, together)

    def earned(self, part: Part, run: ComponentRun, together: bool = False) -> Part:
        """A component's lines earned and paid, chunk by chunk of its payees."""
        component, periods, lines = run.component, run.periods, part.lines
        idle = self._idle(lines.payee)
        if together or len(lines) <= self.executor.chunk:
            run.idle = idle
            part.lines = self._earn(run, lines, part)[1]
            self.problems.extend(run.problems)
            self.shown.extend(run.shown)
            part.notes = self.notes
            return part
        chunks = self.executor.payee_ranges(lines.payee)

        def earn(chunk: int) -> tuple[ComponentRun, Lines]:
            own = lines.take(chunks[chunk]) if len(chunks) > 1 else lines
            idlers = idle if chunk == 0 else idle[:0]
            return self._earn(self._run(component, periods, idlers, first=chunk == 0), own, part)

        done = list(self.executor.map(earn, range(len(chunks))))
        for chunk_run, _ in done:
            self.problems.extend(chunk_run.problems)
            self.shown.extend(chunk_run.shown)
            run.attainments.extend(chunk_run.attainments)
        part.lines = _merged(run, done)
        part.notes = self.notes
        return part

    def _run(
        self, component: Component, periods: list[Period], idle: Array | None = None, *, first: bool = True
    ) -> ComponentRun:
        return ComponentRun(
            self.world,
            self.plan,
            component,
            self.events,
            periods,
            self.quotas,
            self.credits,
            NONE if idle is None else idle,
            figures=self.figures,
            eligible=self.eligible,
            first=first,
            only=self.only,
        )

    def _idle(self, selling: Array) -> Array:
        """The payees with a target incentive under the plan who have no line."""
        codes = [self.world.payee_code[p] for p in self.quotas.with_target(self.plan.name)]
        if not codes:
            return NONE
        idle = np.setdiff1d(np.array(codes, dtype=np.int64), selling)
        return idle if self.only is None else np.intersect1d(idle, self.only)

    def _earn(self, run: ComponentRun, lines: Lines, part: Part) -> tuple[ComponentRun, Lines]:
        history = part.history if self.trace else None
        if history is not None:
            history.append((None, lines))
        started = lines
        for position, mechanic in enumerate(run.component.earn, 1):
            run.is_last = position == len(run.component.earn)
            lines = self._step(mechanic, lines, run, history)
            if run.problems:
                return run, lines
        hold.check_kept(started, lines, run)
        if run.problems:
            return run, lines
        lines = self._rounded(lines, self.plan.conventions.round_at("line"), history)
        signed = lines.change(base=lines.signed_base(), amount=lines.amount.signed(lines.sign))
        if history is not None and (lines.sign < 0).any():
            history.append(("taken back", signed))
        lines = signed
        for mechanic in run.component.pay:
            lines = self._step(mechanic, lines, run, history)
            if run.problems:
                return run, lines
        rounding = self.plan.conventions.round_at("component")
        if rounding is not None:
            extra = rounding_lines(lines, rounding, run)
            if extra is not None:
                lines = Lines.joined([lines.change(), extra])
                if history is not None:
                    history.append((rounding, lines))
        if not run.component.paid:
            lines = lines.change(held=np.ones(len(lines), dtype=bool))
        return run, lines

    def _step(
        self, mechanic: Mechanic, lines: Lines, run: ComponentRun, history: list[tuple[object, Lines]] | None
    ) -> Lines:
        run.notes = {} if history is not None else None
        lines = mechanic.apply(lines, run)
        if history is not None:
            history.append((mechanic, lines))
            self.notes[id(mechanic)] = run.notes or {}
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
        run = self._run(component, periods)
        lines = Lines.joined([p.lines for p in parts]) if parts else None
        if lines is None:
            return None
        own = len(lines)
        all_rules = [_renumbered(p, run) for p in parts]
        lines = lines.change(rule=np.concatenate(all_rules))
        part = Part(self.plan, "plan", component, run.rules, run.attainments, periods, lines, above=True)
        for mechanic in self.plan.pay:
            lines = mechanic.apply(lines, run)
            self.problems.extend(run.problems)
            if run.problems:
                return None
            if self.trace:
                part.history.append((mechanic, lines.take(np.arange(own, len(lines)))))
        rounding = self.plan.conventions.round_at("payout")
        if rounding is not None:
            extra = rounding_lines(lines, rounding, run)
            if extra is not None:
                lines = Lines.joined([lines.change(), extra])
        part.lines = lines.take(np.arange(own, len(lines)))
        return part

    def _order(self, rows: Array) -> Array:
        """Rows by payee, then date, what is sold before what is taken back, then the record's name.

        Several credits of one payee for one record stand in the order of the split that they come from.
        """
        events, credits = self.events, self.credits
        event = credits.event[rows]
        keys = [rows]
        if not is_same(credits.source):
            source = credits.source[rows]
            keys.append(np.where(source >= 0, source, rows))
        # A column that is the same for all puts nothing in order.
        keys += [column[event].astype(str) for column in (events.line, events.record) if not is_same(column)]
        if not is_same(events.sign):
            keys.append(-events.sign[event])
        return np.lexsort((*keys, credits.days(events, rows), credits.payee[rows]))

    def _check_cancellations(self, component: Component, rows: Array) -> None:
        if not self.world.table("cancellations").size or "cancellations" not in component.sources or any(
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
                        "Add to pay  - clawback: {within days: 90}  with the plan's own days, or  - clawback: {part: 0%}  where what was paid is kept.",
                    )
                )
                return


def _as_component(measure: Measure) -> Component:
    """What a measure counts, in the form in which components count."""
    m = measure
    return Component(
        m.name,
        m.name,
        m.sources,
        m.credits or ("direct",),
        (),
        products=m.products,
        where=m.where,
        of=m.of,
        condition=m.condition,
        value=m.value,
        count=m.count,
        accumulate=m.accumulate,
    )


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
