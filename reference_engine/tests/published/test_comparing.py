"""The comparison notices what differs: otherwise every published example would seem to come out."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from reference_engine.tests.published.comparing import differences, published
from reference_engine.tests.published.example_file import Rounded
from reference_engine.vocabulary.results import FigureValue, Payout


def _paid(payee: str, amount: Fraction | int, component: str = "C") -> Payout:
    return Payout(
        payee, "2026-01", date(2026, 1, 1), date(2026, 1, 31), "P", component, Fraction(amount), "EUR", 1
    )


def _rows(*rows: str) -> list[tuple[str, ...]]:
    return [tuple(c.strip() for c in r.split("|")) for r in rows]


PAID = [_paid("Ana", 40), _paid("Ana", 2, "cap"), _paid("Ben", Fraction(1, 3)), _paid("Cho", 0)]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (("payee | amount", "Ana | 42.00 EUR", "Ben | 1/3 EUR"), ""),
        (("payee | amount", "Ana | 42.01 EUR", "Ben | 1/3 EUR"), "42.00 EUR, expected 42.01 EUR"),
        (("payee | amount", "Ana | 42.00 USD", "Ben | 1/3 EUR"), "expected 42.00 USD"),
        (("payee | amount", "Ana | 42.00 EUR"), "Ben: amount 1/3 EUR isn't expected"),
        (("payee | amount", "Ana | 42.00 EUR", "Ben | 1/3 EUR", "Dee | 1.00 EUR"), "there is no Dee"),
        (("payee | amount", "Ana | 42.00 EUR", "Ben | 1/3 EUR", "Dee | 0.00 EUR"), ""),
        (
            ("payee | component | amount", "Ana | C | 42.00 EUR", "Ben | C | 1/3 EUR"),
            "40.00 EUR, expected 42.00 EUR",
        ),
        (("payee | wage", "Ana | 42.00 EUR"), "no column wage"),
    ],
)
def test_what_differs_is_said(rows: tuple[str, ...], words: str) -> None:
    found = "\n".join(differences("payouts", PAID, _rows(*rows), ()))
    assert words in found
    assert bool(words) == bool(found)


def test_printed_decimals_count_where_the_file_says_so() -> None:
    third = [FigureValue("", "P", "share", "2026-01", Fraction(1, 3), "")]
    rows = _rows("figure | value", "share | 33.33%")
    assert differences("figures", third, rows, ())
    assert not differences("figures", third, rows, (Rounded("value", None, "half up"),))
    assert differences(
        "figures", third, _rows("figure | value", "share | 33.34%"), (Rounded("value", None, "half up"),)
    )


def test_a_figure_that_nobody_shows_is_missed() -> None:
    assert differences("figures", [], _rows("figure | value", "share | 33%"), ()) == [
        "figures: there is no share | 33%"
    ]


def test_what_was_published_stands_beside_the_exact_number() -> None:
    rows = _rows("payee | amount | published amount", "Ana | 42.00 EUR | 41.00 EUR", "Ben | 1.00 EUR |")
    assert published(rows) == [((Fraction(42), "EUR"), (Fraction(41), "EUR"))]
