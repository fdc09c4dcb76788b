"""Fund: money or points accrue, claims draw on them, and what isn't claimed in time lapses: MDF, co-op, loyalty."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.background import tell
from reference_engine.mechanics.lump import Lump, closing, lumps
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.problems import Problem
from reference_engine.vocabulary.numbers import Money, Percent, format_money, format_number
from reference_engine.vocabulary.results import FigureValue


def _example(title: str, fund: str, claims: str, payouts: str, order: str = "after accrual") -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, fund.claims: {order}}}\n"
        f"components: [{{component: Co-op, earn: [{{fund: {fund}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nShop | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Shop | 100,000.00 EUR | 2026-01-15\nD-2 | Shop | 10,000.00 EUR | 2026-03-15",
            "returns": "return | of | date | amount\nR-1 | D-1 | 2026-02-20 | 10,000.00 EUR",
            "fund_claims": "claim | payee | fund | amount | date\n" + claims,
        },
        payouts,
    )


_ACCRUES = "fund: Co-op, accrues: 2% * bookings in the period"


@mechanic(
    "A balance grows with what accrues; claims are paid as a share of what was spent, as far as the balance reaches.",
    examples=(
        _example(
            "Half of the spend is paid; the claim stays below the balance of 2,000.00",
            f"{{{_ACCRUES}, share: 50%}}",
            "C-1 | Shop | Co-op | 1,800.00 EUR | 2026-01-20",
            "Shop | 2026-01 | 900.00 EUR",
        ),
        _example(
            "The second claim meets what is left: 2,000.00 - 900.00 - 200.00 for a return",
            f"{{{_ACCRUES}, share: 50%}}",
            "C-1 | Shop | Co-op | 1,800.00 EUR | 2026-01-20\nC-2 | Shop | Co-op | 2,000.00 EUR | 2026-02-20",
            "Shop | 2026-01 | 900.00 EUR\nShop | 2026-02 | 900.00 EUR",
        ),
        _example(
            "What accrued in January lapses after two periods: in March only March's own 200.00 is there",
            f"{{{_ACCRUES}, share: 100%, lapses after periods: 2}}",
            "C-1 | Shop | Co-op | 500.00 EUR | 2026-03-20",
            "Shop | 2026-03 | 200.00 EUR",
        ),
        _example(
            "Claims count before the accrual of their own period",
            f"{{{_ACCRUES}, share: 100%}}",
            "C-1 | Shop | Co-op | 500.00 EUR | 2026-01-20",
            "",
            "before accrual",
        ),
        _example(
            "A cap of 1% of the year's purchases on all claims of the year",
            f"{{{_ACCRUES}, share: 100%, at most in the year: 1% * bookings this year}}",
            "C-1 | Shop | Co-op | 1,500.00 EUR | 2026-01-20\nC-2 | Shop | Co-op | 500.00 EUR | 2026-03-20",
            "Shop | 2026-01 | 1,000.00 EUR",
        ),
    ),
    formula="paid = min(claim x share, balance, what is left under the cap); balance = accrued - paid - lapsed",
    boundary="Claims of a day are paid in the order of their names; a claim is paid in part where the balance ends, and its rest isn't "
    "kept. The oldest accruals are used first. An accrual of a return takes from the newest. What lapses after N periods may "
    "still be claimed in the N-1 periods that follow its own.",
    sources=(
        "https://www.transformance.ai/glossary/mdf-and-co-op-advertising",
        "https://www.gridcraft.cloud/?p=937",
        "https://docs.oracle.com/cd/B31104_02/books/LoyaltyAdmin/LoyaltyAdmin_Programs3.html",
    ),
    words={
        "general": "MDF, market development fund, co-op advertising, loyalty points, accrual fund",
        "Siebel": "loyalty points",
    },
)
@dataclass(frozen=True)
class Fund(Lump):
    """fund: its name in the table fund_claims.  accrues: what is added in each pay period: money, or points.  share: of the
    claimed amount that is paid.  point pays: what a point is worth, for a fund of points.  at most in the year: what all
    claims of a year may be paid.  lapses after periods, lapses: how long an accrual may be claimed."""

    fund: str
    accrues: Expression
    share: Percent
    point_pays: Money | None = None
    at_most_in_the_year: Expression | None = None
    lapses_after_periods: int | None = None
    lapses: Literal["never", "at year end"] = "never"

    def needs(self) -> tuple[str, ...]:
        return ("fund.claims",)

    def check(self, problems: list[Problem]) -> None:
        if self.lapses_after_periods is not None and (
            self.lapses != "never" or not self.lapses_after_periods
        ):
            problems.append(
                Problem(
                    "fund-lapse",
                    '"fund" states two ways to lapse, or none of its periods.',
                    self.where,
                    "It wouldn't be clear how long an accrual may be claimed.",
                    "State one: lapses after periods: 3, or lapses: at year end.",
                )
            )

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        payee, period = closing(run, "period")
        if not len(payee):
            return lines
        cells = run.cells(payee, period)
        accrued = cells.number(self.accrues, self.where, run.problems)
        limit = None
        if self.at_most_in_the_year is not None:
            limit = cells.number(self.at_most_in_the_year, self.where, run.problems).value.fractions()
        claims, currency = self._claims(run)
        if run.problems:
            return lines
        years, _ = run.intervals("year")
        amounts = accrued.value.fractions()
        paid = [Fraction(0)] * len(payee)
        rows: dict[int, list[int]] = {}
        for row, code in enumerate(payee.tolist()):
            rows.setdefault(code, []).append(row)
        for code, own in rows.items():
            open_: list[tuple[int, Fraction]] = []
            used: dict[int, Fraction] = {}
            for row in own:
                t, year = int(period[row]), int(years[period[row]])
                open_ = self._kept(open_, t, years)
                first = run.conventions["fund.claims"] == "after accrual"
                if first:
                    open_ = _added(open_, t, amounts[row])
                asked, held = (
                    sum(claims.get((code, t), []), Fraction(0)),
                    sum((a for _, a in open_), Fraction(0)),
                )
                if asked:
                    unit = str(accrued.unit[row]) if self.point_pays is None else ""
                    yearly = " and no more than is left of the most for a year" if limit is not None else ""
                    tell(
                        run,
                        (code, t),
                        f"Claims of {_held(asked, unit)} are paid by {self.share}, at most what the fund holds, {_held(held, unit)}{yearly}.",
                    )
                for claim in claims.get((code, t), []):
                    most = sum((a for _, a in open_), Fraction(0))
                    if limit is not None:
                        most = min(most, limit[row] - used.get(year, Fraction(0)))
                    part = max(min(claim * self.share.value, most), Fraction(0))
                    open_ = _taken(open_, part)
                    used[year] = used.get(year, Fraction(0)) + part
                    paid[row] += part
                if not first:
                    open_ = _added(open_, t, amounts[row])
                left = sum((a for _, a in open_), Fraction(0))
                unit = str(accrued.unit[row])
                run.shown.append(
                    FigureValue(
                        run.world.payees[code],
                        run.plan.name,
                        f"balance of {self.fund}",
                        run.periods[t].label,
                        left,
                        unit,
                    )
                )
        worth = Fraction(1) if self.point_pays is None else self.point_pays.amount
        units = (
            accrued.unit
            if self.point_pays is None
            else np.full(len(payee), self.point_pays.currency, dtype=object)
        )
        units = np.where(units == "", currency, units)
        rule = run.rule(f"claims on the fund {self.fund}", f"fund {self.fund}", self.where)
        return lumps(
            lines,
            payee,
            period,
            Exact.of([*(p * worth for p in paid), 0])[np.arange(len(payee))],
            units,
            np.full(len(payee), rule),
        )

    def _claims(self, run: ComponentRun) -> tuple[dict[tuple[int, int], list[Fraction]], str]:
        """The claims of each payee and pay period, in the order of days and names, and their currency."""
        table = run.world.table("fund_claims")
        column = table.amounts("amount" if self.point_pays is None else "points")
        mine = np.flatnonzero(table.words("fund") == self.fund)
        names, days = table.words("claim"), table.days("date")
        last = np.array([p.last for p in run.periods], dtype="datetime64[D]")
        out: dict[tuple[int, int], list[Fraction]] = {}
        currencies: set[str] = set()
        for row in sorted(mine.tolist(), key=lambda r: (days[r], names[r])):
            if not column.present[row]:
                run.problem(
                    "missing-value",
                    f'the claim "{names[row]}" states no {"amount" if self.point_pays is None else "points"}.',
                    table.where(row),
                    "Nothing could be paid for it.",
                    "Fill it in.",
                )
                continue
            t = int(np.searchsorted(last, days[row]))
            if t >= len(last) or days[row] < np.datetime64(run.periods[0].first):
                continue
            if column.currency is not None and self.point_pays is None:
                currencies.add(str(column.currency[row]))
            payee = run.world.payee_code[str(table.words("payee")[row])]
            out.setdefault((payee, t), []).append(column.value.at(row))
        if len(currencies) > 1:
            run.problem(
                "currency-mixed",
                f'the claims on "{self.fund}" are in {", ".join(sorted(currencies))}.',
                self.where,
                "They can't be compared with one balance.",
                "Keep a fund for each currency.",
            )
        return out, next(iter(currencies), "")

    def _kept(self, open_: list[tuple[int, Fraction]], t: int, years: Array) -> list[tuple[int, Fraction]]:
        if self.lapses_after_periods is not None:
            return [(at, a) for at, a in open_ if t - at < self.lapses_after_periods]
        if self.lapses == "at year end":
            return [(at, a) for at, a in open_ if years[at] == years[t]]
        return open_

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is not None:
            return ""
        return f"The fund {self.fund} pays {format_money(after.amount, after.currency)}."


def _added(open_: list[tuple[int, Fraction]], t: int, amount: Fraction) -> list[tuple[int, Fraction]]:
    if amount >= 0:
        return [*open_, (t, amount)] if amount else open_
    return _taken(open_[::-1], -amount, keep=t)[::-1]


def _taken(
    open_: list[tuple[int, Fraction]], amount: Fraction, keep: int | None = None
) -> list[tuple[int, Fraction]]:
    """What is left after an amount is taken from the first on; keep: where a rest that nothing covers stays as a debt."""
    out: list[tuple[int, Fraction]] = []
    for at, there in open_:
        part = min(max(there, Fraction(0)), amount)
        amount -= part
        if there - part:
            out.append((at, there - part))
    if amount and keep is not None:
        out.insert(0, (keep, -amount))
    return out


def _held(value: Fraction, unit: str) -> str:
    return format_money(value, unit) if unit else f"{format_number(value)} points"
