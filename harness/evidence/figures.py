"""Small conversions between the engine's exact values and the record's text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from harness.reconcile.results import ByCurrency, GrainResult
from reference_engine.vocabulary.numbers import MINOR_UNITS, format_money, format_percent, plain_number


def plain(value: Fraction, currency: str) -> str:
    """An amount as machine text with at least the currency's decimals; a fraction, 100/3, where no decimals are exact."""
    return plain_number(value, MINOR_UNITS.get(currency, 2) if currency else 0)


def totals(amounts: ByCurrency, grain: GrainResult) -> dict[str, str]:
    """Whole minor units by currency as machine text."""
    return {currency: grain.plain_text(units, currency) for currency, units in amounts}


def added(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Whole amounts by currency, summed."""
    out: dict[str, int] = {}
    for part in parts:
        for currency, units in part.items():
            out[currency] = out.get(currency, 0) + units
    return out


def rate_text(rate: Fraction | None, currency: str) -> str:
    """A rate for people: 1.1%, or 5.00 EUR a unit."""
    if rate is None:
        return ""
    return f"{format_money(rate, currency)} a unit" if currency else format_percent(rate)
