"""Numbers and dates as cultures write them."""

from __future__ import annotations

import pytest

from harness.adapters.cultures import CULTURES, NEGATIVES, NotReadable, date_reader, number_form
from harness.adapters.periods import WrongPattern, period_reader


@pytest.mark.parametrize(
    ("culture", "text", "cents"),
    [
        ("en-US", "1,234.50", 123450),
        ("en-US", "1234.5", 123450),
        ("en-US", "-0.01", -1),
        ("en-US", "19.4400", 1944),
        ("de-DE", "1.234,50", 123450),
        ("de-DE", "1234,50", 123450),
        ("de-DE", "1.234", 123400),
        ("fr-FR", "1\u202f234,50", 123450),
        ("fr-FR", "1\u00a0234\u00a0567,50", 123456750),
        ("de-CH", "1'234.50", 123450),
        ("de-CH", "1\u2019234.50", 123450),
        ("en-US", "123456789012345678.01", 12345678901234567801),
    ],
)
@pytest.mark.trap
def test_amounts_are_whole_minor_units_in_the_declared_culture(culture: str, text: str, cents: int) -> None:
    assert number_form(culture).units(text, 2, "EUR") == cents


@pytest.mark.parametrize(
    ("culture", "text", "slug"),
    [
        ("de-DE", "1234.50", "not-a-number"),
        ("de-DE", "1,234.50", "not-a-number"),
        ("en-US", "1.234,50", "not-a-number"),
        ("en-US", "1234,50", "not-a-number"),
        ("en-US", "1,23", "not-a-number"),
        ("en-US", "1,2345", "not-a-number"),
        ("en-US", "1,234 567", "not-a-number"),
        ("fr-FR", "1\u202f234\u00a0567", "not-a-number"),
        ("en-US", "1.005", "too-many-decimals"),
        ("en-US", "", "blank-amount"),
        ("en-US", "null", "not-a-number"),
        ("en-US", "NaN", "not-a-number"),
        ("en-US", "inf", "not-a-number"),
        ("en-US", "0x1F", "not-a-number"),
        ("en-US", "\u0661\u0662", "not-a-number"),
        ("en-US", " 12.00", "blanks-around"),
        ("en-US", "3.49730367606929E+16", "scientific-number"),
        ("en-US", "(12.30)", "negative-style"),
        ("en-US", "12.30-", "negative-style"),
        ("en-US", "\u221212.30", "negative-style"),
        ("en-US", "9" * 40, "number-too-long"),
        ("en-US", "--1", "not-a-number"),
    ],
)
@pytest.mark.trap
def test_an_amount_written_otherwise_is_refused_and_never_guessed(culture: str, text: str, slug: str) -> None:
    with pytest.raises(NotReadable) as refused:
        number_form(culture).units(text, 2, "EUR")
    assert refused.value.slug == slug


@pytest.mark.parametrize("text", ["-12.50", "\u221212.50", "12.50-", "(12.50)", "12.50 CR"])
@pytest.mark.trap
def test_declared_negative_styles_are_read(text: str) -> None:
    assert number_form("en-US", NEGATIVES).units(text, 2, "EUR") == -1250


def test_every_culture_reads_its_own_thousands_and_decimals() -> None:
    for culture, (decimal, marks) in CULTURES.items():
        for mark in marks:
            assert number_form(culture).units(f"12{mark}345{decimal}67", 2, "EUR") == 1234567


@pytest.mark.parametrize(
    ("order", "text", "day"),
    [
        ("year first", "2024-04-03", "2024-04-03"),
        ("year first", "2024-04-03T00:00:00Z", "2024-04-03"),
        ("month first", "03/04/2024", "2024-03-04"),
        ("month first", "12/31/2199", "2199-12-31"),
        ("day first", "03.04.2024", "2024-04-03"),
        ("day first", "29/02/2024", "2024-02-29"),
    ],
)
@pytest.mark.trap
def test_dates_are_read_in_the_declared_order(order: str, text: str, day: str) -> None:
    assert date_reader(order)(text) == day


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ("month first", "31/12/2024"),
        ("day first", "12/31/2024"),
        ("year first", "03/04/2024"),
        ("day first", "2024-04-03"),
        ("day first", "29.02.2023"),
        ("month first", "45292"),
        ("year first", "2024-04-03T10:00:00Z"),
        ("day first", "01.02/2024"),
    ],
)
@pytest.mark.trap
def test_a_date_in_another_order_is_refused(order: str, text: str) -> None:
    with pytest.raises(NotReadable):
        date_reader(order)(text)


@pytest.mark.parametrize(
    ("pattern", "text", "label"),
    [
        ("{year}-{month} {mon}", "2019-01 JAN", "2019-01"),
        ("{year} {month} ({mon})", "2013 06 (JUN)", "2013-06"),
        ("{mon}-{year}", "Feb-2012", "2012-02"),
        ("{month name} {year}", "January 2024", "2024-01"),
        ("{year}, Q{quarter}", "2024, Q1", "2024-Q1"),
        ("FY{year}", "FY2026", "FY2026"),
        ("{year}.{period}", "2026.3", "2026-P03"),
    ],
)
@pytest.mark.trap
def test_period_labels_follow_the_pattern(pattern: str, text: str, label: str) -> None:
    assert period_reader(pattern)(text) == label


@pytest.mark.parametrize("text", ["2019-02 JAN", "2019-13 JAN", "2019-01", "2019-01 JANUARY", "x2019-01 JAN"])
def test_a_label_that_contradicts_its_pattern_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        period_reader("{year}-{month} {mon}")(text)


@pytest.mark.parametrize("pattern", ["{month}", "{year}-{moon}", "{year}-{year}"])
def test_a_pattern_that_names_no_period_is_refused(pattern: str) -> None:
    with pytest.raises(WrongPattern):
        period_reader(pattern)
