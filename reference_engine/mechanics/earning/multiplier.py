"""Multiplier: what a component earned is multiplied by a factor from other figures."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np

from reference_engine.columns import Array, Exact
from reference_engine.component_run import ComponentRun
from reference_engine.expressions.syntax import Expression
from reference_engine.lines import Lines, LineView
from reference_engine.mechanics.registry import Example, Mechanic, mechanic
from reference_engine.mechanics.tier_words import formula_words
from reference_engine.mechanics.tiers import Bound, number, words
from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import Money, Percent, Quantity, format_money, format_number


@dataclass(frozen=True, slots=True)
class Factor:
    """from: where the step begins.  factor: what it multiplies by, as 1.25 or 125%."""

    from_: Bound
    factor: Percent | Quantity
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)


def _example(title: str, bound: str, csat: str, payouts: str) -> Example:
    return Example(
        title,
        f"conventions: {{rounding: exact{bound}}}\n"
        "components: [{component: C, measure: bookings, credits: [direct], earn: [{flat rate: {rate: 10%}}, "
        "{multiplier: {of: reported csat, steps: [{from: 0%, factor: 0.8}, {from: 80%, factor: 1}, {from: 90%, factor: 1.25}]}}]}]",
        {
            "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
            "deals": "deal | owner | amount | closed\nD-1 | Ana | 1,000.00 EUR | 2026-01-15",
            "returns": "return | of | date | amount\nR-1 | D-1 | 2026-01-20 | 200.00 EUR",
            "reported_measures": f"payee | measure | period | value\nAna | csat | 2026-Q1 | {csat}",
        },
        payouts,
    )


@mechanic(
    "What a component earned is multiplied by a factor that another figure picks, or by a formula.",
    examples=(
        _example("Below the bound", ", tier.bound: upper tier", "89.9%", "Ana | 2026-01 | 80.00 EUR"),
        _example(
            "On the bound, the upper step", ", tier.bound: upper tier", "90%", "Ana | 2026-01 | 100.00 EUR"
        ),
        _example(
            "On the bound, the lower step", ", tier.bound: lower tier", "90%", "Ana | 2026-01 | 80.00 EUR"
        ),
        _example("Above the bound", ", tier.bound: lower tier", "90.1%", "Ana | 2026-01 | 100.00 EUR"),
        Example(
            "A formula: 1,000.00 of commission at a quota attainment of 120% times 1.5",
            "pays: quarterly\nconventions: {rounding: exact, tier.accumulate: period, quota.zero: refuse}\n"
            "components: [{component: C, measure: bookings, credits: [direct], "
            "earn: [{flat rate: {rate: 1%}}, {multiplier: {factor: 'if(attainment >= 120%, 1.5, 1)'}}]}]",
            {
                "plan_assignments": "payee | plan | from\nAna | P | 2026-01-01",
                "quotas": "payee | period | quota\nAna | 2026-Q1 | 100,000.00 EUR",
                "deals": "deal | owner | amount | closed\nD-1 | Ana | 120,000.00 EUR | 2026-02-15",
            },
            "Ana | 2026-Q1 | 1,800.00 EUR",
        ),
    ),
    formula="paid = earned x factor; the factor is that of the step in which `of` lies, or the value of `factor`",
    boundary="On the bound of two steps the convention tier.bound decides. Several multipliers in one component multiply each other; "
    "factors that add up are written as one formula. A return is taken back at the factor of its own period.",
    sources=("https://docs.oracle.com/cd/E05553_01/books/InCompAdm/InCompAdmPlanDesign23.html",),
    words={
        "Siebel": "multiplier rule",
        "SAP Variable Pay": "multiplier, individual factor",
        "general": "modifier, accelerator on the total",
    },
)
@dataclass(frozen=True)
class Multiplier(Mechanic):
    """of, steps: the figure that picks a step.  factor: a formula instead.  One of the two ways is stated."""

    from_figures = True
    on_amounts = True
    proportional = True

    of: Expression | None = None
    steps: tuple[Factor, ...] = ()
    factor: Expression | None = None

    def needs(self) -> tuple[str, ...]:
        return ("tier.bound",) if getattr(self, "steps", ()) else ()

    def check(self, problems: list[Problem]) -> None:
        if (self.factor is None) == (not self.steps) or (self.of is None) != (not self.steps):
            problems.append(
                Problem(
                    "multiplier-form",
                    '"multiplier" states one of: a formula (factor), or a figure (of) with its steps.',
                    self.where,
                    "The factor wouldn't be clear.",
                    "Write  {factor: FORMULA}  or  {of: FIGURE, steps: [...]}.",
                )
            )
        check_steps([s.from_ for s in self.steps], "multiplier", self.where, problems)

    def apply(self, lines: Lines, run: ComponentRun) -> Lines:
        if not len(lines):
            return lines
        cells = run.cells(lines.payee, lines.period)
        if self.factor is not None:
            factor = cells.number(self.factor, self.where, run.problems).value
            rule = np.full(len(lines), run.rule(f"multiplied by {self.factor}", where=self.where))
        else:
            assert self.of is not None
            found = cells.number(self.of, self.where, run.problems)
            step = step_of(
                found.value, [s.from_ for s in self.steps], run.conventions["tier.bound"] == "upper tier"
            )
            if (step < 0).any():
                below(run, "multiplier", self.steps[0].from_, self.where)
                return lines
            factor = Exact.of([s.factor.value for s in self.steps])[step]
            rules = [run.rule(f"multiplier of {words(s.from_)} and more", where=s.where) for s in self.steps]
            rule = np.array(rules, dtype=np.int64)[step]
        return lines.change(
            amount=lines.amount * factor,
            rate=lines.rate * factor,
            rule=np.where(lines.rule < 0, rule, lines.rule),
        )

    def say(self, before: LineView | None, after: LineView) -> str:
        if before is None or not before.amount:
            return ""
        factor = after.amount / before.amount
        by = str(self.of) if self.of is not None else formula_words(self.factor)
        return (
            f"It is multiplied by the factor for {by}: {format_money(before.amount, before.currency)} x {format_number(factor)} = "
            f"{format_money(after.amount, after.currency)}."
        )


def check_steps(bounds: list[Bound], what: str, where: Where, problems: list[Problem]) -> None:
    """Problems for steps out of order or of mixed kinds."""
    if len({(type(b), b.currency if isinstance(b, Money) else "") for b in bounds}) > 1:
        problems.append(
            Problem(
                "tiers-mixed",
                f'the steps of "{what}" aren\'t all of one kind.',
                where,
                "They can't be compared.",
                "Write all as percents, as one currency or as plain numbers.",
            )
        )
        return
    for a, b in itertools.pairwise(bounds):
        if number(b) <= number(a):
            problems.append(
                Problem(
                    "tiers-order",
                    f'the step of "{what}" from {words(b)} stands after the one from {words(a)}.',
                    where,
                    "Steps are read from the lowest up.",
                    "Order them; each bound once.",
                )
            )


def step_of(value: Exact, bounds: list[Bound], upper: bool) -> Array:
    """The step in which each value lies, -1 below the first.  upper: whether a value on a bound is in the upper step."""
    step = np.full(len(value), -1, dtype=np.int64)
    for i, bound in enumerate(bounds):
        at = Exact.full(len(value), number(bound))
        # The first step owns its own bound: no step lies below it.
        step[(value >= at) if upper or i == 0 else (value > at)] = i
    return step


def below(run: ComponentRun, what: str, first: Bound, where: Where) -> None:
    """A Problem for a value under the first step."""
    run.problem(
        "below-first-step",
        f'a value lies below the first step of "{what}" ({words(first)}).',
        where,
        "What it picks isn't stated.",
        "Begin the steps lower.",
    )
