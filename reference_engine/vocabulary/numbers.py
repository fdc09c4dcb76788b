"""Text becomes a number here, once, and exactly.  A float never does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from reference_engine.vocabulary.refusals import NotAccepted

MINOR_UNITS: dict[str, int] = {
    code: decimals
    for decimals, codes in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (
            2,
            "AED ARS AUD BDT BGN BRL CAD CHF CNY COP CRC CZK DKK DOP EGP EUR GBP GEL GHS HKD HUF IDR ILS INR "
            "KES KZT LKR MAD MXN MYR NGN NOK NZD PEN PHP PKR PLN QAR RON RSD RUB SAR SEK SGD THB TRY TWD TZS "
            "UAH USD UYU ZAR",
        ),
    )
    for code in codes.split()
}
"""Decimals of each currency's minor unit (ISO 4217)."""

MAX_LENGTH = 60
NUMBER_FORM = "digits with a point for decimals and optional commas for thousands, like 1,200.50"
_PLAIN = re.compile(r"[+-]?(\d+)(\.\d+)?\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?(\d{1,3})(,\d{3})+(\.\d+)?\Z", re.ASCII)
_MONEY = re.compile(r"(?P<number>\S+) (?P<currency>[A-Z]{3})\Z", re.ASCII)


class NotANumber(NotAccepted):
    """The text isn't a number, an amount, a percent or a currency in the accepted form."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An exact amount of one currency.

    amount: major units (12.34 EUR is Fraction(1234, 100)); unrounded amounts may have any digits.
    """

    amount: Fraction
    currency: str

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)


@dataclass(frozen=True, slots=True, order=True)
class Percent:
    """A rate or share written with a percent sign.  value: per 1, so 8% is Fraction(8, 100)."""

    value: Fraction

    def __str__(self) -> str:
        return format_percent(self.value)


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A number of units, without a currency or percent sign."""

    value: Fraction

    def __str__(self) -> str:
        return format_number(self.value)


def parse_number(text: str) -> Fraction:
    """An exact number from text such as 1,200.50 or -3.  Raises NotANumber with the accepted form."""
    if not isinstance(text, str):
        raise TypeError(f"a number must come as text, not as {type(text).__name__}")
    if len(text) > MAX_LENGTH:
        raise _too_long(text, "a number")
    if _PLAIN.match(text) or _GROUPED.match(text):
        whole, _, decimals = text.replace(",", "").partition(".")
        decimals = decimals.rstrip("0")
        return Fraction(int(whole + decimals), 10 ** len(decimals)) if decimals else Fraction(int(whole))
    raise _no_number(text)


def parse_money(text: str, *, unrounded: bool = False) -> Money:
    """Money from text such as `1,200.50 EUR`.  More decimals than the currency has are refused, unless it may be unrounded."""
    if len(text) > MAX_LENGTH:
        raise _too_long(text, "an amount")
    match = _MONEY.match(text)
    if not match:
        raise NotANumber(
            f'"{text}" is not a money amount.', "Write the number, a space and the currency: 1,200.50 EUR"
        )
    currency = match["currency"]
    decimals = minor_units(currency)
    try:
        amount = parse_number(match["number"])
    except NotANumber as error:
        raise NotANumber(f'"{text}" is not a money amount. {error.what}', error.remedy) from None
    if not unrounded and 10**decimals % amount.denominator:
        raise too_many_decimals(text, currency, decimals)
    return Money(amount, currency)


def parse_percent(text: str) -> Percent:
    """A percent from text such as `112.5%`."""
    if len(text) > MAX_LENGTH:
        raise _too_long(text, "a percent")
    if not text.endswith("%") or text != text.strip() or text[-2:-1] == " ":
        raise NotANumber(f'"{text}" is not a percent.', "Write it with a percent sign and no space: 8%")
    try:
        return Percent(parse_number(text[:-1]) / 100)
    except NotANumber as error:
        raise NotANumber(f'"{text}" is not a percent. {error.what}', error.remedy) from None


def minor_units(currency: str) -> int:
    """Decimals of a currency's minor unit.  Raises NotANumber for an unknown currency."""
    try:
        return MINOR_UNITS[currency]
    except KeyError:
        raise NotANumber(
            f'"{currency}" is not a currency code that trueup knows (ISO 4217, like EUR).',
            _currency_meant(currency),
        ) from None


