"""Tier tables: rows with a lower bound, an upper bound and a rate."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Protocol

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


class Banded(Protocol):
    """Any row of a table that has a lower and an upper bound."""

    @property
    def from_(self) -> Bound: ...
    @property
    def to(self) -> Bound | None: ...
    @property
    def where(self) -> Where: ...


@dataclass(frozen=True, slots=True)
class PayTier:
    """from, to: bounds as attainment (80%), money, or units; blank `to` means no upper end.  A tier pays one of four things.

    rate: a percentage of the base.  times: so many times what was earned before it in the list, like 1.5.
    pays: a fixed amount for the tier.  per unit: an amount for each unit.  valid from, valid to: the first and last day of
    the table that the tier belongs to; the tiers with the same days are one table.
    """

    from_: Bound
    to: Bound | None = None
    rate: Percent | None = None
    times: Fraction | None = None
    pays: Money | None = None
    per_unit: Money | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    where: Where = field(default=NOWHERE, compare=False, kw_only=True)

    @property
    def label(self) -> str:
        return label(self.from_, self.to)

    @property
    def kind(self) -> str:
        """rate, times, pays or per unit; "" where it says none of them or several."""
        pairs = (
            ("rate", self.rate),
            ("times", self.times),
            ("pays", self.pays),
            ("per unit", self.per_unit),
        )
        stated = [name for name, value in pairs if value is not None]
        return stated[0] if len(stated) == 1 else ""

    @property
    def value(self) -> Fraction:
        """What it pays as a number."""
        if self.rate is not None:
            return self.rate.value
        if self.times is not None:
            return self.times
        money = self.pays or self.per_unit
        return money.amount if money is not None else Fraction(0)

    @property
    def currency(self) -> str:
        """The currency of an amount; "" for a percentage or a multiple."""
        money = self.pays or self.per_unit
        return money.currency if money is not None else ""

    @property
    def pay_words(self) -> str:
        """What it pays, for people: at 8%, at 1.5 times the rate, at 5.00 EUR a unit, paying 500.00 EUR."""
        if self.rate is not None:
            return f"at {self.rate}"
        if self.times is not None:
            return f"at {format_number(self.times)} times the rate"
        return f"at {self.per_unit} a unit" if self.per_unit is not None else f"paying {self.pays}"

    def nothing(self) -> PayTier:
        """The same tier, earning nothing."""
        return replace(
            self,
            rate=Percent(Fraction(0)) if self.rate is not None else None,
            times=Fraction(0) if self.times is not None else None,
            pays=Money(Fraction(0), self.pays.currency) if self.pays is not None else None,
            per_unit=Money(Fraction(0), self.per_unit.currency) if self.per_unit is not None else None,
        )


@dataclass(frozen=True)
class Rung:
    """A tier of a table that is closed up.  strict: a value exactly on its lower bound hasn't reached it.

    hole: it stands for a gap, which earns nothing.
    """

    tier: PayTier
    strict: bool
    hole: bool = False

    @cached_property
    def label(self) -> str:
        return self.tier.label

    @cached_property
    def pay_words(self) -> str:
        return self.tier.pay_words


@dataclass(frozen=True)
class Version:
    """A table with the days on which it is in force, both inside; None where it has no first or last day."""

    first: date | None
    last: date | None
    tiers: tuple[PayTier, ...]

    @property
    def dated(self) -> bool:
        return self.first is not None or self.last is not None


def versions(tiers: Sequence[PayTier]) -> list[Version]:
    """The tables that the tiers make up, in the order in which they come into force."""
    found: dict[tuple[date | None, date | None], list[PayTier]] = {}
    for tier in tiers:
        found.setdefault((tier.valid_from, tier.valid_to), []).append(tier)
    tables = [Version(first, last, tuple(rows)) for (first, last), rows in found.items()]
    return sorted(tables, key=lambda v: v.first or date.min)


def check_versions(tables: Sequence[Version], what: str, problems: list[Problem]) -> None:
    """A Problem where two tables are in force on one day, or none between two."""
    for before, after in itertools.pairwise(tables):
        ends, begins = before.last, after.first
        if ends is not None and begins is not None and begins == ends + timedelta(days=1):
            continue
        problems.append(
            Problem(
                "tiers-version",
                f"the tables of {what} don't follow each other day by day: one ends {ends or 'never'}, the next begins {begins or 'before all'}.",
                after.tiers[0].where,
                "On a day between them no table, or two, would be in force.",
                f"Write  valid from: {ends + timedelta(days=1)}"
                if ends is not None
                else 'Fill "valid to" of the first.',
            )
        )


def rungs(tiers: Sequence[PayTier], bound: str, gap: str) -> tuple[Rung, ...]:
    """The table without printed gaps (0 to 499.99, 500 to 2,999.99), and who owns each bound.

    gap: a value in a gap belongs to the tier below, to the tier above, or it earns nothing.
    """
    out: list[Rung] = []
    both = bound == "both ends inclusive"
    for tier in tiers:
        before = out[-1].tier if out else None
        strict = bound == "lower tier" and before is not None
        if before is not None and before.to is not None and number(before.to) < number(tier.from_):
            if gap == "tier below":
                out[-1] = replace(out[-1], tier=replace(before, to=tier.from_))
            elif gap == "tier above":
                tier, strict = replace(tier, from_=before.to), strict or both
            else:
                hole = replace(tier.nothing(), from_=before.to, to=tier.from_)
                out.append(Rung(hole, strict or both, hole=True))
        out.append(Rung(tier, strict))
    return tuple(out)


def check_pays(
    tiers: Sequence[PayTier], what: str, where: Where, kinds: Sequence[str], problems: list[Problem]
) -> None:
    """A Problem where a tier doesn't say what it pays, says it twice, or says something that the others don't."""
    found = {t.kind for t in tiers}
    wrong = next((t for t in tiers if t.kind not in kinds or t.kind != tiers[0].kind), None)
    if wrong is not None:
        problems.append(
            Problem(
                "tiers-pays",
                f"a tier of {what} must say one of: {', '.join(kinds)}; and all tiers the same."
                if "" in found or len(found) > 1
                else f'the tiers of {what} can\'t pay by "{wrong.kind}".',
                wrong.where,
                "What the tier pays would be a guess.",
                f"Write one of {', '.join(kinds)} in every tier.",
            )
        )
    if len({t.currency for t in tiers}) > 1:
        problems.append(
            Problem(
                "tiers-mixed",
                f"the tiers of {what} pay in several currencies.",
                where,
                remedy="Pay in one currency.",
            )
        )


def gaps_between(tiers: Sequence[Banded]) -> bool:
    """Whether a value may lie between two tiers of one table."""
    return any(a.to is not None and number(a.to) < number(b.from_) for a, b in itertools.pairwise(tiers))


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
    tiers: Sequence[Banded],
    what: str,
    where: Where,
    problems: list[Problem],
    *,
    shared_bounds: bool = True,
    gaps: bool | None = None,
    open_top: bool = True,
    negative: bool = False,
) -> None:
    """Problems for tables without rows, of mixed kinds, out of order, overlapping or, with shared bounds, with gaps.

    gaps: whether the plan says what they earn; None where it can't.  negative: the table may begin anywhere.
    """
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
                    "Nothing could fall in it.",
                    f'Write a "to" above {words(tier.from_)}, or correct "from".',
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
        elif shared_bounds and lower > upper and not gaps:
            problems.append(
                Problem(
                    "tiers-gap",
                    f"no tier of {what} covers {words(tier.to)} to {words(following.from_)}.",
                    following.where,
                    "A value there would earn nothing.",
                    f"Did you mean: from {words(tier.to)}"
                    + (
                        "? To keep the bounds as they are printed, state tier.gap: tier below, tier above or earns nothing."
                        if gaps is not None
                        else ""
                    ),
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
    if shared_bounds and not negative and number(tiers[0].from_) > 0:
        problems.append(
            Problem(
                "tiers-start",
                f"the first tier of {what} starts at {words(tiers[0].from_)}.",
                tiers[0].where,
                "What is below would earn nothing without the plan saying so.",
                "Begin with a tier from 0, at a rate of 0% where nothing is paid.",
            )
        )
