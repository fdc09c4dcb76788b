"""Figures that never round into a lie."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.pages import figures
from reports.pages.figures import MINUS, Figure
from reports.record_check import Total, number


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 4))
def test_a_percentage_reads_0_or_100_only_when_it_is(part: int, whole: int, decimals: int) -> None:
    text = figures.percent(part, whole, decimals)
    assert (text == "100%") == (part == whole)
    assert (text == "0%") == (part == 0)
    shown = text.removeprefix("under ").removesuffix("%").replace(",", "")
    if 0 < part < whole:
        assert 0 < Fraction(shown) < 100
        assert abs(Fraction(shown) - Fraction(100 * part, whole)) <= Fraction(1, 10**decimals)


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (26_559, 26_560, "99.99%"),
        (9_999_999, 10_000_000, "99.99%"),
        (10_000_001, 10_000_000, "100.01%"),
        (1, 10_000_000, "under 0.01%"),
        (-1, 2, "50.00%"),
        (0, 5, "0%"),
        (0, 0, ""),
    ],
)
def test_percentages(part: int, whole: int, text: str) -> None:
    assert figures.percent(part, whole) == text


def test_money_keeps_all_its_digits_and_says_its_sign() -> None:
    assert figures.money("-1234567.5", "USD") == f"{MINUS}1,234,567.50"
    assert figures.money("12.3456", "EUR") == "12.3456"
    assert figures.money("1200", "JPY") == "1,200"
    assert figures.money("", "USD") == "\u2013"
    assert figures.signed("11394.91", "USD") == Figure("+11,394.91", "USD", "more")
    assert figures.signed("-0.01", "USD") == Figure(f"{MINUS}0.01", "USD", "less")
    assert figures.signed("0.00", "USD") == Figure("0.00", "USD", "even")


def test_differences_in_words() -> None:
    assert (
        figures.spoken({"USD": "11394.91", "EUR": "-2.00", "CHF": "0"})
        == "11,394.91 USD more and 2.00 EUR less"
    )
    assert figures.spoken({"USD": "0.00"}) == ""


def test_totals_are_exact_whatever_the_amounts_are() -> None:
    amounts = ("1234.56", "-0.07", "-1234", "", "100/3", "0.1234567890123", "99999999999999999999.99", "-0.000000000001")
    total = Total()
    for text in amounts:
        total.add(text)
    assert total.value == sum((number(text) for text in amounts), Fraction(0))
