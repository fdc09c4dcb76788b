"""The result of a run: columns inside, rows of the vocabulary for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

import numpy as np

from reference_engine.attainments import AttainmentColumns
from reference_engine.columns import NONE, Array
from reference_engine.events import SOURCE, Events
from reference_engine.lines import Lines, Rule, paid
from reference_engine.mechanics.crediting.credits import TYPES, Credits
from reference_engine.quotas import Quotas
from reference_engine.vocabulary.calendar import Calendar, Period
from reference_engine.vocabulary.plan import Component, Plan
from reference_engine.vocabulary.results import (
    Attainment,
    Balance,
    Credit,
    EarnedLine,
    FigureValue,
    Payout,
    QuotaRow,
)
from reference_engine.world import World


@dataclass
class Part:
    """The lines of one component of one plan, or of what stands above components and plans.

    history: with the trace on, every step with the lines after it; None as step for the lines at the start.
    """

    plan: Plan | None
    name: str
    component: Component | None
    rules: Sequence[Rule]
    attainments: list[AttainmentColumns]
    periods: list[Period]
    lines: Lines
    history: list[tuple[object, Lines]] = field(default_factory=list)
    notes: dict[int, dict[tuple[int, int], dict[str, str]]] = field(default_factory=dict)
    """With the trace on: a mechanic -> (payee, period) -> the figures that it looked at, in words."""
    above: bool = False
    """Whether it stands above the components of its plan."""
    credited: Array = field(default_factory=lambda: NONE)
    """The credits that the component pays on, whether they earn something or not."""
    known: Array | None = None
    """The day on which each line became known, where no record causes it and it was entered by hand."""


    def keep(self, payees: Array) -> None:
        """Only the lines and attainments of some payees stay."""
        rows = np.flatnonzero(np.isin(self.lines.payee, payees))
        self.lines = self.lines.take(rows)
        if self.history:
            self.history.append(("only some payees", self.lines))
        kept = [(c, np.isin(c.payee, payees)) for c in self.attainments]
        self.attainments = [
            replace(
                c,
                payee=c.payee[own],
                interval=c.interval[own],
                measured=c.measured[own],
                quota=c.quota[own],
                value=c.value[own],
                currency=c.currency[own],
            )
            for c, own in kept
        ]


@dataclass(frozen=True, slots=True)
class Unpaid:
    """Deals and sales that no plan of the run pays on.  of: how many there are in all.  amounts: by currency."""

    names: tuple[str, ...]
    of: int
    amounts: dict[str, Fraction]


@dataclass(frozen=True)
class Result:
    """What a calculation says.  settled: what stands above the plans (draws, balances); balances: what stays open."""

    world: World
    plans: tuple[Plan, ...]
    events: Events
    credits: Credits
    parts: list[Part]
    settled: tuple[list[Part], list[Balance]]
    quotas: Quotas | None = None
    shown: tuple[FigureValue, ...] = ()

    @property
    def payees(self) -> tuple[str, ...]:
        return self.world.payees

    @property
    def calendar(self) -> Calendar:
        return self.world.calendar

    @cached_property
    def _lines(self) -> list[EarnedLine]:
        return [row for part in (*self.parts, *self.settled[0]) for row in self.rows_of(part)]

    def line_rows(self) -> list[EarnedLine]:
        """Every earned line, plan by plan."""
        return self._lines

    def credit_rows(self) -> list[Credit]:
        """Every credit, whether a plan pays on it or not."""
        e, c = self.events, self.credits
        units = np.isin(e.source, [SOURCE["retail sales"], SOURCE["returns of sales"]])
        values = (e.amount[c.event] * c.share).fractions()
        counts = (e.units[c.event] * c.share).fractions()
        shares = c.share.fractions()
        out: list[Credit] = []
        for i, event in enumerate(c.event.tolist()):
            value = counts[i] if units[event] else values[i]
            out.append(
                Credit(
                    self.payees[c.payee[i]],
                    str(e.record[event]),
                    str(e.line[event]),
                    str(e.deal[event]),
                    str(e.kind[event]),
                    TYPES[c.type[i]],
                    e.date[event].astype(object),
                    shares[i],
                    value * int(e.sign[event]),
                    "" if units[event] else str(e.currency[event]),
                )
            )
        return out

    @cached_property
    def _payouts(self) -> list[Payout]:
        totals: dict[tuple[str, str, str, date, date, str], tuple[Period, Fraction, int]] = {}
        payees = self.payees
        for part in (*self.parts, *self.settled[0]):
            plan = part.plan.name if part.plan is not None else ""
            own = part.name if part.component is not None and not part.above else ""
            for p in paid(part.lines):
                period = part.periods[p.period]
                key = (payees[p.payee], plan, own or p.kind, period.first, period.last, p.currency)
                known = totals.get(key)
                totals[key] = (
                    (period, p.amount, p.count)
                    if known is None
                    else (known[0], known[1] + p.amount, known[2] + p.count)
                )
        after = {p.name: p.paid_after_days for p in reversed(self.plans)}
        return [
            Payout(
                *(payee, period.label, first, last, plan, component, amount, currency, count),
                None if (days := after.get(plan)) is None else last + timedelta(days=days),
            )
            for (payee, plan, component, first, last, currency), (period, amount, count) in totals.items()
        ]

    @property
    def line_count(self) -> int:
        """How many earned lines there are."""
        return sum(len(part.lines) for part in (*self.parts, *self.settled[0]))

    def payout_rows(self) -> list[Payout]:
        """What every payee is paid, by period, plan and component."""
        return self._payouts

    def attainment_rows(self) -> list[Attainment]:
        """Every attainment that a plan looked at."""
        out: list[Attainment] = []
        for part in self.parts:
            if part.plan is None or part.component is None:
                continue
            for columns in part.attainments:
                measured, quota = columns.measured.fractions(), columns.quota.fractions()
                value = columns.value.fractions()
                for i, code in enumerate(columns.payee.tolist()):
                    out.append(
                        Attainment(
                            self.payees[code],
                            part.plan.name,
                            part.name,
                            columns.measure or part.component.measure,
                            columns.intervals[columns.interval[i]].label,
                            measured[i],
                            quota[i],
                            str(columns.currency[i]),
                            value[i],
                        )
                    )
        return out

    def quota_rows(self) -> list[QuotaRow]:
        """Every quota of every plan, of payees and territories, with the steps that made it."""
        return self.quotas.rows() if self.quotas is not None else []

    def unpaid(self) -> Unpaid:
        """The deals and sales of which no record is credited under any plan: nobody is paid anything for them."""
        e = self.events
        sold = np.flatnonzero(np.isin(e.source, [SOURCE["deals"], SOURCE["retail sales"]]))
        paid = {deal for part in self.parts for deal in e.deal[self.credits.event[part.credited]].tolist()}
        lost = sold[[deal not in paid for deal in e.deal[sold].tolist()]] if len(sold) else sold
        amounts: dict[str, Fraction] = {}
        for currency, amount in zip(e.currency[lost].tolist(), e.amount[lost].fractions(), strict=True):
            if currency:
                amounts[currency] = amounts.get(currency, Fraction(0)) + amount
        return Unpaid(tuple(e.deal[lost].tolist()), len(sold), amounts)

    def figure_rows(self) -> list[FigureValue]:
        """The figures that the plans show."""
        return list(self.shown)

    def balance_rows(self) -> list[Balance]:
        """What stands open after each period, for payees with draws or balances."""
        return self.settled[1]

    def rows_of(self, part: Part, only: Array | None = None) -> list[EarnedLine]:
        """The lines of one part as rows; only: the positions wanted."""
        lines, e = part.lines, self.events
        at = np.arange(len(lines)) if only is None else only
        base, rate, amount = (
            lines.base[at].fractions(),
            lines.rate[at].fractions(),
            lines.amount[at].fractions(),
        )
        plan = part.plan.name if part.plan is not None else ""
        shared = part.component is not None and any(s != 1 for s in part.component.sources.values())
        names = [n for n in e.attributes if n not in ("deal",)]
        out: list[EarnedLine] = []
        for i, row in enumerate(at.tolist()):
            event, rule, credit = int(lines.event[row]), int(lines.rule[row]), int(lines.credit[row])
            r = part.rules[rule] if rule >= 0 else None
            kind = str(lines.kind[row]) or (str(e.kind[event]) if event >= 0 else "")
            attributes: tuple[tuple[str, str], ...] = ()
            if event >= 0:
                attributes = tuple((n, str(e.attributes[n][event])) for n in names if e.attributes[n][event])
                if e.free[event]:
                    attributes += (("commission free", "yes"),)
            label = (r.label if r is not None else "") or (
                self._label(event, kind, shared=shared) if event >= 0 else kind
            )
            held = bool(lines.held[row])
            has_base = event >= 0 or bool(lines.unit[row]) or bool(lines.has_rate[row])
            out.append(
                EarnedLine(
                    payee=self.payees[lines.payee[row]],
                    plan=plan,
                    component=part.name if part.component is not None and not part.above else kind,
                    period=part.periods[lines.period[row]].label,
                    pay_period="" if held else part.periods[lines.paid_in[row]].label,
                    state="held" if held else "released",
                    kind=kind,
                    record=str(e.record[event]) if event >= 0 else "",
                    line=str(e.line[event]) if event >= 0 else "",
                    deal=str(e.deal[event]) if event >= 0 else "",
                    date=_day(e.date[event]) if event >= 0 else None,
                    label=label,
                    base=base[i] if has_base and lines.kind[row] != "cancellation" else None,
                    base_currency=str(lines.unit[row]),
                    rate=rate[i] if lines.has_rate[row] else None,
                    rate_currency=str(lines.rate_unit[row]),
                    amount=amount[i],
                    currency=str(lines.currency[row]),
                    rule=r.words if r is not None else "",
                    credit=TYPES[self.credits.type[credit]] if credit >= 0 else "",
                    where=r.where
                    if r is not None
                    else (part.component.where if part.component is not None else e.where(event)),
                    attributes=attributes,
                )
            )
        return out

    def _label(self, event: int, kind: str, *, shared: bool) -> str:
        e = self.events
        record, source = str(e.record[event]), int(e.source[event])
        if source == SOURCE["deals"]:
            return f"{record}, booking" if shared else record
        if source == SOURCE["invoice lines"]:
            return f"{record} line {e.line[event]}"
        words = f"{kind} {record}"
        return f"{words}, booking" if shared and source == SOURCE["returns of deals"] else words


def _day(value: np.datetime64) -> date | None:
    return None if np.isnat(value) else value.astype(object)
