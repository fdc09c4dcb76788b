"""Matrix: two or more figures together pick the cell of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression, parse
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words
from reference_engine.mechanics.earning.multiplier import below, check_steps, step_of
from reference_engine.mechanics.lump import Lump, lumps
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.tiers import Bound, words
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent, format_money, format_percent


@dataclass(frozen=True, slots=True)
class Dimension:
    """of: the figure.  from: where its steps begin, lowest first.  values: instead, the words it may be (a role, a
    country)."""

    of: Expression
    from_: tuple[Bound, ...] = ()
    values: tuple[str, ...] = ()
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.values or tuple(words(b) for b in self.from_)


@dataclass(frozen=True, slots=True)
class Cell:
    """at: for each dimension the bound at which the step begins, or the word.  pays: a rate, or an amount."""

    at: tuple[str, ...]
    pays: Percent | Money
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


_GRID = (
    "{dimensions: [{of: reported revenue, from: [0%, 80%, 100%]}, {of: reported margin, from: [0%, 50%]}], pays: rate, "
    "grid: [[1%, 2%], [3%, 5%], [6%, 9%]]}"
)


def _example(title: str, bound: str, revenue: str, margin: str, payouts: str) -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact, tier.bound: {bound}}}\n"
        f"components: [{{component: C, measure: bookings, credits: [direct], earn: [{{matrix: {_GRID}}}]}}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
            "returns": "return | of | date | amount\nR-1 | D-1 | 2026-01-20 | 200.00 EUR",
            "reported_measures": f"payee | measure | period | value\nAna | revenue | 2026-01 | {revenue}\nAna | margin | 2026-01 | {margin}",
        },
        payouts,
    )


@mechanic(
    "The steps in which two or more figures lie pick one cell of a table: a rate on the base, a share of the target, or an amount.",
    examples=(
        _example("Both below the next step", "upper tier", "99.9%", "49.9%", "Ana | 2026-01 | 24.00 EUR"),
        _example("Both on the bound, upper tier", "upper tier", "100%", "50%", "Ana | 2026-01 | 72.00 EUR"),
        _example("Both on the bound, lower tier", "lower tier", "100%", "50%", "Ana | 2026-01 | 24.00 EUR"),
        _example("Both above", "lower tier", "100.1%", "50.1%", "Ana | 2026-01 | 72.00 EUR"),
        Example(
            "A share of the quarter's target, by attainment and role",
            "conventions: {rounding: exact, tier.bound: upper tier}\ncomponents: [{component: C, earn: [{matrix: {per: quarter, "
            "pays: share of target, dimensions: [{of: reported goal, from: [0%, 100%]}, {of: role, values: [AE, SE]}], "
            "cells: [{at: [0%, AE], pays: 0%}, {at: [0%, SE], pays: 50%}, {at: [100%, AE], pays: 100%}, {at: [100%, SE], pays: 120%}]}}]}]",
            {
                "payees": "payee | role\nAna | AE\nBen | SE",
                "plan_assignments": "payee | plan | from | target incentive | period\nAna | P | 2026-01-01 | 1,000.00 EUR | quarter\n"
                "Ben | P | 2026-01-01 | 1,000.00 EUR | quarter",
                "reported_measures": "payee | measure | period | value\n | goal | 2026-Q1 | 100%",
            },
            "Ana | 2026-03 | 1,000.00 EUR\nBen | 2026-03 | 1,200.00 EUR",
        ),
    ),
    formula="paid = base x cell, target x cell, or the cell's amount; the cell is that of the step of each figure",
    boundary="On the bound of a step tier.bound decides, in every dimension alike. A figure below its first step, a word that isn't "
    "listed and a cell that isn't filled are Problems. A return is taken back at the cell of its own period.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/guidelines-for-rate-dimensions.html",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/calculate-quarterly-bonuses-using-a-multidimensional-rate-table.html",
    ),
    words={
        "Oracle Fusion": "multidimensional rate table",
        "Siebel": "linked rules",
        "PeopleSoft": "matrix goal",
        "Xactly": "rate table with several dimensions",
    },
)
@dataclass(frozen=True)
class Matrix(Lump):
    """dimensions: the figures or words that pick the cell; one or two, or more with `cells`.  per: the interval over which the
    figures are looked at.  target: what a share is taken of; the payee's target incentive where it isn't stated.

    pays: rate on the base of each line, share of target (of `target`, or the payee's target incentive) or an amount
    for the interval.  grid: rows for the first dimension and columns for the second; cells: instead, one by one."""

    dimensions: tuple[Dimension, ...]
    pays: Literal["rate", "share of target", "amount"]
    grid: tuple[tuple[Percent | Money, ...], ...] = ()
    cells: tuple[Cell, ...] = ()
    per: Literal["period", "quarter", "half-year", "year"] = "period"
    target: Expression | None = None

    def sets_amount(self) -> bool:
        return self.pays == "rate"

    def needs(self) -> tuple[str, ...]:
        return ("tier.bound",)

    def check(self, problems: list[Problem]) -> None:
        for dimension in self.dimensions:
            check_steps(list(dimension.from_), "matrix", dimension.where, problems)
            if bool(dimension.from_) == bool(dimension.values):
                problems.append(
                    Problem(
                        "matrix-form",
                        f'the dimension "{dimension.of}" states steps (from) or words (values).',
                        dimension.where,
                        "Its place in the table wouldn't be clear.",
                        "State one of the two.",
                    )
                )
        table = self._table()
        wanted = int(np.prod([len(d.labels) for d in self.dimensions])) if self.dimensions else 0
        if (
            bool(self.grid) == bool(self.cells)
            or (self.grid and len(self.dimensions) != 2)
            or len(table) != wanted
        ):
            problems.append(
                Problem(
                    "matrix-form",
                    f"the matrix fills {len(table)} of {wanted} cells.",
                    self.where,
                    "A cell that isn't filled would pay nothing without the plan saying so.",
                    "Fill every cell once: a grid for two dimensions (a row for each step of the first), or cells; 0% where nothing is paid.",
                )
            )
        known = {tuple(label) for label in _places(self.dimensions)}
        for cell in self.cells:
            if tuple(cell.at) not in known:
                problems.append(
                    Problem(
                        "matrix-form",
                        f"no step is called {', '.join(cell.at)}.",
                        cell.where,
                        "The cell would never pay.",
                        "Write each bound as the dimension writes it.",
                    )
                )

    def _table(self) -> dict[tuple[str, ...], Percent | Money]:
        if self.cells:
            return {tuple(c.at): c.pays for c in self.cells}
        if len(self.dimensions) != 2:
            return {}
        rows, columns = (d.labels for d in self.dimensions)
        return {
            (rows[r], columns[c]): pays
            for r, row in enumerate(self.grid[: len(rows)])
            for c, pays in enumerate(row[: len(columns)])
        }

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        payee, period = (lines.payee, lines.period) if self.pays == "rate" else self.closing(run)
        if not len(payee):
            return lines
        place = self._place(payee, period, run)
        if run.problems:
            return lines
        table = self._table()
        pays = [table[p] for p in _places(self.dimensions)]
        value = Exact.of([p.amount if isinstance(p, Money) else p.value for p in pays])[place]
        rules = [
            run.rule(f"the cell for {self._cell(p)}", "" if self.pays == "rate" else "matrix", self.where)
            for p in _places(self.dimensions)
        ]
        rule = np.array(rules, dtype=np.int64)[place]
        if self.pays == "rate":
            rate = value * lines.share
            return lines.change(
                rate=rate, has_rate=np.ones(len(lines), dtype=bool), amount=lines.base * rate, rule=rule
            )
        if self.pays == "amount":
            currency = np.array([p.currency if isinstance(p, Money) else "" for p in pays], dtype=object)[
                place
            ]
            return lumps(lines, payee, period, value, currency, rule)
        span = "target incentive" if self.per == "period" else f"target incentive this {self.per}"
        target = run.cells(payee, period).number(self.target or parse(span), self.where, run.problems)
        return lumps(
            lines,
            payee,
            period,
            target.value * value,
            target.unit,
            rule,
            base=target.value,
            unit=target.unit,
            rate=value,
        )

    def _place(self, payee: Array, period: Array, run: ComponentRun) -> Array:
        """The position of each cell among all, the last dimension running fastest."""
        place = np.zeros(len(payee), dtype=np.int64)
        cells = run.cells(payee, period)
        for dimension in self.dimensions:
            if dimension.values:
                found = cells.words(dimension.of, dimension.where, run.problems)
                codes = {v: i for i, v in enumerate(dimension.values)}
                step = np.array([codes.get(w, -1) for w in found.tolist()], dtype=np.int64)
                for word in dict.fromkeys(found[step < 0].tolist()):
                    run.problem(
                        "matrix-value",
                        f'"{word}" isn\'t among the values of "{dimension.of}".',
                        dimension.where,
                        "No cell says what it pays.",
                        "Add it to the values.",
                    )
            else:
                value = cells.number(dimension.of, dimension.where, run.problems).value
                step = step_of(value, list(dimension.from_), run.conventions["tier.bound"] == "upper tier")
                if (step < 0).any():
                    below(run, "matrix", dimension.from_[0], dimension.where)
            place = place * len(dimension.labels) + np.maximum(step, 0)
        return place

    def say(self, before: LineView | None, after: LineView) -> str:
        cell = after.rule.words if after.rule is not None else "the cell"
        if self.pays == "rate":
            return f"In the table, {cell} applies: {rate_words(after)}"
        if before is not None:
            return ""
        if after.rate is None:
            return f"In the table, {cell} applies: {format_money(after.amount, after.currency)}."
        return (
            f"In the table, {cell} applies: {format_money(after.base, after.unit)} x {format_percent(after.rate)} = "
            f"{format_money(after.amount, after.currency)}."
        )

    def _cell(self, at: tuple[str, ...]) -> str:
        """Which step or word of each figure a cell stands for."""
        return " and ".join(
            f"{d.of} {name}" if d.values else f"{d.of} from {name}"
            for d, name in zip(self.dimensions, at, strict=True)
        )


def _places(dimensions: tuple[Dimension, ...]) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = [()]
    for dimension in dimensions:
        out = [(*place, label) for place in out for label in dimension.labels]
    return out
