"""Clawback: the commission on a deal that is cancelled inside a window is taken back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Array, Exact
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
        of_deal = np.isin(events.deal[run.credits.event], list(by_deal))
        lost = np.flatnonzero(of_deal & np.isin(run.credits.payee, np.unique(lines.payee[whole])))
        for at in lost.tolist()[:1]:
            run.problem(
                "clawback-no-deal",
                f'deal {events.deal[run.credits.event[at]]} is cancelled, and "{run.component.name}" earns on the whole measure, not deal by deal.',
                self.where,
                "No single amount was earned on the deal, so none can be taken back.",
                "Take the deal out of the measure with a return, or leave the clawback out.",
            )
        cause = np.array(
            [by_deal.get(d, -1) for d in np.where(has_event, events.deal[lines.event], "").tolist()],
            dtype=np.int64,
        )
        lines = self._stopped(lines, run, cause)
        period = np.searchsorted(last, events.date[np.maximum(cause, 0)])
        taken = np.flatnonzero((cause >= 0) & ~lines.held & (lines.amount.num != 0) & (period < len(last)))
        period = period[taken]
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

    def _stopped(self, lines: Lines, run: ComponentRun, cause: Array) -> Lines:
        """What comes in after the cancellation earns nothing, and what wasn't paid by then is never released."""
        events = run.events
        of = np.maximum(cause, 0)
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        late = (cause >= 0) & (events.date[np.maximum(lines.event, 0)] > events.date[of])
        paid_late = (cause >= 0) & (lines.paid_in > np.searchsorted(last, events.date[of]))
        if not (late | paid_late).any():
            return lines.change()
        rule = run.rule("the deal was cancelled before", where=self.where)
        nothing = Exact.full(len(lines), 0)
        return lines.change(
            amount=Exact.where(late, nothing, lines.amount),
            rate=Exact.where(late, nothing, lines.rate),
            rule=np.where(late, rule, lines.rule),
            held=lines.held | (paid_late & ~late),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rule is not None and after.rule.words == "the deal was cancelled before":
            return "The deal was cancelled before, so the line earns nothing."
        if after.kind != "cancellation":
            return ""
        return f"The deal was cancelled within {self.within_days} days, so {format_money(-after.amount, after.currency)} of commission is taken back."
