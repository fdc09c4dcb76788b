"""Differential override: each rank above earns only what its own rate is more than what was paid below."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.crediting.credits import OVERLAY, ROLL_UP
from reference_engine.mechanics.ranks import positions
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import piece_words
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent, format_money, format_percent


@dataclass(frozen=True, slots=True)
class RankRate:
    """rank: a value of the payees' column.  rate: of the sale.  per unit: instead, an amount for each unit."""

    rank: str
    rate: Percent | None = None
    per_unit: Money | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def value(self) -> Fraction:
        return (
            self.rate.value
            if self.rate is not None
            else self.per_unit.amount
            if self.per_unit
            else Fraction(0)
        )


def _plan(
    rates: str, ranks: str = "[{rank: Bronze, rate: 5%}, {rank: Silver, rate: 10%}, {rank: Gold, rate: 20%}]"
) -> str:
    return (
        "eligible: everyone\nconventions: {rounding: exact, rollup.own_sales: excluded}\n"
        "components: [{component: C, measure: bookings, credits: [direct, roll-up], earn: [{differential override: "
        f"{{rank: role, rates are: {rates}, ranks: {ranks}}}}}]}}]"
    )


_CHAIN = {
    "payees": "payee | role | manager\nAna | Bronze | Ben\nBen | Silver | Cho\nCho | Silver | Dan\nDan | Gold |",
    "crediting_rules": "role | receives | of the credit of\nSilver | 100% | team\nGold | 100% | team",
}
_DEAL = "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15"


