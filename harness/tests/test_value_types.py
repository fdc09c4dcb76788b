"""Values are read strictly, and whoever writes them wrongly is told how to write them."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from harness.value_types import CELLS, TYPES, NotAValue, ValueType
from reference_engine.vocabulary.numbers import Money, Percent, Quantity


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("money", "1,200.50 EUR", Money(Fraction(120050, 100), "EUR")),
        ("money", "-300.00 USD", Money(Fraction(-300), "USD")),
        ("money", "500 JPY", Money(Fraction(500), "JPY")),
        ("percent", "112.5%", Percent(Fraction(9, 8))),
        ("percent", "8%", Percent(Fraction(8, 100))),
        ("date", "2026-03-31", date(2026, 3, 31)),
        ("period", "2026-P13", "2026-P13"),
        ("period", "FY2026", "FY2026"),
        ("n", "36", 36),
        ("measure", "bookings", "bookings"),
    ],
)
def test_values_as_they_are_written(kind: str, text: str, value: object) -> None:
    assert TYPES[kind].read(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("money", "1.200,50 EUR", "Did you mean 1,200.50 EUR?"),
        ("money", "100.000,00 EUR", "Did you mean 100,000.00 EUR?"),
        ("money", "EUR 5", "Did you mean 5.00 EUR?"),
        ("money", "5 euros", "Did you mean 5.00 EUR?"),
        ("money", "5", "names no currency"),
        ("money", "5.001 EUR", "more than the 2 decimals"),
        ("money", "5.00 EURO", "not a money amount"),
        ("money", "1,2.00 EUR", "not a money amount"),
        ("percent", "0.08", "Did you mean 8%?"),
        ("percent", "8 %", "Did you mean 8%?"),
        ("percent", "8 percent", "Did you mean 8%?"),
        ("percent", "eight", "not a percent"),
        ("date", "31/03/2026", "Did you mean 2026-03-31?"),
        ("date", "03/04/2026", "two different days"),
        ("date", "3/4/26", "Write year-month-day"),
        ("date", "2026-02-30", "not a day of the calendar"),
        ("period", "Q1 2026", "Did you mean 2026-Q1?"),
        ("period", "March 2026", "Did you mean 2026-03?"),
        ("period", "2026", "Did you mean FY2026?"),
        ("period", "2026-13", "not a period"),
        ("period", "March", "2026-Q1"),
        ("n", "thirty-six", "digits only"),
        ("n", "-3", "digits only"),
        ("measure", "booking", "Did you mean: bookings"),
        ("mode", "up", "half up"),
    ],
)
def test_wrong_values_are_refused_with_the_accepted_form(kind: str, text: str, said: str) -> None:
    with pytest.raises(NotAValue) as caught:
        TYPES[kind].read(text)
    assert said in str(caught.value)
    assert text in str(caught.value)


def test_cells_of_several_kinds() -> None:
    assert CELLS["base"].read("50 units") == Quantity(Fraction(50))
    assert CELLS["base"].read("1 unit") == Quantity(Fraction(1))
    assert CELLS["base"].read("50.00 EUR") == Money(Fraction(50), "EUR")
    assert CELLS["rate"].read("5.00 EUR") == Money(Fraction(5), "EUR")
    assert CELLS["rate"].read("5%") == Percent(Fraction(1, 20))
    assert CELLS["bound"].read("100") == Quantity(Fraction(100))
    with pytest.raises(NotAValue):
        CELLS["yes/no"].read("Yes")


@pytest.mark.parametrize("value_type", [*TYPES.values(), *CELLS.values()], ids=lambda t: t.name)
def test_digits_of_other_scripts_are_no_digits(value_type: ValueType) -> None:
    if value_type.name in ("text", "records"):
        return
    with pytest.raises(NotAValue):
        value_type.read("٣")
