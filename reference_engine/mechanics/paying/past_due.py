"""Past due: the commission on an invoice that isn't paid in time is taken back, and given back when it is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE, Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import position
from reference_engine.mechanics.receivables import check_payments, newest, paid_in_full
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import format_money
from reference_engine.world import World


def _example(
    title: str, payments: str, payouts: str, measure: str = "revenue", due: str = "2026-02-01", **more: str
) -> Example:
    return Example(
        title,
        f"components: [{{component: C, measure: {measure}, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{{past due: {{grace days: 30}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-10\nD-2 | Ana | 10.00 EUR | 2026-04-10",
            "invoices": f"invoice | deal | amount | date | due\nI-1 | D-1 | 1,000.00 EUR | 2026-01-15 | {due}\nI-2 | D-2 | 10.00 EUR | 2026-04-15 | 2026-06-30",
            "payments": "payment | invoice | amount | date\n" + payments,
            **more,
        },
        payouts,
    )


@mechanic(
    "The commission on an invoice that isn't paid in full when its days of grace are over is taken back; when it is paid after all, it is given back.",
    examples=(
        _example(
            "Due on 1 February with 30 days of grace: paid on 3 March, the last day",
            "Z-1 | I-1 | 1,000.00 EUR | 2026-03-03",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-04 | 1.00 EUR",
        ),
        _example(
            "A day later it is taken back on 4 March and given back at once",
            "Z-1 | I-1 | 1,000.00 EUR | 2026-03-04",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-03 | 0.00 EUR\nAna | 2026-04 | 1.00 EUR",
        ),
        _example(
            "Paid in full only in May: given back in May",
            "Z-1 | I-1 | 600.00 EUR | 2026-02-10\nZ-2 | I-1 | 400.00 EUR | 2026-05-05",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-03 | -100.00 EUR\nAna | 2026-04 | 1.00 EUR\nAna | 2026-05 | 100.00 EUR",
        ),
        _example(
            "Never paid",
            "Z-1 | I-1 | 999.99 EUR | 2026-02-10",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-03 | -100.00 EUR\nAna | 2026-04 | 1.00 EUR",
        ),
        _example(
            "The booking's commission goes the same way",
            "Z-1 | I-1 | 1,000.00 EUR | 2026-05-05",
            "Ana | 2026-01 | 100.00 EUR\nAna | 2026-03 | -100.00 EUR\nAna | 2026-04 | 1.00 EUR\nAna | 2026-05 | 100.00 EUR",
            measure="bookings",
        ),
    ),
    formula="taken back on due + grace days + 1, unless paid in full by due + grace days: all that was paid by then on the invoice; on a booking, in the proportion of the invoice to the deal",
    boundary="A payment on the last day of grace is in time. An invoice without a due date is due on its own day. A part that is paid doesn't help: it must be paid in full, less "
    "credit notes applied to it. Nothing is taken back after the last period of the calculation.",
    sources=("https://docs.oracle.com/cd/A60725_05/html/comnls/us/cn/c4cole05.htm",),
    words={"Oracle Sales Compensation": "clawback and giveback; clawback grace days"},
)
@dataclass(frozen=True)
class PastDue(Mechanic):
    """grace days: how many calendar days after the due date the customer may still pay."""

    adds_lines = True

    grace_days: int

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return newest(events, "payments")

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        events = run.events
        bills = np.flatnonzero((events.source == SOURCE["invoices"]) & (events.sign > 0))
        overdue = base_day(events, run.world, bills, "due date") + self.grace_days + 1
        check_payments(run)
        paid_on = paid_in_full(events, run.world)
        paid = np.array(
            [paid_on.get(i, np.datetime64("NaT", "D")) for i in events.invoice[bills].tolist()],
            dtype="datetime64[D]",
        )
        late = np.isnat(paid) | (paid >= overdue)
        late &= position(run, overdue) < len(run.periods)
        bills, overdue, paid = bills[late], overdue[late], paid[late]
        row, bill = self._matched(lines, events, bills)
        when = position(run, overdue)[bill]
        counts = ~lines.held[row] & (lines.amount.num[row] != 0) & (lines.paid_in[row] <= when)
        row, bill, when = row[counts], bill[counts], when[counts]
        if not len(row):
            return lines.change()
        amount = lines.amount[row] * self._share(events, lines, row, bills[bill])
        order = np.lexsort((bill, lines.payee[row]))
        row, bill, when, amount = row[order], bill[order], when[order], amount[order]
        new = np.ones(len(row), dtype=bool)
        new[1:] = (lines.payee[row][1:] != lines.payee[row][:-1]) | (bill[1:] != bill[:-1])
        starts = np.flatnonzero(new)
        taken = amount.sums(starts)
        rounding = run.conventions.round_at("line")
        if rounding is not None:
            taken = taken.rounded(rounding.mode, rounding.decimals)
        row, bill, when = row[starts], bill[starts], when[starts]
        back_in = position(run, paid[bill])
        given = np.flatnonzero(back_in < len(run.periods))
        rules = [
            run.rule(f"not paid {self.grace_days} days after it was due", where=self.where),
            run.rule("paid after all", where=self.where),
        ]
        out = [lines.change()]
        for at, value, period, kind, rule in (
            (np.arange(len(row)), -taken, when, "past due", rules[0]),
            (given, taken, np.maximum(back_in, when), "paid after all", rules[1]),
        ):
            out.append(
                Lines.plain(
                    lines.payee[row[at]],
                    period[at],
                    value[at],
                    lines.currency[row[at]],
                    kind=kind,
                    rule=np.full(len(at), rule),
                    event=bills[bill[at]],
                )
            )
        return Lines.joined(out)

    def _matched(self, lines: Lines, events: Events, bills: Array) -> tuple[Array, Array]:
        """Pairs of a line and a late invoice: its own, or each invoice of its deal where it has none."""
        own = np.flatnonzero(lines.event >= 0)
        of = lines.event[own]
        by_invoice: dict[str, list[int]] = {}
        by_deal: dict[str, list[int]] = {}
        for i, bill in enumerate(bills.tolist()):
            by_invoice.setdefault(str(events.invoice[bill]), []).append(i)
            by_deal.setdefault(str(events.deal[bill]), []).append(i)
        pairs = [
            (line, bill)
            for line, invoice, deal in zip(
                own.tolist(), events.invoice[of].tolist(), events.deal[of].tolist(), strict=True
            )
            for bill in (by_invoice.get(invoice, ()) if invoice else by_deal.get(deal, ()))
        ]
        found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def _share(self, events: Events, lines: Lines, row: Array, bill: Array) -> Exact:
        """All of an invoice's own line; of a booking's line the invoice's part of the deal, at most all."""
        booking = events.source[lines.event[row]] == SOURCE["deals"]
        deal = events.amount[lines.event[row]]
        one = Exact.full(len(row), 1)
        usable = booking & (deal.num > 0)
        part = events.amount[bill].over(Exact.where(usable, deal, one)).minimum(one)
        return Exact.where(usable, part, one)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None or after.kind not in ("past due", "paid after all"):
            return ""
        money = format_money(abs(after.amount), after.currency)
        if after.kind == "past due":
            return f"The invoice wasn't paid in full {self.grace_days} days after it was due, so {money} of commission is taken back."
        return f"The invoice is paid after all, so {money} of commission is given back."


def base_day(events: Events, world: World, bills: Array, counted_from: str) -> Array:
    """The due date of each invoice, or its own day where it has none or where days count from that."""
    own = events.date[bills]
    if counted_from != "due date":
        return own
    table = world.table("invoices")
    due = table.days("due")
    row = np.array([table.index.get(i, -1) for i in events.invoice[bills].tolist()], dtype=np.int64)
    stated = np.where(row >= 0, due[np.maximum(row, 0)], np.datetime64("NaT", "D")) if table.size else own
    return np.where(np.isnat(stated), own, stated)
