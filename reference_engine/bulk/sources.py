"""The records of a world as plain columns of codes and numbers, made chunk by chunk, and what they are looked up in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference_engine.bulk.plain import NotPlain
from reference_engine.columns import Array, Exact, is_same
from reference_engine.events import SOURCE
from reference_engine.table import Table
from reference_engine.words import Words, as_words, coded, same_names
from reference_engine.world import World

MAX_DAYS = 100 * 366


@dataclass(frozen=True)
class Batch:
    """Some records.

    owner: payee's code, -1 for nobody.  day: of the record; belongs: of its deal, both as days since the first.
    amount: with its sign.  currency: its code.  deal: row of its deal.
    """

    owner: Array
    day: Array
    belongs: Array
    amount: Exact
    currency: Array
    deal: Array

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True)
class Records:
    """The records of one table, of which nothing is copied.

    source: code in SOURCE.  owners: of the deals, as names; payee: the code of each name.  days, sold: of the records,
    of the deals.  currencies: of the records; unit: the code of each.  deal: row of each record's deal; None where
    the records are the deals.
    """

    source: int
    owners: Words
    payee: Array
    days: Array
    sold: Array
    first: np.datetime64
    amount: Exact
    currencies: Words
    unit: Array
    deal: Array | None

    def __len__(self) -> int:
        return len(self.days)

    def batch(self, rows: slice) -> Batch:
        day = _since(self.days[rows], self.first)
        unit = self.unit[self.currencies.codes[rows]]
        amount = self.amount[rows]
        if self.deal is None:
            deal = np.arange(rows.start, rows.start + len(day), dtype=np.int32)
            return Batch(self.payee[self.owners.codes[rows]], day, day, amount, unit, deal)
        deal = self.deal[rows]
        owner = self.payee[self.owners.codes[deal]]
        return Batch(owner, day, _since(self.sold[deal], self.first), -amount, unit, deal)


@dataclass(frozen=True)
class Splits:
    """The shares of split deals, by the row of their deal, in the order in which they are written."""

    deal: Array
    payee: Array
    share: Exact

    def of(self, deal: Array) -> tuple[Array, Array]:
        """The first row of each deal's split, and how many there are."""
        if not len(deal):
            return deal, deal
        # Looked up among the rows of these deals only; the deals of a chunk lie near each other.
        least, most = int(deal.min()), int(deal.max())
        low, high = np.searchsorted(self.deal, np.array([least, most + 1], dtype=self.deal.dtype))
        near = self.deal[low:high]
        if most - least >= 4 * len(deal):
            first = np.searchsorted(near, deal)
            return first + low, np.searchsorted(near, deal, side="right") - first
        count = np.bincount(near - least, minlength=most + 1 - least)
        first = np.cumsum(count) - count + low
        return first[deal - least], count[deal - least]


@dataclass(frozen=True)
class Sources:
    """All records, the splits, the first day of all and how many days there are, and the currencies by code."""

    records: tuple[Records, ...]
    splits: Splits | None
    first: np.datetime64
    days: int
    currencies: tuple[str, ...]

    def credited(self, payees: Array) -> bool:
        """Whether any of these payees, a mask, has direct credit."""
        deals = self.records[0]
        wanted = (deals.payee >= 0) & payees[deals.payee]
        found = bool(wanted[deals.owners.codes].any()) if wanted.any() else False
        return found or (self.splits is not None and bool(payees[self.splits.payee].any()))


