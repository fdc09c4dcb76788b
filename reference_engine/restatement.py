"""Closed periods: what was earned and paid for them stays, and what is different now is paid in the open period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.events import Events
from reference_engine.lines import Lines, Rule
from reference_engine.plans.convention_reader import open_convention
from reference_engine.plans.conventions import CONVENTIONS
from reference_engine.problems import Problem, Where
from reference_engine.results import Part
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.numbers import format_money
from reference_engine.vocabulary.plan import Component, Plan
from reference_engine.world import World

PRIOR = "prior period"
FORWARD = "brought forward"
REVERSAL = "reversal"
Key = tuple[int, str, str]
"""payee, component or kind, currency."""


@dataclass(frozen=True)
class _Row:
    """One row of processed_results."""

    key: Key
    period: Period
    paid_in: Period
    earned: Fraction
    paid: Fraction
    closed: date | None
    where: Where


@dataclass(frozen=True)
class Known:
    """What plans come to on what was known on a day."""

    events: Events
    parts: list[Part]


def restate(
    parts: Sequence[Part],
    plans: Sequence[Plan],
    world: World,
    events: Events,
    problems: list[Problem],
    apart: Sequence[Part] = (),
    then: Callable[[date], Known] | None = None,
) -> list[Part]:
    """Lines that leave closed periods as they were paid, and bring what is different now to the open period.

    apart: what is paid beside draws and balances; what of it became known after its period was closed is moved to the period
    that was open then.  then: what the plans come to on what was known on an earlier day.
    """
    if not world.table("processed_results").size:
        return []
    out: list[Part] = []
    for plan in plans:
        rows = _rows(plan, world, problems)
        closed = _closed(plan, world, problems)
        if closed:
            own, beside = [p for p in parts if p.plan is plan], [p for p in apart if p.plan is plan]
            out += _Restated(plan, world, events, problems, rows, closed, then).parts(own, beside)
    return out


def component_word(part: Part, kind: str) -> str:
    """Under which word a payout shows a line: its component, or what it is where it stands above them."""
    return part.name if part.component is not None and part.component.sources else kind


def _cadence(plan: Plan, world: World) -> str:
    return plan.pays or world.calendar.pay_cadence or "month"


def _pay_period(label: str, plan: Plan, world: World) -> Period | None:
    """The pay period of that label; None where the plan has none such."""
    try:
        period = world.period(label)
        own = world.calendar.period_of(period.first, _cadence(plan, world))
    except NotAPeriod:
        return None
    return own if own == period else None


def _rows(plan: Plan, world: World, problems: list[Problem]) -> list[_Row]:
    table = world.table("processed_results")
    earned, paid = table.amounts("earned"), table.amounts("paid")
    out: list[_Row] = []
    for row in np.flatnonzero(table.words("plan") == plan.name).tolist():
        labels = str(table.words("period")[row]), str(table.words("paid in")[row])
        period = _pay_period(labels[0], plan, world)
        paid_in = _pay_period(labels[1], plan, world) if labels[1] else period
        if period is None or paid_in is None:
            problems.append(
                Problem(
                    "processed-period",
                    f'processed_results has {labels[0] if period is None else labels[1]}, which is no pay period of "{plan.name}".',
                    table.where(row),
                    "What was paid could not be compared with what is due.",
                    "Give the pay period of the plan, one row for each.",
                )
            )
            continue
        if paid_in < period:
            problems.append(
                Problem(
                    "processed-order",
                    f"processed_results has {period.label} paid in {paid_in.label}, which lies before it.",
                    table.where(row),
                    "What wasn't yet earned can't have been paid; a later run would take it off the wrong period.",
                    f'Write {period.label} or a later period into "paid in"; it may be blank where both are one.',
                )
            )
            continue
        unit = str(earned.currency[row]) if earned.currency is not None else ""
        day = table.days("closed")[row]
        out.append(
            _Row(
                (world.payee_code[str(table.words("payee")[row])], str(table.words("component")[row]), unit),
                period,
                paid_in,
                earned.value.at(row),
                paid.value.at(row) if paid.present[row] else earned.value.at(row),
                None if np.isnat(day) else day.astype(object),
                table.where(row),
            )
        )
    return out


def _closed(plan: Plan, world: World, problems: list[Problem]) -> list[Period]:
    """Every pay period of the plan from the first to the last that was closed, whoever was paid in it."""
    table = world.table("processed_results")
    labels = {str(x) for name in ("period", "paid in") for x in table.words(name).tolist() if x}
    found = [p for label in sorted(labels) if (p := _pay_period(label, plan, world)) is not None]
    if not found:
        return []
    first, last = min(found), max(found)
    return world.calendar.periods(first.first, last.last, _cadence(plan, world))


class _Restated:
    def __init__(
        self,
        plan: Plan,
        world: World,
        events: Events,
        problems: list[Problem],
        rows: list[_Row],
        closed: list[Period],
        then: Callable[[date], Known] | None,
    ) -> None:
        self.plan, self.world, self.events, self.problems = plan, world, events, problems
        self.rows, self.closed, self.then = rows, closed, then
        calendar = world.calendar
        after = calendar.period_of(closed[-1].last + timedelta(days=1), _cadence(plan, world))
        self.periods = [*closed, after]
        self.position = {p.first: i for i, p in enumerate(self.periods)}
        self.reversal = any(getattr(m, "lines", "") == "reversal and new line" for m in plan.settling)
        self.days: dict[int, date] = {}
        for row in rows:
            if row.closed is not None:
                at = self.position[row.paid_in.first]
                self.days[at] = max(self.days.get(at, row.closed), row.closed)

    def parts(self, parts: Sequence[Part], apart: Sequence[Part]) -> list[Part]:
        """For each component lines of their own."""
        now, components = self._now(parts)
        found = now
        before = self._before()
        for part in apart:
            for (at, paid_in, key), amount in self._placed(part).items():
                # What was paid beside draws was paid too, and is no result that may differ.
                done = before.setdefault((at, key), {})
                done[paid_in] = done.get(paid_in, Fraction(0)) - amount
        if any(now.get(k, 0) != sum(v.values()) for k, v in before.items()) or set(now) - set(before):
            now = self._in_scope(parts, now, before)
        lines: dict[str, list[tuple[int, int, int, Fraction, str, str, str]]] = defaultdict(list)
        open_at = len(self.closed)
        for at, key in sorted({*found, *now, *before}):
            payee, component, unit = key
            due, done = now.get((at, key), Fraction(0)), before.get((at, key), {})
            total = sum(done.values(), Fraction(0))
            stays, comes = done.get(at, Fraction(0)), found.get((at, key), Fraction(0))
            label = self.periods[at].label
            add = lines[component].append
            if stays != comes:
                add(
                    (
                        payee,
                        at,
                        at,
                        stays - comes,
                        FORWARD,
                        unit,
                        f"{label} is closed and stays as it was paid, {format_money(stays, unit)}; calculated again it comes to {format_money(comes, unit)}, so {format_money(abs(stays - comes), unit)} is {'taken off' if stays < comes else 'added'} here",
                    )
                )
            for paid_in, amount in sorted(done.items()):
                if paid_in != at and amount:
                    add(
                        (
                            payee,
                            at,
                            paid_in,
                            amount,
                            PRIOR,
                            unit,
                            f"{format_money(amount, unit)} for {label} was paid in {self.periods[paid_in].label}",
                        )
                    )
            if self.reversal and (total or due):
                if total:
                    add(
                        (
                            payee,
                            at,
                            open_at,
                            -total,
                            REVERSAL,
                            unit,
                            f"the earlier result for {label}, {format_money(total, unit)}, is reversed",
                        )
                    )
                if due:
                    add(
                        (
                            payee,
                            at,
                            open_at,
                            due,
                            PRIOR,
                            unit,
                            f"the result for {label} is posted again: {format_money(due, unit)}",
                        )
                    )
            elif due != total:
                add(
                    (
                        payee,
                        at,
                        open_at,
                        due - total,
                        PRIOR,
                        unit,
                        f"{label} was closed with {format_money(total, unit)} and comes to {format_money(due, unit)} now: the difference of {format_money(abs(due - total), unit)} is {'paid' if due > total else 'taken back'} here",
                    )
                )
        return [self._part(name, components.get(name), told) for name, told in lines.items() if told]

    def _part(
        self,
        name: str,
        component: Component | None,
        found: list[tuple[int, int, int, Fraction, str, str, str]],
    ) -> Part:
        rules = [
            Rule(words, _label(kind, self.periods[at].label), self.plan.where)
            for _, at, _, _, kind, _, words in found
        ]
        lines = Lines.plain(
            np.array([f[0] for f in found], dtype=np.int64),
            np.array([f[1] for f in found], dtype=np.int64),
            Exact.of([f[3] for f in found]),
            np.array([f[5] for f in found], dtype=object),
            rule=np.arange(len(found)),
        )
        kinds = np.array([f[4] for f in found], dtype=object)
        lines = lines.change(paid_in=np.array([f[2] for f in found], dtype=np.int64), kind=kinds)
        if component is None or not component.sources:
            # A payout shows it under its own word, as it shows a component.
            component = replace(
                self.plan.components[0], name=name, sources={"processed results": Fraction(1)}
            )
        return Part(self.plan, name, component, rules, [], self.periods, lines)

    def _now(
        self, parts: Sequence[Part]
    ) -> tuple[dict[tuple[int, Key], Fraction], dict[str, Component | None]]:
        """What closed periods come to now, and the components by name."""
        out: dict[tuple[int, Key], Fraction] = defaultdict(Fraction)
        components: dict[str, Component | None] = {}
        for part in parts:
            for rows, at in self._closed_lines(part):
                for payee, unit, kind, amount in zip(
                    part.lines.payee[rows].tolist(),
                    part.lines.currency[rows].tolist(),
                    part.lines.kind[rows].tolist(),
                    part.lines.amount[rows].fractions(),
                    strict=True,
                ):
                    word = component_word(part, str(kind))
                    components[word] = part.component
                    out[at, (int(payee), word, str(unit))] += amount
            components.setdefault(part.name, part.component)
        return dict(out), components

    def _closed_lines(self, part: Part) -> list[tuple[Array, int]]:
        """The released lines that a closed period pays, and its position."""
        out: list[tuple[Array, int]] = []
        closed = {p.first for p in self.closed}
        for i, period in enumerate(part.periods):
            if period.first in closed:
                rows = np.flatnonzero(~part.lines.held & (part.lines.paid_in == i))
                if len(rows):
                    out.append((rows, self.position[period.first]))
        return out

    def _before(self) -> dict[tuple[int, Key], dict[int, Fraction]]:
        """What was paid for closed periods, by the period in which it was."""
        differs = next((r for r in self.rows if r.paid != r.earned), None)
        paid = differs is not None and self._need("restatement.minus", differs.where) == "paid"
        out: dict[tuple[int, Key], dict[int, Fraction]] = {}
        for row in self.rows:
            done = out.setdefault((self.position[row.period.first], row.key), {})
            at = self.position[row.paid_in.first]
            done[at] = done.get(at, Fraction(0)) + (row.paid if paid else row.earned)
        return out

    def _in_scope(
        self,
        parts: Sequence[Part],
        now: dict[tuple[int, Key], Fraction],
        before: dict[tuple[int, Key], dict[int, Fraction]],
    ) -> dict[tuple[int, Key], Fraction]:
        """What closed periods come to: everything anew, or what was paid and what became known since."""
        if self._need("restatement.scope", self.plan.where) == "complete":
            return now
        out = {key: sum(done.values(), Fraction(0)) for key, done in before.items()}
        last = max(self.days.values(), default=None)
        if last is None:
            self.problems.append(
                Problem(
                    "processed-closed",
                    "processed_results doesn't say when its periods were closed.",
                    self.rows[0].where if self.rows else self.plan.where,
                    "It isn't known which records came later.",
                    'Fill the column "closed".',
                )
            )
            return out
        whole = next((p for p in parts if self._earns_whole(p)), None)
        if whole is not None:
            self._not_alone(
                whole, "earns for the period as a whole, and only what became known since is to be calculated."
            )
            return out
        if self.then is None:
            return out
        known = self.then(last)
        own = [p for p in known.parts if p.plan is self.plan]
        changed = next((p for p in parts if self._changed(p, own, known.events, last)), None)
        if changed is not None:
            self._not_alone(
                changed,
                "earns otherwise on records known before than it did, and only what became known since is to be calculated.",
            )
            return out
        for sign, some in ((1, now), (-1, self._now(own)[0])):
            for key, amount in some.items():
                out[key] = out.get(key, Fraction(0)) + sign * amount
        return out

    def _not_alone(self, part: Part, what: str) -> None:
        self.problems.append(
            Problem(
                "restatement-whole",
                f'"{part.name}" {what}',
                part.component.where if part.component is not None else self.plan.where,
                "What a late record adds by itself isn't stated.",
                "State  restatement.scope: complete.",
            )
        )

    def _earns_whole(self, part: Part) -> bool:
        lines = part.lines
        return any(
            bool(((lines.event[rows] < 0) & (lines.kind[rows] == "")).any())
            for rows, _ in self._closed_lines(part)
        )

    def _changed(self, part: Part, before: Sequence[Part], events: Events, last: date) -> bool:
        """Whether late records change what those known before earn, other than by adding up to more."""
        component = part.component
        if component is None or part.known is not None:
            return False
        accumulate = component.accumulate or self.plan.conventions.get("tier.accumulate") or "period"
        if all(m.from_sums(self.plan.conventions, accumulate) for m in component.earn):
            return False
        table = self.world.table("cancellations")
        late = table.days("known") > np.datetime64(last, "D")
        cancelled = set(table.words("deal")[late].tolist())
        old = [p for p in before if p.name == part.name and p.component is component and p.known is None]
        earlier = _by_record(old, events, cancelled, last)
        return _by_record([part], self.events, cancelled, last) != earlier

    def _placed(self, part: Part) -> dict[tuple[int, int, Key], Fraction]:
        """Moves what became known after its period was closed to the period open then; returns what closed periods paid of it."""
        lines, periods = part.lines, [*part.periods]
        known = part.known.tolist() if part.known is not None else [period.last for period in periods]
        paid_in = lines.paid_in.copy()
        out: dict[tuple[int, int, Key], Fraction] = defaultdict(Fraction)
        for i, (at, day) in enumerate(zip(lines.period.tolist(), known, strict=True)):
            own = self.position.get(part.periods[at].first)
            if own is None or own == len(self.closed):
                continue
            place = next(
                (q for q in range(own, len(self.closed)) if q not in self.days or day <= self.days[q]),
                len(self.closed),
            )
            if place != own:
                if self.periods[place] not in periods:
                    periods.append(self.periods[place])
                paid_in[i] = periods.index(self.periods[place])
            if place < len(self.closed):
                word = component_word(part, str(lines.kind[i]))
                out[own, place, (int(lines.payee[i]), word, str(lines.currency[i]))] += lines.amount.at(i)
        part.periods, part.lines = periods, lines.change(paid_in=paid_in)
        return out

    def _need(self, name: str, where: Where) -> str:
        found = self.plan.conventions.get(name)
        if found is None:
            what = f'"{self.plan.name}" pays differences of closed periods, and doesn\'t state the convention {name}.'
            problem = open_convention(name, what, where, self.plan.conventions)
            if problem not in self.problems:
                self.problems.append(problem)
            return next(iter(CONVENTIONS[name].readings))
        return found


def _by_record(
    parts: Sequence[Part], events: Events, without: set[str], last: date
) -> dict[tuple[int, str, str, str], Fraction]:
    """What each record known on a day earns each payee; nothing of some deals."""
    known = known_days(events) <= np.datetime64(last, "D")
    out: dict[tuple[int, str, str, str], Fraction] = defaultdict(Fraction)
    for part in parts:
        lines = part.lines
        for i in np.flatnonzero((lines.event >= 0) & (lines.kind == "")).tolist():
            e = int(lines.event[i])
            if known[e] and str(events.deal[e]) not in without:
                key = (int(lines.payee[i]), str(events.source[e]), str(events.record[e]), str(events.line[e]))
                out[key] += lines.amount.at(i)
    return {key: amount for key, amount in out.items() if amount}


def known_days(events: Events) -> Array:
    """The day on which each event became known."""
    out = events.date.copy()
    for k, table in enumerate(events.tables):
        mine = events.table == k
        days = table.days("known")[events.row[mine]] if table.size else out[mine]
        out[mine] = np.where(np.isnat(days), out[mine], days)
    return out


def _label(kind: str, period: str) -> str:
    return {PRIOR: f"correction of {period}", REVERSAL: f"reversal of {period}"}.get(
        kind, f"{period}, closed"
    )
