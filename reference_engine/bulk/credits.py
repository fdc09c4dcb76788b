"""Credits of a chunk of records, valued and summed at once: by place and pay period."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reference_engine.bulk.places import Places
from reference_engine.bulk.plain import NotPlain
from reference_engine.bulk.sources import Batch, Sources, Splits
from reference_engine.columns import LIMIT, Array, Exact
from reference_engine.vocabulary.plan import Rounding


@dataclass(frozen=True)
class RollUp:
    """manager: of each payee, -1 for none.  receives: the payee's share of what is below; least, most: of which levels."""

    manager: Array
    receives: Exact
    least: Array
    most: Array


@dataclass(frozen=True)
class Value:
    """How a credit becomes an amount: the same for all components that read it alike.

    credit, conversion: the roundings.  residue: who gets the cent that is left of a split.  foreign: of each currency
    code, whether it is converted.  factor: by currency code x day; None where there is nothing to convert.
    known: where there is a rate.  period: of each day, its pay period.  periods: how many there are.
    """

    credit: Rounding | None
    residue: str | None
    conversion: Rounding | None
    foreign: Array
    factor: Exact | None
    known: Array
    period: Array
    periods: int


class Sums:
    """What has been summed so far, by place and pay period.  touched: where there was a credit at all."""

    def __init__(self, cells: int) -> None:
        self.num = np.zeros(cells, dtype=np.int64)
        self.touched = np.zeros(cells, dtype=bool)
        self.den, self.bound = 1, 0

    def add(self, cell: Array, amount: Exact) -> None:
        if not isinstance(amount.den, int) or amount.num.dtype == object:
            raise NotPlain("amounts beyond whole numbers of 64 bits")
        self._refine(amount.den)
        factor = self.den // amount.den
        self._grow(amount.bound * factor * len(cell))
        np.add.at(self.num, cell, amount.num if factor == 1 else amount.num * factor)
        self.touched[cell] = True

    def take(self, other: Sums) -> None:
        """Adds what another one has summed."""
        if not other.bound:
            self.touched |= other.touched
            return
        self._refine(other.den)
        factor = self.den // other.den
        self._grow(other.bound * factor)
        self.num += other.num if factor == 1 else other.num * factor
        self.touched |= other.touched

    def _refine(self, den: int) -> None:
        """Goes on in units in which both what is summed and what comes are whole."""
        if not self.bound:
            self.den = den
        elif self.den % den:
            factor = math.lcm(self.den, den) // self.den
            bound, self.bound = self.bound * factor, 0
            self._grow(bound)
            self.num *= factor
            self.den *= factor

    def _grow(self, bound: int) -> None:
        self.bound += bound
        if self.bound > LIMIT:
            raise NotPlain("amounts beyond whole numbers of 64 bits")


@dataclass(frozen=True)
class Direct:
    """Direct credits of a chunk: payee, the value in the record's currency, and the record, None for one each in order."""

    payee: Array
    value: Exact
    event: Array | None


def direct(splits: Splits | None, batch: Batch, value: Value) -> Direct:
    """The direct credits of some records, with the shares of split deals."""
    owner, amount = batch.owner, batch.amount
    rounding = value.credit
    whole = amount if rounding is None else amount.rounded(rounding.mode, rounding.decimals)
    if splits is not None:
        first, count = splits.of(batch.deal)
        # A split replaces the owner's credit; who has no owner has none to be replaced.
        count = np.where(owner >= 0, count, 0)
    if splits is None or not count.any():
        owned = np.flatnonzero(owner >= 0)
        if len(owned) == len(owner):
            return Direct(owner, whole, None)
        return Direct(owner[owned], whole[owned], owned)
    rows = np.where(owner >= 0, np.maximum(count, 1), 0)
    event = np.repeat(np.arange(len(owner)), rows)
    part = np.flatnonzero(count[event])
    of = event[part]
    starts = np.flatnonzero(np.append(True, of[1:] != of[:-1]))
    counts = count[of[starts]]
    source = np.arange(len(part)) + np.repeat(first[of[starts]] - starts, counts)
    payee = owner[event]
    payee[part] = splits.payee[source]
    shared = amount[of] * splits.share[source]
    if rounding is not None:
        shared = shared.rounded(rounding.mode, rounding.decimals)
        left = whole[of[starts]] - shared.sums(starts)
        shared = _with_residue(shared, left, splits.share[source], starts, counts, value.residue)
    amounts = whole[event]
    den = amounts.den
    if shared.den != den or amounts.num.dtype == object or shared.num.dtype == object:
        split = np.zeros(len(event), dtype=bool)
        split[part] = True
        place = np.cumsum(split) - 1
        return Direct(payee, Exact.where(split, shared[np.maximum(place, 0)], amounts), event)
    num = amounts.num
    num[part] = shared.num
    return Direct(payee, Exact(num, den, max(amounts.bound, shared.bound)), event)


