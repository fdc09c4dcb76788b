"""The streamed run: chunks of records are credited, valued and summed; plans then work on the sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from threading import Lock

import numpy as np

from reference_engine.bulk import plain, settling, sources
from reference_engine.bulk.credits import Chunk, Level, Sums, Value
from reference_engine.bulk.grids import Grid, grid, whole
from reference_engine.bulk.places import Places, Spans
from reference_engine.bulk.plain import NotPlain
from reference_engine.bulk.results import Pay, Payouts, condensed, pays
from reference_engine.bulk.sources import Records
from reference_engine.columns import Array, Exact, same
from reference_engine.conversion import Rates
from reference_engine.event_parts import joined
from reference_engine.events import SOURCES
from reference_engine.executors.local import Local
from reference_engine.figures import Figures
from reference_engine.lines import Lines
from reference_engine.mechanics.crediting import rules
from reference_engine.mechanics.crediting.credits import OVERLAY, Credits
from reference_engine.plan_run import PlanRun
from reference_engine.problems import Problem
from reference_engine.quotas import Quotas
from reference_engine.results import Part
from reference_engine.run import calculate
from reference_engine.settlement import settle
from reference_engine.timeline import accumulates
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Component, Plan, Rounding
from reference_engine.world import World

Member = tuple[Plan, Component]
MAX_LEVELS = 50


@dataclass(frozen=True)
class _Reading:
    """What decides the value of a credit, apart from its record.  Components that agree are summed together."""

    currency: str
    credit: Rounding | None
    residue: str | None
    conversion: Rounding | None
    kind: str | None
    date: str | None
    cadence: str
    sources: tuple[str, ...]
    credits: tuple[str, ...]


@dataclass
class _Group:
    """Components that read credits alike, the places of their payees, and what has been summed.

    ways: how credit reaches them: directly, or up to a level; with the layers of places of whoever it reaches.
    """

    reading: _Reading
    members: list[Member]
    value: Value
    places: Places
    ways: list[tuple[Level | None, list[Array]]]
    sums: Sums
    touched: Array = field(default_factory=lambda: np.zeros(0, dtype=bool))


def payouts(plans: Sequence[Plan], world: World, *, executor: Local | None = None) -> Payouts:
    """What every payee is paid under the plans, without the lines it is made of.

    Raises Stopped with Problems where the input is wrong or leaves open what would change money.  Where a plan needs
    each record by itself, the plans are calculated in the ordinary way and their lines are summed afterwards.
    """
    executor = executor or Local()
    try:
        plain.check(plans, world)
        return Payouts(world.payees, tuple(_Run(plans, world, executor).pays()))
    except NotPlain as reason:
        result = calculate(plans, world, executor=executor)
        parts = [*result.parts, *result.settled[0]]
        return Payouts(world.payees, tuple(p for part in parts for p in pays(part)), str(reason))


class _Run:
    def __init__(self, plans: Sequence[Plan], world: World, executor: Local) -> None:
        self.plans, self.world, self.executor = plans, world, executor
        self.problems: list[Problem] = []
        self.sources = sources.read(world)
        self.levels = self._levels()
        if len({plan.name for plan in plans}) < len(plans):
            raise NotPlain("two plans of one name")
        self.quotas = Quotas(world, self.problems, plans)
        self._stop()
        self.eligible = {plan.name: self.quotas.eligible(plan.name) for plan in plans}
        self.spans = Spans(plans, self.eligible, len(world.payees), self.sources.first, self.sources.days)
        self.groups = self._groups()

    def pays(self) -> list[Pay]:
        self._sum()
        found: dict[tuple[str, str], Lines] = {}
        touched: dict[str, Array] = {}
        for group in self.groups:
            for number, (plan, component) in enumerate(group.members):
                lines, periods = self._lines(group, number)
                found[plan.name, component.name] = lines
                seen = touched.setdefault(plan.name, np.zeros(group.value.periods, dtype=bool))
                seen |= periods

        def paid(plan: Plan) -> tuple[Sequence[Part | Grid], list[Pay]]:
            parts = self._plan(plan, found, touched[plan.name])
            rows = [[part.pay()] if isinstance(part, Grid) else list(pays(part)) for part in parts]
            return parts, [pay for own in rows for pay in own]

        done = list(self.executor.map(paid, self.plans))
        self._stop()
        out = [pay for _, own in done for pay in own]
        settled = settling.settle(out, self.plans, self.world, self.executor)
        if settled is None:
            lined = [p.part() if isinstance(p, Grid) else p for parts, _ in done for p in parts]
            closed, _ = settle(lined, self.plans, self.world, None, None, self.problems, joined([]))
            self._stop()
            settled = [pay for part in closed for pay in pays(part)]
        return [*out, *settled]

    def _stop(self) -> None:
        if self.problems:
            # The ordinary run says what is wrong, and where.
            raise NotPlain(str(self.problems[0]))

    # -- preparing --------------------------------------------------------------------------------------
    def _levels(self) -> list[Level]:
        """What rolls up, level by level; nothing where no component pays on it."""
        wanted = {kind for plan in self.plans for c in plan.components for kind in c.credits}
        if "roll-up" not in wanted:
            return []
        if self.world.reporting.dated or self.world.reporting.several:
            raise NotPlain("reporting lines that change, or several managers")
        found = [r for r in rules.rules_of(self.world) if r.kind != OVERLAY]
        if len(found) > 1 or any(not r.plain for r in found):
            raise NotPlain("crediting rules with conditions")
        if not found:
            return []
        rule = found[0]
        own = {plan.conventions.get("rollup.own_sales") for plan in self.plans}
        if own - {None, "excluded"} or (None in own and self.sources.credited(rule.mask)):
            raise NotPlain("managers' own sales among their roll-up credit")
        managers = self.world.managers
        out: list[Level] = []
        above = np.arange(len(managers))
        while True:
            above = np.where(above >= 0, managers[above], -1)
            number = len(out) + 1
            if not (above >= 0).any():
                return out
            if number > MAX_LEVELS:
                raise NotPlain("a great many levels of managers")
            gets = (above >= 0) & (number >= rule.least[above]) & (number <= rule.most[above])
            gets &= rule.receives.num[above] != 0
            out.append(Level(np.where(gets, above, -1), rule.receives[above]))

    def _groups(self) -> list[_Group]:
        members: dict[_Reading, list[Member]] = {}
        for plan in self.plans:
            for component in plan.components:
                members.setdefault(self._reading(plan, component), []).append((plan, component))
        return [self._group(reading, found) for reading, found in members.items()]

    def _reading(self, plan: Plan, component: Component) -> _Reading:
        currency = plan.currency
        if not currency:
            if len(self.sources.currencies) > 1:
                raise NotPlain("pay in the currencies of the records")
            currency = self.sources.currencies[0]
        c = plan.conventions
        return _Reading(
            currency,
            c.round_at("credit"),
            c.get("split.residue"),
            c.round_at("conversion"),
            c.get("fx.kind"),
            c.get("fx.date"),
            plan.pays or self.world.calendar.pay_cadence or "",
            tuple(component.sources),
            component.credits,
        )

    def _group(self, reading: _Reading, members: list[Member]) -> _Group:
        world, first = self.world, self.sources.first
        if not reading.cadence:
            raise NotPlain("no pay frequency")
        last = first + (self.sources.days - 1)
        start = world.calendar.period_of(first.astype(object), "year").first
        periods = world.calendar.periods(start, last.astype(object), reading.cadence)
        ends = np.array([p.last for p in periods], dtype="datetime64[D]")
        days = first + np.arange(self.sources.days)
        period = np.searchsorted(ends, days).astype(np.int32)
        foreign = np.array([c != reading.currency for c in self.sources.currencies], dtype=bool)
        factor, known = self._factors(reading, foreign, days, period, periods)
        value = Value(
            reading.credit,
            reading.residue,
            reading.conversion,
            foreign,
            factor,
            known,
            period,
            len(periods),
        )
        places = Places(members, self.spans)
        ways: list[tuple[Level | None, list[Array]]] = []
        if "direct" in reading.credits:
            ways.append((None, places.layers))
        if "roll-up" in reading.credits:
            ways += [(level, places.above(level.above)) for level in self.levels]
        return _Group(reading, members, value, places, ways, Sums(0))

    def _factors(
        self, reading: _Reading, foreign: Array, days: Array, period: Array, periods: list[Period]
    ) -> tuple[Exact | None, Array]:
        known = np.ones(len(foreign) * len(days), dtype=bool)
        if not foreign.any():
            return None, known
        kind = reading.kind or self._only_kind()
        if reading.date is None or kind is None:
            raise NotPlain("a convention about exchange rates is open")
        table = Rates(self.world, kind)
        if reading.date == "deal date":
            raise NotPlain("exchange rates of the day of the deal")
        if reading.date == "record date":
            asked = days
        else:
            bounds = [p.first if reading.date == "period start" else p.last for p in periods]
            asked = np.array(bounds, dtype="datetime64[D]")[period]
        distinct, place = np.unique(asked, return_inverse=True)
        factors: list[Fraction] = []
        for code, currency in enumerate(self.sources.currencies):
            if not foreign[code]:
                factors += [Fraction(1)] * len(distinct)
                continue
            rates = [table.rate(currency, reading.currency, day) for day in distinct]
            known[code * len(days) : (code + 1) * len(days)] = np.array([r is not None for r in rates])[place]
            factors += [r if r is not None else Fraction(1) for r in rates]
        key = np.arange(len(foreign))[:, None] * len(distinct) + place[None, :]
        return Exact.of(factors)[key.ravel()], known

    def _only_kind(self) -> str | None:
        kinds = {k for k in self.world.table("exchange_rates").words("kind").tolist() if k}
        return kinds.pop() if len(kinds) == 1 else None

    # -- summing ----------------------------------------------------------------------------------------
    def _sum(self) -> None:
        chunks = [
            (records, slice(a, min(a + self.executor.chunk, len(records))))
            for records in self.sources.records
            for a in range(0, len(records), self.executor.chunk)
        ]
        free: list[list[Sums]] = []
        lock = Lock()

        def credit(chunk: tuple[Records, slice]) -> None:
            with lock:
                own = free.pop() if free else [Sums(g.places.size * g.value.periods) for g in self.groups]
            self._credit(*chunk, own)
            with lock:
                free.append(own)

        for _ in self.executor.map(credit, chunks):
            pass
        for number, own in enumerate(free):
            for group, sums in zip(self.groups, own, strict=True):
                if number:
                    group.sums.take(sums)
                else:
                    group.sums = sums
        for group in self.groups:
            group.touched = group.sums.touched()

    def _credit(self, records: Records, rows: slice, own: list[Sums]) -> None:
        made: dict[_Reading, Chunk] = {}
        batch = records.batch(rows)
        for group, sums in zip(self.groups, own, strict=True):
            if SOURCES[records.source] not in group.reading.sources:
                continue
            # Components that differ only in the credits they pay on share the values.
            alike = replace(group.reading, credits=(), sources=())
            if alike not in made:
                made[alike] = Chunk(self.sources, batch, group.value)
            chunk = made[alike]
            key = chunk.keys(group.places)
            for level, layers in group.ways:
                chunk.add(sums, layers, key, level)

    def _lines(self, group: _Group, number: int) -> tuple[Lines, Array]:
        """A component's sums as lines: one for each payee and period; and the periods that have any."""
        periods, places = group.value.periods, group.places
        start, end = places.starts[number], places.starts[number + 1]
        touched = group.touched[start * periods : end * periods]
        cell = np.flatnonzero(touched)
        base = Exact(group.sums.num[start * periods + cell], group.sums.den)
        seen: Array = np.logical_or.reduce(touched.reshape(-1, periods), axis=0)
        place, period = np.divmod(cell, periods)
        payee = places.payee[start + place]
        unit = same(group.reading.currency, len(cell))
        lines = Lines.plain(payee, period, Exact.full(len(cell), 0), unit, base=base, unit=unit)
        return lines, seen

    # -- earning and paying -----------------------------------------------------------------------------
    def _plan(self, plan: Plan, found: dict[tuple[str, str], Lines], seen: Array) -> Sequence[Part | Grid]:
        if not seen.any():
            return []
        run, periods, first = self._plan_run(plan, seen)
        whole_plan = bool(plan.pay or plan.conventions.round_at("payout"))
        done: list[Part | Grid] = []
        for component in plan.components:
            lines = found[plan.name, component.name]
            at = lines.period - first
            lines = lines.change(period=at, paid_in=at)
            own = run._run(component, periods)
            made = grid(lines, own)
            self.problems.extend(own.problems)
            self._stop()
            if made is not None:
                done.append(made)
                continue
            part = Part(plan, component.name, component, own.rules, own.attainments, periods, lines)
            done.append(run.earned(part, own))
            self._stop()
        if not whole_plan:
            return done
        grids = [part for part in done if isinstance(part, Grid)]
        lined = any(len(part.lines) for part in done if isinstance(part, Part))
        if grids and not lined and (more := whole(grids, run._run(_above(plan), periods))) is not None:
            return [*done, *more]
        parts = [condensed(part.part() if isinstance(part, Grid) else part) for part in done]
        above = run._whole(parts, periods)
        self._stop()
        return [*parts, *([condensed(above)] if above is not None else [])]

    def _plan_run(self, plan: Plan, seen: Array) -> tuple[PlanRun, list[Period], int]:
        """The run of a plan over its own periods, and the position of the first of them among all."""
        world = self.world
        size = np.flatnonzero(seen)
        cadence = plan.pays or world.calendar.pay_cadence or "month"
        start = world.calendar.period_of(self.sources.first.astype(object), "year").first
        last = (self.sources.first + (self.sources.days - 1)).astype(object)
        every = world.calendar.periods(start, last, cadence)
        run = PlanRun(
            plan,
            world,
            joined([]),
            Credits.direct(size[:0], size[:0], Exact.full(0, 1)),
            self.quotas,
            self.problems,
            None,
            None,
            False,
            self.executor,
        )
        first = int(size[0])
        if accumulates(plan, world):
            opening = world.calendar.period_of(every[first].first, "year").first
            first = next(i for i, p in enumerate(every) if p.last >= opening)
        periods = every[first : int(size[-1]) + 1]
        for mechanic in (m for c in plan.components for m in (*c.earn, *c.pay, *plan.pay)):
            day = mechanic.reaches(world, run.events, last, cadence)
            if day is not None and day > periods[-1].last:
                raise NotPlain(f'"{mechanic.name}" of "{plan.name}" pays after the period of the last record')
        run.eligible = self.eligible[plan.name]
        run.figures = Figures(
            plan, world, self.quotas, periods, lambda m: run._counted(m, periods), self.problems
        )
        return run, periods, first


def _above(plan: Plan) -> Component:
    """What stands above the components of a plan, in the form in which components stand."""
    return Component("plan", plan.components[0].measure, {}, (), (), plan.pay, where=plan.where)
