"""What a mechanic asks of figures: an expression over payees and pay periods, and its words for whoever explains it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reference_engine.columns import Array
from reference_engine.expressions.evaluate import Column, number, words, yes
from reference_engine.expressions.syntax import Expression
from reference_engine.problems import Problem, Where
from reference_engine.vocabulary.numbers import format_money, format_number, format_percent
from reference_engine.vocabulary.plan import MEASURES, Component

if TYPE_CHECKING:
    from reference_engine.figures import Figures

OWN = {"measure": "", "quota": "quota of ", "attainment": "attainment of "}
"""What the component's own measure is called, and what stands before its name."""


def in_words(name: str, column: Column, at: int) -> str:
    """A figure as people read it: an amount, a percentage, a number or a word."""
    if column.kind != "number":
        return str(column.words[at])
    if column.present is not None and not column.present[at]:
        return "not stated"
    if column.written is not None:
        return str(column.written[at])
    value, unit = column.value.at(at), str(column.unit[at])
    if unit:
        return format_money(value, unit)
    return format_percent(value) if "attainment" in name else format_number(value)


class CellScope:
    """Every payee in every pay period as a row of an expression."""

    def __init__(self, figures: Figures, component: Component) -> None:
        self.figures, self.component = figures, component

    def __len__(self) -> int:
        return self.figures.size

    def row(self, index: int) -> tuple[str, Where]:
        payee, period = divmod(index, len(self.figures.periods))
        return f'"{self.figures.world.payees[payee]}" in {self.figures.periods[period].label}', Where()

    def fill(self, name: str) -> str:
        for prefix, table in (("attainment of ", "quotas"), ("quota of ", "quotas")):
            if name.startswith(prefix):
                return f"Add a quota of {name.removeprefix(prefix)} to the table {table}, or one for every measure."
        if name in ("attainment", "quota"):
            return "Add a quota to the table quotas."
        if name.startswith("target incentive"):
            return 'Fill "target incentive" and "period" in plan_assignments.'
        if name.startswith("reported "):
            return (
                f'Add a row of the measure "{name.removeprefix("reported ")}" to the table reported_measures.'
            )
        return "Fill it in."

    def known(self) -> Iterable[str]:
        figures = self.figures
        measures = [m.name for m in figures.plan.measures]
        reported = dict.fromkeys(figures.world.table("reported_measures").words("measure").tolist())
        payees = figures.world.table("payees")
        return [
            *measures,
            *(f"{prefix}{m}" for prefix in ("attainment of ", "quota of ") for m in (*measures, *MEASURES)),
            *MEASURES,
            *OWN,
            *(f"earned by {c.name}" for c in figures.plan.components),
            "target incentive",
            *(f"reported {m}" for m in reported),
            *payees.text,
            *payees.numbers,
        ]

    def column(self, name: str) -> Column | None:
        return self.figures.column(name, self.component)


@dataclass(frozen=True)
class Cells:
    """The figures of some payees and periods: what a mechanic asks for.

    payee, period: of each wanted cell.
    """

    figures: Figures
    component: Component
    payee: Array
    period: Array
    notes: dict[tuple[int, int], dict[str, str]] | None = None

    def _note(self, expression: Expression) -> None:
        """Keeps, for whoever explains it, what the figures of an expression were."""
        if self.notes is None:
            return
        scope = self.figures.scope(self.component)
        for name in expression.names():
            column = scope.column(name)
            if column is None:
                continue
            for payee, period in dict.fromkeys(zip(self.payee.tolist(), self.period.tolist(), strict=True)):
                at = payee * len(self.figures.periods) + period
                made = self.figures.made(name, payee, period, self.component) or self._reached(name, at)
                words = in_words(name, column, at) + (f" ({'; '.join(made)})" if len(made) > 1 or ("attainment" in name and made) else "")
                self.notes.setdefault((payee, period), {})[name] = words

    def _reached(self, name: str, at: int) -> tuple[str, ...]:
        """What an attainment is made of: what was reached, of which quota."""
        scope = self.figures.scope(self.component)
        if name == "attainment":
            names = ("measure", "quota")
        elif name.startswith("attainment of "):
            names = (name.removeprefix("attainment of "), f"quota of {name.removeprefix('attainment of ')}")
        else:
            return ()
        measured, quota = (scope.column(n) for n in names)
        if measured is None or quota is None or (quota.present is not None and not quota.present[at]):
            return ()
        return (f"{in_words(names[0], measured, at)} of a quota of {in_words(names[1], quota, at)}",)

    def _at(self) -> tuple[Array, Array]:
        at = self.payee * len(self.figures.periods) + self.period
        used = np.zeros(self.figures.size, dtype=bool)
        used[at] = True
        return at, used

    def number(self, expression: Expression, where: Where, problems: list[Problem]) -> Column:
        """What an expression is worth in each cell."""
        at, used = self._at()
        found = number(expression, self.figures.scope(self.component), where, problems, used)
        self._note(expression)
        return Column.number(found.value[at], found.unit[at])

    def yes(self, expression: Expression, where: Where, problems: list[Problem]) -> Array:
        """Where a condition holds."""
        at, used = self._at()
        self._note(expression)
        held: Array = yes(expression, self.figures.scope(self.component), where, problems, used)[at]
        return held

    def words(self, expression: Expression, where: Where, problems: list[Problem]) -> Array:
        """A text in each cell, such as a role."""
        at, used = self._at()
        self._note(expression)
        found: Array = words(expression, self.figures.scope(self.component), where, problems, used)[at]
        return found
