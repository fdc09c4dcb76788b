"""Exact columns against fractions, near int64 and far past it: never a wrap, never a float."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_engine.columns import LIMIT, MODES, Exact, days_of, peak, same
from reference_engine.tests import oracle_records
from reference_engine.words import coded, column, joined

CHECK = settings(deadline=None, max_examples=60, derandomize=True, database=None)

NEAR = [0, 1, 2, 2**31, 2**32 + 1, 3 * 10**9, 10**18, LIMIT - 1, LIMIT, LIMIT + 1, 2**64, 10**30]
whole = st.one_of(
    st.sampled_from([*NEAR, *(-n for n in NEAR)]), st.integers(-(10**6), 10**6), st.integers(-(2**70), 2**70)
)
dens = st.one_of(st.sampled_from([1, 2, 3, 7, 100, 10**9 + 7, 2**62, 10**20]), st.integers(1, 1000))
fraction = st.builds(Fraction, whole, dens)
small = st.builds(Fraction, st.integers(-(10**6), 10**6), st.integers(1, 50))


@st.composite
def columns(
    draw: st.DrawFn, size: int | None = None, item: st.SearchStrategy[Fraction] = fraction
) -> tuple[list[Fraction], Exact]:
    """Numbers and a column of them: over one denominator, or over a denominator for each."""
    n = draw(st.integers(1, 6)) if size is None else size
    values = draw(st.lists(item, min_size=n, max_size=n))
    if draw(st.booleans()):
        return values, Exact.of(values)
    numerators, denominators = [v.numerator for v in values], [v.denominator for v in values]
    fits = max(map(abs, [*numerators, *denominators]), default=0) <= LIMIT
    kind = np.int64 if fits else object
    return values, Exact(np.array(numerators, dtype=kind), np.array(denominators, dtype=kind))


@st.composite
def pairs(
    draw: st.DrawFn, item: st.SearchStrategy[Fraction] = fraction
) -> tuple[list[Fraction], Exact, list[Fraction], Exact]:
    size = draw(st.integers(1, 6))
    return (*draw(columns(size, item)), *draw(columns(size, item)))


BINARY: dict[str, tuple[Callable[[Exact, Exact], Exact], Callable[[Fraction, Fraction], Fraction]]] = {
    "add": (lambda a, b: a + b, lambda x, y: x + y),
    "subtract": (lambda a, b: a - b, lambda x, y: x - y),
    "multiply": (lambda a, b: a * b, lambda x, y: x * y),
    "minimum": (lambda a, b: a.minimum(b), min),
    "maximum": (lambda a, b: a.maximum(b), max),
}


@pytest.mark.parametrize("name", BINARY)
@CHECK
@given(data=pairs())
def test_two_columns(name: str, data: tuple[list[Fraction], Exact, list[Fraction], Exact]) -> None:
    left, a, right, b = data
    kernel, plain = BINARY[name]
    assert kernel(a, b).fractions() == [plain(x, y) for x, y in zip(left, right, strict=True)]
    # The operands are still what they were.
    assert (a.fractions(), b.fractions()) == (left, right)


@CHECK
@given(data=pairs(), choice=st.lists(st.booleans(), min_size=6, max_size=6))
def test_where_takes_one_or_the_other(
    data: tuple[list[Fraction], Exact, list[Fraction], Exact], choice: list[bool]
) -> None:
    left, a, right, b = data
    mask = choice[: len(left)]
    assert Exact.where(np.array(mask), a, b).fractions() == [
        x if c else y for c, x, y in zip(mask, left, right, strict=True)
    ]


@CHECK
@given(data=pairs())
def test_comparisons(data: tuple[list[Fraction], Exact, list[Fraction], Exact]) -> None:
    left, a, right, b = data
    both = list(zip(left, right, strict=True))
    assert (a < b).tolist() == [x < y for x, y in both]
    assert (a <= b).tolist() == [x <= y for x, y in both]
    assert (a > b).tolist() == [x > y for x, y in both]
    assert (a >= b).tolist() == [x >= y for x, y in both]
    assert a.same(b).tolist() == [x == y for x, y in both]
    assert a.same(a).all()


@CHECK
@given(data=pairs())
def test_division(data: tuple[list[Fraction], Exact, list[Fraction], Exact]) -> None:
    left, a, right, b = data
    if all(right):
        assert a.over(b).fractions() == [x / y for x, y in zip(left, right, strict=True)]
    else:
        with pytest.raises(ZeroDivisionError):
            a.over(b)


@CHECK
@given(data=columns(), factor=fraction)
def test_times_one_factor(data: tuple[list[Fraction], Exact], factor: Fraction) -> None:
    values, column = data
    assert column.times(factor).fractions() == [v * factor for v in values]


@CHECK
@given(data=columns())
def test_one_column(data: tuple[list[Fraction], Exact]) -> None:
    values, column = data
    assert column.fractions() == values
    assert (-column).fractions() == [-v for v in values]
    assert column.absolute().fractions() == [abs(v) for v in values]
    assert column.sign().tolist() == [(v > 0) - (v < 0) for v in values]
    assert column.nonzero().tolist() == [i for i, v in enumerate(values) if v]
    assert [column.at(i) for i in range(len(values))] == values
    assert column[::-1].fractions() == values[::-1]
    assert column.reshape(1, len(values)).ravel().fractions() == values
    assert column.total() == sum(values)
    assert column.bound >= peak(column.num)


@CHECK
@given(data=columns())
def test_running_totals(data: tuple[list[Fraction], Exact]) -> None:
    values, column = data
    assert column.cumsum().fractions() == [sum(values[: i + 1]) for i in range(len(values))]


@CHECK
@given(data=columns(), cuts=st.lists(st.integers(0, 6), max_size=4))
def test_sums_of_segments(data: tuple[list[Fraction], Exact], cuts: list[int]) -> None:
    values, column = data
    starts = sorted([0, *(min(c, len(values)) for c in cuts)])
    ends = [*starts[1:], len(values)]
    got = column.sums(np.array(starts)).fractions()
    assert got == [sum(values[a:b], Fraction(0)) for a, b in zip(starts, ends, strict=True)]


@CHECK
@given(columns())
def test_signs(data: tuple[list[Fraction], Exact]) -> None:
    values, column = data
    signs = np.array([-1 if i % 2 else 1 for i in range(len(values))], dtype=np.int64)
    assert column.signed(signs).fractions() == [v * s for v, s in zip(values, signs.tolist(), strict=True)]
    assert column.signed(same(1, len(values), np.int64)).fractions() == values
    assert column.signed(same(-1, len(values), np.int64)).fractions() == [-v for v in values]


@CHECK
@given(st.integers(1, 4).flatmap(lambda n: st.lists(columns(n), min_size=1, max_size=3)))
def test_columns_beside_each_other(parts: list[tuple[list[Fraction], Exact]]) -> None:
    together = Exact.stacked([column for _, column in parts])
    assert together.shape == (len(parts[0][0]), len(parts))
    assert together.fractions() == [v for row in zip(*(values for values, _ in parts), strict=True) for v in row]


@pytest.mark.parametrize("days", [[], [date(1, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(9999, 12, 31)]])
def test_days(days: list[date]) -> None:
    assert days_of(days).tolist() == days
    assert days_of(days).dtype == np.dtype("datetime64[D]")


def test_many_short_segments_are_bounded_by_the_longest() -> None:
    # The bound of each sum adds up over chunks of a large company: a loose one would soon leave no room in 64 bits.
    column = Exact.of([3] * 100_000)
    assert column.sums(np.arange(0, 100_000, 2)).bound == 6


def test_an_empty_segment_sums_to_nothing() -> None:
    column = Exact.of([5, 7])
    assert column.sums(np.array([0, 0, 1, 1, 2])).fractions() == [0, 5, 0, 7, 0]
    assert Exact.of([]).sums(np.array([0, 0])).fractions() == [0, 0]
    assert Exact.of([]).total() == 0


@CHECK
@given(parts=st.lists(columns(), max_size=4))
def test_columns_one_after_the_other(parts: list[tuple[list[Fraction], Exact]]) -> None:
    assert Exact.concat([column for _, column in parts]).fractions() == [
        v for values, _ in parts for v in values
    ]


# -- rounding ---------------------------------------------------------------------------------------------
ties = st.builds(lambda n, d: Fraction(2 * n + 1, 2 * 10**d), st.integers(-(10**6), 10**6), st.integers(0, 4))
huge_ties = st.builds(lambda n: Fraction(2 * n + 1, 2), st.sampled_from([LIMIT // 2, LIMIT, -LIMIT, 10**25]))


@pytest.mark.parametrize("mode", MODES)
@CHECK
@given(data=columns(item=st.one_of(ties, huge_ties, small, fraction)), decimals=st.integers(0, 5))
def test_rounding(mode: str, data: tuple[list[Fraction], Exact], decimals: int) -> None:
    values, column = data
    got = column.rounded(mode, decimals)
    assert got.fractions() == [oracle_records.rounded(v, mode, decimals) for v in values]
    assert got.is_whole_at(decimals).all()
    assert column.is_whole_at(decimals).tolist() == [(v * 10**decimals).denominator == 1 for v in values]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("half up", "3 -3 2 -2 1 -1 1 -1 0"),
        ("half even", "2 -2 2 -2 0 0 1 -1 0"),
        ("down", "2 -2 1 -1 0 0 0 0 0"),
        ("away from zero", "3 -3 2 -2 1 -1 1 -1 0"),
    ],
)
def test_ties_and_signs(mode: str, expected: str) -> None:
    values = [Fraction(n, 10) for n in (25, -25, 15, -15, 5, -5, 6, -6, 0)]
    assert Exact.of(values).rounded(mode, 0).fractions() == [int(n) for n in expected.split()]


def test_away_from_zero_is_not_half_up() -> None:
    assert Exact.of([Fraction(21, 10)]).rounded("away from zero", 0).fractions() == [3]
    assert Exact.of([Fraction(21, 10)]).rounded("half up", 0).fractions() == [2]


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="nearest"):
        Exact.of([Fraction(1, 3)]).rounded("nearest", 2)


# -- int64 and past it ------------------------------------------------------------------------------------
def test_small_numbers_stay_int64_and_large_ones_become_whole_numbers_of_python() -> None:
    assert Exact.of([LIMIT]).num.dtype == np.int64
    assert Exact.of([LIMIT + 1]).num.dtype == object
    product = Exact.of([3 * 10**9]) * Exact.of([4 * 10**9])
    assert product.num.dtype == object
    assert product.fractions() == [12 * 10**18]
    total = Exact.of([LIMIT, LIMIT]).cumsum()
    assert total.fractions() == [LIMIT, 2 * LIMIT]
    assert (Exact.of([LIMIT]) + Exact.of([1])).fractions() == [LIMIT + 1]
    assert Exact.of([LIMIT]).rounded("half up", 6).fractions() == [LIMIT]


def test_a_long_chain_of_products_never_wraps() -> None:
    column, value = Exact.of([Fraction(12345678901, 1000)]), Fraction(12345678901, 1000)
    for _ in range(20):
        column, value = column * column.of([Fraction(9999991, 100000)]), value * Fraction(9999991, 100000)
    assert column.fractions() == [value]


@CHECK
@given(data=columns(4, small))
def test_a_loose_bound_changes_nothing(data: tuple[list[Fraction], Exact]) -> None:
    """The proven bound may be far above the numbers; the results are the same."""
    values, column = data
    loose = Exact(column.num, column.den, 10**30)
    assert (loose * loose).fractions() == [v * v for v in values]
    assert (loose + loose).fractions() == [2 * v for v in values]
    assert loose.cumsum().fractions() == column.cumsum().fractions()


# -- no floats --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "array",
    [
        np.array([1.5]),
        np.array([1, 2], dtype=np.float32),
        np.array([True]),
        np.array([1], dtype=np.int32),
        np.array(["1"]),
    ],
)
def test_only_whole_numbers_make_a_column(array: np.ndarray) -> None:
    with pytest.raises(TypeError, match="whole numbers"):
        Exact(array)


def test_text_columns_of_codes_keep_their_words_when_joined() -> None:
    one, other = coded(np.array(["a", "b"], dtype=object)), coded(np.array(["b", "c", "b"], dtype=object))
    assert joined([column(one.codes, one.names), column(other.codes, other.names)]).tolist() == list("abbcb")
    assert joined([same("a", 2), column(other.codes, other.names)]).tolist() == list("aabcb")
    assert joined([same("a", 2), same("a", 3)]).tolist() == ["a"] * 5
