"""What a mechanic may ask while a component of a plan is calculated for some payees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from reference_engine.attainments import AttainmentColumns
from reference_engine.cells import Cells
from reference_engine.columns import NONE, Array
from reference_engine.events import Events
from reference_engine.figures import Figures
from reference_engine.lines import Rule
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.problems import Problem, Where, alike, did_you_mean
from reference_engine.quotas import Quotas
from reference_engine.selection import Eligibility
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Component, Conventions, Plan
from reference_engine.vocabulary.results import FigureValue
from reference_engine.world import World


@dataclass
class ComponentRun:
    """One component of one plan over the run's periods.

    periods: the plan's pay periods, in order.  interval: for each period the interval over which values add up.
    idle: payees with a target incentive who sold nothing; a curve may pay them all the same.
    figures: what conditions, weights and formulas look at.  eligible: who is on the plan.  shown: balances
    of funds and other figures that a mechanic shows.  first: whether it is the
    first chunk of payees, which takes what belongs to no line.  only: the payees wanted; every one where None.
    problems: what keeps the calculation from being right; any stops the run.
    """

    world: World
    plan: Plan
    component: Component
    events: Events
    periods: list[Period]
    quotas: Quotas
    credits: Credits
    idle: Array = field(default_factory=lambda: NONE)
    figures: Figures = field(kw_only=True)
    eligible: Eligibility = field(kw_only=True)
    first: bool = field(kw_only=True, default=True)
    only: Array | None = field(kw_only=True, default=None)
    problems: list[Problem] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    attainments: list[AttainmentColumns] = field(default_factory=list)
    shown: list[FigureValue] = field(default_factory=list)
    notes: dict[tuple[int, int], dict[str, str]] | None = None
    """In a run that is explained: (payee, period) -> the figures that the mechanic at work looked at, in words."""
    is_last: bool = False
    """Whether the mechanic at work is the last that earns, so that lines are rounded right after it."""
    _rule_of: dict[Rule, int] = field(default_factory=dict)
    _intervals: dict[str, tuple[Array, list[Period]]] = field(default_factory=dict)
    _known: dict[str, tuple[dict[str, None], dict[str, None]]] = field(default_factory=dict)

    @property
    def conventions(self) -> Conventions:
        return self.plan.conventions

    def rule(self, words: str, label: str = "", where: Where | None = None) -> int:
        """The position of a rule among the run's rules; the same rule always has the same position."""
        rule = Rule(words, label, where or self.component.where)
        position = self._rule_of.setdefault(rule, len(self.rules))
        if position == len(self.rules):
            self.rules.append(rule)
        return position

    def intervals(self, accumulate: str) -> tuple[Array, list[Period]]:
        """For each pay period the position of the interval it lies in, and the intervals."""
        if accumulate not in self._intervals:
            position, found = self.world.calendar.intervals(self.periods, accumulate, self.plan.valid[0])
            self._intervals[accumulate] = np.array(position, dtype=np.int64), found
        return self._intervals[accumulate]

    @property
    def accumulate(self) -> str:
        """The time over which the component's measure adds up: what the measure says, or else the plan's convention."""
        return self.component.accumulate or self.conventions.get("tier.accumulate") or "period"

    def cells(self, payee: Array, period: Array) -> Cells:
        """The figures of some payees in some pay periods; both columns are of one length."""
        return Cells(self.figures, self.component, payee, period, self.notes)

    def members(self) -> tuple[Array, Array]:
        """Who is on the plan in which pay period: payees and positions of periods, for what no record causes."""
        if not self.first:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        payees = np.arange(len(self.world.payees)) if self.only is None else np.sort(self.only)
        payee, period = (
            np.repeat(payees, len(self.periods)),
            np.tile(np.arange(len(self.periods)), len(payees)),
        )
        on = np.zeros(len(payee), dtype=bool)
        first = np.array([p.first for p in self.periods], dtype="datetime64[D]")[period]
        last = np.array([p.last for p in self.periods], dtype="datetime64[D]")[period]
        for day in (first, last):
            on |= self.eligible.on(payee, day)
        for start, end in zip(self.eligible.first, self.eligible.last, strict=True):
            if self.plan.eligible == "assigned":
                on |= (start[payee] <= last) & (end[payee] >= first)
        starts, ends = self.plan.valid
        if starts is not None:
            on &= last >= np.datetime64(starts, "D")
        if ends is not None:
            on &= first <= np.datetime64(ends, "D")
        return payee[on], period[on]

    def check_known(self, name: str, values: Iterable[str], where: Where) -> None:
        """A Problem for each value that no record has, where one has it in other letters, or where it is a word of a
        product (product, category ...) and the products are listed."""
        if name not in self._known:
            of_product = name in ("product", "category", "subcategory")
            listed = self.world.table("products").words(name).tolist() if of_product else []
            own = self.events.attribute(name).tolist()
            self._known[name] = dict.fromkeys(v for v in listed if v), dict.fromkeys(own)
        known, stated = self._known[name]
        for value in values:
            if value in known or value in stated:
                continue
            near = alike(value, (*known, *stated))
            if near:
                self.problem(
                    "unknown-value",
                    f'nothing has the {name} "{value}", and something has "{near}".',
                    where,
                    "The rule would never pay.",
                    f"Did you mean: {near}",
                )
            elif known:
                self.problem(
                    "unknown-value",
                    f'no product has the {name} "{value}".',
                    where,
                    "The rule would never pay.",
                    did_you_mean(value, known),
                )

    def problem(self, slug: str, what: str, where: Where, why: str = "", remedy: str = "") -> None:
        """Adds a Problem once."""
        problem = Problem(slug, what, where, why, remedy)
        if problem not in self.problems:
            self.problems.append(problem)
