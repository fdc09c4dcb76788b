"""Clawback: the commission on a deal that is cancelled inside a window is taken back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.component_run import ComponentRun
from reference_engine.events import SOURCE
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import format_money


def _example(title: str, window: str, cancelled: str, payouts: str) -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, clawback.window: {window}, clawback.rate: historic, balance.negative: paid out}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}], pay: [{clawback: {within days: 90}}]}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-9 | Ana | 200.00 EUR | 2026-01-15",
            "cancellations": f"deal | date\nD-9 | {cancelled}",
        },
        payouts,
    )


@mechanic(
    "A deal cancelled within so many days of its closing loses its whole commission, in the period of the cancellation.",
    examples=(
        _example(
            "Day 89",
            "last day included",
            "2026-04-14",
            "Ana | 2026-01 | 20.00 EUR\nAna | 2026-04 | -20.00 EUR",
        ),
        _example(
            "Day 90, the last day included",
            "last day included",
            "2026-04-15",
            "Ana | 2026-01 | 20.00 EUR\nAna | 2026-04 | -20.00 EUR",
        ),
        _example(
            "Day 90, the last day excluded", "last day excluded", "2026-04-15", "Ana | 2026-01 | 20.00 EUR"
        ),
        _example("Day 91", "last day included", "2026-04-16", "Ana | 2026-01 | 20.00 EUR"),
    ),
)
@dataclass(frozen=True)
class Clawback(Mechanic):
    """within days: calendar days from the day the deal closed."""

    adds_lines = True

    within_days: int

    def needs(self) -> tuple[str, ...]:
        return ("clawback.window", "clawback.rate")

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        events = run.events
        cancelled = np.flatnonzero(events.source == SOURCE["cancellations"])
        age = (events.date[cancelled] - events.deal_date[cancelled]).astype(np.int64)
        inside = (
            age <= self.within_days
            if run.conventions["clawback.window"] == "last day included"
            else age < self.within_days
        )
        cancelled = cancelled[inside & (age >= 0)]
        by_deal = {
            str(d): int(e) for d, e in zip(events.deal[cancelled].tolist(), cancelled.tolist(), strict=True)
        }
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        has_event = lines.event >= 0
        whole = ~has_event & ((lines.kind == "") | (lines.kind == "earned before"))
        lost = np.flatnonzero(np.isin(events.owner[cancelled], np.unique(lines.payee[whole])))
        for at in lost.tolist()[:1]:
            run.problem(
                "clawback-no-deal",
                f'deal {events.deal[cancelled[at]]} is cancelled, and "{run.component.name}" earns on the whole measure, not deal by deal.',
                self.where,
                "No single amount was earned on the deal, so none can be taken back.",
                "Take the deal out of the measure with a return, or leave the clawback out.",
            )
        cause = np.array(
            [by_deal.get(d, -1) for d in np.where(has_event, events.deal[lines.event], "").tolist()],
            dtype=np.int64,
        )
        taken = np.flatnonzero((cause >= 0) & has_event & ~lines.held)
        taken = taken[events.date[lines.event[taken]] <= events.date[cause[taken]]]
        period = np.searchsorted(last, events.date[cause[taken]])
        taken, period = taken[period < len(last)], period[period < len(last)]
        if not len(taken):
            return lines.change()
        order = np.lexsort((cause[taken], lines.payee[taken]))
        taken, period = taken[order], period[order]
        new = np.ones(len(taken), dtype=bool)
        new[1:] = (lines.payee[taken][1:] != lines.payee[taken][:-1]) | (
            cause[taken][1:] != cause[taken][:-1]
        )
        starts = np.flatnonzero(new)
        amount = -lines.amount[taken].sums(starts)
        rule = run.rule(
            f"deals cancelled within {self.within_days} days are taken back in full", where=self.where
        )
        first = taken[starts]
        back = Lines.plain(
            lines.payee[first],
            period[starts],
            amount,
            lines.currency[first],
            kind="cancellation",
            rule=np.full(len(starts), rule),
            event=cause[first],
        )
        return Lines.joined([lines.change(), back])

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.kind != "cancellation":
            return ""
        return f"The deal was cancelled within {self.within_days} days, so {format_money(-after.amount, after.currency)} of commission is taken back."
