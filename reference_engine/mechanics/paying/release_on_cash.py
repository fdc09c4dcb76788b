"""Release on cash: a commission is paid in proportion to what the customer has paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reference_engine.component_run import ComponentRun
from reference_engine.events import Events
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.portions import say_portion
from reference_engine.mechanics.receivables import in_parts, newest
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.world import World

_INVOICE = "invoice | deal | amount | date | kind | of\nI-1 | D-1 | 1,000.00 EUR | 2026-01-15 |  | "
_NOTE = _INVOICE + "\nN-1 | D-1 | 200.00 EUR | {day} | credit note | I-1"


def _example(
    title: str,
    payments: str,
    payouts: str,
    invoices: str = _INVOICE,
    measure: str = "revenue",
    conventions: str = "rounding: exact",
    source: str = "by hand",
    **more: str,
) -> Example:
    return Example(
        title,
        f"conventions: {{{conventions}}}\n"
        f"components: [{{component: C, measure: {measure}, credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [release on cash]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-10",
            "invoices": invoices,
            "payments": "payment | invoice | amount | date\n" + payments,
            **more,
        },
        payouts,
        source=source,
    )


@mechanic(
    "A commission becomes payable in the proportion in which the customer has paid its invoice, or the invoices of its deal.",
    examples=(
        _example(
            "Half of the invoice is paid, then the other half",
            "Z-1 | I-1 | 500.00 EUR | 2026-02-10\nZ-2 | I-1 | 500.00 EUR | 2026-03-10",
            "Ana | 2026-02 | 50.00 EUR\nAna | 2026-03 | 50.00 EUR",
            source="https://docs.idynamics.es/en/commissions/direct/setup.html",
        ),
        _example(
            "A credit note of 200.00 is applied before the payment of 800.00: 80.00 become payable and no line is negative",
            "Z-1 | I-1 | 800.00 EUR | 2026-02-10",
            "Ana | 2026-02 | 80.00 EUR",
            invoices=_NOTE.format(day="2026-02-10"),
            source="https://oracle.hydrogen.sagittarius.connect.product.adaptavist.com/en/cloud/saas/netsuite/ns-online-help/section_N1129338.html",
        ),
        _example(
            "Paid in full first, credited later: a negative line of 20.00",
            "Z-1 | I-1 | 1,000.00 EUR | 2026-02-10",
            "Ana | 2026-02 | 100.00 EUR\nAna | 2026-03 | -20.00 EUR",
            invoices=_NOTE.format(day="2026-03-05"),
            source="https://oracle.hydrogen.sagittarius.connect.product.adaptavist.com/en/cloud/saas/netsuite/ns-online-help/section_N1129338.html",
        ),
        _example(
            "900.00 are paid when 200.00 are credited: only the 100.00 that are paid too much give 10.00 back",
            "Z-1 | I-1 | 900.00 EUR | 2026-02-10",
            "Ana | 2026-02 | 90.00 EUR\nAna | 2026-03 | -10.00 EUR",
            invoices=_NOTE.format(day="2026-03-05"),
        ),
        _example(
            "What is paid too much releases nothing more, and a refund takes its part back",
            "Z-1 | I-1 | 1,050.00 EUR | 2026-02-10\nZ-2 | I-1 | -150.00 EUR | 2026-03-10",
            "Ana | 2026-02 | 100.00 EUR\nAna | 2026-03 | -10.00 EUR",
        ),
        _example(
            "A deal of 1,000,000.00 at 10% is paid in two halves: the booking is credited, each receipt releases its share",
            "Z-1 | I-1 | 500000.00 USD | 2026-02-10\nZ-2 | I-1 | 500000.00 USD | 2026-05-10",
            "Ana | 2026-02 | 50,000.00 USD\nAna | 2026-05 | 50,000.00 USD",
            invoices="invoice | deal | amount | date\nI-1 | D-1 | 1,000,000.00 USD | 2026-01-31",
            measure="bookings",
            source="https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign7.html",
            deals="deal | owner | amount | closed\nD-1 | Ana | 1,000,000.00 USD | 2026-01-10",
        ),
        _example(
            "Payments contain 190.00 of tax: 595.00 of 1,190.00 is half",
            "Z-1 | I-1 | 595.00 EUR | 2026-02-10",
            "Ana | 2026-02 | 50.00 EUR",
            invoices="invoice | deal | amount | date | tax\nI-1 | D-1 | 1,000.00 EUR | 2026-01-15 | 190.00 EUR",
        ),
        _example(
            "Three payments of a third, rounded: the last takes the cent",
            "Z-1 | I-1 | 333.35 EUR | 2026-02-10\nZ-2 | I-1 | 333.35 EUR | 2026-03-10\nZ-3 | I-1 | 333.30 EUR | 2026-04-10",
            "Ana | 2026-02 | 33.34 EUR\nAna | 2026-03 | 33.34 EUR\nAna | 2026-04 | 33.32 EUR",
            conventions="rounding: [{at: line, mode: half up, decimals: 2}]",
        ),
        _example(
            "A discount of 20.00 for paying early counts as collected",
            "Z-1 | I-1 | 980.00 EUR | 2026-02-10",
            "Ana | 2026-02 | 100.00 EUR",
            conventions="rounding: exact, collection.discount: counts as collected",
            write_offs="write-off | invoice | amount | date | kind\nW-1 | I-1 | 20.00 EUR | 2026-02-10 | discount",
        ),
        _example(
            "What is written off as lost doesn't",
            "Z-1 | I-1 | 980.00 EUR | 2026-02-10",
            "Ana | 2026-02 | 98.00 EUR",
            conventions="rounding: exact, collection.write-off: counts as uncollected",
            write_offs="write-off | invoice | amount | date | kind\nW-1 | I-1 | 20.00 EUR | 2026-04-10 | write-off",
        ),
    ),
    formula="payable so far = commission x min(collected so far, invoiced - credited so far) / invoiced; each payment pays the difference, in its own period",
    boundary="Collected can't exceed what is owed. A credit note with `of`, or a return of the deal, that comes before the payment lowers what can become "
    "payable and writes no negative line; after the payment it gives back what had become payable on it. On one day credits come before payments. "
    "A negative payment is a refund. A credit note that is applied to no invoice counts at once. Where the plan rounds lines, each part is rounded and "
    "the payment that completes the invoice takes what is left. What was never collected stays held.",
    sources=(
        "https://oracle.hydrogen.sagittarius.connect.product.adaptavist.com/en/cloud/saas/netsuite/ns-online-help/section_N1129338.html",
        "https://docs.idynamics.es/en/commissions/direct/setup.html",
        "https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign7.html",
    ),
    words={
        "NetSuite": "eligible on collections",
        "iDynamics": "commissions on partial payments",
        "Siebel": "earned as the customer pays",
        "QuotaPath": "payable",
    },
)
@dataclass(frozen=True)
class ReleaseOnCash(Mechanic):
    """It has no parameters: an invoice's lines wait for that invoice, a booking for all invoices of its deal."""

    holds = True

    def reaches(self, world: World, events: Events, last: date, cadence: str) -> date | None:
        return newest(events, "payments", "write-offs", "invoices", "returns of deals")

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        return in_parts(
            lines,
            run,
            self.where,
            "cash",
            "paid by the customer",
            ("not paid by the customer", "never paid by the customer, so it isn't taken back"),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        return say_portion(before, after)
