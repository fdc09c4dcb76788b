"""Earned lines as columns: what the earning and paying mechanics work on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import numpy as np

from reference_engine.columns import Array, Exact, concatenated, is_same, same, some, taken
from reference_engine.problems import Where
from reference_engine.words import joined as joined_texts


@dataclass(frozen=True, slots=True)
class Rule:
    """The part of a plan that decided a line.

    words: for people.  label: the statement line's words where the rule gives them; "" where the record does.
    """

    words: str
    label: str
    where: Where


@dataclass(frozen=True)
class Lines:
    """Lines as columns of one length.

    payee: code.  period: position in the run's periods.  event, credit: positions, -1 where no record causes the line.
    base: what the rate is applied to; unit: its currency, "" for units.  rate: 0 and no has_rate where the rule
    isn't a rate; rate_unit: the currency of a rate that is money per unit.  share: of the rate, earned at this event.
    sign: -1 where the amount is taken back as the mirror of a sale.  rule: position in the run's rules, -1 for none.
    kind: word for lines that no record causes.  held: not released for payment.  paid_in: position of the period in
    which a released line is paid.  origin: the line of the step before, -1 for a new one.  counted: what the line adds
    to measures (quota, tiers); None where that is its base.
    """

    payee: Array
    period: Array
    event: Array
    credit: Array
    base: Exact
    unit: Array
    rate: Exact
    has_rate: Array
    rate_unit: Array
    share: Exact
    sign: Array
    amount: Exact
    currency: Array
    rule: Array
    kind: Array
    held: Array
    paid_in: Array
    origin: Array
    counted: Exact | None = None

    def __len__(self) -> int:
        return len(self.payee)

    def take(self, index: Array, **columns: Any) -> Lines:
        """The lines at these positions, which become their origin; some columns changed."""
        values: dict[str, Any] = columns | {
            name: None if c is None else taken(c, index) if isinstance(c, np.ndarray) else c[index]
            for name, c in self.__dict__.items()
            if name not in columns
        }
        values["origin"] = index if index.dtype == np.int64 else np.arange(len(self))[index]
        return self._with(values)

    def change(self, **columns: Any) -> Lines:
        """The same lines with some columns changed; each line is its own origin."""
        columns.setdefault("origin", np.arange(len(self)))
        return self._with(columns)

    def _with(self, columns: dict[str, Any]) -> Lines:
        # Every step of every component makes lines anew, so the columns aren't set one by one.
        out = object.__new__(Lines)
        out.__dict__.update(self.__dict__, **columns)
        return out

    def signed_base(self) -> Exact:
        """The base with the sign of what it does to a measure."""
        return self.base.signed(self.sign)

    def counts(self) -> Exact:
        """What each line adds to a measure (a quota, a tier), with its sign."""
        return (self.base if self.counted is None else self.counted).signed(self.sign)

    @classmethod
    def joined(cls, parts: list[Lines]) -> Lines:
        """One after the other.  The origins of the first stay; those of the others must say theirs."""
        if len(parts) == 1:
            return parts[0]
        values: dict[str, Any] = {}
        apart = any(p.counted is not None for p in parts)
        values["counted"] = (
            Exact.concat([p.base if p.counted is None else p.counted for p in parts]) if apart else None
        )
        for name in _COLUMNS:
            if name == "counted":
                continue
            columns = [p.__dict__[name] for p in parts]
            values[name] = (
                Exact.concat(columns)
                if isinstance(columns[0], Exact)
                else joined_texts(columns)
                if columns[0].dtype == object
                else concatenated(columns)
            )
        return cls(**values)

    @classmethod
    def plain(
        cls,
        payee: Array,
        period: Array,
        amount: Exact,
        currency: Array,
        *,
        kind: str = "",
        rule: Array | None = None,
        base: Exact | None = None,
        unit: Array | None = None,
        rate: Exact | None = None,
        event: Array | None = None,
        rate_unit: Array | None = None,
    ) -> Lines:
        """Lines that no single record causes."""
        size = len(payee)
        none = same(-1, size, np.int64)
        blank = same("", size)
        zero = Exact.full(size, 0)
        return cls(
            payee,
            period,
            none if event is None else event,
            none,
            zero if base is None else base,
            blank if unit is None else unit,
            zero if rate is None else rate,
            same(rate is not None, size, bool),
            blank if rate_unit is None else rate_unit,
            Exact.full(size, 1),
            same(1, size, np.int64),
            amount,
            currency,
            none if rule is None else rule,
            same(kind, size),
            same(False, size, bool),
            period,
            none,
        )


_COLUMNS = tuple(f.name for f in fields(Lines))


@dataclass(frozen=True, slots=True)
class LineView:
    """One line, as the wording of a mechanic sees it."""

    base: Fraction
    unit: str
    rate: Fraction | None
    rate_unit: str
    share: Fraction
    sign: int
    amount: Fraction
    currency: str
    rule: Rule | None
    kind: str
    held: bool


def view(lines: Lines, index: int, rules: Sequence[Rule]) -> LineView:
    """One line of the columns."""
    rule = int(lines.rule[index])
    return LineView(
        lines.base.at(index),
        str(lines.unit[index]),
        lines.rate.at(index) if lines.has_rate[index] else None,
        str(lines.rate_unit[index]),
        lines.share.at(index),
        int(lines.sign[index]),
        lines.amount.at(index),
        str(lines.currency[index]),
        rules[rule] if rule >= 0 else None,
        str(lines.kind[index]),
        bool(lines.held[index]),
    )


@dataclass(frozen=True, slots=True)
class Paid:
    """The released lines of one payee, pay period, kind and currency, summed.  count: how many they are."""

    payee: int
    period: int
    kind: str
    currency: str
    amount: Fraction
    count: int


def paid(lines: Lines) -> list[Paid]:
    """What is paid, in the order of payees and periods.  Held lines aren't."""
    rows = (~lines.held).nonzero()[0]
    if not len(rows):
        return []
    payee, paid_in = lines.payee[rows], lines.paid_in[rows]
    if is_same(lines.kind) and is_same(lines.currency):
        pairs = [(lines.kind[0], lines.currency[0])]
        word = same(0, len(rows), np.int64)
    else:
        words = list(zip(lines.kind[rows].tolist(), lines.currency[rows].tolist(), strict=True))
        pairs = list(dict.fromkeys(words))
        code = {pair: i for i, pair in enumerate(pairs)}
        word = np.array([code[pair] for pair in words], dtype=np.int64)
    cell = (payee * (int(paid_in.max()) + 1) + paid_in) * len(pairs) + word
    if some(cell[1:] < cell[:-1]):
        # Lines come by payee and period as a rule, so nothing has to be sorted.
        order = np.argsort(cell, kind="stable")
        rows, cell, payee, paid_in, word = (c[order] for c in (rows, cell, payee, paid_in, word))
    new = np.empty(len(rows), dtype=bool)
    new[0] = True
    np.not_equal(cell[1:], cell[:-1], out=new[1:])
    starts = new.nonzero()[0]
    amounts = lines.amount[rows].sums(starts).fractions()
    first = starts.tolist()
    return [
        Paid(who, when, pairs[which][0], pairs[which][1], amount, end - start)
        for who, when, which, amount, start, end in zip(
            *(k[starts].tolist() for k in (payee, paid_in, word)), amounts, first, [*first[1:], len(rows)], strict=True
        )
    ]
