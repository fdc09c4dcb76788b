"""Guarantee: over a term, a payee earns at least so much; what is above it may count for the next term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.mechanics.measure import stacked
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settling.maximum import check_currency
from reference_engine.mechanics.settling_examples import earned, months, plan
from reference_engine.problems import Problem
from reference_engine.settling_run import Settling, SettlingRun
from reference_engine.vocabulary.calendar import Calendar, Period
from reference_engine.vocabulary.numbers import Money, format_money

_QUARTERS = "payee | plan | from\nAna | P | 2026-01-01"
_DEALS = {
    "plan_assignments": _QUARTERS,
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 12,000.00 USD | 2026-02-10\nD-2 | Ana | 5,000.00 USD | 2026-05-10",
}
_DEALS_PAGE = (
    "https://github.com/MicrosoftDocs/dynamics-365-unified-operations-public/blob/01e904d8b08eb143ce88b0ea3fdef6723d2b063a/"
    "articles/supply-chain/rebate-management/rebate-management-deals.md"
)


def _terms(paid: str, offset: str = "", excess: str = "lost", more: str = "") -> str:
    stated = f"guarantee.excess: {excess}" + (f", guarantee.offset: {offset}" if offset else "")
    return plan(
        f"{{guarantee: {{amount: '2,000.00 USD', per: period, term: quarter, paid: {paid}}}}}", stated, more
    )


@mechanic(
    "Whoever earned less than the guarantee over its term is paid the difference, in each pay period, at the start or at the end of the term.",
    (
        Example(
            "12,000 in the first quarter: its 2,000 above the guarantee of 10,000 count for the second, which is topped up by 3,000",
            plan("{guarantee: {amount: '10,000.00 USD'}}", "guarantee.excess: carried", "pays: quarterly"),
            _DEALS,
            "Ana | 2026-Q1 | 12,000.00 USD\nAna | 2026-Q2 | 8,000.00 USD",
            source=_DEALS_PAGE,
        ),
        Example(
            "Without that the second quarter is topped up by 5,000",
            plan("{guarantee: {amount: '10,000.00 USD'}}", "guarantee.excess: lost", "pays: quarterly"),
            _DEALS,
            "Ana | 2026-Q1 | 12,000.00 USD\nAna | 2026-Q2 | 10,000.00 USD",
            source=_DEALS_PAGE,
        ),
        Example(
            "10,000 over two months, paid at the start: the first month pays all of it, the second only what is above it",
            plan(
                "{guarantee: {amount: '10,000.00 USD', per: term, periods: 2, from: 2026-01, to: 2026-02, paid: at the start}}",
                "guarantee.excess: lost",
            ),
            earned("5,000.00", "7,000.00"),
            months("Ana", "10,000.00", "2,000.00"),
            source=_DEALS_PAGE,
        ),
        Example(
            "The same at the end: 12,000 were earned, so nothing is added",
            plan(
                "{guarantee: {amount: '10,000.00 USD', per: term, periods: 2, from: 2026-01, to: 2026-02, paid: at the end}}",
                "guarantee.excess: lost",
            ),
            earned("5,000.00", "7,000.00"),
            months("Ana", "5,000.00", "7,000.00"),
            source=_DEALS_PAGE,
        ),
        Example(
            "With offset, January above makes up for February, and what February got comes back in March",
            _terms("each period", "yes"),
            earned("2,500.00", "1,000.00", "3,000.00"),
            months("Ana", "2,500.00", "1,500.00", "2,500.00"),
        ),
        Example(
            "Without offset each month is topped up by itself; exactly 2,000 gets nothing",
            _terms("each period", "no"),
            earned("2,500.00", "1,000.00", "2,000.00"),
            months("Ana", "2,500.00", "2,000.00", "2,000.00"),
        ),
        Example(
            "At the end of the term without offset: February's 1,000 is added in March; a return makes more of it",
            _terms("at the end", "no", "lost, balance.negative: paid out"),
            earned("2,500.00", "-100.00", "2,600.00"),
            months("Ana", "2,500.00", "-100.00", "4,700.00"),
        ),
    ),
    formula=(
        "required = guarantee of the term - excess carried into it; paid for the term = max(required, earned). excess carried out = max(0, excess "
        "carried in + earned - guarantee)"
    ),
    boundary=(
        "Earned exactly the guarantee: nothing is added. With guarantee.offset yes the periods of a term are added up and a top-up comes back "
        "when later periods of the term make up for it; with no each is compared by itself. Nothing is owed after the term."
    ),
    sources=(
        "http://help.sap.com/saphelp_erp2005/helpdata/en/b9/1c77960ae011d4bcf300105ab032de/content.htm",
        _DEALS_PAGE,
    ),
    words={
        "SAP ICM": "guarantee with offset of excess and sub-threshold earnings, in advance or in arrears",
        "Dynamics 365": "royalty guarantee minimum; guarantee paid: beginning or end of period; cumulative",
    },
)
@dataclass(frozen=True)
class Guarantee(Settling):
    """amount: what is guaranteed.  per: whether it is for each pay period or for the whole term.  term: the time over which
    it is compared.  periods: instead, how many pay periods make a term, counted from `from`.  paid: when.  Over a term of several
    pay periods per and paid must be said.  from, to: first and last pay period."""

    amount: Money
    per: Literal["period", "term"] | None = None
    term: Literal["period", "quarter", "half-year", "year"] = "period"
    periods: int = 0
    paid: Literal["each period", "at the start", "at the end"] | None = None
    from_: str = ""
    to: str = ""

    @property
    def everybody(self) -> bool:
        return True

    @property
    def single(self) -> bool:
        """Whether each pay period is a term of its own."""
        return self.term == "period" and self.periods <= 1

    def needs(self) -> tuple[str, ...]:
        whole = self.single or self.per == "term"
        return ("guarantee.excess",) if whole else ("guarantee.excess", "guarantee.offset")

    def check(self, problems: list[Problem]) -> None:
        if self.periods > 1 and not self.from_:
            problems.append(
                Problem(
                    "guarantee-term",
                    f"a guarantee over {self.periods} pay periods doesn't say from which they are counted.",
                    self.where,
                    "Another start puts other periods together.",
                    "State the first pay period:  from: 2026-01",
                )
            )
        if not self.single:
            self._ask_term(problems)
        if self.per == "term" and self.paid == "each period" and not self.single:
            problems.append(
                Problem(
                    "guarantee-term",
                    "a guarantee for a whole term can't be compared in each pay period.",
                    self.where,
                    "It isn't stated how much of it a pay period has.",
                    'State the amount for each pay period, or pay it "at the start" or "at the end" of the term.',
                )
            )

    def _ask_term(self, problems: list[Problem]) -> None:
        """Over a term of several pay periods it matters what the amount is for, and when the difference is paid."""
        if self.per is None:
            problems.append(
                Problem(
                    "guarantee-term",
                    f"a guarantee of {self.amount} over several pay periods doesn't say what the amount is for.",
                    self.where,
                    "The answer changes what is paid.",
                    f"Add one of:\n      per: period (the amount is for each pay period): {self.amount} each"
                    f"\n      per: term (it is for the whole term): {self.amount} in all",
                )
            )
        if self.paid is None:
            problems.append(
                Problem(
                    "guarantee-term",
                    "a guarantee over several pay periods doesn't say when the difference is paid.",
                    self.where,
                    "The answer changes what is paid in which period.",
                    "Add one of:\n      paid: each period (in every pay period that is below it)"
                    "\n      paid: at the start (of the term, in advance)\n      paid: at the end (of the term)",
                )
            )

    def settle(self, run: SettlingRun) -> None:
        check_currency(run, self.amount, self)
        offset = (
            self.single
            or self.per == "term"
            or run.need("guarantee.offset", "the guarantee", self.where) == "yes"
        )
        carries = run.need("guarantee.excess", "the guarantee", self.where) == "carried"
        terms = self._terms(run)
        rows, periods = run.shape
        zero, each = Exact.full(rows, 0), Exact.full(rows, self.amount.amount)
        excess = earned = promised = paid = required = left = zero
        top: list[Exact] = []
        needed: list[Exact] = []
        reached: list[Exact] = []
        for t in range(periods):
            term = terms[t]
            if term is None:
                excess = earned = promised = zero
                top.append(zero)
                needed.append(zero)
                reached.append(zero)
                continue
            if t == 0 or terms[t - 1] is not term:
                excess = (excess + earned - promised).maximum(zero) if carries else zero
                earned = promised = paid = required = zero
                left = excess
            on = term.on[:, term.position[t]]
            whole = each if self.per == "term" else Exact(term.on.sum(axis=1).astype(np.int64)) * each
            last = term.last == term.position[t]
            now = Exact.where(on, run.pay[:, t], zero)
            earned = earned + now
            promised = whole if self.per == "term" else promised + Exact.where(on, each, zero)
            if offset:
                due = promised if self.paid in (None, "each period") else whole
                need = (due - excess).maximum(zero)
                total = (need - earned).maximum(zero)
            else:
                need = (each - left).maximum(zero)
                left = (left - Exact.where(on, each, zero)).maximum(zero)
                if self.paid == "at the start":
                    required = required + Exact.where(on, now.minimum(need), zero)
                    total = (whole - excess).maximum(zero) - required
                else:
                    required = required + Exact.where(on, (need - now).maximum(zero), zero)
                    total = required
            wanted = on & last if self.paid == "at the end" else on
            change = Exact.where(wanted, total - paid, zero)
            paid = paid + change
            top.append(change)
            needed.append(need)
            reached.append(earned if offset else now)
        self._say(run, stacked(top), stacked(needed), stacked(reached), offset)

    def _say(self, run: SettlingRun, top: Exact, needed: Exact, reached: Exact, whole: bool) -> None:
        nothing = run.nothing
        words = format_money(self.amount.amount, self.amount.currency)
        what = "for the whole term" if self.per == "term" else "for each pay period"
        up, down = top.maximum(nothing), (-top).maximum(nothing)

        def so_far(row: int, t: int) -> str:
            sign = "-" if reached.num[row, t] < 0 else ""
            when = "so far in the term" if whole and not self.single else "in the period"
            left = f", which leaves {run.money(needed, row, t)} to be earned by now" if whole else ""
            return f"{words} is guaranteed {what}{left}; {sign}{run.money(reached, row, t)} was earned {when}"

        run.add(
            "guarantee",
            lambda row, t: f"{so_far(row, t)}: {run.money(up, row, t)} is added",
            self.where,
            pay=up,
        )
        run.add(
            "guarantee offset",
            lambda row, t: (
                f"{so_far(row, t)}: {run.money(down, row, t)} that was added before is made up for and comes back"
            ),
            self.where,
            pay=-down,
        )

    def begins(self, calendar: Calendar, first: date) -> date:
        """The first day on which it counts in a run whose records begin on a day: its own, or that of the term."""
        if self.from_:
            return calendar.period(self.from_).first
        return first if self.term == "period" else calendar.period_of(first, self.term).first

    def _terms(self, run: SettlingRun) -> list[_Term | None]:
        """The term of each pay period; None outside the guarantee."""
        calendar = run.world.calendar
        first = calendar.period(self.from_).first if self.from_ else None
        last = calendar.period(self.to).last if self.to else None
        out: list[_Term | None] = []
        known: dict[date, _Term] = {}
        for t, period in enumerate(run.periods):
            if (first and period.first < first) or (last and period.last > last):
                out.append(None)
                continue
            members = self._members(run, period, first)
            members = [p for p in members if (not first or p.first >= first) and (not last or p.last <= last)]
            term = known.get(members[0].first)
            if term is None:
                on = np.stack([run.on_in(p) for p in members], axis=1)
                ends = np.where(on.any(axis=1), len(members) - 1 - on[:, ::-1].argmax(axis=1), -1)
                term = known[members[0].first] = _Term(on, ends, {})
            term.position[t] = [p.first for p in members].index(period.first)
            out.append(term)
        return out

    def _members(self, run: SettlingRun, period: Period, first: date | None) -> list[Period]:
        """The pay periods of the term that a period lies in."""
        calendar = run.world.calendar
        if self.periods > 1 and first is not None:
            before = calendar.periods(first, period.last, run.cadence)
            start = (len(before) - 1) // self.periods * self.periods
            members = before[start:]
            while len(members) < self.periods:
                after = members[-1].last + timedelta(days=1)
                members.append(calendar.period_of(after, run.cadence))
            return members
        if self.term == "period":
            return [period]
        whole = calendar.period_of(period.first, self.term)
        return calendar.periods(whole.first, whole.last, run.cadence)


@dataclass(frozen=True)
class _Term:
    """The pay periods over which a guarantee is compared.

    on: rows against its pay periods, where a payee is on the plan.  last: the last such period of each row.  position: of
    a run's period among them.
    """

    on: Array
    last: Array
    position: dict[int, int]
