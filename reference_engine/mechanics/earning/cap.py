"""Cap per line: no line earns more than an amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.deal_parts import ask_split, limit_of, share_of_deal
from reference_engine.mechanics.earning.floor import same_currency
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import Money, format_money

_SHARED = (
    "conventions: {rounding: exact, returns.earn: mirror, split.when: after rate, cap.split: SPLIT}\n"
    "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 2%}}, {cap: {per: line, amount: 60.00 EUR}}]}]"
)
_HALVES = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
    "deals": "deal | owner | amount | closed\nD-1 | Ana | 5,000.00 EUR | 2026-01-15",
    "credit_splits": "deal | payee | share\nD-1 | Ana | 60%\nD-1 | Ben | 40%",
}


@mechanic(
    "A line earns at most an amount; what is above isn't paid.  It stands after what pays.",
    examples=(
        Example(
            "Just below, on and above the cap of 60.00",
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 2%}}, {cap: {per: line, amount: 60.00 EUR}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 2,999.50 EUR | 2026-01-15\nD-2 | Ana | 3,000.00 EUR | 2026-02-15\nD-3 | Ana | 3,000.50 EUR | 2026-03-15",
            },
            "Ana | 2026-01 | 59.99 EUR\nAna | 2026-02 | 60.00 EUR\nAna | 2026-03 | 60.00 EUR",
        ),
        Example(
            "A return mirrors a sale of its amount, so it is capped alike",
            "conventions: {rounding: exact, returns.earn: mirror}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 2%}}, {cap: {per: line, amount: 60.00 EUR}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 4,000.00 EUR | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 4,000.00 EUR",
            },
            "Ana | 2026-01 | 60.00 EUR\nAna | 2026-02 | -60.00 EUR",
        ),
        Example(
            "By its own negative amount a return isn't capped: more is taken back than was paid",
            "conventions: {rounding: exact, returns.earn: signed}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 2%}}, {cap: {per: line, amount: 60.00 EUR}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 4,000.00 EUR | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 4,000.00 EUR",
            },
            "Ana | 2026-01 | 60.00 EUR\nAna | 2026-02 | -80.00 EUR",
        ),
        Example(
            "Divided after the rate, 60% and 40% of a line that is worth 100.00: each part is below the cap of 60.00 or on it",
            _SHARED.replace("SPLIT", "each part"),
            _HALVES,
            "Ana | 2026-01 | 60.00 EUR\nBen | 2026-01 | 40.00 EUR",
        ),
        Example(
            "The same, and the cap is that of the whole line: 36.00 and 24.00 of it",
            _SHARED.replace("SPLIT", "whole deal"),
            _HALVES,
            "Ana | 2026-01 | 36.00 EUR\nBen | 2026-01 | 24.00 EUR",
        ),
    ),
    formula="amount = min(amount, cap)",
    boundary="Just the cap is paid in full; what is above is lost.  Where several payees share the record, cap.split says whether each part may reach the cap.  A return mirrors a sale, or counts by its own amount: returns.earn.",
    sources=(
        "https://docs.oracle.com/cd/E05554_01/books/InCompAdm/InCompAdmPlanDesign12.html",
        "https://helpcenter.xactlycorp.com/article/commission-rules",
        "https://www.sparrowgenie.com/sales-commission-models/capped-commission",
    ),
    words={"Siebel": "non-aggregate cap", "Xactly": "rule maximum", "Optymyze": "cap per deal"},
)
@dataclass(frozen=True)
class Cap(Mechanic):
    """per: line.  amount: the most that a line earns."""

    adjusts = True

    amount: Money
    per: Literal["line"]

    def needs(self) -> tuple[str, ...]:
        return ("returns.earn",)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not same_currency(lines, self.amount.currency, run, "cap", self):
            return lines
        limit = Exact.full(len(lines), self.amount.amount)
        share = share_of_deal(lines, run)
        capped = lines.amount.minimum(limit_of(limit, share, run))
        if share is not None:
            whole = lines.amount.minimum(limit * share)
            ask_split(capped.same(whole), lines.event, f"the cap of {self.amount} a line", run)
        return lines.change(amount=capped)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None or before.amount == after.amount:
            return ""
        earns = format_money(after.amount, after.currency)
        part = "" if after.amount == self.amount.amount else f", of which this part of the deal has {earns}"
        return f"{format_money(before.amount, before.currency)} is above the cap of {self.amount} a line{part}, so the line earns {earns}."
