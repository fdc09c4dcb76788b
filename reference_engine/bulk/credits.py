"""Credits of a chunk of records, valued and summed at once: by place and pay period."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reference_engine.bulk.places import Places
from reference_engine.bulk.plain import NotPlain
from reference_engine.bulk.sources import Batch, Sources, Splits
from reference_engine.columns import LIMIT, Array, Exact
from reference_engine.vocabulary.plan import Rounding


@dataclass(frozen=True)
class Level:
    """Credit that rolls up by so many levels.  above: of each payee, who receives it; -1 for nobody.

    receives: the share of the payee's credit that whoever stands there receives.
    """

    above: Array
    receives: Exact


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
    """What has been summed so far, by place and pay period.  nought: where something that isn't above 0 was added."""

    def __init__(self, cells: int) -> None:
        self.num = np.zeros(cells, dtype=np.int64)
        self.nought = np.zeros(cells, dtype=bool)
        self.den, self.bound = 1, 0

    def add(self, cell: Array, amount: Exact) -> None:
        if not isinstance(amount.den, int) or amount.num.dtype == object:
            raise NotPlain("amounts beyond whole numbers of 64 bits")
        self._refine(amount.den)
        factor = self.den // amount.den
        self._grow(amount.bound * factor * len(cell))
        np.add.at(self.num, cell, amount.num if factor == 1 else amount.num * factor)
        if amount.num.min(initial=1) <= 0:
            self.nought[cell[amount.num <= 0]] = True

    def take(self, other: Sums) -> None:
        """Adds what another one has summed."""
        self.nought |= other.nought
        if not other.bound:
            return
        self._refine(other.den)
        factor = self.den // other.den
        self._grow(other.bound * factor)
        self.num += other.num if factor == 1 else other.num * factor

    def touched(self) -> Array:
        """Where there was a credit at all: amounts above 0 alone never sum to 0."""
        found: Array = self.nought | (self.num != 0)
        return found

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
    """The direct credits of some records: those of one owner, then the shares of split deals."""
    amount, rounding = batch.amount, value.credit
    whole = amount if rounding is None else amount.rounded(rounding.mode, rounding.decimals)
    if splits is None:
        return Direct(batch.owner, whole, None)
    first, count = splits.of(batch.deal)
    split = np.flatnonzero(count)
    if not len(split):
        return Direct(batch.owner, whole, None)
    counts = count[split]
    starts = np.cumsum(counts) - counts
    of = np.repeat(split, counts)
    source = np.arange(len(of)) + np.repeat(first[split] - starts, counts)
    share = splits.share[source]
    shared = amount[of] * share
    if rounding is not None:
        shared = shared.rounded(rounding.mode, rounding.decimals)
        left = whole[split] - shared.sums(starts)
        shared = _with_residue(shared, left, starts, counts, value.residue)
    alone = np.flatnonzero(count == 0)
    return Direct(
        np.concatenate([batch.owner[alone], splits.payee[source]]),
        Exact.concat([whole[alone], shared]),
        np.concatenate([alone, of]),
    )


def _with_residue(shared: Exact, left: Exact, starts: Array, counts: Array, who: str | None) -> Exact:
    rows = np.flatnonzero((counts > 1) & (left.num != 0))
    if not len(rows):
        return shared
    if who not in ("first", "last"):
        raise NotPlain("cents of a split that go to the largest share, or to nobody stated")
    takes = starts if who == "first" else starts + counts - 1
    extra = np.zeros(len(shared), dtype=left.num.dtype)
    extra[takes[rows]] = left.num[rows]
    return shared + Exact(extra, left.den, left.bound)


class Chunk:
    """One chunk's credits for one way of valuing them."""

    def __init__(self, sources: Sources, batch: Batch, value: Value) -> None:
        self.value = value
        self.found = direct(sources.splits, batch, value)
        event = self.found.event
        self.period = value.period[batch.day]
        self.belongs = batch.belongs
        self.payee = self.found.payee.astype(np.int64)
        if value.factor is not None:
            key = batch.currency.astype(np.int64) * sources.days + batch.day
            if not value.known[key].all():
                raise NotPlain("a missing exchange rate")
            foreign = value.foreign[batch.currency]
            self.is_foreign = foreign if event is None else foreign[event]
            self.rate = key if event is None else key[event]
            self.foreign = np.flatnonzero(self.is_foreign)
            self.factor = value.factor[self.rate[self.foreign]]
        if event is not None:
            self.period, self.belongs = self.period[event], self.belongs[event]

    def keys(self, places: Places) -> Array:
        """Of each direct credit its payee and span, as the places ask for them."""
        return self.payee * places.spans.size + places.spans.at[self.belongs]

    def add(self, sums: Sums, layers: Sequence[Array], key: Array, level: Level | None) -> None:
        """Adds the direct credits, or what of them reaches a level, to the sums of the places that they count for."""
        place = layers[0][key]
        on = place >= 0
        rows: Array | None = None
        if not on.all():
            rows = np.flatnonzero(on)
            if not len(rows):
                return
            place = place[rows]
        amount = self._amount(level, rows)
        period = self.period if rows is None else self.period[rows]
        sums.add(place.astype(np.int64) * self.value.periods + period, amount)
        if len(layers) > 1:
            key = key if rows is None else key[rows]
            for layer in layers[1:]:
                # Who has a second component at a time has a first one too.
                place = layer[key]
                kept = np.flatnonzero(place >= 0)
                sums.add(place[kept].astype(np.int64) * self.value.periods + period[kept], amount[kept])

    def _amount(self, level: Level | None, rows: Array | None) -> Exact:
        amount = self.found.value if rows is None else self.found.value[rows]
        if level is not None:
            amount = amount * level.receives[self.payee if rows is None else self.payee[rows]]
            if (rounding := self.value.credit) is not None:
                amount = amount.rounded(rounding.mode, rounding.decimals)
        return self._converted(amount, rows)

    def _converted(self, value: Exact, rows: Array | None) -> Exact:
        factor, rounding = self.value.factor, self.value.conversion
        if factor is None or not len(self.foreign):
            return value
        if rounding is None:
            return value * factor[self.rate if rows is None else self.rate[rows]]
        at, own = self.foreign, self.factor
        if rows is not None:
            at = np.flatnonzero(self.is_foreign[rows])
            own = factor[self.rate[rows[at]]]
        converted = (value[at] * own).rounded(rounding.mode, rounding.decimals)
        if converted.den != value.den or converted.num.dtype != value.num.dtype:
            raise NotPlain("credits that aren't rounded before they are converted")
        num = value.num.copy()
        num[at] = converted.num
        return Exact(num, value.den, max(value.bound, converted.bound))
