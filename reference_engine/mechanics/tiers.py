"""Tier tables: rows with a lower bound, an upper bound and a rate."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from reference_engine.problems import NOWHERE, Problem, Where
from reference_engine.vocabulary.numbers import (
    Money,
    Percent,
    Quantity,
    format_money,
    format_number,
    format_percent,
)

Bound = Money | Percent | Quantity


@dataclass(frozen=True, slots=True)
class Tier:
    """from, to: bounds as attainment (80%), money or units; blank `to` means no upper end.  rate: what it pays."""

    from_: Bound
    rate: Percent
    to: Bound | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def label(self) -> str:
        return label(self.from_, self.to)


def number(bound: Bound) -> Fraction:
    """A bound as a number: money in major units, a percent per 1."""
    return bound.amount if isinstance(bound, Money) else bound.value


def words(bound: Bound) -> str:
    """A bound as its author wrote it."""
    if isinstance(bound, Money):
        return format_money(bound.amount, bound.currency)
    return format_percent(bound.value) if isinstance(bound, Percent) else format_number(bound.value)


def label(lower: Bound, upper: Bound | None) -> str:
    """The words of a statement line: up to 100%, 100% to 120%, above 120%."""
    if upper is None:
        return f"above {words(lower)}" if number(lower) else "all"
    return f"{words(lower)} to {words(upper)}" if number(lower) else f"up to {words(upper)}"


def check(
    tiers: Sequence[Tier],
    what: str,
    where: Where,
    problems: list[Problem],
    *,
    shared_bounds: bool = True,
    open_top: bool = True,
) -> None:
    """Problems for tables without rows, of mixed kinds, out of order, overlapping or, with shared bounds, with gaps."""
    if not tiers:
        problems.append(
            Problem(
                "tiers-empty",
                f"{what} has no tiers.",
                where,
                "It would pay nothing.",
                "Add at least one tier.",
            )
        )
        return
    kinds = {type(b) for t in tiers for b in (t.from_, t.to) if b is not None}
    units = {b.currency for t in tiers for b in (t.from_, t.to) if isinstance(b, Money)}
    if len(kinds) > 1 or len(units) > 1:
        problems.append(
            Problem(
                "tiers-mixed",
                f"the bounds of {what} aren't all of one kind.",
                where,
                "A bound of 100% and one of 100.00 EUR can't be compared.",
                "Write all bounds as percents, as one currency or as units.",
            )
        )
        return
    for tier in tiers:
        if tier.to is not None and (
            number(tier.to) < number(tier.from_) or (shared_bounds and number(tier.to) == number(tier.from_))
        ):
            problems.append(
                Problem(
                    "tiers-order",
                    f"a tier of {what} ends at {words(tier.to)}, before it starts at {words(tier.from_)}.",
                    tier.where,
                )
            )
    for tier, following in itertools.pairwise(tiers):
        if tier.to is None:
            problems.append(
                Problem(
                    "tiers-open",
                    f"a tier of {what} has no upper end and isn't the last.",
                    tier.where,
                    "The tiers after it could never pay.",
                    'Fill its "to".',
                )
            )
            continue
        upper, lower = number(tier.to), number(following.from_)
        if lower < upper or (not shared_bounds and lower == upper):
            problems.append(
                Problem(
                    "tiers-overlap",
                    f"tiers of {what} overlap between {words(following.from_)} and {words(tier.to)}.",
                    following.where,
                    "A value there would belong to two tiers.",
                    f"Did you mean: from {words(tier.to)}"
                    if shared_bounds
                    else "Let the tier begin after the one before has ended.",
                )
            )
        elif shared_bounds and lower > upper:
            problems.append(
                Problem(
                    "tiers-gap",
                    f"no tier of {what} covers {words(tier.to)} to {words(following.from_)}.",
                    following.where,
                    "A value there would earn nothing.",
                    f"Did you mean: from {words(tier.to)}",
                )
            )
    top = tiers[-1].to
    if open_top and top is not None:
        problems.append(
            Problem(
                "tiers-top",
                f"the last tier of {what} ends at {words(top)}.",
                tiers[-1].where,
                "What is above would earn nothing without the plan saying so.",
                'Leave its "to" out, or add a tier from there at a rate of 0%.',
            )
        )
    if shared_bounds and number(tiers[0].from_) > 0:
        problems.append(
            Problem(
                "tiers-start",
                f"the first tier of {what} starts at {words(tiers[0].from_)}.",
                tiers[0].where,
                "What is below would earn nothing without the plan saying so.",
                "Begin with a tier from 0, at a rate of 0% where nothing is paid.",
            )
        )