def _with_residue(
    shared: Exact, left: Exact, share: Exact, starts: Array, counts: Array, who: str | None
) -> Exact:
    several = counts > 1
    if not (left.num[several] != 0).any():
        return shared
    if who == "first":
        takes = starts
    elif who == "last":
        takes = starts + counts - 1
    else:
        raise NotPlain("cents of a split that go to the largest share, or to nobody stated")
    rows = np.flatnonzero(several)
    size = len(shared)
    extra = np.zeros(size, dtype=left.num.dtype)
    extra[takes[rows]] = left.num[rows]
    return shared + Exact(extra, left.den, left.bound)


class Chunk:
    """One chunk's credits for one way of valuing them."""

    def __init__(self, sources: Sources, batch: Batch, value: Value) -> None:
        self.value = value
        self.found = direct(sources.splits, batch, value)
        event = self.found.event
        day, belongs, currency = batch.day, batch.belongs, batch.currency
        self.day = day if event is None else day[event]
        self.belongs = self.day if belongs is day else belongs if event is None else belongs[event]
        self.currency = currency if event is None else currency[event]
        self.days = sources.days
        self.period = value.period[self.day]

    def of_type(self, kind: str, rollup: RollUp | None) -> Iterator[tuple[Array, Exact, Array | None]]:
        """payee, converted value and position among the direct credits (None for all), level by level."""
        if kind == "direct":
            yield self.found.payee, self._converted(self.found.value, None), None
            return
        if rollup is None:
            return
        rounding = self.value.credit
        at, amount, rows = self.found.payee, self.found.value, None
        level = 0
        while True:
            at = rollup.manager[at]
            level += 1
            above = at >= 0
            if not above.all():
                kept = np.flatnonzero(above)
                if not len(kept):
                    return
                at, amount = at[kept], amount[kept]
                rows = kept if rows is None else rows[kept]
            share = rollup.receives[at]
            gets = (share.num != 0) & (level >= rollup.least[at]) & (level <= rollup.most[at])
            if gets.all():
                value = amount * share
                found, where = at, rows
            else:
                kept = np.flatnonzero(gets)
                if not len(kept):
                    continue
                value, found = amount[kept] * share[kept], at[kept]
                where = kept if rows is None else rows[kept]
            if rounding is not None:
                value = value.rounded(rounding.mode, rounding.decimals)
            yield found, self._converted(value, where), where

    def add(self, sums: Sums, places: Places, payee: Array, amount: Exact, rows: Array | None) -> None:
        """Adds credits to the sums of the places that they count for."""
        span = places.span[self.belongs]
        period = self.period
        if rows is not None:
            span, period = span[rows], period[rows]
        key = payee.astype(np.int64) * places.spans + span
        for layer in places.layers:
            place = layer[key]
            on = place >= 0
            if on.all():
                sums.add(place * self.value.periods + period, amount)
            elif on.any():
                kept = np.flatnonzero(on)
                sums.add(place[kept] * self.value.periods + period[kept], amount[kept])

    def _converted(self, value: Exact, rows: Array | None) -> Exact:
        factor = self.value.factor
        if factor is None:
            return value
        currency = self.currency if rows is None else self.currency[rows]
        foreign = np.flatnonzero(self.value.foreign[currency])
        rounding = self.value.conversion
        if not len(foreign) and rounding is not None:
            return value
        day = self.day if rows is None else self.day[rows]
        if rounding is None:
            key = currency.astype(np.int32) * self.days + day
            self._check(key)
            return value * factor[key]
        key = currency[foreign].astype(np.int32) * self.days + day[foreign]
        self._check(key)
        converted = (value[foreign] * factor[key]).rounded(rounding.mode, rounding.decimals)
        if converted.den == value.den and converted.num.dtype == value.num.dtype:
            num = value.num.copy()
            num[foreign] = converted.num
            return Exact(num, value.den, max(value.bound, converted.bound))
        raise NotPlain("credits that aren't rounded before they are converted")

    def _check(self, key: Array) -> None:
        if not self.value.known[key].all():
            raise NotPlain("a missing exchange rate")
