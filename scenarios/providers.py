"""Providers: what a world draws from - names of people and companies, currencies, days and realistic amounts.

Names alone come from Faker, and they alone may change with Faker's version, which a world's manifest records.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from reference_engine.vocabulary.numbers import minor_units, plain_number
from scenarios.streams import Stream, seed_number

if TYPE_CHECKING:
    from faker.generator import Generator

FIRST_DAY = date(2026, 1, 1)
LAST_DAY = date(2026, 12, 31)
"""The fiscal year of every world.  It is fixed: a world doesn't depend on the day on which it is made."""
QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")

_MONTH_WEIGHTS = (70, 80, 130, 75, 85, 135, 60, 55, 125, 90, 100, 180)
_ROUGH_VALUE = {"EUR": (1, 1), "USD": (108, 100), "GBP": (85, 100), "JPY": (8, 5), "KWD": (33, 10)}


@dataclass(frozen=True, slots=True)
class Country:
    """Where a payee or a customer lives.  locale: of its names.  currency: in which its deals are made."""

    code: str
    locale: str
    currency: str


COUNTRIES = {
    country.code: country
    for country in (
        Country("DE", "de_DE", "EUR"),
        Country("FR", "fr_FR", "EUR"),
        Country("ES", "es_ES", "EUR"),
        Country("IT", "it_IT", "EUR"),
        Country("NL", "nl_NL", "EUR"),
        Country("PT", "pt_PT", "EUR"),
        Country("IE", "en_IE", "EUR"),
        Country("GB", "en_GB", "GBP"),
        Country("US", "en_US", "USD"),
        Country("JP", "ja_JP", "JPY"),
        Country("KW", "ar_AA", "KWD"),
    )
}
EURO_COUNTRIES = tuple(code for code, country in COUNTRIES.items() if country.currency == "EUR")


class Names:
    """Names of people and companies.  The name of a number never depends on the names drawn before it."""

    def __init__(self, seed: int, company: str) -> None:
        self._purpose = ("names", seed, company)
        self._fakers: dict[str, Generator] = {}

    def person(self, country: str, number: int) -> str:
        """A first and a last name as they are written in the country."""
        faker = self._faker(country, "person", number)
        first, last = str(faker.format("first_name")), str(faker.format("last_name"))
        return f"{last} {first}" if country == "JP" else f"{first} {last}"

    def company(self, country: str, number: int) -> str:
        """A company's name as it is written in the country."""
        return str(self._faker(country, "company", number).format("company"))

    def _faker(self, country: str, kind: str, number: int) -> Generator:
        from faker.factory import Factory

        locale = COUNTRIES[country].locale
        if locale not in self._fakers:
            self._fakers[locale] = Factory.create(
                locale, providers=["faker.providers.person", "faker.providers.company"]
            )
        faker = self._fakers[locale]
        faker.seed_instance(seed_number(*self._purpose, country, kind, number))
        return faker


def faker_version() -> str:
    """The version of Faker that makes the names."""
    from faker import VERSION

    return str(VERSION)


def day_weights(first: date = FIRST_DAY, last: date = LAST_DAY) -> list[int]:
    """How likely a deal closes on each day: seasons, the rush at a quarter's end, quiet weekends."""
    weights = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        weight = _MONTH_WEIGHTS[day.month - 1] * 8
        if (day + timedelta(days=7)).month != day.month and day.month % 3 == 0:
            weight *= 4
        weights.append(weight // 8 if day.weekday() >= 5 else weight)
    return weights


def in_currency(cents: int, currency: str) -> int:
    """A deal of so many euro cents as it would be priced in a currency, in its minor units.

    This is a price level, not an exchange rate: nothing is converted with it.
    """
    up, down = _ROUGH_VALUE[currency]
    return max(1, cents * up // down)


def priced(stream: Stream, amount: int, currency: str) -> int:
    """An amount as people price things: most are round, some are whole, a few have every digit.

    amount and result: in minor units of the currency.
    """
    unit = 10 ** minor_units(currency)
    draw = stream.below(20)
    step = 50 * unit if draw < 12 else unit if draw < 17 else 1
    return amount // step * step or amount


def shares_of(amount: int, weights: tuple[int, ...]) -> list[int]:
    """An amount in parts by whole-number weights.  The last part takes the rest, so no cent is lost."""
    parts = [amount * weight // sum(weights) for weight in weights[:-1]]
    return [*parts, amount - sum(parts)]


def plain(minor: int, currency: str) -> str:
    """Minor units as machine text without the currency: 1234.50."""
    decimals = minor_units(currency)
    return plain_number(Fraction(minor, 10**decimals), decimals)


def money(minor: int, currency: str) -> str:
    """Minor units as machine text with the currency: 1234.50 EUR."""
    return f"{plain(minor, currency)} {currency}"
