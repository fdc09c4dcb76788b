"""Forecasts: the open pipeline of a period, weighed by how probable each stage is to be won."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from reference_engine.problems import Problem, Stopped, did_you_mean
from reference_engine.vocabulary.calendar import Period
from reference_engine.vocabulary.numbers import Money, Percent, parse_percent
from reference_engine.world import World


@dataclass(frozen=True, slots=True)
class Weighed:
    """One opportunity of the forecast: its whole amount, its probability, and the product."""

    opportunity: str
    owner: str
    amount: Money
    probability: Percent
    weighed: Money


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of a period: the opportunities that are to close in it."""

    period: Period
    opportunities: tuple[Weighed, ...]

    def totals(self) -> list[Money]:
        """The sum for each currency; currencies are never added together."""
        sums: dict[str, Fraction] = {}
        for entry in self.opportunities:
            unit = entry.weighed.currency
            sums[unit] = sums.get(unit, Fraction(0)) + entry.weighed.amount
        return [Money(amount, currency) for currency, amount in sums.items()]


def forecast(world: World, period: Period, probabilities: Mapping[str, str], as_of: date | None = None) -> Forecast:
    """The opportunities of the table `pipeline` that close in the period, each at its probability.

    An opportunity's own probability wins over that of its stage.  probabilities: stage -> percent as text.
    as_of: only what was known on that day counts.
    Raises Stopped where an opportunity has neither.
    """
    table = world.table("pipeline")
    problems: list[Problem] = []
    found: list[Weighed] = []
    known = table.days("known")
    closes, amounts, own = table.days("closes"), table.amounts("amount"), table.amounts("probability")
    stages, names, owners = table.words("stage"), table.words("opportunity"), table.words("owner")
    for row in range(table.size):
        day = closes[row].astype(object)
        if day not in period or (as_of is not None and known[row] > np.datetime64(as_of, "D")):
            continue
        stage = str(stages[row])
        if own.present[row]:
            probability = Fraction(own.value.at(row))
        elif stage in probabilities:
            probability = parse_percent(probabilities[stage]).value
        else:
            remedy = did_you_mean(stage, probabilities) or "State the probabilities of the stages, or a column probability."
            what = f'the stage "{stage}" of the opportunity {names[row]} has no probability'
            problems.append(Problem("stage-unknown", what, table.where(row), "It can't be weighed.", remedy))
            continue
        if not 0 <= probability <= 1:
            what = f"the probability of the opportunity {names[row]} is {Percent(probability)}"
            problems.append(Problem("probability", what, table.where(row), "More than all of it, or less than nothing, would be won.", "Write 0% to 100%."))
        amount = Fraction(amounts.value.at(row))
        currency = str(amounts.currency[row]) if amounts.currency is not None else ""
        found.append(
            Weighed(str(names[row]), str(owners[row]), Money(amount, currency), Percent(probability), Money(amount * probability, currency))
        )
    if problems:
        raise Stopped(problems)
    return Forecast(period, tuple(found))
