"""The last stage: what stands above the plans of a payee.  Closed periods, draws, debts, limits of the whole pay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import Array, Exact, some
from reference_engine.draw_terms import Term, stated
from reference_engine.events import Events
from reference_engine.far_dates import MAX_DAYS, farthest
from reference_engine.mechanics.settling.draw import Draw
from reference_engine.pay_cells import coded, matrix_of
from reference_engine.pay_frequency import cadence_of, mixed, shortest
from reference_engine.presence import Presence
from reference_engine.problems import Problem, Where
from reference_engine.restatement import Known, component_word, restate
from reference_engine.results import Part
from reference_engine.selection import eligibility
from reference_engine.settling_run import Settling, SettlingRun
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.results import Balance
from reference_engine.world import World

Key = tuple[int, str]
"""payee, currency."""


def settle(
    parts: list[Part],
    plans: Sequence[Plan],
    world: World,
    until: date | None,
    only: set[int] | None,
    problems: list[Problem],
    events: Events,
    apart: Sequence[Part] = (),
    then: Callable[[date], Known] | None = None,
) -> tuple[list[Part], list[Balance]]:
    """Lines for draws, balances, closed periods and limits of every payee who has any, and the balance after each period.

    only: the codes of the payees wanted; every one where None.  apart: what is paid beside draws and balances.  then: what
    the plans come to on what was known on an earlier day.
    """
    closed = [_only(p, only) for p in restate(parts, plans, world, events, problems, apart, then)]
    if not _wanted([*parts, *closed], plans, world):
        return closed, []
    found = _Settlement([*parts, *closed], plans, world, until, only, problems)
    out, balances = found.settled()
    return [*closed, *out], balances


def _wanted(parts: list[Part], plans: Sequence[Plan], world: World) -> bool:
    """Whether anything stands above the plans: a draw, a balance, a limit, or pay that may lie below zero."""
    if world.table("draws").size or world.table("opening_balances").size or any(p.settling for p in plans):
        return True
    return any(some(part.lines.amount.num < 0) for part in parts)


def _only(part: Part, only: set[int] | None) -> Part:
    if only is not None:
        part.lines = part.lines.take(np.flatnonzero(np.isin(part.lines.payee, sorted(only))))
    return part


@dataclass(frozen=True)
class _Pay:
    """What is paid, summed by payee, currency, pay period and part.  end: the last day of the period, with which it is paid."""

    payee: Array
    unit: Array
    end: Array
    part: Array
    word: Array
    amount: Exact


class _Settlement:
    def __init__(
        self,
        parts: list[Part],
        plans: Sequence[Plan],
        world: World,
        until: date | None,
        only: set[int] | None,
        problems: list[Problem],
    ) -> None:
        self.parts, self.plans, self.world = parts, plans, world
        self.until, self.only, self.problems = until, only, problems
        self.eligible = [eligibility(plan, world) for plan in plans]
        self.units: dict[str, int] = {}
        self.words: dict[tuple[int, str], int] = {}
        self.pay = self._gathered()
        self.earning: dict[Key, set[int]] = {}
        self._find_plans()

    # -- what is paid ---------------------------------------------------------------------------------
    def _gathered(self) -> _Pay:
        found = [c for i, part in enumerate(self.parts) if (c := self._cells(i, part)) is not None]
        columns = list(zip(*found, strict=True)) if found else [()] * 5
        whole = [np.concatenate(c) if c else np.zeros(0, np.int64) for c in columns[:4]]
        amount = Exact.concat(list(columns[4])) if found else Exact(np.zeros(0, np.int64))
        payee, unit, end, word = whole
        owner = np.array([k for k, _ in self.words] or [0], dtype=np.int64)
        return _Pay(payee, unit, end, owner[word] if len(word) else word, word, amount)

    def _cells(self, index: int, part: Part) -> tuple[Array, Array, Array, Array, Exact] | None:
        lines = part.lines
        rows = np.flatnonzero(~lines.held)
        if not len(rows):
            return None
        unit = coded(lines.currency[rows], self.units)
        above = part.component is None or not part.component.sources
        kinds = lines.kind[rows] if above else np.full(1, "", dtype=object)
        local: dict[str, int] = {}
        kind = coded(kinds, local) if above else np.zeros(len(rows), dtype=np.int64)
        names = list(local) or [""]
        plan = next((k for k, p in enumerate(self.plans) if p is part.plan), -1)
        codes = [self.words.setdefault((plan, component_word(part, n)), len(self.words)) for n in names]
        word = np.array(codes, dtype=np.int64)[kind]
        order = np.lexsort((word, unit, lines.paid_in[rows], lines.payee[rows]))
        keys = [k[order] for k in (lines.payee[rows], unit, lines.paid_in[rows], word)]
        new = np.ones(len(rows), dtype=bool)
        new[1:] = np.logical_or.reduce([k[1:] != k[:-1] for k in keys])
        starts = np.flatnonzero(new)
        days = np.array([p.last for p in part.periods], dtype="datetime64[D]").astype(np.int64)
        amount = lines.amount[rows[order]].sums(starts)
        return keys[0][starts], keys[1][starts], days[keys[2][starts]], keys[3][starts], amount

    def _find_plans(self) -> None:
        pay = self.pay
        triples = np.unique(np.stack([pay.payee, pay.unit, pay.part]), axis=1) if len(pay.payee) else None
        names = list(self.units)
        for payee, unit, plan in triples.T.tolist() if triples is not None else ():
            self.earning.setdefault((payee, names[unit]), set()).add(plan)

    # -- who is settled -------------------------------------------------------------------------------
    def settled(self) -> tuple[list[Part], list[Balance]]:
        found: list[Problem] = []
        terms = [t for t in stated(self.world, found) if self._wanted(t.payee)]
        self.problems.extend(found)
        spans: dict[Key, list[tuple[date, date]]] = {}
        for term in terms:
            for unit in self._units_of(term):
                if term.first is not None and term.last is not None:
                    forgiven = [term.forgiven.last] if term.forgiven is not None else []
                    last = max([term.last.last, *forgiven])
                    spans.setdefault((term.payee, unit), []).append((term.first.first, last))
        opened: set[Key] = set()
        for key, period in self._openings():
            spans.setdefault(key, []).append((period.first, period.last))
            opened.add(key)
        negative = self._negative()
        keys = {*spans, *negative, *self._limited()}
        groups: dict[tuple[tuple[int, ...], frozenset[str]], list[Key]] = {}
        for key in sorted(keys):
            plans = tuple(sorted(self._plans_of(key)))
            if key not in spans and not any(_acting(self.plans[p]) for p in plans) and self._paid_out(plans):
                continue
            groups.setdefault((plans, self._cadences(key, plans)), []).append(key)
        out: list[Part] = []
        balances: list[Balance] = []
        for (plans, cadences), members in sorted(groups.items(), key=lambda g: (g[0][0], sorted(g[0][1]))):
            part, rows = self._group(plans, cadences, members, spans, opened, negative, terms)
            if part is not None:
                out.append(part)
            balances.extend(rows)
        order = {payee: i for i, payee in enumerate(self.world.payees)}
        balances.sort(key=lambda b: order[b.payee])
        return out, balances

    def _cadences(self, key: Key, plans: tuple[int, ...]) -> frozenset[str]:
        """How often a payee is paid: by the plans that might pay, so that a month without sales is a month too, or those that do."""
        calendar = self.world.calendar
        usual = {calendar.pay_cadence} if calendar.pay_cadence else set()
        found, might = ({cadence_of(self.plans[p], calendar) for p in of} or usual for of in (plans, {*plans, *self._on(key[0])}))
        return frozenset(might if shortest(might, calendar) else found)

    def _wanted(self, payee: int) -> bool:
        return self.only is None or payee in self.only

    def _units_of(self, term: Term) -> list[str]:
        if term.unit:
            return [term.unit]
        own = [unit for payee, unit in self.earning if payee == term.payee]
        plans = [self.plans[p].currency for p in self._on(term.payee)]
        return list(dict.fromkeys(own)) or list(dict.fromkeys(u for u in plans if u))[:1]

    def _openings(self) -> list[tuple[Key, Period]]:
        table = self.world.table("opening_balances")
        column = table.amounts("balance")
        out: list[tuple[Key, Period]] = []
        for row, payee in enumerate(table.words("payee").tolist()):
            unit = str(column.currency[row]) if column.currency is not None else ""
            key = (self.world.payee_code[payee], unit)
            if self._wanted(key[0]):
                out.append((key, self.world.period(str(table.words("period")[row]))))
        return out

    def _negative(self) -> set[Key]:
        """The payees who are paid less than nothing in some period."""
        pay = self.pay
        if not len(pay.payee):
            return set()
        order = np.lexsort((pay.end, pay.unit, pay.payee))
        keys = [k[order] for k in (pay.payee, pay.unit, pay.end)]
        new = np.ones(len(order), dtype=bool)
        new[1:] = np.logical_or.reduce([k[1:] != k[:-1] for k in keys])
        starts = np.flatnonzero(new)
        low = starts[pay.amount[order].sums(starts).num < 0]
        names = list(self.units)
        return {
            (p, names[u])
            for p, u in zip(keys[0][low].tolist(), keys[1][low].tolist(), strict=True)
            if self._wanted(p)
        }

    def _limited(self) -> set[Key]:
        """The payees whose whole pay some plan limits, tops up or carries."""
        out: set[Key] = set()
        for k, plan in enumerate(self.plans):
            if not _acting(plan):
                continue
            out |= {key for key, plans in self.earning.items() if k in plans and self._wanted(key[0])}
            if any(isinstance(m, Settling) and m.everybody for m in plan.settling):
                unit = plan.currency or _money_of(plan)
                out |= {
                    (code, unit)
                    for code in range(len(self.world.payees))
                    if self._wanted(code) and self.eligible[k].ever(code)
                }
        return out

    def _on(self, payee: int) -> set[int]:
        return {k for k, e in enumerate(self.eligible) if e.ever(payee)}

    def _plans_of(self, key: Key) -> set[int]:
        """The plans that pay a payee, or else those that the payee is on."""
        return self.earning.get(key) or self._on(key[0])

    def _paid_out(self, plans: tuple[int, ...]) -> bool:
        return bool(plans) and all(
            self.plans[p].conventions.get("balance.negative") == "paid out" for p in plans
        )

    def _stated_at(self, keys: list[Key], terms: list[Term]) -> Where:
        """The row that states a draw or a balance of the first of some payees."""
        balances = self.world.table("opening_balances")
        payee = keys[0][0]
        stated = [t.where for t in terms if t.payee == payee]
        stated += [balances.where(int(r)) for r in np.flatnonzero(balances.words("payee") == self.world.payees[payee])]
        return next(iter(stated), Where())

    def _far_off(self, keys: list[Key], terms: list[Term], paid: list[date], where: Where) -> Where:
        """The row of a draw or a balance whose period lies farthest from the others and from what is paid."""
        payees, table = {payee for payee, _ in keys}, self.world.table("opening_balances")
        days = [(day, where) for day in paid]
        own = [t for t in terms if t.payee in payees]
        days += [(p.first, t.where) for t in own for p in (t.first, t.last) if p is not None]
        for row, payee in enumerate(table.words("payee").tolist()):
            if self.world.payee_code[payee] in payees:
                days.append((self.world.period(str(table.words("period")[row])).first, table.where(row)))
        return farthest(days, where)

    # -- settling them --------------------------------------------------------------------------------
    def _group(
        self,
        plans: tuple[int, ...],
        cadences: frozenset[str],
        keys: list[Key],
        spans: dict[Key, list[tuple[date, date]]],
        opened: set[Key],
        negative: set[Key],
        terms: list[Term],
    ) -> tuple[Part | None, list[Balance]]:
        """Everybody who is on the same plans."""
        own = tuple(self.plans[p] for p in plans)
        where = own[0].where if own else self._stated_at(keys, terms)
        cadence = shortest(cadences, self.world.calendar)
        if cadence is None:
            payee = keys[0][0]
            of = {*plans, *self._on(payee)}
            paying = [p for k, p in enumerate(self.plans) if k in of]
            self.problems.append(mixed(self.world.payees[payee], paying, self.world.calendar, where))
            return None, []
        mine = [p for p in self.parts if p.plan in own and p.periods]
        days = [d for key in keys for span in spans.get(key, ()) for d in span]
        days += list(self._span_of(mine, own)) if mine else []
        if self.until is not None:
            days = [d for d in days if d <= self.until] + (
                [self.until] if max(days, default=self.until) > self.until else []
            )
        if not days:
            return None, []
        if self.until is not None and mine and any(_acting(p) for p in own):
            # What everybody is paid, and what waits, goes on without records.
            days.append(self._ends(min(days), cadence))
        if (max(days) - min(days)).days > MAX_DAYS:
            self.problems.append(
                Problem(
                    "dates-far-apart",
                    f"the pay, draws and balances reach from {min(days)} to {max(days)}.",
                    self._far_off(keys, terms, [d for p in mine for d in (p.periods[0].first, p.periods[-1].last)], where),
                    "More than 100 years are hardly meant; a wrong date would move money to another period.",
                    "Correct the period, or state until when to calculate.",
                )
            )
            return None, []
        periods = self.world.calendar.periods(min(days), max(days), cadence)
        program = self._program(
            own,
            any(k in spans or (k in negative and not self._paid_out(plans)) for k in keys),
            where,
        )
        if program is None:
            return None, []
        run, ends = self._run(own, keys, spans, periods, cadence, mine, terms)
        self._check_currencies(keys, terms, spans)
        for mechanic in program:
            mechanic.settle(run)
            if run.problems:
                self.problems.extend(run.problems)
                return None, []
        lines, rules = run.lines()
        balances = run.balances(ends)
        part = Part(None, "", None, rules, [], periods, lines) if lines is not None else None
        return part, balances

    def _program(self, plans: tuple[Plan, ...], owes: bool, where: Where) -> list[Settling] | None:
        """The settling mechanics of some plans, in order; None where they don't fit together."""
        lists = {p.settling for p in plans}
        if len(lists) > 1:
            self.problems.append(
                Problem(
                    "settle-differs",
                    "a payee is paid by "
                    + " and ".join(f'"{p.name}"' for p in plans)
                    + ', whose "settle" differ.',
                    where,
                    "The whole pay of a payee can be settled in one way only.",
                    'State the same "settle" in all plans of the payee.',
                )
            )
            return None
        listed = [m for m in (lists.pop() if lists else ()) if isinstance(m, Settling)]
        acting = [m for m in listed if m.acts]
        if any(m.debts for m in acting):
            return acting
        if acting and owes:
            self.problems.append(
                Problem(
                    "settle-order",
                    '"settle" doesn\'t say when draws and debts are settled.',
                    acting[0].where,
                    "A limit before or after a draw pays another amount.",
                    'Add "- draw" to "settle" where draws, opening balances and pay below zero belong.',
                )
            )
            return None
        return acting or [Draw()]

    def _run(
        self,
        plans: tuple[Plan, ...],
        keys: list[Key],
        spans: dict[Key, list[tuple[date, date]]],
        periods: list[Period],
        cadence: str,
        mine: list[Part],
        terms: list[Term],
    ) -> tuple[SettlingRun, Array]:
        shape = (len(keys), len(periods))
        lasts = np.array([p.last for p in periods], dtype="datetime64[D]").astype(np.int64)
        row_of = {key: r for r, key in enumerate(keys)}
        pay = self.pay
        names = list(self.units)
        code = np.full((len(self.world.payees), max(len(names), 1)), -1, dtype=np.int64)
        for (payee, unit), r in row_of.items():
            if unit in self.units:
                code[payee, self.units[unit]] = r
        row = code[pay.payee, pay.unit] if len(pay.payee) else np.zeros(0, np.int64)
        at = np.searchsorted(lasts, pay.end)
        kept = np.flatnonzero((row >= 0) & (at < len(periods)))
        first = np.full(len(keys), len(periods), dtype=np.int64)
        ends = np.full(len(keys), -1, dtype=np.int64)
        np.minimum.at(first, row[kept], at[kept])
        np.maximum.at(ends, row[kept], at[kept])
        whole_last = max((int(np.searchsorted(lasts, _day(p.periods[-1].last))) for p in mine), default=-1)
        goes_on = self.until is not None and bool(mine) and any(_acting(p) for p in plans)
        if goes_on:
            whole_last = len(periods) - 1
        for key, found in spans.items():
            if key in row_of:
                r = row_of[key]
                for a, b in found:
                    first[r] = min(first[r], int(np.searchsorted(lasts, _day(a))))
                    ends[r] = max(ends[r], int(np.searchsorted(lasts, _day(b))))
        codes = np.array([k for k, _ in keys], dtype=np.int64)
        eligible = [e for e in self.eligible if e.plan in plans]
        on_in = Presence(codes, eligible, self.world).on_in

        if any(isinstance(m, Settling) and m.everybody for p in plans for m in p.settling) and mine:
            begin, finish = self._span_of(mine, plans)
            finish = periods[-1].last if goes_on else finish
            for t, period in enumerate(periods):
                if begin <= period.first and period.last <= finish:
                    on = on_in(period)
                    first[on] = np.minimum(first[on], t)
                    ends[on] = np.maximum(ends[on], t)
        ends = np.minimum(ends, len(periods) - 1)
        last = np.minimum(np.maximum(ends, whole_last), len(periods) - 1)
        parts: dict[tuple[str, str], Exact] = {}
        owners = {w: key for key, w in self.words.items()}
        for w in np.unique(pay.word[kept]).tolist():
            rows = kept[pay.word[kept] == w]
            plan, name = owners[w]
            parts[self.plans[plan].name if plan >= 0 else "", name] = matrix_of(
                row[rows], at[rows], pay.amount[rows], shape
            )
        total = matrix_of(row[kept], at[kept], pay.amount[kept], shape)
        run = SettlingRun(
            self.world,
            plans,
            codes,
            np.array([u for _, u in keys], dtype=object),
            periods,
            cadence,
            total,
            parts,
            first,
            last,
            on_in,
            terms,
        )
        return run, ends

    def _ends(self, first: date, cadence: str) -> date:
        """The last day of the last pay period that ends by the day up to which is calculated."""
        assert self.until is not None
        found = self.world.calendar.periods(min(first, self.until), self.until, cadence)
        return max((p.last for p in found if p.last <= self.until), default=first)

    def _span_of(self, mine: list[Part], plans: tuple[Plan, ...]) -> tuple[date, date]:
        """The days that a group's run covers: those of its records, and of what it pays everybody."""
        first, last = min(p.periods[0].first for p in mine), max(p.periods[-1].last for p in mine)
        begins = [
            m.begins(self.world.calendar, first)
            for p in plans
            for m in p.settling
            if isinstance(m, Settling) and m.everybody
        ]
        return min([first, *begins]), last

    def _check_currencies(
        self, keys: list[Key], terms: list[Term], spans: dict[Key, list[tuple[date, date]]]
    ) -> None:
        """A draw or a balance in a currency in which the payee isn't paid would never meet the pay."""
        for payee, unit in keys:
            if (payee, unit) in self.earning or (payee, unit) not in spans:
                continue
            others = sorted(u for p, u in self.earning if p == payee)
            if others:
                term = next((t for t in terms if t.payee == payee), None)
                self.problems.append(
                    Problem(
                        "currency-mixed",
                        f'"{self.world.payees[payee]}" has a draw or a balance in {unit}, and is paid in {others[0]}.',
                        term.where if term else Where(),
                        "They can't be compared.",
                        "State it in the currency of the pay.",
                    )
                )


def _acting(plan: Plan) -> bool:
    """Whether a plan settles anything, beyond how closed periods are shown."""
    return any(isinstance(m, Settling) and m.acts for m in plan.settling)


def _day(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))


def _money_of(plan: Plan) -> str:
    """The currency in which a plan without one tops everybody's pay up."""
    for mechanic in plan.settling:
        amount = getattr(mechanic, "amount", None)
        if amount is not None:
            return str(amount.currency)
    return ""
