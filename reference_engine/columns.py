"""Exact columns: whole numbers over a denominator, as int64 where they fit and as Python ints where they don't.

Kernels are written with `Exact`.  Each column carries a proven bound of its numerators, so that an operation
knows beforehand whether int64 is safe.  Where it isn't, the column becomes an object column of Python ints and
the same code goes on: never a silent wrap, never a float.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
LIMIT = 2**63 - 1
MODES = ("half up", "half even", "down", "away from zero")
"""half up: ties away from zero.  half even: ties to the even digit.  down: towards zero."""


class Exact:
    """A column (or matrix) of exact numbers: num / den, elementwise.

    num: int64, or object with Python ints.  den: one whole number above 0 for all, or one for each.
    bound: no |num| is larger.
    """

    __slots__ = ("bound", "den", "num")

    def __init__(self, num: Array, den: int | Array = 1, bound: int | None = None) -> None:
        if num.dtype != np.int64 and num.dtype != object:
            raise TypeError(f"exact columns hold whole numbers, not {num.dtype}")
        self.num = num
        self.den = den
        self.bound = peak(num) if bound is None else bound

    # -- making ---------------------------------------------------------------------------------------
    @classmethod
    def of(cls, values: Iterable[Fraction | int]) -> Exact:
        """A column of these numbers over their least common denominator."""
        fractions = [Fraction(v) for v in values]
        den = math.lcm(*(f.denominator for f in fractions)) if fractions else 1
        return cls.whole([f.numerator * (den // f.denominator) for f in fractions], den)

    @classmethod
    def whole(cls, numerators: Sequence[int], den: int = 1) -> Exact:
        """A column of whole numerators over one denominator."""
        bound = max((abs(n) for n in numerators), default=0)
        return cls(np.array(numerators, dtype=np.int64 if bound <= LIMIT else object), den, bound)

    @classmethod
    def full(cls, shape: int | tuple[int, ...], value: Fraction | int) -> Exact:
        """The same number everywhere."""
        fraction = Fraction(value)
        bound = abs(fraction.numerator)
        num = np.full(shape, fraction.numerator, dtype=np.int64 if bound <= LIMIT else object)
        return cls(num, fraction.denominator, bound)

    @classmethod
    def concat(cls, parts: Sequence[Exact]) -> Exact:
        """One column after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return cls(np.zeros(0, np.int64))
        if all(isinstance(p.den, int) for p in parts):
            den = math.lcm(*(int(p.den) for p in parts))
            parts = [p._over(den) for p in parts]
            return cls(np.concatenate([p.num for p in parts]), den, max(p.bound for p in parts))
        num = np.concatenate([p.num for p in parts])
        dens = np.concatenate([p._dens() for p in parts])
        return cls(num, dens, max(p.bound for p in parts))

    # -- looking --------------------------------------------------------------------------------------
    def __len__(self) -> int:
        return len(self.num)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.num.shape

    def fractions(self) -> list[Fraction]:
        """The numbers one by one."""
        if isinstance(self.den, int):
            return [Fraction(int(n), self.den) for n in self.num.ravel().tolist()]
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
        return Exact(self.num[index], den, self.bound)

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
        return np.flatnonzero(self.num != 0)

    # -- arithmetic -----------------------------------------------------------------------------------
    def __neg__(self) -> Exact:
        return Exact(-self.num, self.den, self.bound)

    def __add__(self, other: Exact) -> Exact:
        a, b, den = _aligned(self, other)
        bound = a.bound + b.bound
        if bound > LIMIT:
            a, b = a._tight(), b._tight()
            bound = a.bound + b.bound
        if bound > LIMIT:
            return Exact(a.num.astype(object) + b.num, den, bound)
        return Exact(a.num + b.num, den, bound)

    def __sub__(self, other: Exact) -> Exact:
        return self + (-other)

    def __mul__(self, other: Exact) -> Exact:
        num, bound = _product(self.num, self.bound, other.num, other.bound)
        if isinstance(self.den, int) and isinstance(other.den, int):
            return Exact(num, self.den * other.den, bound)
        den, _ = _product(self._dens(), peak(self._dens()), other._dens(), peak(other._dens()))
        return _reduced(num, den)

    def times(self, factor: Fraction | int) -> Exact:
        """Each number times one factor."""
        fraction = Fraction(factor)
        num, bound = _product(self.num, self.bound, fraction.numerator, abs(fraction.numerator))
        den: int | Array
        if isinstance(self.den, int):
            den = self.den * fraction.denominator
        else:
            den, _ = _product(self.den, peak(self.den), fraction.denominator, fraction.denominator)
        return Exact(num, den, bound)

    def over(self, other: Exact) -> Exact:
        """Each number divided by the other's; no divisor may be 0."""
        num, _ = _product(self.num, self.bound, other._dens(), peak(other._dens()))
        den, _ = _product(other.num, other.bound, self._dens(), peak(self._dens()))
        if (den == 0).any():
            raise ZeroDivisionError("a divisor is 0")
        flip = np.where(den < 0, -1, 1)
        return _reduced(num * flip, den * flip)

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
        return Exact(np.cumsum(num), column.den)

    def sums(self, starts: Array) -> Exact:
        """Sums of the segments that begin at `starts` and end where the next begins; empty segments sum to 0."""
        column = self._common()
        total = np.concatenate([np.zeros(1, _summable(column).dtype), np.cumsum(_summable(column))])
        ends = np.append(starts[1:], len(column.num))
        return Exact(total[ends] - total[starts], column.den)

    def total(self) -> Fraction:
        """The sum of all."""
        return (
            sum(self.fractions(), Fraction(0))
            if not isinstance(self.den, int)
            else Fraction(sum(int(n) for n in self.num.ravel().tolist()), self.den)
        )

    # -- rounding -------------------------------------------------------------------------------------
    def rounded(self, mode: str, decimals: int | Array) -> Exact:
        """Rounded to so many decimals, which is one number for all."""
        unit = 10 ** int(decimals)
        if isinstance(self.den, int) and unit % self.den == 0:
            return self._over(unit)
        num, _bound = _product(np.abs(self.num), self.bound, unit, unit)
        den = self.den if num.dtype != object or isinstance(self.den, int) else self.den.astype(object)
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
        return np.asarray(num % self.den == 0, dtype=bool)

    # -- inside ---------------------------------------------------------------------------------------
    def _dens(self) -> Array:
        return (
            self.den
            if not isinstance(self.den, int)
            else np.full(self.num.shape, self.den, dtype=object if self.den > LIMIT else np.int64)
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


def peak(values: Array) -> int:
    """The largest absolute value."""
    return max(int(values.max()), -int(values.min())) if values.size else 0


def _product(a: Array, a_bound: int, b: Array | int, b_bound: int) -> tuple[Array, int]:
    bound = a_bound * b_bound
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
    divisor = np.where(divisor == 0, 1, divisor)
    return Exact(num // divisor, den // divisor)


def _aligned(a: Exact, b: Exact) -> tuple[Exact, Exact, int | Array]:
    """Both over one denominator."""
    if isinstance(a.den, int) and isinstance(b.den, int):
        den = math.lcm(a.den, b.den)
        return a._over(den), b._over(den), den
    a_den, b_den = np.broadcast_arrays(a._dens(), b._dens())
    a_num, a_bound = _product(np.broadcast_to(a.num, b_den.shape), a.bound, b_den, peak(b_den))
    b_num, b_bound = _product(np.broadcast_to(b.num, a_den.shape), b.bound, a_den, peak(a_den))
    product, _ = _product(a_den, peak(a_den), b_den, peak(b_den))
    return Exact(a_num, product, a_bound), Exact(b_num, product, b_bound), product


def _summable(column: Exact) -> Array:
    """The numerators, in a type in which no running total can wrap."""
    if column.num.dtype == object or column.bound * max(len(column.num), 1) <= LIMIT:
        return column.num
    if int(np.abs(column.num.astype(object)).sum()) <= LIMIT:
        return column.num
    return column.num.astype(object)
