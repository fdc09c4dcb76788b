"""Per record: a fixed amount for each record, whatever it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.crediting.credits import DIRECT
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.vocabulary.numbers import Money, format_money, format_percent


def _plan(earn: str, more: str = "") -> str:
    return (
        f"conventions: {{rounding: exact{more}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{per record: {earn}}}]}}]"
    )


@mechanic(
    "Each record earns the same amount, however large it is.",
    examples=(
        Example(
            "25.00 for each new subscription",
            "conventions: {rounding: exact}\ncomponents: [{component: C, measure: bookings, credits: [direct], "
            "where: 'type = \"new\"', earn: [{per record: {amount: 25.00 USD, for returns: take back}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed | type\nD-1 | Ana | 10.00 USD | 2026-01-15 | new\nD-2 | Ana | 9,000.00 USD | 2026-01-16 | new\n"
                "D-3 | Ana | 50.00 USD | 2026-01-17 | new\nD-4 | Ana | 50.00 USD | 2026-01-18 | new\nD-5 | Ana | 50.00 USD | 2026-01-19 | renewal",
            },
            "Ana | 2026-01 | 100.00 USD",
            source="https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_rules_line_by_line.htm",
        ),
        Example(
            "A return takes the whole amount back, however small it is",
            _plan("{amount: 25.00 USD, for returns: take back}"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 USD | 2026-01-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 1.00 USD",
            },
            "Ana | 2026-01 | 25.00 USD\nAna | 2026-02 | -25.00 USD",
        ),
        Example(
            "A return takes nothing back; two payees who share a deal share the amount",
            _plan("{amount: 25.00 USD, for returns: nothing, split: by share}"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 USD | 2026-01-15",
                "credit_splits": "deal | payee | share\nD-1 | Ana | 60%\nD-1 | Ben | 40%",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 100.00 USD",
            },
            "Ana | 2026-01 | 15.00 USD\nAna | 2026-02 | 0.00 USD\nBen | 2026-01 | 10.00 USD\nBen | 2026-02 | 0.00 USD",
        ),
        Example(
            "Each of the two earns the whole amount",
            _plan("{amount: 25.00 USD, for returns: nothing, split: whole each}"),
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 100.00 USD | 2026-01-15",
                "credit_splits": "deal | payee | share\nD-1 | Ana | 60%\nD-1 | Ben | 40%",
            },
            "Ana | 2026-01 | 25.00 USD\nBen | 2026-01 | 25.00 USD",
        ),
    ),
    formula="amount of a record = amount, or amount x the share of the credit",
    boundary="Of a record that several payees share, each earns the whole amount or that share of it, as the parameter split says. A record worth nothing earns the amount as well; take a condition (where) to leave it out.  What a return does is the parameter for returns.",
    sources=(
        "https://developers.tune.com/network-models/employeecommission",
        "https://help.salesforce.com/apex/HTViewHelpDoc?id=sales.spiff_rules_line_by_line.htm",
        "https://prowi.io/en/glossary/split-commission",
    ),
    words={
        "TUNE": "flat payout",
        "Salesforce Spiff": "amount per count",
        "Prowi": "per meeting",
        "SPIFF": "bounty",
    },
)
@dataclass(frozen=True)
class PerRecord(Mechanic):
    """amount: for each record.  for returns: whether a return takes the amount back.  split: whether each payee of a shared
    record earns the whole amount, or the share; it must be said where a payee has a part of a record's credit.
    """

    proportional = True

    amount: Money
    for_returns: Literal["take back", "nothing"]
    split: Literal["whole each", "by share"] | None = None

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        size = len(lines)
        sign = run.events.sign[lines.event] if size else np.zeros(0, dtype=np.int64)
        # Where lines carry the sign apart, the amount here is that of a sale.
        here = np.where(lines.sign < 0, -sign, sign)
        if self.for_returns == "nothing":
            here = np.where(sign < 0, 0, here)
        amount = Exact.full(size, self.amount.amount) * Exact(here.astype(np.int64)) * lines.share
        share = run.credits.share[lines.credit]
        if run.conventions.get("split.when") == "after rate":
            # What is divided after the rate has its share already.
            divided = (run.credits.type[lines.credit] == DIRECT) & (share.num > 0)
            amount = amount.over(Exact.where(divided, share, Exact.full(size, 1)))
        if self.split is None:
            self._ask_split(lines, amount, amount * share, run)
        elif self.split == "by share":
            amount = amount * share
        rule = run.rule(f"{self.amount} a record", where=self.where)
        return lines.change(
            amount=amount,
            currency=np.full(size, self.amount.currency, dtype=object),
            rule=np.full(size, rule),
        )

    def _ask_split(self, lines: Lines, amount: Exact, shared: Exact, run: ComponentRun) -> None:
        """A Problem where a payee has a part of a record's credit, and the plan doesn't say what that earns."""
        differs = np.flatnonzero(~amount.same(shared))
        if not len(differs):
            return
        at = int(differs[0])
        event = int(lines.event[at])
        whole, part = (format_money(x.at(at), self.amount.currency) for x in (amount, shared))
        share = format_percent(run.credits.share.at(int(lines.credit[at])))
        run.problem(
            "record-share",
            f'"{run.world.payees[int(lines.payee[at])]}" has {share} of the credit of {run.events.record[event]}, and "{self.name}" doesn\'t say what that earns.',
            self.where,
            "The answer changes what is paid.",
            f"Add one of:\n      split: whole each (every payee of the record earns the amount): {whole}"
            f"\n      split: by share (each earns that part of the amount): {part}",
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        earned = format_money(after.amount, after.currency)
        if after.base < 0 and not after.amount:
            return "A return takes nothing back."
        if after.amount < 0:
            return f"The return takes back {format_money(abs(after.amount), after.currency)}, whatever it is worth."
        return f"The record earns {earned}, whatever it is worth."
