"""Draws of whole numbers: in range, independent of each other, and shaped as sales are."""

from __future__ import annotations

from datetime import date

import numpy as np

from scenarios.bulk import _Bits
from scenarios.providers import FIRST_DAY, LAST_DAY, day_weights, plain, shares_of
from scenarios.streams import Stream, long_tail, running


def test_a_stream_does_not_notice_the_draws_of_another() -> None:
    alone = [Stream("amounts").below(1000) for _ in range(3)]
    assert alone[0] == alone[1] == alone[2]
    amounts, names = Stream("amounts"), Stream("names")
    first = amounts.below(1000)
    names.below(1000)
    again = Stream("amounts")
    assert [first, amounts.below(1000)] == [again.below(1000), again.below(1000)]
    assert [Stream("a", "bc").below(2**60)] != [Stream("ab", "c").below(2**60)]


def test_draws_stay_in_range_and_reach_both_ends() -> None:
    stream = Stream("range")
    assert {stream.between(3, 6) for _ in range(200)} == {3, 4, 5, 6}
    assert {stream.below(1) for _ in range(50)} == {0}
    assert {stream.weighted(running([1, 0, 3])) for _ in range(200)} == {0, 2}
    assert sorted(stream.some("abcde", 5)) == list("abcde")


def test_amounts_are_skewed_whole_numbers() -> None:
    stream = Stream("skew")
    amounts = sorted(stream.skewed(1_000_000, 22) for _ in range(4000))
    assert all(type(amount) is int and amount >= 1 for amount in amounts)
    median, mean = amounts[2000], sum(amounts) // 4000
    assert 900_000 < median < 1_100_000
    assert mean > median * 13 // 10
    assert amounts[-1] > median * 10


def test_columns_in_bulk_have_the_same_shape() -> None:
    column = np.sort(_Bits("skew").skewed(np.full(20_000, 1_000_000, dtype=np.int64), 22))
    assert column.dtype == np.int64
    assert 950_000 < column[10_000] < 1_050_000
    assert column.min() >= 1
    below = _Bits("below").below(7, 5_000)
    assert set(below.tolist()) == set(range(7))


def test_a_year_has_a_rush_at_each_quarters_end() -> None:
    weights = dict(zip(range((LAST_DAY - FIRST_DAY).days + 1), day_weights(), strict=True))

    def on(day: date) -> int:
        return weights[(day - FIRST_DAY).days]

    assert on(date(2026, 3, 31)) > 3 * on(date(2026, 3, 18))
    assert on(date(2026, 12, 30)) > on(date(2026, 9, 29)) > on(date(2026, 8, 12))
    assert on(date(2026, 5, 16)) < on(date(2026, 5, 15)) // 4, "a Saturday is quiet"


def test_the_first_customers_buy_most() -> None:
    weights = long_tail(100)
    assert weights == sorted(weights, reverse=True)
    assert sum(weights[:20]) > 2 * sum(weights[20:])


def test_parts_sum_to_the_whole_and_amounts_keep_their_decimals() -> None:
    assert shares_of(1_000_000, (1, 1, 1)) == [333_333, 333_333, 333_334]
    assert sum(shares_of(7, (30, 70))) == 7
    assert [plain(5, code) for code in ("EUR", "JPY", "KWD")] == ["0.05", "5", "0.005"]
