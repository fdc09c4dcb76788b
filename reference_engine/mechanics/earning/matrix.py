"""Matrix: two or more figures together pick the cell of a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.records import RecordScope
from reference_engine.expressions.syntax import Expression, parse
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.earning.flat_rate import rate_words
from reference_engine.mechanics.earning.multiplier import below, check_steps, step_of
from reference_engine.mechanics.lump import Lump, lumps
from reference_engine.mechanics.record_values import on_lines, words_on_lines
from reference_engine.mechanics.registry import Example, mechanic
from reference_engine.mechanics.tiers import Bound, words
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import (
    Money,
    NotANumber,
    Percent,
    Quantity,
    format_money,
    format_percent,
    parse_money,
    parse_number,
    parse_percent,
)


@dataclass(frozen=True, slots=True)
class Dimension:
    """of: a figure of the payee.  record: instead, a field of each record, such as amount or category; only where a rate is paid.
    from: where its steps begin, lowest first.  values: instead, the words it may be (a role, a category)."""

    of: Expression | None = None
    record: Expression | None = None
    from_: tuple[Bound, ...] = ()
    values: tuple[str, ...] = ()
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.values or tuple(words(b) for b in self.from_)

    @property
    def name(self) -> str:
        return str(self.of or self.record)

    def label(self, written: str) -> str:
        """A step or word as the dimension calls it: 100000 EUR stands for the step from 100,000.00 EUR."""
        return written if self.values else _bound_words(written)


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
    "The steps in which figures, or fields of the record, lie pick one cell of a table: a rate on the base, a share of the target, or an amount.",
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
        Example(
            "Attainment and the product: hardware 1% and 3%, software 2% and 5%; the month ends at 120% of quota",
            "conventions: {rounding: exact, tier.bound: upper tier, tier.accumulate: period}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{matrix: {pays: rate, "
            "dimensions: [{of: attainment, from: [0%, 100%]}, {record: category, values: [hardware, software]}], "
            "grid: [[1%, 2%], [3%, 5%]]}}]}]",
            {
                "plan_assignments": "payee | plan | from | quota | period\nAna | P | 2026-01-01 | 1,000.00 EUR | month",
                "products": "product | category\nPC | hardware\nApp | software",
                "deals": "deal | owner | amount | closed | product\nD-1 | Ana | 600.00 EUR | 2026-01-15 | PC\n"
                "D-2 | Ana | 600.00 EUR | 2026-01-20 | App",
            },
            "Ana | 2026-01 | 48.00 EUR",
        ),
        Example(
            "A broker's grid: production of the year before by the size of the trade; 250.00 at 43%, and 200.00 is on the bound",
            "conventions: {rounding: exact, tier.bound: upper tier}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{matrix: {pays: rate, "
            "dimensions: [{of: reported production, from: [0 CAD, 100000 CAD, 300000 CAD]}, {record: amount, from: [0 CAD, 100 CAD, 200 CAD]}], "
            "grid: [[10%, 20%, 20%], [25%, 25%, 25%], [35%, 39%, 43%]]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "reported_measures": "payee | measure | period | value\nAna | production | FY2026 | 350,000.00 CAD",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 250.00 CAD | 2026-01-15\nD-2 | Ana | 200.00 CAD | 2026-02-15\n"
                "D-3 | Ana | 199.00 CAD | 2026-03-15",
                "returns": "return | of | date | amount\nR-1 | D-1 | 2026-04-20 | 250.00 CAD",
            },
            "Ana | 2026-01 | 107.50 CAD\nAna | 2026-02 | 86.00 CAD\nAna | 2026-03 | 77.61 CAD\nAna | 2026-04 | -107.50 CAD",
            source="http://bondsareforlosers.com/the-grid",
        ),
        Example(
            "One dimension, cell by cell",
            "conventions: {rounding: exact, tier.bound: upper tier}\n"
            "components: [{component: C, measure: bookings, credits: [direct], earn: [{matrix: {pays: rate, "
            "dimensions: [{record: amount, from: [0 EUR, 100 EUR]}], cells: [{at: [0 EUR], pays: 1%}, {at: [100.00 EUR], pays: 2%}]}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 99.00 EUR | 2026-01-15\nD-2 | Ana | 100.00 EUR | 2026-02-15",
            },
            "Ana | 2026-01 | 0.99 EUR\nAna | 2026-02 | 2.00 EUR",
        ),
    ),
    formula="paid = base x cell, target x cell, or the cell's amount; the cell is that of the step of each figure",
    boundary="On the bound of a step tier.bound decides, in every dimension alike. A figure below its first step, a word that isn't "
    "listed and a cell that isn't filled are Problems. A return is taken back at the cell of its own period; where a field of the "
    "record picks it, at that of its own amount.",
    sources=(
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/guidelines-for-rate-dimensions.html",
        "https://docs.oracle.com/en/cloud/saas/sales/facmi/calculate-quarterly-bonuses-using-a-multidimensional-rate-table.html",
    ),
    words={
        "Oracle Fusion": "multidimensional rate table",
        "Siebel": "linked rules",
        "PeopleSoft": "matrix goal",
        "Xactly": "rate table with several dimensions",
        "brokers": "payout grid, compensation grid",
    },
)
@dataclass(frozen=True)
class Matrix(Lump):
    """dimensions: the figures, fields or words that pick the cell.  per: the interval over which the figures are looked at.
    target: what a share is taken of; the payee's target incentive where it isn't stated.

    pays: rate on the base of each line, share of target (of `target`, or the payee's target incentive) or an amount
    for the interval.  grid: for two dimensions, a row for each step of the first, in it a column for each of the second.
    cells: instead, and for one dimension or more than two, the cells one by one."""

    dimensions: tuple[Dimension, ...]
    pays: Literal["rate", "share of target", "amount"]
    grid: tuple[tuple[Percent | Money, ...], ...] = ()
    cells: tuple[Cell, ...] = ()
    per: Literal["period", "quarter", "half-year", "year"] | None = None
    target: Expression | None = None

    def sets_amount(self) -> bool:
        return self.pays == "rate"

    def needs(self) -> tuple[str, ...]:
        return ("tier.bound",)

    def check(self, problems: list[Problem]) -> None:
        for dimension in self.dimensions:
            check_steps(list(dimension.from_), "matrix", dimension.where, problems)
            if (dimension.of is None) == (dimension.record is None):
                problems.append(
                    Problem(
                        "matrix-form",
                        "a dimension states a figure (of) or a field of the records (record).",
                        dimension.where,
                        "It wouldn't be clear what is looked up.",
                        "State one of the two.",
                    )
                )
            elif dimension.record is not None and self.pays != "rate":
                problems.append(
                    Problem(
                        "matrix-form",
                        f'the dimension "{dimension.name}" is a field of each record, and the matrix pays once for an interval.',
                        dimension.where,
                        "An interval has many records.",
                        "Write  pays: rate , or look at a figure (of).",
                    )
                )
            if bool(dimension.from_) == bool(dimension.values):
                problems.append(
                    Problem(
                        "matrix-form",
                        f'the dimension "{dimension.name}" states steps (from) or words (values).',
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
            if self._at(cell) not in known:
                problems.append(
                    Problem(
                        "matrix-form",
                        f"no step is called {', '.join(cell.at)}.",
                        cell.where,
                        "The cell would never pay.",
                        "Write each bound as the dimension writes it.",
                    )
                )

    def _at(self, cell: Cell) -> tuple[str, ...]:
        if len(cell.at) != len(self.dimensions):
            return cell.at
        return tuple(d.label(written) for d, written in zip(self.dimensions, cell.at, strict=True))

    def _table(self) -> dict[tuple[str, ...], Percent | Money]:
        if self.cells:
            return {self._at(c): c.pays for c in self.cells}
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
        place = self._place(payee, period, run, lines)
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
        span = "target incentive" if self.span() == "period" else f"target incentive this {self.span()}"
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

    def _place(self, payee: Array, period: Array, run: ComponentRun, lines: Lines) -> Array:
        """The position of each cell among all, the last dimension running fastest."""
        place = np.zeros(len(payee), dtype=np.int64)
        for dimension in self.dimensions:
            found = _words if dimension.values else _steps
            step = found(dimension, payee, period, run, lines)
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
            f"{d.name} {name}" if d.values else f"{d.name} from {name}"
            for d, name in zip(self.dimensions, at, strict=True)
        )


def _bound_words(written: str) -> str:
    """A bound in the words of all bounds; as it is written where it is none."""
    try:
        if written.endswith("%"):
            return words(parse_percent(written))
        return words(parse_money(written) if written[-1:].isalpha() else Quantity(parse_number(written)))
    except NotANumber:
        return written


def _is_field(dimension: Dimension, run: ComponentRun) -> bool:
    """Whether a dimension asks for a field of the records as if it were a figure; adds a Problem then."""
    assert dimension.of is not None
    figures, records = run.figures.scope(run.component), RecordScope(run.world, run.events)
    for name in dimension.of.names():
        if figures.column(name) is None and records.column(name) is not None:
            run.problem(
                "matrix-form",
                f'"{name}" is a field of each record, and "of" looks at figures of the payee.',
                dimension.where,
                "A payee has many records.",
                f"Write  record: {name} .",
            )
            return True
    return False


def _words(dimension: Dimension, payee: Array, period: Array, run: ComponentRun, lines: Lines) -> Array:
    """Which of the words of a dimension is found."""
    if dimension.record is not None:
        found = words_on_lines(dimension.record, lines, run, dimension.where)
    else:
        assert dimension.of is not None
        if _is_field(dimension, run):
            return np.zeros(len(payee), dtype=np.int64)
        found = run.cells(payee, period).words(dimension.of, dimension.where, run.problems)
    codes = {v: i for i, v in enumerate(dimension.values)}
    step = np.array([codes.get(w, -1) for w in found.tolist()], dtype=np.int64)
    for word in dict.fromkeys(found[step < 0].tolist()):
        at = int(np.flatnonzero(found == word)[0])
        whose = f"{run.world.payees[payee[at]]} in {run.periods[period[at]].label}"
        if dimension.record is not None:
            whose = f"{run.events.kind[lines.event[at]]} {run.events.record[lines.event[at]]}"
        run.problem(
            "matrix-value",
            f'"{word}" isn\'t among the values of "{dimension.name}" ({whose}).'
            if word
            else f'"{dimension.name}" is blank for {whose}.',
            dimension.where,
            "No cell says what it pays.",
            "Add it to the values." if word else 'Fill it in, or add "" to the values.',
        )
    return step


def _steps(dimension: Dimension, payee: Array, period: Array, run: ComponentRun, lines: Lines) -> Array:
    """In which step of a dimension the value lies."""
    if dimension.record is not None:
        value, unit = on_lines(dimension.record, lines, run, dimension.where)
    else:
        assert dimension.of is not None
        if _is_field(dimension, run):
            return np.zeros(len(payee), dtype=np.int64)
        found = run.cells(payee, period).number(dimension.of, dimension.where, run.problems)
        value, unit = found.value, found.unit
    first = dimension.from_[0]
    wanted = first.currency if isinstance(first, Money) else ""
    other = [u for u, n in zip(unit.tolist(), value.num.tolist(), strict=True) if u != wanted and n]
    if other and not run.problems:
        run.problem(
            "currency-mixed",
            f'the steps of "{dimension.name}" are in {wanted or "plain numbers or percents"}, and it is in {other[0] or "plain numbers or percents"}.',
            dimension.where,
            "They can't be compared.",
            "Write the steps as the figure is.",
        )
    step = step_of(value, list(dimension.from_), run.conventions["tier.bound"] == "upper tier")
    if (step < 0).any():
        below(run, "matrix", first, dimension.where)
    return step


def _places(dimensions: tuple[Dimension, ...]) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = [()]
    for dimension in dimensions:
        out = [(*place, label) for place in out for label in dimension.labels]
    return out
