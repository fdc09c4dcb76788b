"""Split payment: parts of a commission are paid at the booking, as the deal is invoiced, and as the customer pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import Portions, divided, record_day, say_portion
from reference_engine.mechanics.receivables import documents, ledger, newest, portions
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Percent
from reference_engine.world import World


def _example(
    title: str,
    terms: str,
    payouts: str,
    payments: str = "Z-1 | I-1 | 400.00 EUR | 2026-03-10\nZ-2 | I-2 | 600.00 EUR | 2026-05-10",
    conventions: str = "rounding: exact",
    **more: str,
) -> Example:
    return Example(
        title,
        f"conventions: {{{conventions}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{{split payment: {{{terms}}}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-10",
            "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 400.00 EUR | 2026-02-01\nI-2 | D-1 | 600.00 EUR | 2026-04-01",
            "payments": "payment | invoice | amount | date\n" + payments,
            **more,
        },
        payouts,
    )


@mechanic(
    "A part of the commission is paid at the booking, a part as the deal is invoiced and a part as the customer pays; the rate stays that of the booking.",
    examples=(
        _example(
            "75% at the booking, 25% as the customer pays 400.00 and 600.00",
            "at booking: 75%, at collection: 25%",
            "Ana | 2026-01 | 75.00 EUR\nAna | 2026-03 | 10.00 EUR\nAna | 2026-05 | 15.00 EUR",
        ),
        _example(
            "60, 20 and 20 percent",
            "at booking: 60%, at invoice: 20%, at collection: 20%",
            "Ana | 2026-01 | 60.00 EUR\nAna | 2026-02 | 8.00 EUR\nAna | 2026-03 | 8.00 EUR\nAna | 2026-04 | 12.00 EUR\nAna | 2026-05 | 12.00 EUR",
        ),
        _example(
            "Nothing is collected: the second half waits",
            "at booking: 50%, at collection: 50%",
            "Ana | 2026-01 | 50.00 EUR",
            payments="Z-1 | I-1 | 0.00 EUR | 2026-03-10",
        ),
        _example(
            "A return of 200.00 gives back 10.00 of the booking's half; its other half lowers what can still be collected",
            "at booking: 50%, at collection: 50%",
            "Ana | 2026-01 | 50.00 EUR\nAna | 2026-02 | -10.00 EUR\nAna | 2026-03 | 20.00 EUR\nAna | 2026-05 | 20.00 EUR",
            returns="return | of | date | amount\nR-1 | D-1 | 2026-02-15 | 200.00 EUR",
        ),
    ),
    formula="commission x at booking, on the day of the record; commission x at invoice x invoiced / deal with each invoice; commission x at collection x collected / deal with each payment",
    boundary="The parts total 100%. The part at the booking is paid at once, also that of a return; the others follow `release as invoiced` and `release on cash`, with "
    "their rules for returns, credit notes, refunds and too much paid. To have the rate of the day of the payment instead, let the component have "
    "`events: {booking: 75%, payment: 25%}`: then each event earns for itself.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_N1123880.html",
        "https://www.fflilluminate.com/compensation",
    ),
    words={
        "NetSuite": "partially eligible on billing and upon collection",
        "Oracle Sales Compensation": "transaction factors 60/20/20",
    },
)
@dataclass(frozen=True)
class SplitPayment(Mechanic):
    """at booking: the part paid with the record.  at invoice: as the deal is invoiced.  at collection: as it is paid."""

    holds = True

    at_booking: Percent
    at_invoice: Percent | None = None
    at_collection: Percent | None = None

    def check(self, problems: list[Problem]) -> None:
        parts = [p.value for p in (self.at_booking, self.at_invoice, self.at_collection) if p is not None]
        if sum(parts) != 1 or min(parts) < 0:
            problems.append(
                Problem(
                    "event-shares",
                    f"the parts of a split payment total {sum(parts) * 100}%, not 100%.",
                    self.where,
                    "A part of the commission would never be paid, or be paid twice.",
                    "Make them total 100%.",
                )
            )

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return newest(events, "payments", "write-offs", "invoices", "returns of deals")

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        papers = documents(lines, run, self.where)
        if run.problems or not len(lines):
            return lines.change()
        size = len(lines)
        parts = [
            Portions(
                np.arange(size),
                Exact.full(size, self.at_booking.value),
                record_day(lines, run),
                np.zeros(size, np.int64),
                [f"the {self.at_booking} paid at the booking"],
            )
        ]
        for share, by, verb in (
            (self.at_invoice, "invoices", "invoiced"),
            (self.at_collection, "cash", "paid by the customer"),
        ):
            if share is None or not share.value:
                continue
            entries = ledger(papers, run, self.where, by)
            if run.problems:
                return lines.change()
            found = portions(lines, papers, entries, run, verb)
            parts.append(
                Portions(
                    found.row,
                    found.share.times(share.value),
                    found.day,
                    found.word,
                    [f"{w}, of the {share} paid so" for w in found.words],
                )
            )
        return divided(
            lines,
            run,
            joined(parts),
            self.where,
            rest_of_return="never due, so it isn't taken back",
            residue="last",
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)


def joined(parts: list[Portions]) -> Portions:
    """Several sets of portions of the same lines as one, by line and day."""
    row = np.concatenate([p.row for p in parts])
    day = np.concatenate([p.day for p in parts])
    words: list[str] = []
    word = []
    for part in parts:
        word.append(part.word + len(words))
        words += part.words
    order = np.lexsort((day, row))
    share = Exact.concat([p.share for p in parts])
    return Portions(row[order], share[order], day[order], np.concatenate(word)[order], words)
