"""Release: a commission is held until the customer has paid the invoice in full."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.receivables import check_payments, newest, paid_in_full
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.world import World

_TABLES = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 600.00 EUR | 2026-01-15",
    "invoices": "invoice | deal | amount | date\nI-1 | D-1 | 100.00 EUR | 2026-01-20\nI-2 | D-1 | 200.00 EUR | 2026-01-21\nI-3 | D-1 | 300.00 EUR | 2026-01-22",
    "payments": "payment | invoice | amount | date\nP-1 | I-1 | 60.00 EUR | 2026-02-01\nP-2 | I-1 | 40.00 EUR | 2026-03-31\n"
    "P-3 | I-2 | 199.00 EUR | 2026-02-01\nP-4 | I-3 | 300.00 EUR | 2026-04-01",
}


_NOTES = "invoice | deal | amount | date | kind | of\nI-1 | D-1 | 1,000.00 EUR | 2026-01-20 |  | \nN-1 | D-1 | 200.00 EUR | 2026-02-20 | credit note | I-1"


def _example(title: str, period: str, terms: str, payouts: str, **tables: str) -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, release.period: {period}}}\ncomponents: [{{component: C, measure: revenue, credits: [direct], "
        f"earn: [{{flat rate: {{rate: 1%}}}}], pay: [{{release: {{when: invoice paid in full{terms}}}}}]}}]",
        {**_TABLES, **tables},
        payouts,
    )


@mechanic(
    "A line is paid only when its invoice is paid in full, and by a cut-off date where one is stated; until then it is held.",
    examples=(
        _example(
            "Paid on the last day counts; a day later, and short by 1.00, don't",
            "earned period",
            ", no payment after: 2026-03-31",
            "Ana | 2026-01 | 1.00 EUR",
        ),
        _example(
            "Paid in the period of the release",
            "release period",
            "",
            "Ana | 2026-03 | 1.00 EUR\nAna | 2026-04 | 3.00 EUR",
        ),
        _example(
            "More than the invoice is paid: it is paid in full with the payment that comes last",
            "release period",
            "",
            "Ana | 2026-02 | 1.00 EUR\nAna | 2026-05 | 2.00 EUR",
            payments="payment | invoice | amount | date\nP-1 | I-1 | 100.00 EUR | 2026-02-01\nP-2 | I-2 | 200.00 EUR | 2026-02-02\nP-3 | I-2 | 0.01 EUR | 2026-05-02",
        ),
        _example(
            "A credit note of 200.00 and a payment of 800.00 settle the invoice; the credit note itself isn't paid by anybody and stays held",
            "release period",
            "",
            "Ana | 2026-02 | 10.00 EUR",
            invoices=_NOTES,
            payments="payment | invoice | amount | date\nP-1 | I-1 | 800.00 EUR | 2026-02-10",
        ),
    ),
    formula="released on the day of the last payment, where the payments reach the invoice's amount with its tax, less the credit notes applied to it",
    boundary="Short by the smallest amount it stays held. With `no payment after`, an invoice with any later payment stays held. release.period says whether it is paid in the period in which "
    "it was earned or in that of the release. To have a credit note lower what is paid, take `release on cash`.",
    sources=(
        "https://docs.idynamics.es/en/commissions/direct/setup.html",
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/bridgehead_N1123880.html",
    ),
    words={"iDynamics": "awaiting invoice payment", "Odoo": "settled on payment"},
)
@dataclass(frozen=True)
class Release(Mechanic):
    """when: what releases the lines.  no payment after: the last day on which a payment counts; an invoice with any later payment stays held."""

    holds = True

    when: Literal["invoice paid in full"]
    no_payment_after: date | None = None

    def needs(self) -> tuple[str, ...]:
        return ("release.period",)

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return newest(events, "payments")

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        check_payments(run)
        paid_on = paid_in_full(run.events, run.world)
        has_event = lines.event >= 0
        invoices = np.where(has_event, run.events.invoice[lines.event], "")
        for line in np.flatnonzero(has_event & (invoices == "") & (lines.kind == "")).tolist()[:1]:
            record = run.events.record[lines.event[line]]
            run.problem(
                "release-no-invoice",
                f'"{record}" has no invoice, and "{run.component.name}" is paid when the invoice is.',
                self.where,
                "It would never be paid.",
                "Let the component pay on records: invoices or invoice lines.",
            )
        day = np.array(
            [paid_on.get(i, np.datetime64("NaT")) for i in invoices.tolist()], dtype="datetime64[D]"
        )
        free = ~np.isnat(day)
        if self.no_payment_after is not None:
            free &= day <= np.datetime64(self.no_payment_after)
        held = lines.held | (~free & (lines.event >= 0))
        paid_in = lines.paid_in
        if run.conventions["release.period"] == "release period":
            last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
            position = np.searchsorted(last, np.where(free, day, last[0]))
            held = held | (position >= len(last))
            paid_in = np.where(
                free, np.maximum(np.minimum(position, len(last) - 1), lines.paid_in), lines.paid_in
            )
        return lines.change(held=held, paid_in=paid_in)

    def say(self, before: LineView | None, after: LineView) -> str:
        limit = f" and no payment is later than {self.no_payment_after}" if self.no_payment_after else ""
        if after.held:
            return f"It is held: it is paid only when the invoice is paid in full{limit}."
        return f"It is released: the invoice is paid in full{limit}."
