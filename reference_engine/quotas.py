"""Quotas and target incentives: what is stated, what the plan's quota mechanics make of it, and what counts of it for
somebody who is there for a part of the time only."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np

from reference_engine.columns import Exact, days_of
from reference_engine.people import Days, People, common
from reference_engine.problems import Problem, Where
from reference_engine.proration import Portion, work_time
from reference_engine.quota_activity import Active, portion_words
from reference_engine.quota_entries import Entries, QuotaMechanic, QuotaRun, amount_words
from reference_engine.quota_interval import Book, QuotaCells, resolved, used
from reference_engine.quota_sources import assigned, stated
from reference_engine.selection import Eligibility, eligibility
from reference_engine.vocabulary.calendar import NotAPeriod, Period
from reference_engine.vocabulary.plan import Plan
from reference_engine.vocabulary.results import QuotaRow
from reference_engine.world import World


@dataclass(frozen=True, slots=True)
class Quota:
    """amount: exact.  currency: its currency, "" for units.  where: the row that states it."""

    amount: Fraction
    currency: str
    where: Where


@dataclass
class Quotas:
    """Looks up what payees are expected to sell, and what they earn at target."""

    world: World
    problems: list[Problem]
    plans: Sequence[Plan]
    _books: dict[tuple[str, str, date, date], Book] = field(default_factory=dict)
    _cells: dict[tuple[object, ...], QuotaCells] = field(default_factory=dict)
    _eligible: dict[str, Eligibility] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.people: People = self.world.people
        self._work = work_time(self.world, self.problems)
        self._by_name = {p.name: p for p in self.plans}
        self._check_labels()
        table = self.world.table("plan_assignments")
        if "quota" not in table.numbers and "target incentive" not in table.numbers:
            return
        quota, target = table.amounts("quota"), table.amounts("target incentive")
        blank = (quota.present | target.present) & (table.words("period") == "")
        for row in np.flatnonzero(blank).tolist():
            self.problems.append(
                Problem(
                    "quota-period",
                    f'"{table.words("payee")[row]}" has a quota or target without its period.',
                    table.where(row),
                    "A quota of a year isn't one of a month.",
                    'Fill the column "period" with month, quarter, half-year or year.',
                )
            )

    def _check_labels(self) -> None:
        """The periods that quota mechanics name must be periods, whether or not anything looks at the quota."""
        for mechanic in (m for p in self.plans for m in _mechanics(p)):
            for label in mechanic.labels():
                try:
                    self.world.calendar.period(label)
                except NotAPeriod as error:
                    self.problems.append(
                        Problem(
                            "not-a-period",
                            f'"{mechanic.name}": {error.what}',
                            mechanic.where,
                            "The quota would be for no time.",
                            error.remedy,
                        )
                    )

    # -- asking ----------------------------------------------------------------------------------------
    def cells(
        self, plan: str, intervals: Sequence[Period], measure: str = "", kind: str = "quota"
    ) -> QuotaCells:
        """The amounts of every payee of the world for some intervals."""
        key = (plan, kind, measure, *((i.first, i.last) for i in intervals))
        with self._lock:
            if key not in self._cells:
                book = self._book(plan, kind, intervals)
                self._cells[key] = resolved(book, intervals, measure, lambda code: self._there(plan, code))
                self.problems.extend(p for p in book.problems if p not in self.problems)
            return self._cells[key]

    def quota(self, payee: str, plan: str, interval: Period, cadence: str, measure: str) -> Quota | None:
        """The quota for an interval: stated for it, or the sum of quotas for the parts that make it up."""
        return self._one(payee, self.cells(plan, [interval], measure))

    def target(self, payee: str, plan: str, interval: Period, cadence: str) -> Quota | None:
        """The target incentive for an interval."""
        return self._one(payee, self.cells(plan, [interval], kind="target incentive"))

    def _one(self, payee: str, cells: QuotaCells) -> Quota | None:
        code = self.world.payee_code[payee]
        if not cells.present[code, 0]:
            return None
        return Quota(cells.amount[code].at(0), str(cells.currency[code, 0]), cells.place(code, 0))

    def beside(
        self, payee: str, plan: str, interval: Period, measure: str = ""
    ) -> list[tuple[Period, Where]]:
        """The quotas of a payee for other periods that share days with an interval, and where each is stated."""
        book = self._book(plan, "quota", [interval])
        entries, periods = book.final, book.run.periods
        found: dict[Period, Where] = {}
        for row in np.flatnonzero(entries.holder == self.world.payee_code[payee]).tolist():
            period = periods[int(entries.period[row])]
            counts = not measure or str(entries.measure[row]) in ("", measure)
            if counts and period.first <= interval.last and interval.first <= period.last:
                found.setdefault(period, book.run.wheres[int(entries.where[row])])
        return sorted(found.items(), key=lambda f: (f[0].first, f[0].last))

    def with_target(self, plan: str) -> list[str]:
        """The payees who have a target incentive under a plan."""
        table = self.world.table("plan_assignments")
        found: dict[str, None] = {}
        if "target incentive" in table.numbers:
            rows = (table.words("plan") == plan) & table.amounts("target incentive").present
            found = dict.fromkeys(table.words("payee")[rows].tolist())
        made = self._by_name.get(plan)
        if made is not None and any(m.makes_targets for m in _mechanics(made)):
            found |= dict.fromkeys(
                self.world.payees[c] for c in np.flatnonzero(self.eligible(plan).members()).tolist()
            )
        return list(found)

    def _there(self, plan: str, payee: int) -> list[Days]:
        """The spans in which a payee is employed, and on the plan if ever."""
        there, eligible = self.people.employed(payee), self.eligible(plan)
        return common(there, eligible.spans(payee)) if eligible.ever(payee) else there

    def eligible(self, plan: str) -> Eligibility:
        if plan not in self._eligible:
            self._eligible[plan] = eligibility(self._by_name[plan], self.world)
        return self._eligible[plan]

    def steps(
        self, payee: int, plan: str, interval: Period, measure: str = "", kind: str = "quota"
    ) -> tuple[str, ...]:
        """What made the quota, or the target incentive, of a payee for an interval, in words; nothing where there is none."""
        cells = self.cells(plan, [interval], measure, kind)
        if not cells.present[payee, 0]:
            return ()
        book = self._book(plan, kind, [interval])
        rows = used(book, payee, interval, measure)
        if len(rows) == 1:
            return _steps(book, rows[0])
        entries, periods = book.final, book.run.periods
        parts = [f"{periods[int(entries.period[r])].label}: {', '.join(_steps(book, r))}" for r in rows]
        total = amount_words(cells.amount[payee].at(0), str(cells.currency[payee, 0]))
        return (*parts, f"together: {total}")

    def check(self) -> None:
        """A quota that can't be made is refused, though nothing is paid on it: it would be shown half made."""
        for plan in self.plans:
            spans = self._stated_days(plan) if _mechanics(plan) else None
            if spans is not None:
                found = self._book(plan.name, "quota", [Period(*spans, "")]).problems
                self.problems.extend(p for p in found if p not in self.problems)

    def rows(self) -> list[QuotaRow]:
        """Every quota of every plan after its last step, with the steps that made it."""
        out: list[QuotaRow] = []
        for plan in self.plans:
            spans = self._stated_days(plan)
            if spans is None:
                continue
            book = self._book(plan.name, "quota", [Period(*spans, "")])
            entries, amounts = book.final, book.final.amount.fractions()
            for row in range(len(entries)):
                out.append(
                    QuotaRow(
                        book.run.names[entries.holder[row]],
                        plan.name,
                        str(entries.measure[row]),
                        book.run.periods[entries.period[row]].label,
                        amounts[row],
                        str(entries.currency[row]),
                        _steps(book, row),
                        book.run.wheres[entries.where[row]],
                    )
                )
        return out

    def _stated_days(self, plan: Plan) -> Days | None:
        """The days that the quotas of a plan speak of: the stated periods, or else the first year of the assignments."""
        labels: list[str] = []
        for name in ("quotas", "territory_quotas", "account_quotas"):
            labels += [w for w in dict.fromkeys(self.world.table(name).words("period").tolist()) if w]
        labels += [label for m in _mechanics(plan) for label in m.labels()]
        periods = [self.world.calendar.period(label) for label in labels]
        table = self.world.table("plan_assignments")
        mine = (table.words("plan") == plan.name) & table.amounts("quota").present
        for day in sorted(set(table.days("from")[mine].tolist()))[:1]:
            periods.append(self._year(day))
        if not periods and _mechanics(plan):
            # Only the plan states quotas: those are shown that something has been measured by.
            asked = [Period(a, b, "") for name, kind, a, b in self._books if (name, kind) == (plan.name, "quota")]
            periods.extend(asked)
        if not periods:
            return None
        return min(p.first for p in periods), max(p.last for p in periods)

    def _year(self, day: date) -> Period:
        try:
            return self.world.calendar.period_of(day, "year")
        except NotAPeriod:
            return Period(day, day, str(day))

    # -- making ----------------------------------------------------------------------------------------
    def _book(self, plan: str, kind: str, intervals: Sequence[Period]) -> Book:
        first, last = self._year(intervals[0].first).first, self._year(intervals[-1].last).last
        first, last = min(first, intervals[0].first), max(last, intervals[-1].last)
        key = (plan, kind, first, last)
        with self._lock:
            if key not in self._books:
                self._books[key] = self._made(self._by_name[plan], kind, (first, last))
            return self._books[key]

    def _made(self, plan: Plan, kind: str, horizon: Days) -> Book:
        problems: list[Problem] = []
        run = QuotaRun(self.world, plan, horizon, kind, problems)
        entries = stated(run) if kind == "quota" else Entries.empty()
        entries = Entries.joined([entries, assigned(run)])
        steps: list[tuple[QuotaMechanic | None, Entries]] = [(None, entries)]
        for mechanic in _mechanics(plan):
            if kind not in mechanic.kinds:
                continue
            entries = mechanic.quotas(entries, run)
            steps.append((mechanic, entries))
            if problems:
                break
        return self._prorated(run, steps, problems)

    def _prorated(
        self, run: QuotaRun, steps: list[tuple[QuotaMechanic | None, Entries]], problems: list[Problem]
    ) -> Book:
        entries = steps[-1][1]
        counted = np.ones(len(entries), dtype=bool)
        first, last = days_of([p.first for p in run.periods]), days_of([p.last for p in run.periods])
        portions: dict[int, Portion] = {}
        if len(entries):
            active = Active(run, self.eligible(run.plan.name), self._work)
            cut = active.cut(entries, first[entries.period], last[entries.period])
            if len(cut):
                begin, end = first[entries.period[cut]], last[entries.period[cut]]
                cut = cut[~active.whole(entries, cut, begin, end)]
            changed: list[int] = []
            amounts: list[Fraction] = []
            for row in cut.tolist():
                portion = active.portion(entries, row)
                if portion is None or (portion.factor == 1 and not portion.unit):
                    continue
                portions[row] = portion
                counted[row] = bool(portion.factor)
                changed.append(row)
                amounts.append(entries.amount.at(row) * portion.factor)
            if changed:
                entries = entries.change(
                    np.array(changed, dtype=np.int64),
                    Exact.of(amounts),
                    run.noted(portion_words(portions[r]) for r in changed),
                )
                steps.append((None, entries))
            problems.extend(active.problems())
        rounding = run.plan.conventions.round_at("quota") if run.kind == "quota" else None
        if rounding is not None and len(entries):
            rounded = entries.amount.rounded(rounding.mode, rounding.decimals)
            rows = np.flatnonzero(~rounded.same(entries.amount))
            note = run.note(f"rounded {rounding.mode} to {rounding.decimals} decimals")
            entries = entries.change(rows, rounded[rows], np.full(len(rows), note))
            steps.append((None, entries))
        return Book(run, steps, entries, counted, portions, problems)


def _mechanics(plan: Plan) -> list[QuotaMechanic]:
    return [m for m in plan.quota if isinstance(m, QuotaMechanic)]


def _steps(book: Book, row: int) -> tuple[str, ...]:
    """What was done to one of the last entries, first step first."""
    out: list[str] = []
    for _, entries in reversed(book.steps):
        if row < 0:
            break
        if entries.note[row] >= 0:
            worth = amount_words(entries.amount.at(row), str(entries.currency[row]))
            out.append(f"{book.run.told(int(entries.note[row]))}: {worth}")
        row = int(entries.origin[row])
    return tuple(out[::-1])