def read(world: World) -> Sources:
    """The records of a world.  Raises NotPlain for what only an ordinary run looks at."""
    deals, returns = world.table("deals"), world.table("returns")
    closed = deals.days("closed")
    dates = [closed] + ([returns.days("date")] if returns.size else [])
    if not deals.size or any(np.isnat(d.min()) for d in dates):
        raise NotPlain("records without a day")
    first, last = min(d.min() for d in dates), max(d.max() for d in dates)
    days = int((last - first).astype(int)) + 1
    if days > MAX_DAYS:
        raise NotPlain("records many years apart")
    names: dict[str, int] = {}
    owners = coded(deals.words("owner"))
    payee = world.codes_of_names(owners)
    nobody = payee < 0
    if nobody.any() and nobody[owners.codes].any():
        raise NotPlain("deals whose owner is found by a rule")

    def records(source: str, table: Table, day: Array, deal: Array | None) -> Records:
        amount = table.amounts("amount")
        if amount.currency is None or not (is_same(amount.present) or amount.present.all()):
            raise NotPlain("amounts without a currency, or records without an amount")
        words = coded(amount.currency)
        unit = np.array([names.setdefault(n, len(names)) for n in words.names], dtype=np.int8)
        return Records(SOURCE[source], owners, payee, day, closed, first, amount.value, words, unit, deal)

    found = [records("deals", deals, closed, None)]
    if returns.size:
        deal = _deal_rows(returns.words("of"), deals)
        found.append(records("returns of deals", returns, returns.days("date"), deal))
    return Sources(tuple(found), _splits(world, deals), first, days, tuple(names))


def _since(days: Array, first: np.datetime64) -> Array:
    if days.dtype == first.dtype:
        # Days are whole numbers underneath, and none is blank here.
        number: Array = days.view(np.int64) - first.astype(np.int64)
        return number
    return (days - first).astype(np.int64)


def _deal_rows(column: Array, deals: Table) -> Array:
    """The row of each named deal."""
    names = deals.words("deal")
    own, asked = as_words(names), as_words(column)
    if own is not None and asked is not None and same_names(own, asked):
        if _in_order(own):
            return asked.codes
        row = np.full(len(own.names), -1, dtype=np.int32)
        row[own.codes] = np.arange(len(own), dtype=np.int32)
        rows: Array = row[asked.codes]
    else:
        rows = np.array([deals.index.get(name, -1) for name in column.tolist()], dtype=np.int32)
    if (rows < 0).any():
        raise NotPlain("returns or splits of other records than deals")
    return rows


def _in_order(words: Words, step: int = 1 << 17) -> bool:
    """Whether every row has its own position as code."""
    size = len(words)
    return size == len(words.names) and all(
        bool((words.codes[a : a + step] == np.arange(a, min(a + step, size), dtype=words.codes.dtype)).all())
        for a in range(0, size, step)
    )


def _splits(world: World, deals: Table) -> Splits | None:
    table = world.table("credit_splits")
    if not table.size:
        return None
    if table.amounts("quota share").present.any():
        raise NotPlain("shares for quotas apart from those for pay")
    rows = _deal_rows(table.words("deal"), deals)
    payees = coded(table.words("payee"))
    payee, share = world.codes_of_names(payees)[payees.codes], table.amounts("share").value
    if (payee < 0).any():
        raise NotPlain("splits among people who are no payees")
    if (rows[1:] < rows[:-1]).any():
        order = np.argsort(rows, kind="stable")
        rows, payee, share = rows[order], payee[order], share[order]
    _check_shares(rows, share)
    return Splits(rows, payee, share)


def _check_shares(rows: Array, share: Exact, step: int = 1 << 17) -> None:
    """Raises NotPlain where the shares of a deal don't total 100%."""
    if not isinstance(share.den, int) or share.num.min() <= 0:
        raise NotPlain("shares of nothing")
    start = 0
    while start < len(rows):
        end = min(start + step, len(rows))
        if end < len(rows):
            # A chunk ends with a deal.
            end = int(np.searchsorted(rows, rows[end - 1], side="right"))
        starts = np.flatnonzero(np.append(True, rows[start + 1 : end] != rows[start : end - 1]))
        if not share[start:end].sums(starts).same(Exact.full(len(starts), 1)).all():
            raise NotPlain("shares that don't total 100%")
        start = end