def format_number(value: Fraction, decimals: int | None = None) -> str:
    """An exact number as text with thousands commas; at least `decimals` decimals, never rounded.

    A number without an exact decimal form is shown as a fraction, so that no digit is invented.
    """
    sign, value = ("-", -value) if value < 0 else ("", value)
    digits = decimals or 0
    denominator = value.denominator
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    if denominator != 1:
        return f"{sign}{value.numerator:,}/{value.denominator:,}"
    digits = max(digits, twos, fives)
    whole, rest = divmod(value.numerator * 10**digits // value.denominator, 10**digits)
    return f"{sign}{whole:,}" + (f".{rest:0{digits}d}" if digits else "")


def format_percent(value: Fraction) -> str:
    """A rate per 1 as percent text: Fraction(8, 100) is `8%`."""
    return format_number(value * 100) + "%"


def format_money(amount: Fraction, currency: str) -> str:
    """Money as `1,200.50 EUR`, with all the digits that it has."""
    return f"{format_number(amount, MINOR_UNITS.get(currency, 2))} {currency}"


def shown_money(amount: Fraction, currency: str) -> str:
    """Money for a table that people read: decimals that don't end are cut off after six, and say so with dots."""
    return f"{shown_number(amount, MINOR_UNITS.get(currency, 2))} {currency}".rstrip()


def shown_number(value: Fraction, decimals: int | None = None) -> str:
    """A number for a table that people read: exact where its decimals end, else six of them and dots."""
    exact = format_number(value, decimals)
    if "/" not in exact:
        return exact
    whole, rest = divmod(int(abs(value) * 10**6), 10**6)
    return f"{'-' if value < 0 else ''}{whole:,}.{rest:06d}..."


def plain_number(value: Fraction, decimals: int) -> str:
    """An exact number as machine text, without commas: `-1234.50`.  Raises if it has more decimals."""
    scaled = value * 10**decimals
    if scaled.denominator != 1:
        return format_number(value, decimals).replace(",", "")
    sign = "-" if scaled < 0 else ""
    digits = f"{abs(scaled.numerator):0{decimals + 1}d}"
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


def too_many_decimals(text: str, currency: str, decimals: int) -> NotANumber:
    """What is said of an amount that its currency can't pay."""
    return NotANumber(
        f'"{text}" has more than the {decimals} decimals that {currency} has.',
        f"Write {'no decimals' if not decimals else f'{decimals} decimals at most'}, as {currency} is paid.",
    )


def _too_long(text: str, kind: str) -> NotANumber:
    return NotANumber(
        f'"{text[:12]}..." has {len(text):,} characters; {kind} has at most {MAX_LENGTH}.',
        "Write fewer digits.",
    )


def _currency_meant(currency: str) -> str:
    if currency.upper() in MINOR_UNITS:
        return f"Did you mean: {currency.upper()}"
    return "Write the three capital letters of a currency, like EUR or USD."


def _no_number(text: str) -> NotANumber:
    comma_decimal = re.fullmatch(r"([+-]?)(\d{1,3}(?:\.\d{3})*|\d+),(\d+)", text, re.ASCII)
    if comma_decimal:
        sign, whole, rest = comma_decimal.groups()
        value = int(whole.replace(".", ""))
        return NotANumber(f'"{text}" uses a decimal comma.', f"Did you mean {sign}{value:,}.{rest}?")
    return NotANumber(f'"{text}" is not a number.', f"Write {NUMBER_FORM}.")
