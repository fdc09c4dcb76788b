"""Pool: an amount for a group is divided among its members, equally or by a figure."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell
from reference_engine.mechanics.earning.bonus import check_money
from reference_engine.mechanics.lump import Lump, lumps
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money, format_number, format_percent


def _example(title: str, pool: str, payouts: str, residue: str = "last", reported: str = "") -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, tier.accumulate: quarter, pool.residue: {residue}}}\n"
        f"components: [{{component: Pool, earn: [{{pool: {pool}}}]}}]",
        {
            "payees": "payee | team\nAna | North\nBen | North\nCai | North\nDee | South",
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01\nBen | P | 2026-01-01\nCai | P | 2026-01-01\nDee | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 600.00 EUR | 2026-01-15\nD-2 | Ben | 300.00 EUR | 2026-02-15\n"
            "D-3 | Cai | 200.00 EUR | 2026-03-15\nD-4 | Dee | 50.00 EUR | 2026-03-16",
            "returns": "return | of | date | amount\nR-1 | D-3 | 2026-03-20 | 100.00 EUR",
            **({"reported_measures": reported} if reported else {}),
        },
        payouts,
    )


@mechanic(
    "An amount for everybody or for a team is divided among those who qualify, equally or in proportion to a figure.",
    examples=(
        _example(
            "100.00 shared by three: the last takes the cent that is left",
            "{amount: 100.00 EUR, per: quarter, shared: equally, by team: yes, who: bookings >= 100.00 EUR}",
            "Ana | 2026-03 | 33.33 EUR\nBen | 2026-03 | 33.33 EUR\nCai | 2026-03 | 33.34 EUR",
        ),
        _example(
            "By volume: only those who qualify are in the sum; a return took Cai's share down to 100.00 of 1,000.00",
            "{amount: 2000.00 EUR, per: quarter, shared: bookings, who: bookings >= 100.00 EUR}",
            "Ana | 2026-03 | 1,200.00 EUR\nBen | 2026-03 | 600.00 EUR\nCai | 2026-03 | 200.00 EUR",
        ),
        _example(
            "5% of the team's bookings above 900.00, shared equally; a team that isn't above has no pool",
            "{amount: '5% * max(team bookings - 900.00 EUR, 0)', per: quarter, shared: equally, by team: yes}",
            "Ana | 2026-03 | 1.67 EUR\nBen | 2026-03 | 1.67 EUR\nCai | 2026-03 | 1.66 EUR",
        ),
        _example(
            "Nobody qualifies: the pool isn't paid",
            "{amount: reported pool, per: quarter, shared: equally, who: bookings > 600.00 EUR}",
            "",
            reported="payee | measure | period | value\n | pool | 2026-Q1 | 100.00 EUR",
        ),
    ),
    formula="equally: amount / number of those who qualify; by a figure: amount x figure / sum of the figures of those who qualify",
    boundary="Shares are rounded to the currency's minor unit, half up; pool.residue says who takes the cents that are left. An "
    "empty group pays nothing. A member whose figure is negative shares nothing.",
    sources=(
        "https://github.com/Pragmatists/bonus-calculator-java",
        "https://lawinsider.com/clause/redistribution-bonus-pool-incentive",
    ),
    words={"general": "bonus pool, team bonus, redistribution pool", "PeopleSoft": "pool funding"},
)
@dataclass(frozen=True)
class Pool(Lump):
    """amount: of the pool, alike for all members of the group.  shared: equally, or by a figure.  per: how often it is
    shared out.  who: the condition for a share.  by team: each team has its own pool; everybody on the plan shares one where it is left out."""

    reads_others = True

    amount: Expression
    shared: Expression
    per: Literal["period", "quarter", "half-year", "year"] | None = None
    who: Expression | None = None
    by_team: Literal["yes", "no"] = "no"

    def needs(self) -> tuple[str, ...]:
        return ("pool.residue",)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        payee, period = self.closing(run)
        if not len(payee):
            return lines
        if self.who is not None:
            part = run.cells(payee, period).yes(self.who, self.where, run.problems)
            payee, period = payee[part], period[part]
        cells = run.cells(payee, period)
        amount = cells.number(self.amount, self.where, run.problems)
        check_money(amount.unit, amount.value, str(self.amount), run, self)
        by, units = [Fraction(1)] * len(payee), [""] * len(payee)
        if self.shared.text != "equally":
            weight = cells.number(self.shared, self.where, run.problems)
            by, units = weight.value.fractions(), [str(u) for u in weight.unit.tolist()]
        if run.problems:
            return lines
        groups: dict[tuple[str, int], list[int]] = {}
        team = run.world.payee_column("team")
        for row, (code, t) in enumerate(zip(payee.tolist(), period.tolist(), strict=True)):
            groups.setdefault((str(team[code]) if self.by_team == "yes" else "", t), []).append(row)
        pools, paid, share = amount.value.fractions(), [Fraction(0)] * len(payee), [Fraction(0)] * len(payee)
        for rows in groups.values():
            if len({(pools[r], amount.unit[r]) for r in rows}) > 1:
                run.problem(
                    "pool-differs",
                    f'"{self.amount}" isn\'t alike for all who share the pool.',
                    self.where,
                    "One pool has one amount.",
                    "Write a figure of the company or of the team, like  5% * team bookings.",
                )
                return lines
            self._divide(rows, pools[rows[0]], str(amount.unit[rows[0]]), by, paid, share, run)
            self._tell([(r, (int(payee[r]), int(period[r]))) for r in rows if by[r] > 0], by, units, run)
        rule = run.rule(
            f"share of a pool, {'equally' if self.shared.text == 'equally' else f'by {self.shared}'}",
            "pool",
            self.where,
        )
        return lumps(
            lines,
            payee,
            period,
            Exact.of([*paid, 0])[np.arange(len(payee))],
            amount.unit,
            np.full(len(payee), rule),
            base=amount.value,
            unit=amount.unit,
            rate=Exact.of([*share, 0])[np.arange(len(payee))],
        )

    def _tell(
        self, rows: list[tuple[int, tuple[int, int]]], by: list[Fraction], units: list[str], run: ComponentRun
    ) -> None:
        """Keeps each payee's part of the whole, for whoever explains it."""
        total = sum((by[r] for r, _ in rows), Fraction(0))
        for r, key in rows:
            if self.shared.text == "equally":
                tell(run, key, f"{len(rows)} payee{'' if len(rows) == 1 else 's'} share it.")
                continue
            own, all_ = (format_money(v, units[r]) if units[r] else format_number(v) for v in (by[r], total))
            tell(run, key, f"{own} of {all_} in all is a part of {format_percent(by[r] / total)}.")

    def _divide(
        self,
        rows: list[int],
        pool: Fraction,
        currency: str,
        by: list[Fraction],
        paid: list[Fraction],
        share: list[Fraction],
        run: ComponentRun,
    ) -> None:
        """Divides one pool; the rounded shares sum to it."""
        taking = [r for r in rows if by[r] > 0]
        total = sum((by[r] for r in taking), Fraction(0))
        if not total:
            return
        cent = Fraction(1, 10 ** MINOR_UNITS.get(currency, 2))
        for r in taking:
            share[r] = by[r] / total
            paid[r] = _half_up(pool * share[r] / cent) * cent
        left = pool - sum((paid[r] for r in taking), Fraction(0))
        reading = run.conventions["pool.residue"]
        if reading == "lost":
            return
        taker = {"first": taking[0], "last": taking[-1]}.get(
            reading, max(taking, key=lambda r: (share[r], -r))
        )
        paid[taker] += left

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None or after.rate is None:
            return ""
        how = "equally" if self.shared.text == "equally" else f"in proportion to {formula_words(self.shared)}"
        start = f"The pool of {format_money(after.base, after.unit)} is divided {how}: "
        exact = after.base * after.rate
        product = f"{format_money(after.base, after.unit)} x {format_percent(after.rate)} = {format_money(exact, after.currency)}"
        if exact == after.amount:
            return f"{start}{product}."
        cent = Fraction(1, 10 ** MINOR_UNITS.get(after.currency, 2))
        residue = _half_up(exact / cent) * cent != after.amount
        amount = format_money(after.amount, after.currency)
        if residue:
            return f"{start}{product}; rounded, and with what the rounding of all parts leaves over, it is {amount}."
        return f"{start}{product}, rounded to {amount}."


def _half_up(value: Fraction) -> Fraction:
    sign = -1 if value < 0 else 1
    return Fraction(sign * int((abs(value) * 2 + 1) // 2))
