"""Figures: numbers of a payee in a pay period that conditions, multipliers, weights and formulas look at.

What a name may be, with X a measure:

    X                       the measure up to the pay period, over the interval in which it adds up
    X in the period         the measure of the pay period alone
    X this quarter          (half-year, year) from the start of that interval up to the pay period
    X in the last 3 periods the measure of so many pay periods, this one included
    previous X              what X was at the end of the interval before
    quota of X              what the payee is expected to reach in the interval
    attainment of X         X / quota of X
    quota of X to date      what is expected from the start of the interval up to the pay period; also attainment of
                            X to date = X / quota of X to date
    measure, quota, attainment   those of the component's own measure
    earned by C             what component C earned in the pay period; also "this quarter" and so on
    target incentive        of the pay period; also "this quarter" and so on
    reported X              from the table reported_measures, of the payee or of the company
    team N, company N       the sum of the figure N over the payees of the same team, or over everybody
    a column of payees      salary, role, country ...
    period                  the label of the pay period
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from reference_engine.attainments import AttainmentColumns
from reference_engine.cells import OWN, CellScope
from reference_engine.columns import Array, Exact
from reference_engine.expressions.evaluate import Column, as_number, number, yes
from reference_engine.lines import Lines
from reference_engine.problems import Problem
from reference_engine.quotas import Quotas
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import MEASURE_SOURCES, MEASURES, Component, Measure, Plan
from reference_engine.windows import adds_up, before_valid, moving, window_of
from reference_engine.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference_engine.results import Part

TO_DATE = " to date"
SPANS = {
    " this quarter": "quarter",
    " this half-year": "half-year",
    " this plan year": "plan year",
    " this year": "year",
}


@dataclass
class Figures:
    """The figures of one plan, for every payee of the world in every pay period, made as they are asked for.

    lines: what a measure counts, as lines without a rate.  parts: the components that are calculated already.
    """

    plan: Plan
    world: World
    quotas: Quotas
    periods: list[Period]
    lines: Callable[[Measure], Lines]
    problems: list[Problem]
    parts: Mapping[str, Part] = field(default_factory=dict)
    attainments: list[AttainmentColumns] = field(default_factory=list)
    _columns: dict[tuple[str, str], Column | None] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.world.payees) * len(self.periods)

    def scope(self, component: Component) -> CellScope:
        """The figures as rows of an expression: payee after payee, each with all periods."""
        return CellScope(self, component)

    def measure(self, name: str, component: Component) -> Measure | None:
        """A measure by its name: one of the plan, the component's own, or a basic one on the component's credits."""
        found = self.plan.measure(name)
        if found is not None:
            return found
        shown = next((f for f in self.plan.figures if f.figure == name), None)
        if shown is not None:
            return Measure(name, "", {}, (), formula=shown.is_, where=shown.where)
        if name == component.measure and component.of:
            c = component
            return Measure(
                name,
                c.of,
                c.sources,
                c.credits,
                c.condition,
                c.value,
                c.count,
                c.accumulate,
                None,
                c.products,
                c.where,
            )
        if name in MEASURES:
            sources = dict.fromkeys(MEASURE_SOURCES[name], Fraction(1))
            return Measure(name, name, sources, component.credits or ("direct",), where=component.where)
        return None

    def column(self, name: str, component: Component) -> Column | None:
        """The figure of a name; None where there is none."""
        own = (
            component.name
            if name.split(" ")[-1] in OWN or name in MEASURES or name == component.measure
            else ""
        )
        key = (name, own or component.name)
        if key not in self._columns:
            if name in self._open:
                self.problems.append(
                    Problem(
                        "figure-circle",
                        f'"{name}" is made of itself: {" - ".join([*self._open, name])}.',
                        component.where,
                        "It could never be calculated.",
                        "Let one of them not depend on the other.",
                    )
                )
                return Column.number(Exact.full(self.size, 0))
            self._open.append(name)
            try:
                self._columns[key] = self._find(name, component)
            finally:
                self._open.pop()
        return self._columns[key]

    # -- finding ----------------------------------------------------------------------------------------
    def _find(self, name: str, component: Component) -> Column | None:
        if name in OWN and component.measure:
            return self.column(OWN[name] + component.measure, component)
        own = self.plan.measure(name)
        if own is not None:
            # A measure may be called "team sales"; then it is no sum of the team's "sales".
            return self._measured(own, self._accumulate(own), component)
        if name.endswith(TO_DATE) and name.startswith("quota of "):
            return self._quota_to_date(name.removeprefix("quota of ").removesuffix(TO_DATE), component)
        if name.endswith(TO_DATE) and name.startswith("attainment of "):
            of = name.removeprefix("attainment of ").removesuffix(TO_DATE)
            return self._attainment(of, component, self._quota_to_date(of, component))
        for prefix, make in (
            ("quota of ", self._quota),
            ("attainment of ", self._attainment),
        ):
            if name.startswith(prefix):
                return make(name.removeprefix(prefix), component)
        if name.startswith("previous "):
            return self._previous(name.removeprefix("previous "), component)
        for prefix in ("team ", "company "):
            if name.startswith(prefix):
                return self._pooled(prefix.strip(), name.removeprefix(prefix), component)
        if name.startswith("reported "):
            return self._reported(name.removeprefix("reported "))
        for suffix, interval in SPANS.items():
            if name.endswith(suffix):
                return self._over(name.removesuffix(suffix), interval, component)
        if name.endswith(" in the period"):
            return self._over(name.removesuffix(" in the period"), "period", component)
        window = window_of(name)
        if window is not None:
            return self._in_last(*window, name, component)
        if name.startswith("earned by "):
            return self._earned(name.removeprefix("earned by "), "period")
        if name == "target incentive":
            return self._target(component)
        measure = self.measure(name, component)
        if measure is not None:
            return self._measured(measure, self._accumulate(measure), component)
        if name == "period":
            labels = np.array([p.label for p in self.periods], dtype=object)
            return Column.of("text", np.tile(labels, len(self.world.payees)))
        return self._of_payee(name)

    def _accumulate(self, measure: Measure) -> str:
        return measure.accumulate or self.plan.conventions.get("tier.accumulate") or "period"

    def _intervals(self, accumulate: str) -> tuple[Array, list[Period]]:
        position, found = self.world.calendar.intervals(self.periods, accumulate, self.plan.valid[0])
        return np.array(position, dtype=np.int64), found

    def _over(self, name: str, accumulate: str, component: Component) -> Column | None:
        if name.startswith("earned by "):
            return self._earned(name.removeprefix("earned by "), accumulate)
        if name == "target incentive":
            return self._target(component, accumulate)
        measure = self.measure(name, component)
        return None if measure is None else self._measured(measure, accumulate, component)

    def _in_last(self, name: str, size: int, written: str, component: Component) -> Column | None:
        """What adds up over so many pay periods, this one included."""
        measure = self.measure(name, component)
        if name == "target incentive" or (measure is not None and not adds_up(measure)):
            return None
        one = self._over(name, "period", component)
        if one is None:
            return None
        starts = self.plan.valid[0]
        cut = None if starts is None or size == 1 else before_valid(written, starts, self.world, self.plan.where)
        if cut is not None:
            self.problems.append(cut)
        matrix = one.value.reshape(len(self.world.payees), len(self.periods))
        return Column.number(_stacked(moving(matrix, size)), one.unit)

    def _measured(self, measure: Measure, accumulate: str, component: Component) -> Column:
        if measure.formula is not None:
            return number(measure.formula, self.scope(component), measure.where, self.problems)
        if measure.levels:
            return self._level(measure, component)
        lines = self.lines(measure)
        return self._summed(lines, lines.counts(), lines.unit, accumulate)

    def _level(self, measure: Measure, component: Component) -> Column:
        """The level of each payee in each period: up at once, down as the measure says."""
        count = len(self.periods)
        reached = np.full(self.size, -1, dtype=np.int64)
        for number_of_level, level in enumerate(measure.levels):
            holds = yes(level.when, self.scope(component), level.where, self.problems)
            reached[holds] = number_of_level
        matrix = reached.reshape(len(self.world.payees), count)
        words = measure.demotion
        span = {"at quarter end": "quarter", "at year end": "year"}.get(words, "period")
        position, _ = self._intervals(span)
        patience = int(words.split()[1]) if words.startswith("after ") else 0
        stands = matrix.copy()
        failed = np.zeros(len(matrix), dtype=np.int64)
        for t in range(1, count):
            before, now = stands[:, t - 1], matrix[:, t]
            if words == "never" or (span != "period" and position[t] == position[t - 1]):
                stands[:, t] = np.maximum(before, now)
            elif patience:
                failed = np.where(now < before, failed + 1, 0)
                falls = failed >= patience
                stands[:, t] = np.where((now >= before) | falls, now, before)
                failed = np.where(falls, 0, failed)
        names = np.array([*(level.level for level in measure.levels), measure.otherwise], dtype=object)
        return Column.of("text", names[stands.ravel()])

    def _summed(self, lines: Lines, values: Exact, unit: Array, accumulate: str) -> Column:
        """Lines summed into payee x period, running on within each interval."""
        count = len(self.periods)
        cell = lines.payee * count + lines.period
        order = np.argsort(cell, kind="stable")
        starts = np.searchsorted(cell[order], np.arange(self.size))
        matrix = values[order].sums(starts).reshape(len(self.world.payees), count)
        position, _ = self._intervals(accumulate)
        columns: list[Exact] = []
        for t in range(count):
            same = t and position[t] == position[t - 1]
            columns.append(columns[-1] + matrix[:, t] if same else matrix[:, t])
        units = np.full(len(self.world.payees), "", dtype=object)
        units[lines.payee] = unit
        mixed = np.flatnonzero(units[lines.payee] != unit)
        if len(mixed):
            at = int(mixed[0])
            self.problems.append(
                Problem(
                    "currency-mixed",
                    f'the records of "{self.world.payees[int(lines.payee[at])]}" mix {units[lines.payee[at]]} and {unit[at]}.',
                    self.plan.where,
                    "Currencies can't be added.",
                    "State the plan's currency, and exchange rates.",
                )
            )
        return Column.number(_stacked(columns), np.repeat(units, count))

    def _earned(self, name: str, accumulate: str) -> Column | None:
        part = self.parts.get(name)
        if part is None:
            return None
        return self._summed(part.lines, part.lines.amount, part.lines.currency, accumulate)

    def _previous(self, name: str, component: Component) -> Column | None:
        current = self.column(name, component)
        if current is None or current.kind != "number":
            return None
        base = name.removeprefix("quota of ").removeprefix("attainment of ")
        accumulate = next((i for s, i in SPANS.items() if base.endswith(s)), "")
        measure = self.measure(base, component)
        position, _ = self._intervals(accumulate or (self._accumulate(measure) if measure else "period"))
        count = len(self.periods)
        # The last period of the interval before; none for the first interval.
        before = np.array([np.flatnonzero(position < position[t]).max(initial=-1) for t in range(count)])
        column = np.arange(self.size) % count
        at = np.arange(self.size) - column + np.maximum(before[column], 0)
        none = before[column] < 0
        value = Exact.where(none, Exact.full(self.size, 0), current.value[at])
        present = None if current.present is None else current.present[at] | none
        return Column.number(value, current.unit[at], present)

    def _pooled(self, whose: str, name: str, component: Component) -> Column | None:
        one = self.column(name, component)
        if one is None or one.kind != "number":
            return None
        people, count = len(self.world.payees), len(self.periods)
        if whose == "team":
            team = self.world.payee_column("team")
            alone = np.array([f"\0{i}" for i in range(people)], dtype=object)
            names = np.where(team == "", alone, team)
        else:
            names = np.full(people, "", dtype=object)
        codes = {n: i for i, n in enumerate(dict.fromkeys(names.tolist()))}
        group = np.array([codes[n] for n in names.tolist()], dtype=np.int64)
        cell = np.repeat(group, count) * count + np.tile(np.arange(count), people)
        order = np.argsort(cell, kind="stable")
        sums = one.value[order].sums(np.searchsorted(cell[order], np.arange(len(codes) * count)))
        units: dict[int, str] = {}
        for c, unit in zip(cell.tolist(), one.unit.tolist(), strict=True):
            if unit and units.setdefault(c, unit) != unit:
                self.problems.append(
                    Problem(
                        "currency-mixed",
                        f'the figures "{name}" of a {whose} mix {units[c]} and {unit}.',
                        self.plan.where,
                        "Currencies can't be added.",
                        "State the plan's currency, and exchange rates.",
                    )
                )
                break
        unit_of = np.array([units.get(c, "") for c in range(len(codes) * count)], dtype=object)
        return Column.number(sums[cell], unit_of[cell])

    # -- quotas and targets -------------------------------------------------------------------------------
    def _quota(self, name: str, component: Component) -> Column | None:
        measure = self.measure(name, component)
        return None if measure is None else self._stated(self._accumulate(measure), name, "quota")

    def _target(self, component: Component, accumulate: str = "period") -> Column:
        return self._stated(accumulate, "", "target incentive")

    def made(self, name: str, payee: int, period: int, component: Component) -> tuple[str, ...]:
        """How a quota or a target came about (a part of the year, a ramp), in words; nothing for other figures."""
        target = name.startswith("target incentive")
        of = name.removeprefix("quota of ") if name.startswith("quota of ") else component.measure
        if not target and name != "quota" and not name.startswith("quota of "):
            return ()
        measure = self.measure(of, component)
        accumulate = next((i for s, i in SPANS.items() if name.endswith(s)), "period")
        if not target and measure is not None:
            accumulate = self._accumulate(measure)
        position, intervals = self._intervals(accumulate)
        kind = "target incentive" if target else "quota"
        return self.quotas.steps(
            payee, self.plan.name, intervals[int(position[period])], "" if target else of, kind
        )

    def _stated(self, accumulate: str, measure: str, kind: str) -> Column:
        """What is stated for an interval, in each of its periods."""
        position, intervals = self._intervals(accumulate)
        cells = self.quotas.cells(self.plan.name, intervals, measure, kind)
        each = np.repeat(np.arange(len(self.world.payees)), len(self.periods)) * len(intervals)
        at = each + np.tile(position, len(self.world.payees))
        return Column.number(cells.amount.ravel()[at], cells.currency.ravel()[at], cells.present.ravel()[at])

    def _quota_to_date(self, name: str, component: Component) -> Column | None:
        """The quotas of the periods of an interval, up to each of them."""
        measure = self.measure(name, component)
        if measure is None:
            return None
        position, intervals = self._intervals(self._accumulate(measure))
        # Spans that overlap are looked up one by one.
        found = [
            self.quotas.cells(
                self.plan.name, [Period(intervals[int(i)].first, period.last, period.label)], name, "quota"
            )
            for i, period in zip(position, self.periods, strict=True)
        ]
        return Column.number(
            _stacked([c.amount[:, 0] for c in found]),
            np.stack([c.currency[:, 0] for c in found], axis=1).ravel(),
            np.stack([c.present[:, 0] for c in found], axis=1).ravel(),
        )

    def _attainment(self, name: str, component: Component, to_date: Column | None = None) -> Column | None:
        measured, quota = self.column(name, component), to_date or self._quota(name, component)
        if measured is None or quota is None:
            return None
        assert quota.present is not None
        zero = quota.value.num == 0
        reading = self.plan.conventions.get("quota.zero")
        safe = Exact.where(zero, Exact.full(self.size, 1), quota.value)
        value = Exact.where(
            zero, Exact.full(self.size, 1 if reading == "attainment 100%" else 0), measured.value.over(safe)
        )
        rounding = self.plan.conventions.round_at("attainment")
        if rounding is not None:
            # The decimals are those of the percentage.
            value = value.rounded(rounding.mode, rounding.decimals + 2)
        known = zero & (reading in ("attainment 0%", "attainment 100%"))
        wrong = np.flatnonzero(
            quota.present & (quota.unit != measured.unit) & (measured.value.num != 0) & ~zero
        )
        if len(wrong):
            at = int(wrong[0])
            who, _ = self.scope(component).row(at)
            self.problems.append(
                Problem(
                    "currency-mixed",
                    f"the quota of {name} of {who} is in {quota.unit[at] or 'units'}, and what is measured in {measured.unit[at] or 'units'}.",
                    self.plan.where,
                    "They can't be compared.",
                    "State the plan's currency, and exchange rates.",
                )
            )
        present = quota.present & (~zero | known)
        if to_date is not None:
            return Column.number(value, "", present)
        self._keep(name, self._accumulate_of(name, component), measured, quota, value, present)
        return Column.number(value, "", present)

    def _accumulate_of(self, name: str, component: Component) -> str:
        measure = self.measure(name, component)
        return "period" if measure is None else self._accumulate(measure)

    def _keep(
        self, name: str, accumulate: str, measured: Column, quota: Column, value: Exact, present: Array
    ) -> None:
        """The attainments at the end of each interval, for the results."""
        position, intervals = self._intervals(accumulate)
        count = len(self.periods)
        last = np.array([np.flatnonzero(position == k).max() for k in range(len(intervals))], dtype=np.int64)
        cell = (np.arange(len(self.world.payees))[:, None] * count + last[None, :]).ravel()
        cell = cell[present[cell]]
        if len(cell):
            self.attainments.append(
                AttainmentColumns(
                    cell // count,
                    position[cell % count],
                    intervals,
                    measured.value[cell],
                    quota.value[cell],
                    value[cell],
                    quota.unit[cell],
                    name,
                )
            )

    # -- what tables say ----------------------------------------------------------------------------------
    def _reported(self, name: str) -> Column | None:
        table = self.world.table("reported_measures")
        mine = np.flatnonzero(table.words("measure") == name)
        if not len(mine):
            return None
        rows: dict[int, list[tuple[Period, int]]] = {}
        for row in mine.tolist():
            payee = str(table.words("payee")[row])
            code = self.world.payee_code[payee] if payee else -1
            rows.setdefault(code, []).append((self.world.period(str(table.words("period")[row])), row))
        everyone = rows.get(-1, [])
        at = np.full(self.size, -1, dtype=np.int64)
        for code in range(len(self.world.payees)):
            own = rows.get(code, [])
            for t, period in enumerate(self.periods):
                at[code * len(self.periods) + t] = _closest(own, period, _closest(everyone, period, -1))
        words = np.where(at >= 0, table.words("value")[np.maximum(at, 0)], "")
        return as_number(Column.of("text", words))

    def _of_payee(self, name: str) -> Column | None:
        table = self.world.table("payees")
        if name in table.text:
            return Column.of("text", np.repeat(self.world.payee_column(name), len(self.periods)))
        if name in table.numbers:
            stated = table.numbers[name]
            rows = np.array([table.index.get(p, -1) for p in self.world.payees], dtype=np.int64)
            safe = np.repeat(np.maximum(rows, 0), len(self.periods))
            there = np.repeat(rows >= 0, len(self.periods)) & stated.present[safe]
            unit = stated.currency[safe] if stated.currency is not None and name != "commission rate" else ""
            return Column.number(stated.value[safe], unit, there)
        return None


def _stacked(columns: list[Exact]) -> Exact:
    """A column for each period as one, payee after payee."""
    flat = Exact.concat(columns)
    return flat[np.arange(len(flat)).reshape(len(columns), -1).T.ravel()]


def _closest(rows: list[tuple[Period, int]], period: Period, otherwise: int) -> int:
    """The row of the shortest span that holds a period."""
    holding = [(p.days, row) for p, row in rows if p.first <= period.first and period.last <= p.last]
    return min(holding)[1] if holding else otherwise
