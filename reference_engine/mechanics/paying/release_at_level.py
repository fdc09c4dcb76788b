"""Release at level: a commission is paid as a whole once so much of the invoice or deal is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import Array
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import Portions, divided, record_day, say_portion
from reference_engine.mechanics.receivables import Documents, Ledger, documents, ledger, newest
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent
from reference_engine.world import World


def _example(title: str, payments: str, payouts: str, **more: str) -> Example:
    return Example(
        title,
        "components: [{component: C, measure: revenue, credits: [direct], earn: [{flat rate: {rate: 10%}}], pay: [{release at level: {collected: 90%}}]}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-10",
            "invoices": "invoice | deal | amount | date | kind | of\nI-1 | D-1 | 1,000.00 EUR | 2026-01-15 |  | ",
            "payments": "payment | invoice | amount | date\n" + payments,
            **more,
        },
        payouts,
    )


@mechanic(
    "A commission is held until the customer has paid a percentage of the invoice, or of the deal; then all of it is paid.",
    examples=(
        _example(
            "One cent below 90% nothing is paid",
            "Z-1 | I-1 | 899.99 EUR | 2026-02-10",
            "",
        ),
        _example(
            "On 90% all of it",
            "Z-1 | I-1 | 500.00 EUR | 2026-02-10\nZ-2 | I-1 | 400.00 EUR | 2026-03-10",
            "Ana | 2026-03 | 100.00 EUR",
        ),
        _example(
            "Above 90%, with a payment that comes later still",
            "Z-1 | I-1 | 950.00 EUR | 2026-02-10\nZ-2 | I-1 | 50.00 EUR | 2026-04-10",
            "Ana | 2026-02 | 100.00 EUR",
        ),
        _example(
            "After a credit note of 200.00, 720.00 are 90% of what is owed; invoice and credit note are paid together",
            "Z-1 | I-1 | 720.00 EUR | 2026-03-10",
            "Ana | 2026-03 | 80.00 EUR",
            invoices="invoice | deal | amount | date | kind | of\nI-1 | D-1 | 1,000.00 EUR | 2026-01-15 |  | \nN-1 | D-1 | 200.00 EUR | 2026-02-05 | credit note | I-1",
        ),
    ),
    formula="payable on the first day on which collected so far >= level x (invoiced - credited so far)",
    boundary="On the level itself it is paid. What was paid once isn't taken back by a refund. A credit note that comes before is paid with its invoice; "
    "one that comes later counts on its own day.",
    sources=(
        "http://help.sap.com/saphelp_erp2005/helpdata/en/40/4c315684900b6ce10000000a114cbd/content.htm",
    ),
    words={"SAP": "release at a fulfilment level"},
)
@dataclass(frozen=True)
class ReleaseAtLevel(Mechanic):
    """collected: how much of what the customer owes must be paid."""

    holds = True

    collected: Percent

    def check(self, problems: list[Problem]) -> None:
        if not 0 < self.collected.value <= 1:
            problems.append(
                Problem(
                    "share-range",
                    f"a level of {self.collected} can't be collected.",
                    self.where,
                    remedy="State more than 0%, and 100% at most.",
                )
            )

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return newest(events, "payments", "write-offs", "invoices", "returns of deals")

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        papers = documents(lines, run, self.where)
        if run.problems or not len(lines):
            return lines.change()
        entries = ledger(papers, run, self.where, "cash")
        if run.problems:
            return lines.change()
        reached = self._reached(papers, entries)
        own = record_day(lines, run)
        waits = papers.of >= 0
        day = np.where(waits, reached[papers.of], own)
        day = np.where(papers.credit & ~np.isnat(day), np.maximum(day, own), day)
        words = f"payable when {self.collected} is collected"
        return divided(lines, run, Portions.whole(day, words), self.where, rest=words)

    def _reached(self, papers: Documents, entries: Ledger) -> Array:
        """The day on which each document reaches the level; NaT for none.  One more entry, for lines without one."""
        out = np.full(len(papers.name) + 1, np.datetime64("NaT", "D"))
        there = entries.settled >= entries.open_after.times(self.collected.value)
        hits = np.flatnonzero(there)[::-1]
        out[entries.document[hits]] = entries.day[hits]
        return out

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
