"""Late payment penalty: the later a customer pays, the less of the commission is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE, Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.paying.past_due import base_day
from reference_engine.mechanics.portions import position
from reference_engine.mechanics.receivables import check_payments, newest, paid_in_full
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Percent, format_money
from reference_engine.world import World

_BANDS = "[{from days: 1, takes: 10%}, {from days: 31, takes: 20%}, {from days: 61, takes: 80%}]"


def _example(
    title: str,
    paid: str,
    payouts: str,
    terms: str = "of: original, counted from: due date",
    measure: str = "revenue",
    bands: str = _BANDS,
) -> Example:
    return Example(
        title,
        f"components: [{{component: C, measure: {measure}, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{{late payment penalty: {{bands: {bands}, {terms}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-10",
            "invoices": "invoice | deal | amount | date | due\nI-1 | D-1 | 1,000.00 EUR | 2026-01-15 | 2026-02-01",
            "payments": f"payment | invoice | amount | date\nZ-1 | I-1 | 1,000.00 EUR | {paid}",
        },
        payouts,
    )


@mechanic(
    "A commission is reduced by a percentage for each band of days by which the customer paid late; the percentages add up.",
    examples=(
        _example("Paid on the due date: no penalty", "2026-02-01", "Ana | 2026-01 | 100.00 EUR"),
        _example("A day late: 10%", "2026-02-02", "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | -10.00 EUR"),
        _example(
            "30 days late: still 10%", "2026-03-03", "Ana | 2026-01 | 100.00 EUR\nAna | 2026-03 | -10.00 EUR"
        ),
        _example(
            "31 days late: 10% and 20%",
            "2026-03-04",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-03 | -30.00 EUR",
        ),
        _example(
            "61 days late: 110% in all, but not more than the commission",
            "2026-04-03",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-04 | -100.00 EUR",
        ),
        _example(
            "The same where the commission may go below zero",
            "2026-04-03",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-04 | -110.00 EUR",
            "of: original, counted from: due date, below zero: allowed",
        ),
        _example(
            "Of what remains: 100.00 less 10% is 90.00, less 20% of that is 72.00",
            "2026-03-04",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-03 | -28.00 EUR",
            "of: what remains, counted from: due date",
        ),
        _example(
            "Days count from the invoice: 3 March is day 47",
            "2026-03-03",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-03 | -30.00 EUR",
            "of: original, counted from: invoice date",
        ),
        _example(
            "On a payment's own commission: earned and reduced in the month of the payment",
            "2026-02-02",
            "Ana | 2026-02 | 90.00 EUR",
            measure="cash",
        ),
    ),
    formula="penalty = commission x the sum of the bands reached; of what remains: commission x (1 - (1 - p1) x (1 - p2) x ...)",
    boundary="A band takes its percentage from its first day on, and up to `to days` where it has one. The delay is that of the day on which the invoice is paid in full, or of the payment "
    "where the component pays on payments; an invoice that isn't paid yet has no penalty yet. The penalty is at most the commission unless `below zero` is allowed. What takes back isn't reduced.",
    sources=("https://docs.idynamics.es/en/commissions/penalties/payment.html",),
    words={"iDynamics": "late payment penalties"},
)
@dataclass(frozen=True)
class LatePaymentPenalty(Mechanic):
    """bands: from which day of delay which percentage is taken.  of: the original commission, or what remains after the
    bands before.  counted from: the due date or the invoice date.  below zero: whether more than all of it may be taken."""

    @dataclass(frozen=True, slots=True)
    class Band:
        """from days, to days: of delay, both inclusive; open where `to days` is blank.  takes: how much of the commission."""

        from_days: int
        takes: Percent
        to_days: int | None = None
        where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    adds_lines = True

    bands: tuple[Band, ...]
    of: Literal["original", "what remains"]
    counted_from: Literal["due date", "invoice date"]
    below_zero: Literal["not allowed", "allowed"] = "not allowed"

    def check(self, problems: list[Problem]) -> None:
        for band in self.bands:
            if band.to_days is not None and band.to_days < band.from_days:
                problems.append(
                    Problem(
                        "tiers-order",
                        f"a band of days ends at {band.to_days}, before it starts at {band.from_days}.",
                        band.where,
                        "It would never count.",
                        "Correct one of them.",
                    )
                )
            if band.takes.value < 0:
                problems.append(
                    Problem(
                        "share-range",
                        f"a penalty of {band.takes} would be a reward.",
                        band.where,
                        remedy="State 0% or more.",
                    )
                )

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return newest(events, "payments")

    def taken(self, days: int) -> Fraction:
        """Which part of a commission is taken for so many days of delay."""
        hit = [
            b.takes.value
            for b in self.bands
            if b.from_days <= days and (b.to_days is None or days <= b.to_days)
        ]
        if self.of == "original":
            part = sum(hit, Fraction(0))
        else:
            kept = Fraction(1)
            for percent in hit:
                kept *= 1 - percent
            part = 1 - kept
        return part if self.below_zero == "allowed" else min(part, Fraction(1))

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        day, delay = self._delays(lines, run)
        rows = np.flatnonzero(~np.isnat(day) & ~lines.held & (lines.amount.num > 0) & (lines.event >= 0))
        known, code = np.unique(delay[rows], return_inverse=True)
        part = Exact.of([self.taken(d) for d in known.tolist()])[code]
        taken = lines.amount[rows] * part
        rounding = run.conventions.round_at("line")
        if rounding is not None:
            taken = taken.rounded(rounding.mode, rounding.decimals)
        due = np.maximum(position(run, day[rows]), lines.paid_in[rows])
        some = np.flatnonzero((taken.num != 0) & (due < len(run.periods)))
        rows, code, due = rows[some], code[some], due[some]
        rules = np.array(
            [run.rule(f"paid {d} day{'s' if d != 1 else ''} late", where=self.where) for d in known.tolist()],
            dtype=np.int64,
        )
        penalties = Lines.plain(
            lines.payee[rows],
            due,
            -taken[some],
            lines.currency[rows],
            kind="late payment penalty",
            rule=rules[code] if len(known) else np.zeros(0, np.int64),
            event=lines.event[rows],
        )
        return Lines.joined([lines.change(), penalties])

    def _delays(self, lines: Lines, run: ComponentRun) -> tuple[Array, Array]:
        """The day on which each line's invoice was paid, NaT where it isn't, and by how many days that was late."""
        events = run.events
        size = len(lines)
        nat = np.full(size, np.datetime64("NaT", "D"))
        if not len(events):
            return nat, np.zeros(size, np.int64)
        at = np.maximum(lines.event, 0)
        invoice = np.where(lines.event >= 0, events.invoice[at], "")
        bills = np.flatnonzero((events.source == SOURCE["invoices"]) & (events.sign > 0))
        start = dict(
            zip(
                events.invoice[bills].tolist(),
                base_day(events, run.world, bills, self.counted_from),
                strict=True,
            )
        )
        missing = np.flatnonzero((invoice == "") & (lines.event >= 0) & (lines.kind == ""))
        if len(missing):
            run.problem(
                "release-no-invoice",
                f'"{events.record[at[missing[0]]]}" has no invoice, and "{run.component.name}" is reduced when one is paid late.',
                self.where,
                "It would never be reduced.",
                "Let the component pay on records: invoices, invoice lines or payments.",
            )
        check_payments(run)
        paid_on = paid_in_full(events, run.world)
        none = np.datetime64("NaT", "D")
        day = np.array([paid_on.get(i, none) for i in invoice.tolist()], dtype="datetime64[D]")
        day = np.where(events.source[at] == SOURCE["payments"], events.date[at], day)
        begin = np.array([start.get(i, none) for i in invoice.tolist()], dtype="datetime64[D]")
        day = np.where(np.isnat(begin), none, day)
        return day, np.where(np.isnat(day), 0, (day - begin).astype(np.int64))

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None or after.kind != "late payment penalty" or after.rule is None:
            return ""
        return f"The customer's invoice was {after.rule.words}, so {format_money(-after.amount, after.currency)} of commission is taken."
