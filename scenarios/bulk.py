"""Bulk: the worlds of the recipes with very many deals, made column by column in bounded memory.

A world in bulk starts with the recipe's own people, customers and edge cases.  The rest of its deals is made
in blocks of whole-number columns.  Only the raw bits of PCG64 are drawn, whose sequence NumPy keeps for ever;
what is made of them is whole-number arithmetic, so a world in bulk, too, is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reference_engine.vocabulary.numbers import minor_units
from reference_engine.vocabulary.tables import TextTable
from scenarios.draft import Draft
from scenarios.folder import TableFile, WorldFolder, csv_text
from scenarios.providers import FIRST_DAY, LAST_DAY, day_weights, in_currency
from scenarios.recipes import Shape, find_recipe
from scenarios.sales import SPREAD
from scenarios.streams import BELL_MEAN, ONE, long_tail, running, seed_number
from scenarios.world import DEFAULT_SEED, drafted, origin_of

Column = npt.NDArray[np.int64]
Text = Sequence[str]

BLOCK = 50_000
"""Deals made at a time.  It is part of what a seed means, so it never changes."""
MAX_DAYS = 1_500
SPLITS = ((50_00, 50_00), (60_00, 40_00), (33_33, 33_33, 33_34), (70_00, 20_00, 10_00))
"""Shares of the payees of a split deal, in hundredths of a percent."""


def write(
    recipe: str,
    deals: int,
    folder: str | Path,
    *,
    seed: int = DEFAULT_SEED,
    company: str = "",
    form: str = "csv",
) -> Path:
    """Writes the world of a recipe with very many deals (or retail sales); returns the manifest's path.

    deals: how many the world has.  form: csv or parquet; the cells are the same text in both.
    Stops with a Problem for an unknown recipe, too few deals, or a folder that holds something else.
    """
    found = find_recipe(recipe)
    draft = drafted(found, seed, min(deals, found.fewest), company, volume=deals)
    maker = _Maker(draft, found.shape)
    small = {table.name: table for table in draft.tables()}
    with WorldFolder(folder, form) as target, ExitStack() as open_files:
        files = {}
        for name, table in small.items():
            files[name] = open_files.enter_context(target.table(name, maker.header(table)))
            files[name].write(_widened(table, files[name].header))
        left, block = deals - draft.deals, 0
        while left > 0:
            for name, rows in maker.block(block, min(left, BLOCK)):
                rows.write(files[name])
            left, block = left - BLOCK, block + 1
        open_files.close()
        return target.finish(origin_of(found, draft, in_bulk=True), draft.edges)


class _Bits:
    """Whole-number columns for one purpose in one block."""

    def __init__(self, *purpose: object) -> None:
        self._source = np.random.PCG64(seed_number(*purpose))

    def raw(self, count: int) -> npt.NDArray[np.uint64]:
        return np.asarray(self._source.random_raw(count), dtype=np.uint64)

    def below(self, limits: Column | int, count: int) -> Column:
        """A whole number from 0 to the limit - 1 for each row; the limits stay below 2**31."""
        high = (self.raw(count) >> np.uint64(33)).astype(np.int64)
        return np.asarray(high * limits >> 31, dtype=np.int64)

    def weighted(self, weights: Sequence[int], count: int) -> Column:
        totals = np.array(running(weights), dtype=np.int64)
        found = np.searchsorted(totals, self.below(int(totals[-1]), count), side="right")
        return np.asarray(found, dtype=np.int64)

    def skewed(self, median: Column, sixteenths: int) -> Column:
        """As Stream.skewed, for a whole column."""
        parts = self.raw(3 * len(median)).reshape(len(median), 3)
        bell = np.full(len(median), -BELL_MEAN, dtype=np.int64)
        for shift in (0, 16, 32, 48):
            bell += (parts >> np.uint64(shift) & np.uint64(ONE - 1)).astype(np.int64).sum(axis=1)
        whole, part = np.divmod(bell * sixteenths // 16, ONE)
        value = median * (ONE + part)
        value = np.where(whole >= 0, value << np.maximum(whole, 0), value >> np.maximum(-whole, 0))
        return np.asarray(np.maximum(1, value >> 16), dtype=np.int64)


class _Rows:
    """Rows of one table as columns of text, with what they add to the control totals."""

    def __init__(self, columns: Mapping[str, Text], totals: Mapping[tuple[str, str], Fraction]) -> None:
        self.columns, self.totals = columns, totals
        self.count = len(next(iter(columns.values())))

    def write(self, file: TableFile) -> None:
        blank = [""] * self.count
        columns = [self.columns.get(name, blank) for name in file.header]
        lines = map(",".join, zip(*columns, strict=True))
        file.write_text("".join(f"{line}\n" for line in lines), self.count)
        for (column, unit), total in self.totals.items():
            file.add_total(column, unit, total)


class _Maker:
    """Makes the blocks of one world.  draft: its people, customers and edge cases."""

    def __init__(self, draft: Draft, shape: Shape) -> None:
        self.draft, self.shape = draft, shape
        self.sellers = _cells(draft.sellers)
        self.accounts = _cells(draft.accounts)
        self.products = _cells(draft.products)
        self.days = [(FIRST_DAY + timedelta(days=offset)).isoformat() for offset in range(MAX_DAYS)]
        self.day_weights = day_weights()
        self.currencies = [code for code, _ in shape.currencies]
        self.counts = {letters: draft.count(letters) for letters in ("D", "I", "P", "R", "SALE")}

    def header(self, table: TextTable) -> tuple[str, ...]:
        """The table's header with the columns that only deals in bulk fill."""
        more = {
            "deals": ("account",),
            "returns": ("amount", "currency") if self.shape.kind == "deals" else (),
        }
        return (*table.header, *(column for column in more.get(table.name, ()) if column not in table.header))

    def block(self, number: int, count: int) -> Iterator[tuple[str, _Rows]]:
        """The rows of every table that belong to one block of deals."""

        def bits(purpose: str) -> _Bits:
            return _Bits("trueup in bulk", self.draft.recipe, self.draft.seed, purpose, number)

        if self.shape.kind == "retail sales":
            yield from self._retail(bits, count)
            return
        deals = self._ids("D", count)
        owner = bits("owners").below(len(self.sellers), count)
        closed = bits("days").weighted(self.day_weights, count)
        money = bits("currencies").weighted([weight for _, weight in self.shape.currencies], count)
        amount = self._amounts(bits("amounts"), money)
        columns: dict[str, Text] = {
            "deal": deals,
            "owner": _looked_up(self.sellers, owner),
            "account": _looked_up(
                self.accounts, bits("customers").weighted(long_tail(len(self.accounts)), count)
            ),
            "closed": _looked_up(self.days, closed),
            **self._money_columns(amount, money),
        }
        if self.products:
            columns["product"] = _looked_up(self.products, bits("products").below(len(self.products), count))
        yield "deals", _Rows(columns, self._totals("amount", amount, money))
        if self.shape.split:
            yield "credit_splits", self._splits(bits("splits"), deals, owner)
        if self.shape.invoiced:
            yield from self._invoices(bits, deals, closed, amount, money)
        if self.shape.cancelled or self.shape.returned:
            yield from self._undone(bits("undone"), deals, closed, amount, money)

    def _amounts(self, bits: _Bits, money: Column) -> Column:
        median = np.array([in_currency(self.shape.median, code) for code in self.currencies], dtype=np.int64)[
            money
        ]
        unit = np.array([10 ** minor_units(code) for code in self.currencies], dtype=np.int64)[money]
        amount = bits.skewed(median, SPREAD)
        draw = bits.below(20, len(money))
        step = np.where(draw < 12, 50 * unit, np.where(draw < 17, unit, 1))
        rounded = amount // step * step
        return np.where(rounded > 0, rounded, amount)

    def _splits(self, bits: _Bits, deals: Text, owner: Column) -> _Rows:
        count, sellers = len(deals), len(self.sellers)
        split = np.flatnonzero(bits.below(100, count) < self.shape.split)
        pattern = bits.below(len(SPLITS), count)[split]
        second = 1 + bits.below(sellers - 2, count)[split]
        third = second + 1 + bits.below(sellers - 1 - second, len(split))
        places = np.array([len(shares) for shares in SPLITS], dtype=np.int64)[pattern]
        source = np.repeat(np.arange(len(split)), places)
        place = np.arange(len(source)) - np.repeat(np.cumsum(places) - places, places)
        step = np.where(place == 0, 0, np.where(place == 1, second[source], third[source]))
        payee = (owner[split][source] + step) % sellers
        texts = [[f"{share // 100}.{share % 100:02d}%" for share in (*shares, 0)[:3]] for shares in SPLITS]
        return _Rows(
            {
                "deal": [deals[row] for row in split[source].tolist()],
                "payee": _looked_up(self.sellers, payee),
                "share": [texts[p][i] for p, i in zip(pattern[source].tolist(), place.tolist(), strict=True)],
                "role": ["Account Executive"] * len(source),
            },
            {},
        )

    def _invoices(
        self, bits: Callable[[str], _Bits], deals: Text, closed: Column, amount: Column, money: Column
    ) -> Iterator[tuple[str, _Rows]]:
        count = len(deals)
        invoices = self._ids("I", count)
        day = closed + bits("invoices").below(31, count)
        columns: dict[str, Text] = {
            "invoice": invoices,
            "deal": deals,
            "date": _looked_up(self.days, day),
            "kind": ["invoice"] * count,
            **self._money_columns(amount, money),
        }
        yield "invoices", _Rows(columns, self._totals("amount", amount, money))
        if not self.shape.paid:
            return
        draws = bits("payments")
        habit = draws.below(100, count)
        late = np.where(habit < 45, 16 + draws.below(15, count), 31 + draws.below(120, count))
        parts = np.select([habit < 70, habit < 88, habit < 93], [1, 2, 1], 0)
        first = np.where(habit < 70, amount, np.maximum(1, amount * (30 + draws.below(41, count)) // 100))
        source = np.repeat(np.arange(count), parts)
        second = np.concatenate([[False], source[1:] == source[:-1]]) if len(source) else np.zeros(0, bool)
        paid = np.where(second, amount[source] - first[source], first[source])
        paid_on = day[source] + late[source] + np.where(second, 20 + draws.below(56, count)[source], 0)
        keep = paid > 0
        source, paid, paid_on = source[keep], paid[keep], paid_on[keep]
        columns = {
            "payment": self._ids("P", len(source)),
            "invoice": [invoices[row] for row in source.tolist()],
            "date": _looked_up(self.days, paid_on),
            **self._money_columns(paid, money[source]),
        }
        yield "payments", _Rows(columns, self._totals("amount", paid, money[source]))

    def _undone(
        self, bits: _Bits, deals: Text, closed: Column, amount: Column, money: Column
    ) -> Iterator[tuple[str, _Rows]]:
        count = len(deals)
        fate = bits.below(100, count)
        after = 1 + bits.below(200, count)
        gone = np.flatnonzero(fate < self.shape.cancelled)
        columns: dict[str, Text] = {
            "deal": [deals[row] for row in gone.tolist()],
            "date": _looked_up(self.days, (closed + after)[gone]),
        }
        yield "cancellations", _Rows(columns, {})
        back = np.flatnonzero(
            (fate >= self.shape.cancelled) & (fate < self.shape.cancelled + self.shape.returned)
        )
        given = np.maximum(1, amount * (5 + bits.below(56, count)) // 100)[back]
        columns = {
            "return": self._ids("R", len(back)),
            "of": [deals[row] for row in back.tolist()],
            "date": _looked_up(self.days, (closed + after)[back]),
            **self._money_columns(given, money[back]),
        }
        yield "returns", _Rows(columns, self._totals("amount", given, money[back]))

    def _retail(self, bits: Callable[[str], _Bits], count: int) -> Iterator[tuple[str, _Rows]]:
        sales = self._ids("SALE", count)
        store = bits("owners").weighted(long_tail(len(self.sellers)), count)
        day = bits("days").weighted(self.day_weights, count)
        product = bits("products").below(len(self.products), count)
        units = np.minimum(400, bits("units").skewed(np.full(count, 5, dtype=np.int64), 16))
        amount = units * np.array(self.draft.prices, dtype=np.int64)[product]
        euros = np.zeros(count, dtype=np.int64)
        columns: dict[str, Text] = {
            "sale": sales,
            "retailer": _looked_up(self.sellers, store),
            "product": _looked_up(self.products, product),
            "units": [str(n) for n in units.tolist()],
            "date": _looked_up(self.days, day),
            **self._money_columns(amount, euros),
        }
        totals = self._totals("amount", amount, euros) | {("units", "units"): Fraction(int(units.sum()))}
        yield "retail_sales", _Rows(columns, totals)
        draws = bits("undone")
        back = np.flatnonzero(draws.below(100, count) < self.shape.returned)
        given = 1 + draws.below(units, count)[back]
        year_end = (LAST_DAY - FIRST_DAY).days
        columns = {
            "return": self._ids("R", len(back)),
            "of": [sales[row] for row in back.tolist()],
            "date": _looked_up(self.days, np.minimum(year_end, (day + 1 + draws.below(30, count))[back])),
            "units": [str(n) for n in given.tolist()],
        }
        yield "returns", _Rows(columns, {("units", "units"): Fraction(int(given.sum()))})

    def _ids(self, letters: str, count: int) -> list[str]:
        first = self.counts[letters] + 1
        self.counts[letters] += count
        return [f"{letters}-{number:06d}" for number in range(first, first + count)]

    def _money_columns(self, amount: Column, money: Column) -> dict[str, Text]:
        decimals = [minor_units(code) for code in self.currencies]
        whole = [10**places for places in decimals]
        texts = [
            f"{n // whole[m]}.{n % whole[m]:0{decimals[m]}d}" if decimals[m] else str(n)
            for n, m in zip(amount.tolist(), money.tolist(), strict=True)
        ]
        return {"amount": texts, "currency": _looked_up(self.currencies, money)}

    def _totals(self, column: str, amount: Column, money: Column) -> dict[tuple[str, str], Fraction]:
        return {
            (column, code): Fraction(int(amount[money == position].sum()), 10 ** minor_units(code))
            for position, code in enumerate(self.currencies)
            if (money == position).any()
        }


def _widened(table: TextTable, header: tuple[str, ...]) -> list[tuple[str, ...]]:
    more = ("",) * (len(header) - len(table.header))
    return [(*row, *more) for row in table.rows]


def _cells(texts: Sequence[str]) -> list[str]:
    """Each text as it is written in a CSV cell, with quotes where it needs them."""
    return [csv_text([(text, "")])[:-2] for text in texts]


def _looked_up(texts: Sequence[str], rows: npt.NDArray[Any]) -> list[str]:
    return [texts[row] for row in rows.tolist()]
