"""Exact columns: whole numbers over a denominator, as int64 where they fit and as Python ints where they don't.

Kernels are written with `Exact`.  Each column carries a proven bound of its numerators, so that an operation
knows beforehand whether int64 is safe.  Where it isn't, the column becomes an object column of Python ints and
the same code goes on: never a silent wrap, never a float.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
LIMIT = 2**63 - 1
KEPT = 4096
"""So many constant columns are kept for those who ask for them again."""
EPOCH = date(1970, 1, 1).toordinal()
INT64, OBJECT, DAY = np.dtype(np.int64), np.dtype(object), np.dtype("datetime64[D]")
NONE = np.zeros(0, dtype=np.int64)
"""No positions, and nobody's code."""
MODES = ("half up", "half even", "down", "away from zero")
"""half up: ties away from zero.  half even: ties to the even digit.  down: towards zero."""


class Exact:
    """A column (or matrix) of exact numbers: num / den, elementwise.

    num: int64, or object with Python ints.  den: one whole number above 0 for all, or one for each.
    bound: no |num| is larger.
    """

    __slots__ = ("bound", "den", "num")

    def __init__(self, num: Array, den: int | Array = 1, bound: int | None = None) -> None:
        if (kind := num.dtype) is not INT64 and kind is not OBJECT and kind != np.int64:
            raise TypeError(f"exact columns hold whole numbers, not {kind}")
        self.num = num
        self.den = den
        self.bound = peak(num) if bound is None else bound

    # -- making ---------------------------------------------------------------------------------------
    @classmethod
    def of(cls, values: Iterable[Fraction | int]) -> Exact:
        """A column of these numbers over their least common denominator."""
        ratios = [v.as_integer_ratio() for v in values]
        den = math.lcm(*[d for _, d in ratios])
        return cls.whole([n * (den // d) for n, d in ratios], den)

    @classmethod
    def whole(cls, numerators: Sequence[int], den: int = 1) -> Exact:
        """A column of whole numerators over one denominator."""
        most, least = (max(numerators), min(numerators)) if numerators else (0, 0)
        bound = max(most, -least)
        return cls(np.array(numerators, dtype=np.int64 if bound <= LIMIT else object), den, bound)

    @classmethod
    def full(cls, shape: int | tuple[int, ...], value: Fraction | int) -> Exact:
        """The same number everywhere."""
        return _full(shape, *value.as_integer_ratio())

    @classmethod
    def concat(cls, parts: Sequence[Exact]) -> Exact:
        """One column after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls(np.zeros(0, np.int64))
        dens_of = [p.den for p in parts if isinstance(p.den, int)]
        if len(dens_of) == len(parts):
            den = math.lcm(*dens_of)
            parts = [p if p.den == den else p._over(den) for p in parts]
            return cls(concatenated([p.num for p in parts]), den, max([p.bound for p in parts]))
        num = np.concatenate([p.num for p in parts])
        dens = np.concatenate([p._dens() for p in parts])
        return cls(num, dens, max(p.bound for p in parts))

    @classmethod
    def stacked(cls, columns: Sequence[Exact]) -> Exact:
        """Columns of one length beside each other: a row for each place, a column for each of them."""
        if all(c.is_all(0) for c in columns):
            return cls.full((len(columns[0]), len(columns)), 0)
        if all(isinstance(c.den, int) for c in columns):
            den = math.lcm(*(int(c.den) for c in columns))
            columns = [c._over(den) for c in columns]
            wide = any(c.num.dtype == object for c in columns)
            num = np.empty((len(columns[0].num), len(columns)), dtype=OBJECT if wide else INT64)
            for at, column in enumerate(columns):
                num[:, at] = column.num
            return cls(num, den, max([c.bound for c in columns]))
        nums, dens = [c.num for c in columns], [c._dens() for c in columns]
        return cls(np.stack(nums, axis=1), np.stack(dens, axis=1), max(c.bound for c in columns))

    # -- looking --------------------------------------------------------------------------------------
    def __len__(self) -> int:
        return len(self.num)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.num.shape

    def fractions(self) -> list[Fraction]:
        """The numbers one by one."""
        if isinstance(self.den, int):
            return [Fraction(n, self.den) for n in self.num.ravel().tolist()]
        return [
            Fraction(int(n), int(d))
            for n, d in zip(self.num.ravel().tolist(), self.den.ravel().tolist(), strict=True)
        ]

    def at(self, index: int) -> Fraction:
        """One number."""
        den = self.den if isinstance(self.den, int) else int(self.den[index])
        return Fraction(int(self.num[index]), den)

    def __getitem__(self, index: Any) -> Exact:
        den = self.den if isinstance(self.den, int) else self.den[index]
        return Exact(taken(self.num, index), den, self.bound)

    def reshape(self, *shape: int) -> Exact:
        den = self.den if isinstance(self.den, int) else self.den.reshape(*shape)
        return Exact(self.num.reshape(*shape), den, self.bound)

    def ravel(self) -> Exact:
        return self.reshape(-1)

    def sign(self) -> Array:
        """-1, 0 or 1."""
        result: Array = (self.num > 0).astype(np.int8) - (self.num < 0).astype(np.int8)
        return result

    def nonzero(self) -> Array:
        """Positions that aren't 0."""
        found: Array = (self.num != 0).nonzero()[0]
        return found

    # -- arithmetic -----------------------------------------------------------------------------------
    def __neg__(self) -> Exact:
        if is_same(self.num):
            return Exact(same(-self.num.item(0), self.shape, self.num.dtype), self.den, self.bound)
        return Exact(-self.num, self.den, self.bound)

    def __add__(self, other: Exact) -> Exact:
        if self.num.shape == other.num.shape:
            # Adding nothing everywhere is frequent: no earlier base, no residue, nothing carried.
            if other.is_all(0):
                return self
            if self.is_all(0):
                return other
        a, b, den, bound = _addable(self, other)
        return Exact(a + b, den, bound)

    def __sub__(self, other: Exact) -> Exact:
        if self.num.shape == other.num.shape and other.is_all(0):
            return self
        a, b, den, bound = _addable(self, other)
        return Exact(a - b, den, bound)

    def __mul__(self, other: Exact) -> Exact:
        if self.num.shape == other.num.shape:
            if other.is_all(1):
                return self
            if self.is_all(1):
                return other
        num, bound = _product(self.num, self.bound, other.num, other.bound)
        if isinstance(self.den, int) and isinstance(other.den, int):
            return Exact(num, self.den * other.den, bound)
        den, _ = _product(self._dens(), peak(self._dens()), other._dens(), peak(other._dens()))
        return _reduced(num, den)

    def signed(self, sign: Array) -> Exact:
        """Each number times its sign, 1 or -1."""
        if is_same(sign) and sign.item(0) == 1:
            return self
        return Exact(self.num * sign, self.den, self.bound)

    def times(self, factor: Fraction | int) -> Exact:
        """Each number times one factor."""
        over, under = factor.as_integer_ratio()
        if over == under:
            return self
        num, bound = _product(self.num, self.bound, over, abs(over))
        den: int | Array
        if isinstance(self.den, int):
            den = self.den * under
        else:
            den, _ = _product(self.den, peak(self.den), under, under)
        return Exact(num, den, bound)

    def over(self, other: Exact) -> Exact:
        """Each number divided by the other's; no divisor may be 0."""
        mine, others = self.den, other.den
        num, _ = _product(self.num, self.bound, others, others if isinstance(others, int) else peak(others))
        den, _ = _product(other.num, other.bound, mine, mine if isinstance(mine, int) else peak(mine))
        if some(den == 0):
            raise ZeroDivisionError("a divisor is 0")
        below = den < 0
        return _reduced(np.where(below, -num, num), np.where(below, -den, den)) if some(below) else _reduced(num, den)

    def minimum(self, other: Exact) -> Exact:
        a, b, den = _aligned(self, other)
        return Exact(np.minimum(a.num, b.num), den, max(a.bound, b.bound))

    def maximum(self, other: Exact) -> Exact:
        a, b, den = _aligned(self, other)
        return Exact(np.maximum(a.num, b.num), den, max(a.bound, b.bound))

    def absolute(self) -> Exact:
        return Exact(np.abs(self.num), self.den, self.bound)

    @staticmethod
    def where(condition: Array, yes: Exact, no: Exact) -> Exact:
        """`yes` where the condition holds, `no` elsewhere."""
        if is_same(condition) and yes.shape == no.shape == condition.shape:
            return yes if condition.item(0) else no
        a, b, den = _aligned(yes, no)
        return Exact(np.where(condition, a.num, b.num), den, max(a.bound, b.bound))

    # -- comparison -----------------------------------------------------------------------------------
    def __lt__(self, other: Exact) -> Array:
        a, b, _ = _aligned(self, other)
        return np.asarray(a.num < b.num, dtype=bool)

    def __le__(self, other: Exact) -> Array:
        a, b, _ = _aligned(self, other)
        return np.asarray(a.num <= b.num, dtype=bool)

    def __gt__(self, other: Exact) -> Array:
        return ~(self <= other)

    def __ge__(self, other: Exact) -> Array:
        return ~(self < other)

    def same(self, other: Exact) -> Array:
        """Where both are equal."""
        a, b, _ = _aligned(self, other)
        return np.asarray(a.num == b.num, dtype=bool)

    # -- sums -----------------------------------------------------------------------------------------
    def cumsum(self) -> Exact:
        """Running totals of a column."""
        column = self._common()
        num = _summable(column)
        return Exact(num.cumsum(), column.den)

    def sums(self, starts: Array) -> Exact:
        """Sums of the segments that begin at `starts` and end where the next begins; empty segments sum to 0."""
        column = self._common()
        ends = ends_of(starts, len(column.num))
        num, bound = column._segmented(ends - starts)
        total = np.zeros(len(num) + 1, dtype=num.dtype)
        num.cumsum(out=total[1:])
        return Exact(total[ends] - total[starts], column.den, bound)

    def running(self, new: Array) -> tuple[Exact, Exact]:
        """The running total of each segment, before and after each number.  new: where a segment starts."""
        column = self._common()
        starts = new.nonzero()[0]
        lengths = ends_of(starts, len(column.num)) - starts
        num, bound = column._segmented(lengths)
        after = num.cumsum()
        before = after - num
        if len(starts) > 1:
            base = np.repeat(before[starts], lengths)
            after, before = after - base, before - base
        return Exact(before, column.den, bound), Exact(after, column.den, bound)

    def along(self, first: Array) -> Exact:
        """Running totals along the rows of a matrix.  first: for each column the one with which its total begins."""
        column = self._common()
        num, bound = column._segmented(np.array([len(first)]))
        total = num.cumsum(axis=1)
        return Exact(total - (total - num)[:, first], column.den, bound)

    def _segmented(self, lengths: Array) -> tuple[Array, int | None]:
        """The numerators in a type in which the total of no segment wraps, and a bound of these totals.

        The running total over all segments may wrap in int64: its differences are right all the same, as each of
        them fits.
        """
        if self.num.dtype == object:
            return self.num, None
        # A loose bound is found faster and does for few numbers; for many it would soon leave no room.
        if self.num.size <= 256 and self.bound * self.num.size <= LIMIT:
            return self.num, self.bound * self.num.size
        longest = int(lengths.max(initial=0))
        if self.bound * longest <= LIMIT:
            return self.num, self.bound * longest
        highest = peak(self.num)
        if highest <= LIMIT and (highest * longest <= LIMIT or _gross(self.num) <= LIMIT):
            return self.num, min(highest * longest, LIMIT)
        return self.num.astype(object), None

    def total(self) -> Fraction:
        """The sum of all."""
        if not isinstance(self.den, int):
            return sum(self.fractions(), Fraction(0))
        if self.num.dtype == object:
            return Fraction(sum(self.num.ravel().tolist()), self.den)
        # In two halves, so that it can't wrap.
        low, high = int((self.num & 0xFFFFFFFF).sum()), int((self.num >> 32).sum())
        return Fraction((high << 32) + low, self.den)

    # -- rounding -------------------------------------------------------------------------------------
    def rounded(self, mode: str, decimals: int | Array) -> Exact:
        """Rounded to so many decimals, which is one number for all."""
        unit = 10 ** int(decimals)
        if isinstance(self.den, int) and unit % self.den == 0:
            return self._over(unit)
        if mode == "half up" and isinstance(self.den, int):
            quick = self._half_up(unit)
            if quick is not None:
                return quick
        num, _bound = _product(np.abs(self.num), self.bound, unit, unit)
        den = self.den if num.dtype != object or isinstance(self.den, int) else self.den.astype(object)
        if isinstance(den, int) and den > LIMIT:
            num = num.astype(object)
        whole, rest = num // den, num % den
        away = den - rest
        if mode == "half up":
            up = rest >= away
        elif mode == "half even":
            up = (rest > away) | ((rest == away) & (whole % 2 == 1))
        elif mode == "down":
            up = np.zeros(whole.shape, dtype=bool)
        elif mode == "away from zero":
            up = rest > 0
        else:
            raise ValueError(f"unknown rounding mode {mode!r}")
        whole = np.where(up, whole + 1, whole)
        return Exact(np.where(self.num < 0, -whole, whole), unit)._small()

    def is_whole_at(self, decimals: int) -> Array:
        """Where the number has no more than so many decimals."""
        num, _ = _product(self.num, self.bound, 10**decimals, 10**decimals)
        if isinstance(self.den, int) and self.den > LIMIT:
            num = num.astype(object)
        return np.asarray(num % self.den == 0, dtype=bool)

    # -- inside ---------------------------------------------------------------------------------------
    def _half_up(self, unit: int) -> Exact | None:
        """Ties away from zero, in a few steps over int64; None where a step might not fit."""
        assert isinstance(self.den, int)
        common = math.gcd(unit, self.den)
        factor, den = unit // common, self.den // common
        if den % 2:
            factor, den = 2 * factor, 2 * den
        bound = self.bound * factor + den
        if bound > LIMIT:
            bound = peak(self.num) * factor + den
        if self.num.dtype == object or bound > LIMIT:
            return None
        num = self.num * factor if factor != 1 else self.num.copy()
        num -= num < 0
        num += den // 2
        num //= den
        return Exact(num, unit, bound // den + 1)

    def is_all(self, value: int) -> bool:
        """Whether the column says, without a look at each number, that all are this whole number."""
        return is_same(self.num) and isinstance(self.den, int) and bool(self.num.item(0) == value * self.den)

    def _dens(self) -> Array:
        return (
            self.den
            if not isinstance(self.den, int)
            else same(self.den, self.num.shape, object if self.den > LIMIT else np.int64)
        )

    def _over(self, den: int) -> Exact:
        if not isinstance(self.den, int):
            raise TypeError("this column has a denominator for each number")
        if den == self.den:
            return self
        factor = den // self.den
        num, bound = _product(self.num, self.bound, factor, factor)
        return Exact(num, den, bound)

    def _common(self) -> Exact:
        """The same column over one denominator."""
        if isinstance(self.den, int):
            return self
        den = math.lcm(*{int(d) for d in self.den.ravel().tolist()}) if self.den.size else 1
        factors = den // self.den.astype(object)
        return Exact(self.num.astype(object) * factors, den)._small()

    def _tight(self) -> Exact:
        return Exact(self.num, self.den)

    def _small(self) -> Exact:
        """int64 again where the numbers have become small enough."""
        column = self._tight()
        if column.num.dtype == object and column.bound <= LIMIT:
            return Exact(column.num.astype(np.int64), column.den, column.bound)
        return column


def some(mask: Array) -> bool:
    """Whether a mask holds anywhere."""
    # Counting takes a tenth of what `any` takes for a few rows, and as long for many.
    return bool(np.count_nonzero(mask))


def days_of(dates: Sequence[date]) -> Array:
    """A column of days."""
    # NumPy takes its own count of days much faster than it takes dates.
    return np.array([day.toordinal() - EPOCH for day in dates], dtype=np.int64).view(DAY)


def ends_of(starts: Array, size: int) -> Array:
    """Where segments end: where the next begins, the last at the end of all."""
    ends = np.empty(len(starts), dtype=np.int64)
    ends[:-1], ends[-1:] = starts[1:], size
    return ends


def peak(values: Array) -> int:
    """The largest absolute value."""
    if not values.size:
        return 0
    if is_same(values):
        return abs(int(values.item(0)))
    return max(int(values.max()), -int(values.min()))


# Constants are asked for again and again.  1 and True are apart, so each type has its own.
@lru_cache(maxsize=KEPT, typed=True)
def same(value: object, shape: int | tuple[int, ...], dtype: npt.DTypeLike = object) -> Array:
    """The same value everywhere, kept once.  Nothing can be written into it."""
    one = np.empty((), dtype=dtype)
    one[()] = value
    return np.broadcast_to(one, shape)


@lru_cache(maxsize=KEPT, typed=True)
def _full(shape: int | tuple[int, ...], numerator: int, den: int) -> Exact:
    bound = abs(numerator)
    return Exact(same(numerator, shape, np.int64 if bound <= LIMIT else object), den, bound)


def is_same(column: Array) -> bool:
    """Whether a column keeps one value for all its places."""
    strides = column.strides
    return (strides == (0,) or not any(strides)) and column.size > 0


def taken(column: Array, index: Any) -> Array:
    """column[index], which keeps one value for all where the column does."""
    if column.strides == (0,) and column.size > 1 and isinstance(index, np.ndarray):
        shape = (int(np.count_nonzero(index)),) if index.dtype == bool else index.shape
        if column.dtype.kind == "M":
            return np.broadcast_to(column[0:1].reshape(()), shape)
        return same(column.item(0), shape, column.dtype)
    result: Array = column[index]
    return result


def concatenated(columns: Sequence[Array]) -> Array:
    """One column after the other; one value for all where every column has that one value."""
    for column in columns:
        if column.strides != (0,) and column.size:
            return np.concatenate(columns)
    filled = [c for c in columns if c.size]
    if filled:
        values = [c.item(0) for c in filled]
        if all(c.dtype == filled[0].dtype for c in filled) and all(v == values[0] for v in values):
            return same(values[0], sum(c.size for c in filled), filled[0].dtype)
    return np.concatenate(columns)


def _gross(num: Array) -> int:
    """The sum of all absolute values, in two halves so that it can't wrap."""
    low = int((np.abs(num) & 0xFFFFFFFF).sum())
    high = int((np.abs(num) >> 32).sum())
    return (high << 32) + low


def _product(a: Array, a_bound: int, b: Array | int, b_bound: int) -> tuple[Array, int]:
    bound = a_bound * b_bound
    if not isinstance(b, np.ndarray) and is_same(a):
        product = int(a.item(0)) * b
        return same(product, a.shape, np.int64 if abs(product) <= LIMIT else object), bound
    if bound > LIMIT:
        a_bound = peak(a)
        b_bound = peak(b) if isinstance(b, np.ndarray) else abs(b)
        bound = a_bound * b_bound
    if bound > LIMIT or b_bound > LIMIT:
        return a.astype(object) * b, bound
    result: Array = a * b
    return result, bound


def _reduced(num: Array, den: Array) -> Exact:
    """num / den with common factors removed, so that products stay small."""
    divisor = np.gcd(num, den)
    return Exact(num // divisor, den // divisor)


def _aligned(a: Exact, b: Exact) -> tuple[Exact, Exact, int | Array]:
    """Both over one denominator."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        if a.den == b.den:
            return a, b, a.den
        den = math.lcm(a.den, b.den)
        return a._over(den), b._over(den), den
    a_den, b_den = np.broadcast_arrays(a._dens(), b._dens())
    a_num, a_bound = _product(np.broadcast_to(a.num, b_den.shape), a.bound, b_den, peak(b_den))
    b_num, b_bound = _product(np.broadcast_to(b.num, a_den.shape), b.bound, a_den, peak(a_den))
    product, _ = _product(a_den, peak(a_den), b_den, peak(b_den))
    return Exact(a_num, product, a_bound), Exact(b_num, product, b_bound), product


def _addable(one: Exact, other: Exact) -> tuple[Array, Array, int | Array, int]:
    """The numerators of both over one denominator, in a type in which no sum of two wraps; and a bound of the sums."""
    a, b, den = _aligned(one, other)
    bound = a.bound + b.bound
    if bound > LIMIT:
        a, b = a._tight(), b._tight()
        bound = a.bound + b.bound
    return a.num if bound <= LIMIT else a.num.astype(object), b.num, den, bound


def _summable(column: Exact) -> Array:
    """The numerators, in a type in which no running total can wrap."""
    if column.num.dtype == object or column.bound * max(len(column.num), 1) <= LIMIT:
        return column.num
    if peak(column.num) <= LIMIT and _gross(column.num) <= LIMIT:
        return column.num
    return column.num.astype(object)
