"""What a mechanic may ask while a component of a plan is calculated for some payees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.events import Events
from reference_engine.lines import Rule
from reference_engine.mechanics.crediting.credits import Credits
from reference_engine.problems import Problem, Where, did_you_mean
from reference_engine.quotas import Quotas
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.plan import Component, Conventions, Plan
from reference_engine.world import World


@dataclass
class ComponentRun:
    """One component of one plan over the run's periods.

    periods: the plan's pay periods, in order.  interval: for each period the interval over which values add up.
    idle: payees with a target incentive who sold nothing; a curve may pay them all the same.
    problems: what keeps the calculation from being right; any stops the run.
    """

    world: World
    plan: Plan
    component: Component
    events: Events
    periods: list[Period]
    quotas: Quotas
    credits: Credits
    idle: Array = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    problems: list[Problem] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    attainments: list[AttainmentColumns] = field(default_factory=list)
    _rule_of: dict[Rule, int] = field(default_factory=dict)

    @property
    def conventions(self) -> Conventions:
        return self.plan.conventions

    def rule(self, words: str, label: str = "", where: Where | None = None) -> int:
        """The position of a rule among the run's rules; the same rule always has the same position."""
        rule = Rule(words, label, where or self.component.where)
        if rule not in self._rule_of:
            self._rule_of[rule] = len(self.rules)
            self.rules.append(rule)
        return self._rule_of[rule]

    def intervals(self, accumulate: str) -> tuple[Array, list[Period]]:
        """For each pay period the position of the interval it lies in, and the intervals."""
        if accumulate == "period":
            return np.arange(len(self.periods)), list(self.periods)
        found: list[Period] = []
        position = np.zeros(len(self.periods), dtype=np.int64)
        for i, period in enumerate(self.periods):
            interval = self.world.calendar.period_of(period.first, accumulate)
            if not found or found[-1] != interval:
                found.append(interval)
            position[i] = len(found) - 1
        return position, found

    def check_known(self, name: str, values: Iterable[str], where: Where) -> None:
        """A Problem for each value of a product's column (product, category ...) that no product of the data has."""
        products = self.world.table("products")
        known = [v for v in dict.fromkeys(products.words(name).tolist()) if v]
        if not known:
            return
        own = set(self.events.attribute(name).tolist())
        for value in values:
            if value not in known and value not in own:
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


@dataclass(frozen=True)
class AttainmentColumns:
    """measured, quota and their ratio for each payee and interval that has a quota."""

    payee: Array
    interval: Array
    intervals: list[Period]
    measured: Exact
    quota: Exact
    value: list[Fraction]
    currency: Array