@mechanic(
    "The seller earns the rate of the own rank; each rank above earns what its rate is more than the highest rate below.",
    examples=(
        Example(
            "Bronze 5%, Silver 10%, another Silver, Gold 20%: the second Silver finds nothing left",
            _plan("of the rank"),
            {**_CHAIN, "deals": _DEAL},
            "Ana | 2026-01 | 50.00 EUR\nBen | 2026-01 | 50.00 EUR\nCho | 2026-01 | 0.00 EUR\nDan | 2026-01 | 100.00 EUR",
        ),
        Example(
            "No Silver between Bronze and Gold: Gold earns the Silver part too",
            _plan("of the rank"),
            {
                "payees": "payee | role | manager\nAna | Bronze | Dan\nDan | Gold |",
                "crediting_rules": "role | receives | of the credit of\nGold | 100% | team",
                "deals": _DEAL,
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-10 | 400.00 EUR",
            },
            "Ana | 2026-01 | 50.00 EUR\nDan | 2026-01 | 150.00 EUR\nAna | 2026-02 | -20.00 EUR\nDan | 2026-02 | -60.00 EUR",
        ),
        Example(
            "Rates that add up rank by rank: 5%, 5% more and 10% more",
            _plan(
                "added up", "[{rank: Bronze, rate: 5%}, {rank: Silver, rate: 5%}, {rank: Gold, rate: 10%}]"
            ),
            {**_CHAIN, "deals": _DEAL},
            "Ana | 2026-01 | 50.00 EUR\nBen | 2026-01 | 50.00 EUR\nCho | 2026-01 | 0.00 EUR\nDan | 2026-01 | 100.00 EUR",
        ),
        Example(
            "A lower rank above a higher one earns nothing, and a sale of the top rank pays nobody above",
            _plan("of the rank"),
            {
                "payees": "payee | role | manager\nAna | Gold | Ben\nBen | Silver | Dan\nDan | Gold |",
                "crediting_rules": "role | receives | of the credit of\nSilver | 100% | team\nGold | 100% | team",
                "deals": _DEAL,
            },
            "Ana | 2026-01 | 200.00 EUR\nBen | 2026-01 | 0.00 EUR\nDan | 2026-01 | 0.00 EUR",
        ),
    ),
    formula="rate of a payee = max(0, rate of the own rank - highest rate of the ranks below on the way to the sale)",
    boundary="An equal rank below leaves nothing. A rank that is missing on the way goes to the next rank above. A rank that the "
    "list doesn't name has 0. A return takes back what its part of the sale paid to each.",
    sources=(
        "https://reference-guide.gitbook.io/crm-back-office-user-guide-full/17.-settings/back-office-portal-commission-settings/rule-settings/commission-calculations",
        "https://support.qualityunit.com/002376-Variable-Tier-Commissions",
    ),
    words={
        "broker CRM": "rank differential",
        "network sales": "compression",
        "Post Affiliate Pro": "variable tier commissions",
    },
)
@dataclass(frozen=True)
class DifferentialOverride(Mechanic):
    """rank: the column of payees that names the rank.  ranks: from the lowest to the highest.

    rates are: `of the rank` where each rate is the whole of the rank; `added up` where each is on top of the ranks before.

    Where the volume of the group picks the rate, and no rank does, take `override` with a rate of -100%; its page shows it.
    """

    rank: str
    ranks: tuple[RankRate, ...]
    rates_are: Literal["of the rank", "added up"]

    proportional = True

    def check(self, problems: list[Problem]) -> None:
        names = [r.rank for r in self.ranks]
        for entry in self.ranks:
            if names.count(entry.rank) > 1 or (entry.rate is None) == (entry.per_unit is None):
                problems.append(
                    Problem(
                        "override-ranks",
                        f'the rank "{entry.rank}" stands twice.'
                        if names.count(entry.rank) > 1
                        else f'the rank "{entry.rank}" must state a rate or an amount per unit, and not both.',
                        entry.where,
                        "It must be clear what a rank earns.",
                        "State each rank once, with rate: 5%  or  per unit: 2.00 EUR.",
                    )
                )
        if len({r.per_unit.currency if r.per_unit else "" for r in self.ranks}) > 1:
            problems.append(
                Problem(
                    "override-ranks",
                    "the ranks mix rates and amounts, or currencies.",
                    self.where,
                    "One can't be taken from the other.",
                    "State all ranks alike.",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        rank_of = positions(run, self.rank, self.ranks, self.where)
        if rank_of is None:
            return lines
        unit = next((r.per_unit.currency for r in self.ranks if r.per_unit is not None), "")
        if (lines.unit == "").any() != bool(unit):
            run.problem(
                "measure-mechanic",
                f'the ranks pay {"an amount per unit" if unit else "a percentage"}, and "{run.component.name}" counts {"money" if unit else "units"}.',
                self.where,
                "One can't be paid on the other.",
                "State  rate: 5%  for money and  per unit: 2.00 EUR  for units.",
            )
            return lines
        values = self._rates()
        # Codes in the order of the rates, so that the highest rate below is the highest code.
        order = sorted({Fraction(0), *values})
        place = {v: i for i, v in enumerate(order)}
        # The last code is that of a payee without a rank.
        code = np.array([*(place[v] for v in values), place[Fraction(0)]], dtype=np.int64)[rank_of]
        table = Exact.of(order)
        below = self._below(code, run)[lines.credit]
        mine = code[lines.payee]
        spread = Exact.where(
            mine > below, table[mine] - table[np.maximum(below, 0)], Exact.full(len(lines), 0)
        )
        spread = Exact.where(below < 0, table[mine].maximum(Exact.full(len(lines), 0)), spread)
        effective = spread * lines.share
        rules = np.array(
            [
                run.rule(f'the rate of the rank "{r.rank}" less what was paid below', where=r.where)
                for r in self.ranks
            ]
            or [0]
        )
        none = run.rule("no rank: nothing", where=self.where)
        position = rank_of[lines.payee]
        return lines.change(
            rate=effective,
            has_rate=np.ones(len(lines), dtype=bool),
            rate_unit=np.full(len(lines), unit, dtype=object),
            amount=lines.base * effective,
            currency=np.full(len(lines), unit, dtype=object) if unit else lines.unit,
            rule=np.where(position >= 0, rules[position], none),
        )

    def _rates(self) -> list[Fraction]:
        if self.rates_are == "of the rank":
            return [r.value for r in self.ranks]
        out: list[Fraction] = []
        for entry in self.ranks:
            out.append((out[-1] if out else Fraction(0)) + entry.value)
        return out

    def _below(self, code: Array, run: ComponentRun) -> Array:
        """For each credit the highest code of a payee below it on the way to the sale; -1 for direct credit."""
        credits = run.credits
        rows = np.flatnonzero(credits.type != OVERLAY)
        direct = np.where(credits.type[rows] == ROLL_UP, credits.source[rows], rows)
        level = (
            np.zeros(len(rows), dtype=np.int64)
            if credits.level is None
            else credits.level[rows].astype(np.int64)
        )
        level = np.where(credits.type[rows] == ROLL_UP, level, -1)
        order = np.lexsort((level, direct))
        rows, direct, level = rows[order], direct[order], level[order]
        # A running maximum that begins again with each sale: later sales have higher numbers.
        sale = np.cumsum(np.append(True, direct[1:] != direct[:-1])[: len(rows)])
        width = int(code.max(initial=0)) + 2
        highest = np.maximum.accumulate(sale * width + code[credits.payee[rows]] + 1)
        before = np.concatenate([np.zeros(1, dtype=np.int64), highest[:-1]])[: len(rows)]
        # Who stands on the same level isn't below.
        first = np.ones(len(rows), dtype=bool)
        first[1:] = (direct[1:] != direct[:-1]) | (level[1:] != level[:-1])
        before = before[np.flatnonzero(first)][np.cumsum(first) - 1] if len(rows) else before
        out = np.full(len(credits), -1, dtype=np.int64)
        out[rows] = np.where(before >= sale * width, before - sale * width - 1, -1)
        return out

    def say(self, before: LineView | None, after: LineView) -> str:
        if after.rate is None:
            return ""
        own = self._own(after)
        if own is None:
            return "The payee has no rank in the list, so it earns nothing."
        rank, rate = own
        if not after.rate:
            return f'The rank "{rank}" has {self._rate(rate)}, and as much or more is paid to those below, so it earns nothing.'
        gone = rate - after.rate / (after.share or 1)
        less = f", of which {self._rate(gone)} is paid to those below" if gone else ""
        return f'The rank "{rank}" has {self._rate(rate)}{less}: {piece_words(after)}'

    def _own(self, line: LineView) -> tuple[str, Fraction] | None:
        """The rank that the rule of a line names, and its rate."""
        for entry, rate in zip(self.ranks, self._rates(), strict=True):
            if line.rule is not None and f'"{entry.rank}"' in line.rule.words:
                return entry.rank, rate
        return None

    def _rate(self, value: Fraction) -> str:
        unit = next((r.per_unit.currency for r in self.ranks if r.per_unit is not None), "")
        return f"{format_money(value, unit)} a unit" if unit else format_percent(value)
