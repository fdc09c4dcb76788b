"""Direct credit: the owner of the deal, or the retailer of the sale, is credited with the whole record."""

from __future__ import annotations

from reference_engine.columns import Exact
from reference_engine.events import Events
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.mechanics.registry import About, Example, describe

MEANING = "The owner of a deal is credited with all of it."

_PLAN = (
    "eligible: everyone\nconventions: {rounding: exact}\n"
    "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}]}]"
)

ABOUT = describe(
    __name__,
    About(
        MEANING,
        formula="credit = amount of the record",
        boundary="The record's own date decides its period. An invoice, a payment and a return follow the owner of their deal. "
        "A credit is made anew in every run, so a corrected owner changes the past.",
        sources=(
            "https://learning.sap.com/courses/implementing-and-administering-sap-incentive-management/credit-rules_a50dbd6f-0d64-4bea-b57a-e5509641bcc9",
            "https://docs.oracle.com/en/cloud/saas/sales/facmi/crediting-and-rollup-parameters.html",
        ),
        words={"SAP": "direct credit", "Oracle": "direct credit", "Xactly": "direct credit"},
        examples=(
            Example(
                "The owner of a deal gets all of it",
                _PLAN,
                {
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-31\nD-2 | Ben | 500.00 EUR | 2026-02-01"
                },
                "Ana | 2026-01 | 100.00 EUR\nBen | 2026-02 | 50.00 EUR",
            ),
            Example(
                "A return is credited to the owner of its deal, in the period of the return",
                _PLAN,
                {
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-31",
                    "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 400.00 EUR",
                },
                "Ana | 2026-01 | 100.00 EUR\nAna | 2026-02 | -40.00 EUR",
            ),
            Example(
                "An invoice and its credit note go to the owner of the deal",
                _PLAN.replace("bookings", "revenue"),
                {
                    "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-31",
                    "invoices": "invoice | deal | amount | date | kind\nI-1 | D-1 | 600.00 EUR | 2026-02-01 | invoice\n"
                    "I-2 | D-1 | 100.00 EUR | 2026-03-01 | credit note",
                },
                "Ana | 2026-02 | 60.00 EUR\nAna | 2026-03 | -10.00 EUR",
            ),
        ),
    ),
)


def credit(events: Events) -> Credits:
    """One credit of 100% for each event that has an owner."""
    owned = (events.owner >= 0).nonzero()[0]
    return Credits.direct(owned, events.owner[owned], Exact.full(len(owned), 1))
