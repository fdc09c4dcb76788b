"""Payment currency: what is earned in one currency is paid in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.conversion import Rates
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import credit_key, tell
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import (
    MINOR_UNITS,
    NotANumber,
    format_money,
    format_number,
    minor_units,
)

_RATES = (
    "from | to | rate | valid from | kind\nUSD | JPY | 150.555 | 2026-01-01 | spot\nUSD | JPY | 151.005 | 2026-01-31 | spot\n"
    "USD | KWD | 0.30671 | 2026-01-01 | spot\nUSD | EUR | 0.915 | 2026-01-01 | spot"
)


def _example(
    title: str, to: str, payouts: str, rounded: str = "half up", day: str = "record date", more: str = ""
) -> Example:
    return Example(
        title,
        f"currency: USD\nconventions: {{rounding: exact, fx.kind: spot{more}}}\ncomponents: [{{component: C, measure: bookings, "
        f"credits: [direct], earn: [{{flat rate: {{rate: 10%}}}}], pay: [{{payment currency: {{to: {to}, day: {day}, rounded: {rounded}}}}}]}}]",
        {
            "payees": "payee | currency\nAna | EUR",
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.10 USD | 2026-01-15",
            "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-15 | 500.00 USD",
            "exchange_rates": _RATES,
        },
        payouts,
    )


@mechanic(
    "What a component earned is converted into the currency of payment, at the rate of a stated day, and rounded to its minor unit.",
    examples=(
        _example(
            "Yen have no decimals; a return is taken back at the rate of its own day",
            "JPY",
            "Ana | 2026-01 | 15,057 JPY\nAna | 2026-02 | -7,550 JPY",
        ),
        _example("Dinars have three", "KWD", "Ana | 2026-01 | 30.674 KWD\nAna | 2026-02 | -15.336 KWD"),
        _example(
            "The payee's own currency, cut off",
            "of the payee",
            "Ana | 2026-01 | 91.50 EUR\nAna | 2026-02 | -45.75 EUR",
            "down",
        ),
        _example(
            "At the end of the pay period",
            "JPY",
            "Ana | 2026-01 | 15,102 JPY\nAna | 2026-02 | -7,550 JPY",
            day="period end",
        ),
        _example(
            "No rate: it is paid in its own currency where the plan says so",
            "CHF",
            "Ana | 2026-01 | 100.01 USD\nAna | 2026-02 | -50.00 USD",
            more=", fx.missing_rate: keep original",
        ),
    ),
    formula="paid = earned x rate of the day, rounded to the minor unit of the currency paid",
    boundary="A rate is in force from its day on, that day included. Each line is rounded by itself, so that lines sum to the payout. "
    "Converting there and back loses what the two roundings cut.",
    sources=(
        "https://helpcenter.xactlycorp.com/article/incent-concepts-where-currencies-are-applied",
        "https://sandbox.earnestcomp.com/help/understanding-multi-currency",
        "https://docs.idynamics.es/en/commissions/settlements/currency.html",
    ),
    words={
        "Xactly": "payment currency",
        "Oracle Fusion": "home and operating currency",
        "Earnest": "payout currency",
    },
)
@dataclass(frozen=True)
class PaymentCurrency(Mechanic):
    """to: the code of a currency, or `of the payee` for the column currency of payees.  day: of the rate.  rounded: how."""

    on_amounts = True

    to: str
    day: Literal["record date", "period start", "period end"]
    rounded: Literal["half up", "half even", "down", "away from zero"]

    def needs(self) -> tuple[str, ...]:
        return ("fx.kind",)

    def check(self, problems: list[Problem]) -> None:
        if self.to == "of the payee":
            return
        try:
            minor_units(self.to)
        except NotANumber as error:
            problems.append(
                Problem(
                    "unknown-currency",
                    error.what,
                    self.where,
                    "Nothing could be paid in it.",
                    f"{error.remedy} Or write  of the payee.",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        wanted = np.full(len(lines), self.to, dtype=object)
        if self.to == "of the payee":
            wanted = run.world.payee_column("currency")[lines.payee]
            for code in np.unique(lines.payee[wanted == ""]).tolist():
                run.problem(
                    "no-payment-currency",
                    f'"{run.world.payees[code]}" has no currency in payees.',
                    self.where,
                    f'"{run.component.name}" is paid in the payee\'s currency.',
                    "Fill the column currency.",
                )
        days = self._days(lines, run)
        rates = Rates(run.world, run.conventions["fx.kind"])
        factor = Exact.full(len(lines), 1)
        found = np.ones(len(lines), dtype=bool)
        decimals = np.zeros(len(lines), dtype=np.int64)
        for currency in dict.fromkeys(wanted.tolist()):
            at = np.flatnonzero(wanted == currency)
            own, there = rates.factors(lines.currency[at], currency, days[at])
            index = np.zeros(len(lines), dtype=np.int64)
            index[at] = np.arange(len(at))
            factor = Exact.where(wanted == currency, own[index], factor)
            found[at] = there
            decimals[at] = MINOR_UNITS.get(currency, 2)
        lost = ~found & (lines.amount.num != 0)
        if lost.any() and run.conventions.get("fx.missing_rate") != "keep original":
            at_line = int(np.flatnonzero(lost)[0])
            run.problem(
                "no-exchange-rate",
                f"no {run.conventions['fx.kind']} rate {lines.currency[at_line]} to {wanted[at_line]} for {days[at_line]}.",
                self.where,
                f"What is earned can't be paid in {wanted[at_line]}.",
                "Add the rate to exchange_rates, or state  fx.missing_rate: keep original  where it is paid in its own currency then.",
            )
        converted = lines.amount * factor
        if run.notes is not None:
            for line in np.flatnonzero(found & (wanted != lines.currency)).tolist():
                sentence = f"{format_money(lines.amount.at(line), str(lines.currency[line]))} x {format_number(factor.at(line))} = {format_money(converted.at(line), str(wanted[line]))}, the {run.conventions['fx.kind']} rate of {days[line]}."
                credit = int(lines.credit[line])
                key = credit_key(credit) if credit >= 0 else (int(lines.payee[line]), int(lines.period[line]))
                tell(run, key, sentence)
        amount = lines.amount
        for places in np.unique(decimals).tolist():
            takes = found & (decimals == places) & (wanted != lines.currency)
            amount = Exact.where(takes, converted.rounded(self.rounded, places), amount)
        return lines.change(amount=amount, currency=np.where(found, wanted, lines.currency).astype(object))

    def _days(self, lines: Lines, run: ComponentRun) -> Array:
        first = np.array([p.first for p in run.periods], dtype="datetime64[D]")[lines.paid_in]
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")[lines.paid_in]
        if self.day == "period start":
            return first
        if self.day == "period end":
            return last
        return np.where(lines.event >= 0, run.events.date[lines.event], last)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None or before.currency == after.currency:
            return ""
        return f"{format_money(before.amount, before.currency)} is paid as {format_money(after.amount, after.currency)}, at the rate of the {self.day}, rounded {self.rounded}."
