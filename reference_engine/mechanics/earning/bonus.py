"""Bonus: a fixed or calculated amount when a condition holds: lump sums, kickers, SPIFFs, milestones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.lump import Lump, lumps
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.vocabulary.numbers import format_money

_TABLES = {
    "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
    "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 100.00 EUR | 2026-01-15 | X\nD-2 | Ana | 100.00 EUR | 2026-01-20 | X\n"
    "D-3 | Ana | 100.00 EUR | 2026-02-15 | X\nD-4 | Ana | 100.00 EUR | 2026-03-31 | Y",
}


def _example(title: str, bonus: str, payouts: str, more: dict[str, str] | None = None) -> Example:
    return Example(
        title,
        "conventions: {rounding: exact, tier.accumulate: quarter, returns.count: take away one, quota.zero: refuse}\n"
        "measures: [{measure: X deals, of: bookings, count: records, where: 'product = \"X\"', credits: [direct]}]\n"
        f"components: [{{component: B, earn: [{{bonus: {bonus}}}]}}]",
        {**_TABLES, **(more or {})},
        payouts,
    )


@mechanic(
    "An amount is paid for an interval in which a condition holds: every time, or only the first time in a longer span.",
    examples=(
        _example(
            "SPIFF: 3 deals of X in the quarter earn 500.00; reached just on the bound",
            "{pays: 500.00 EUR, when: X deals >= 3, per: quarter}",
            "Ana | 2026-03 | 500.00 EUR",
        ),
        _example(
            "A return brings the count below the bound",
            "{pays: 500.00 EUR, when: X deals >= 3, per: quarter}",
            "",
            {"returns": "return | of | date | amount\nR-1 | D-3 | 2026-03-01 | 100.00 EUR"},
        ),
        _example(
            "Kicker: once in the quarter, in the month in which 200.00 is reached; it is above in the next months too",
            "{pays: 50.00 EUR, when: bookings >= 200.00 EUR, once in: quarter}",
            "Ana | 2026-01 | 50.00 EUR",
        ),
        _example(
            "Calculated: 10% of the quarter's bookings above 350.00",
            "{pays: '10% * (bookings - 350.00 EUR)', when: bookings > 350.00 EUR, per: quarter}",
            "Ana | 2026-03 | 5.00 EUR",
        ),
    ),
    formula="amount = `pays` where `when` holds at the end of `per`; with `once in`, only in the first interval of that span",
    boundary="The comparison in `when` decides the bound. Returns count with the sign that the figure gives them. An amount that was paid "
    "once isn't taken back when a later return undoes the condition; a `clawback` or a formula of `earned by` does that.",
    sources=(
        "https://helpcenter.xactlycorp.com/?p=5396",
        "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_N1126040.html",
    ),
    words={
        "Xactly": "bonus rule, SPIF",
        "NetSuite": "kicker",
        "SAP": "bonus rule",
        "general": "lump sum, SPIFF, kicker, milestone bonus",
    },
)
@dataclass(frozen=True)
class Bonus(Lump):
    """pays: an amount of money, or a formula of one.  when: the condition; always where it isn't stated.  per: the interval
    after which it is looked at, the pay period where it isn't stated.  once in: at most once in this span."""

    pays: Expression
    when: Expression | None = None
    per: Literal["period", "quarter", "half-year", "year"] | None = None
    once_in: Literal["quarter", "half-year", "year", "plan"] | None = None

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        payee, period = self.closing(run)
        if not len(payee):
            return lines
        cells = run.cells(payee, period)
        holds = (
            np.ones(len(payee), dtype=bool)
            if self.when is None
            else cells.yes(self.when, self.where, run.problems)
        )
        if self.once_in is not None:
            holds = holds & self._first(payee, period, holds, run)
        chosen = np.flatnonzero(holds)
        found = run.cells(payee[chosen], period[chosen]).number(self.pays, self.where, run.problems)
        check_money(found.unit, found.value, str(self.pays), run, self)
        rule = run.rule(f"bonus {self.when}" if self.when is not None else "bonus", "bonus", self.where)
        return lumps(
            lines, payee[chosen], period[chosen], found.value, found.unit, np.full(len(chosen), rule)
        )

    def _first(self, payee: Array, period: Array, holds: Array, run: ComponentRun) -> Array:
        """The first cell of each payee and span in which the condition holds."""
        if self.once_in == "plan":
            span = np.zeros(len(run.periods), dtype=np.int64)
        else:
            assert self.once_in is not None
            span, _ = run.intervals(self.once_in)
        key = payee * (len(run.periods) + 1) + span[period]
        order = np.lexsort((period, ~holds, key))
        first = np.ones(len(order), dtype=bool)
        first[1:] = key[order][1:] != key[order][:-1]
        out: Array = np.zeros(len(order), dtype=bool)
        out[order] = first
        return np.asarray(out & holds, dtype=bool)

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None:
            return ""
        why = f" because {formula_words(self.when)}" if self.when is not None else ""
        amount = format_money(after.amount, after.currency)
        words = formula_words(self.pays)
        return (
            f"A bonus is paid{why}: {amount}."
            if words == amount
            else f"A bonus is paid{why}: {words} = {amount}."
        )


def check_money(unit: Array, value: Exact, what: str, run: ComponentRun, mechanic: Lump) -> None:
    """A Problem where an amount that is to be paid has no currency."""
    if ((unit == "") & (value.num != 0)).any():
        run.problem(
            "not-money",
            f'"{what}" is a plain number.',
            mechanic.where,
            "What is paid needs a currency.",
            "Write it with its currency, like  500.00 EUR  or  5% * bookings.",
        )
