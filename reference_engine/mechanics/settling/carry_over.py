"""Carry over: a total that is too small to be paid waits for the next pay period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.columns import Exact
from reference_engine.mechanics.measure import stacked
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.settling.maximum import check_currency
from reference_engine.mechanics.settling_examples import earned, months, plan
from reference_engine.settling_run import Settling, SettlingRun
from reference_engine.vocabulary.numbers import Money, format_money

_SMALL = "{carry over: {under: 100.00 USD}}"


@mechanic(
    "A total below the smallest payout isn't paid; it waits and is added to the next pay period.",
    (
        Example(
            "Below the smallest payout it waits; together with the next month it is paid; exactly 100.00 is paid",
            plan(_SMALL, "carry.bound: paid"),
            earned("99.99", "0.01", "100.00", "40.00", "30.00"),
            months("Ana", "0.00", "100.00", "100.00", "0.00", "0.00"),
            source="https://support.rpmsoftware.com/support/solutions/articles/12000091046-agency-commission-totals-carry-over-payments; amounts by hand",
            balances=months("Ana", "99.99", "0.00", "0.00", "40.00", "70.00"),
        ),
        Example(
            "Exactly the smallest payout waits too",
            plan(_SMALL, "carry.bound: carried"),
            earned("100.00", "0.01"),
            months("Ana", "0.00", "100.01"),
            balances=months("Ana", "100.00", "0.00"),
        ),
        Example(
            "A return leaves a total below zero, which waits like any small total",
            plan(_SMALL, "carry.bound: paid, carry.negative: carried, balance.negative: paid out"),
            earned("150.00", "-60.00", "150.00", "20.00"),
            months("Ana", "150.00", "0.00", "0.00", "110.00"),
            balances=months("Ana", "0.00", "-60.00", "90.00", "0.00"),
        ),
        Example(
            "A total below zero is settled at once; only small amounts to be paid wait",
            plan(_SMALL, "carry.bound: paid, carry.negative: settled, balance.negative: paid out"),
            earned("150.00", "-60.00", "80.00"),
            months("Ana", "150.00", "-60.00", "0.00"),
            balances=months("Ana", "0.00", "0.00", "80.00"),
        ),
    ),
    formula="total = earned + carried from before; total < under: pay 0 and carry it; else pay it",
    boundary="A total that is exactly the smallest payout is paid or waits as carry.bound says; one below zero as carry.negative says.",
    sources=(
        "https://support.rpmsoftware.com/support/solutions/articles/12000091046-agency-commission-totals-carry-over-payments",
        "https://www.stechno.net/repository/sap-messages.html?id=CACS_SE051",
    ),
    words={"RPM": "carry over payments", "SAP ICM": "threshold for settlements"},
)
@dataclass(frozen=True)
class CarryOver(Settling):
    """under: the smallest payout."""

    under: Money

    def needs(self) -> tuple[str, ...]:
        return ("carry.bound",)

    def settle(self, run: SettlingRun) -> None:
        check_currency(run, self.under, self)
        on_bound = run.need("carry.bound", "the smallest payout", self.where) == "carried"
        rows, periods = run.shape
        least, zero = Exact.full(rows, self.under.amount), Exact.full(rows, 0)
        waiting = zero
        kept: list[Exact] = []
        added: list[Exact] = []
        inside = (np.arange(periods) >= run.first[:, None]) & (np.arange(periods) <= run.last[:, None])
        negative = run.reading("carry.negative")
        for t in range(periods):
            pay = run.pay[:, t]
            total = pay + waiting
            small = ((total <= least) if on_bound else (total < least)) & (total.num != 0) & inside[:, t]
            below = small & (total.num < 0)
            if below.any() and negative is None:
                negative = run.need("carry.negative", "a total below zero", self.where)
            small &= ~below | (negative == "carried")
            kept.append(Exact.where(small, pay, zero))
            added.append(Exact.where(small, zero, waiting))
            waiting = Exact.where(small, total, zero)
        left, paid = stacked(kept), stacked(added)
        least_words = format_money(self.under.amount, self.under.currency)
        total_before = run.pay

        run.add(
            "too small to pay",
            lambda row, t: (
                f"the total is below the smallest payout of {least_words}: {_signed(run, total_before, row, t)} of this period waits for the next"
            ),
            self.where,
            pay=-left,
            balance=left,
        )
        run.add(
            "carried over",
            lambda row, t: f"{_signed(run, paid, row, t)} waited from earlier periods and is settled now",
            self.where,
            pay=paid,
            balance=-paid,
        )


def _signed(run: SettlingRun, matrix: Exact, row: int, t: int) -> str:
    return ("-" if matrix.num[row, t] < 0 else "") + run.money(matrix, row, t)
