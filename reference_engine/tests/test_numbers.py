"""Text becomes a number once and exactly, or is refused with the accepted form."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference_engine.vocabulary.numbers import (
    MINOR_UNITS,
    Money,
    NotANumber,
    Percent,
    format_money,
    format_number,
    format_percent,
    minor_units,
    parse_money,
    parse_number,
    parse_percent,
    plain_number,
)

CHECK = settings(deadline=None, max_examples=100, derandomize=True, database=None)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("12", 12), ("-3", -3), ("+3", 3), ("1,200.50", "1200.5"), ("1200.50", "1200.5"), ("1,234,567", 1234567), ("0.000001", "0.000001"),
     ("007", 7), ("99999999999999999999.01", "99999999999999999999.01")],
)  # fmt: skip
def test_a_number(text: str, value: str | int) -> None:
    assert parse_number(text) == Fraction(value)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1.", ".5", "1,2", "12,34", "1,23,456", "1,200,5", "1.200,50", "1 200", "1_000", "1e3", "1E3", "0x1F", "NaN", "inf", "-", "--1",
     "½", "١٢", "1\n", "12.5%", "1.2.3", "(5)", "5-"],
)  # fmt: skip
def test_not_a_number(text: str) -> None:
    with pytest.raises(NotANumber) as refusal:
        parse_number(text)
    assert f'"{text}"' in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [("1.200,50", "1,200.50"), ("1200,5", "1,200.5"), ("-0,75", "-0.75"), ("12,34", "12.34")],
)
def test_a_decimal_comma_is_recognised(text: str, hint: str) -> None:
    with pytest.raises(NotANumber, match="decimal comma") as refusal:
        parse_number(text)
    assert f"Did you mean {hint}?" in str(refusal.value)


@pytest.mark.parametrize("value", [1, 1.5, None, Fraction(1)])
def test_only_text_is_read(value: object) -> None:
    with pytest.raises(TypeError):
        parse_number(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1,200.50 EUR", "1200.50", "EUR"),
        ("-300.00 USD", -300, "USD"),
        ("5 EUR", 5, "EUR"),
        ("100 JPY", 100, "JPY"),
        ("1.234 KWD", "1.234", "KWD"),
        ("1.5 EUR", "1.5", "EUR"),
    ],
)
def test_money(text: str, amount: str | int, currency: str) -> None:
    assert parse_money(text) == Money(Fraction(amount), currency)


@pytest.mark.parametrize(
    ("text", "words"),
    [("5", "1,200.50 EUR"), ("EUR 5", "1,200.50 EUR"), ("5 euros", "1,200.50 EUR"), ("5EUR", "1,200.50 EUR"), ("5  EUR", "1,200.50 EUR"), ("5 eur", "1,200.50 EUR"),
     ("5 XXQ", "XXQ"), ("1.005 EUR", "2 decimals that EUR has"), ("1.5 JPY", "0 decimals that JPY has"), ("1.2345 KWD", "3 decimals that KWD has"),
     ("1.200,50 EUR", "decimal comma"), ("€5", "1,200.50 EUR"), ("", "1,200.50 EUR"), ("5 EUR ", "1,200.50 EUR")],
)  # fmt: skip
def test_not_money(text: str, words: str) -> None:
    with pytest.raises(NotANumber) as refusal:
        parse_money(text)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8%", "0.08"),
        ("112.5%", "1.125"),
        ("0%", 0),
        ("-1%", "-0.01"),
        ("33.333%", "0.33333"),
        ("1,000%", 10),
    ],
)
def test_percent(text: str, value: str | int) -> None:
    assert parse_percent(text) == Percent(Fraction(value))


@pytest.mark.parametrize("text", ["0.08", "8 %", "8", "%", "8 percent", " 8%", "8%%", "8,5%", "8% "])
def test_not_a_percent(text: str) -> None:
    with pytest.raises(NotANumber, match="is not a percent"):
        parse_percent(text)


def test_minor_units() -> None:
    assert [minor_units(c) for c in ("EUR", "JPY", "KWD")] == [2, 0, 3]
    with pytest.raises(NotANumber, match="ISO 4217"):
        minor_units("EURO")
    assert set(MINOR_UNITS.values()) == {0, 2, 3}
    assert all(len(c) == 3 and c.isupper() and c.isalpha() for c in MINOR_UNITS)


# -- writing ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [("1200.5", 2, "1,200.50"), ("-1200.5", 2, "-1,200.50"), ("0", 2, "0.00"), ("0.005", 2, "0.005"), ("1234567", None, "1,234,567"), ("1/3", 2, "1/3"),
     ("-7/3", None, "-7/3"), ("0.0000001", 2, "0.0000001"), ("1/8", None, "0.125")],
)  # fmt: skip
def test_a_number_is_written_with_all_its_digits(value: str, decimals: int | None, text: str) -> None:
    assert format_number(Fraction(value), decimals) == text


def test_money_and_percent_are_written_as_people_write_them() -> None:
    assert format_money(Fraction("1200.5"), "EUR") == str(Money(Fraction("1200.5"), "EUR")) == "1,200.50 EUR"
    assert format_money(Fraction(-5), "JPY") == "-5 JPY"
    assert format_money(Fraction(5), "KWD") == "5.000 KWD"
    assert format_percent(Fraction("0.125")) == str(Percent(Fraction("0.125"))) == "12.5%"
    assert format_percent(Fraction(1)) == "100%"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("-1234.5", 2, "-1234.50"),
        ("0.05", 2, "0.05"),
        ("-0.05", 2, "-0.05"),
        ("5", 0, "5"),
        ("0.005", 2, "0.005"),
    ],
)
def test_machine_text_has_no_commas(value: str, decimals: int, text: str) -> None:
    assert plain_number(Fraction(value), decimals) == text


@CHECK
@given(st.integers(-(10**25), 10**25), st.sampled_from(sorted(MINOR_UNITS)))
def test_money_that_is_written_is_read_again(minor: int, currency: str) -> None:
    amount = Fraction(minor, 10 ** MINOR_UNITS[currency])
    assert parse_money(format_money(amount, currency)) == Money(amount, currency)
    assert Fraction(plain_number(amount, MINOR_UNITS[currency])) == amount


@CHECK
@given(st.integers(-(10**12), 10**12), st.integers(0, 9))
def test_a_percent_that_is_written_is_read_again(whole: int, digits: int) -> None:
    value = Fraction(whole, 10**digits)
    assert parse_percent(format_percent(value)) == Percent(value)


@CHECK
@given(st.fractions(max_denominator=10**6))
def test_no_digit_is_invented(value: Fraction) -> None:
    text = format_number(value).replace(",", "")
    assert Fraction(text) == value
